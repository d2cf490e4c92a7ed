"""Files of others are read in a process apart: one that crashes, hangs or wants all memory costs only itself.

Word, PDF, pictures, EPUB, web pages and XML go through large libraries, and a small file can make these work without
end. They are read by ``qa.ingest.worker`` in one child process, kept from file to file, within ``MAX_MEMORY`` and
``MAX_SECONDS``; a child that breaks a limit or dies is replaced for the next file. Text and records are read where they
are wanted: their readers are ours, and bounded.
"""

import atexit
import contextlib
import io
import json
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Final, Literal

from qa.errors import SourceError, UnknownFormat
from qa.ingest import docx, epub, pdf, scan, sources, warc, xml
from qa.ingest.files import Report, display_name, refuse
from qa.types import Alignment, Document, Run, View

MAX_MEMORY = 1 << 30
"""Bytes that reading one file may take, the reader's libraries included; held on Linux."""
MAX_SECONDS = 60.0
"""For a file, or for the next page or record of one that has several."""
BYTES_A_SECOND: Final = 4096
"""A file of many pages has a second more for as many of its bytes: a scanned page has some 50 kB."""
MAX_MESSAGE: Final = 1 << 30
"""Bytes of one document; a larger one is not taken."""
HEADER: Final = 8
"""Bytes of a message's length, which come before it; little-endian."""
FOREIGN: Final = frozenset[sources.Reader](
    (docx.read, epub.read, pdf.read, scan.read, sources.read_page, warc.read, xml.read)
)
"""The readers that stand on libraries of others."""

Refusal = tuple[str, str, bool]
"""A ``SourceError``: source, reason, and whether it is an ``UnknownFormat``."""
Message = (
    tuple[Literal["document"], Document]
    | tuple[Literal["part"], Refusal]
    | tuple[Literal["step"]]
    | tuple[Literal["done"], Refusal | None, bool]
)
"""What a worker says. ``part`` has what was reported; ``done`` what was raised, if anything, and whether the worker
takes another file."""

_PROGRAM: Final = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from qa.ingest.worker import main; main()"
_DRAINED: Final = 0.2
"""Seconds that a worker has to finish a file of which no more is wanted."""
_RECORDS: Final = {record.__name__: record for record in (Alignment, Document, Run, View)}


def load_apart(path: Path, report: Report = refuse, encoding: str | None = None) -> Iterator[Document]:
    """Read one file as ``sources.load`` does, in another process if its format is read by libraries of others.

    Raises ``SourceError`` for a file that takes too much memory or time, or that its reader dies of, as well.
    """
    if sources.reader_of(path) not in FOREIGN:
        yield from sources.load(path, report, encoding)
        return
    worker = _idle.pop() if _idle else Worker()
    try:
        yield from worker.read(path, report, encoding)
    finally:
        if worker.usable:
            _idle.append(worker)


class Worker:
    """A child process, which reads one file at a time; ``usable`` tells whether it takes another."""

    def __init__(self) -> None:
        # The child imports from where we do, not from the folder it happens to be started in.
        command = [sys.executable, "-P", "-c", _PROGRAM, json.dumps(sys.path), str(MAX_MEMORY)]
        self._process = subprocess.Popen(  # noqa: S603
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Threads for linear algebra take memory in proportion to the cores, and no reader uses them.
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"},
        )
        self.usable = True
        self._messages = Queue[Message | None](4)
        self._listening = threading.Thread(target=self._listen, name="reading apart", daemon=True)
        self._listening.start()

    def read(self, path: Path, report: Report, encoding: str | None = None) -> Iterator[Document]:
        """Yield the documents of a file; raises what ``load_apart`` does."""
        self.usable = False
        try:
            yield from self._documents(path, report, encoding)
        finally:
            if not self.usable:
                self._drain()
            if not self.usable:
                self.close()

    def close(self) -> None:
        """End the process, whatever it does."""
        self.usable = False
        self._process.kill()
        self._process.wait()
        while self._listening.is_alive():  # it may have something that nobody takes any more
            with contextlib.suppress(Empty):
                self._messages.get(timeout=0.01)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()

    def _documents(self, path: Path, report: Report, encoding: str | None) -> Iterator[Document]:
        source = display_name(path)
        most = MAX_SECONDS + (path.stat().st_size if path.exists() else 0) / BYTES_A_SECOND
        self._ask(path, most, encoding)
        last = time.monotonic() + most
        while True:
            match self._next(source, min(last, time.monotonic() + MAX_SECONDS)):
                case ("document", document):
                    yield document
                case ("part", refusal):
                    report(_error(refusal))
                case ("done", refused, goes_on):
                    self.usable = goes_on
                    if refused is not None:
                        raise _error(refused)
                    return

    def _ask(self, path: Path, most: float, encoding: str | None) -> None:
        request = pickle.dumps((os.fspath(path), os.fspath(Path.cwd()), most, encoding))
        with contextlib.suppress(OSError):  # it has died: what it says then tells so
            assert self._process.stdin is not None  # noqa: S101
            self._process.stdin.write(len(request).to_bytes(HEADER, "little") + request)
            self._process.stdin.flush()

    def _next(self, source: str, deadline: float) -> Message:
        try:
            message = self._messages.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            raise SourceError(
                source, f"not read within {MAX_SECONDS:g} s, the most for a file or a page: split it, or save it anew"
            ) from None
        if message is None:
            raise SourceError(source, f"its reader broke down ({self._cause()}): save the file anew")
        return message

    def _cause(self) -> str:
        code = self._process.wait()
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"exit code {code}"

    def _drain(self) -> None:
        """Let a worker end by itself that has hardly anything left to say, so that it can be kept."""
        deadline = time.monotonic() + _DRAINED
        with contextlib.suppress(SourceError):
            while not self.usable:
                match self._next("", deadline):
                    case ("done", _, goes_on):
                        self.usable = goes_on
                        return
                    case _:
                        continue

    def _listen(self) -> None:
        """Take what the child writes; ``None`` when it has ended, or writes what it should not."""
        output = self._process.stdout
        assert output is not None  # noqa: S101
        with contextlib.suppress(Exception):  # of what is no message, pickle makes errors of any kind
            while header := output.read(HEADER):
                size = int.from_bytes(header, "little")
                if size > MAX_MESSAGE:
                    break
                self._messages.put(_Records(io.BytesIO(output.read(size))).load())
        self._messages.put(None)


def _error(refusal: Refusal) -> SourceError:
    source, reason, is_unknown = refusal
    return UnknownFormat(source, reason) if is_unknown else SourceError(source, reason)


class _Records(pickle.Unpickler):
    """Makes plain values and the records of a document, and calls nothing: the child may have been taken over."""

    def find_class(self, module: str, name: str) -> object:
        """Return one of our records; ``UnpicklingError`` for anything else."""
        record = _RECORDS.get(name)
        if record is None or record.__module__ != module:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a document")
        return record


_idle: list[Worker] = []


@atexit.register
def close_all() -> None:
    """End the workers that wait for a file."""
    while _idle:
        _idle.pop().close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_idle.clear)  # they are the parent's

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
from qa.ingest import docx, epub, hocr, pdf, scan, sources, warc, xml
from qa.ingest.files import Report, display_name, refuse
from qa.ingest.mets import Issue
from qa.pages import PlacedPage
from qa.types import Alignment, Document, Run, View

MAX_MEMORY = 1 << 30
"""Bytes that reading one file may take, the reader's libraries included; held on Linux."""
MAX_SECONDS = 60.0
"""For a file, or for the next page or record of one that has several."""
MAX_DRAWING = 20.0
"""Seconds for the picture of a page."""
BYTES_A_SECOND: Final = 4096
"""A file of many pages has a second more for as many of its bytes: a scanned page has some 50 kB."""
MAX_MESSAGE: Final = 1 << 30
"""Bytes of one document; a larger one is not taken."""
HEADER: Final = 8
"""Bytes of a message's length, which come before it; little-endian."""
FOREIGN: Final = frozenset[sources.Reader](
    (docx.read, epub.read, hocr.read, pdf.read, scan.read, sources.read_page, warc.read, xml.read)
)
"""The readers that stand on libraries of others."""

Page = tuple[str, int, int]
"""What a picture is wanted of: a file of this hash, the number of a page, and how long its longer side may be."""
Wanted = tuple[Literal["documents"], str | None] | Literal["issue"] | Page
"""What is asked about a file: what is in it, in an encoding or the one that is found, what a METS file names, or the
picture of a page."""
Refusal = tuple[str, str, bool]
"""A ``SourceError``: source, reason, and whether it is an ``UnknownFormat``."""
Message = (
    tuple[Literal["document"], Document]
    | tuple[Literal["issue"], Issue]
    | tuple[Literal["part"], Refusal]
    | tuple[Literal["step"]]
    | tuple[Literal["picture"], bytes]
    | tuple[Literal["done"], Refusal | None, bool]
)
"""What a worker says. ``part`` has what was reported; ``done`` what was raised, if anything, and whether the worker
takes another file."""

_SLOW: Final = "not read within {:g} s, the most for a file or a page: split it, or save it anew"
_PROGRAM: Final = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from qa.ingest.worker import main; main()"
_DRAINED: Final = 0.2
"""Seconds that a worker has to finish a file of which no more is wanted."""
_RECORDS: Final = {record.__name__: record for record in (Alignment, Document, Issue, PlacedPage, Run, View)}


def load_apart(path: Path, report: Report = refuse, encoding: str | None = None) -> Iterator[Document]:
    """Read one file as ``sources.load`` does, in another process if its format is read by libraries of others.

    Raises ``SourceError`` for a file that takes too much memory or time, or that its reader dies of, as well.
    """
    if sources.reader_of(path) not in FOREIGN:
        yield from sources.load(path, report, encoding)
        return
    with _lent() as worker:
        yield from worker.read(path, report, encoding)


def issue_apart(path: Path) -> Issue | None:
    """Return what belongs to a METS file; ``None`` for a file that is none, and for one that cannot be read."""
    with _lent() as worker, contextlib.suppress(SourceError):
        return worker.issue(path)
    return None


def picture_apart(path: Path, sha256: str, number: int, side: int) -> bytes:
    """Return a page of a file as PNG, as ``pictures.picture`` does, drawn in another process; threads may call it.

    Raises ``SourceError`` for what takes too much memory or time, or what it dies of, as well.
    """
    with _lent() as worker:
        return worker.draw(path, sha256, number, side)


@contextlib.contextmanager
def _lent() -> Iterator["Worker"]:
    try:
        worker = _idle.pop()
    except IndexError:  # another thread may have taken the last
        worker = Worker()
    try:
        yield worker
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
        self._said = Queue[Message | None](4)
        self._listening = threading.Thread(target=self._listen, name="reading apart", daemon=True)
        self._listening.start()

    def read(self, path: Path, report: Report, encoding: str | None = None) -> Iterator[Document]:
        """Yield the documents of a file; raises what ``load_apart`` does."""
        for message in self._messages(path, ("documents", encoding)):
            match message:
                case ("document", document):
                    yield document
                case ("part", refusal):
                    report(_error(refusal))

    def issue(self, path: Path) -> Issue | None:
        """Return what belongs to a METS file, ``None`` for another; raises ``SourceError``."""
        found = None
        for message in self._messages(path, "issue"):
            if message[0] == "issue":
                found = message[1]
        return found

    def draw(self, path: Path, sha256: str, number: int, side: int) -> bytes:
        """Return the picture of a page; raises what ``picture_apart`` does."""
        drawn = b""
        slow = f"page {number}: not drawn within {MAX_DRAWING:g} s"
        for message in self._messages(path, (sha256, number, side), most=MAX_DRAWING, slow=slow):
            if message[0] == "picture":
                drawn = message[1]
        return drawn

    def _messages(self, path: Path, wanted: Wanted, most: float | None = None, slow: str = _SLOW) -> Iterator[Message]:
        """Yield what the child says about a file, to its end, within ``most`` seconds."""
        self.usable = False
        try:
            yield from self._answers(path, wanted, most, slow)
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
                self._said.get(timeout=0.01)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError, ValueError):
                    pipe.close()

    def _answers(self, path: Path, wanted: Wanted, most: float | None, slow: str) -> Iterator[Message]:
        source = display_name(path)
        if most is None:
            most = MAX_SECONDS + (path.stat().st_size if path.exists() else 0) / BYTES_A_SECOND
        self._ask(path, wanted, most)
        last = time.monotonic() + most
        while True:
            message = self._next(source, min(last, time.monotonic() + MAX_SECONDS), slow)
            if message[0] != "done":
                yield message
                continue
            _, refused, self.usable = message
            if refused is not None:
                raise _error(refused)
            return

    def _ask(self, path: Path, wanted: Wanted, most: float) -> None:
        request = pickle.dumps((wanted, os.fspath(path), os.fspath(Path.cwd()), most))
        with contextlib.suppress(OSError):  # it has died: what it says then tells so
            assert self._process.stdin is not None  # noqa: S101
            self._process.stdin.write(len(request).to_bytes(HEADER, "little") + request)
            self._process.stdin.flush()

    def _next(self, source: str, deadline: float, slow: str) -> Message:
        try:
            message = self._said.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            raise SourceError(source, slow.format(MAX_SECONDS)) from None
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
                match self._next("", deadline, _SLOW):
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
                self._said.put(_Records(io.BytesIO(output.read(size))).load())
        self._said.put(None)


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

"""The process that reads files of others for ``qa.ingest.apart``, within its limits.

A request is what is wanted of a path, the path, the folder in which it means something, and the seconds that it may
take; the answer are the messages that ``qa.ingest.apart`` describes. Both are pickles, each after its length. The
process ends when its input does, after a file that did not fit its memory, and after one that left much of it taken.
"""

import os
import pickle
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from qa.errors import SourceError, UnknownFormat
from qa.ingest.apart import HEADER, Message, Refusal, Wanted
from qa.ingest.files import display_name, printable
from qa.ingest.mets import issue_of
from qa.ingest.pictures import picture
from qa.ingest.sources import load
from qa.ingest.steps import LISTENER

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

MAPPED = 128 << 20
"""Bytes of memory that hold what is mapped from files, libraries above all, and do not count."""
STACKS = 32 << 20
"""Bytes a core that threads reserve as stacks, and never use."""
RECOGNISING = 2 << 30
"""Bytes more that text recognition has: it takes 160 for each pixel of a page, and a page has at most 4000 by 4000."""
KEPT = 2
"""A process that has more than a part in so many of its memory when a file is done takes no other."""


def main() -> None:
    """Read one file after the other, until there are no more requests."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print is no message
    memory = int(sys.argv[2])
    _limit_memory(memory)
    if resource is not None:
        _limit(resource.RLIMIT_CORE, 0)

    def send(message: Message) -> None:
        data = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
        answers.write(len(data).to_bytes(HEADER, "little") + data)
        answers.flush()

    LISTENER.step, LISTENER.roomy = lambda: send(("step",)), lambda: _roomy(memory)
    while request := _received(requests):
        wanted, path, folder, seconds = request
        os.chdir(folder)
        _limit_time(seconds)
        refusal, fits = _read(Path(path), wanted, memory, send)
        goes_on = fits and _taken() <= memory // KEPT
        send(("done", refusal, goes_on))
        if not goes_on:
            return


def _read(path: Path, wanted: Wanted, memory: int, send: Callable[[Message], None]) -> tuple[Refusal | None, bool]:
    """Send what a file gives; return why it was refused, if it was, and whether it fitted the memory."""
    try:
        match wanted:
            case ("documents", encoding):
                for document in load(path, lambda error: send(("part", _refusal(error))), encoding):
                    send(("document", document))
            case "issue":
                issue = issue_of(path)
                if issue is not None:
                    send(("issue", issue))
            case (sha256, number, side):
                send(("picture", picture(path, sha256, number, side)))
    except BrokenPipeError:
        raise  # nobody listens any more
    except Exception as error:
        source = display_name(path)
        if _lacks_memory(error):
            most = f"{memory / (1 << 30):.3g} GB"
            return (source, f"needs more than {most} of memory to be read: split it, or save it anew", False), False
        if isinstance(error, SourceError):
            return _refusal(error), True
        # Pictures are shown to those who may not know where files lie, and what a system says has it.
        told = isinstance(wanted, tuple) and wanted[0] == "documents"
        what = str(error) if told or not isinstance(error, OSError) else str(error.strerror)
        return (source, printable(f"cannot be read: {type(error).__name__}: {what}"), False), True
    return None, True


def _refusal(error: SourceError) -> Refusal:
    return error.source, error.reason, isinstance(error, UnknownFormat)


def _received(requests: BinaryIO) -> tuple[Wanted, str, str, float] | None:
    header = requests.read(HEADER)
    return pickle.loads(requests.read(int.from_bytes(header, "little"))) if header else None  # noqa: S301


def _lacks_memory(error: BaseException | None) -> bool:
    """Whether that is what is wrong, or what was wrong before: readers say in their own words what they met."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def _roomy(memory: int) -> Iterator[None]:
    _limit_memory(memory + RECOGNISING)
    try:
        yield
    finally:
        _limit_memory(memory)


def _limit_memory(most: int) -> None:
    if resource is not None:
        # What a process writes to, of its own: address space that is only reserved does not count, except for stacks.
        _limit(resource.RLIMIT_DATA, most - MAPPED + STACKS * (os.cpu_count() or 1))


def _limit_time(seconds: float) -> None:
    """Let the system end the process if nobody is there any more to do it."""
    if resource is not None:
        cores = os.cpu_count() or 1
        _limit(resource.RLIMIT_CPU, int(time.process_time() + (seconds + 1) * cores) + 1)


def _limit(kind: int, most: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _taken() -> int:
    """Return the bytes of memory that the process has; 0 where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")

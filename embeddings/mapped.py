"""Files mapped into memory that are not needed there any more."""

import ctypes
import mmap
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar

from numpy.typing import NDArray

T = TypeVar("T")

_MAPS: Final = Path("/proc/self/maps")
_PAGES: Final = Path("/proc/self/statm")
_OPENING: Final = Lock()


def release(file: Path) -> None:
    """Have the process let go of what it has in memory of a mapped file, until it is read again.

    OpenVINO maps the weights of a graph and rearranges them into memory of its own when the graph first runs: from then
    on the file's 43 MB are there twice. Only what is mapped for reading alone is let go of, and nothing where the
    system has no such call.
    """
    with suppress(OSError, AttributeError, ValueError):
        _let_go([place for path, *place in _mapped() if path == str(file)])


def release_rows(mapped: NDArray[Any]) -> None:
    """Do the same for an array that is mapped from a file, after a few of its rows were read: pages came with each."""
    base: object = mapped.base
    if isinstance(base, mmap.mmap):
        with suppress(AttributeError, OSError):
            base.madvise(mmap.MADV_DONTNEED)


@dataclass(frozen=True, slots=True)
class Mappings:
    """What is mapped of a folder's files for reading alone: the first byte and the size of each, in memory."""

    places: Sequence[Sequence[int]]

    def release(self, most: int) -> None:
        """Let go of them, until they are read again, where the process has over ``most`` bytes of files in memory.

        Those of its libraries count as well. For whoever holds on to the mappings alone: where they were, there may
        be anything else later, which would be lost.
        """
        with suppress(OSError, AttributeError, ValueError):
            if self.places and int(_PAGES.read_text().split()[2]) * mmap.PAGESIZE > most:
                _let_go(self.places)


def watched(folder: Path, opened: Callable[[], T]) -> tuple[T, Mappings]:
    """Return what ``opened`` returns, which maps files of ``folder`` for as long as it lives; and those mappings.

    There are none where the system does not tell.
    """
    with _OPENING:  # what another thread maps of the same folder is not ours
        before = _mapped_of(folder)
        found = opened()
        return found, Mappings(sorted(_mapped_of(folder) - before))


def _mapped_of(folder: Path) -> set[tuple[int, int]]:
    inside = f"{folder.resolve()}/"
    with suppress(OSError, ValueError):
        return {(start, size) for path, start, size in _mapped() if path.startswith(inside)}
    return set()


def _mapped() -> Iterator[tuple[str, int, int]]:
    """Yield path, first byte and size of whatever file is mapped for reading alone."""
    for line in _MAPS.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        place, access, *others = line.split(maxsplit=5)
        if len(others) == 4 and "w" not in access:
            start, end = (int(number, 16) for number in place.split("-"))
            yield others[3], start, end - start


def _let_go(places: Sequence[Sequence[int]]) -> None:
    advise = ctypes.CDLL(None).madvise
    for start, size in places:
        advise(ctypes.c_void_p(start), ctypes.c_size_t(size), mmap.MADV_DONTNEED)

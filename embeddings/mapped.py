"""Files mapped into memory that are not needed there any more."""

import ctypes
import mmap
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from numpy.typing import NDArray

_MAPS: Final = Path("/proc/self/maps")


def release(file: Path) -> None:
    """Have the process let go of what it has in memory of a mapped file, until it is read again.

    OpenVINO maps the weights of a graph and rearranges them into memory of its own when the graph first runs: from then
    on the file's 43 MB are there twice. Only what is mapped for reading alone is let go of, and nothing where the
    system has no such call.
    """
    with suppress(OSError, AttributeError, ValueError):
        advise = ctypes.CDLL(None).madvise
        for line in _MAPS.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
            place, access, *_, path = line.split(maxsplit=5)
            if path == str(file) and "w" not in access:
                start, end = (int(number, 16) for number in place.split("-"))
                advise(ctypes.c_void_p(start), ctypes.c_size_t(end - start), mmap.MADV_DONTNEED)


def release_rows(mapped: NDArray[Any]) -> None:
    """Do the same for an array that is mapped from a file, after a few of its rows were read: pages came with each."""
    base: object = mapped.base
    if isinstance(base, mmap.mmap):
        with suppress(AttributeError, OSError):
            base.madvise(mmap.MADV_DONTNEED)

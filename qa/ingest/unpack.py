"""Compressed files, read as far as they can be text: a bomb is refused before it fills the memory."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, BinaryIO

from qa.errors import SourceError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_RATIO = 100  # a compressed dump of text unpacks to some ten times its size; a bomb to a thousand
UNSUSPICIOUS = 256 << 20  # bytes that a small file may unpack to, whatever the ratio
MAX_MEMBER = 64 << 20  # bytes of a file in a zip archive that is read as a whole
MAX_MEMBERS = 100_000
DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, NotImplementedError)


class Unpacking(io.RawIOBase):
    """What a gzip file of ``size`` bytes unpacks to, piece by piece; it stops where it turns out to be a bomb.

    Reading raises ``SourceError`` for damage, after all that stands before it has been read, and for bombs.
    """

    def __init__(self, file: IO[bytes], source: str, size: int) -> None:
        self._source, self._size = source, 0
        self._file = gzip.GzipFile(fileobj=file)
        self._limit = max(UNSUSPICIOUS, MAX_RATIO * size)

    def readable(self) -> bool:
        """Return that it can be read."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Fill ``buffer`` as far as the next piece goes; 0 at the end."""
        view = memoryview(buffer)
        try:
            data = self._file.read1(len(view))
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(self._source, f"not a whole gzip file: {error}") from error
        self._size += len(data)
        if self._size > self._limit:
            raise SourceError(self._source, f"unpacks to more than {self._limit >> 20} MB: not an archive of text")
        view[: len(data)] = data
        return len(data)


def unpacked(file: IO[bytes], source: str, size: int) -> BinaryIO:
    """Return ``Unpacking`` with lines to read."""
    return io.BufferedReader(Unpacking(file, source, size), 1 << 16)


@contextmanager
def opened_zip(data: IO[bytes], source: str, what: str) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive that ``what`` names; raise ``SourceError`` if it is none or holds too many files."""
    try:
        packed = zipfile.ZipFile(data)
    except DAMAGED as error:
        raise SourceError(source, f"not a readable {what}: {error}") from error
    with packed:
        if len(packed.infolist()) > MAX_MEMBERS:
            raise SourceError(source, f"more than {MAX_MEMBERS} files in it: not a {what}")
        yield packed


def member(packed: zipfile.ZipFile, name: str, source: str) -> bytes:
    """Return a file of a zip archive; raise ``SourceError`` if it is not there, is damaged, protected or too large."""
    try:
        with packed.open(name) as part:
            data = part.read(MAX_MEMBER + 1)
    except KeyError as error:
        raise SourceError(source, f"{name} is not in it") from error
    except DAMAGED as error:
        raise SourceError(source, f"{name} cannot be unpacked: {error}") from error
    if len(data) > MAX_MEMBER:
        raise SourceError(source, f"{name} unpacks to more than {MAX_MEMBER >> 20} MB")
    return data

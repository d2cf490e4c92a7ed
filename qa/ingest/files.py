"""What every format needs of a file: its bytes, its name as people see it, and an id derived from where it is."""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from urllib.parse import quote

from qa.errors import SourceError

COMPRESSED = ".gz"
MAX_FILE = 256 << 20  # bytes of a file that is read as a whole

Report = Callable[[SourceError], None]
"""Told of a part of a file (a record, a page) that cannot be read, while the rest goes on."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's bytes with its names: ``source`` for people, ``path`` absolute, ``id`` the same wherever it is read."""

    source: str
    path: str
    stem: str
    data: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the file's bytes, in hexadecimal."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def id(self) -> str:
        """What ``file_id`` gives."""
        return _file_id(self.path)


def refuse(error: SourceError) -> None:
    """Be a ``Report`` for callers who want all of a file or nothing: raise."""
    raise error


def read_file(path: Path) -> SourceFile:
    """Read ``path``; raise ``SourceError`` if the system does not let us, or the file is empty or too large."""
    source = display_name(path)
    try:
        with open_file(path) as file:
            data = file.read(MAX_FILE + 1)
    except OSError as error:
        raise SourceError(source, f"cannot be read: {error.strerror or error}") from error
    if not data:
        raise SourceError(source, "the file is empty")
    if len(data) > MAX_FILE:
        raise SourceError(source, f"larger than {MAX_FILE >> 20} MB: split it, or make it JSON Lines")
    return SourceFile(source, printable(absolute(path).as_posix()), stem(path), data)


def open_file(path: Path) -> BufferedReader:
    """Open a regular file; raise ``OSError`` for anything else, without waiting for a pipe's other end."""
    file = os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError("not a regular file")
    return file


def file_id(path: Path) -> str:
    """Return the SHA-256 of the file's URI, in hexadecimal: it depends on where the file is, not on who reads it."""
    return _file_id(printable(absolute(path).as_posix()))


def _file_id(path: str) -> str:
    return hashlib.sha256(uri_of(path).encode()).hexdigest()


def uri_of(path: str) -> str:
    """Return the one way to write the URI (RFC 8089) of an absolute path.

    >>> uri_of("/news/10月 1.txt"), uri_of("C:/news/a.txt")
    ('file:///news/10%E6%9C%88%201.txt', 'file:///C%3A/news/a.txt')
    """
    return f"file:///{quote(path.removeprefix('/'))}"


def display_name(path: Path) -> str:
    """Return ``path`` relative to the current directory when it lies below it, else absolute; with ``/``."""
    full = absolute(path)
    below = full.is_relative_to(Path.cwd())
    return printable((full.relative_to(Path.cwd()) if below else full).as_posix())


def absolute(path: Path) -> Path:
    """Return ``path`` from the root; symbolic links stay, unless ``..`` makes their meaning depend on the target."""
    full = path.absolute()
    return full.resolve() if ".." in full.parts else full


def printable(name: str) -> str:
    """Escape bytes of a file name that are not text, so that the name can be stored and printed as UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


def suffix(path: Path) -> str:
    """Return the lower-case suffix that names the format; a compressed file keeps both.

    >>> suffix(Path("news/2021.10.JSONL.gz")), suffix(Path("page.txt"))
    ('.jsonl.gz', '.txt')
    """
    last = path.suffix.lower()
    return Path(path.stem).suffix.lower() + last if last == COMPRESSED else last


def stem(path: Path) -> str:
    """Return the file name without ``suffix``.

    >>> stem(Path("news/2021.10.jsonl.gz"))
    '2021.10'
    """
    return printable(path.name[: len(path.name) - len(suffix(path))])

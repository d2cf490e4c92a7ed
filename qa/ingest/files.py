"""What every format needs of a file: its bytes, its name as people see it, and an id derived from that name."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from qa.errors import SourceError

COMPRESSED = ".gz"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file's bytes with its names: ``source`` for people, ``path`` absolute, ``id`` readable and stable."""

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
        """The stem, and 8 digits that tell files of one name in different folders apart."""
        return f"{self.stem}-{hashlib.sha256(self.source.encode()).hexdigest()[:8]}"


def read_file(path: Path) -> SourceFile:
    """Read ``path``; raise ``SourceError`` if the system does not let us, or the file is empty."""
    source = display_name(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(source, f"cannot be read: {error.strerror or error}") from error
    if not data:
        raise SourceError(source, "the file is empty")
    return SourceFile(source, printable(absolute(path).as_posix()), stem(path), data)


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

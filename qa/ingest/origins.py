"""Where a file is: on this machine, or in another file system, under a URI."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit
from urllib.request import url2pathname

from qa.errors import InputError, impossible_name
from qa.ingest.files import absolute, display_name, printable, suffix

_URI: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_OURS: Final = ("file", "local")


@dataclass(frozen=True, slots=True)
class Remote:
    """A file or folder of another file system, under its canonical URI.

    ``stamp`` is what that system tells of a file's version without its being read, ``None`` where it tells nothing.
    """

    uri: str
    stamp: str | None = None


Origin = Path | Remote


def is_uri(text: str) -> bool:
    """Tell whether a name is a URI, not a path.

    >>> is_uri("s3://news/1998"), is_uri("C:/news"), is_uri("news")
    (True, False, False)
    """
    return _URI.match(text) is not None


def is_elsewhere(text: str) -> bool:
    """Tell whether a name is the URI of a file that is not of this machine, without asking anybody.

    >>> is_elsewhere("s3://news/1998"), is_elsewhere("file:///news"), is_elsewhere("news")
    (True, False, False)
    """
    found = _URI.match(text)
    return found is not None and found[1].lower() not in _OURS


def origin_of(text: str | os.PathLike[str]) -> Origin:
    """Return what a path or URI names; ``file://`` is this machine, and such a file the same as under its path.

    Raises ``InputError`` for a URI that cannot be opened here, saying what is missing.

    >>> origin_of("file:///news/10%E6%9C%88.txt"), origin_of("my-archive")
    (PosixPath('/news/10月.txt'), PosixPath('my-archive'))
    """
    name = os.fspath(text)
    found = _URI.match(name)
    if found is None:
        return _named(name)
    if found[1].lower() not in _OURS:
        from qa.ingest.remote import canonical  # what opens other systems takes its time to be imported

        return Remote(canonical(name))
    parts = urlsplit(name)
    if parts.netloc not in ("", "localhost"):
        raise InputError(f"{name}: file:// is of this machine alone; write file:///PATH")
    return _named(url2pathname(name[found.end() + len(parts.netloc) :]))


def _named(name: str) -> Path:
    """Return the path of a name, or refuse one that no file can have: what a saved answer says may be anything."""
    try:
        possible = b"\0" not in os.fsencode(name)
    except UnicodeEncodeError:
        possible = False
    if not possible:
        raise impossible_name(name)
    return Path(name)


def path_of(origin: Origin) -> str:
    """Return what the index knows a file or folder by: the absolute path, or the URI."""
    return origin.uri if isinstance(origin, Remote) else printable(absolute(origin).as_posix())


def shown_name(origin: Origin) -> str:
    """Return the name for people: the URI, or what ``display_name`` gives."""
    return origin.uri if isinstance(origin, Remote) else display_name(origin)


def suffix_of(origin: Origin) -> str:
    """Return the suffix that names the format, as ``suffix`` does; a URI's without what follows ``?`` in it."""
    return suffix(Path(file_name(origin.uri))) if isinstance(origin, Remote) else suffix(origin)


def file_name(uri: str) -> str:
    """Return the last part of a URI.

    >>> file_name("https://news.example/1998/a.html?page=2"), file_name("s3://news/10月 1.txt")
    ('a.html', '10月 1.txt')
    """
    path = urlsplit(uri).path if uri.startswith(("http://", "https://")) else uri
    return path.rstrip("/").rpartition("/")[2]


@contextmanager
def at_hand(origin: Origin) -> Iterator[Path]:
    """Have a file on this machine for the length of the block: itself, or a copy; raises ``SourceError``."""
    if isinstance(origin, Path):
        yield origin
        return
    from qa.ingest.remote import fetched

    with fetched(origin) as copy:
        yield copy

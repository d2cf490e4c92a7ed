"""Which files an archive is made of, and whether one has changed."""

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from qa.errors import SourceError, UnknownFormat
from qa.ingest import jsonl
from qa.ingest.apart import issue_apart
from qa.ingest.files import Report, display_name, refuse, suffix
from qa.ingest.origins import Origin, Remote, file_name, suffix_of
from qa.ingest.sources import READERS, reader_of

_HEAD: Final = 4096
_METS: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?mets[\s>]")


def discover(origins: Iterable[Origin], report: Report = refuse) -> Iterator[Origin]:
    """Yield the files of supported formats that ``origins`` name or hold, each once, a folder's in sorted order.

    In folders, hidden entries, JSON Lines of questions, and what is read with a METS file are passed over; files of
    other formats (``UnknownFormat``), JSON Lines without texts, and folders that cannot be listed go to ``report``.
    Files of other file systems come last, and what is in them shows when they are read. Raises ``SourceError``, before
    the first file, for what does not exist or a file of another format.
    """
    given = list(origins)
    remote = list(_remote([origin for origin in given if isinstance(origin, Remote)], report))
    yield from _here([origin for origin in given if isinstance(origin, Path)], report)
    yield from remote


def _remote(roots: Sequence[Remote], report: Report) -> Iterator[Remote]:
    if not roots:
        return
    from qa.ingest.remote import listed  # it brings fsspec, which local files need nothing of

    seen = set[str]()
    for root in roots:
        for file in listed(root, report):
            if file.uri in seen:
                continue
            seen.add(file.uri)
            if suffix_of(file) in READERS:
                yield file
            elif file.uri == root.uri:
                reader_of(Path(file_name(file.uri)))
            else:
                report(UnknownFormat(file.uri, "not a supported format"))


def _here(roots: Sequence[Path], report: Report) -> Iterator[Path]:
    for root in roots:
        if not root.exists():
            raise SourceError(display_name(root), "no such file or folder")
        if not root.is_dir():
            reader_of(root)
    seen = set[str]()
    for root in roots:
        found = list(_files(root, set())) if root.is_dir() else [root]
        seen |= _read_with_issues(found) if root.is_dir() else set()
        for path in found:
            if isinstance(path, SourceError):
                report(path)
            elif (real := os.path.realpath(path)) not in seen:
                seen.add(real)
                refused = refused_unread(path) if path is not root else None
                if refused is None:
                    yield path
                elif not holds_questions(path):
                    report(refused)


def _files(folder: Path, visited: set[str]) -> Iterator[Path | SourceError]:
    if (real := os.path.realpath(folder)) in visited:  # a symbolic link that leads back
        return
    visited.add(real)
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        yield SourceError(display_name(folder), f"cannot be listed: {error.strerror or error}")
        return
    for entry in (entry for entry in entries if not entry.name.startswith(".")):
        if entry.is_dir():
            yield from _files(entry, visited)
        # A link to nowhere is kept, so that reading it reports it; a pipe would never end.
        elif entry.is_file() or not entry.exists():
            yield entry


def _read_with_issues(found: Iterable[Path | SourceError]) -> set[str]:
    """Return the files that METS files among ``found`` name."""
    issues = (issue_apart(path) for path in found if isinstance(path, Path) and may_be_mets(path))
    return {file for issue in issues if issue is not None for file in issue.files}


def refused_unread(path: Path) -> SourceError | None:
    """Return why a file of a folder is not read, if that shows before it is."""
    reader = READERS.get(suffix(path))
    if reader is None:
        return UnknownFormat(display_name(path), "not a supported format")
    if reader is jsonl.read and not jsonl.is_archive(path):
        return SourceError(display_name(path), "its first record holds no text (text, content, 正文 …)")
    return None


def holds_questions(path: Path) -> bool:
    """Whether it is JSON Lines of questions about an archive, which are no part of one."""
    return READERS.get(suffix(path)) is jsonl.read and jsonl.holds_questions(path)


def fingerprint(path: Path) -> str | None:
    """Return the SHA-256 that the documents of a file have; ``None`` if it cannot be read, which its reader explains.

    It is that of the file's bytes, and with METS that of its pages as well.
    """
    try:
        issue = issue_apart(path) if may_be_mets(path) else None
        if issue is not None:
            return issue.sha256
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return None


def may_be_mets(path: Path) -> bool:
    """Whether a file begins with something like METS; what it is, only the process apart finds out."""
    try:
        if suffix(path) != ".xml" or not path.is_file():
            return False
        with path.open("rb") as file:
            return bool(_METS.search(file.read(_HEAD).replace(b"\0", b"")))  # in UTF-16 as well
    except OSError:
        return False

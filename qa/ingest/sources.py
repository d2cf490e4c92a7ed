"""Which files an archive is made of, and the reader of each format."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from qa.errors import SourceError, UnknownFormat
from qa.ingest import (
    csv_records,
    docx,
    epub,
    hocr,
    html,
    json_records,
    jsonl,
    markdown,
    mets,
    pdf,
    plain,
    scan,
    warc,
    xml,
)
from qa.ingest.decode import stated
from qa.ingest.files import Report, display_name, refuse, suffix
from qa.types import Document

Reader = Callable[[Path, Report], Iterator[Document]]


def read_page(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Read an HTML file as what it is: a page of the web, or what text recognition wrote."""
    yield from hocr.read(path, report) if hocr.is_hocr(path) else html.read(path, report)


READERS: Mapping[str, Reader] = {
    ".csv": csv_records.read,
    ".docx": docx.read,
    ".epub": epub.read,
    ".hocr": hocr.read,
    ".htm": read_page,
    ".html": read_page,
    ".jpeg": scan.read,
    ".jpg": scan.read,
    ".json": json_records.read,
    ".json.gz": json_records.read,
    ".jsonl": jsonl.read,
    ".jsonl.gz": jsonl.read,
    ".md": markdown.read,
    ".pdf": pdf.read,
    ".png": scan.read,
    ".tif": scan.read,
    ".tiff": scan.read,
    ".tsv": csv_records.read,
    ".txt": plain.read,
    ".wacz": warc.read,
    ".warc": warc.read,
    ".warc.gz": warc.read,
    ".xhtml": read_page,
    ".xml": xml.read,
}


def load(path: Path, report: Report = refuse, encoding: str | None = None) -> Iterator[Document]:
    """Read one file of a supported format; raise ``SourceError`` for any other, and for what its reader refuses.

    A part of a file that cannot be read, a record or a page, goes to ``report``, which may raise or let the rest go on.
    Text, web pages and records are read in ``encoding``, a codec's name, instead of the one that they look like.
    """
    reader = reader_of(path)
    return reader(path, report) if encoding is None else _read_as(encoding, reader, path, report)


def _read_as(encoding: str, reader: Reader, path: Path, report: Report) -> Iterator[Document]:
    with stated(encoding):
        yield from reader(path, report)


def discover(paths: Iterable[Path], report: Report = refuse) -> Iterator[Path]:
    """Yield the files of supported formats that ``paths`` name or hold, each once, a folder's in sorted order.

    In folders, hidden entries, JSON Lines of questions, and what is read with a METS file are passed over; files of
    other formats (``UnknownFormat``), JSON Lines without texts, and folders that cannot be listed go to ``report``.
    Raises ``SourceError``, before the first file, for a path that does not exist or a file of another format.
    """
    roots = list(paths)
    for root in roots:
        if not root.exists():
            raise SourceError(display_name(root), "no such file or folder")
        if not root.is_dir():
            reader_of(root)
    seen = set[str]()
    for root in roots:
        found = list(_files(root, set())) if root.is_dir() else [root]
        issues = (path for path in found if isinstance(path, Path) and suffix(path) == ".xml" and mets.is_mets(path))
        seen |= {str(path) for issue in issues for path in mets.named_files(issue)} if root.is_dir() else set()
        for path in found:
            if isinstance(path, SourceError):
                report(path)
            elif (real := os.path.realpath(path)) not in seen:
                seen.add(real)
                refused = _refused(path) if path is not root else None
                if refused is None:
                    yield path
                elif not _holds_questions(path):
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


def _refused(path: Path) -> SourceError | None:
    """Return why a file of a folder is not read, if that shows before it is."""
    reader = READERS.get(suffix(path))
    if reader is None:
        return UnknownFormat(display_name(path), "not a supported format")
    if reader is jsonl.read and not jsonl.is_archive(path):
        return SourceError(display_name(path), "its first record holds no text (text, content, 正文 …)")
    return None


def _holds_questions(path: Path) -> bool:
    return READERS.get(suffix(path)) is jsonl.read and jsonl.holds_questions(path)


def fingerprint(path: Path) -> str | None:
    """Return the SHA-256 that the documents of a file have; ``None`` if it cannot be read, which its reader explains.

    It is that of the file's bytes, and with METS that of its pages as well.
    """
    try:
        if suffix(path) == ".xml" and mets.is_mets(path):
            return mets.fingerprint_of(path)
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except (OSError, SourceError):
        return None


def reader_of(path: Path) -> Reader:
    """Return what reads a file of this name; raise ``UnknownFormat`` if nothing does."""
    reader = READERS.get(suffix(path))
    if reader is None:
        raise UnknownFormat(display_name(path), f"not a supported format; supported are {', '.join(READERS)}")
    return reader

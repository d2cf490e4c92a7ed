"""Which files an archive is made of, and the reader of each format."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from qa.errors import SourceError
from qa.ingest import docx, html, jsonl, markdown, pdf, plain, scan
from qa.ingest.files import Report, display_name, refuse, suffix
from qa.types import Document

Reader = Callable[[Path, Report], Iterator[Document]]

READERS: Mapping[str, Reader] = {
    ".docx": docx.read,
    ".htm": html.read,
    ".html": html.read,
    ".jpeg": scan.read,
    ".jpg": scan.read,
    ".jsonl": jsonl.read,
    ".jsonl.gz": jsonl.read,
    ".md": markdown.read,
    ".pdf": pdf.read,
    ".png": scan.read,
    ".tif": scan.read,
    ".tiff": scan.read,
    ".txt": plain.read,
    ".xhtml": html.read,
}


def load(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Read one file of a supported format; raise ``SourceError`` for any other, and for what its reader refuses.

    A part of a file that cannot be read, a record or a page, goes to ``report``, which may raise or let the rest go on.
    """
    return _reader(path)(path, report)


def discover(paths: Iterable[Path], report: Report = refuse) -> Iterator[Path]:
    """Yield the files of supported formats that ``paths`` name or hold, each once, a folder's in sorted order.

    In folders, hidden entries, other formats and JSON Lines that are no articles (evaluation questions, say) are passed
    over, and those that cannot be listed go to ``report``. Raises ``SourceError``, before the first file, for a path
    that does not exist or a file of another format.
    """
    roots = list(paths)
    for root in roots:
        if not root.exists():
            raise SourceError(display_name(root), "no such file or folder")
        if not root.is_dir():
            _reader(root)
    seen = set[str]()
    for root in roots:
        for path in _files(root, set(), report) if root.is_dir() else [root]:
            if (real := os.path.realpath(path)) not in seen:
                seen.add(real)
                yield path


def _files(folder: Path, visited: set[str], report: Report) -> Iterator[Path]:
    if (real := os.path.realpath(folder)) in visited:  # a symbolic link that leads back
        return
    visited.add(real)
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        report(SourceError(display_name(folder), f"cannot be listed: {error.strerror or error}"))
        return
    for entry in (entry for entry in entries if not entry.name.startswith(".")):
        if entry.is_dir():
            yield from _files(entry, visited, report)
        # A link to nowhere is kept, so that reading it reports it; a pipe would never end.
        elif suffix(entry) in READERS and (entry.is_file() or not entry.exists()) and _holds_articles(entry):
            yield entry


def _reader(path: Path) -> Reader:
    reader = READERS.get(suffix(path))
    if reader is None:
        raise SourceError(display_name(path), f"not a supported format; supported are {', '.join(READERS)}")
    return reader


def _holds_articles(path: Path) -> bool:
    return READERS[suffix(path)] is not jsonl.read or jsonl.is_archive(path)

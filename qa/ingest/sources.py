"""The reader of each format."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from qa.errors import UnknownFormat
from qa.ingest import (
    csv_records,
    docx,
    epub,
    hocr,
    html,
    json_records,
    jsonl,
    markdown,
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


def reader_of(path: Path) -> Reader:
    """Return what reads a file of this name; raise ``UnknownFormat`` if nothing does."""
    reader = READERS.get(suffix(path))
    if reader is None:
        raise UnknownFormat(display_name(path), f"not a supported format; supported are {', '.join(READERS)}")
    return reader

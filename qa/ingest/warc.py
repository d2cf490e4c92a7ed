"""Web archives, WARC and WACZ: one document a page of HTML in them.

A page is read as a file of its own would be; its document's original text is what its article shows.
"""

import hashlib
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from warcio.archiveiterator import ArchiveIterator
from warcio.recordloader import ArcWarcRecord

from qa.errors import SourceError
from qa.ingest import html
from qa.ingest.dates import full_date
from qa.ingest.files import (
    COMPRESSED,
    Report,
    absolute,
    display_name,
    file_id,
    open_file,
    printable,
    refuse,
    suffix,
)
from qa.ingest.steps import step
from qa.ingest.unpack import Unpacking, opened_zip
from qa.types import RECORD, Document

XHTML = "application/xhtml+xml"
PAGES = ("text/html", XHTML)
READABLE = ("application/pdf", "application/msword", "application/vnd.openxmlformats", "application/epub")
CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
UUID = re.compile(r"[0-9A-Fa-f-]{32,36}")
URL, CAPTURED = "url", "captured"


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield one document a page that was answered with HTML.

    Told to ``report``: pages that show no text or cannot be decoded, the number of documents of other kinds, and where
    a file breaks off. Raises ``SourceError`` if it cannot be read at all or holds no page.
    """
    source = display_name(path)
    try:
        with open_file(path) as file:
            size = file.seek(0, io.SEEK_END)
            if not size:
                raise SourceError(source, "the file is empty")
            file.seek(0)
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            reading = _Reading(path, sha256, report)
            if suffix(path) == ".wacz":
                yield from reading.wacz(file)
            else:
                yield from reading.warc(file, size, packed=suffix(path).endswith(COMPRESSED))
            reading.close()
    except OSError as error:
        raise SourceError(source, f"cannot be read: {error.strerror or error}") from error


class _Reading:
    """The pages of one file; ``others`` counts the documents that are none."""

    def __init__(self, path: Path, sha256: str, report: Report) -> None:
        self.source, self.id, self._report = display_name(path), file_id(path), report
        self._shared = (self.source, printable(absolute(path).as_posix()), sha256)
        self._seen = set[str]()
        self.records = self.pages = 0
        self.others = Counter[str]()

    def wacz(self, file: IO[bytes]) -> Iterator[Document]:
        """Yield the pages of the web archives in a WACZ file."""
        with opened_zip(file, self.source, "WACZ file") as packed:
            inside = [one for one in packed.infolist() if one.filename.lower().endswith((".warc", ".warc.gz"))]
            if not inside:
                raise SourceError(self.source, "no web archive (.warc, .warc.gz) in it")
            for one in inside:
                try:
                    with packed.open(one) as part:
                        yield from self.warc(part, one.file_size, packed=one.filename.lower().endswith(COMPRESSED))
                except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
                    self._report(SourceError(self.source, f"{one.filename} cannot be unpacked: {error}"))

    def warc(self, file: IO[bytes], size: int, *, packed: bool) -> Iterator[Document]:
        """Yield the pages of a web archive."""
        stream = Unpacking(file, self.source, size) if packed else file
        before = self.records
        try:
            for record in ArchiveIterator(stream, arc2warc=True):
                self.records += 1
                step()
                document = self._page(record)
                if document is not None:
                    self.pages += 1
                    yield document
        except SourceError as error:
            self._break(error.reason, before)
        except Exception as error:  # the library passes on whatever it meets in a damaged file
            self._break(f"not readable: {error or type(error).__name__}", before)

    def close(self) -> None:
        """Report what is no page, and raise ``SourceError`` if nothing is."""
        if self.others:
            kinds = ", ".join(f"{number} {kind}" for kind, number in sorted(self.others.items()))
            self._report(SourceError(self.source, f"documents that are no web pages are not read: {kinds}"))
        if not self.pages:
            raise SourceError(self.source, "no web page with text in it")

    def _break(self, reason: str, before: int) -> None:
        if self.records == before:
            raise SourceError(self.source, reason)
        self._report(SourceError(self.source, f"breaks off after record {self.records}: {reason}"))

    def _page(self, record: ArcWarcRecord) -> Document | None:
        if record.rec_type not in ("response", "resource") or not _is_answered(record):
            return None
        header = record.http_headers or record.rec_headers
        kind, _, rest = (header.get_header("Content-Type") or "").partition(";")
        kind = kind.strip().lower()
        if kind not in PAGES:
            if kind.startswith(READABLE):
                self.others[kind] += 1
            return None
        url = printable(record.rec_headers.get_header("WARC-Target-URI") or "")
        where = f"record {self.records}" + (f" ({url[:200]})" if url else "")
        data = record.content_stream().read(html.MAX_PAGE + 1)
        if not data.strip():
            return None
        try:
            return self._document(record, url, self._shown(data, kind, rest))
        except SourceError as error:
            self._report(SourceError(self.source, f"{where}: {error.reason}"))
            return None

    def _shown(self, data: bytes, kind: str, parameters: str) -> html.Page:
        if len(data) > html.MAX_PAGE:
            raise SourceError(self.source, f"larger than {html.MAX_PAGE >> 20} MB, too much for a web page")
        charset = CHARSET.search(parameters)
        source = html.decoded(data, self.source, charset[1] if charset else None)
        return html.article(source, self.source, xml=kind == XHTML)

    def _document(self, record: ArcWarcRecord, url: str, page: html.Page) -> Document:
        uuid = UUID.search(record.rec_headers.get_header("WARC-Record-ID") or "")
        identifier = uuid.group() if uuid and uuid.group() not in self._seen else f"record-{self.records}"
        self._seen.add(identifier)
        captured = full_date(record.rec_headers.get_header("WARC-Date") or "")
        about = {RECORD: identifier, URL: url, CAPTURED: captured}
        metadata = {**page.metadata, **{name: value for name, value in about.items() if value}}
        return Document(
            f"{self.id}:{identifier}",
            *self._shared,
            page.view.text,
            page.title,
            page.date or full_date(url),
            metadata,
            heads=page.heads,
        )


def _is_answered(record: ArcWarcRecord) -> bool:
    """Whether a record holds a page, and not the notice that there is none."""
    return record.http_headers is None or (record.http_headers.get_statuscode() or "")[:1] == "2"

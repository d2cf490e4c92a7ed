"""Word files (.docx): one document a file.

The file is a packed XML, so its *original text*, in which all offsets count, is the text that is extracted from it:
paragraphs and table rows in order, headings and list items marked as in Markdown, as it reads once all tracked changes
are accepted; comments are left out. Headers and footers stand where their section begins and ends, and are no words of
an article; they give its paper, date and page. The store keeps the text, and the same bytes give it again.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from qa.errors import SourceError
from qa.ingest.dates import file_date, full_date
from qa.ingest.files import Report, SourceFile, read_file, refuse
from qa.ingest.masthead import paper_in
from qa.ingest.records import PUBLICATION
from qa.ingest.unpack import opened_zip
from qa.ingest.word_layout import lay_out
from qa.ingest.word_package import Package
from qa.ingest.xml_tree import named, words
from qa.types import Document

MAX_UNPACKED = 512 << 20
MAX_RATIO = 200  # XML of a long table unpacks to some fifty times its size; a bomb to a thousand
UNSUSPICIOUS = 16 << 20
ENCRYPTED = bytes.fromhex("d0cf11e0a1b11ae1")  # an OLE file: a Word file with a password, or one of before 2007


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield the file as one document; what it holds and cannot be read, such as a chart, goes to ``report``.

    Raises ``SourceError`` if it is no Word file, is damaged, protected by a password, unpacks to absurd size, or has no
    text.
    """
    file = read_file(path)
    _check(file)
    with opened_zip(io.BytesIO(file.data), file.source, "Word file") as packed:
        package = Package(packed, file.source, report)
        try:
            laid_out = lay_out(package)
        except SourceError as error:
            raise SourceError(file.source, f"not a readable Word file: {error.reason}") from error
        title = _title(package.core())
    for what, count in laid_out.unread.items():
        report(SourceError(file.source, f"{what} in it is not read" + f" ({count} times)" * (count > 1)))
    text = laid_out.text
    if not text.strip():
        raise SourceError(file.source, "the document holds no text" + ", only pictures" * laid_out.pictures)
    edges = [text[start:end] for start, end in laid_out.edges]
    date = next(filter(None, map(full_date, edges)), None) or file_date(file.stem)
    paper = next(filter(None, map(paper_in, edges)), None)
    yield Document(
        *(file.id, file.source, file.path, file.sha256, text),
        title=title if title and title in text else None,  # often it is the name of a template
        date=date,
        metadata={PUBLICATION: paper} if paper else {},
        edges=tuple(laid_out.edges),
        heads=tuple(laid_out.heads),
    )


def _title(core: etree._Element | None) -> str | None:
    return next(filter(None, map(words, named(core, "title"))), None) if core is not None else None


def _check(file: SourceFile) -> None:
    """Refuse what is no archive, or a bomb: sizes are measured by unpacking, since what an archive states may lie."""
    if file.data.startswith(ENCRYPTED):
        raise SourceError(file.source, "protected by a password, or of Word before 2007: save it as .docx without one")
    limit = min(MAX_UNPACKED, max(UNSUSPICIOUS, MAX_RATIO * len(file.data)))
    size = 0
    try:
        with zipfile.ZipFile(io.BytesIO(file.data)) as packed:
            for name in packed.infolist():
                with packed.open(name) as part:
                    while data := part.read(1 << 20):
                        size += len(data)
                        if size > limit:
                            break
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, NotImplementedError) as error:
        raise SourceError(file.source, f"not a readable Word file: {error}") from error
    if size > limit:
        raise SourceError(file.source, f"unpacks to more than {limit >> 20} MB: not a document")

"""Word files (.docx): one document a file.

The file is a packed XML, so its *original text*, in which all offsets count, is the text that is extracted from it:
paragraphs and table rows in order, headings and list items marked as in Markdown. The store keeps it, and the same
bytes give it again.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from qa.errors import SourceError
from qa.ingest.dates import file_date
from qa.ingest.files import Report, SourceFile, read_file, refuse
from qa.types import Document

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table
    from docx.text.paragraph import Paragraph

MAX_UNPACKED = 512 << 20
MAX_RATIO = 200  # XML of a long table unpacks to some fifty times its size; a bomb to a thousand
UNSUSPICIOUS = 16 << 20
ENCRYPTED = bytes.fromhex("d0cf11e0a1b11ae1")  # an OLE file: a Word file with a password, or one of before 2007
HEADING = re.compile(r"(?:title|标题|heading) ?(?P<level>[1-6])?.*", re.IGNORECASE)  # names of styles


def read(path: Path, _: Report = refuse) -> Iterator[Document]:
    """Yield the file as one document.

    Raises ``SourceError`` if it is no Word file, is damaged, protected by a password, unpacks to absurd size, or has no
    text.
    """
    file = read_file(path)
    _check(file)
    # Half a second of imports that an archive without Word files does not need.
    import docx

    try:
        document = docx.Document(io.BytesIO(file.data))
        text = "\n\n".join(_blocks(document))
        title, created = document.core_properties.title.strip(), file_date(file.stem)
    except Exception as error:  # damaged XML, parts that are missing: python-docx passes on whatever it meets
        raise SourceError(file.source, f"not a readable Word file: {error or type(error).__name__}") from error
    if not text.strip():
        raise SourceError(file.source, "the document holds no text")
    printed = title if title and title in text else None  # often it is the name of a template
    yield Document(file.id, file.source, file.path, file.sha256, text, printed, created)


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


def _blocks(document: "WordDocument") -> Iterator[str]:
    from docx.table import Table

    for block in document.iter_inner_content():
        text = _rows(block) if isinstance(block, Table) else _paragraph(block)
        if text.strip():
            yield text


def _paragraph(paragraph: "Paragraph") -> str:
    words = paragraph.text.replace("\r", "\n").strip("\n")
    style = (paragraph.style.name if paragraph.style is not None else None) or ""
    if not words.strip():
        return ""
    if heading := HEADING.fullmatch(style):
        return f"{'#' * int(heading['level'] or 1)} {' '.join(words.split())}"
    numbered = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    return f"- {words.lstrip()}" if numbered or style.lower().startswith("list ") else words


def _rows(table: "Table") -> str:
    """Return the rows of a table, cells parted by commas, as newspapers print lists of names; merged cells once."""
    rows = list[str]()
    for row in table.rows:
        cells = list[str]()
        seen = set[int]()
        for cell in row.cells:
            words = " ".join(cell.text.split())
            if id(cell._tc) not in seen and words:
                cells.append(words)
            seen.add(id(cell._tc))
        rows += ["，".join(cells)] if cells else []
    return "\n".join(rows)

"""What is told of each input format beside what its reader says itself; ``qa.cli.formats_page`` makes a page of both.

Limits are those of the readers' constants; a test holds the messages to those in the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Final

from qa.ingest import (
    alto,
    csv_records,
    docx,
    epub,
    files,
    hocr,
    html,
    json_records,
    jsonl,
    markdown,
    mets,
    ocr,
    pdf,
    plain,
    scan,
    tei,
    unpack,
    warc,
)


@dataclass(frozen=True, slots=True)
class FormatFacts:
    """What the page of formats says of one; in the messages, … stands for what differs.

    ``refused`` files are skipped whole; of others what is ``reported`` is left out, and ``unread`` without a word.
    """

    offsets: str
    kept: str
    unread: str
    refused: tuple[str, ...]
    reported: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()


def _mb(size: int) -> str:
    return f"{size >> 20} MB"


_EXTRACTED: Final = "the text extracted from the file, which the index keeps"
_BOXES: Final = "the place of each line on its page"
_FILE: Final = f"{_mb(files.MAX_FILE)} a file"
_DAMAGED_TEXT: Final = "…: … damaged character… read as …"
_NO_TEXT_FILE: Final = ("not … at byte … (line …): …; save it as UTF-8", "not a text file: …")
_RECORD: Final = "the record's own text; where that is HTML, what it shows"
_FIELDS: Final = "the fields of the table below, and every other field under its own name"
_BAD_RECORDS: Final = ("…: the record has no …", "…: … is empty", "…: id … was used on … already")
_SCAN_WITHOUT_OCR: Final = "a scan without text; install what reads it: …"
_NAME_OR_FOLDER: Final = "the date in the name of the file, or of the two folders above it"

FACTS: Final[Mapping[ModuleType, FormatFacts]] = {
    plain: FormatFacts(
        "the decoded file",
        "the date in the file's name",
        "nothing",
        (*_NO_TEXT_FILE, "the file holds nothing but blanks"),
        (_DAMAGED_TEXT,),
        (_FILE,),
    ),
    markdown: FormatFacts(
        "the decoded file, with its front matter",
        "what the front matter states, by the names that records have for it, and its other fields under their names; "
        "the date in the file's name",
        "nothing",
        _NO_TEXT_FILE,
        (_DAMAGED_TEXT,),
        (_FILE,),
    ),
    html: FormatFacts(
        "the source of the page, with its markup",
        "title, author, paper or site, and day of publication, as the page's head, its scripts or WeChat's marks state"
        " them",
        "what stands around the article; scripts, forms and buttons; readings over characters (ruby), struck-out words;"
        " elements that an attribute or their own style hides",
        ("the page shows no text", *_NO_TEXT_FILE),
        (_DAMAGED_TEXT,),
        (f"{_mb(html.MAX_PAGE)} a page",),
    ),
    jsonl: FormatFacts(
        _RECORD,
        _FIELDS,
        "files whose records ask a question: those are gold questions, not an archive",
        (
            "its first record holds no text (text, content, 正文 …)",
            "not a whole gzip file: …",
            "changed while it was read; ingest it again",
        ),
        ("line …, column …: not JSON: …", *_BAD_RECORDS, "not … at byte … (line …): …"),
        (
            f"{_mb(jsonl.MAX_RECORD)} a record, any number of records",
            f"a compressed file unpacks to at most {unpack.MAX_RATIO} times its size, or to {_mb(unpack.UNSUSPICIOUS)}",
        ),
    ),
    json_records: FormatFacts(
        _RECORD,
        _FIELDS,
        "objects without a text, unless they stand among others that have one",
        ("line …, column …: not JSON: …", 'no record with a "text" in it'),
        (*_BAD_RECORDS, _DAMAGED_TEXT),
        (f"{_mb(json_records.MAX_JSON)} a file, unpacked",),
    ),
    csv_records: FormatFacts(
        _RECORD,
        "the columns of the table below, and every other column under its own name",
        "rows of blanks",
        ("no column of texts (text, content, 正文 …): the first row reads …", "a row of names and no other"),
        (
            "…: not a row of a table, nor what its quotes enclose: …",
            "…: … cells, and … columns have names",
            _DAMAGED_TEXT,
        ),
        (_FILE, f"{csv_records.MAX_CELL >> 20} million characters a cell"),
    ),
    pdf: FormatFacts(
        _EXTRACTED,
        f"the title among its properties, if the text has it too; the date in the file's name; {_BOXES}",
        "pictures on pages that have text; notes and forms",
        (
            "protected by a password: save a copy without one",
            "not a readable PDF: …",
            "no page with text",
        ),
        (f"page …: {_SCAN_WITHOUT_OCR}",),
        (_FILE, f"{pdf.MAX_PAGES:,} pages"),
    ),
    docx: FormatFacts(
        _EXTRACTED,
        "the title among its properties, if the text has it too; paper, date and page of headers and footers, or the "
        "date in the file's name",
        "pictures and comments; what tracked changes delete",
        (
            "protected by a password, or of Word before 2007: save it as .docx without one",
            "not a readable Word file: …",
            "the document holds no text",
        ),
        ("… in it is not read",),
        (_FILE, f"unpacks to at most {docx.MAX_RATIO} times its size, or to {_mb(docx.UNSUSPICIOUS)}"),
    ),
    scan: FormatFacts(
        _EXTRACTED,
        f"the date in the file's name; {_BOXES}",
        f"lines that are recognised with a score below {ocr.MIN_SCORE}",
        (_SCAN_WITHOUT_OCR, "not a readable picture: …", "no text was found in the picture"),
        ("page …: not readable: …", "page …: more than … million pixels"),
        (
            _FILE,
            f"{scan.MAX_PIXELS // 1_000_000} million pixels a page",
            f"the first {scan.MAX_FRAMES} pages of a TIFF",
            f"recognised at no more than {ocr.MAX_SIDE:,} pixels a side",
        ),
    ),
    epub: FormatFacts(
        _EXTRACTED,
        "the title of the chapter; that of the book as `publication`, its date; the chapter's id as the record",
        "the table of contents, pictures, readings over characters (ruby)",
        ("protected against reading (DRM)", "not a readable …: …", "a book that shows no text"),
        ("…: … is not read", "chapter … is not in the list of its files", "… cannot be unpacked: …"),
        (_FILE, f"{epub.MAX_CHAPTERS:,} chapters", f"{_mb(epub.MAX_UNPACKED)} unpacked"),
    ),
    warc: FormatFacts(
        _EXTRACTED,
        "title, author, paper or site, and day of the page, or the day in its address; its address as `url`, the day of"
        " its capture as `captured`, the record's id",
        "replies other than success; pictures, scripts and style sheets",
        ("no web page with text in it", "no web archive (.warc, .warc.gz) in it", "not readable: …"),
        (
            "documents that are no web pages are not read: …",
            "breaks off after record …: …",
            "record …: the page shows no text",
        ),
        (
            f"{_mb(html.MAX_PAGE)} a page, any number of pages",
            f"a compressed file unpacks to at most {unpack.MAX_RATIO} times its size, or to {_mb(unpack.UNSUSPICIOUS)}",
        ),
    ),
    hocr: FormatFacts(
        _EXTRACTED,
        f"{_NAME_OR_FOLDER}; {_BOXES}",
        "pictures",
        ("hOCR without text", "not readable hOCR: …"),
        (_DAMAGED_TEXT,),
        (f"{_mb(hocr.MAX_FILE)} a file",),
    ),
    alto: FormatFacts(
        _EXTRACTED,
        f"the number of the page in print; {_NAME_OR_FOLDER}; {_BOXES}",
        "pictures; other spellings that the recogniser offers",
        ("an ALTO file without text", "not well-formed XML: …", "uses an entity of its own, …: save it without"),
        (),
        (_FILE,),
    ),
    mets: FormatFacts(
        _EXTRACTED,
        "title, byline, name of the paper, date and page, as its descriptions (MODS, Dublin Core) and labels have "
        f"them; the article's id as the record; {_BOXES}",
        "files outside its own folder and those below; what stands outside articles is a document a page",
        ("a METS file that names no ALTO page with text", "not well-formed XML: …"),
        ("names …, which is not in its folder", "…: not well-formed XML: …"),
        (_FILE, f"{mets.MAX_PAGES:,} pages"),
    ),
    tei: FormatFacts(
        _EXTRACTED,
        "the paper's name and date of its header; an article's heading, date, page and id",
        "the header, descriptions of pictures, running heads; of two readings the editors' (`corr` beside `sic`)",
        ("a TEI file without text", "not well-formed XML: …", "uses an entity of its own, …: save it without"),
        (),
        (_FILE,),
    ),
}

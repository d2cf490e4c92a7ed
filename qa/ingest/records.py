"""Records into documents: what JSON Lines, JSON and tables of named columns share.

Their fields go by many names; the commonest of libraries, newspapers and their exports are known. A record's own text
is its document's original text; one that is HTML is read as a page is, and its text is what that shows.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from qa.errors import SourceError
from qa.ingest.dates import file_date, full_date
from qa.ingest.files import Report, printable
from qa.ingest.markup import parse, view
from qa.types import RECORD, RECORD_LINE, Document

Record = Mapping[str, object]

BYLINE, PAGE, PUBLICATION, EDITION = "byline", "page", "publication", "edition"
"""Metadata of every format that states them for an article."""
MAX_ID: Final = 500  # characters; an address must have room for it, each escaped as up to 12
RESERVED = frozenset((RECORD, RECORD_LINE, "main"))

# The first name that a record has counts. Compared without case, blanks and marks.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": (*("id", "identifier", "recordid", "articleid", "docid", "uuid", "guid", "编号", "編號", "序号", "序號"),),
    "title": (*("heading", "headline", "title", "标题", "標題", "题名", "題名", "篇名", "题目", "題目", "主标题"),),
    "date": (
        *("date", "published", "publisheddate", "publishdate", "publicationdate", "pubdate", "datepublished"),
        *("publishedat", "dateissued", "issuedate", "日期", "出版日期", "发布日期", "發布日期", "发表日期", "發表日期"),
        *("见报日期", "見報日期", "刊发日期", "发布时间", "發布時間", "时间", "時間"),
    ),
    "text": (
        *("text", "content", "body", "fulltext", "articletext", "articlebody", "bodytext", "ocrtext", "ocr", "ocreng"),
        *("正文", "内容", "內容", "全文", "文本", "文章内容", "文章內容", "正文内容", "正文內容"),
    ),
    BYLINE: (*("byline", "author", "authors", "creator", "writer", "作者", "记者", "記者", "署名", "责任者"),),
    PAGE: (*("page", "pagenumber", "pageno", "pagelabel", "版次", "版面", "版", "版号", "版號", "页码", "頁碼"),),
    PUBLICATION: (
        *("publication", "newspaper", "newspapertitle", "paper", "journal", "publicationtitle", "报纸", "報紙"),
        *("报纸名称", "報紙名稱", "报纸名", "报刊", "報刊", "报名", "報名", "刊名", "媒体", "媒體", "来源", "來源"),
    ),
    EDITION: (*("edition", "issue", "期号", "期號", "版本"),),
}
_UNNAMED = re.compile(r"[\W_]+")
_HTML = re.compile(r"<(?:p|br|div|span|h[1-6]|li|tr)\b[^<>]{0,500}>", re.IGNORECASE)
MAX_REPORTED = 100  # bad records of one file that are reported one by one


@dataclass(frozen=True, slots=True)
class RecordFile:
    """What every document of a file shares."""

    id: str
    name: str
    path: str
    sha256: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record is: ``word`` and ``number`` name it to people, ``line`` is the file's, where it has lines."""

    word: str
    number: int
    line: int | None = None

    def __str__(self) -> str:
        """Return the place for people.

        >>> str(Place("record", 3))
        'record 3'
        """
        return f"{self.word} {self.number}"


def named(fields: Iterable[str]) -> dict[str, str]:
    """Return which of ``fields`` is the id, the title and so on.

    Where a record has both a heading and a title, as those of Trove do, the title is the newspaper's.

    >>> named(["标题", "Pub_Date", "正文", "desk"])
    {'title': '标题', 'date': 'Pub_Date', 'text': '正文'}
    """
    known: dict[str, str] = {}
    for field in fields:
        known.setdefault(_UNNAMED.sub("", field).casefold(), field)
    firsts = ((ours, next((known[name] for name in names if name in known), None)) for ours, names in NAMES.items())
    found = {ours: first for ours, first in firsts if first is not None}
    if "title" in known and found.get("title") != known["title"]:
        found.setdefault(PUBLICATION, known["title"])
    return found


def has_text(record: object) -> bool:
    """Whether a record holds a text under one of its names."""
    return isinstance(record, dict) and "text" in named(record)


def documents(
    records: Iterable[tuple[Place, Record | SourceError]], source: RecordFile, report: Report
) -> Iterator[Document]:
    """Yield one document a record; bad ones go to ``report``, at most ``MAX_REPORTED`` of them each on its own."""
    seen, bad = dict[str, Place](), 0
    for place, record in records:
        try:
            yield _document(record, place, source, seen)
        except SourceError as error:
            bad += 1
            if bad <= MAX_REPORTED:
                report(error)
    if bad > MAX_REPORTED:
        report(SourceError(source.name, f"{bad - MAX_REPORTED} more records that cannot be read"))


def _document(record: Record | SourceError, place: Place, source: RecordFile, seen: dict[str, Place]) -> Document:
    if isinstance(record, SourceError):
        raise record
    names = named(record)
    if "text" not in names:
        raise SourceError(source.name, f'{place}: the record has no "text"')
    identifier, title, date, text, *further = (_string(record, names, ours, place, source.name) for ours in NAMES)
    if identifier == "":
        raise SourceError(source.name, f'{place}: "{names["id"]}" is empty')
    if identifier and len(identifier) > MAX_ID:
        raise SourceError(source.name, f'{place}: "{names["id"]}" has more than {MAX_ID:,} characters')
    text = _shown(text or "")
    if not text.strip():
        raise SourceError(source.name, f'{place}: "{names["text"]}" is empty')
    known = set(names.values())
    # Half a surrogate pair, which JSON can smuggle in and nothing can store, becomes its escape.
    metadata = {
        printable(f"{name}_" if name in RESERVED else name): printable(_as_text(value))
        for name, value in record.items()
        if name not in known and value is not None and value != ""
    }
    metadata |= {ours: value for ours, value in zip((*NAMES,)[4:], further, strict=True) if value}
    iso = full_date(date or "") or file_date(date or "")
    if date and not iso:
        metadata["date"] = date  # kept as it is, since it cannot be compared with others
    identifier = identifier or f"{place.word}-{place.number}"
    if (first := seen.setdefault(identifier, place)) is not place:
        raise SourceError(source.name, f"{place}: id {identifier!r} was used on {first} already")
    metadata[RECORD] = identifier
    if place.line is not None:
        metadata[RECORD_LINE] = str(place.line)
    shared = (source.name, source.path, source.sha256)
    return Document(f"{source.id}:{identifier}", *shared, text, title or None, iso or source.date, metadata)


def _string(record: Record, names: Mapping[str, str], ours: str, place: Place, source: str) -> str | None:
    name = names.get(ours)
    value = record.get(name) if name is not None else None
    if isinstance(value, dict):  # Trove names a newspaper so: {"id": "11", "title": "The Canberra Times"}
        value = next((value[key] for key in ("value", "title", "name") if isinstance(value.get(key), str)), value)
    if isinstance(value, list) and ours == BYLINE and all(isinstance(one, str) for one in value):
        value = "、".join(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and ours != "text":
        return str(value)
    if value is not None and not isinstance(value, str):
        raise SourceError(source, f'{place}: "{name}" must be a string, not {type(value).__name__}')
    try:
        (value or "").encode()
    except UnicodeEncodeError as error:
        raise SourceError(source, f'{place}: "{name}" holds half a surrogate pair at {error.start}') from error
    return value if ours in ("id", "text") else (value or "").strip() or None


def _shown(text: str) -> str:
    return view(parse(text).blocks).text if _HTML.search(text) else text


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

"""Records into documents: what JSON Lines, JSON and tables of named columns share.

Their fields go by many names; the commonest of libraries, newspapers and their exports are known. A record's own text
is its document's original text; one that is HTML is read as a page is, and its text is what that shows.
"""

import datetime
import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from qa.errors import SourceError
from qa.ingest.dates import calendar_date, file_date, full_date, stamp_date
from qa.ingest.english import english_date
from qa.ingest.files import Report, printable
from qa.ingest.markup import parse, view
from qa.text.punctuation import is_cjk
from qa.text.spacing import joined, without_padding
from qa.text.surrogates import half_of_pair
from qa.types import RECORD, RECORD_LINE, Document, Head

Record = Mapping[str, object]

BYLINE, PAGE, PUBLICATION, EDITION = "byline", "page", "publication", "edition"
"""Metadata of every format that states them for an article."""
MAX_ID: Final = 500  # characters; an address must have room for it, each escaped as up to 12
RESERVED = frozenset((RECORD, RECORD_LINE, "main"))

# The first name that a record has counts. Compared without case, blanks and marks.
NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": (*("id", "identifier", "recordid", "articleid", "docid", "uuid", "guid", "编号", "編號", "序号", "序號"),),
    "title": (
        *("heading", "headline", "hl", "title", "标题", "標題", "题名", "題名", "篇名", "题目", "題目", "主标题"),
    ),
    "date": (
        *("date", "published", "publisheddate", "publishdate", "publicationdate", "pubdate", "datepublished"),
        *(
            "publishedat",
            "publishedon",
            "publishtime",
            "pubtime",
            "dateissued",
            "issuedate",
            "datetime",
            "日期",
            "出版日期",
            "发布日期",
            "發布日期",
            "发表日期",
            "發表日期",
        ),
        *("见报日期", "見報日期", "刊发日期", "发布时间", "發布時間", "时间", "時間"),
    ),
    "text": (
        *("text", "content", "body", "fulltext", "articletext", "articlebody", "bodytext", "ocrtext", "ocr", "ocreng"),
        *("paragraphs", "leadparagraph"),
        *("正文", "内容", "內容", "全文", "文本", "文章内容", "文章內容", "正文内容", "正文內容"),
    ),
    BYLINE: (
        *("byline", "author", "authors", "creator", "writer", "reporter", "作者", "记者", "記者", "署名", "责任者"),
    ),
    PAGE: (
        *("page", "pagenumber", "pageno", "pagelabel", "pg", "pgno"),
        *("版次", "版面", "版", "版号", "版號", "页码", "頁碼"),
    ),
    PUBLICATION: (
        *("publication", "newspaper", "newspapertitle", "newspapername", "papername", "paper", "journal"),
        *("publicationtitle", "报纸", "報紙"),
        *("报纸名称", "報紙名稱", "报纸名", "报刊", "報刊", "报名", "報名", "刊名", "媒体", "媒體", "来源", "來源"),
        *("source", "publisher"),
    ),
    EDITION: (*("edition", "issue", "期号", "期號", "版本"),),
}
# What a record's kind, and the form of a value, add to these: news_title, content_html, 文章标题.
_DRESSED = re.compile(
    r"(?:news|article|story|post|print|plain|raw|full|新闻|新聞|文章|稿件)?(?P<name>.+?)(?:html|text|raw|plain|zh|cn)?"
)
# Where a value is an object, what of it counts: {"id": "11", "title": "The Canberra Times"} of Trove, {"rendered": …}.
_INNER: Final = (
    *("value", "title", "name", "main", "original", "rendered", "text", "content"),
    *("#text", "@value", "$oid", "$date", "$numberLong"),
)
_NUMERIC_DAY = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<mark>[./-])(?P<month>[0-9]{1,2})(?P=mark)(?P<year>[0-9]{4})(?![0-9])"
)
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")  # of a spreadsheet: days since the end of 1899
_FIRST_DAY = datetime.date(1899, 12, 30)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,20});", re.IGNORECASE)
MAX_DEPTH: Final = 3  # objects in objects around a record
_UNNAMED = re.compile(r"[\W_]+")
_HTML = re.compile(r"<(?:p|br|div|span|h[1-6]|li|tr)\b[^<>]{0,500}>", re.IGNORECASE)
# What only dresses words leaves the lines of a plain text as they are.
_INLINE = re.compile(
    r"<(?P<tag>a|abbr|b|cite|em|font|i|mark|small|strong|sub|sup|u)(?:\s[^<>]{0,500})?>(?P<words>[^<>]*)</(?P=tag)\s*>",
    re.IGNORECASE,
)
MAX_NESTED = 8  # such tags in one another; each costs a pass over the text
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
    >>> named(["news_id", "headline", "content_html", "content_type"])
    {'id': 'news_id', 'title': 'headline', 'text': 'content_html'}
    """
    known, dressed = dict[str, str](), dict[str, str]()
    for field in fields:
        plain = _UNNAMED.sub("", field).casefold()
        known.setdefault(plain, field)
        if bare := _DRESSED.fullmatch(plain):
            dressed.setdefault(bare["name"], field)
    found = dict[str, str]()
    for ours, names in NAMES.items():
        first = next((some[name] for some in (known, dressed) for name in names if name in some), None)
        if first is not None and first not in found.values():
            found[ours] = first
    if "title" in known and found.get("title") != known["title"]:
        found.setdefault(PUBLICATION, known["title"])
    return found


def has_text(record: object) -> bool:
    """Whether a record holds a text under one of its names."""
    return isinstance(record, dict) and "text" in named(record)


def unwrapped(record: Record, depth: int = MAX_DEPTH) -> Record:
    """Return a record without the envelope that holds nothing else: what both say of it, the inner first.

    >>> unwrapped({"_id": "7", "_source": {"title": "甲", "content": "乙。"}})
    {'_id': '7', 'title': '甲', 'content': '乙。'}
    """
    if has_text(record) or not depth:
        return record
    inner = {key: unwrapped(value, depth - 1) for key, value in record.items() if isinstance(value, dict)}
    held = [key for key, value in inner.items() if has_text(value)]
    plural = any(isinstance(value, list) and any(isinstance(one, dict) for one in value) for value in record.values())
    if len(held) != 1 or plural:
        return record
    return {**{key: value for key, value in record.items() if key != held[0]}, **inner[held[0]]}


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
    text, heads = _shown(text or "")
    if not text.strip():
        raise SourceError(source.name, f'{place}: "{names["text"]}" is empty')
    known = {name for ours, name in names.items() if ours == "text" or _words(record[name], ours) is not None}
    # Half a surrogate pair, which JSON can smuggle in and nothing can store, becomes its escape.
    metadata = {
        printable(f"{name}_" if name in RESERVED else name): printable(_as_text(value))
        for name, value in record.items()
        if name not in known and value is not None and value != ""
    }
    stated = zip((*NAMES,)[4:], (_on_one_line(value or "") for value in further), strict=True)
    metadata |= {ours: value for ours, value in stated if value}
    iso = day_stated(date or "")
    if date and not iso:
        metadata["date"] = date  # kept as it is, since it cannot be compared with others
    identifier = identifier or f"{place.word}-{place.number}"
    if (first := seen.setdefault(identifier, place)) is not place:
        raise SourceError(source.name, f"{place}: id {identifier!r} was used on {first} already")
    metadata[RECORD] = identifier
    if place.line is not None:
        metadata[RECORD_LINE] = str(place.line)
    shared = (source.name, source.path, source.sha256)
    title = _on_one_line(title) if title else None
    return Document(f"{source.id}:{identifier}", *shared, text, title, iso or source.date, metadata, heads=heads)


def _string(record: Record, names: Mapping[str, str], ours: str, place: Place, source: str) -> str | None:
    name = names.get(ours)
    given = record.get(name) if name is not None else None
    value = _words(given, ours)
    if value is None and given is not None and ours in ("id", "text"):
        raise SourceError(source, f'{place}: "{name}" must be a string, not {type(given).__name__}')
    if (half := half_of_pair(value or "")) is not None:
        raise SourceError(source, f'{place}: "{name}" holds half a surrogate pair at {half}')
    return value if ours in ("id", "text") else (value or "").strip() or None


def _shown(text: str) -> tuple[str, tuple[Head, ...]]:
    """Return what a text shows, which may be HTML, and what the cells and items in it stand under."""
    if _HTML.search(text):
        parsed = parse(text)
        shown = view(parsed.blocks)
        return shown.text, tuple(parsed.structure.heads(shown))
    for _ in range(MAX_NESTED):
        text, count = _INLINE.subn(r"\g<words>", text)
        if not count:
            break
    return html.unescape(text) if _ENTITY.search(text) else text, ()


def _on_one_line(value: str) -> str:
    """Return what a title or the like shows, with the padded names in it whole.

    >>> _on_one_line("The <i>Ajax</i> &amp;<br>her crew"), _on_one_line("记者 方 平"), _on_one_line("a < b")
    ('The Ajax & her crew', '记者 方平', 'a < b')
    """
    shown, _ = _shown(value)
    if shown != value:
        shown = joined(" ".join(line.split()) for line in shown.splitlines() if line.strip())
    return without_padding(shown)


def _words(value: object, ours: str) -> str | None:
    """Return what a value says for one of our fields; ``None`` if that cannot be told.

    Of several it is the first, of authors and paragraphs all.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return None if isinstance(value, bool) or ours in ("text", BYLINE) else str(value)
    if isinstance(value, dict):
        return next(filter(None, (_words(value[key], ours) for key in _INNER if key in value)), None)
    if not isinstance(value, list):
        return None
    found = [_words(one, ours) for one in value]
    whole = [one for one in found if one is not None]
    if ours not in ("text", BYLINE):
        return next(iter(whole), None)
    mark = "\n" if ours == "text" else "、" if any(map(is_cjk, "".join(whole))) else ", "
    return mark.join(whole) if whole and len(whole) == len(found) else None


def day_stated(date: str) -> str | None:
    """Return the ISO 8601 date of a record's date field, however programs write it; ``None`` where it is not clear.

    >>> day_stated("14/10/2021 08:00"), day_stated("10/14/2021"), day_stated("3.4.2021"), day_stated("3/4/2021")
    ('2021-10-14', '2021-10-14', '2021-04-03', None)
    >>> day_stated("1634169600"), day_stated("44483"), day_stated("2021-10-13T16:00:00Z"), day_stated("14-Oct-2021")
    ('2021-10-14', '2021-10-14', '2021-10-14', '2021-10-14')
    """
    date = date.strip()
    found = stamp_date(date) or full_date(date) or file_date(date) or english_date(date.replace("-", " "))
    if found:
        return found
    if _SERIAL.fullmatch(date):
        return (_FIRST_DAY + datetime.timedelta(days=int(date[:5]))).isoformat()
    if (numeric := _NUMERIC_DAY.match(date)) is None:
        return None
    year, month, day = numeric["year"], numeric["month"], numeric["day"]
    days = {calendar_date(year, month, day)}
    if numeric["mark"] != ".":
        days.add(calendar_date(year, day, month))
    days.discard(None)
    return days.pop() if len(days) == 1 else None


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

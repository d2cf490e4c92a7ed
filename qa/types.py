"""The records that flow between the stages.

Offsets are Unicode code points, half-open, and count in one of two texts:

* *original*: the decoded text of the file (``Document.text``), nothing removed;
* *clean*: the text a stage works on (``Chunk.text``), made of slices of the original.

An ``Alignment`` ties the second to the first, so that every span found in clean text has exact original offsets.

The records that leave the system (``Answer`` and what it holds) are written to JSON by their fields, in their order
(``qa.wire``), and described by them at the HTTP border: that is what the metadata of their fields is for.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import ClassVar, Final, Literal, Self

from qa.pages import PageBox, PlacedPage

Progress = Callable[[int, int], None]
"""Called with how many are done, and how many there are."""
ArticleId = tuple[str, int]
"""A document's id, and the number of an article in it."""
Head = tuple[int, str]
"""An offset in a text, and what the words that begin there stand under: the heads of a table's cell, the leads of a
list's item. They are read before these words, and are no part of the text."""
RECORD, RECORD_LINE = "record", "record_line"
"""Names in ``Document.metadata``: the record's id in a file of many, and the line of the file that it begins on."""

_CONTROLS: Final = (range(0x09), range(0x0E, 0x1C), range(0x7F, 0x85), range(0x86, 0xA0))
_MARKS: Final = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # of the direction of writing
INVISIBLE: Final = "\xad\u200b\u2060\ufeff" + _MARKS + "".join(chr(code) for codes in _CONTROLS for code in codes)
"""Characters that show nothing, yet are not white space to Python: clean text is without them."""


@dataclass(frozen=True, slots=True)
class Run:
    """``length`` consecutive characters, at ``clean`` in the clean text and at ``original`` in the original.

    ``width`` is set where one character stands for a piece of markup in the original (``&amp;``, a tag that breaks the
    line): then it is the length of that piece, and ``length`` is 1.
    """

    clean: int
    original: int
    length: int
    width: int = 0

    @property
    def end(self) -> int:
        """Original offset after the last character."""
        return self.original + (self.width or self.length)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where each character of a clean text stands in the original.

    ``runs`` cover the clean text without gaps, in ascending order in both texts.

    >>> Alignment((Run(0, 10, 3), Run(3, 15, 2))).to_original(2, 4)
    (12, 16)
    """

    runs: tuple[Run, ...]

    def __post_init__(self) -> None:
        """Raise ``ValueError`` unless runs are non-empty, gapless in the clean text and ascending in the original."""
        if self.runs and self.runs[0].clean != 0:
            raise ValueError(f"the first run starts at clean offset {self.runs[0].clean}, not 0")
        for run in self.runs:
            if run.length <= 0 or run.original < 0 or run.width < 0:
                raise ValueError(f"a run of length {run.length} at original offset {run.original}")
            if run.width and run.length != 1:
                raise ValueError(f"{run.length} characters that stand for {run.width} at {run.original}")
        for before, after in pairwise(self.runs):
            if after.clean != before.clean + before.length:
                raise ValueError(f"clean text has a gap or overlap at {after.clean}")
            if after.original < before.end:
                raise ValueError(f"the original runs backwards at {after.original}")

    @property
    def length(self) -> int:
        """Characters of clean text that are covered."""
        return self.runs[-1].clean + self.runs[-1].length if self.runs else 0

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original span of the clean span ``[start, end)``; ``IndexError`` if it is empty or outside."""
        if not 0 <= start < end <= self.length:
            raise IndexError(f"clean span [{start}, {end}) is empty or outside [0, {self.length})")
        first, last = self._run(start), self._run(end - 1)
        return first.original + start - first.clean, last.end if last.width else last.original + end - last.clean

    def from_original(self, start: int, end: int) -> tuple[int, int]:
        """Return the clean span of the characters that stand whole in the original ``[start, end)``; it may be empty.

        >>> alignment = Alignment((Run(0, 10, 3), Run(3, 15, 1, 5), Run(4, 20, 2)))
        >>> alignment.from_original(11, 22), alignment.from_original(11, 18), alignment.from_original(13, 15)
        ((1, 6), (1, 3), (3, 3))
        """
        first, last = self._first_from(start), self._first_from(end)
        before = self._run(last - 1) if last else None
        if before and before.width and before.end > end:  # a character that reaches beyond
            last -= 1
        return first, max(first, last)

    def _first_from(self, original: int) -> int:
        """Return the clean offset of the first character that begins at ``original`` or after it."""
        index = bisect_right(self.runs, original, key=lambda run: run.original) - 1
        if index < 0:
            return 0
        run = self.runs[index]
        return run.clean + min(run.length, original - run.original)

    def _run(self, clean: int) -> Run:
        return self.runs[bisect_right(self.runs, clean, key=lambda run: run.clean) - 1]


@dataclass(frozen=True, slots=True)
class View:
    """What a document shows, where that is not its source: ``text``, aligned to the source.

    ``added`` are the pieces of ``text``, in order, that stand for markup: line breaks, blanks between cells, and the
    Markdown marks of headings and list items. ``cuts`` are the offsets in ``text`` before which the source has words
    that the view leaves out, such as a menu.
    """

    text: str
    alignment: Alignment
    added: tuple[tuple[int, int], ...] = ()
    cuts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Raise ``ValueError`` unless the alignment covers the text exactly."""
        if self.alignment.length != len(self.text):
            raise ValueError(f"{len(self.text)} characters are shown, {self.alignment.length} aligned")

    def shown(self, start: int, end: int) -> str:
        """Return what ``[start, end)`` of the source prints, with blanks and line breaks for markup.

        Empty unless it begins and ends with characters that are printed, and the view leaves nothing out between them.
        """
        first, last = self.alignment.from_original(start, end)
        if first == last or self.alignment.to_original(first, last) != (start, end):
            return ""
        if bisect_right(self.cuts, first) != bisect_left(self.cuts, last):
            return ""
        pieces = self.added[bisect_right(self.added, first, key=lambda piece: piece[1]) :]
        parts = list[str]()
        for begin, stop in takewhile(lambda piece: piece[0] < last, pieces):
            if begin <= first or stop >= last:
                return ""
            parts += [self.text[first:begin], "\n" if "\n" in self.text[begin:stop] else " "]
            first = stop
        return "".join([*parts, self.text[first:last]])


@dataclass(frozen=True, slots=True)
class Document:
    """One source file, or one record of a file that holds many.

    ``source`` is the path shown to people (relative to where ingestion was run, when below it); ``path`` is absolute.
    ``sha256`` is of the file's bytes; ``text`` is what they decode to, and what every original offset counts in.
    ``view`` is what a reader of the document sees, ``None`` where that is ``text`` itself. ``edges`` are the pieces of
    what is shown, in order, that its format sets at the top or the foot of pages: they belong to no article. ``pages``
    are where ``text`` stands on paper, in order; none for a format without pages, or one that does not tell. ``heads``
    are those that its format gives to pieces of what is shown, in order.
    """

    id: str
    source: str
    path: str
    sha256: str
    text: str
    title: str | None = None
    date: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    view: View | None = None
    edges: tuple[tuple[int, int], ...] = ()
    pages: tuple[PlacedPage, ...] = ()
    heads: tuple[Head, ...] = ()

    def shown(self, start: int, end: int) -> str:
        """Return what ``[start, end)`` of ``text`` prints, without markup."""
        return self.view.shown(start, end) if self.view else self.text[start:end]

    def visible(self, start: int, end: int) -> str:
        """Return what a reader sees of ``[start, end)`` of ``text``, wherever these offsets stand in its markup."""
        if self.view is None:
            return self.text[start:end]
        first, last = self.view.alignment.from_original(start, end)
        return self.view.text[first:last]


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a document; ``start`` and ``end`` bound it in the original.

    ``number`` counts from 0 within the document. ``date`` is ISO 8601 (``2021-10-13``) or ``None``. ``page`` is the
    paper's, as its masthead or the record gives it (``4``, ``A2``); ``continued_from`` and ``continues_on`` are the
    pages that the article's jump lines name. ``publication`` is the paper, ``edition`` what its page calls itself
    (``要闻``), or the edition that the record gives.
    """

    document_id: str
    number: int
    title: str
    start: int
    end: int
    deck: str | None = None
    byline: str | None = None
    date: str | None = None
    page: str | None = None
    continued_from: str | None = None
    continues_on: str | None = None
    publication: str | None = None
    edition: str | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """A retrievable piece of one article.

    ``context`` (title and deck, and the list lead when the chunk starts inside a list) is embedded, indexed and read
    with the chunk but is never cited from here; ``text`` is clean text, and ``alignment`` gives its original offsets.
    ``heads``, ascending, are what its cells and items are read under.
    """

    id: str
    document_id: str
    article: int
    context: str
    text: str
    alignment: Alignment
    heads: tuple[Head, ...] = ()

    def __post_init__(self) -> None:
        """Raise ``ValueError`` unless the alignment covers the text exactly."""
        if self.alignment.length != len(self.text):
            raise ValueError(f"chunk {self.id}: {len(self.text)} characters, {self.alignment.length} aligned")

    @property
    def start(self) -> int:
        """First original offset."""
        return self.alignment.runs[0].original

    @property
    def end(self) -> int:
        """Original offset after the last character."""
        return self.alignment.runs[-1].end

    @property
    def embedded(self) -> str:
        """What the encoder and the lexical index see: context and text."""
        return f"{self.context}\n{self.text}" if self.context else self.text


@dataclass(frozen=True, slots=True)
class Filters:
    """Which articles are looked at; what is ``None`` does not limit.

    ``date_from`` and ``date_to`` are days (``2021-10-13``), both included: an article without a date is outside any
    range. ``page`` is the label of a page (``4``, ``A2``); the others are words that the source's path, the title, the
    byline, the paper's name and the edition's must contain.
    """

    date_from: str | None = None
    date_to: str | None = None
    source: str | None = None
    title: str | None = None
    byline: str | None = None
    publication: str | None = None
    edition: str | None = None
    page: str | None = None

    def __bool__(self) -> bool:
        """Whether anything is limited."""
        return self != Filters()


EVERYTHING: Final = Filters()
"""No limits."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk; ``score`` orders hits of one query only (higher is better).

    ``date`` is its article's, ISO 8601. ``twins`` are chunks of other places that print the same sentences; they are no
    hits of their own. ``continues`` is the article, on another page, that this one's article continues.
    """

    chunk: Chunk
    score: float
    dense: float
    lexical: float
    date: str | None = None
    twins: tuple[Chunk, ...] = ()
    continues: ArticleId | None = None

    @property
    def article_id(self) -> ArticleId:
        """The article that the chunk belongs to, the same for both halves of one that continues on another page."""
        return self.continues or (self.chunk.document_id, self.chunk.article)


@dataclass(frozen=True, slots=True)
class Span:
    """An answer candidate in ``chunk.text[start:end]``.

    ``score`` is the log-odds that the span answers the question (0: as likely as not, before calibration).
    """

    chunk: Chunk
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The words of the span, in clean text."""
        return self.chunk.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an item stands. All offsets are original; lines count from 1.

    ``original[start:end] == quote``; ``[answer_start, answer_end)`` lies inside and, with the white space that cleaning
    removes left out, equals the item's text. ``page`` is the paper's. ``day`` is the ISO 8601 date that the answer's
    words mean in a paper of ``date``, or below the article's own dateline, where they name a day (昨日, 8日); of
    several (5日至7日) it is the interval. ``record`` is the id of the record in a file of many, and ``record_line`` the
    line of the file that it begins on; the other lines count in the record's own text. ``boxes`` are the places of the
    quote on the pages of a PDF, a scan or what a recogniser wrote, one for each printed line that it touches.
    """

    __pydantic_config__: ClassVar = {"json_schema_serialization_defaults_required": True}

    document_id: str
    source: str
    sha256: str = field(metadata={"description": "Of the file's bytes."})
    title: str
    byline: str | None
    date: str | None = field(metadata={"description": "ISO 8601."})
    line_start: int
    line_end: int
    unit: str = field(default="codepoint", kw_only=True, metadata={"json_schema_extra": {"const": "codepoint"}})
    start: int
    end: int
    quote: str = field(metadata={"description": "The sentence or list item, exactly `original[start:end]`."})
    answer_start: int
    answer_end: int
    page: str | None = field(default=None, metadata={"description": "The paper's, where the source names it."})
    day: str | None = field(
        default=None,
        metadata={
            "description": "ISO 8601: the day, or interval of days, that the answer's words (`昨日`, `5日至7日`) mean "
            "on this date, or on that of the article's own dateline."
        },
    )
    record: str | None = field(default=None, metadata={"description": "The record's id, in a file of many."})
    record_line: int | None = field(
        default=None,
        metadata={"description": "The line of the file that the record begins on, where it has lines."},
    )
    publication: str | None = field(default=None, metadata={"description": "The paper, where the source names it."})
    edition: str | None = field(default=None, metadata={"description": "What the page or edition calls itself."})
    shown: str | None = field(
        default=None, metadata={"description": "What the quote shows a reader, where its markup says more than that."}
    )
    boxes: tuple[PageBox, ...] = field(
        default=(),
        metadata={
            "description": "Where the quote stands on the pages of the source, a box a printed line; none where "
            "the source does not tell."
        },
    )

    @property
    def words(self) -> str:
        """The quote as a reader sees it."""
        return self.quote if self.shown is None else self.shown

    @property
    def where(self) -> str:
        """The place for people: file and line; or the record, with its own line in the file where that has lines."""
        return place_in(self.source, self.line_start, self.record, self.record_line)


@dataclass(frozen=True, slots=True)
class Item:
    """One answer: the source's words, how sure the reader is (0 to 1), and where they stand (at least one place).

    ``kind`` tells what the words are: the span that was asked for, the whole sentence that answers, or one of the
    things that a question asked the number of. ``part`` is the part of a question in several parts that it answers.
    """

    text: str
    confidence: float = field(metadata={"ge": 0, "le": 1})
    citations: tuple[Citation, ...] = field(metadata={"min_length": 1})
    kind: Literal["span", "sentence", "count"] = "span"
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Superseded:
    """What an item of the answer has replaced: the words that no longer hold, and where they were printed.

    ``by`` is the text of that item; ``reason`` is a correction of an error, or a later change.
    """

    text: str
    by: str
    reason: Literal["correction", "change"]
    citations: tuple[Citation, ...] = field(metadata={"min_length": 1})


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that was considered, answered or not; original offsets."""

    chunk_id: str
    document_id: str
    score: float
    start: int
    end: int

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """Return the passage of a hit."""
        chunk = hit.chunk
        return cls(chunk.id, chunk.document_id, hit.score, chunk.start, chunk.end)


@dataclass(frozen=True, slots=True)
class Answer:
    """The reply to one question; no items means that the archive does not say.

    ``closest`` is then the sentence that comes nearest to an answer, where one was read. ``superseded`` are earlier
    words that the items replace. ``more_passages`` are passages that may hold more of a list which goes
    on beyond those that were read.
    """

    question: str
    items: tuple[Item, ...]
    confidence: float
    passages: tuple[Passage, ...]
    timings_ms: Mapping[str, float] = field(metadata={"digits": 2})
    id: str | None = None
    closest: Item | None = None
    superseded: tuple[Superseded, ...] = ()
    more_passages: int = 0

    @property
    def answered(self) -> bool:
        """Whether the archive says."""
        return bool(self.items)

    @property
    def count(self) -> int | None:
        """How many items there are, where the question asked for their number."""
        return len(self.items) if self.items and all(item.kind == "count" for item in self.items) else None

    @property
    def text(self) -> str | None:
        """All items, joined as a Chinese enumeration, or ``None``."""
        return "、".join(item.text for item in self.items) or None


def place_of_offset(document: Document, offset: int) -> str:
    """Return where ``offset`` of a document is, as ``place_in`` does."""
    line = document.metadata.get(RECORD_LINE)
    record = document.metadata.get(RECORD)
    return place_in(document.source, line_at(document.text, offset), record, int(line) if line else None)


def place_in(source: str, line: int, record: str | None = None, record_line: int | None = None) -> str:
    """Return where something stands, for people.

    >>> place_in("page.txt", 134), place_in("dump.jsonl", 1, "a7", 52), place_in("crawl.warc.gz", 3, "4555")
    ('page.txt:134', 'dump.jsonl:52 (a7)', 'crawl.warc.gz (4555)')
    """
    if record is None:
        return f"{source}:{line}"
    return f"{source}{'' if record_line is None else f':{record_line}'} ({record})"


def line_at(original: str, offset: int) -> int:
    r"""Return the number of the line that ``offset`` is in, from 1.

    >>> line_at("甲\n乙", 1), line_at("甲\n乙", 2), line_at("甲\r乙\r\n丙", 5)
    (1, 2, 3)
    """
    return _breaks(original, 0, offset) + 1


def _breaks(original: str, start: int, end: int) -> int:
    r"""Return how many lines end between two offsets: at ``\n``, ``\r\n``, or the ``\r`` of the old Macintosh."""
    alone = original.count("\r", start, end)
    if alone:
        # A pair that the end parts has its break behind it; one that the start parts had it counted before.
        alone -= original.count("\r\n", start, end) + (original[end - 1] == "\r" and original[end : end + 1] == "\n")
    return original.count("\n", start, end) + alone


def lines_at(original: str, offsets: Iterable[int]) -> Iterator[int]:
    r"""Yield the numbers of the lines that ``offsets`` are in, in one pass where these ascend.

    >>> list(lines_at("甲\n乙\n丙", [0, 2, 4, 2]))
    [1, 2, 3, 2]
    """
    line, counted = 1, 0
    for offset in offsets:
        if offset >= counted:
            line += _breaks(original, counted, offset)
        else:
            line -= _breaks(original, offset, counted)
        counted = offset
        yield line

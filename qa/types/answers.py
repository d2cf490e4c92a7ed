"""What is asked for, found and answered."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Final, Literal, Self

from qa.pages import PageBox
from qa.types.documents import ArticleId, Chunk
from qa.types.places import place_in


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


def confidence_in(items: Collection[Item]) -> float:
    """Return how sure it is that all of ``items``, at least one, are right: no surer than of the least sure one."""
    return min(item.confidence for item in items)


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

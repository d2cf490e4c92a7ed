"""Articles as a search or a list of them gives them, with what they can be narrowed to."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleResult:
    """An article in a list; `start` and `end` bound it in the original, marks count in the text that they mark."""

    document_id: str
    number: int = field(metadata={"description": "Counts from 0 within the document."})
    title: str
    title_marks: tuple[tuple[int, int], ...] = field(metadata={"description": "Where words of the query stand in it."})
    byline: str | None
    date: str | None = field(metadata={"description": "ISO 8601."})
    publication: str | None
    edition: str | None
    page: str | None
    source: str
    record: str | None = field(metadata={"description": "The record's id, in a file of many."})
    start: int
    end: int
    excerpt: str = field(metadata={"description": "A part of the passage that matches best, without markup."})
    marks: tuple[tuple[int, int], ...] = field(metadata={"description": "Where words of the query stand in it."})
    passage_start: int = field(metadata={"description": "Of that passage, in the original."})
    passage_end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedValue:
    """How many articles have a value."""

    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedField:
    """The most frequent values of a field, and how many there are in all."""

    values: tuple[CountedValue, ...]
    distinct: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedArticles:
    """Articles by field; each field counts what passes all filters but its own. `days` are empty over long times."""

    publication: CountedField
    edition: CountedField
    source: CountedField
    byline: CountedField
    months: tuple[CountedValue, ...]
    days: tuple[CountedValue, ...]
    undated: int

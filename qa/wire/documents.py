"""Documents and their articles; offsets are code points into the original, half-open, and lines count from 1."""

from dataclasses import dataclass, field

from qa.pages import PageBox


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedArticle:
    """An article without its words.

    `page` is the paper's, `publication` its name and `edition` the page's own;
    `continued_from` and `continues_on` are the pages that jump lines name.
    """

    number: int = field(metadata={"description": "Counts from 0 within the document."})
    title: str
    deck: str | None
    byline: str | None
    date: str | None
    start: int
    end: int
    page: str | None
    continued_from: str | None
    continues_on: str | None
    publication: str | None
    edition: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Continuation:
    """Where the rest of an article stands."""

    document_id: str
    article: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownArticle(ListedArticle):
    """An article of `gazette show`."""

    continues_in: Continuation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedArticle(ListedArticle):
    """An article over HTTP."""

    continues_in: str | None = field(metadata={"description": "The document that holds the rest, if there is one."})
    line_start: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedArticle:
    """An article of a document and the line it begins on."""

    number: int = field(metadata={"description": "Counts from 0 within the document."})
    line: int
    title: str
    byline: str | None
    date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _DocumentHead:
    document_id: str
    source: str
    sha256: str = field(metadata={"description": "Of the file's bytes."})
    title: str | None
    date: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDocument(_DocumentHead):
    """A document as `gazette show` prints it."""

    articles: tuple[ShownArticle, ...]
    text: str
    shown: str | None = field(
        metadata={"description": "What a page in markup shows; null where that is the text itself."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLines(_DocumentHead):
    """Lines `first_line` to `last_line` of a document, of `lines` in all."""

    lines: int
    first_line: int
    last_line: int
    articles: tuple[NumberedArticle, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSize:
    """A page of the source, in the source's own unit: only the ratio of width to height counts."""

    number: int = field(metadata={"description": "Counts from 1; not the number that it has in print."})
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedDocument:
    """A document without its words, over HTTP."""

    id: str
    source: str
    sha256: str = field(metadata={"description": "Of the file's bytes."})
    title: str | None
    date: str | None
    length: int
    articles: tuple[LinkedArticle, ...]
    pages: tuple[PageSize, ...] = field(
        metadata={"description": "Pages with words whose places are known; none where the source does not tell."}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentText:
    """The words of a document from `start` up to `end`; of a page in markup also what a reader sees of it.

    A run is an offset in what is shown, an offset in the original, a number of characters, and how many characters of
    the original one of them stands for (0: as many as there are).
    """

    document_id: str
    source: str
    sha256: str
    start: int
    end: int
    line_start: int
    text: str
    shown: str | None = field(metadata={"description": "Null where that is the text itself."})
    runs: tuple[tuple[int, int, int, int], ...] = field(metadata={"description": "Tie what is shown to the original."})
    unsure: tuple[tuple[int, int], ...] = field(
        metadata={"description": "Original spans of lines that text recognition was not sure of."}
    )
    boxes: tuple[PageBox, ...] = field(
        metadata={"description": "Where it stands on the pages of the source, if that was asked for and is known."}
    )

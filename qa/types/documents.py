"""What is ingested: documents, their articles, and the chunks of these that are searched and read."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qa.pages import PlacedPage
from qa.types.alignment import Alignment, View

ArticleId = tuple[str, int]
"""A document's id, and the number of an article in it."""
Head = tuple[int, str]
"""An offset in a text, and what the words that begin there stand under: the heads of a table's cell, the leads of a
list's item. They are read before these words, and are no part of the text."""
RECORD, RECORD_LINE = "record", "record_line"
"""Names in ``Document.metadata``: the record's id in a file of many, and the line of the file that it begins on."""


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

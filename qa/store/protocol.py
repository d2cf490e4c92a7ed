"""What a store of passages has to do, whatever holds it: a snapshot to read, and a draft to write.

Tokens, fusion, near-duplicates, jumps, facets and citations are not a store's: it finds candidates, gives records by
their keys, and lists all articles. Nothing here is the row number of a chunk or a set of them; what limits a search is
``Filters``.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, Vectors
from qa.store.columns import Columns, Mask, Numbers
from qa.types import EVERYTHING, Article, ArticleId, Chunk, Document, Filters, Progress

Chunking = Mapping[str, str | int | float | bool | None]
Entry = tuple[Document, Sequence[Article], Sequence[Chunk]]
"""A document with its articles and chunks."""
Tokens = Mapping[str, float]
"""The tokens of a question as ``qa.store.tokens`` makes them, each with how much it counts."""


@dataclass(frozen=True, slots=True)
class EncoderIdentity:
    """What has to be the same in a query's encoder."""

    name: str
    fingerprint: str
    dimension: int

    @classmethod
    def of(cls, encoder: Encoder) -> Self:
        """Return the identity of ``encoder``."""
        return cls(encoder.name, encoder.fingerprint, encoder.dimension)


@dataclass(frozen=True, slots=True)
class VectorSearch:
    """The vector index's kind, and which share of the nearest passages it finds; 1 where it compares all of them.

    ``None`` is not known: a server's graph changes with every write, and is measured when that is asked for.
    """

    kind: str
    recall: float | None

    def __str__(self) -> str:
        return f"{self.kind}, recall {'not measured' if self.recall is None else format(self.recall, '.3f')}"


@dataclass(frozen=True, slots=True)
class State:
    """What a store holds at one generation, a number that grows with each change; ``chunks`` are all searchable."""

    generation: int
    encoder: EncoderIdentity
    chunking: Chunking
    documents: int
    articles: int
    chunks: int
    vectors: VectorSearch


@dataclass(frozen=True, slots=True)
class Candidate:
    """A chunk that may answer, with the exact cosine of its vector and its BM25 score.

    ``lexical`` of a chunk that is not among the best by its tokens is the most that it can have. ``date`` is that of
    its article or document. ``continues`` is the article, on another page, that its article continues. Chunks of one
    ``story`` print the same sentences; ``None`` for one that has no near-duplicates.
    """

    chunk: Chunk
    cosine: float
    lexical: float
    date: str | None = None
    continues: ArticleId | None = None
    story: int | str | None = None


class Frequencies(NamedTuple):
    """How many chunks there are, and how many of them have each token; 0 where none does."""

    chunks: int
    of: Mapping[str, int]


class DocumentSummary(NamedTuple):
    """A document without its text; ``articles`` counts them, ``headline`` is that of the first."""

    id: str
    source: str
    title: str | None
    date: str | None
    articles: int
    headline: str | None


class DocumentOrigin(NamedTuple):
    """Where a document comes from; ``record`` is its id in a file of many."""

    source: str
    date: str | None
    record: str | None


class Having(NamedTuple):
    """Articles by their places in ``Snapshot.columns``, ascending, with the BM25 score of the best chunk of each.

    *Shape:* ``(articles,)`` both.
    """

    places: Numbers
    scores: NDArray[np.float64]


class Snapshot(Protocol):
    """One generation, open for reading, whatever is written meanwhile; threads may share it."""

    @property
    def state(self) -> State:
        """What it holds."""

    def candidates(
        self, vector: Vectors | None, tokens: Tokens, pool: int, filters: Filters = EVERYTHING
    ) -> list[Candidate]:
        """Return the ``pool`` chunks nearest to ``vector`` and the ``pool`` best by ``tokens``, of those that pass.

        In no order, each once. Filters change no score. Without a vector the cosines are 0, without tokens the lexical
        scores. *Shape:* ``vector`` is ``(dimension,)``; ``VectorIndexError`` otherwise.
        """

    def frequencies(self, tokens: Iterable[str]) -> Frequencies:
        """Return how common tokens are in the whole store."""

    def twins(self, story: int | str, limit: int, filters: Filters = EVERYTHING) -> tuple[Chunk, ...]:
        """Return at most ``limit`` chunks of a story that pass, the newest first."""

    def document(self, document_id: str) -> Document:
        """Return a document with its text; ``InputError`` if there is none of that id.

        ``IndexCorrupt`` if it is not as it was written.
        """

    def documents(self) -> Iterator[Document]:
        """Yield all documents, ordered by source and id."""

    def article(self, document_id: str, number: int) -> Article:
        """Return one article; ``InputError`` if there is none of that number."""

    def articles(self, document_id: str) -> tuple[Article, ...]:
        """Return the articles of a document, in order; none where there is no such document."""

    def halves(self, document_id: str) -> Mapping[int, Article]:
        """Return the articles in which those of a document continue, on another page, by the number of the latter."""

    def summaries(self, after: tuple[str, str] | None, limit: int) -> tuple[DocumentSummary, ...]:
        """Return the first ``limit`` documents after the one of a source and an id, ordered by source and id.

        From the first on where ``after`` is ``None``.
        """

    def origin(self, document_id: str) -> DocumentOrigin:
        """Return where a document comes from, without reading its text; ``InputError`` if there is none of that id."""

    @property
    def columns(self) -> Columns:
        """What every article can be filtered and counted by; read once, which takes a while in a large archive."""

    def titles_where(self, words: str) -> Mask:
        """Return which of the articles, in the order of ``columns``, have a title with ``words`` in it."""

    def having(self, tokens: Collection[str]) -> Having:
        """Return every article that has all of some tokens in one chunk; none without tokens."""

    def passage(self, place: int, tokens: Collection[str] = ()) -> Chunk | None:
        """Return the best chunk of an article by some tokens, all of which it has, or its first without any.

        ``place`` is the article's in ``columns``; ``None`` if it has no such chunk.
        """

    def check(self) -> None:
        """Check everything, however long it takes; ``IndexCorrupt`` says all that was found."""

    def close(self) -> None:
        """Let go of files and connections, once or again; the snapshot is of no use afterwards."""

    def __enter__(self) -> Self:
        """Return itself."""

    def __exit__(self, *_: object) -> None:
        """Close it."""


class Prepared(NamedTuple):
    """A document to write; ``digest`` is the same exactly when nothing of it has changed."""

    entry: Entry
    digest: bytes


class Draft(Protocol):
    """The next generation, being written by its only writer; readers see nothing of it before ``publish``."""

    def digests(self, ids: Iterable[str]) -> Mapping[str, bytes]:
        """Return the digest of each document that the current generation has, by id."""

    def put(self, prepared: Prepared) -> None:
        """Add a document, in place of the one of that id; ``ValueError`` for parts that do not belong together."""

    def drop(self, ids: Iterable[str]) -> int:
        """Remove documents with all that is of them; return how many there were."""

    def publish(self, progress: Progress = lambda done, total: None) -> State:
        """Give every chunk its vector, link near-duplicates and continued articles, and make all of it current at once.

        ``progress`` is called with the passages that have been given one, and how many need it.
        """

"""A read snapshot of an index directory: one revision, whatever is written meanwhile."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import Lock
from typing import Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Encoder, Vectors
from embeddings.errors import VectorIndexError
from embeddings.index import NO_ROW, Rows, VectorIndex
from qa.errors import IndexCorrupt, IndexMissing, InputError
from qa.store.columns import Columns, Mask
from qa.store.database import Database, DocumentOrigin, DocumentState, DocumentSummary
from qa.store.lexical import LexicalIndex
from qa.store.manifest import (
    DATABASE,
    LEXICAL,
    VECTORS,
    Manifest,
    find_damage,
    read_manifest,
    rebuild_advice,
    repair_advice,
    require_encoder,
)
from qa.types import Article, ArticleId, Chunk, Document, Filters

T = TypeVar("T")


def open_index(directory: Path, encoder: Encoder) -> "Index":
    """Open the current revision for queries that ``encoder`` encodes.

    Raises ``IndexMissing``, ``IndexMismatch`` (another encoder or format) or ``IndexCorrupt``, each saying what to do.
    """

    def opened(manifest: Manifest) -> Index:
        require_encoder(directory, manifest, encoder)
        return Index(directory, manifest)

    return read_current(directory, opened)


def check_index(directory: Path, encoder: Encoder) -> Manifest:
    """Check every part of the current revision and every document; return the manifest.

    A revision that a writer replaces meanwhile is left for the new one. Raises what ``open_index`` and ``Index.check``
    raise.
    """

    def checked(manifest: Manifest) -> Manifest:
        require_encoder(directory, manifest, encoder)
        with Index(directory, manifest) as index:
            index.check()
        return manifest

    return read_current(directory, checked)


def document_states(directory: Path) -> dict[str, DocumentState]:
    """Return the state of every document in the index, by id; empty where there is no index yet."""

    def read(manifest: Manifest) -> dict[str, DocumentState]:
        with closing(open_database(directory, manifest)) as database:
            return database.states()

    try:
        return read_current(directory, read)
    except IndexMissing:
        return {}


def open_database(directory: Path, manifest: Manifest) -> Database:
    """Open a revision's database alone; ``IndexCorrupt`` if it is missing, truncated or altered."""
    folder = directory / manifest.folder
    require_sound(directory, find_damage(folder, {DATABASE: manifest.parts[DATABASE]}, thorough=False))
    return Database(folder / DATABASE)


def require_sound(directory: Path, damaged: Mapping[str, str]) -> None:
    """Raise ``IndexCorrupt`` if anything is damaged; only derived parts can be rebuilt, from the database."""
    if damaged:
        way_out = rebuild_advice(directory) if DATABASE in damaged else repair_advice(directory)
        raise IndexCorrupt(f"{directory}: {', '.join(f'{name} {what}' for name, what in damaged.items())}; {way_out}")


class Index:
    """One revision, open for reading; threads may share it. A context manager, which closes it.

    A *row* is the number by which vectors and lexical index know a chunk. It means the same chunk in every later
    revision that still has it.
    """

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        """Open all parts; ``IndexCorrupt`` if one is missing, truncated or altered."""
        self.directory = directory
        self.manifest = manifest
        folder = directory / manifest.folder
        require_sound(directory, find_damage(folder, manifest.parts, thorough=False))
        try:
            self._vectors = VectorIndex.load(folder / VECTORS, mapped=True)
            self._lexical = LexicalIndex(folder / LEXICAL)
        except (VectorIndexError, IndexCorrupt) as error:
            raise IndexCorrupt(f"{error}; {repair_advice(directory)}") from error
        self._database = Database(folder / DATABASE)
        self._columns: Columns | None = None
        self._reading_columns = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; the index is of no use afterwards."""
        self._database.close()

    def document(self, document_id: str) -> Document:
        """Return a document with its text; ``InputError`` if there is none of that id.

        ``IndexCorrupt`` if it is not as it was written, whatever the size of the database.
        """
        document = self._database.document(document_id)
        if document is None:
            raise InputError(f"{self.directory}: no document {document_id!r}")
        return document

    def documents(self) -> Iterator[Document]:
        """Yield all documents, ordered by source."""
        return map(self.document, self._database.states())

    def summaries(self, offset: int, limit: int) -> tuple[DocumentSummary, ...]:
        """Return at most ``limit`` documents from ``offset`` on, without their texts, ordered by source."""
        return self._database.summaries(offset, limit)

    def origin(self, document_id: str) -> DocumentOrigin:
        """Return where a document that there is comes from, without reading its text."""
        return self._database.origin(document_id)

    def article(self, document_id: str, number: int) -> Article:
        """Return one article; ``InputError`` if there is none of that number."""
        article = self._database.article(document_id, number)
        if article is None:
            raise InputError(f"{self.directory}: no article {number} in document {document_id!r}")
        return article

    def articles(self, document_id: str) -> tuple[Article, ...]:
        """Return the articles of a document, in order."""
        return self._database.articles(document_id)

    def second_halves(self, document_id: str) -> dict[int, Article]:
        """Return the articles in which those of a document continue, on another page, by the number of the latter."""
        return self._database.second_halves(document_id)

    def continued(self, rows: Sequence[int]) -> dict[int, ArticleId]:
        """Return, for each row whose article continues one of another page, which one that is."""
        return self._database.continued(rows)

    def chunks(self, rows: Sequence[int]) -> tuple[Chunk, ...]:
        """Return the chunks of ``rows``, in that order."""
        return self._database.chunks(rows)

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the exact vectors of ``rows``. *Shape:* ``(len(rows), dimension)``."""
        return self._database.vectors(rows).reshape(len(rows), self.manifest.encoder.dimension)

    def dates(self, rows: Sequence[int]) -> tuple[str | None, ...]:
        """Return the date of each row's article, or of its document."""
        return self._database.dates(rows)

    def stories(self, rows: Sequence[int]) -> dict[int, int]:
        """Return the story of each row whose chunk has near-duplicates, by row."""
        return self._database.stories(rows)

    def twins(self, story: int) -> list[int]:
        """Return the rows of a story: chunks that print the same sentences, the newest first."""
        return self._database.twins(story)

    def rows_where(self, filters: Filters) -> Rows:
        """Return the rows of the chunks whose articles pass ``filters``, ascending."""
        return self._database.rows_where(filters)

    def search_vectors(self, vector: Vectors, k: int, among: Rows | None = None) -> list[tuple[int, float]]:
        """Return row and inner product of the ``k`` chunks nearest to ``vector``, best first.

        ``among`` limits the search to some rows. *Shape:* ``vector`` is ``(dimension,)``; ``VectorIndexError``
        otherwise.
        """
        scores, rows = self._vectors.search(vector[np.newaxis], k, among)
        return [(row, score) for row, score in zip(rows[0].tolist(), scores[0].tolist(), strict=True) if row != NO_ROW]

    def search_lexical(self, query: str, k: int, among: Rows | None = None) -> list[tuple[int, float]]:
        """Return row and BM25 score of the ``k`` best chunks that share a token with ``query``, best first.

        ``among`` limits the search to some rows; how rare a token is remains a matter of the whole index.
        """
        return self._lexical.search(query, k, among)

    def search_weighted(self, bag: Mapping[str, float], k: int, among: Rows | None = None) -> list[tuple[int, float]]:
        """Search as ``search_lexical`` does for tokens, each of which counts as much as its weight says."""
        return self._lexical.search_weighted(bag, k, among)

    def search_words(self, tokens: Collection[str]) -> tuple[Rows, NDArray[np.float32]]:
        """Return every chunk that has all of some tokens, the best first, with its score.

        *Shape:* ``(chunks,)`` both.
        """
        return self._lexical.search_all(tokens)

    @property
    def columns(self) -> Columns:
        """What every article can be filtered and counted by; read once, which takes a while in a large archive."""
        with self._reading_columns:
            if self._columns is None:
                self._columns = self._database.columns()
            return self._columns

    def titles_where(self, words: str) -> Mask:
        """Return which of the articles, in the order of ``columns``, have a title with ``words`` in it."""
        return self._database.titles_where(words)

    def lexical_coverage(self, query: str) -> float:
        """Return how far the lexical index speaks the query's language, 0 to 1; see ``LexicalIndex.coverage``."""
        return self._lexical.coverage(query)

    def check(self) -> None:
        """Check everything, however long it takes; ``IndexCorrupt`` says all that was found."""
        require_sound(
            self.directory, find_damage(self.directory / self.manifest.folder, self.manifest.parts, thorough=True)
        )
        found, counts, expected = self._database.problems(), self._database.counts(), self.manifest
        for _ in self.documents():  # each is checked as it is read
            pass
        for name, count, wanted in (
            ("documents", counts.documents, expected.documents),
            ("articles", counts.articles, expected.articles),
            ("chunks", counts.chunks, expected.chunks),
            ("vectors", counts.vectors, expected.chunks),
            ("lexical entries", len(self._lexical), expected.chunks),
        ):
            if count != wanted:
                found.append(f"{count} {name}, not {wanted}")
        if not np.array_equal(np.sort(self._vectors.rows), self._database.rows()):
            found.append("the vectors are not those of the chunks")
        if found:
            raise IndexCorrupt(f"{self.directory}: {'; '.join(found)}; {rebuild_advice(self.directory)}")


def read_current(directory: Path, read: Callable[[Manifest], T]) -> T:
    """Return what ``read`` makes of the current revision, again of a later one if a writer took the first one away."""
    manifest = read_manifest(directory)
    while True:
        try:
            return read(manifest)
        except (IndexCorrupt, FileNotFoundError) as error:
            # A writer that published after we read the manifest has removed the revision we were about to open.
            latest = read_manifest(directory)
            if latest.revision == manifest.revision:
                if isinstance(error, IndexCorrupt):
                    raise
                raise IndexCorrupt(f"{directory}: {error.filename} is missing; {rebuild_advice(directory)}") from error
            manifest = latest

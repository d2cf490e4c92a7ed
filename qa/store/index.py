"""A read snapshot of an index directory: one revision, whatever is written meanwhile."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self, TypeVar

import numpy as np

from embeddings.encoder import Encoder, Vectors
from embeddings.errors import VectorIndexError
from embeddings.index import NO_ROW, Rows, VectorIndex
from qa.errors import IndexCorrupt, InputError
from qa.store.catalogue import Catalogue
from qa.store.columns import Columns, Mask
from qa.store.database import Database
from qa.store.lexical import LexicalIndex
from qa.store.manifest import (
    ARCHIVE,
    LEXICAL,
    Manifest,
    find_damage,
    read_manifest,
    rebuild_advice,
    repair_advice,
    require_encoder,
    vectors_name,
)
from qa.store.protocol import Candidate, DocumentOrigin, DocumentSummary, Frequencies, Having, Tokens
from qa.store.vectors import COMPARED
from qa.types import EVERYTHING, Article, Chunk, Document, Filters

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


def open_database(directory: Path, manifest: Manifest) -> Database:
    """Open a revision's database alone; ``IndexCorrupt`` if it is missing, truncated or altered."""
    folder = directory / manifest.folder
    require_sound(directory, find_damage(folder, manifest.archives, thorough=False))
    return Database.opened(folder / name for name in manifest.archives)


def require_sound(directory: Path, damaged: Mapping[str, str]) -> None:
    """Raise ``IndexCorrupt`` if anything is damaged; only derived parts can be rebuilt, from the database."""
    if damaged:
        way_out = rebuild_advice(directory) if any(map(ARCHIVE.fullmatch, damaged)) else repair_advice(directory)
        raise IndexCorrupt(f"{directory}: {', '.join(f'{name} {what}' for name, what in damaged.items())}; {way_out}")


class Index:
    """The ``Snapshot`` of one revision; a context manager, which closes it.

    A *row* is the number by which vectors and lexical index know a chunk, and is known to nobody else. It means the
    same chunk in every later revision that still has it.
    """

    def __init__(self, directory: Path, manifest: Manifest) -> None:
        """Open all parts; ``IndexCorrupt`` if one is missing, truncated or altered."""
        self.directory = directory
        self.manifest = manifest
        self.state = manifest.state
        folder = directory / manifest.folder
        require_sound(directory, find_damage(folder, manifest.parts, thorough=False))
        try:
            self._vectors = [VectorIndex.load(folder / vectors_name(n), unhashed=True) for n in manifest.segments]
            self._lexical = LexicalIndex(folder / LEXICAL)
        except (VectorIndexError, IndexCorrupt) as error:
            raise IndexCorrupt(f"{error}; {repair_advice(directory)}") from error
        self._database = Database.opened(folder / name for name in manifest.archives)
        self._dead = [segment.dead_rows() for segment in self._database.segments]
        self._catalogue = Catalogue(self._database, self._lexical)

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
        """Yield all documents, ordered by source and id."""
        return map(self.document, self._database.states())

    def summaries(self, after: tuple[str, str] | None, limit: int) -> tuple[DocumentSummary, ...]:
        """Return the first ``limit`` documents after the one of a source and an id, ordered by source and id."""
        return self._database.summaries(after, limit)

    def origin(self, document_id: str) -> DocumentOrigin:
        """Return where a document comes from, without reading its text; ``InputError`` if there is none of that id."""
        origin = self._database.origin(document_id)
        if origin is None:
            raise InputError(f"{self.directory}: no document {document_id!r}")
        return origin

    def article(self, document_id: str, number: int) -> Article:
        """Return one article; ``InputError`` if there is none of that number."""
        article = self._database.article(document_id, number)
        if article is None:
            raise InputError(f"{self.directory}: no article {number} in document {document_id!r}")
        return article

    def articles(self, document_id: str) -> tuple[Article, ...]:
        """Return the articles of a document, in order."""
        return self._database.articles(document_id)

    def halves(self, document_id: str) -> dict[int, Article]:
        """Return the articles in which those of a document continue, on another page, by the number of the latter."""
        return self._database.halves(document_id)

    def candidates(
        self, vector: Vectors | None, tokens: Tokens, pool: int, filters: Filters = EVERYTHING
    ) -> list[Candidate]:
        """Return the ``pool`` chunks nearest to ``vector`` and the ``pool`` best by ``tokens``; see ``Snapshot``."""
        among = self._database.rows_where(filters) if filters else None
        lexical = dict(self._lexical.search(tokens, pool, among))
        near = [] if vector is None else self._nearest(vector, pool, among)
        rows = sorted({*near, *lexical})
        # A pool that is not full holds every chunk that shares a token: the others have nothing.
        floor = min(lexical.values()) if len(lexical) == pool else 0.0
        # One dot product a row, so that equal texts have equal scores to the last bit.
        cosines = [0.0] * len(rows) if vector is None else np.vecdot(self._vectors_of(rows), vector).tolist()
        chunks, dates = self._database.chunks(rows), self._database.dates(rows)
        continued, stories = self._database.continued(rows), self._database.stories(rows)
        return [
            Candidate(chunk, cosine, lexical.get(row, floor), date, continued.get(row), stories.get(row))
            for row, chunk, cosine, date in zip(rows, chunks, cosines, dates, strict=True)
        ]

    def frequencies(self, tokens: Iterable[str]) -> Frequencies:
        """Return how common tokens are in the whole index."""
        return self._lexical.frequencies(tokens)

    def twins(self, story: int | str, limit: int, filters: Filters = EVERYTHING) -> tuple[Chunk, ...]:
        """Return at most ``limit`` chunks of a story that pass, the newest first."""
        return self._database.chunks(self._database.twins(int(story), filters)[:limit])

    @property
    def columns(self) -> Columns:
        """What every article can be filtered and counted by; read once, which takes a while in a large archive."""
        return self._catalogue.columns

    def titles_where(self, words: str) -> Mask:
        """Return which of the articles, in the order of ``columns``, have a title with ``words`` in it."""
        return self._catalogue.titles_where(words)

    def having(self, tokens: Collection[str]) -> Having:
        """Return every article that has all of some tokens in one chunk."""
        return self._catalogue.having(tokens)

    def passage(self, place: int, tokens: Collection[str] = ()) -> Chunk | None:
        """Return the best chunk of an article by some tokens, all of which it has, or its first without any."""
        return self._catalogue.passage(place, tokens)

    def _nearest(self, vector: Vectors, k: int, among: Rows | None) -> list[int]:
        found = list[tuple[float, int]]()
        for index, chosen, dead in zip(self._vectors, self._by_segment(among), self._dead, strict=True):
            wanted = k if index.exact else max(k, COMPARED)
            scores, rows = (each[0] for each in index.search(vector[np.newaxis], wanted, chosen, without=dead))
            scores, rows = scores[rows != NO_ROW], rows[rows != NO_ROW].tolist()
            if rows and not index.exact:
                scores = np.vecdot(self._vectors_of(rows), vector)
            found += zip((-scores).tolist(), rows, strict=True)
        return [row for _, row in sorted(found)[:k]]

    def _by_segment(self, rows: Rows | None) -> list[Rows] | list[None]:
        segments = self._database.segments
        if rows is None:
            return [None] * len(segments)
        return np.split(rows, np.searchsorted(rows, [segment.first for segment in segments[1:]]))

    def _vectors_of(self, rows: Sequence[int]) -> Vectors:
        return self._database.vectors(rows).reshape(len(rows), self.state.encoder.dimension)

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
        for segment, index in zip(self._database.segments, self._vectors, strict=True):
            if not np.array_equal(np.sort(index.rows), segment.rows()):
                found.append(f"the vectors of segment {segment.number} are not those of its chunks")
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

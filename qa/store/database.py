"""Reading the truth of one revision: documents, articles, chunks and vectors in one SQLite file."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

import numpy as np

from embeddings.encoder import Vectors
from embeddings.index import Rows
from qa.errors import IndexCorrupt
from qa.store.columns import TITLES, Columns, Mask, read_columns
from qa.store.records import (
    AMONG,
    ARTICLES,
    CHUNKS,
    CONTINUED,
    DOCUMENTS,
    STORIES,
    VECTOR,
    WRITTEN_ARTICLES,
    chunk_from,
    digest_of,
    document_from,
)
from qa.text.folding import searchable
from qa.types import Article, ArticleId, Chunk, Document, Filters


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What tells whether a file has to be read again; see ``Document``."""

    source: str
    path: str
    sha256: str


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


class Counts(NamedTuple):
    """Rows of the database's tables."""

    documents: int
    articles: int
    chunks: int
    vectors: int


_SUMMARIES = """
SELECT id, source, title, date, (SELECT count(*) FROM articles WHERE document_id = id),
       (SELECT title FROM articles WHERE document_id = id AND number = 0)
FROM documents ORDER BY source, id LIMIT ? OFFSET ?
"""
_COUNTS = """
SELECT (SELECT count(*) FROM documents), (SELECT count(*) FROM articles),
       (SELECT count(*) FROM chunks), (SELECT count(*) FROM vectors)
"""
_WITH_ARTICLE = """
FROM chunks JOIN articles ON (articles.document_id, articles.number) = (chunks.document_id, chunks.article)
            JOIN documents ON documents.id = chunks.document_id
"""
_OF_ARTICLES = "FROM articles JOIN documents ON documents.id = articles.document_id"
_CONTINUING = "SELECT head_number FROM continuations WHERE head_document_id = ? ORDER BY head_number"
_BY_HEAD = "continuations.head_document_id = ? ORDER BY continuations.head_number, articles.page"
_CONDITIONS = {
    "date_from": "coalesce(articles.date, documents.date) >= ?",
    "date_to": "coalesce(articles.date, documents.date) <= ?",
    "source": "instr(folded(documents.source), folded(?))",
    "title": "instr(folded(articles.title || char(10) || coalesce(documents.title, '')), folded(?))",
    "byline": "instr(folded(articles.byline), folded(?))",
    "publication": "instr(folded(articles.publication), folded(?))",
    "edition": "instr(folded(articles.edition), folded(?))",
    "page": "articles.page = ?",
}


class Database:
    """A published database, which nobody changes; threads may share it."""

    def __init__(self, path: Path) -> None:
        """Open the file; ``IndexCorrupt`` if it is not a whole database."""
        self._path = path
        self._lock = Lock()
        self._titles: list[str] | None = None
        self._titles_lock = Lock()
        self._whole = set[str]()
        # Immutable: no locks are taken and nothing is written beside the file, so a read-only directory will do.
        address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        try:
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        except sqlite3.OperationalError as error:
            raise IndexCorrupt(f"{path}: cannot be opened ({error})") from error
        self._connection.create_function("folded", 1, _folded, deterministic=True)
        try:
            self._all("SELECT 1 FROM documents, articles, chunks, vectors LIMIT 1")
        except IndexCorrupt:
            self.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def document(self, document_id: str) -> Document | None:
        """Return a document with its text; ``IndexCorrupt`` unless it is, with its passages, as it was written.

        What was found whole once is not looked at again: nobody changes a published database, but a disk may.
        """
        rows = self._all(f"{DOCUMENTS} WHERE id = ?", document_id)
        if not rows:
            return None
        document = document_from(rows[0])
        if document_id not in self._whole:
            self._require_whole(document)
            self._whole.add(document_id)
        return document

    def _require_whole(self, document: Document) -> None:
        articles = self._all(f"{WRITTEN_ARTICLES} WHERE document_id = ? ORDER BY number", document.id)
        chunks = self._all(f"{CHUNKS} WHERE document_id = ? ORDER BY row", document.id)
        (stored,) = self._all("SELECT digest FROM documents WHERE id = ?", document.id)
        try:
            found = digest_of(document, [Article(*row) for row in articles], [chunk_from(row[1:]) for row in chunks])
        except (TypeError, ValueError) as error:
            raise IndexCorrupt(f"{self._path}: document {document.id} is altered ({error})") from error
        if found != stored[0]:
            raise IndexCorrupt(f"{self._path}: document {document.id} is altered: it is not what was ingested")

    def articles(self, document_id: str) -> tuple[Article, ...]:
        """Return the articles of a document, in order."""
        rows = self._all(f"{ARTICLES} WHERE articles.document_id = ? ORDER BY articles.number", document_id)
        return tuple(Article(*row) for row in rows)

    def article(self, document_id: str, number: int) -> Article | None:
        """Return one article."""
        rows = self._all(f"{ARTICLES} WHERE (articles.document_id, articles.number) = (?, ?)", document_id, number)
        return Article(*rows[0]) if rows else None

    def second_halves(self, document_id: str) -> dict[int, Article]:
        """Return the articles in which those of a document continue elsewhere, by the number of the latter."""
        numbers = self._all(_CONTINUING, document_id)
        rows = self._all(f"{ARTICLES} WHERE {_BY_HEAD}", document_id)
        found = zip(numbers, rows, strict=True)
        return {number: Article(*row) for (number,), row in reversed(list(found))}  # where they are several, the first

    def continued(self, rows: Sequence[int]) -> dict[int, ArticleId]:
        """Return, for each row whose article continues one of another page, which one that is."""
        found = self._all(f"{CONTINUED} {AMONG}", json.dumps([int(row) for row in rows]))
        return {row: (document_id, number) for row, document_id, number in found}

    def chunks(self, rows: Sequence[int]) -> tuple[Chunk, ...]:
        """Return the chunks of ``rows``, in that order; ``IndexCorrupt`` if one is not there."""
        return tuple(chunk_from(row) for row in self._by_row(CHUNKS, rows))

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the vectors of ``rows``, exact. *Shape:* ``(len(rows), dimension)``; ``(0, 0)`` without rows."""
        blobs = [np.frombuffer(blob, VECTOR) for (blob,) in self._by_row("SELECT row, vector FROM vectors", rows)]
        return np.array(blobs, np.float32).reshape(len(rows), -1 if rows else 0)

    def states(self) -> dict[str, DocumentState]:
        """Return the state of every document, by id, ordered by source."""
        rows = self._all("SELECT id, source, path, sha256 FROM documents ORDER BY source, id")
        return {row[0]: DocumentState(*row[1:]) for row in rows}

    def summaries(self, offset: int, limit: int) -> tuple[DocumentSummary, ...]:
        """Return at most ``limit`` documents from ``offset`` on, ordered by source."""
        return tuple(DocumentSummary(*row) for row in self._all(_SUMMARIES, limit, offset))

    def origin(self, document_id: str) -> DocumentOrigin:
        """Return where a document of the database comes from, without reading its text."""
        query = "SELECT source, date, json_extract(metadata, '$.record') FROM documents WHERE id = ?"
        return DocumentOrigin(*self._all(query, document_id)[0])

    def digests(self) -> dict[str, bytes]:
        """Return every document's digest, by id."""
        return dict(self._all("SELECT id, digest FROM documents"))

    def encoded(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the stored vector of each text that is in the database, by the digest of what was encoded."""
        query = "SELECT embedded, vector FROM chunks JOIN vectors USING (row) WHERE embedded = ?"
        return {row[0]: row[1] for digest in digests for row in self._all(f"{query} LIMIT 1", digest)}

    def rows(self) -> Rows:
        """Return the row of every chunk, ascending. *Shape:* ``(chunks,)``."""
        return np.array([row for (row,) in self._all("SELECT row FROM chunks ORDER BY row")], np.int64)

    def rows_where(self, filters: Filters) -> Rows:
        """Return the rows of the chunks whose articles pass, ascending."""
        where, values = _where(filters)
        query = f"SELECT chunks.row {_WITH_ARTICLE} WHERE {where} ORDER BY chunks.row"
        return np.array([row for (row,) in self._all(query, *values)], np.int64)

    def articles_where(self, select: str, filters: Filters, order: str) -> list[Any]:
        """Return the columns ``select`` of the articles that pass and their documents, in an order or grouping."""
        where, values = _where(filters)
        query = " ".join(["SELECT", select, _OF_ARTICLES, "WHERE", where, order])
        return self._all(query, *values)

    def stories(self, rows: Sequence[int]) -> dict[int, int]:
        """Return the story of each row that has near-duplicates, by row."""
        return dict(self._all(f"{STORIES} {AMONG}", json.dumps([int(row) for row in rows])))

    def twins(self, story: int) -> list[int]:
        """Return the rows of a story, the newest first."""
        query = f"SELECT chunks.row {_WITH_ARTICLE} JOIN twins ON twins.row = chunks.row WHERE story = ?"
        newest = "ORDER BY coalesce(articles.date, documents.date) DESC, chunks.row"
        return [row for (row,) in self._all(f"{query} {newest}", story)]

    def titles(self, rows: Sequence[int]) -> tuple[str, ...]:
        """Return the title of each row's article."""
        return tuple(title for (title,) in self._by_row(f"SELECT chunks.row, articles.title {_WITH_ARTICLE}", rows))

    def dates(self, rows: Sequence[int]) -> tuple[str | None, ...]:
        """Return the date of each row's article, or of its document."""
        query = f"SELECT chunks.row, coalesce(articles.date, documents.date) {_WITH_ARTICLE}"
        return tuple(date for (date,) in self._by_row(query, rows))

    def columns(self) -> Columns:
        """Return what every article can be filtered and counted by."""
        return read_columns(self._all)

    def titles_where(self, words: str) -> Mask:
        """Return which of the articles, in the order of ``columns``, have a title with ``words`` in it."""
        wanted = searchable(words)
        with self._titles_lock:
            if self._titles is None:
                self._titles = [searchable(title) for (title,) in self._all(TITLES)]
            return np.fromiter((wanted in title for title in self._titles), np.bool_, len(self._titles))

    def counts(self) -> Counts:
        """Return how many there are of each."""
        return Counts(*self._all(_COUNTS)[0])

    def problems(self) -> list[str]:
        """Let SQLite check the whole file; an empty list if it is sound."""
        found = [text for (text,) in self._all("PRAGMA quick_check(10)") if text != "ok"]
        found += [f"{table}: a row without its parent" for table, *_ in self._all("PRAGMA foreign_key_check")][:10]
        return found

    def _by_row(self, select: str, rows: Sequence[int]) -> list[list[Any]]:
        wanted = json.dumps([int(row) for row in rows])
        found = {row: values for row, *values in self._all(f"{select} {AMONG}", wanted)}
        missing = [row for row in rows if row not in found]
        if missing:
            raise IndexCorrupt(f"{self._path}: {len(missing)} of {len(rows)} rows are not there, first {missing[0]}")
        return [found[row] for row in rows]

    def _all(self, query: str, *values: str | int | bytes) -> list[Any]:
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise IndexCorrupt(f"{self._path}: truncated or altered ({error})") from error


def _where(filters: Filters) -> tuple[str, list[str]]:
    """Return the condition that filters are, and the values to bind in it; the names come from the table above."""
    limits = {name: value for name in _CONDITIONS if (value := getattr(filters, name)) is not None}
    return " AND ".join(_CONDITIONS[name] for name in limits) or "TRUE", list(limits.values())


def _folded(text: str | None) -> str | None:
    return None if text is None else searchable(text)

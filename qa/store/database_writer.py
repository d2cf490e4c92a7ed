"""Writing the database of the next revision, while the current one is being read."""

import json
import shutil
import sqlite3
from collections.abc import Sequence, Set
from dataclasses import astuple
from pathlib import Path
from typing import Self

import numpy as np

from embeddings.encoder import Vectors
from embeddings.index import Rows
from qa.store import twins
from qa.store.jumps import Half, article_id, match_halves
from qa.store.protocol import Entry
from qa.store.records import (
    AMONG,
    CHUNKS,
    HALVES,
    INSERT_ARTICLE,
    INSERT_CHUNK,
    INSERT_DOCUMENT,
    SCHEMA,
    VECTOR,
    chunk_from,
    chunk_row,
    document_row,
    embedded_digest,
)
from qa.types import Article, ArticleId


class DatabaseWriter:
    """A database being written: a copy of the previous one, or empty. A context manager, which commits and closes.

    It is thrown away when writing it fails, so SQLite need not protect it on the way.
    """

    def __init__(self, path: Path, previous: Path | None) -> None:
        if previous:
            shutil.copyfile(previous, path)
        self._connection = sqlite3.connect(path)
        self._connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON")
        if not previous:
            self._connection.executescript(SCHEMA)
        self._changed: set[str] = set()
        self._changed_days: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.commit()
        self._connection.close()

    def put(self, entry: Entry, digest: bytes) -> None:
        """Add a document with its articles and chunks, which have no vectors yet.

        Raises ``ValueError`` when they do not belong together or an id is taken.
        """
        document, articles, chunks = entry
        _require_whole(entry)
        insert = self._connection.execute
        try:
            insert(INSERT_DOCUMENT, (*document_row(document), digest))
            for article in articles:
                insert(INSERT_ARTICLE, astuple(article))
            for chunk in chunks:
                insert(INSERT_CHUNK, (*chunk_row(chunk), embedded_digest(chunk.embedded)))
        except sqlite3.IntegrityError as error:
            raise ValueError(
                f"document {document.id} ({document.source}): its id or a chunk's is taken: {error}"
            ) from error
        self._note_jumps(document.id)

    def drop(self, document_id: str) -> None:
        """Remove a document with its articles, chunks and vectors."""
        self._note_jumps(document_id)
        self._connection.execute("DELETE FROM documents WHERE id = ?", (document_id,))

    def unencoded(self) -> Rows:
        """Return the rows of the chunks that have no vector yet, the shortest first. *Shape:* ``(chunks,)``."""
        query = """
        SELECT row FROM chunks WHERE row NOT IN (SELECT row FROM vectors) ORDER BY length(context) + length(text), row
        """
        return np.array([row for (row,) in self._connection.execute(query)], np.int64)

    def embedded(self, rows: Rows) -> list[str]:
        """Return what the encoder sees of each row, in order."""
        chosen = self._connection.execute(f"{CHUNKS} {AMONG}", (json.dumps(rows.tolist()),))
        found = {row[0]: chunk_from(row[1:]).embedded for row in chosen}
        return [found[row] for row in rows.tolist()]

    def link_twins(self) -> None:
        """Find the near-duplicates of the chunks that are new."""
        new = self._sketch_new()
        if not len(new):
            return
        found = self._connection.execute("SELECT row, bands FROM sketches ORDER BY row").fetchall()
        rows = np.array([row for row, _ in found], np.int64)
        bands = np.frombuffer(b"".join(blob for _, blob in found), np.int64).reshape(len(rows), twins.BANDS)
        pairs = [pair for pair in twins.candidate_pairs(rows, bands, new) if twins.same_sentences(*self._texts(pair))]
        known = dict(self._connection.execute("SELECT row, story FROM twins").fetchall()) if pairs else {}
        changed = twins.group_stories(pairs, known).items() - known.items()
        self._connection.executemany("INSERT OR REPLACE INTO twins VALUES (?, ?)", sorted(changed))

    def link_jumps(self) -> None:
        """Find again which articles continue on another page, among those of the days and documents that have changed.

        One more article or one less with a jump line can make another's continuation uncertain, or certain.
        """
        for day in sorted(self._changed_days):
            halves = self._halves("articles.date = ?", day)
            self._link({article_id(half.article) for half in halves}, halves)
        for document_id in sorted(self._changed):
            halves = self._halves("document_id = ?", document_id)
            self._link({article_id(half.article) for half in halves if not half.article.date}, halves)

    def _note_jumps(self, document_id: str) -> None:
        halves = self._halves("document_id = ?", document_id)
        self._changed_days.update(half.article.date for half in halves if half.article.date)
        if any(not half.article.date for half in halves):
            self._changed.add(document_id)

    def _halves(self, where: str, value: str) -> list[Half]:
        rows = self._connection.execute(f"{HALVES} AND {where}", (value,))
        return [Half(Article(*row), path) for *row, path in rows]

    def _link(self, tails: Set[ArticleId], halves: Sequence[Half]) -> None:
        """Link those of ``tails`` that continue one of ``halves``, and no others of them."""
        self._connection.executemany("DELETE FROM continuations WHERE (document_id, number) = (?, ?)", sorted(tails))
        found = ((article_id(tail), article_id(head)) for head, tail in match_halves(halves))
        links = [(*tail, *head) for tail, head in found if tail in tails]
        self._connection.executemany("INSERT INTO continuations VALUES (?, ?, ?, ?)", links)

    def _sketch_new(self) -> Rows:
        unsketched = "SELECT row, text FROM chunks WHERE row > (SELECT coalesce(max(row), 0) FROM sketches)"
        cursor = self._connection.execute(f"{unsketched} ORDER BY row")
        new: list[tuple[int, bytes]] = [
            (row, bands.tobytes()) for row, text in cursor if (bands := twins.sketch(text)) is not None
        ]
        self._connection.executemany("INSERT INTO sketches VALUES (?, ?)", new)
        return np.array([row for row, _ in new], np.int64)

    def _texts(self, rows: Sequence[int]) -> list[str]:
        return [self._connection.execute("SELECT text FROM chunks WHERE row = ?", (row,)).fetchone()[0] for row in rows]

    def put_vectors(self, rows: Rows, vectors: Vectors) -> None:
        """Add one vector a row."""
        blobs = (vector.tobytes() for vector in vectors.astype(VECTOR))
        self._connection.executemany("INSERT INTO vectors VALUES (?, ?)", zip(rows.tolist(), blobs, strict=True))


def _require_whole(entry: Entry) -> None:
    document, articles, chunks = entry
    numbers = {article.number for article in articles if article.document_id == document.id}
    if len(numbers) != len(articles):
        raise ValueError(f"document {document.id}: an article of another document, or a number twice")
    for chunk in chunks:
        if chunk.document_id != document.id or chunk.article not in numbers:
            raise ValueError(
                f"chunk {chunk.id} is of article {chunk.article} of {chunk.document_id}, not of {document.id}"
            )

"""Writing the newest segment of the next revision, while the current one is being read."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Sequence, Set
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Final, Self

import numpy as np

from embeddings.encoder import Vectors
from embeddings.index import Rows
from qa.store import twins
from qa.store.changes import require_whole
from qa.store.database import Counts, Database
from qa.store.jumps import Half, article_id, match_halves
from qa.store.manifest import archive_name
from qa.store.protocol import Entry
from qa.store.records import (
    AMONG,
    CHUNKS,
    COPY,
    INSERT_ARTICLE,
    INSERT_CHUNK,
    INSERT_DOCUMENT,
    VECTOR,
    chunk_from,
    chunk_row,
    document_row,
    embedded_digest,
)
from qa.store.segment import Segment
from qa.types import ArticleId

SMALL: Final = 4 << 20
"""Bytes of a segment that each update takes over."""
RATIO: Final = 4
"""A segment stays while it is this many times as large as all after it, so that there are few."""
COMPARED: Final = 3
"""Earlier chunks that one is compared with for each band that they share."""


class DatabaseWriter:
    """The segment being written, over those that stay as they are. A context manager, which commits and closes.

    ``base`` are the segments of the current revision; the newest of them are taken over where they are small beside
    what comes after, so that there are few, and each byte is copied few times. ``kept`` are the others, ``all`` those
    with the new one. ``first_new`` is the lowest row that no revision had, ``gone`` are the rows of earlier ones that
    are dropped, and ``added`` says by how much the counts grow.
    """

    def __init__(self, folder: Path, number: int, base: Database | None) -> None:
        segments = base.segments if base else []
        stay = staying([(segment.size, _is_hollow(segment)) for segment in segments])
        self.kept, absorbed = segments[:stay], segments[stay:]
        last = segments[-1].last if segments else 0
        self.first_new = last + 1
        self._new = Segment.created(folder / archive_name(number), last)
        for segment in absorbed:
            self._take_over(segment)
        if absorbed:
            self._new.first = absorbed[0].first
        self.all = Database([*self.kept, self._new])
        self.gone: list[int] = []
        self.added = Counts(0, 0, 0, 0)
        self._changed: set[str] = set()
        self._changed_days: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._new.close()

    def put(self, entry: Entry, digest: bytes) -> None:
        """Add a document with its articles and chunks, which have no vectors yet.

        Raises ``ValueError`` when they do not belong together or an id is taken.
        """
        document, articles, chunks = entry
        require_whole(entry)
        write = self._new.write
        try:
            self._require_free(entry)
            write(INSERT_DOCUMENT, [(*document_row(document), digest)])
            write(INSERT_ARTICLE, map(astuple, articles))
            write(INSERT_CHUNK, [(*chunk_row(chunk), embedded_digest(chunk.embedded)) for chunk in chunks])
        except sqlite3.IntegrityError as error:
            raise ValueError(
                f"document {document.id} ({document.source}): its id or a chunk's is taken: {error}"
            ) from error
        self._count(1, len(articles), len(chunks))
        self._note_jumps(document.id)

    def drop(self, document_id: str) -> bool:
        """Remove a document with its articles, chunks and vectors; tell whether there was one."""
        holder = self.all.holder(document_id)
        if holder is None:
            return False
        self._note_jumps(document_id)
        rows = self.all.rows_of(document_id)
        self.gone += [row for row in rows if row < self.first_new]
        ((articles,),) = holder.all("SELECT count(*) FROM articles WHERE document_id = ?", document_id)
        self._count(-1, -articles, -len(rows))
        if holder is self._new:
            self._new.write("DELETE FROM documents WHERE id = ?", [(document_id,)])
        else:
            holder.bury([document_id])
            self._new.write("INSERT OR IGNORE INTO dropped VALUES (?)", [(document_id,)])
        self._new.write("DELETE FROM continuations WHERE document_id = ?", [(document_id,)])
        self._new.write("DELETE FROM twins WHERE row = ?", [(row,) for row in rows])
        return True

    def new_rows(self) -> Rows:
        """Return the rows that no earlier revision had, ascending."""
        rows = self._new.all("SELECT row FROM chunks WHERE row >= ? ORDER BY row", self.first_new)
        return np.array([row for (row,) in rows], np.int64)

    def unencoded(self) -> Rows:
        """Return the rows of the chunks that have no vector yet, the shortest first. *Shape:* ``(chunks,)``."""
        query = """
        SELECT row FROM chunks WHERE row >= ? AND row NOT IN (SELECT row FROM vectors)
        ORDER BY length(context) + length(text), row
        """
        return np.array([row for (row,) in self._new.all(query, self.first_new)], np.int64)

    def embedded(self, rows: Rows) -> list[str]:
        """Return what the encoder sees of each row, in order."""
        chosen = self._new.all(f"{CHUNKS} {AMONG}", json.dumps(rows.tolist()))
        found = {row[0]: chunk_from(row[1:]).embedded for row in chosen}
        return [found[row] for row in rows.tolist()]

    def put_vectors(self, rows: Rows, vectors: Vectors) -> None:
        """Add one vector a row."""
        blobs = (vector.tobytes() for vector in vectors.astype(VECTOR))
        self._new.write("INSERT INTO vectors VALUES (?, ?)", zip(rows.tolist(), blobs, strict=True))

    def link_twins(self) -> None:
        """Find the near-duplicates of the chunks that are new."""
        pairs = list[tuple[int, int]]()
        for row in self.new_rows().tolist():
            ((text,),) = self._new.all("SELECT text FROM chunks WHERE row = ?", row)
            bands = twins.sketch(text)
            if bands is None:
                continue
            found = twins.candidates(bands, partial(self.all.alike, row=row, most=COMPARED))
            pairs += [(row, other) for other in found if twins.same_sentences(text, self._text(other))]
            self._new.write("INSERT OR IGNORE INTO bands VALUES (?, ?)", [(band, row) for band in bands.tolist()])
        if not pairs:
            return
        known = self.all.stories({row for pair in pairs for row in pair})
        known |= {row: story for story in set(known.values()) for row in self.all.members(story)}
        changed = twins.group_stories(pairs, known).items() - known.items()
        self._new.write("INSERT OR REPLACE INTO twins VALUES (?, ?)", sorted(changed))

    def link_jumps(self) -> None:
        """Find again which articles continue on another page, among those of the days and documents that have changed.

        One more article or one less with a jump line can make another's continuation uncertain, or certain.
        """
        for day in sorted(self._changed_days):
            halves = self.all.jumping("articles.date = ?", day)
            self._link({article_id(half.article) for half in halves}, halves)
        for document_id in sorted(self._changed):
            halves = self.all.jumping("document_id = ?", document_id)
            self._link({article_id(half.article) for half in halves if not half.article.date}, halves)

    def _note_jumps(self, document_id: str) -> None:
        halves = self.all.jumping("document_id = ?", document_id)
        self._changed_days.update(half.article.date for half in halves if half.article.date)
        if any(not half.article.date for half in halves):
            self._changed.add(document_id)

    def _link(self, tails: Set[ArticleId], halves: Sequence[Half]) -> None:
        """Link those of ``tails`` that continue one of ``halves``, and no others of them."""
        found = {article_id(tail): article_id(head) for head, tail in match_halves(halves)}
        before = self.all.links({name for name, _ in tails})
        changed = [
            (*tail, *found.get(tail, (None, None))) for tail in sorted(tails) if found.get(tail) != before.get(tail)
        ]
        self._new.write("INSERT OR REPLACE INTO continuations VALUES (?, ?, ?, ?)", changed)

    def _text(self, row: int) -> str:
        return self.all.chunks([row])[0].text

    def _count(self, documents: int, articles: int, chunks: int) -> None:
        more = (documents, articles, chunks, chunks)
        self.added = Counts(*(before + each for before, each in zip(self.added, more, strict=True)))

    def _require_free(self, entry: Entry) -> None:
        """Raise ``sqlite3.IntegrityError`` if a document that stays has one of the ids, as SQLite does of new ones."""
        document, _, chunks = entry
        ids = json.dumps([chunk.id for chunk in chunks])
        query = "SELECT document_id FROM chunks WHERE id IN (SELECT value FROM json_each(?))"
        for segment in self.kept:
            owners = {name for (name,) in segment.all(query, ids)} | {document.id}
            if taken := next(filter(segment.holds, sorted(owners)), None):
                raise sqlite3.IntegrityError(f"by document {taken}")

    def _take_over(self, segment: Segment) -> None:
        """Copy what is alive of a segment, and what it says of those that stay."""
        self._new.copy(segment, COPY)
        dropped = [name for (name,) in segment.all("SELECT document_id FROM dropped")]
        self._new.write("INSERT OR IGNORE INTO dropped VALUES (?)", [(name,) for name in self._still_there(dropped)])
        if not self.kept:
            self._new.write("DELETE FROM continuations WHERE head_document_id IS NULL")

    def _still_there(self, ids: Collection[str]) -> Iterable[str]:
        query = "SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(?))"
        return {name for segment in self.kept for (name,) in segment.all(query, json.dumps(list(ids)))}


def staying(segments: Sequence[tuple[int, bool]]) -> int:
    """Return how many of the oldest segments an update leaves as they are, of their sizes and whether they are hollow.

    >>> staying([(9 << 30, False), (900 << 20, False), (50 << 20, False), (3 << 20, False)])
    3
    >>> staying([(2000 << 20, False), (200 << 20, False), (45 << 20, False), (13 << 20, False), (3 << 20, False)])
    1
    >>> staying([(900 << 20, False), (50 << 20, True), (5 << 20, False)])
    1
    """
    stay, after = len(segments), 0
    for place in reversed(range(len(segments))):
        size, hollow = segments[place]
        if hollow or size < max(SMALL, RATIO * after):
            stay = place
        after += size
    return stay


def _is_hollow(segment: Segment) -> bool:
    """Whether more than a quarter of the documents are dead."""
    ((dead, documents),) = segment.all("SELECT (SELECT count(*) FROM dead), (SELECT count(*) FROM documents)")
    return bool(4 * dead > documents)

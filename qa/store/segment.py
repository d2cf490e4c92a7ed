"""One SQLite file of an index: documents that were written together, with all that is of them."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Self

import numpy as np

from embeddings.encoder import Vectors
from embeddings.index import Rows
from qa.errors import IndexCorrupt
from qa.store.records import ALIVE, AMONG, SCHEMA, VECTOR
from qa.text.folding import searchable

Value = str | int | bytes | None
_OF_ARTICLE = (
    "FROM chunks JOIN articles ON (articles.document_id, articles.number) = (chunks.document_id, chunks.article)"
)


class Segment:
    """A segment that nobody changes, or (``new``) one that is being written; threads may share it.

    Its table ``dead``, which is in no file, names the documents that a later segment drops or has another version of.
    ``first`` is the lowest row that it may have, and ``number`` that of the revision which wrote it.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, new: bool = False) -> None:
        self.path, self._connection, self._lock, self._new = path, connection, Lock(), new
        self.number = int(path.stem.rpartition("-")[2])
        connection.create_function("folded", 1, _folded, deterministic=True)
        try:
            self.all("PRAGMA temp_store = MEMORY")
            self.all("CREATE TEMP TABLE dead (document_id TEXT PRIMARY KEY)")
            self.all("SELECT 1 FROM documents, articles, chunks, vectors LIMIT 1")
            lowest = self.all("SELECT min(row) FROM chunks")[0][0]
            self.first: int = self.last + 1 if lowest is None else lowest
        except (IndexCorrupt, sqlite3.Error):
            self.close()
            raise

    @classmethod
    def opened(cls, path: Path) -> Self:
        """Open a published file; ``IndexCorrupt`` if it is not a whole database."""
        try:
            connection = sqlite3.connect(address(path), uri=True, check_same_thread=False)
        except sqlite3.OperationalError as error:
            raise IndexCorrupt(f"{path}: cannot be opened ({error})") from error
        return cls(path, connection)

    @classmethod
    def created(cls, path: Path, after: int) -> Self:
        """Make an empty one, whose rows come after row ``after``.

        It is thrown away when writing it fails, so SQLite need not protect it on the way.
        """
        connection = sqlite3.connect(path, uri=True)
        connection.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA foreign_keys = ON; PRAGMA cache_size = -65536"
        )
        connection.executescript(SCHEMA)
        connection.execute("INSERT INTO sqlite_sequence VALUES ('chunks', ?)", (after,))
        connection.commit()
        return cls(path, connection, new=True)

    def close(self) -> None:
        """Close the file, again or for the first time; what was written to a new one is kept."""
        if self._new:
            self._connection.commit()
        self._connection.close()

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size

    @property
    def last(self) -> int:
        """The highest row that was ever given out here, also to a chunk that is gone."""
        rows = self.all("SELECT seq FROM sqlite_sequence WHERE name = 'chunks'")
        return int(rows[0][0]) if rows else 0

    def all(self, query: str, *values: Value) -> list[Any]:
        """Return all rows of a query; ``IndexCorrupt``, or of a new file ``sqlite3.Error``, if it cannot be read."""
        try:
            with self._lock:
                return self._connection.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            if self._new:  # the disk is full, say
                raise
            raise IndexCorrupt(f"{self.path}: truncated or altered ({error})") from error

    def write(self, query: str, values: Iterable[Sequence[Value]] = ((),)) -> None:
        """Execute a statement once for each of ``values``, in a new segment; ``sqlite3.Error`` if that fails."""
        self._connection.executemany(query, values)

    def copy(self, other: "Segment", statements: str) -> None:
        """Execute statements, in a new segment, that find another one as ``old`` and its dead documents in ``gone``."""
        self._connection.commit()
        self._connection.execute("ATTACH ? AS old", (address(other.path),))
        self._connection.execute("CREATE TEMP TABLE gone (document_id TEXT PRIMARY KEY)")
        self.write("INSERT INTO gone VALUES (?)", other.all("SELECT document_id FROM dead"))
        self._connection.executescript(f"{statements}; DROP TABLE gone; DETACH old")

    def bury(self, ids: Iterable[str]) -> None:
        """Count documents as dead, as far as they are here."""
        query = "INSERT OR IGNORE INTO dead SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(?))"
        with self._lock:
            self._connection.execute(query, (json.dumps(list(ids)),))
            self._connection.commit()

    def holds(self, document_id: str) -> bool:
        """Whether a document is here and alive."""
        return bool(self.all(f"SELECT 1 FROM documents WHERE id = ? AND id {ALIVE}", document_id))  # noqa: S608

    def rows(self) -> Rows:
        """Return all rows, also those of dead documents, ascending. *Shape:* ``(chunks,)``."""
        return np.array([row for (row,) in self.all("SELECT row FROM chunks ORDER BY row")], np.int64)

    def dead_rows(self) -> Rows:
        """Return the rows of dead documents, ascending."""
        query = "SELECT row FROM chunks WHERE document_id IN (SELECT document_id FROM dead) ORDER BY row"
        return np.array([row for (row,) in self.all(query)], np.int64)

    def by_row(self, select: str, rows: Sequence[int]) -> list[list[Any]]:
        """Return what ``select`` gives of each row after its number; ``IndexCorrupt`` if one is not there."""
        found = {row: values for row, *values in self.all(f"{select} {AMONG}", json.dumps([int(row) for row in rows]))}
        missing = [row for row in rows if row not in found]
        if missing:
            raise IndexCorrupt(f"{self.path}: {len(missing)} of {len(rows)} rows are not there, first {missing[0]}")
        return [found[row] for row in rows]

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the vectors of ``rows``, exact. *Shape:* ``(len(rows), dimension)``; ``(0, 0)`` without rows."""
        blobs = [np.frombuffer(blob, VECTOR) for (blob,) in self.by_row("SELECT row, vector FROM vectors", rows)]
        return np.array(blobs, np.float32).reshape(len(rows), -1 if rows else 0)

    def titles(self, rows: Sequence[int]) -> tuple[str, ...]:
        """Return the title of each row's article."""
        return tuple(title for (title,) in self.by_row(f"SELECT chunks.row, articles.title {_OF_ARTICLE}", rows))


def address(path: Path) -> str:
    """Return how SQLite opens a file that nobody changes: no locks, and nothing written beside it.

    So a read-only directory will do.
    """
    return f"{path.absolute().as_uri()}?mode=ro&immutable=1"


def _folded(text: str | None) -> str | None:
    return None if text is None else searchable(text)

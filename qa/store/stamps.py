"""What other file systems told of the files that are indexed, which need not be fetched while they tell the same."""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

STAMPS: Final = "stamps.sqlite"


class Stamps:
    """The stamp of each file with the hash that it had, under its URI; lost, they are found again by reading.

    A file that cannot be made sense of counts as empty. Used in a ``with`` block; kept is what it ends with in peace.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / STAMPS
        self._kept: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._kept is None:
            return
        with closing(self._kept), suppress(sqlite3.Error):  # a full disk: the next run reads what this one has read
            if kind is None:
                self._kept.commit()
        self._kept = None

    def sha256(self, uri: str, stamp: str | None) -> str | None:
        """Return the hash that a file had when its stamp was this one."""
        if stamp is None:
            return None
        row = self._opened().execute("SELECT sha256 FROM stamps WHERE uri = ? AND stamp = ?", (uri, stamp)).fetchone()
        return None if row is None else str(row[0])

    def keep(self, uri: str, stamp: str | None, sha256: str) -> None:
        """Take what a file has been found to be; without stamp or hash, nothing is known of it."""
        with suppress(sqlite3.Error):
            self._opened().execute("DELETE FROM stamps WHERE uri = ?", (uri,))
            if stamp and sha256:
                self._opened().execute("INSERT INTO stamps VALUES (?, ?, ?)", (uri, stamp, sha256))

    def _opened(self) -> sqlite3.Connection:
        if self._kept is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._kept = _connected(self._path)
            except sqlite3.DatabaseError:
                self._path.unlink()
                self._kept = _connected(self._path)
        return self._kept


def _connected(path: Path) -> sqlite3.Connection:
    opened = sqlite3.connect(path)
    try:
        opened.execute(
            "CREATE TABLE IF NOT EXISTS stamps (uri TEXT PRIMARY KEY, stamp TEXT, sha256 TEXT) WITHOUT ROWID"
        )
        opened.execute("SELECT uri, stamp, sha256 FROM stamps LIMIT 1").fetchone()
    except BaseException:
        opened.close()
        raise
    return opened

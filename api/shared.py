"""A file in which the processes of one service keep together what each would otherwise have in its own memory."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final

from qa.errors import InputError

_PATIENCE: Final = 5.0
"""Seconds that one process waits for another to have written."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS counts (who TEXT, period INTEGER, count INTEGER, over REAL, PRIMARY KEY (who, period));
CREATE TABLE IF NOT EXISTS sessions (id TEXT PRIMARY KEY, owner TEXT, last REAL, bytes INTEGER);
CREATE TABLE IF NOT EXISTS turns (
    session TEXT, number INTEGER, bytes INTEGER, turn TEXT, PRIMARY KEY (session, number)
);
"""


class SharedFile:
    """A SQLite file, its owner's alone; processes of one machine may share it, and threads of one process.

    What is in it need not survive the machine: nothing is forced to the disk. Raises ``InputError`` where it cannot be.
    """

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
            for setting in ("journal_mode = WAL", "synchronous = OFF", "secure_delete = ON"):
                self._connection.execute(f"PRAGMA {setting}")
            self._connection.executescript(_TABLES)
        except (OSError, sqlite3.Error) as error:
            raise InputError(f"{path}: what processes share cannot be kept there: {error}") from error

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """Give the connection, to change it as one; other processes see all of it, or nothing if the block fails."""
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Give the connection, to read from as it is at one moment."""
        with self._lock:
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            finally:
                self._connection.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

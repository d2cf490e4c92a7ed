"""Conversations in a file that processes share: those that one began, another goes on with."""

import json
import secrets
import sqlite3
from time import time

from api.sessions import MOST_BYTES, MOST_TURNS, PART, Session, size_of
from api.shared import SharedFile
from qa.chat import Conversation, Turn
from qa.wire import from_json, to_json, to_line


class SharedSessions:
    """All conversations of the processes that share a file, within the bounds of ``Sessions``; threads may share it."""

    def __init__(self, shared: SharedFile, most: int, lifetime: float, most_bytes: int = MOST_BYTES) -> None:
        self._shared, self._most, self._lifetime, self._most_bytes = shared, most, lifetime, most_bytes

    def __len__(self) -> int:
        with self._shared.reading() as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM sessions WHERE last > ?", (self._oldest,)).fetchone()
        return int(count)

    def find(self, identifier: str, owner: str | None) -> Session | None:
        """Return a conversation of ``owner``, who cannot tell others' from those that are over."""
        with self._shared.reading() as connection:
            if not self._is_kept(connection, identifier, owner):
                return None
            rows = connection.execute("SELECT number, turn FROM turns WHERE session = ? ORDER BY number", (identifier,))
            turns = rows.fetchall()
        conversation = Conversation(tuple(from_json(Turn, json.loads(turn)) for _, turn in turns))
        return Session(identifier, owner, conversation, dropped=turns[0][0] - 1)

    def resume(self, identifier: str | None, owner: str | None) -> Session:
        """Return the conversation of that id, or a new one under an id that cannot be guessed."""
        found = self.find(identifier, owner) if identifier else None
        return found or Session(secrets.token_urlsafe(16), owner)

    def add(self, session: Session, turn: Turn) -> int:
        """Record a turn and return its number; the conversation's lifetime begins again."""
        size, now, written = size_of(turn), time(), to_line(to_json(turn))
        with self._shared.changing() as connection:
            (last,) = connection.execute("SELECT MAX(number) FROM turns WHERE session = ?", (session.id,)).fetchone()
            number = int(last or session.dropped + len(session.conversation.turns)) + 1
            connection.execute("INSERT INTO turns VALUES (?, ?, ?, ?)", (session.id, number, size, written))
            taken = self._shorten(connection, session.id)
            connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE SET last = excluded.last, bytes = excluded.bytes",
                (session.id, session.owner, now, taken),
            )
            self._make_room(connection)
        return number

    def forget(self, identifier: str, owner: str | None) -> bool:
        """Drop a conversation of ``owner``; tell whether there was one."""
        with self._shared.changing() as connection:
            kept = self._is_kept(connection, identifier, owner)
            if kept:
                _drop(connection, identifier)
        return kept

    @property
    def _oldest(self) -> float:
        return time() - self._lifetime

    def _is_kept(self, connection: sqlite3.Connection, identifier: str, owner: str | None) -> bool:
        wanted = "SELECT 1 FROM sessions WHERE id = ? AND owner IS ? AND last > ?"
        return connection.execute(wanted, (identifier, owner, self._oldest)).fetchone() is not None

    def _shorten(self, connection: sqlite3.Connection, identifier: str) -> int:
        """Drop the first turns of a conversation that is too long; return the bytes of the others."""
        taken, rows = (
            0,
            connection.execute("SELECT number, bytes FROM turns WHERE session = ? ORDER BY number DESC", (identifier,)),
        )
        for place, (number, size) in enumerate(rows.fetchall()):
            if place and (place == MOST_TURNS or taken + size > self._most_bytes / PART):
                connection.execute("DELETE FROM turns WHERE session = ? AND number <= ?", (identifier, number))
                break
            taken += size
        return taken

    def _make_room(self, connection: sqlite3.Connection) -> None:
        kept, taken = 0, 0
        for identifier, last, size in connection.execute(
            "SELECT id, last, bytes FROM sessions ORDER BY last DESC"
        ).fetchall():
            kept, taken = kept + 1, taken + size
            if kept > self._most or taken > self._most_bytes or last <= self._oldest:
                _drop(connection, identifier)


def _drop(connection: sqlite3.Connection, identifier: str) -> None:
    connection.execute("DELETE FROM turns WHERE session = ?", (identifier,))
    connection.execute("DELETE FROM sessions WHERE id = ?", (identifier,))

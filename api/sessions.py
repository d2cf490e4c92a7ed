"""Conversations, kept in memory: a bounded number, each for a time, the least recently used dropped first."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cachetools import TTLCache

from qa.chat import Conversation, Turn

MOST_TURNS: Final = 50
"""Turns kept of one conversation, the latest."""


@dataclass(slots=True)
class Session:
    """One conversation of one caller; ``dropped`` counts the turns that are kept no longer."""

    id: str
    owner: str | None
    conversation: Conversation = field(default_factory=Conversation)
    dropped: int = 0

    @property
    def numbered(self) -> Sequence[tuple[int, Turn]]:
        """The turns kept, each with its number in the conversation, from 1."""
        return list(enumerate(self.conversation.turns, self.dropped + 1))


class Sessions:
    """All conversations; for the event loop alone. ``lifetime`` is in seconds from the last turn on."""

    def __init__(self, most: int, lifetime: float) -> None:
        self._sessions: TTLCache[str, Session] = TTLCache(most, lifetime)

    def __len__(self) -> int:
        return len(self._sessions)

    def find(self, identifier: str, owner: str | None) -> Session | None:
        """Return a conversation of ``owner``, who cannot tell others' from those that are over."""
        session = self._sessions.get(identifier)
        return session if session and session.owner == owner else None

    def resume(self, identifier: str | None, owner: str | None) -> Session:
        """Return the conversation of that id, or a new one under an id that cannot be guessed."""
        found = self.find(identifier, owner) if identifier else None
        return found or Session(secrets.token_urlsafe(16), owner)

    def add(self, session: Session, turn: Turn) -> int:
        """Record a turn and return its number; the conversation's lifetime begins again."""
        longer = session.conversation.with_turn(turn)
        session.conversation = longer.latest(MOST_TURNS)
        session.dropped += len(longer.turns) - len(session.conversation.turns)
        self._sessions[session.id] = session
        return session.dropped + len(session.conversation.turns)

    def forget(self, identifier: str, owner: str | None) -> bool:
        """Drop a conversation of ``owner``; tell whether there was one."""
        return self.find(identifier, owner) is not None and bool(self._sessions.pop(identifier, None))

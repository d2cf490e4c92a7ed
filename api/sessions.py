"""Conversations, kept in memory: a bounded number, each for a time, the least recently used dropped first."""

import secrets
from dataclasses import dataclass, field
from typing import Final

from cachetools import TTLCache

from qa.chat import Exchange
from qa.types import Answer

MOST_TURNS: Final = 50
"""Turns kept of one conversation, the latest."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer; ``understood`` is the question on its own, as it was searched for.

    ``number`` counts from 1 in its conversation.
    """

    number: int
    question: str
    understood: str
    answer: Answer


@dataclass(slots=True)
class Session:
    """One conversation of one caller."""

    id: str
    owner: str | None
    turns: list[Turn] = field(default_factory=list)

    @property
    def past(self) -> tuple[Exchange, ...]:
        """What a follow-up question may refer to, oldest first."""
        return tuple(
            Exchange(turn.understood, tuple(item.text for item in turn.answer.items), turn.question)
            for turn in self.turns
        )

    @property
    def next_number(self) -> int:
        """The number of the turn that comes next."""
        return self.turns[-1].number + 1 if self.turns else 1


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

    def add(self, session: Session, question: str, understood: str, answer: Answer) -> Turn:
        """Record a turn; the conversation's lifetime begins again."""
        turn = Turn(session.next_number, question, understood, answer)
        session.turns = [*session.turns, turn][-MOST_TURNS:]
        self._sessions[session.id] = session
        return turn

    def forget(self, identifier: str, owner: str | None) -> bool:
        """Drop a conversation of ``owner``; tell whether there was one."""
        return self.find(identifier, owner) is not None and bool(self._sessions.pop(identifier, None))

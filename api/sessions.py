"""Conversations, kept in memory: a bounded number, each for a time, the least recently used dropped first."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from cachetools import TTLCache

from qa.chat import Conversation, Turn

MOST_TURNS: Final = 50
"""Turns kept of one conversation, the latest."""
MOST_BYTES: Final = 100 << 20
"""That all conversations take together, about; and one of them at most a twentieth of it."""
PART: Final = 20
_OBJECT: Final = 600
"""Bytes of a record without its texts, about."""
_CHARACTER: Final = 4
"""Bytes of a character at the most."""


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

    def __init__(self, most: int, lifetime: float, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes

        def share(session: Session) -> float:
            """Return the part of all room that a conversation takes: of the number, or of the bytes."""
            return max(1 / most, sum(map(size_of, session.conversation.turns)) / most_bytes)

        # A little more than all, since many times a part of it may add up to more.
        self._sessions: TTLCache[str, Session] = TTLCache(1 + 1e-9, lifetime, getsizeof=share)

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
        kept, taken = 0, 0
        for each in reversed(longer.turns[-MOST_TURNS:]):
            taken += size_of(each)
            if kept and taken > self._most_bytes / PART:
                break
            kept += 1
        session.conversation = longer.latest(kept)
        session.dropped += len(longer.turns) - len(session.conversation.turns)
        self._sessions[session.id] = session
        return session.dropped + len(session.conversation.turns)

    def forget(self, identifier: str, owner: str | None) -> bool:
        """Drop a conversation of ``owner``; tell whether there was one."""
        return self.find(identifier, owner) is not None and bool(self._sessions.pop(identifier, None))


def size_of(turn: Turn) -> int:
    """Return the bytes that a turn takes in memory, about, and at most."""
    answer = turn.answer
    citations = [citation for item in answer.items for citation in item.citations]
    texts: list[str | None] = [turn.question, turn.understood, answer.question, *(item.text for item in answer.items)]
    for citation in citations:
        texts += [citation.quote, citation.title, citation.source, citation.document_id, citation.byline]
    texts += [text for passage in answer.passages for text in (passage.chunk_id, passage.document_id)]
    records = 2 + len(answer.items) + len(citations) + len(answer.passages)
    return records * _OBJECT + _CHARACTER * sum(len(text) for text in texts if text)

"""What a follow-up may refer to, of the turns before it."""

from dataclasses import dataclass

from qa.chat.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Context:
    """The turns, the latest last, their questions bare; who was last spoken of, and what.

    ``thing`` is the one that answered the last question, if it asked which; ``subject`` is what the questions are
    about, as the first of them that was about it names it.
    """

    turns: tuple[Exchange, ...]
    people: tuple[str, ...]
    thing: str | None
    subject: str | None

    @property
    def last(self) -> Exchange:
        """The turn before."""
        return self.turns[-1]

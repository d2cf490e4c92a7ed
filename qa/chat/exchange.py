"""What understanding a follow-up needs to know of a turn, and of all of them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as it was understood, and the items of its answer: none if declined, or if they are not known.

    ``asked`` is the question as it was typed, where that is known.
    """

    question: str
    items: tuple[str, ...] = ()
    asked: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What a follow-up may refer to: the turns, the latest last, their questions bare; who and what was spoken of.

    ``thing`` is the one that answered the last question, if it asked which; ``subject`` is what the questions are
    about, as the first of them that was about it names it; ``items`` are those of the last list.
    """

    turns: tuple[Exchange, ...]
    people: tuple[str, ...]
    thing: str | None
    subject: str | None
    items: tuple[str, ...] = ()

    @property
    def last(self) -> Exchange:
        """The turn before."""
        return self.turns[-1]

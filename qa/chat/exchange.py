"""What understanding a follow-up needs to know of a turn."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question as it was understood, and the items of its answer: none if declined, or if they are not known.

    ``asked`` is the question as it was typed, where that is known.
    """

    question: str
    items: tuple[str, ...] = ()
    asked: str | None = None

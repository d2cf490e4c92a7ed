"""Reading one given passage: what ``gazette read`` does, and how reading-comprehension sets are measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from qa.read.model import CharSpan, Reader
from qa.read.told import Told

_SEPARATORS: Final = frozenset("、,，;； \t\r\n\u3000和与及以或")
"""Characters that stand between the items of one enumeration."""


@dataclass(frozen=True, slots=True)
class PassageAnswer:
    """What one passage says.

    ``answer`` spans all items where they are one enumeration (``A、B和C``), and is the best of them otherwise;
    ``score`` is its probability. No answer has no items; its score is that of the best span, which was not enough.
    """

    answer: CharSpan | None
    items: tuple[CharSpan, ...]
    score: float


def read_passage(
    reader: Reader,
    question: str,
    text: str,
    *,
    title: str = "",
    threshold: float | None = None,
    most: int | None = None,
) -> PassageAnswer:
    """Read one passage, under its article's title where that is known; spans have probabilities for scores.

    ``threshold`` replaces the calibrated one. Of more items than ``most``, where the question says how many it wants,
    the likeliest are kept.
    """
    reading = reader.read(question, [Told(title, text)])[0]
    if reading is None:
        return PassageAnswer(None, (), 0.0)
    probability = reader.calibration.probability
    best = CharSpan(reading.best.start, reading.best.end, probability(reading.best.score))
    answers = reading.answers(reader.calibration)
    if answers < (reader.calibration.threshold if threshold is None else threshold):
        return PassageAnswer(None, (), best.score)
    listed = reading.items(reader.calibration, most=most)
    items = tuple(CharSpan(span.start, span.end, probability(span.score)) for span in listed)
    if not items:
        return PassageAnswer(best, (best,), best.score)
    if is_enumeration(text, [(item.start, item.end) for item in items]):
        return PassageAnswer(CharSpan(items[0].start, items[-1].end, best.score), items, best.score)
    return PassageAnswer(best, items, best.score)


def is_enumeration(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """Whether spans of a text, in its order, have nothing between them but what separates items.

    >>> is_enumeration("甲、乙和丙", [(0, 1), (2, 3), (4, 5)]), is_enumeration("甲任乙", [(0, 1), (2, 3)])
    (True, False)
    """
    return all(set(text[end:start]) <= _SEPARATORS for (_, end), (start, _) in pairwise(spans))

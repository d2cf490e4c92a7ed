"""Reading one given passage: what ``gazette read`` does, and how reading-comprehension sets are measured."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from qa.read.model import CharSpan, Reader

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


def read_passage(reader: Reader, question: str, text: str, *, threshold: float | None = None) -> PassageAnswer:
    """Read one passage; spans have probabilities for scores. ``threshold`` replaces the calibrated one."""
    reading = reader.read(question, [("", text)])[0]
    if reading is None:
        return PassageAnswer(None, (), 0.0)
    probability = reader.calibration.probability
    best = CharSpan(reading.best.start, reading.best.end, probability(reading.best.score))
    if best.score < (reader.calibration.threshold if threshold is None else threshold):
        return PassageAnswer(None, (), best.score)
    items = tuple(CharSpan(span.start, span.end, probability(span.score)) for span in reading.items(reader.calibration))
    if not items:
        return PassageAnswer(best, (best,), best.score)
    gaps = (text[a.end : b.start] for a, b in pairwise(items))
    if all(set(gap) <= _SEPARATORS for gap in gaps):
        return PassageAnswer(CharSpan(items[0].start, items[-1].end, best.score), items, best.score)
    return PassageAnswer(best, items, best.score)

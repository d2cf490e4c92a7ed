"""The whole sentence that answers, for what no short span answers, or where the span is in doubt."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.answer.citations import sentence_bounds
from qa.answer.select import RETRIEVAL_WEIGHT, Candidate
from qa.read.calibration import Calibration
from qa.types import Span


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, and how likely it is to hold the answer."""

    span: Span
    probability: float


def likeliest_sentence(read: Sequence[Candidate], calibration: Calibration) -> Sentence | None:
    """Return the sentence that is best by reading and retrieval together: one that holds a passage's best span."""
    return max((_sentence(one, calibration) for one in read), key=lambda found: found[0], default=(0.0, None))[1]


def _sentence(one: Candidate, calibration: Calibration) -> tuple[float, Sentence]:
    chunk, best = one.hit.chunk, one.reading.best
    start, end = sentence_bounds(chunk.text, best.start, best.end)
    score = one.reading.score_within(start, end)
    found = Sentence(Span(chunk, start, end, score), calibration.sentence_probability(score))
    return score + RETRIEVAL_WEIGHT * one.hit.score, found

"""The parts of one question beside each other: no two have the same words of a text, and one article answers both."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Final

from qa.answer.select import Candidate
from qa.read.calibration import Calibration
from qa.types import Span

LEFT: Final = 0.5
"""The share of all else in a passage that a span needs to be the answer to a part, where another has its best span."""
TOGETHER: Final = 0.5
"""How likely an article has to answer a part by itself, where it is as likely that it answers another part."""


@dataclass(frozen=True, slots=True)
class Given:
    """What answers a part: the span, if one does, how likely it is, and all that was read for it."""

    span: Span | None
    probability: float
    read: Sequence[Candidate]


def revised(parts: Sequence[Given], calibration: Calibration) -> list[tuple[Span, float] | None]:
    """Return for each part what answers it in place of what it was given; ``None`` where that stays as it is.

    Of two parts with the same words of a text the surer one has them, and the other what is likeliest of the rest if
    most of what is left speaks for it. A part without an answer has the best span of the article that another part is
    answered from, which is more likely than elsewhere to answer this one too.
    """
    order = sorted(range(len(parts)), key=lambda at: -parts[at].probability)
    found: list[tuple[Span, float] | None] = [None] * len(parts)
    for rank, at in enumerate(order):
        part, surer = parts[at], [parts[other] for other in order[:rank]]
        if part.span is None:
            found[at] = _beside(part, surer, calibration)
        elif any(other.span and _overlap(part.span, other.span) for other in surer):
            found[at] = _instead(part, part.span)
    return found


def _instead(part: Given, taken: Span) -> tuple[Span, float] | None:
    for one in part.read:
        if one.hit.chunk.id == taken.chunk.id and (left := one.reading.without(taken.start, taken.end)):
            share = exp(left.best.score - left.whole)
            return (one.span(left.best), part.probability * share) if share >= LEFT else None
    return None


def _beside(part: Given, surer: Sequence[Given], calibration: Calibration) -> tuple[Span, float] | None:
    for other in surer:
        if other.span is None or other.probability < TOGETHER:
            continue
        same = [one for one in part.read if one.hit.chunk.id == other.span.chunk.id and one.answers >= TOGETHER]
        for one in same:
            if not _overlap(one.best, other.span):
                return one.best, calibration.probability(one.best.score)
    return None


def _overlap(one: Span, other: Span) -> bool:
    return one.chunk.id == other.chunk.id and one.start < other.end and other.start < one.end

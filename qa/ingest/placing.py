"""Where the characters of a printed line stand along it, and the line's place on its page."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from unicodedata import combining, east_asian_width

from qa.ingest.reading_order import Box
from qa.pages import STEPS, PlacedLine

TOLERANCE = 0.15  # of a line's thickness: what a character may be off, so that a line set evenly is one piece


def spread(text: str, low: float, high: float) -> tuple[float, ...]:
    """Return the limits of the characters of ``text`` from ``low`` to ``high``: hanzi are twice as wide as letters.

    >>> spread("6月ab", 0, 50)
    (0.0, 10.0, 30.0, 40.0, 50.0)
    """
    widths = [0 if combining(each) else 2 if east_asian_width(each) in "WF" else 1 for each in text]
    total = sum(widths) or 1
    return tuple(low + (high - low) * reached / total for reached in accumulate(widths, initial=0))


def joined(parts: Iterable[tuple[str, float, float]]) -> tuple[float, ...]:
    """Return the limits of the characters of parts that stand one after the other, each with where it begins and ends.

    >>> joined([("甲乙", 0, 20), (" ", 20, 30), ("ab", 30, 40)])
    (0.0, 10.0, 20.0, 30.0, 35.0, 40.0)
    """
    limits = list[float]()
    for text, low, high in parts:
        limits[-1:] = spread(text, low, high)
    return tuple(limits)


def placed(
    start: int, text: str, box: Box, limits: Sequence[float], size: tuple[float, float], *, vertical: bool
) -> PlacedLine | None:
    """Return the place of a line that begins at ``start`` of the original, on a page of ``size``; ``None`` off it.

    ``limits`` are where its characters begin and end, from left to right or, ``vertical``, from top to bottom; one more
    than there are characters, or none where that is not known.
    """
    width, height = size
    if width <= 0 or height <= 0 or not text:
        return None
    edges = tuple(
        min(STEPS, max(0, round(STEPS * edge / side)))
        for edge, side in ((box.left, width), (box.top, height), (box.right, width), (box.bottom, height))
    )
    left, top, right, bottom = edges
    if left >= right or top >= bottom:
        return None
    along, low, high = (height, box.top, box.bottom) if vertical else (width, box.left, box.right)
    if len(limits) != len(text) + 1:
        limits = spread(text, low, high)
    thickness = box.right - box.left if vertical else box.height
    begin, stop = (top, bottom) if vertical else (left, right)
    knots = tuple(
        (at, min(stop, max(begin, round(STEPS * limits[at] / along)))) for at in _corners(limits, TOLERANCE * thickness)
    )
    return PlacedLine(start, start + len(text), (left, top, right, bottom), knots, vertical)


def _corners(limits: Sequence[float], tolerance: float) -> list[int]:
    """Return which of the limits to keep, so that straight lines between them miss none by more than ``tolerance``."""
    kept, waiting = {0, len(limits) - 1}, [(0, len(limits) - 1)]
    while waiting:
        first, last = waiting.pop()
        slope = (limits[last] - limits[first]) / (last - first)
        off, worst = max(
            ((abs(limits[at] - limits[first] - slope * (at - first)), at) for at in range(first + 1, last)),
            default=(0.0, first),
        )
        if off > tolerance:
            kept.add(worst)
            waiting += [(first, worst), (worst, last)]
    return sorted(kept)

"""Quotes and brackets that belong together."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator

from qa.text import Slice
from qa.text.punctuation import CLOSING, OPENING, PAIRS

BRACKET = re.compile(f"[{re.escape(OPENING + CLOSING)}]")

Inside = Callable[[int], bool]
"""Whether an offset is within a pair; the closing mark itself counts as outside."""


def pairs(text: str, start: int, end: int) -> Iterator[Slice]:
    """Yield the offsets of the opening and the closing mark of each pair in ``text[start:end]``, in order of closing.

    A mark whose partner OCR lost pairs with nothing, and hides nothing.

    >>> list(pairs("“甲(乙”丙)", 0, 7))
    [(0, 4)]
    """
    open_marks, counts = list[tuple[str, int]](), dict.fromkeys(OPENING, 0)
    for match in BRACKET.finditer(text, start, end):
        mark = match.group()
        if mark in counts:
            open_marks.append((mark, match.start()))
            counts[mark] += 1
        elif counts[PAIRS[mark]]:
            while True:
                opening, offset = open_marks.pop()
                counts[opening] -= 1
                if opening == PAIRS[mark]:
                    break
            yield offset, match.start()


def outermost(found: Iterable[Slice]) -> list[Slice]:
    """Return the pairs that stand inside no other, in order.

    >>> outermost(pairs("“甲(乙)”(丙)", 0, 9))
    [(0, 5), (6, 8)]
    """
    kept = list[Slice]()
    for opening, closing in sorted(found):
        if not kept or opening > kept[-1][1]:
            kept.append((opening, closing))
    return kept


def within_pairs(text: str, start: int, end: int) -> Inside:
    """Return a test for offsets of ``text[start:end]`` within matching quotes or brackets."""
    spans = outermost(pairs(text, start, end))
    openings = [opening for opening, _ in spans]

    def inside(offset: int) -> bool:
        index = bisect_right(openings, offset) - 1
        return index >= 0 and offset < spans[index][1]

    return inside

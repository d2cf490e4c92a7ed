"""The order in which a page is read: columns one after the other, headlines before what they head.

A text recogniser, and many a PDF, gives the lines of neighbouring columns in turns. Two published methods put them
right: recursive X-Y cuts at white gutters (Nagy, Seth and Viswanathan 1992), and where a headline crosses the gutters,
the partial order of Breuel (2003), "High performance document layout analysis".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

MIN_GUTTER = 0.6  # white between columns, in heights of a line
MIN_BAND = 1.2  # white between parts of a page that stand one below the other, likewise
TOUCH = 0.1  # part of a box that may stick into a gap or overlap a neighbour without meaning it
MAX_SORTED = 600  # lines in a part that no white divides; a table of more is read from top to bottom

Block = list[int]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page; the origin is the top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def scaled(self, factor: float) -> "Box":
        """Return the box where lengths are ``factor`` times as long."""
        return Box(self.left * factor, self.top * factor, self.right * factor, self.bottom * factor)

    @property
    def height(self) -> float:
        """Extent downwards."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """Extent to the right."""
        return self.right - self.left

    def along(self, *, vertical: bool) -> tuple[float, float]:
        """Return where a line that fills the box begins and ends."""
        return (self.top, self.bottom) if vertical else (self.left, self.right)

    def across(self, *, vertical: bool) -> float:
        """Return how thick a line is that fills the box."""
        return self.width if vertical else self.height


def reading_order(boxes: Sequence[Box]) -> list[Block]:
    """Return the indices of ``boxes``, each once, in blocks that are read one after the other.

    >>> left, right = [Box(0, y, 40, y + 8) for y in (20, 30)], [Box(50, y, 90, y + 8) for y in (20, 30)]
    >>> reading_order([left[0], right[0], left[1], right[1], Box(0, 0, 90, 12)])
    [[4, 0, 2], [1, 3]]
    """
    if not boxes:
        return []
    return _cut(boxes, list(range(len(boxes))), max(median(box.height for box in boxes), 1e-6))


def _cut(boxes: Sequence[Box], block: Block, unit: float) -> list[Block]:
    columns = _columns(boxes, block, unit)
    if len(columns) > 1:
        return [part for column in columns for part in _cut(boxes, column, unit)]
    bands = _merged(boxes, _bands(boxes, block, unit), unit)
    if len(bands) > 1:
        return [part for band in bands for part in _cut(boxes, band, unit)]
    return _partially_ordered(boxes, block)


def _columns(boxes: Sequence[Box], block: Block, unit: float) -> list[Block]:
    return _divide(block, [(boxes[i].left, boxes[i].right) for i in block], MIN_GUTTER * unit)


def _bands(boxes: Sequence[Box], block: Block, unit: float) -> list[Block]:
    return _divide(block, [(boxes[i].top, boxes[i].bottom) for i in block], MIN_BAND * unit)


def _divide(block: Block, extents: Sequence[tuple[float, float]], gap: float) -> list[Block]:
    """Divide a block where no extent lies for at least ``gap``."""
    parts, reach = list[Block](), 0.0
    for (start, end), index in sorted(zip(extents, block, strict=True)):
        if parts and start - reach < gap:
            parts[-1].append(index)
            reach = max(reach, end)
        else:
            parts.append([index])
            reach = end
    return parts


def _merged(boxes: Sequence[Box], bands: list[Block], unit: float) -> list[Block]:
    """Join bands that stand in the same columns: the white between them is that of paragraphs that happen to align."""
    merged = bands[:1]
    for band in bands[1:]:
        both = [*merged[-1], *band]
        counts = [len(_columns(boxes, part, unit)) for part in (merged[-1], band, both)]
        if counts[0] > 1 and len(set(counts)) == 1:
            merged[-1] = both
        else:
            merged.append(band)
    return merged


def _partially_ordered(boxes: Sequence[Box], block: Block) -> list[Block]:
    """Order a part of a page that no white divides, and start a block wherever the next line is not the one below."""
    if len(block) > MAX_SORTED:
        return [sorted(block, key=lambda i: (boxes[i].top, boxes[i].left))]
    order = [block[i] for i in _topological(_before([boxes[i] for i in block]))]
    blocks = [order[:1]]
    for above, below in pairwise(order):
        if boxes[below].top < boxes[above].top or not _share_column(boxes[above], boxes[below]):
            blocks.append([])
        blocks[-1].append(below)
    return blocks


def _share_column(one: Box, other: Box) -> bool:
    return min(one.right, other.right) > max(one.left, other.left)


def _before(boxes: Sequence[Box]) -> NDArray[np.bool_]:
    """Return ``[a, b]``: whether Breuel's two rules have ``a`` read before ``b``."""
    left, top, right, bottom = np.array([(b.left, b.top, b.right, b.bottom) for b in boxes]).T
    slack = TOUCH * np.minimum(right - left, (right - left)[:, None])
    overlap = np.minimum(right, right[:, None]) - np.maximum(left, left[:, None]) > slack
    middle = (top + bottom) / 2
    above = middle[:, None] < middle
    beside = (left[:, None] + right[:, None] <= left + right) & ~overlap
    blocked = np.zeros_like(above)
    for c in range(len(boxes)):  # a line across both columns, between the two: what is above it is read first
        across = overlap[c][:, None] & overlap[c]
        between = (above[:, c][:, None] & above[c]) | (above[c][:, None] & above[:, c])
        blocked |= across & between
    before: NDArray[np.bool_] = (overlap & above) | (beside & ~blocked)
    np.fill_diagonal(before, val=False)
    return before


def _topological(before: NDArray[np.bool_]) -> list[int]:
    """Return an order that keeps ``before``; where skewed boxes contradict each other, the least preceded is first."""
    count, waiting = before.sum(axis=0).astype(float), list[int]()
    for _ in range(len(before)):
        nearest = int(np.argmin(count))
        waiting.append(nearest)
        count -= before[nearest]
        count[nearest] = np.inf
    return waiting

"""The order of a page on which lines run from left to right, columns from top to bottom, or both.

Vertical print is horizontal print that lies on its side: turned by a quarter to the left, its columns are lines, the
first one, at the right of the page, on top. What is set the other way than most of the page, a headline across columns
or a boxed article, is a part of its own: it takes its place in the page's order, and has its own inside.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from qa.ingest.reading_order import Box, reading_order

MAX_PARTS = 300  # lines of the other direction that are put together to parts; more are read with the page
NEAR = 1.5  # sizes of a line that two lines of one part are apart at most


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of print and its place: in points from the top left corner of a PDF page, in pixels of a scan.

    ``limits`` are where its characters begin and end, as ``qa.ingest.placing`` has them; none where that is not known.
    Of an ``unsure`` line the recogniser was not certain.
    """

    text: str
    box: Box
    limits: tuple[float, ...] = ()
    vertical: bool = False
    unsure: bool = False

    @property
    def size(self) -> float:
        """How thick the line is: its height, or the width of a column."""
        return self.box.across(vertical=self.vertical)


Directed = list[tuple[PrintedLine, Box]]
"""Lines that are read one after the other, each with its box as if it ran from left to right."""


def directed_blocks(lines: Sequence[PrintedLine]) -> list[Directed]:
    """Return the lines, each once, in blocks that are read one after the other.

    >>> left, right = (PrintedLine(text, Box(x, 0, x + 9, 20), (), True) for text, x in (("丙丁", 30), ("甲乙", 45)))
    >>> ["".join(line.text for line, _ in block) for block in directed_blocks([left, right])]
    ['甲乙丙丁']
    """
    letters = sum(len(line.text) for line in lines if len(line.text) > 1)
    upright = 2 * sum(len(line.text) for line in lines if line.vertical and len(line.text) > 1) > letters
    other = [line for line in lines if line.vertical != upright and len(line.text) > 1]
    if len(other) > MAX_PARTS:
        other = []
    apart = {id(line) for line in other}
    parts: list[list[PrintedLine]] = [[line] for line in lines if id(line) not in apart] + _parts(other)
    blocks = list[Directed]()
    for order in reading_order([_turned(_around(part), upright=upright) for part in parts]):
        blocks.append([])
        for part in (parts[index] for index in order):
            if id(part[0]) in apart:
                blocks += [*directed_blocks(part), []]
            else:
                blocks[-1].append((part[0], _turned(part[0].box, upright=upright)))
    return [block for block in blocks if block]


def _parts(lines: Sequence[PrintedLine]) -> list[list[PrintedLine]]:
    """Put lines together that are near each other."""
    parts = list[list[PrintedLine]]()
    for line in lines:
        touched = [part for part in parts if any(_are_near(line, one) for one in part)]
        parts = [part for part in parts if all(part is not one for one in touched)]
        parts.append([*(one for part in touched for one in part), line])
    return parts


def _are_near(one: PrintedLine, other: PrintedLine) -> bool:
    most = NEAR * max(one.size, other.size)
    across = max(one.box.left, other.box.left) - min(one.box.right, other.box.right)
    down = max(one.box.top, other.box.top) - min(one.box.bottom, other.box.bottom)
    return across <= most and down <= most


def _around(part: Sequence[PrintedLine]) -> Box:
    boxes = [line.box for line in part]
    edges = min(box.left for box in boxes), min(box.top for box in boxes)
    return Box(*edges, max(box.right for box in boxes), max(box.bottom for box in boxes))


def _turned(box: Box, *, upright: bool) -> Box:
    return Box(box.top, -box.right, box.bottom, -box.left) if upright else box

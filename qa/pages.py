"""Where the text of a source stands on its pages: the box of every printed line, and of any part of it.

Places are fractions of the page, from its top left corner, so that they fit a picture of any size. They are kept in
``STEPS`` parts of a page, which is finer than the pixels of a scan.
"""

import base64
import json
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise
from typing import Any, ClassVar, Final, Self

STEPS: Final = 100_000
_DIGITS: Final = 5
MAX_PACKED: Final = 64 << 20
"""Bytes that the lines of one page may come to."""


@dataclass(frozen=True, slots=True)
class PageBox:
    """A rectangle on a page of the source; lengths are fractions of the page's, from its top left corner."""

    __pydantic_config__: ClassVar = {"json_schema_serialization_defaults_required": True}

    page: int = field(metadata={"description": "Of the source, from 1; not the number that it has in print."})
    x: float = field(metadata={"digits": _DIGITS, "description": "Left edge: 0 is the page's left, 1 its right."})
    y: float = field(metadata={"digits": _DIGITS, "description": "Upper edge: 0 is the page's top, 1 its foot."})
    width: float = field(metadata={"digits": _DIGITS})
    height: float = field(metadata={"digits": _DIGITS})
    page_width: float = field(
        metadata={"description": "In the source's own unit: only the ratio to its height counts."}
    )
    page_height: float


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A printed line: ``[start, end)`` of the original, its edges in steps of the page, and where its characters are.

    ``knots`` are pairs of a number of characters and the step that so many reach to, the first for none and the last
    for all; between two the characters are as wide as each other. ``vertical`` lines are read from top to bottom. Of an
    ``unsure`` line the recogniser of its words was not certain.
    """

    start: int
    end: int
    edges: tuple[int, int, int, int]
    knots: tuple[tuple[int, int], ...]
    vertical: bool = False
    unsure: bool = False

    def part(self, start: int, end: int) -> tuple[int, int, int, int]:
        """Return the edges (left, top, right, bottom) of what the line has of the original ``[start, end)``."""
        first, last = sorted(map(self._reached, (max(start, self.start) - self.start, min(end, self.end) - self.start)))
        left, top, right, bottom = self.edges
        return (left, first, right, last) if self.vertical else (first, top, last, bottom)

    def _reached(self, characters: int) -> int:
        at = bisect_right(self.knots, characters, key=lambda knot: knot[0])
        if at == len(self.knots):
            return self.knots[-1][1]
        (before, low), (after, high) = self.knots[at - 1], self.knots[at]
        return round(low + (high - low) * (characters - before) / (after - before))


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page of the source, counted from 1, its size, and its lines, which stand in the original ``[start, end)``.

    ``packed`` are the lines, small enough to be kept with every document.
    """

    number: int
    width: float
    height: float
    start: int
    end: int
    packed: str

    @classmethod
    def of(cls, number: int, width: float, height: float, lines: Sequence[PlacedLine]) -> Self:
        """Return the page that has these lines, which ascend in the original."""
        start, end = (lines[0].start, lines[-1].end) if lines else (0, 0)
        return cls(number, width, height, start, end, _packed(lines, start))

    def lines(self) -> Iterator[PlacedLine]:
        """Yield the lines; ``ValueError`` if ``packed`` is not what was written."""
        return _unpacked(self.packed, self.start)


def unsure_spans(pages: Iterable[PlacedPage], start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Return the parts of the original ``[start, end)`` whose recogniser was not certain, line by line."""
    return tuple(
        (max(start, line.start), min(end, line.end))
        for page in pages
        if page.start < end and start < page.end
        for line in page.lines()
        if line.unsure and line.start < end and start < line.end
    )


def boxes_of(pages: Iterable[PlacedPage], start: int, end: int) -> tuple[PageBox, ...]:
    """Return the boxes of the original ``[start, end)``: one for each printed line that it touches, in their order."""
    return tuple(_boxes(pages, start, end))


def _boxes(pages: Iterable[PlacedPage], start: int, end: int) -> Iterator[PageBox]:
    for page in pages:
        if page.start < end and start < page.end:
            lines = list(page.lines())
            first = bisect_right(lines, start, key=lambda line: line.end)
            for line in lines[first : bisect_left(lines, end, key=lambda line: line.start)]:
                left, top, right, bottom = line.part(start, end)
                x, y, width, height = (round(step / STEPS, _DIGITS) for step in (left, top, right - left, bottom - top))
                yield PageBox(page.number, x, y, width, height, page.width, page.height)


def _packed(lines: Sequence[PlacedLine], start: int) -> str:
    """Return lines as text: differences from line to line, which are small and alike, compressed."""
    rows, at, edges = list[list[int]](), start, (0, 0, 0, 0)
    for line in lines:
        moved = [here - there for here, there in zip(line.edges, edges, strict=True)]
        inner = chain.from_iterable((b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line.knots))
        low = line.edges[1 if line.vertical else 0]
        rows.append([line.start - at, line.vertical + 2 * line.unsure, *moved, line.knots[0][1] - low, *inner])
        at, edges = line.end, line.edges
    return base64.b85encode(zlib.compress(json.dumps(rows, separators=(",", ":")).encode(), 9)).decode()


def _unpacked(packed: str, start: int) -> Iterator[PlacedLine]:
    unzip = zlib.decompressobj()
    rows: list[list[int]] = json.loads(unzip.decompress(base64.b85decode(packed), MAX_PACKED))
    at, edges = start, (0, 0, 0, 0)
    for skipped, flags, left, top, right, bottom, low, *inner in rows:
        vertical, unsure = bool(flags & 1), bool(flags & 2)
        moved: Any = zip(edges, (left, top, right, bottom), strict=True)
        edges = tuple(here + by for here, by in moved)
        counts, steps = accumulate(inner[::2], initial=0), accumulate(inner[1::2], initial=low + edges[vertical])
        knots = tuple(zip(counts, steps, strict=True))
        at += skipped
        yield PlacedLine(at, at + knots[-1][0], edges, knots, vertical, unsure)
        at += knots[-1][0]

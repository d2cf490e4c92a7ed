"""Where the lines of a document stand on paper, in the units of its pages."""

from dataclasses import dataclass

from qa.ingest.reading_order import Box
from qa.pages import STEPS
from qa.types import Document


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """Where a line of the original text, ``[start, end)``, stands on paper."""

    page: int
    start: int
    end: int
    box: Box


def placed_lines(document: Document, start: int, end: int) -> list[PlacedLine]:
    """Return the printed lines that the original span ``[start, end)`` touches; none for a format without pages."""
    found = []
    for page in document.pages:
        for line in page.lines():
            if line.start < end and start < line.end:
                sides = (page.width, page.height) * 2
                edges = (round(step / STEPS * side, 1) for step, side in zip(line.edges, sides, strict=True))
                found.append(PlacedLine(page.number, line.start, line.end, Box(*edges)))
    return found

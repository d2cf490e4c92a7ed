"""Where the lines of a document stand on paper, as its metadata tells it."""

import json
from dataclasses import dataclass

from qa.ingest.layout import LAYOUT
from qa.ingest.reading_order import Box
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
    pages = json.loads(document.metadata.get(LAYOUT, "[]"))
    return [
        PlacedLine(number, first, last, Box(*box))
        for number, _, _, lines in pages
        for first, last, *box in lines
        if first < end and start < last
    ]

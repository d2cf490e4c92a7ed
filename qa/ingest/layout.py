"""Printed pages as text: what every format without a text of its own (PDF, scans) shares.

Such a file's *original text*, in which all offsets count, is the text that is extracted from it: the lines of its pages
in reading order, larger type marked as Markdown headings (``## ``), a blank line between blocks, a form feed between
pages. The store keeps it; the same bytes give it again, so that a citation can be checked against the file. Where each
line stands on paper is kept with the document (``qa.pages``).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from qa.ingest.direction import PrintedLine, directed_blocks
from qa.ingest.placing import placed
from qa.ingest.reading_order import Box
from qa.pages import PlacedLine, PlacedPage
from qa.text.punctuation import CLOSED_BY, is_cjk

PAGE_BREAK = "\n\f"
HEADING_MARK = "## "
MIN_HEADING = 1.25  # heights of a line of the body
MAX_HEADING = 60  # characters
INDENT = "\u3000\u3000"
MIN_INDENT, MAX_INDENT = 1.2, 3.5  # of the first line of a paragraph, in heights of a line
PARAGRAPH_GAP = 0.9
MIN_COLUMN = 6  # characters of a column of running text; names and figures of a list stand in shorter ones
BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class SetLine:
    """A line in the text: what stands before it (line breaks, a mark), its words, and its place, where it has one."""

    prefix: str
    text: str
    box: Box | None
    limits: tuple[float, ...] = ()
    vertical: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page, counted from 1, its size and its lines in any order."""

    number: int
    width: float
    height: float
    lines: Sequence[PrintedLine]


def typeset(pages: Iterable[Page]) -> tuple[str, tuple[PlacedPage, ...]]:
    """Return the original text of ``pages``, and where its lines stand on them."""
    return join_pages((page.number, page.width, page.height, _in_order(page)) for page in pages)


def join_pages(pages: Iterable[tuple[int, float, float, Iterable[SetLine]]]) -> tuple[str, tuple[PlacedPage, ...]]:
    """Join pages, each a number, a width, a height and its lines in order, as ``typeset`` does."""
    parts, found, length = list[str](), list[PlacedPage](), 0
    for number, width, height, lines in pages:
        if parts:
            parts.append(PAGE_BREAK)
            length += len(PAGE_BREAK)
        places = list[PlacedLine]()
        for line in lines:
            start = length + len(line.prefix)
            length = start + len(line.text)
            parts += [line.prefix, line.text]
            if line.box is not None:
                size = (width, height)
                place = placed(start, line.text, line.box, line.limits, size, vertical=line.vertical)
                places += [replace(place, unsure=line.unsure)] if place else []
        found.append(PlacedPage.of(number, round(width, 1), round(height, 1), places))
    return "".join(parts), tuple(found)


def _in_order(page: Page) -> Iterator[SetLine]:
    for prefix, line in _ordered(page.lines):
        text = BLANKS.sub(" ", line.text).strip()
        yield SetLine(prefix, text, line.box, line.limits, line.vertical, line.unsure)


def _ordered(lines: Sequence[PrintedLine]) -> Iterator[tuple[str, PrintedLine]]:
    """Yield the lines in reading order, each with what stands before it in the text."""
    lines = [line for line in lines if line.text.strip()]
    body = _body_height(lines)
    before: tuple[PrintedLine, Box] | None = None
    for block in directed_blocks(lines):
        edge, reach = min(box.left for _, box in block), max(box.right for _, box in block)
        for position, (line, box) in enumerate(block):
            prefix = ""
            if before is not None:
                apart = not position or box.top - before[1].bottom > PARAGRAPH_GAP * body
                prefix = "\n\n" if apart or _is_heading(line, body) != _is_heading(before[0], body) else "\n"
            if _is_heading(line, body):
                prefix += HEADING_MARK
            elif MIN_INDENT * body <= box.left - edge <= MAX_INDENT * body:
                prefix += INDENT
            elif prefix == "\n" and before is not None and _goes_on(before, line, reach):
                prefix = ""
            yield prefix, line
            before = line, box


def _goes_on(before: tuple[PrintedLine, Box], line: PrintedLine, reach: float) -> bool:
    """Whether a column is full and the next goes on with its words: old print often has no marks that would tell."""
    above, box = before
    is_full = reach - box.right <= above.size and len(above.text) >= MIN_COLUMN
    return above.vertical and line.vertical and is_full and is_cjk(above.text[-1]) and above.text[-1] not in CLOSED_BY


def _body_height(lines: Sequence[PrintedLine]) -> float:
    """Return the height that most characters are printed in."""
    heights = [line.size for line in lines for _ in range(len(line.text))]
    return median(heights) if heights else 1.0


def _is_heading(line: PrintedLine, body: float) -> bool:
    return line.size >= MIN_HEADING * body and len(line.text) <= MAX_HEADING

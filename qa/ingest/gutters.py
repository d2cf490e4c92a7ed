"""Columns of print that blanks set side by side in plain text, as exports of OCR that keep the layout of a page do.

Read line by line they are no sentences. What stands left of a gutter is put above what stands right of it: the text of
such a file, in which offsets count, is the text in reading order, as that of other printed pages. Tables are left as
they are: what stands beside each other in these belongs together.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.ingest.lines import BLANKS, NEWLINE
from qa.ingest.masthead import is_strong
from qa.text import Slice
from qa.text.punctuation import CLAUSE_MARKS, SENTENCE_END, bare_end
from qa.text.script import HAN

MAX_LINE = 400  # characters of a printed line; also bounds how many gaps are compared
MIN_GAP = 2  # columns of print that are blank in all lines
MIN_LINES = 4  # with words on both sides
MIN_LETTERS = 40  # on each side
MIN_WIDTH = 12  # columns of print of most lines on each side
FULL, MOST = 0.75, 0.5  # share of a column's width that a full line has, and of its lines that are full
MAX_FIGURES = 0.25  # share of the letters of running text that are figures
BESIDE = re.compile(r"[ \xa0]{2,}|[\t\u3000]\s*")
ENDS = frozenset((*SENTENCE_END, "."))
FAR = 10 * MAX_LINE
_CHINESE = re.compile(HAN)


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the file, and the columns of print in which it is blank, those behind its end included."""

    text: str
    places: tuple[int, ...]
    gaps: tuple[Slice, ...]

    @property
    def apart(self) -> bool:
        """Whether words stand on both sides of a gap."""
        return len(self.gaps) > 1 + (self.gaps[0][0] == 0)

    def between(self, start: int, end: int) -> str:
        """Return what stands in the columns of print ``[start, end)``, without blanks behind it."""
        inside = [at for at, place in enumerate(self.places) if start <= place < end]
        return self.text[inside[0] : inside[-1] + 1].rstrip(BLANKS) if inside else ""


def in_reading_order(text: str) -> str:
    r"""Return ``text`` with columns side by side put one below the other; unchanged where there are none."""
    parts, reached = list[str](), 0
    for start, end, columns in _regions(text):
        parts += [text[reached:start], "\n\n".join("\n".join(column).strip("\n") for column in columns), "\n\n"]
        reached = end
    return "".join((*parts, text[reached:])) if parts else text


def _regions(text: str) -> Iterator[tuple[int, int, list[list[str]]]]:
    """Yield the start and the end of each run of lines that are set in columns, and the lines of these columns."""
    rows, bounds, gutters = list[_Row](), list[Slice](), tuple[Slice, ...]()
    for start, end, after in _lines(text):
        row = _row(text[start:end])
        common = _common(gutters, row.gaps) if rows and row is not None else ()
        if not common:
            yield from _region(rows, bounds, gutters)
            rows, bounds, gutters = [], [], ()
            common = row.gaps if row is not None and row.apart else ()
        if row is not None and common:
            rows.append(row)
            bounds.append((start, after))
            gutters = common
    yield from _region(rows, bounds, gutters)


def _lines(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield the start and the end of each line, and where the next one begins."""
    start = 0
    for newline in NEWLINE.finditer(text):
        yield start, newline.start(), newline.end()
        start = newline.end()
    yield start, len(text), len(text)


def _row(line: str) -> _Row | None:
    """Return a line with its gaps; ``None`` for one that no column holds."""
    if len(line) > MAX_LINE or is_strong(line.strip(BLANKS)):
        return None
    wide = "WFA" if _CHINESE.search(line) else "WF"  # quotation marks, which Chinese print sets as wide as characters
    places, place = list[int](), 0
    for character in line:
        places.append(place)
        width = 2 if unicodedata.east_asian_width(character) in wide else 1
        place += 8 - place % 8 if character == "\t" else width
    words = line.rstrip(BLANKS)
    edge = place if len(words) == len(line) else places[len(words)]
    gaps = [(places[gap.start()], places[gap.end()]) for gap in BESIDE.finditer(words)]
    return _Row(line, tuple(places), (*(gap for gap in gaps if gap[1] - gap[0] >= MIN_GAP), (edge, FAR)))


def _common(gutters: Sequence[Slice], gaps: Sequence[Slice]) -> tuple[Slice, ...]:
    """Return where both are blank, in columns of print; what is blank behind all lines is no gutter."""
    both = ((max(a, c), min(b, d)) for a, b in gutters for c, d in gaps if a < d and c < b)
    found = tuple((start, end) for start, end in both if end - start >= MIN_GAP)
    return found if any(end < FAR and start > 0 for start, end in found) else ()


def _region(
    rows: Sequence[_Row], bounds: Sequence[Slice], gutters: Sequence[Slice]
) -> Iterator[tuple[int, int, list[list[str]]]]:
    inner = [gap for gap in gutters if gap[0] > 0 and gap[1] < FAR]
    edges = [0, *(end for _, end in inner), FAR]
    cells = [[row.between(*edge) for edge in pairwise(edges)] for row in rows]
    last = max((at for at, row in enumerate(cells) if sum(map(bool, row)) > 1), default=-1)
    if last < 0 or not inner:
        return
    last += 1
    while last < len(cells) and any(cells[last]):  # the longer column goes on up to a blank line
        last += 1
    cells = cells[:last]
    if sum(sum(map(bool, row)) > 1 for row in cells) < MIN_LINES:
        return
    columns = [list(column) for column in zip(*cells, strict=True)]
    if all(map(_is_running, columns)):
        yield bounds[0][0], bounds[last - 1][1], columns


def _is_running(column: Sequence[str]) -> bool:
    """Whether the lines of a column are those of running text, and not the fields of a table."""
    lines = [line.strip(BLANKS) for line in column if line]
    words = "".join(lines)
    letters, figures = sum(map(str.isalpha, words)), sum(map(str.isdigit, words))
    if letters < MIN_LETTERS or figures > MAX_FIGURES * letters or not any(mark in words for mark in ENDS):
        return False
    widths = [sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in line) for line in lines]
    full = [width >= FULL * max(widths) for width in widths]
    closed = [bare_end(line) in ENDS for line in lines]
    marked = any(not CLAUSE_MARKS.isdisjoint(line) or "." in line for line in lines)
    return (
        marked
        and max(widths) >= MIN_WIDTH
        and sum(full) > MOST * len(lines)
        and sum(closed) <= MOST * len(lines)
        and sum(full) >= MIN_LINES
    )

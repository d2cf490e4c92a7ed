"""What the cells of tables that are lines of plain text stand under: by their number, or by where print sets them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import eq

from qa.ingest.grid import Cell, heads_of, is_name, placed
from qa.ingest.lines import Line, Role
from qa.ingest.tables import BARS, MAX_FIELD, PROSE, is_number
from qa.text import Slice
from qa.text.spacing import joined
from qa.text.surnames import is_full_name
from qa.types import Head

BAR, TAB = re.compile(rf"\s*[{BARS}]\s*"), re.compile(r"\s*\t\s*")
BLANK, COMMA = re.compile(r"\s+"), re.compile(r"[，,]\s*")
WIDE = None
SEPARATORS = (BAR, TAB, WIDE, BLANK, COMMA)
RULE = re.compile(r"(?=(?s:.*)--)[\s:|+-]+")  # below the head of a Markdown table
DRAWN = re.compile(r"[─━═]|\+[-=]")  # between the rows of a drawn table
MIN_COLUMNS = 3
MIN_BARRED = 2  # columns, where marks part them
MIN_ROWS = 2
MOST_PEOPLE = 0.5  # share of a row's fields that look like people's names, beyond which it is a list of people
SLACK = 1  # columns of print by which a field misses the place below its head
NEWLINES = "\r\n"
SENTENCE_ENDS = frozenset("。！？；")

Separator = re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class _Head:
    """A row that names columns: how its fields are parted, and whether the first column has no name."""

    cells: tuple[Cell, ...]
    separator: Separator
    cornered: bool = False
    by_place: bool = False


def heads_in(lines: Sequence[Line], text: str) -> Iterator[Head]:
    """Yield where each field begins that stands below a named column, and the column's name; ascending."""
    head: _Head | None = None
    last: tuple[bool, ...] = ()
    pattern: tuple[bool, ...] = ()
    for index, line in enumerate(lines):
        if RULE.fullmatch(line.text):
            continue
        if found := _head_at(lines, index, text):
            head, last = found, ()
        elif head and line.role is Role.TABLE_ROW:
            pattern = tuple(is_number(cell.text) for cell in _fields(line, head.separator))
            agree = sum(map(eq, pattern, last)) * 2 > len(last) == len(pattern)
            if agree or not last:
                yield from _under(head, line, text)
            head, last = head if agree or not last else None, ()
        elif head and len(line.text) <= MAX_FIELD and not PROSE.search(line.text):
            last = last or pattern
        else:
            head = None


def rows(lines: Sequence[Line]) -> list[bool]:
    """Tell for each line whether wide blanks make it a row: of a table without numbers, or as the row above it."""
    found = [False] * len(lines)
    for index in range(len(lines)):
        end = _names_end(lines, index)
        if end > index:
            found[index:end] = [True] * (end - index)
    return found


def goes_on(before: Line, after: Line) -> bool:
    """Whether a line has as many short fields as the row above it, whatever marks stand in them (周一、三、五)."""
    count = len(before.parts)
    return MIN_COLUMNS <= count == len(after.parts) and not after.gap and _are_short(after)


def _head_at(lines: Sequence[Line], index: int, text: str) -> _Head | None:
    """Return the head of a table whose rows begin below ``lines[index]``."""
    line, below = lines[index], index + 1
    ruled = below < len(lines) and RULE.fullmatch(lines[below].text) is not None
    below += ruled
    if below >= len(lines) or lines[below].role is not Role.TABLE_ROW or line.level:
        return None
    drawn = line.text[0] in BARS and DRAWN.search(text, line.end, lines[below].start)
    ruled = ruled or bool(drawn and not (index and lines[index - 1].text[0] in BARS))  # the first row of a drawn table
    for separator in SEPARATORS:
        names, row = _fields(line, separator), _fields(lines[below], separator)
        cornered = len(row) == len(names) + 1 and separator is not BAR and _place(line.start, text) > 1
        enough = len(row) >= (MIN_BARRED if separator in (BAR, TAB) else MIN_COLUMNS)
        if not enough or (len(row) != len(names) and not cornered) or not all(map(_names_column, names)):
            continue
        pairs = zip(names, row[cornered:], strict=True)
        if ruled or any(is_number(under.text) and not is_number(name.text) for name, under in pairs):
            return _Head(tuple(names), separator, cornered)
    if _names_end(lines, index) > index + MIN_ROWS:
        return _Head(tuple(_fields(line, WIDE)), WIDE)
    return _placed_head(lines, index, text)


def _names_column(cell: Cell) -> bool:
    return is_name(cell.text) and SENTENCE_ENDS.isdisjoint(cell.text)


def _placed_head(lines: Sequence[Line], index: int, text: str) -> _Head | None:
    """Return a head over groups of columns, each of which begins where a field of all rows below begins."""
    names = _fields(lines[index], WIDE)
    below = [line for line in lines[index + 1 : index + 1 + MIN_ROWS] if line.role is Role.TABLE_ROW]
    if len(names) < MIN_ROWS or len(below) < MIN_ROWS or not all(map(_names_column, names)):
        return None
    starts = [_place(cell.start, text) for cell in names]
    for row in below:
        fields = _fields(row, WIDE)
        places = [_place(cell.start, text) for cell in fields]
        aligned = all(any(abs(start - place) <= SLACK for place in places) for start in starts)
        if len(fields) <= len(names) or not aligned or not any(is_number(cell.text) for cell in fields):
            return None
    return _Head(tuple(names), WIDE, by_place=True)


def _under(head: _Head, line: Line, text: str) -> Iterator[Head]:
    row = _fields(line, head.separator)
    if head.by_place:
        starts = [_place(cell.start, text) for cell in head.cells]
        for cell in row[1:]:
            place = _place(cell.start, text) + SLACK
            if names := [one.text for one, start in zip(head.cells, starts, strict=True) if start <= place]:
                yield cell.start, joined([row[0].text, names[-1]])
    elif len(row) == len(head.cells) + head.cornered:
        corner = [Cell(0, "")] if head.cornered else []
        yield from heads_of(placed([[*corner, *head.cells], row]), headed=1)


def _names_end(lines: Sequence[Line], index: int) -> int:
    """Return the end of a table without numbers that begins at ``index``; ``index`` if there is none.

    A list that print sets in columns is none: its first row holds what the others do.
    """
    line = lines[index]
    first = _fields(line, WIDE) if _are_short(line) and not line.level and not PROSE.search(line.text) else []
    if len(first) < MIN_COLUMNS or not all(map(_names_column, first)) or _are_people(first):
        return index
    endings, end = {cell.text[-1] for cell in first}, index + 1
    while end < len(lines) and len(lines[end].parts) == len(first) and _are_short(lines[end]):
        row = _fields(lines[end], WIDE)
        alike = any(name.text[0] == cell.text[0] for name, cell in zip(first, row, strict=True))
        if alike or not endings.isdisjoint(cell.text[-1] for cell in row):
            return index
        end += 1
    return end if end > index + MIN_ROWS else index


def _are_short(line: Line) -> bool:
    """Whether the fields that wide blanks part are short enough for a table, and end no sentence."""
    return bool(line.parts) and max(end - start for start, end in line.parts) <= MAX_FIELD and "。" not in line.text


def _are_people(cells: Sequence[Cell]) -> bool:
    return sum(is_full_name(cell.text) for cell in cells) > MOST_PEOPLE * len(cells)


def _fields(line: Line, separator: Separator) -> list[Cell]:
    """Return the fields of a line; a bar at its ends parts nothing."""
    return [
        Cell(line.original(start) if start < end else 0, line.text[start:end])
        for start, end in _bounds(line, separator)
    ]


def _bounds(line: Line, separator: Separator) -> Sequence[Slice]:
    if separator is WIDE:
        return line.parts
    marks = [match.span() for match in separator.finditer(line.text)]
    edges = [0, *(edge for mark in marks for edge in mark), len(line.text)]
    bounds = list(zip(edges[::2], edges[1::2], strict=True))
    if separator is BAR:  # one at the ends of a line parts nothing
        bounds = bounds[bounds[0][0] == bounds[0][1] : len(bounds) - (bounds[-1][0] == bounds[-1][1])]
    return bounds if len(bounds) > 1 else []


def _place(offset: int, text: str) -> int:
    """Return the column of print that a character stands in: Chinese ones are two wide."""
    begin = max(text.rfind(mark, 0, offset) for mark in NEWLINES) + 1
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text[begin:offset])

"""What the cells of a Word file's tables stand under, merged ones over all their rows and columns."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from qa.ingest.grid import MAX_CELLS, MAX_SPAN, Cell, heads_of
from qa.ingest.xml_tree import child, value
from qa.types import Head

FIELD_END = "，"  # between the cells of a row, as newspapers print lists of names


@dataclass(frozen=True, slots=True)
class Shape:
    """How many columns a cell takes; whether it goes on with the one above (``below``) or before it (``beside``)."""

    columns: int = 1
    below: bool = False
    beside: bool = False

    @property
    def merged(self) -> bool:
        """Whether it is the part of another."""
        return self.below or self.beside


def shape_of(cell: etree._Element) -> Shape:
    """Return the shape of a ``tc``."""
    spanned = child(cell, "tcPr", "gridSpan")
    span = value(spanned) if spanned is not None else ""
    columns = min(int(span), MAX_SPAN) if span.isascii() and span.isdigit() else 1
    return Shape(max(1, columns), _goes_on(cell, "vMerge"), _goes_on(cell, "hMerge"))


def table_heads(rows: Sequence[Sequence[tuple[Shape, str]]]) -> Iterator[Head]:
    """Yield the heads in a table whose rows stand on lines, their cells with words parted by ``FIELD_END``."""
    if sum(map(len, rows)) <= MAX_CELLS:
        yield from heads_of(_placed(rows))


def _placed(rows: Sequence[Sequence[tuple[Shape, str]]]) -> list[Cell]:
    found, above = list[Cell](), dict[int, int]()  # the cell that stands over each column, by its number
    at = 0
    for number, row in enumerate(rows):
        column, empty = 0, True
        for shape, words in row:
            if shape.merged:
                if (over := above.get(column)) is not None and shape.below:
                    found[over] = replace(found[over], rows=number + 1 - found[over].row)
                elif shape.beside and found:
                    found[-1] = replace(found[-1], columns=found[-1].columns + 1)
            else:
                at += len(FIELD_END) if words and not empty else 0
                found.append(Cell(at, words, columns=shape.columns, row=number, column=column))
                above |= dict.fromkeys(range(column, column + shape.columns), len(found) - 1)
                at += len(words)
                empty = empty and not words
            column += shape.columns
        at += 0 if empty else 1  # the line break
    return found


def _goes_on(cell: etree._Element, name: str) -> bool:
    merged = child(cell, "tcPr", name)
    return merged is not None and value(merged) in ("", "continue")

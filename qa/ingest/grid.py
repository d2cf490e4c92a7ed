"""The cells of a table, and the heads that each of them stands under."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile, groupby, takewhile

from qa.ingest.tables import is_number
from qa.text.spacing import joined
from qa.types import Head

MIN_SIDE = 2
MAX_SPAN = 200  # rows or columns that one cell may take; browsers stop at 1000
MAX_CELLS = 10_000
MAX_WIDTH = 400
MAX_HEAD = 40  # characters of a cell that is a head, or stands under one; more is the layout of a page
CURRENCIES = "£$€¥￥"
# What names a column although it is a number: a year, a month, a day, a place in an order.
PERIOD = re.compile(
    r"(?:19|20)\d\d(?:年度?)?|\d\d年|\d{1,2}(?:月份?|日|点|时)|\d{1,2}月\d{1,2}日|第.{1,6}|[^\d]{1,6}(?:19|20)\d\d年.{0,4}"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """The words of a cell and the offset of the first; how many rows and columns it takes.

    ``head`` tells that its table marks it as a head. ``row`` and ``column`` count from 0 (see ``placed``).
    """

    start: int
    text: str
    rows: int = 1
    columns: int = 1
    head: bool = False
    row: int = 0
    column: int = 0


def placed(rows: Iterable[Iterable[Cell]]) -> list[Cell]:
    """Return the cells of rows, each at the first place of its row that no cell from above takes, as in HTML.

    >>> rows = [[Cell(0, "河东", rows=2), Cell(3, "柳泉镇")], [Cell(7, "石门乡")]]
    >>> [(cell.text, cell.column) for cell in placed(rows)]
    [('河东', 0), ('柳泉镇', 1), ('石门乡', 1)]
    """
    found, taken = list[Cell](), dict[int, int]()  # the row below the last that is taken in each column
    for number, row in enumerate(rows):
        column = 0
        for cell in row:
            while taken.get(column, 0) > number:
                column += 1
            wide, tall = max(1, min(cell.columns, MAX_SPAN)), max(1, min(cell.rows, MAX_SPAN))
            found.append(replace(cell, row=number, column=column, rows=tall, columns=wide))
            taken |= dict.fromkeys(range(column, column + wide), number + tall)
            column += wide
    return found


def heads_of(cells: Sequence[Cell], *, headed: int | None = None) -> Iterator[Head]:
    """Yield where each cell that stands under heads begins, and the words of these; in the order of ``cells``.

    They are what names the cell's row, then what names its columns, from above. Of the cells that name rows themselves,
    the first of a row stands under those that began in a row above. A row that is one cell names the rows below it, or
    at the top the table, which is told in no head. ``headed`` is how many rows are heads, where known.

    >>> rows = [["品名", "城北市场", "万泉市场"], ["黄瓜", "2.80", "3.00"]]
    >>> list(heads_of(placed([[Cell(0, text) for text in row] for row in rows])))
    [(0, '黄瓜城北市场'), (0, '黄瓜万泉市场')]
    """
    height = max((cell.row for cell in cells), default=-1) + 1
    width = max((cell.column + cell.columns for cell in cells), default=0)
    if not MIN_SIDE <= width <= MAX_WIDTH or height < MIN_SIDE or len(cells) > MAX_CELLS or _is_layout(cells):
        return
    if headed is None:
        cells = _below_banner(cells, width)
        headed = _top(cells) if cells else 0
    top = headed
    side = _side(cells, top, width)
    above = _words_above([cell for cell in cells if cell.row < top], width)
    beside = defaultdict[int, list[str]](list)  # of each row, what began in a row above
    for cell in cells:
        if top <= cell.row and cell.column < side and cell.text:
            for row in range(cell.row + 1, cell.row + cell.rows):
                beside[row].append(cell.text)
    section = list[str]()  # what a row across all columns says of those below
    for row, group in groupby((cell for cell in cells if cell.row >= top), key=lambda cell: cell.row):
        members = list(group)
        if _is_banner(members, width):
            section = [members[0].text]
            continue
        yield from _of_row(members, [*section, *beside[row]], side, above)


def _of_row(members: Sequence[Cell], names: list[str], side: int, above: Sequence[str]) -> Iterator[Head]:
    """Yield the heads of one row's cells. ``names`` is what names the row already, ``above`` what names the columns."""
    first = True
    for cell in members:
        if not cell.text:
            continue
        if cell.column < side:
            under = names if first else []
            known = [name for name in names if is_name(name) or not _is_figure(name)] if is_name(cell.text) else names
            names = [*known, cell.text]
        else:
            under = _joined(above[cell.column : cell.column + cell.columns])
            under = [*names, *under] if under else names if first else []
        first = False
        if words := joined(under):
            yield cell.start, words


def _is_figure(text: str) -> bool:
    """Whether a cell is a number, perhaps an amount of money.

    >>> _is_figure("£1,250"), _is_figure("$ 3.5"), _is_figure("$ of today")
    (True, True, False)
    """
    return is_number(text.lstrip(CURRENCIES + " "))


def _is_banner(row: Sequence[Cell], width: int) -> bool:
    return len(row) == 1 and row[0].columns == width and 0 < len(row[0].text) <= MAX_HEAD


def _below_banner(cells: Sequence[Cell], width: int) -> list[Cell]:
    """Return the cells below the title that a table has in its first rows, across all its columns."""
    rows = [list(row) for _, row in groupby(cells, key=lambda cell: cell.row)]
    body = list(dropwhile(lambda row: _is_banner(row, width), rows))
    above = body[0][0].row if body else 0
    return [replace(cell, row=cell.row - above) for row in body for cell in row]


def is_name(text: str) -> bool:
    """Whether a cell may name a column or a row: it has no digits, unless those of a year, a month or a place."""
    return not any(map(str.isdigit, text)) or PERIOD.fullmatch(text) is not None


def _is_layout(cells: Sequence[Cell]) -> bool:
    """Whether cells hold more than tables do: parts of a page that a table sets side by side."""
    return max((len(cell.text) for cell in cells), default=0) > 3 * MAX_HEAD


def _top(cells: Sequence[Cell]) -> int:
    """Return how many rows at the top are heads."""
    height = max(cell.row for cell in cells) + 1
    marked = (all(cell.head for cell in row) for _, row in groupby(cells, key=lambda cell: cell.row))
    top = sum(1 for _ in takewhile(bool, marked))
    first = [cell for cell in cells if cell.row == 0]
    if not top and _names_columns(first, [cell for cell in cells if cell.row > 0]):
        top = max(cell.rows for cell in first)
    return top if top < height else 0


def _names_columns(first: Sequence[Cell], below: Sequence[Cell]) -> bool:
    """Whether the first of the rows holds names, and what stands below them is no such name."""
    numbered = {cell.column for cell in below if _is_figure(cell.text)}
    counted = {cell.column for cell in below if _is_figure(cell.text) and not PERIOD.fullmatch(cell.text)}
    named = [cell for cell in first if cell.text]
    # Over 60, Grade 2: above nothing but numbers, and more than one, such words are a name.
    mixed = {cell.column for cell in below if cell.text and not _is_figure(cell.text)}
    only = {
        column for column, count in Counter(cell.column for cell in below if cell.text).items() if count > 1
    } - mixed
    plain = all(is_name(cell.text) or (cell.column in only and not _is_figure(cell.text)) for cell in named)
    # Years are numbers as well, and name columns where they fill the row and other numbers stand below.
    over = {cell.column for cell in named[1:] if PERIOD.fullmatch(cell.text)} & counted
    years = over if len(over) == len(named) - 1 and not _is_figure(named[0].text) else set[int]()
    return plain and any(
        cell.column in numbered and (not _is_figure(cell.text) or cell.column in years) for cell in named
    )


def _side(cells: Sequence[Cell], top: int, width: int) -> int:
    """Return how many columns at the left name their rows: the first, those that divide it, names behind numbers."""
    body = [cell for cell in cells if cell.row >= top and cell.columns < width]
    side = 1
    while side < width - 1:
        before = [cell for cell in body if cell.column == side - 1]
        column = [cell for cell in body if cell.column == side]
        marked = bool(column) and all(cell.head for cell in column)
        counted = any(cell.rows > 1 for cell in before) or all(_is_figure(cell.text) for cell in before)
        divided = counted and bool(column) and all(is_name(cell.text) for cell in column)
        divided = divided and any(_is_figure(cell.text) for cell in body if cell.column > side)
        if not marked and not divided:
            break
        side += 1
    return side


def _words_above(heads: Sequence[Cell], width: int) -> list[str]:
    found = list[str]()
    for column in range(width):
        over = (cell for cell in heads if cell.column <= column < cell.column + cell.columns and cell.text)
        found.append(joined(cell.text for cell in sorted(over, key=lambda cell: cell.row)))
    return found


def _joined(words: Sequence[str]) -> list[str]:
    return [word for word in dict.fromkeys(words) if word]

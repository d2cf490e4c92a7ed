"""What the cells of a web page's tables and the items of its nested lists stand under, by the markup around them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qa.ingest.grid import MAX_CELLS, MAX_HEAD, MIN_SIDE, Cell, heads_of, placed
from qa.text import Slice
from qa.text.spacing import joined
from qa.types import Head, View

LISTS = frozenset(("ul", "ol", "dl", "menu", "dir"))
ITEMS = frozenset(("li", "dd"))
MAX_DEPTH = 8  # of lists in lists; of a table in a table only the inner one is read so
LINK = re.compile(r"<a\b[^<>]{0,500}\bhref", re.IGNORECASE)
# All of a cell in bold print, as its head is where the table marks none.
BOLD = re.compile(
    r"\s*(?:<(?:p|span|font)\b[^<>]*>\s*){0,3}<(?P<tag>b|strong)\b[^<>]*>[^<>]*</(?P=tag)>\s*(?:</\w{1,9}>\s*){0,3}",
    re.IGNORECASE,
)
SPAN = re.compile(r"\b(?P<name>rowspan|colspan)\s*=\s*[\"']?\s*(?P<count>\d{1,4})", re.IGNORECASE)


@dataclass(slots=True)
class _Table:
    """``rows`` hold their cells, with offsets of the source; ``cells`` counts them, ``opened`` tells of one open."""

    rows: list[list[tuple[Slice, int, int, bool]]] = field(default_factory=list)
    cells: int = 0
    head: bool = False  # within thead
    opened: tuple[int, int, int, bool] | None = None
    outer: bool = False  # holds another
    bounds: Slice = (0, 0)


@dataclass(slots=True)
class _List:
    """The open list: where its item begins, where the first list in that begins, and the last term (``dt``)."""

    item: int | None = None
    lead: Slice | None = None
    term: Slice | None = None
    in_term: int | None = None


class Structure:
    """Follows the tags of a page, in order, each with its offsets in the source."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._open = list[_Table]()
        self._tables = list[_Table]()
        self._lists = list[_List]()
        self._items = list[tuple[int, tuple[Slice, ...]]]()

    def tag(self, name: str, start: int, end: int, *, closes: bool) -> None:
        """Heed a tag at ``[start, end)``."""
        if name in LISTS or name in ITEMS or name == "dt":
            self._list(name, start, end, closes=closes)
        elif name == "table":
            self._end_cell(start)
            if closes:
                if self._open:
                    table = self._open.pop()
                    table.bounds = table.bounds[0], end
                    self._tables.append(table)
            else:
                if self._open:
                    self._open[-1].outer = True
                self._open.append(_Table(bounds=(start, end)))
        elif self._open:
            self._row(name, start, end, closes=closes)

    def data_tables(self) -> Iterator[Slice]:
        """Yield where in the source the tables stand that hold data: not the layout of a page, nor lists of links."""
        for table in self._tables:
            wide = [row for row in table.rows if len(row) >= MIN_SIDE]
            if not table.outer and len(wide) >= MIN_SIDE and not LINK.search(self._source, *table.bounds):
                yield table.bounds

    def heads(self, view: View) -> Iterator[Head]:
        """Yield the heads of what ``view`` shows of the page, by offsets in its text, ascending."""
        found = dict[int, str]()
        for table in self._tables:
            if not table.outer and table.cells <= MAX_CELLS:
                rows = ((_cell(view, *cell) for cell in row) for row in table.rows)
                found |= dict(heads_of(placed(rows)))
        for start, leads in self._items:
            at, _ = view.alignment.from_original(start, start)
            words = [text for lead in leads if (text := _shown(view, lead)[1])]
            if words and at < len(view.text) and max(map(len, words)) <= MAX_HEAD:
                found[at] = joined(words)
        yield from sorted(found.items())

    def _row(self, name: str, start: int, end: int, *, closes: bool) -> None:
        table = self._open[-1]
        if name in ("td", "th"):
            self._end_cell(start)
            if not closes:
                spans = {one["name"].lower(): int(one["count"]) for one in SPAN.finditer(self._source, start, end)}
                shape = spans.get("rowspan", 1), spans.get("colspan", 1)
                table.opened = (end, *shape, name == "th" or table.head)
        elif name in ("tr", "thead", "tbody", "tfoot"):
            self._end_cell(start)
            if name == "tr" and not closes:
                table.rows.append([])
            elif name != "tr":
                table.head = name == "thead" and not closes

    def _end_cell(self, end: int) -> None:
        table = self._open[-1] if self._open else None
        if table is None or table.opened is None:
            return
        start, *shape, head = table.opened
        head = head or BOLD.fullmatch(self._source, start, end) is not None
        table.rows = table.rows or [[]]
        table.rows[-1].append(((start, end), shape[0], shape[1], head))
        table.cells += 1
        table.opened = None

    def _list(self, name: str, start: int, end: int, *, closes: bool) -> None:
        if name in LISTS:
            if closes:
                self._lists = self._lists[:-1]
                return
            above = self._lists[-1] if self._lists else None
            if above and above.item is not None and above.lead is None:
                above.lead = (above.item, start)
            self._lists.append(_List())
        elif self._lists:
            top = self._lists[-1]
            if name == "dt":
                if closes and top.in_term is not None:
                    top.term = (top.in_term, start)
                top.in_term = None if closes else end
                top.term = top.term if closes else None
            if top.in_term is not None and name == "dd":  # whose end tag is left out
                top.term, top.in_term = (top.in_term, start), None
            top.item, top.lead = None if closes else end, None
            if not closes and len(self._lists) <= MAX_DEPTH:
                leads = [each.lead for each in self._lists[:-1] if each.lead]
                leads += [top.term] if name == "dd" and top.term else []
                self._items += [(end, tuple(leads))] if leads else []


def _cell(view: View, span: Slice, rows: int, columns: int, head: bool) -> Cell:
    at, words = _shown(view, span)
    return Cell(at, words, rows, columns, head)


def _shown(view: View, span: Slice) -> tuple[int, str]:
    """Return where the words of a piece of the source begin in what is shown, and these words."""
    first, last = view.alignment.from_original(*span)
    words = view.text[first:last]
    return first + len(words) - len(words.lstrip()), " ".join(words.split())

"""The words of a part of a Word file, block by block, in the order in which they are read.

An element that is not known here is read through: only what is named is left out. A text box follows the paragraph
that it is anchored in, the nested table the cells before it. Left out are readings over characters (ruby), the marks of
footnotes, prompts of content controls that nobody has filled in, and what is hidden or struck out.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from qa.ingest.leads import joined_leads, lead_in
from qa.ingest.word_styles import Lists, Styles
from qa.ingest.word_tables import FIELD_END, Shape, shape_of, table_heads
from qa.ingest.xml_tree import child, local, value
from qa.types import Head

Note = tuple[str, str]
"""A kind of note, ``footnote`` or ``endnote``, and its id."""

NOTE_MARKS = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
SILENT = frozenset(
    ("pPr", "rPr", "tblPr", "tblGrid", "trPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr", "rt", "rubyPr", "ffData")
)
WRAPPERS = frozenset(("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo"))
BOXES = ("txbxContent", "txBody")
UNREAD = {"altChunk": "a document inside it", "subDoc": "a document that it refers to", "chart": "a chart"}
OBJECT, DIAGRAM, WORD_ART, SIGN = "OLEObject", "relIds", "textpath", "sym"
GLYPHS = {"noBreakHyphen": "-", "tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n"}
PRIVATE = range(0xE000, 0xF900)  # which sign it is, only the font knows
BULLET = "- "
MAX_DEPTH = 9  # of lists; Word has no deeper ones
MIN_PROSE = 40  # characters of a paragraph that makes a table the layout of a page


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or the rows of a table; ``mark`` is the Markdown before its words, ``notes`` what it refers to.

    ``heads`` are those of cells and of items, at offsets in ``words``.
    """

    words: str
    mark: str = ""
    rows: bool = False
    notes: tuple[Note, ...] = ()
    heads: tuple[Head, ...] = ()

    @property
    def text(self) -> str:
        """The words with their mark."""
        return self.mark + self.words

    @property
    def goes_on(self) -> bool:
        """Whether it is a part of something longer: a list or a table."""
        return self.rows or self.mark == BULLET


@dataclass(frozen=True, slots=True)
class Words:
    """What the runs of a paragraph hold: their text, the boxes anchored in them, and the notes referred to."""

    text: str
    boxes: tuple[etree._Element, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What it takes to read a part; ``unread`` is told what the part holds that is not read.

    ``looks`` has the levels of paragraphs that are headings by their look alone.
    """

    styles: Styles
    looks: Mapping[etree._Element, int]
    lists: Lists
    diagrams: Mapping[str, etree._Element]
    unread: Callable[[str], None]

    def blocks(self, parent: Iterable[etree._Element]) -> Iterator[Block]:
        """Yield the blocks in an element that hold words, or refer to notes."""
        for element in parent:
            name = local(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                yield from self._table(element)
            elif name in ("r", "hyperlink", "fldSimple", "oMath", "oMathPara"):
                yield from self._laid_out(self._words([element]))
            elif name in UNREAD:
                self.unread(UNREAD[name])
            elif name not in SILENT and not _is_prompt(element):
                yield from self.blocks(element)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Block]:
        found = self._words(paragraph)
        words = found.text.strip("\n")
        level = self.styles.heading(paragraph) or self.looks.get(paragraph, 0)
        item = self.styles.list_item(paragraph)
        if words.strip():
            label = self.lists.label(item) if item else ""
            heads = self._heads(item, words, len(label))
            if level:
                words, mark = " ".join(words.split()), "#" * level + " "
            else:
                words, mark = words.lstrip() if item else words, BULLET if item else ""
            yield Block(label + words, mark, notes=found.notes, heads=heads)
        elif found.notes:
            yield Block("", notes=found.notes)
        for box in found.boxes:
            yield from self.blocks(box)

    def _heads(self, item: tuple[str, int] | None, words: str, at: int) -> tuple[Head, ...]:
        """Return what an item stands under, by the depth of those above it; any other paragraph ends a list."""
        depth, leads = min(item[1], MAX_DEPTH) if item else 0, self.lists.leads
        del leads[depth:]
        under = joined_leads(leads)
        if item:
            leads += [""] * (depth - len(leads)) + [lead_in(words.strip())]
        return ((at, under),) if under else ()

    def _laid_out(self, found: Words) -> Iterator[Block]:
        if found.text.strip() or found.notes:
            yield Block(found.text.strip("\n"), notes=found.notes)
        for box in found.boxes:
            yield from self.blocks(box)

    def _words(self, elements: Iterable[etree._Element]) -> Words:
        collected = _Collector(self)
        for element in elements:
            collected.add(element)
        return Words("".join(collected.words), tuple(collected.boxes), tuple(collected.notes))

    def _table(self, table: etree._Element) -> Iterator[Block]:
        rows, shapes = list[list[list[Block]]](), list[list[Shape]]()
        for row in _inside(table, "tr"):
            shaped = [(shape_of(cell), cell) for cell in _inside(row, "tc")]
            rows.append([[] if shape.merged else list(self.blocks(cell)) for shape, cell in shaped])
            shapes.append([shape for shape, _ in shaped])
        cells = [cell for row in rows for cell in row if cell]
        if _is_layout(cells):
            yield from (block for cell in cells for block in cell)
        else:
            lines = "\n".join(line for row in rows for line in _lines(row))
            notes = tuple(note for cell in cells for block in cell for note in block.notes)
            if lines or notes:
                nested = any(block.rows for cell in cells for block in cell)
                fields = [list(zip(*pair, strict=True)) for pair in zip(shapes, _fields(rows), strict=True)]
                heads = () if nested else tuple(table_heads(fields))
                yield Block(lines, rows=True, notes=notes, heads=heads)


class _Collector:
    """Gathers what the elements of a paragraph hold."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self.words, self.boxes, self.notes = list[str](), list[etree._Element](), list[Note]()

    def add(self, element: etree._Element) -> None:
        """Gather what an element holds."""
        name = local(element)
        if name in GLYPHS:
            self.words.append(GLYPHS[name])
        elif name in BOXES:
            self.boxes.append(element)
        elif name in NOTE_MARKS:
            self.notes.append((NOTE_MARKS[name], value(element, "id")))
        elif name in UNREAD or name == OBJECT:
            kind = f"an embedded object ({value(element, 'ProgID') or 'of no known kind'})"
            self._reading.unread(UNREAD.get(name, kind))
        elif not len(element):
            self._leaf(name, element)
        elif not self._is_silent(name, element):
            for inner in element:
                self.add(inner)

    def _is_silent(self, name: str, element: etree._Element) -> bool:
        return name in SILENT or _is_prompt(element) or (name == "r" and self._reading.styles.hides(element))

    def _leaf(self, name: str, element: etree._Element) -> None:
        if name == "t":
            self.words.append(_text(element))
        elif name == WORD_ART:
            self.words.append(value(element, "string"))
        elif name == SIGN:
            self._sign(element)
        elif name == DIAGRAM:
            self._diagram(value(element, "dm"))

    def _sign(self, element: etree._Element) -> None:
        try:
            code = int(value(element, "char"), 16)
            self.words.append(chr(code) if code not in PRIVATE else "")
        except ValueError:
            code = PRIVATE.start
        if code in PRIVATE:
            self._reading.unread(f"a sign of the font {value(element, 'font') or 'that is not named'}")

    def _diagram(self, identifier: str) -> None:
        if identifier in self._reading.diagrams:
            self.boxes.append(self._reading.diagrams[identifier])
        else:
            self._reading.unread("a diagram")


def _text(element: etree._Element) -> str:
    words = element.text or ""
    # Line breaks are the layout of the XML: Word shows them as blanks, and none at the ends.
    return " ".join(words.split()) if "\n" in words else words


def _is_prompt(element: etree._Element) -> bool:
    shown = child(element, "sdtPr", "showingPlcHdr") if local(element) == "sdt" else None
    return shown is not None and value(shown) not in ("0", "false", "off")


def _inside(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the rows of a table, or the cells of a row, whatever wraps them."""
    for element in parent:
        if local(element) == name:
            yield element
        elif local(element) in WRAPPERS:
            yield from _inside(element, name)


def _is_layout(cells: Sequence[Sequence[Block]]) -> bool:
    """Whether a table only places text: it has one cell, or one with an article in it."""
    return len(cells) == 1 or any(
        any(block.mark.startswith("#") for block in cell)
        or (len(cell) > 1 and any(len(block.words) >= MIN_PROSE for block in cell if not block.rows))
        for cell in cells
    )


def _lines(row: Sequence[Sequence[Block]]) -> Iterator[str]:
    """Yield a row, its cells parted by ``FIELD_END``; a nested table has its own lines."""
    fields = list[str]()
    for cell in row:
        words = list[str]()
        for block in cell:
            if block.rows:
                fields += [" ".join(words)] if words else []
                yield from [FIELD_END.join(fields)] if fields else []
                yield from [block.words] if block.words else []
                fields, words = [], []
            else:
                words += block.words.split()
        fields += [" ".join(words)] if words else []
    yield from [FIELD_END.join(fields)] if fields else []


def _fields(rows: Sequence[Sequence[Sequence[Block]]]) -> Iterator[list[str]]:
    for row in rows:
        yield [" ".join(word for block in cell for word in block.words.split()) for cell in row]

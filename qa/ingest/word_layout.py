"""A Word file as one text: its sections with what stands at the edges of their pages, notes where they belong."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from qa.ingest.word_looks import headings_by_look
from qa.ingest.word_package import Package, Relation
from qa.ingest.word_styles import Styles, lists
from qa.ingest.word_text import Block, Note, Reading
from qa.ingest.xml_tree import child, local, named, value
from qa.text import Slice
from qa.types import Head

PARAGRAPH_BREAK = "\n\n"
HEADER, FOOTER = "headerReference", "footerReference"
NOTES = ("footnote", "endnote")
SECTION = "sectPr"


@dataclass(slots=True)
class Layout:
    """``edges`` are the lines of ``text`` in headers and footers; ``unread`` counts what is not read, by its name.

    ``heads`` are those of cells and of items, at offsets in ``text``.
    """

    edges: list[Slice] = field(default_factory=list)
    heads: list[Head] = field(default_factory=list)
    unread: Counter[str] = field(default_factory=Counter)
    pictures: bool = False
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        """All that has been added."""
        return "".join(self._parts)

    def add(self, block: Block, *, edge: bool) -> None:
        """Let a block follow; one without words changes nothing."""
        if not block.words.strip():
            return
        self._append((PARAGRAPH_BREAK if self._parts else "") + block.mark)
        if edge:
            self.edges += _spans(block.words, self._length)
        self.heads += [(self._length + at, words) for at, words in block.heads]
        self._append(block.words)

    def _append(self, words: str) -> None:
        self._parts.append(words)
        self._length += len(words)


def lay_out(package: Package) -> Layout:
    """Read a file; raise ``SourceError`` if its text is missing or damaged."""
    layout = Layout()
    styles, counted = Styles(package.of_kind("styles")[1]), lists(package.of_kind("numbering")[1])

    def read(part: str, root: Iterable[etree._Element]) -> Iterator[Block]:
        related = {key: one for key, one in package.relations(part).items() if one.kind == "diagramData"}
        diagrams = {key: tree for key, one in related.items() if (tree := package.part(one.target)) is not None}
        return Reading(styles, looks, counted, diagrams, lambda what: layout.unread.update([what])).blocks(root)

    body = child(package.text(), "body")
    looks = headings_by_look(body, styles)
    layout.pictures = body is not None and next(named(body, "blip", "imagedata"), None) is not None
    notes = {kind: _numbered(package, kind) for kind in NOTES}
    _, settings = package.of_kind("settings")
    even = settings is not None and child(settings, "evenAndOddHeaders") is not None
    related, printed = package.relations(package.main), set[str]()

    def edges(section: etree._Element | None, where: str) -> Iterator[Block]:
        for name in _parts(section, where, related, even=even):
            root = package.part(name)
            blocks = list(read(name, root)) if root is not None else []
            yield from (block for block in blocks if block.words not in printed)
            printed.update(block.words for block in blocks)

    def note(reference: Note) -> Iterator[Block]:
        kind, identifier = reference
        part, found = notes[kind]
        root = found.get(identifier)
        return read(part, root) if root is not None else iter(())

    for elements, section in _sections(body if body is not None else ()):
        for block in edges(section, HEADER):
            layout.add(block, edge=True)
        pending = list[Note]()
        for block in read(package.main, elements):
            if not block.goes_on:  # the notes of a list follow its last item
                _flush(layout, pending, note)
            layout.add(block, edge=False)
            pending += block.notes
        _flush(layout, pending, note)
        for block in edges(section, FOOTER):
            layout.add(block, edge=True)
    return layout


def _flush(layout: Layout, pending: list[Note], note: Callable[[Note], Iterator[Block]]) -> None:
    for reference in pending:
        for block in note(reference):
            layout.add(block, edge=False)
    pending.clear()


def _spans(words: str, start: int) -> Iterator[Slice]:
    """Yield where the lines of ``words`` stand, without blanks around them."""
    for line in words.split("\n"):
        if bare := line.strip():
            begin = start + line.index(bare)
            yield begin, begin + len(bare)
        start += len(line) + 1


def _numbered(package: Package, kind: str) -> tuple[str, Mapping[str, etree._Element]]:
    """Return the part that holds the notes of a kind, and each note by its id."""
    name, root = package.of_kind(f"{kind}s")
    return name, {value(one, "id"): one for one in named(root, kind)} if root is not None else {}


def _sections(body: Iterable[etree._Element]) -> Iterator[tuple[Sequence[etree._Element], etree._Element | None]]:
    """Yield the blocks of each section, with its properties; those of the last may be missing."""
    elements = list[etree._Element]()
    for element in body:
        properties = element if local(element) == SECTION else child(element, "pPr", SECTION)
        elements.append(element)
        if properties is not None:
            yield elements, properties
            elements = []
    if elements:
        yield elements, None


def _parts(section: etree._Element | None, where: str, related: Mapping[str, Relation], *, even: bool) -> Iterator[str]:
    """Yield the names of the headers or footers that a section prints and that are its own, its first page's first."""
    used = ["first"] if child(section, "titlePg") is not None else []
    used += ["default", *(["even"] if even else [])]
    found = (
        {value(one, "type") or "default": value(one, "id") for one in section if local(one) == where}
        if section is not None
        else {}
    )
    yield from (related[found[kind]].target for kind in used if found.get(kind) in related)

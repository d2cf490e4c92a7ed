"""What a web page shows, every character of it tied to the source."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from itertools import accumulate

from qa.ingest.lines import Slice
from qa.ingest.punctuation import is_cjk
from qa.types import Alignment, Run

HIDDEN = frozenset(
    ("script", "style", "noscript", "template", "title", "textarea", "select", "button", "svg", "iframe")
)
AROUND = frozenset(("nav", "header", "footer", "aside", "form"))  # what usually stands around an article
BLOCKS = frozenset(
    (
        *(
            "address",
            "article",
            "aside",
            "blockquote",
            "body",
            "caption",
            "center",
            "dd",
            "div",
            "dl",
            "dt",
            "fieldset",
        ),
        *("figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li"),
        *("main", "nav", "ol", "option", "p", "pre", "section", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
CELLS = frozenset(("td", "th"))
HEADINGS = {f"h{level}": f"{'#' * level} " for level in range(1, 7)}
BLANK_LINE = "\n\n"
REFERENCE = re.compile(r"&(?:#[xX]?[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?")
INVISIBLE = "\xad\u200b\ufeff"


@dataclass(frozen=True, slots=True)
class Character:
    """A character that is shown, and the ``[start, end)`` of the source that shows it."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class Block:
    """Characters between two breaks. ``mark`` is the Markdown that its element stands for, ``around`` where it is."""

    characters: list[Character] = field(default_factory=list)
    separator: str = BLANK_LINE
    mark: str = ""
    around: bool = False

    @property
    def text(self) -> str:
        """What the block shows."""
        return "".join(character.text for character in self.characters)

    @property
    def bounds(self) -> Slice:
        """``[start, end)`` in the source."""
        return self.characters[0].start, self.characters[-1].end


@dataclass(frozen=True, slots=True)
class View:
    """The text that a page shows, with Markdown marks for its headings and lists, and where it stands in the source."""

    text: str
    alignment: Alignment


def parse(source: str) -> list[Block]:
    """Return the blocks of a page that show something, in the order of the source."""
    parser = _Parser(source)
    parser.feed(source)
    parser.close()
    return [block for block in map(_collapsed, parser.blocks) if block.characters]


def view(blocks: Iterable[Block]) -> View:
    """Join blocks to one text. Breaks and marks, which no character shows, stand for the markup between two blocks."""
    characters = list[Character]()
    for block in blocks:
        reached = characters[-1].end if characters else 0
        prefix = (block.separator if characters else "") + block.mark
        room = block.bounds[0] - reached
        prefix = prefix if len(prefix) <= room else prefix[:room]
        for offset, mark in enumerate(prefix, reached):
            last = offset == reached + len(prefix) - 1
            characters.append(Character(mark, offset, block.bounds[0] if last else offset + 1))
        characters += block.characters
    return View("".join(character.text for character in characters), _alignment(characters))


def _alignment(characters: Sequence[Character]) -> Alignment:
    runs = list[Run]()
    for clean, character in enumerate(characters):
        width = character.end - character.start
        last = runs[-1] if runs else None
        if width == 1 and last and not last.width and last.end == character.start:
            runs[-1] = Run(last.clean, last.original, last.length + 1)
        else:
            runs.append(Run(clean, character.start, 1, width if width > 1 else 0))
    return Alignment(tuple(runs))


def _collapsed(block: Block) -> Block:
    """Make a run of white space one blank, and none at the ends or where a line of Chinese source wraps."""
    kept, blanks = list[Character](), list[Character]()
    for character in block.characters:
        if character.text.isspace() and character.text != "\u3000":
            blanks.append(character)
        elif character.text not in INVISIBLE:
            kept += _blank(kept[-1], blanks, character) if kept else []
            blanks = []
            kept.append(character)
    return Block(kept, block.separator, block.mark, block.around)


def _blank(before: Character, blanks: Sequence[Character], after: Character) -> Iterator[Character]:
    wrapped = any(blank.text in "\r\n" for blank in blanks)
    if blanks and not (wrapped and is_cjk(before.text) and is_cjk(after.text)):
        chosen = next((blank for blank in blanks if blank.text == " "), blanks[0])
        yield Character(" " if chosen.text in "\r\n" else chosen.text, chosen.start, chosen.end)


class _Parser(HTMLParser):
    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=False)
        self.blocks = [Block()]
        self._source = source
        self._lines = [0, *accumulate(len(line) + 1 for line in source.split("\n"))]
        self._hidden = ""
        self._around = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        if self._hidden:
            return
        if tag in HIDDEN:
            self._hidden = tag
        elif tag == "br":
            self._break("\n")
        elif tag in BLOCKS:
            self._around += tag in AROUND
            self._break(BLANK_LINE, HEADINGS.get(tag, "- " if tag == "li" else ""))
        elif tag in CELLS:
            self._blank()

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in HIDDEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        elif not self._hidden and tag in BLOCKS:
            self._around -= tag in AROUND and self._around > 0
            self._break(BLANK_LINE)

    def handle_data(self, data: str) -> None:
        start = self._offset()
        if not self._hidden and self._source.startswith(data, start):
            self._show(Character(character, at, at + 1) for at, character in enumerate(data, start))

    def handle_entityref(self, name: str) -> None:  # noqa: ARG002
        self._refer()

    def handle_charref(self, name: str) -> None:  # noqa: ARG002
        self._refer()

    def _refer(self) -> None:
        start = self._offset()
        found = REFERENCE.match(self._source, start)
        if found is None or self._hidden:
            return
        character = unescape(found.group())
        if len(character) == 1:
            self._show([Character(character, start, found.end())])
        else:  # no reference after all: R&D
            self._show(Character(mark, at, at + 1) for at, mark in enumerate(found.group(), start))

    def _show(self, characters: Iterable[Character]) -> None:
        self.blocks[-1].characters += characters

    def _blank(self) -> None:
        start = self._offset()
        self._show([Character(" ", start, start + 1)])

    def _break(self, separator: str, mark: str = "") -> None:
        last = self.blocks[-1]
        if any(not character.text.isspace() for character in last.characters):
            self.blocks.append(Block([], separator, mark, self._around > 0))
        else:
            separator = max(separator, last.separator, key=len)
            self.blocks[-1] = Block([], separator, mark or last.mark, self._around > 0)

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column


def within(blocks: Iterable[Block], spans: Sequence[Slice]) -> Iterator[Block]:
    """Yield the blocks that begin in one of ``spans``, which ascend."""
    starts = [start for start, _ in spans]
    for block in blocks:
        index = bisect_right(starts, block.bounds[0]) - 1
        if index >= 0 and block.bounds[0] < spans[index][1]:
            yield block

"""What a web page shows, every character of it tied to the source."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from itertools import groupby, repeat

from qa.ingest.structure import Structure
from qa.ingest.unshown import OpenElements, State
from qa.text import Slice
from qa.text.punctuation import is_cjk
from qa.types import INVISIBLE, Alignment, Run, View

RAW = frozenset(("script", "style", "title", "textarea", "iframe"))  # what stands in these is no markup
REVISED = frozenset(("rt", "rp", "rtc", "del", "s", "strike"))  # readings over characters, and what is struck out
# What browsers show only if they cannot do better, and what they never show as text.
INSTEAD = frozenset(("noscript", "noframes", "noembed", "audio", "video", "canvas"))
HIDDEN = RAW | REVISED | INSTEAD | {"template", "select", "datalist", "button", "svg"}
TOLD = frozenset(("script", "style", "title"))  # what these hold tells of the page
READINGS = frozenset(("rt", "rp", "rtc"))
READING_END = re.compile(r"<(?:(?P<own>/r(?:t|p|tc)\b)|r(?:t|p|b|tc)\b|/ruby\b)", re.IGNORECASE)
MENUS = frozenset(("nav", "amp-sidebar"))
AROUND = frozenset((*MENUS, "header", "footer", "aside", "form"))  # what usually stands around an article
BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir"),
        *("amp-sidebar", "amp-carousel", "amp-accordion"),
        *("founder-pretitle", "founder-title", "founder-subtitle", "founder-author", "founder-content"),
        *("div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6"),
        *("header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p"),
        *("pre", "search", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"),
    )
)
CELLS = frozenset(("td", "th"))
HEADINGS = {f"h{level}": f"{'#' * level} " for level in range(1, 7)} | {"founder-title": "# "}
BLANK_LINE = "\n\n"
EMPTY_COMMENTS = ("<!-->", "<!--->")
BOGUS = re.compile(r"<(?:[!?]|/[^A-Za-z\s])")
CDATA, CDATA_END = "<![CDATA[", "]]>"
COMMENT_ENDS = re.compile("--!?>")
NAME = re.compile(r"<(?P<closes>/?)(?P<name>[A-Za-z][^\s/<>]*+)")
TAG = re.compile(r"""(?:[^<>"']++|"[^"]*+"|'[^']*+')*+>""")
MAX_TAG = 4096  # characters in which quotes are heeded; a longer tag, with a picture in it, ends at the next >
REFERENCE = re.compile(r"&(?:#[xX]?[0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);?")


@dataclass(frozen=True, slots=True)
class Character:
    """A character that is shown, and the ``[start, end)`` of the source that shows it, or that it is ``added`` for."""

    text: str
    start: int
    end: int
    added: bool = False


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
class Parsed:
    """The blocks of a page that show something, in the order of the source, and its tables and lists.

    ``hidden`` are the elements that it does not show by attribute or style, ``unread`` these and others whose words are
    no article's, in the order of the source.
    """

    blocks: tuple[Block, ...]
    structure: Structure
    hidden: tuple[Slice, ...] = ()
    unread: tuple[Slice, ...] = ()


def parse(source: str, *, xml: bool = False, revealed: Collection[int] = ()) -> Parsed:
    """Read a page, or a piece of one: as a browser reads HTML, or XHTML that is sent as XML.

    ``revealed`` are offsets of elements that are shown although they say that they are hidden.
    """
    parser = _Parser(source, xml=xml, revealed=revealed)
    blocks = tuple(block for block in map(_collapsed, parser.run()) if block.characters)
    hidden = tuple(parser.open.spans)
    return Parsed(blocks, parser.structure, hidden, tuple(sorted((*parser.unread, *hidden))))


def without_unread(source: str, unread: Iterable[Slice]) -> str:
    """Return the source without ``Parsed.unread``, for another parser; scripts stay.

    >>> page = "<ruby>厍<rt>shè</rt></ruby>鹤年用了<s>三十</s>四十天<video>没有声音</video><b hidden>年</b>。"
    >>> without_unread(page, parse(page).unread)
    '<ruby>厍</ruby>鹤年用了四十天。'
    """
    kept, reached = list[str](), 0
    for start, end in unread:
        kept.append(source[reached:start])  # nothing, if it stands in another
        reached = max(reached, end)
    return "".join((*kept, source[reached:]))


def view(blocks: Iterable[Block], chosen: Iterable[bool] | None = None) -> View:
    """Join the chosen blocks, or all, to one text, with Markdown marks for headings and lists.

    Breaks and marks, which no character shows, stand for the markup between two blocks.
    """
    characters, cuts, skipped = list[Character](), list[int](), False
    for block, wanted in zip(blocks, repeat(True) if chosen is None else chosen, strict=False):
        if not wanted:
            skipped = True
            continue
        reached = characters[-1].end if characters else 0
        prefix = (block.separator if characters else "") + block.mark
        prefix = prefix[: block.bounds[0] - reached]
        for offset, mark in enumerate(prefix, reached):
            last = offset == reached + len(prefix) - 1
            characters.append(Character(mark, offset, block.bounds[0] if last else offset + 1, added=True))
        cuts += [len(characters)] if skipped else []
        skipped = False
        characters += block.characters
    text = "".join(character.text for character in characters)
    return View(text, _alignment(characters), tuple(_added(characters)), tuple(cuts))


def _added(characters: Sequence[Character]) -> Iterator[Slice]:
    end = 0
    for added, group in groupby(characters, key=lambda character: character.added):
        start, end = end, end + sum(1 for _ in group)
        if added:
            yield start, end


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
        yield Character(" " if chosen.text in "\r\n" else chosen.text, chosen.start, chosen.end, chosen.added)


class _Parser:
    """Reads a page once, in time that grows with its length however hostile it is: the library's parser does not."""

    def __init__(self, source: str, *, xml: bool = False, revealed: Collection[int] = ()) -> None:
        self.blocks = [Block()]
        self.unread = list[Slice]()
        self.structure = Structure(source)
        self.open = OpenElements(source, BLOCKS, revealed, xml=xml)
        self._source, self._xml = source, xml
        self._around = self._menu_end = self._set = 0
        self._absent = set[str]()  # ends of elements that do not come any more

    def run(self) -> list[Block]:
        at, source = 0, self._source
        while (opened := source.find("<", at)) >= 0:
            self._text(at, opened)
            at = self._skip_comment(opened) or self._tag(opened) or opened + 1
            if at == opened + 1:
                self._text(opened, at)
        self._text(at, len(source))
        self.open.finish()
        return self.blocks

    def _skip_comment(self, start: int) -> int:
        """Return the offset after a comment, or what browsers take for one, at ``start``; 0 if there is none."""
        for empty in EMPTY_COMMENTS:
            if self._source.startswith(empty, start):
                return start + len(empty)
        if self._source.startswith("<!--", start):
            end = COMMENT_ENDS.search(self._source, start + 4)
            return end.end() if end else len(self._source)
        if self._xml and self._source.startswith(CDATA, start):
            closing = self._find(CDATA_END, start)
            last = closing if closing >= 0 else len(self._source)
            self._shown(_plain(self._source, start + len(CDATA), last))
            return last + len(CDATA_END)
        if BOGUS.match(self._source, start):
            return self._find(">", start) + 1
        return 0

    def _tag(self, start: int) -> int:
        """Handle the tag at ``start`` and return the offset after what it hides; 0 if there is none."""
        name = NAME.match(self._source, start)
        if name is None:
            return 0
        whole = TAG.match(self._source, name.end(), name.end() + MAX_TAG)
        end = whole.end() if whole else self._find(">", name.end()) + 1
        tag, closes = name["name"].lower(), bool(name["closes"])
        if not end or tag not in HIDDEN:
            if end:
                self._heed(tag, start, end, closes=closes)
            return end
        if tag in REVISED:
            return self._revised(tag, start, end, closes=closes)
        closing = -1 if closes or self._source.endswith("/>", start, end) else self._find(f"</{tag}", end)
        if closing < 0:
            return len(self._source) if tag in RAW and not closes else end
        after = self._find(">", closing) + 1 or len(self._source)
        if tag not in TOLD:
            self.unread.append((start, after))
        return after

    def _heed(self, tag: str, start: int, end: int, *, closes: bool) -> None:
        """Handle a tag of an element that may show what stands in it."""
        there = self.open.state is not State.GONE
        if closes:
            self.open.end(tag, end)
        elif not (self._xml and self._source.endswith("/>", start, end)):
            self.open.begin(tag, start, end)
            there = self.open.state is not State.GONE
        if there:
            if tag in MENUS and not closes:
                self._menu(tag, start, end)
            self.structure.tag(tag, start, end, closes=closes)
            self._element(tag, start, closes=closes)

    def _menu(self, tag: str, start: int, end: int) -> None:
        """Note where a menu ends, unless it stands in one, or its end is missing."""
        if start >= self._menu_end and (closing := self._find(f"</{tag}", end)) >= 0:
            self._menu_end = self._find(">", closing) + 1 or len(self._source)
            self.unread.append((start, self._menu_end))

    def _revised(self, tag: str, start: int, end: int, *, closes: bool) -> int:
        """Return the offset after an element that is not read; one whose end is missing is read."""
        if closes:
            return end
        if tag in READINGS:  # whose end may be left out
            following = READING_END.search(self._source, end)
            if following is None:
                return end
            after = self._find(">", following.end()) + 1 if following["own"] else following.start()
        else:
            closing = self._find(f"</{tag}", end)
            if closing < 0:
                return end
            after = self._find(">", closing) + 1
        after = after or len(self._source)
        self.unread.append((start, after))
        return after

    def _find(self, mark: str, start: int) -> int:
        if mark in self._absent:
            return -1
        if mark.startswith("</"):
            found = re.compile(rf"{re.escape(mark)}(?![\w-])", re.IGNORECASE).search(self._source, start)
            at = found.start() if found else -1
        else:
            at = self._source.find(mark, start)
        if at < 0:
            self._absent.add(mark)
        return at

    def _element(self, tag: str, start: int, *, closes: bool) -> None:
        if tag == "br" and self.blocks[-1].mark.startswith("#"):  # print sets a long title over several lines
            self._show([Character("\n", start, start + 1, added=True)])
        elif tag == "br":
            self._break("\n")
        elif tag in BLOCKS:
            if tag in AROUND:
                self._around = max(0, self._around + (-1 if closes else 1))
            if tag == "pre":
                self._set = max(0, self._set + (-1 if closes else 1))
            mark = "" if closes else HEADINGS.get(tag, "- " if tag == "li" else "")
            self._break(BLANK_LINE, mark)
        elif tag in CELLS and not closes:
            self._show([Character(" ", start, start + 1, added=True)])

    def _text(self, start: int, end: int) -> None:
        for reference in REFERENCE.finditer(self._source, start, end):
            self._shown(_plain(self._source, start, reference.start()))
            character, length = _character(reference.group())
            start = reference.start() + length
            if length and character:
                self._shown([Character(character, reference.start(), start)])
        self._shown(_plain(self._source, start, end))

    def _shown(self, characters: Iterable[Character]) -> None:
        """Show characters of the source, unless what they stand in is hidden."""
        if self.open.state is State.SHOWN and self._set:
            self._show_lines(characters)
        elif self.open.state is State.SHOWN:
            self._show(characters)

    def _show_lines(self, characters: Iterable[Character]) -> None:
        """Show characters of ``pre``, whose lines are those of the source; blank ones part paragraphs."""
        for character in characters:
            if character.text == "\n":
                blank = all(one.text.isspace() for one in self.blocks[-1].characters)
                self._break(BLANK_LINE if blank else "\n")
            else:
                self._show([character])

    def _show(self, characters: Iterable[Character]) -> None:
        self.blocks[-1].characters += characters

    def _break(self, separator: str, mark: str = "") -> None:
        last = self.blocks[-1]
        if any(not character.text.isspace() for character in last.characters):
            self.blocks.append(Block([], separator, mark, self._around > 0))
        else:
            separator = max(separator, last.separator, key=len)
            self.blocks[-1] = Block([], separator, mark or last.mark, self._around > 0)


def _character(reference: str) -> tuple[str, int]:
    r"""Return the character that a reference is for, and how long it is; 0 for what is none after all.

    It may lack its semicolon, with letters and figures after it. One that no text may hold shows nothing.

    >>> _character("&amp;"), _character("&copy2021"), _character("&nbspJohn"), _character("&D"), _character("&#31;")
    (('&', 5), ('©', 5), ('\xa0', 5), ('', 0), ('', 5))
    """
    shown = unescape(reference)
    if len(shown) <= 1:
        return shown, len(reference)
    length = len(reference) - len(shown) + 1
    return (shown[0], length) if length > 1 and unescape(reference[:length]) == shown[0] else ("", 0)


def _plain(source: str, start: int, end: int) -> Iterator[Character]:
    return (Character(source[at], at, at + 1) for at in range(start, end))

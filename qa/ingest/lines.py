"""The lines of a text, their Markdown marks told apart from their words; ``qa.ingest.roles`` says what they are."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from heapq import merge
from itertools import pairwise

from qa.text import Slice
from qa.text.punctuation import CLAUSE_MARKS, HYPHENS, bare_end, is_mark
from qa.text.script import HAN
from qa.text.spacing import LETTER_BLANK, is_letter_spaced, padding
from qa.types import INVISIBLE

MAX_HEADING = 120  # characters; a longer "heading" is a paragraph that OCR took for one
SOFT_HYPHEN = "\xad"
# White space, and what shows nothing; but a soft hyphen at the end of a line says that a word goes on.
BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001)))) + INVISIBLE.replace(SOFT_HYPHEN, "")
# What shows nothing, and all but the first of a run of blanks, whatever shows nothing between them.
# Vertical tabs, form feeds and separators are blanks to Python and controls to a reader; before a Latin word one stays.
UNSEEN = re.compile(
    rf"(?<=[^\S\r\n])(?:[{INVISIBLE}]|[^\S\r\n])+|[{INVISIBLE}]+|[\v\f\x1c-\x1f]+(?![{INVISIBLE}]*[A-Za-z])"
    rf"|(?<={HAN})[\u200c\u200d]+|[\u200c\u200d]+(?={HAN})"  # joiners, which only other scripts need
)
# Where blanks stand between all characters, those between them as well.
LETTER_SPACED = re.compile(rf"{LETTER_BLANK.pattern}|{UNSEEN.pattern}")

NEWLINE = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
HEADING = re.compile(r"(#{1,6})(?=[ \t\u3000])")
CLOSING_HASHES = re.compile(r"[ \t]#{1,6}$")
BULLET = re.compile(r"[-*+](?=[ \t\u3000])")
HARD_BREAKS = ("  ", "\\")
# What sets a hyphen at its end goes on in the next line: meet- / ing; not two- / and, 7- / 2, Anglo- / American.
HYPHENATED = re.compile(rf"(?<![\w.@/’'-])[A-Za-z]{{2,}}[{HYPHENS}]\Z")
REST = re.compile(r"(?!(?:and|or|to)\b)[a-z]+")
INDENT = re.compile(r"\u3000{2}| {4}|\t")
WIDE = re.compile("[\t\u3000]")
BOLD = re.compile(r"(?<!\*)\*\*(?!\*)")


class Role(Enum):
    """What a line is on its page; ``qa.ingest.roles`` decides it, once."""

    MASTHEAD = auto()  # name of the paper, banner, kicker: stands above a title and belongs to no article
    HEADING = auto()  # the title of an article
    DECK = auto()  # stands between the title and the body
    SUBHEADING = auto()  # a heading inside an article
    CREDIT = auto()  # 本报记者 张三
    DATE_LINE = auto()  # a date and nothing else
    JUMP = auto()  # (上接01版)
    NOTE = auto()  # all of it stands in brackets
    CAPTION = auto()  # … 张三 摄
    DATELINE = auto()  # 本报讯, 新华社北京10月13日电: opens a news item
    TABLE_ROW = auto()
    LIST_ITEM = auto()
    TEXT = auto()


HEADINGS = frozenset((Role.HEADING, Role.DECK, Role.SUBHEADING))


@dataclass(frozen=True, slots=True)
class Line:
    """A line's words: ``text`` is the original at ``slices``, without marks and without blanks around it.

    ``level`` is a heading's (0: not one). ``gap`` tells that a blank line or a rule stands before it, ``broken`` that a
    Markdown hard break ends it, ``indented`` that it opens like a paragraph of print, ``hyphenated`` that a hyphen ends
    it in the middle of a word: a soft one, which is in no text, or one of print, which ``text`` keeps. ``parts`` are
    the bounds in ``text`` of what tabs and wide blanks part.

    The rest is unknown until ``qa.ingest.roles`` has seen the page. ``opens`` tells that an article begins here,
    ``item`` that the line carries the mark or number of a list item, whatever its role; ``jump`` is the jump line that
    its words are or begin with, or empty.
    """

    slices: tuple[Slice, ...]
    text: str
    level: int = 0
    bullet: bool = False
    gap: bool = False
    broken: bool = False
    indented: bool = False
    hyphenated: bool = False
    parts: tuple[Slice, ...] = ()
    role: Role = Role.TEXT
    opens: bool = False
    item: bool = False
    jump: str = ""

    @property
    def fields(self) -> list[str]:
        """What tabs and wide blanks part."""
        return [self.text[start:end] for start, end in self.parts]

    def original(self, at: int) -> int:
        """Return the original offset of the character ``at`` of ``text``."""
        for start, end in self.slices:
            if at < end - start:
                return start + at
            at -= end - start
        raise IndexError(f"no character {at} after the line's end")

    def part(self, start: int, end: int) -> "Line":
        """Return the line with only the characters ``[start, end)`` of its text.

        >>> [line] = split_lines("- 副 市长 **张三**")
        >>> line.part(3, 6).text, line.part(3, 6).slices
        ('长 张', ((5, 7), (9, 10)))
        """
        slices, at = list[Slice](), 0
        for first, last in self.slices:
            begin, stop = max(first, first + start - at), min(last, first + end - at)
            slices += [(begin, stop)] if begin < stop else []
            at += last - first
        parts = tuple((max(a, start) - start, min(b, end) - start) for a, b in self.parts if a < end and start < b)
        return replace(self, slices=tuple(slices), text=self.text[start:end], parts=parts)

    @property
    def ending(self) -> str:
        """The last character that is no closing quote or bracket."""
        return bare_end(self.text)

    @property
    def start(self) -> int:
        """Original offset of the first character."""
        return self.slices[0][0]

    @property
    def end(self) -> int:
        """Original offset after the last character."""
        return self.slices[-1][1]


def split_lines(text: str, furniture: Sequence[Slice] = ()) -> Iterator[Line]:
    r"""Yield the lines of ``text`` that hold words; ``furniture`` parts them, and is in none.

    >>> [(line.text, line.level) for line in split_lines("## 会议**召开**\n\n---\n\n- 决定任命:**  \n")]
    [('会议召开', 2), ('决定任命:', 0)]
    """
    above: Line | None = None
    for line in _lines(text, furniture):
        if above is not None:
            yield _goes_on(above, line)
        above = line
    if above is not None:
        yield above


def _lines(text: str, furniture: Sequence[Slice]) -> Iterator[Line]:
    bounds, gap = list(_bounds(text, furniture)), False
    for (begin, end), among in zip(bounds, _among_spaced([text[a:b] for a, b in bounds]), strict=True):
        line = _line(text, begin, end, gap=gap, among=among)
        gap = line is None
        if line is not None:
            yield line


def _goes_on(line: Line, below: Line) -> Line:
    """Return a line that is hyphenated where the one below it has the rest of its last word.

    That the word has a hyphen of its own (well- / known) is rare: three in a hundred, and only print could tell it.
    """
    parted = HYPHENATED.search(line.text) and REST.match(below.text) and not (below.bullet or below.level)
    return replace(line, hyphenated=True) if parted else line


def _bounds(text: str, furniture: Sequence[Slice]) -> Iterator[Slice]:
    start = 0
    for begin, end in merge(furniture, (newline.span() for newline in NEWLINE.finditer(text))):
        if start <= begin:  # not a newline inside furniture
            yield start, begin
            start = end
    yield start, len(text)


def _among_spaced(lines: Sequence[str]) -> list[bool]:
    """Tell of each line whether blanks stand between all characters of those next to it that are not empty."""
    beside = [[True] * len(lines), [True] * len(lines)]
    for found, order in zip(beside, (range(len(lines)), range(len(lines) - 1, -1, -1)), strict=True):
        spaced = False
        for index in order:
            found[index] = spaced
            if lines[index].strip(BLANKS):
                spaced = is_letter_spaced(lines[index]) or (spaced and is_letter_spaced(lines[index], among=True))
    return [above and below for above, below in zip(*beside, strict=True)]


def _line(text: str, begin: int, end: int, *, gap: bool, among: bool) -> Line | None:
    raw = text[begin:end]
    start, stop = _trim(text, begin, end)
    heading, bullet = HEADING.match(text, start, stop), BULLET.match(text, start, stop)
    if _is_rule(text[start:stop]):
        return None
    level = len(heading.group()) if heading else 0
    if heading:
        stop = start + len(CLOSING_HASHES.sub("", text[start:stop]))
    if mark := heading or bullet:
        start, stop = _trim(text, mark.end(), stop)
    spaced = is_letter_spaced(text[start:stop]) or (among and is_letter_spaced(text[start:stop], among=True))
    seen = (piece for words in _without_bold(text, start, stop) for piece in _seen(text, *words, spaced=spaced))
    padded = () if spaced else [(start + first, start + last) for first, last in padding(text[start:stop])]
    slices = tuple(_less(list(seen), padded))
    words = "".join(text[a:b] for a, b in slices)
    if not words:
        return None
    return Line(
        slices,
        words,
        level=level if len(words) <= MAX_HEADING else 0,
        bullet=bool(bullet),
        gap=gap,
        broken=raw.endswith(HARD_BREAKS) and not level,
        indented=bool(INDENT.match(raw)) and mark is None,
        hyphenated=text[start:stop].endswith(SOFT_HYPHEN),
        parts=tuple(_parts(text, slices, words)),
    )


def _parts(text: str, slices: Sequence[Slice], words: str) -> Iterator[Slice]:
    """Yield the bounds of what a tab, an ideographic blank or several blanks part, in the words of a line."""
    wide, length = {blank.start() for blank in WIDE.finditer(words)}, 0
    for (start, end), (after, _) in pairwise(slices):
        length += end - start
        if end < after and words[length - 1].isspace() and text[end].isspace():
            wide.add(length - 1)
    edges = [0, *(edge for at in sorted(wide) for edge in (at, at + 1)), len(words)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if words[start:end].strip():
            yield _trim(words, start, end)


def _less(pieces: Sequence[Slice], gaps: Sequence[Slice]) -> Iterator[Slice]:
    """Yield the pieces without what is in the gaps."""
    for start, end in pieces:
        for first, last in gaps:
            if start < last and first < end:
                if start < first:
                    yield start, first
                start = last
        if start < end:
            yield start, end


def _seen(text: str, start: int, end: int, *, spaced: bool) -> Iterator[Slice]:
    for unseen in (LETTER_SPACED if spaced else UNSEEN).finditer(text, start, end):
        if start < unseen.start():
            yield start, unseen.start()
        start = unseen.end()
    if start < end:
        yield start, end


def _trim(text: str, start: int, end: int) -> Slice:
    """Move both offsets inward past blanks."""
    piece = text[start:end].lstrip(BLANKS)
    start = end - len(piece)
    return start, start + len(piece.rstrip(BLANKS))


def _is_rule(line: str) -> bool:
    """Whether Markdown draws a line here: three or more of one mark."""
    marks = line.replace(" ", "")
    return len(marks) > 2 and marks[0] in "-*_" and marks == marks[0] * len(marks)


def _without_bold(text: str, start: int, end: int) -> Iterator[Slice]:
    """Yield what is left of ``[start, end)`` without its ``**``, blanks at its ends trimmed again."""
    marks = _bold_marks(text, start, end)
    edges = [start, *(offset for mark in marks for offset in (mark, mark + 2)), end]
    pieces = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
    if marks and pieces:
        pieces[0] = (_trim(text, *pieces[0])[0], pieces[0][1])
        pieces[-1] = (pieces[-1][0], _trim(text, *pieces[-1])[1])
    return (piece for piece in pieces if piece[0] < piece[1])


def _bold_marks(text: str, start: int, end: int) -> list[int]:
    """Return the offsets of pairs of ``**``, and of single ones that OCR left at the edge of a line.

    Other asterisks are words: newspapers print them for what they withhold (张**, 138****5678).
    """
    marks, opener = list[int](), -1
    for match in BOLD.finditer(text, start, end):
        mark, after = match.span()
        if opener >= 0 and not text[mark - 1].isspace():
            marks += [opener, mark]
            opener = -1
        elif after == end:
            marks += [mark] if mark == start or is_mark(text[mark - 1]) else []
        elif not text[after].isspace() and text[after] not in CLAUSE_MARKS:  # no bold print begins with a comma
            marks += [opener] if opener == start else []
            opener = mark
    return sorted([*marks, start] if opener == start else marks)

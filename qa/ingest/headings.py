"""Where articles begin on a page: at runs of headings, and at jump lines."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from qa.ingest.bylines import is_byline
from qa.ingest.decks import is_dash_deck, is_protocol, names_event, placed_around, title_index
from qa.ingest.lines import Line, Role
from qa.text.punctuation import CLAUSE_MARKS, COLON

MAX_KICKER = 40
NO_KICKER_END = CLAUSE_MARKS | {"", *COLON}
MAX_PLAIN_KICKERS = 3  # plain lines in a row among headings
MAX_MASTHEAD = 12  # the same at the top of a page: name of the paper, date, issue, publisher
DEEPEST = 6
OPENING_LENGTH = 600  # characters of a body that are compared with its headings
RUNNING = re.compile(r"[\u3400-\u9fff]{30}")  # text without any mark, as old print has it
SIGNED = re.compile(r"。[\s\u3000]*[（(][^（()）]{1,30}[)）]$")  # a paragraph with who wrote it, however short
SENTENCE = re.compile(r"[A-Z].*\s.*\s.*\s[a-z]{3,}[.!?][\"'”’]?$")
SUBHEAD = re.compile(r"[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[)）]")


def place_headings(lines: Sequence[Line]) -> list[Line]:
    """Mark the lines that open articles, and give those of a run of headings their place in it.

    Above the title they are ``MASTHEAD``, below it ``DECK``; a heading in no such run is a ``SUBHEADING``. The role of
    any other line stays. ``lines`` have the roles of their own words: ``HEADING``, or ``SUBHEADING`` if numbered.
    """
    page = _Page(lines)
    placed = [replace(line, role=Role.SUBHEADING) if line.level else line for line in lines]
    for start, end in page.runs():
        if start < end:
            run, body = lines[start:end], _opening(lines, end)
            roles = placed_around(run, title_index(run, body), body)
            placed[start:end] = (replace(line, role=role) for line, role in zip(run, roles, strict=True))
        placed[start] = replace(placed[start], opens=True)
    return placed


def is_label(line: Line) -> bool:
    """Whether a line could stand among headings without their marks: short, and neither a sentence nor a credit."""
    short = len(line.text) <= MAX_KICKER and not RUNNING.search(line.text)
    short = short and not line.bullet and line.ending not in NO_KICKER_END and not SIGNED.search(line.text)
    short = short and not SENTENCE.match(line.text)
    return (short or line.jump == line.text) and line.role is not Role.CREDIT


def is_numbered(text: str) -> bool:
    """Whether a heading is numbered as the parts of one article are (一、)."""
    return bool(SUBHEAD.match(text))


class _Page:
    """The lines of a page; ``labels`` counts the lines that may be kickers between each and the heading below it."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._labels = _labels_above(lines)
        self._level = self._article_level()

    def runs(self) -> list[tuple[int, int]]:
        """Return first line and end of each run of headings; it is empty where only a jump line opens an article."""
        found, index = list[tuple[int, int]](), 0
        while index < len(self._lines):
            if self._opens(index):
                found.append((index, self._run_end(index)))
                index = self._credits_end(found[-1][1])  # the line below a run is body, whatever it looks like
            index += 1
        return found

    def _credits_end(self, start: int) -> int:
        """Return the index of the jump line that only credits part from ``start``; else ``start``."""
        index = start
        while index < len(self._lines) and self._lines[index].role in (Role.CREDIT, Role.DATE_LINE):
            index += 1
        jumps = start < index < len(self._lines) and self._lines[index].jump and not self._lines[index].level
        return index if jumps else start

    def _opens(self, index: int) -> bool:
        line = self._lines[index]
        if index == 0 and self._leads_to_heading(0, MAX_MASTHEAD):
            return True
        if line.role is Role.SUBHEADING and index:
            return False
        return 0 < line.level <= self._level or bool(line.jump)

    def _article_level(self) -> int:
        """Return the deepest level of heading that opens articles; deeper ones divide an article into parts.

        It is the level of the first heading with a body, unless a credit above, or a byline or a dateline below, shows
        that a deeper one opens articles as well: then that of the first is the name of the paper.
        """
        first, levels = 0, list[int]()
        for index, (above, line) in enumerate(pairwise(self._lines)):
            signs = line.role is Role.CREDIT and not line.level and is_byline(line.text)
            if above.level and (line.role is Role.DATELINE or signs):
                levels.append(above.level)
            if line.level and above.role in (Role.CREDIT, Role.DATE_LINE):
                levels.append(line.level)
            if not first and above.level and not line.level and not self._leads_to_heading(index + 1, MAX_MASTHEAD):
                first = above.level
        return max([first, *levels]) or DEEPEST

    def _leads_to_heading(self, index: int, allowed: int) -> bool:
        """Whether up to ``allowed`` lines that may be kickers stand between ``index`` and a heading."""
        return self._labels[index] <= allowed

    def _run_end(self, start: int) -> int:
        """Return the index after the run of headings that begins at ``start``: kickers, title, decks."""
        index, allowed = start, MAX_PLAIN_KICKERS if start else MAX_MASTHEAD
        while index < len(self._lines) and (self._heads(start, index) or self._leads_to_heading(index, allowed)):
            index += 1
        while start < index < len(self._lines) and self._is_plain_deck(index):
            index += 1
        return index

    def _heads(self, start: int, index: int) -> bool:
        return self._lines[index].level > 0 and (index == start or self._lines[index].role is Role.HEADING)

    def _is_plain_deck(self, index: int) -> bool:
        line = self._lines[index]
        if index + 1 >= len(self._lines) or line.jump == line.text:
            return False
        body = _opening(self._lines, index + 1)
        above = self._lines[index - 1].text
        return is_dash_deck(line.text) or (is_protocol(line.text, body) and names_event(above, line.text, body))


def _labels_above(lines: Sequence[Line]) -> list[int]:
    """Return for each line how many labels, itself included, lead down to a heading; more than any limit if none is."""
    counts, below = list[int](), len(lines) + MAX_MASTHEAD + 1
    none = below
    for line in reversed(lines):
        if line.role is Role.HEADING:
            below = 0
        elif not line.level and line.role is not Role.TABLE_ROW and (is_label(line) or line.role is Role.MASTHEAD):
            below += 1
        else:
            below = none
        counts.append(below)
    return counts[::-1]


def _opening(lines: Sequence[Line], start: int) -> str:
    words, length = list[str](), 0
    for line in lines[start : start + OPENING_LENGTH]:
        if length >= OPENING_LENGTH or line.level:
            break
        words.append(line.text[:OPENING_LENGTH])
        length += len(words[-1])
    return "".join(words)

"""What each line of a page is, decided once: first by its own words, then by what stands around it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from qa.ingest import columns, tables
from qa.ingest.bylines import is_byline, is_credit, is_dateline
from qa.ingest.dates import is_date_line, is_note
from qa.ingest.headings import is_numbered, place_headings
from qa.ingest.headlines import has_form
from qa.ingest.jumps import is_onward_jump, jump_mark
from qa.ingest.lines import Line, Role
from qa.ingest.unmarked import place_unmarked, with_masthead
from qa.text.punctuation import COMMA, SENTENCE_END

ORDINAL = re.compile(
    r"\d{1,3}(?:[.．、](?!\d)|[)）])|[（(][一二三四五六七八九十\d]{1,3}[)）]|[①-⑳●■◆▲★•]"
    r"|[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十])|第[一二三四五六七八九十百\d]{1,4}[章节条款][\s]"
)
MIN_ROW_COMMAS = 2
MAX_FIELD = 6
MIN_BRIEFS = 2
SENTENCE_MARKS = frozenset(SENTENCE_END)
PHOTOGRAPHED = ("摄", "攝")


def with_roles(lines: Sequence[Line], *, whole: bool = False) -> list[Line]:
    r"""Return the lines of a page with their roles; ``whole`` tells that they are one article, with a title elsewhere.

    >>> from qa.ingest.lines import split_lines
    >>> [line.role.name for line in with_roles(list(split_lines("## 会议召开\n(上接01版)\n- 决定任命:\n记者 张三")))]
    ['HEADING', 'JUMP', 'LIST_ITEM', 'CREDIT']
    """
    rows = [any(found) for found in zip(_rows(lines), _fields(lines), columns.rows(lines), strict=True)]
    for index in range(1, len(lines)):
        rows[index] = rows[index] or (rows[index - 1] and columns.goes_on(lines[index - 1], lines[index]))
    known = [_by_its_words(line, row=row) for line, row in zip(lines, rows, strict=True)]
    for index, below in enumerate(known[1:]):  # what has a byline or a dateline of its own is no part of an article
        if known[index].role is Role.SUBHEADING and (below.role is Role.DATELINE or _signs(below)):
            known[index] = replace(known[index], role=Role.HEADING)
    if whole and not _are_briefs(known):
        return place_headings(known)
    if any(line.role is Role.HEADING for line in known):
        known = place_headings(with_masthead(known))
    return place_unmarked(known)


def _are_briefs(lines: Sequence[Line]) -> bool:
    """Whether several items have each a dateline and, right above it, a headline without a mark."""
    headed = (below.role is Role.DATELINE and not above.level and has_form(above) for above, below in pairwise(lines))
    return sum(headed) >= MIN_BRIEFS


def _signs(line: Line) -> bool:
    return line.role is Role.CREDIT and is_byline(line.text)


def _by_its_words(line: Line, *, row: bool) -> Line:
    jump = jump_mark(line.text) or ""
    item = line.bullet or bool(ORDINAL.match(line.text))
    return replace(line, role=_role(line, jump, item=item, row=row), item=item, jump=jump)


def _role(line: Line, jump: str, *, item: bool, row: bool) -> Role:
    """Return the first role that fits: what names a line for certain comes before what it only looks like."""
    text = line.text
    fitting = (
        (Role.SUBHEADING, line.level > 0 and is_numbered(text)),
        (Role.HEADING, line.level > 0),
        (Role.CREDIT, is_credit(text)),
        (Role.DATE_LINE, is_date_line(text)),
        (Role.JUMP, jump == text),
        (Role.NOTE, is_note(text) or is_onward_jump(text)),
        (Role.CAPTION, text.endswith(PHOTOGRAPHED)),
        (Role.DATELINE, is_dateline(text)),
        (Role.TABLE_ROW, row or text[0] in tables.BARS),
        (Role.LIST_ITEM, item),
    )
    return next((role for role, fits in fitting if fits), Role.TEXT)


def _fields(lines: Sequence[Line]) -> list[bool]:
    return tables.rows(["" if line.level or line.bullet else line.text for line in lines])


def _rows(lines: Sequence[Line]) -> list[bool]:
    """Tell for each line whether it is a row of fields in a table; one alone may be a clause that a column cut off."""
    alike = [not line.level and _is_row(line.text) for line in lines]
    pairs = [one and other and not line.gap for one, other, line in zip(alike, alike[1:], lines[1:], strict=False)]
    return [above or below for above, below in zip([False, *pairs], [*pairs, False], strict=True)][: len(lines)]


def _is_row(text: str) -> bool:
    """Whether a line is made of fields of a few characters (张三,男,45岁,局长), and holds no end of a sentence."""
    commas = sum(text.count(mark) for mark in COMMA)
    short = commas >= MIN_ROW_COMMAS and len(text) <= MAX_FIELD * (commas + 1)
    return short and SENTENCE_MARKS.isdisjoint(text) and text[-1] not in COMMA

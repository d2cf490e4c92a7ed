"""Lines into paragraphs: a sentence that a column, page or line break cut in two is made whole again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from qa.ingest.bylines import is_credit, is_dateline
from qa.ingest.dates import is_date_line, is_note
from qa.ingest.jumps import is_jump
from qa.ingest.lines import Line
from qa.text.punctuation import (
    CLAUSE_MARKS,
    COLON,
    COMMA,
    ENUMERATION,
    NON_STARTERS,
    OPENING,
    SENTENCE_END,
    bare_end,
    is_cjk,
    is_closed,
)

MIN_PROSE = 30  # characters of a line without punctuation that is still taken for running text, not for a label
ORDINAL = re.compile(
    r"\d{1,3}(?:[.．、](?!\d)|[)）])|[（(][一二三四五六七八九十\d]{1,3}[)）]|[①-⑳●■◆▲★•]"
    r"|[一二三四五六七八九十]{1,3}、(?![一二三四五六七八九十])|第[一二三四五六七八九十百\d]{1,4}[章节条款][\s]"
)
LEAD_END = frozenset(COLON)
TABLE_ROW = "|"
MIN_ROW_COMMAS = 2
MAX_FIELD = 6
SENTENCE_MARKS = frozenset(SENTENCE_END)


class Kind(Enum):
    """What a paragraph is to its article."""

    HEADING = auto()  # title or deck
    SUBHEAD = auto()
    TEXT = auto()
    CREDIT = auto()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more lines that read as one."""

    lines: tuple[Line, ...]
    kind: Kind = Kind.TEXT

    @property
    def text(self) -> str:
        """The words, without what stands between the lines."""
        return "".join(line.text for line in self.lines)


def paragraphs(lines: Sequence[Line]) -> Iterator[Paragraph]:
    r"""Yield the paragraphs of an article's body.

    >>> from qa.ingest.lines import split_lines
    >>> page = "提出,将依托龙\n\n头企业开展招商。\n\n决定任命:\n\n张三为局长。"
    >>> [paragraph.text for paragraph in paragraphs(list(split_lines(page)))]
    ['提出,将依托龙头企业开展招商。', '决定任命:', '张三为局长。']
    """
    ends, group, prose, table = _ends_in_group(lines), list[Line](), False, False
    for line, ended in zip(lines, ends, strict=True):
        rows = bool(group) and _are_rows(group[-1], line)
        if group and (rows or table or not _continues(group[-1], line, prose, ended)):
            yield Paragraph(tuple(group), _kind(group[0]))
            group, prose = [], False
        group.append(line)
        prose, table = prose or _is_prose(line.text), rows
    if group:
        yield Paragraph(tuple(group), _kind(group[0]))


def is_item(line: Line) -> bool:
    """Whether a line carries the mark or number of a list item."""
    return line.bullet or bool(ORDINAL.match(line.text))


def separator(before: Line, after: Line, text: str) -> int | None:
    """Return the offset of the blank that a joint keeps, so that two Latin words do not become one; else ``None``."""
    left, right = _word_edge(before.text[::-1]), _word_edge(after.text)
    if not left or not right or is_cjk(left) or is_cjk(right) or before.hyphenated:
        return None
    if left.isdigit() and right.isdigit() and any(map(is_cjk, before.text + after.text)):
        return None  # a number that a Chinese column break cut in two
    between = text[before.end : after.start]
    offsets = [between.find(blank) for blank in (" ", "\n", "\r") if blank in between]
    return before.end + offsets[0] if offsets else None


def _continues(before: Line, after: Line, prose: bool, ended: bool) -> bool:
    """Whether ``after`` goes on with the sentence that ``before`` leaves open.

    ``prose``: what stands before is running text; ``ended``: a sentence ends in ``after`` or in the lines right below.
    """
    if before.broken or before.level or after.level or is_item(after) or _stands_alone(before) or _opens(after):
        return False
    if after.text[0] in NON_STARTERS or before.hyphenated:
        return True
    if is_closed(before.text):
        return False
    if before.text[-1] in COMMA + ENUMERATION + OPENING:
        return True
    # Neither side shows it: a label, a signature or a row of a table is open at its end as well, but it is no prose.
    return prose and not after.indented and (_is_prose(after.text) or bare_end(after.text) == "." or ended)


def _stands_alone(line: Line) -> bool:
    text = line.text
    return (
        text[0] == TABLE_ROW
        or is_note(text)
        or is_credit(text)
        or is_date_line(text)
        or is_jump(text)
        or text.endswith("摄")
    )


def _opens(line: Line) -> bool:
    return _stands_alone(line) or is_dateline(line.text)


def _is_row(text: str) -> bool:
    """Whether a line is a row of a table: fields of a few characters (张三,男,45岁,局长), and no end of a sentence."""
    commas = sum(text.count(mark) for mark in COMMA)
    short = commas >= MIN_ROW_COMMAS and len(text) <= MAX_FIELD * (commas + 1)
    return short and SENTENCE_MARKS.isdisjoint(text) and text[-1] not in COMMA


def _are_rows(above: Line, below: Line) -> bool:
    """Whether two lines, one right below the other, are rows: a single one could be a clause that a column cut off."""
    return not below.gap and _is_row(above.text) and _is_row(below.text)


def _is_prose(text: str) -> bool:
    return len(text) >= MIN_PROSE or not CLAUSE_MARKS.isdisjoint(text)


def _ends_in_group(lines: Sequence[Line]) -> list[bool]:
    """Tell for each line whether a sentence ends in it or below it, before the next blank line."""
    ends, below = list[bool](), False
    for index in range(len(lines) - 1, -1, -1):
        below = any(mark in lines[index].text for mark in SENTENCE_END) or lines[index].text.endswith(".") or below
        ends.append(below)
        below = below and not lines[index].gap
    return ends[::-1]


def _kind(line: Line) -> Kind:
    if line.level:
        return Kind.SUBHEAD
    return Kind.CREDIT if is_credit(line.text) else Kind.TEXT


def _word_edge(text: str) -> str:
    return next((character for character in text if character.isalnum() or is_cjk(character)), "")


def is_lead(paragraph: Paragraph) -> bool:
    """Whether a paragraph announces what follows it."""
    return bare_end(paragraph.text) in LEAD_END

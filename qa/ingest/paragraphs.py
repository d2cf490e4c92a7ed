"""Lines into paragraphs: a sentence that a column, page or line break cut in two is made whole again."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.ingest.headlines import label_of
from qa.ingest.lines import HEADINGS, Line, Role
from qa.ingest.tables import BARS, MIN_FIELDS, fields
from qa.text.punctuation import (
    CLAUSE_MARKS,
    CLOSED_BY,
    COLON,
    COMMA,
    ENUMERATION,
    HYPHENS,
    NON_STARTERS,
    OPENING,
    SENTENCE_END,
    bare_end,
    is_cjk,
)
from qa.text.script import HAN

MIN_PROSE = 30  # characters of a line without punctuation that is still taken for running text, not for a label
MIN_WIDTH, MIN_FULL = 8, 3  # characters of a column, and lines that fill it
FILLED = 0.85  # share of its width beyond which a line of Latin words, each as wide as its letters are, is full
MAX_WORD = 10  # letters of most English words, of which the first of the next line had no room
INDENTED = "\u3000\u3000"
LEAD_END = frozenset(COLON)
# 票款43. above 5万元, 上午8： above 00至: a column cut a number at its point, a time of day behind the hour.
CUT_NUMBERS = (
    (re.compile(rf"{HAN}[0-9０-９]+[.．]$"), re.compile(rf"[0-9０-９]+(?:[%％]|{HAN})")),
    (re.compile(r"(?<![0-9０-９])[0-9０-９]{1,2}[:：]$"), re.compile(r"[0-5０-５][0-9０-９](?![0-9０-９:：])")),
)
# 人民影院：… below 红旗影院：…, lines of a list as wide as the column.
LABELLED = re.compile(r"[\u3400-\u9fff·]{2,8}[:：]")
ALONE = frozenset((Role.NOTE, Role.CREDIT, Role.DATE_LINE, Role.JUMP, Role.CAPTION, Role.TABLE_ROW))
# The first of several rows of fields may still go on with the sentence above.
OPENERS = ALONE - {Role.TABLE_ROW} | {Role.DATELINE}


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One or more lines that read as one."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The words, without what stands between the lines."""
        return "".join(line.text for line in self.lines)

    @property
    def role(self) -> Role:
        """The role of the first line; one that is no text stands alone."""
        return self.lines[0].role

    @property
    def is_text(self) -> bool:
        """Whether it is neither a heading nor a credit."""
        return self.role is not Role.CREDIT and self.role not in HEADINGS


def paragraphs(lines: Sequence[Line]) -> Iterator[Paragraph]:
    r"""Yield the paragraphs of an article's body.

    >>> from qa.ingest.lines import split_lines
    >>> from qa.ingest.roles import with_roles
    >>> page = "提出,将依托龙\n\n头企业开展招商。\n\n决定任命:\n\n张三为局长。"
    >>> [paragraph.text for paragraph in paragraphs(with_roles(list(split_lines(page))))]
    ['提出,将依托龙头企业开展招商。', '决定任命:', '张三为局长。']
    """
    ends, group, prose, width = _ends_in_group(lines), list[Line](), False, _column_width(lines)
    for line, ended in zip(lines, ends, strict=True):
        if group and not _continues(group[-1], line, prose or _is_wrapped(group[-1], line, width), ended):
            yield Paragraph(tuple(group))
            group, prose = [], False
        group.append(line)
        prose = prose or line.role is Role.DATELINE or _is_prose(line.text)
    if group:
        yield Paragraph(tuple(group))


def separator(before: Line, after: Line, text: str) -> int | None:
    """Return the offset of the blank that a joint keeps, so that two Latin words do not become one; else ``None``."""
    left, right = _word_edge(before.text[::-1]), _word_edge(after.text)
    if not left or not right or is_cjk(left) or is_cjk(right) or before.hyphenated:
        return None
    if left.isdigit() and right.isdigit() and any(map(is_cjk, before.text + after.text)):
        return None  # a number that a Chinese column break cut in two
    between = text[before.end : after.start]
    offsets = [between.find(blank) for blank in (" ", "\n", "\r", "\u2028", "\u2029", "\x85") if blank in between]
    return before.end + offsets[0] if offsets else None


def ends_in_hyphen(line: Line) -> bool:
    """Whether the last character of a line is a hyphen that only its end asks for."""
    return line.hyphenated and line.text[-1] in HYPHENS


def _column_width(lines: Sequence[Line]) -> int:
    """Return how many characters wide the column is that running text fills; 0 where it is in none."""
    texts = [line for line in lines if line.role in (Role.TEXT, Role.DATELINE)]
    if len(texts) < MIN_FULL:
        return 0
    widths = sorted(_width(line) for line in texts)
    common = widths[len(widths) * 9 // 10]
    slack = 1 if is_cjk(texts[0].text[-1]) else MAX_WORD
    full = sum(abs(width - common) <= slack for width in widths)
    if slack > 1 and sum(line.text[0].islower() for line in texts) * 3 < len(texts):
        return 0  # verse, a list
    marked = sum(not CLAUSE_MARKS.isdisjoint(line.text) or ". " in line.text for line in texts)
    return common if common >= MIN_WIDTH and full >= MIN_FULL and 2 * full > len(texts) < 4 * marked else 0


def _width(line: Line) -> int:
    return len(line.text) + len(INDENTED) * line.indented


def _is_wrapped(before: Line, after: Line, width: int) -> bool:
    r"""Whether a line ends where its column does: no character, or no word, of the next would have stood in it.

    >>> from qa.ingest.lines import split_lines
    >>> [_is_wrapped(*split_lines(text), 26) for text in ("Monday named Eleanor Pratt\na principal", "Spring.\nA wind")]
    [True, False]
    """
    if not width or after.gap or before.role not in (Role.TEXT, Role.DATELINE) or after.role is not Role.TEXT:
        return False
    if is_cjk(before.text[-1]) or is_cjk(after.text[0]):
        return _width(before) >= width - 1
    return _width(before) + 1 + len(after.text.split(maxsplit=1)[0]) > FILLED * width


def _continues(before: Line, after: Line, prose: bool, ended: bool) -> bool:
    """Whether ``after`` goes on with the sentence that ``before`` leaves open.

    ``prose``: what stands before is running text; ``ended``: a sentence ends in ``after`` or in the lines right below.
    """
    if before.broken or before.level or after.level or after.item or before.role in ALONE or _opens(after):
        return False
    if after.text[0] in NON_STARTERS or before.hyphenated:
        return True
    if not after.gap and any(part.search(before.text) and rest.match(after.text) for part, rest in CUT_NUMBERS):
        return True
    if before.ending in CLOSED_BY:
        return False
    if before.text[-1] in COMMA + ENUMERATION + OPENING:
        return True
    if LABELLED.match(before.text) and LABELLED.match(after.text):
        return False
    # Neither side shows it: a label, a signature or a row of a table is open at its end as well, but it is no prose.
    return prose and not after.indented and (_is_prose(after.text) or after.ending == "." or ended)


def _opens(line: Line) -> bool:
    if line.role is Role.TABLE_ROW and len(fields(line.text)) >= MIN_FIELDS:
        return True
    return line.role in OPENERS or line.text[0] in BARS or label_of(line.text) is not None


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


def _word_edge(text: str) -> str:
    return next((character for character in text if character.isalnum() or is_cjk(character)), "")


def is_lead(paragraph: Paragraph) -> bool:
    """Whether a paragraph announces what follows it."""
    return bare_end(paragraph.text) in LEAD_END

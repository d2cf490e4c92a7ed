"""Tables that OCR left as rows of blank-separated fields: which lines are rows, and which of them name the columns."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from qa.text.punctuation import SENTENCE_END, is_cjk

FIELD = re.compile(r"[^\s\u3000]+")
NUMBER = re.compile(
    r"[-+−]?[0-9０-９OlI][0-9０-９OlI.,，．/:：∶()（）%％—-]*(?:[\u3400-\u9fff]{1,2}(?:[（(][^（()）]{0,8}[)）])?)?"
)
PROSE = re.compile(r"[。；！？、]|(?<![0-9０-９])[，,]|[，,](?![0-9０-９])")
BARS = "|│┃║"
"""What tables that are drawn with characters set between their cells."""
MIN_FIELDS = 3
MIN_ROWS = 3
# What stands in sentences and seldom in cells.
SPOKEN = frozenset(
    (
        *("a", "an", "are", "be", "been", "by", "from", "has", "have", "he", "her", "his", "it", "its", "of", "she"),
        *("that", "the", "their", "they", "was", "were", "who"),
    )
)
NUMERAL = re.compile("[0-9０-９〇一二三四五六七八九十百千廿卅]")
MAX_FIELD = 16


def fields(text: str) -> list[str]:
    """Return the blank-separated fields of a line."""
    return FIELD.findall(text)


def is_number(field: str) -> bool:
    """Whether a field is a number, a rate or a result, with OCR's letters for digits among them."""
    return NUMBER.fullmatch(field) is not None


def is_row(text: str) -> bool:
    """Whether a line is a row of fields, at least two of them numbers, or a head of such rows.

    >>> is_row("东埠区 7.3 412.6 8.1 51.20"), is_row("队名 场 胜 平 负 进/失球 积分"), is_row("城东发生火灾 3人受伤")
    (True, True, False)
    >>> is_row("the bridge opened on Monday"), is_row("The council voted 7 to 2"), is_row("Bay City at Dover 7 2")
    (False, False, True)
    """
    if PROSE.search(text) or _is_spoken(text):
        return False
    words = _cells(text)
    numbers = sum(map(is_number, words))
    return numbers >= 2 or (len(words) > 4 and any(map(is_cjk, text)))  # English has as many words in any line


def heads_rows(text: str, below: str) -> bool:
    """Whether a line names the columns of a table: the line ``below`` is of fields as well, two of them with digits.

    >>> heads_rows("品名 规格 零售价", "93号汽油 每升 6.02元"), heads_rows("全市 产值 增长", "市长说，增长 3% 不易。")
    (True, False)
    """
    row = fields(below)
    numbers = sum(any(map(str.isdigit, field)) for field in row)
    whole = not any(PROSE.search(line) or _is_spoken(line) for line in (text, below))
    return whole and bool(_cells(text)) and len(row) >= MIN_FIELDS and numbers >= MIN_FIELDS - 1


def _is_spoken(text: str) -> bool:
    """Whether a line of Latin words has one that only sentences need, and more words than twice its numbers."""
    words = fields(text)
    return not SPOKEN.isdisjoint(text.lower().split()) and 2 * sum(map(is_number, words)) < len(words)


def rows(texts: Sequence[str]) -> list[bool]:
    """Tell for each line of a page whether it is of a table: a row with another above or below, or the head of one.

    Blank lines do not part rows: print sets them in groups.
    """
    alike = [is_row(text) for text in texts]
    pairs = [one and other for one, other in pairwise(alike)]
    found = [above or below for above, below in zip([False, *pairs], [*pairs, False], strict=True)][: len(texts)]
    for index, (text, below) in enumerate(pairwise(texts)):
        if not found[index] and heads_rows(text, below):
            found[index] = found[index + 1] = True
    for start, end in _like_one_another(texts):
        found[start:end] = [True] * (end - start)
    return found


def _like_one_another(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the first line and the end of each run of lines with as many fields, in one of which all have a numeral.

    >>> list(_like_one_another(["五日 柳湾 渡口之夜", "六日 红光 渡口之夜", "七日 上官 两个饲养员", "每票五分"]))
    [(0, 3)]
    >>> list(_like_one_another(["船名 开往 日期", "海康轮 汕头 十九日", "新山轮 槟城 二十日", "飞凤轮 基隆 廿二日"]))
    [(0, 4)]
    """
    ends = set(SENTENCE_END)
    split = [_cells(text) if any(map(is_cjk, text)) and ends.isdisjoint(text) else [] for text in texts]
    start = 0
    while start < len(split):
        end = start + 1
        while end < len(split) and len(split[end]) == len(split[start]):
            end += 1
        # The first of them may name the columns.
        if split[start] and any(_is_counted(split[at:end]) for at in (start, start + 1)):
            yield start, end
        start = end


def _is_counted(rows: Sequence[Sequence[str]]) -> bool:
    columns = zip(*rows, strict=True)
    return len(rows) >= MIN_ROWS and any(all(map(NUMERAL.match, column)) for column in columns)


def _cells(text: str) -> list[str]:
    """Return the fields of a line that may be cells of a row, enough and none too long; nothing of another line."""
    words = fields(text)
    return words if len(words) >= MIN_FIELDS and max(map(len, words)) <= MAX_FIELD else []


def names_columns(text: str) -> bool:
    """Whether a row holds names rather than numbers.

    >>> names_columns("队名 场 胜 平 负"), names_columns("钢花 14 5 2 7"), names_columns("|---|---|")
    (True, False, True)
    """
    words = [word for word in re.split(rf"[\s\u3000{BARS}]+", text) if word]
    return sum(map(is_number, words)) * 3 <= len(words)

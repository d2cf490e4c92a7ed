"""Tables whose cells hold two values, the second in brackets, as their caption or the head of their column says."""

import re
from collections.abc import Iterator, Sequence

from qa.ingest.lines import Line, Role
from qa.ingest.tables import FIELD, is_number
from qa.text.spacing import joined
from qa.types import Head

# 括号内为上周同日, 括号中的数字是上年数
CAPTION = re.compile(
    r"括[号號弧][内內里中](?:的)?(?:数字|數字|数据|數據|数值|数|數)?(?:[为為是系係指])(?P<what>[\u3400-\u9fff0-9０-９]{2,12})"
)
# 零售价(上周), of which 单价(元) is none: it is the unit of the one value.
BOTH = re.compile(r"(?P<first>.+?)[（(](?P<second>[^\s（()）]{2,12})[）)]")
COMPARED = re.compile(r"[上去昨前同原旧舊今本年月周日计計实實预預往]")
_NUMBER = r"[-+−]?[0-9０-９OlI][0-9０-９OlI.,，．%％]*(?:[\u3400-\u9fff]{1,2})?"
CELL = re.compile(rf"(?P<value>{_NUMBER})\s?[（(](?P<second>{_NUMBER})[）)]")
BELOW = 40
"""Rows that a caption or a head counts for, at most, with what stands between them."""


def second_values(lines: Sequence[Line], heads: dict[int, str]) -> dict[int, str]:
    """Return ``heads`` of an article's cells, by their offsets, with those of the values in brackets.

    Where the column's head names both, the cell stands under what it says of the first.
    """
    found, caption, since = dict(heads), "", 0
    for number, line in enumerate(lines):
        named = CAPTION.search(line.text)
        if named or line.level or number - since > BELOW:
            caption, since = named["what"] if named else "", number
        if line.role is Role.TABLE_ROW:
            for cell in CELL.finditer(line.text):
                found |= dict(_of_cell(line, cell, heads, caption))
    return found


def _of_cell(line: Line, cell: re.Match[str], heads: dict[int, str], caption: str) -> Iterator[Head]:
    start, second = line.original(cell.start("value")), line.original(cell.start("second"))
    over = heads.get(start, "")
    if (both := BOTH.fullmatch(over)) and COMPARED.search(both["second"]):
        yield start, both["first"]
        yield second, joined([both["first"], both["second"]])
    elif caption and (name := over or _name_before(line.text, cell.start())):
        yield second, joined([name, caption])


def _name_before(text: str, end: int) -> str:
    """Return the nearest field of a row before ``end`` that is no number."""
    fields = [field[0] for field in FIELD.finditer(text, 0, end)]
    return next((field for field in reversed(fields) if not is_number(field)), "")

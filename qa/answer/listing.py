"""The items of a list as a text prints them: what stands between items stands in none."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from qa.read.model import CharSpan
from qa.text.brackets import pairs
from qa.text.dates import cardinal
from qa.text.script import HAN

_BETWEEN: Final = re.compile(r"\s*(?P<mark>[、，；;])\s*(?:以及|还有|和|及|并)?\s*")
"""What joins two items: a mark, and perhaps a word behind it."""
_JOINED: Final = re.compile(r"\s*(?:[、，；;]|以及|[和及与與])\s*")
_TOTAL: Final = re.compile(
    rf"(?P<rest>(?![等这這那共及和与與的都各]){HAN}(?:(?![等这這那共及和与與的都各]){HAN}){{0,2}}?)"
    "(?P<number>[两兩二三四五六七八九十])(?:[个個家名位种種项項大市县縣区區镇鎮乡鄉村厂廠校队隊人国國处處]|街道)"
)
"""The rest of the last item, and how many there are."""


def apart(text: str, items: Sequence[CharSpan]) -> tuple[CharSpan, ...]:
    """Return items in order of ``text``, each that has the mark between it and the next or last one cut at this mark.

    >>> text = "用于三个方面：新建码头、仓库，更新船只，以及还债。"
    >>> spans = [(7, 19), (22, 24)]
    >>> [text[one.start : one.end] for one in apart(text, [CharSpan(*span, 1.0) for span in spans])]
    ['新建码头、仓库', '更新船只', '还债']
    """
    marks = [
        found["mark"] if (found := _BETWEEN.fullmatch(text, one.end, two.start)) else "" for one, two in pairwise(items)
    ]
    return tuple(
        part
        for at in range(len(items))
        for part in _cut(text, _whole(text, items[: at + 1]), {*marks[max(0, at - 1) : at + 1]} - {""})
    )


def _whole(text: str, items: Sequence[CharSpan]) -> CharSpan:
    """Return the last of the items, as far as the number of all where that stands behind it: 甲村、丙家店两个村."""
    item, total = items[-1], _TOTAL.match(text, items[-1].end)
    if not total or (number := cardinal(total["number"])) > len(items):
        return item
    joined = all(_JOINED.fullmatch(text, one.end, two.start) for one, two in pairwise(items[-number:]))
    return CharSpan(item.start, total.end("rest"), item.score) if joined else item


def _cut(text: str, item: CharSpan, marks: set[str]) -> Iterator[CharSpan]:
    """Yield the parts of an item between any of the marks that stand in no brackets or quotation marks."""
    start, whole = item.start, list(pairs(text, item.start, item.end))
    for found in _BETWEEN.finditer(text, item.start, item.end):
        inside = any(first < found.start() < last for first, last in whole)
        if found["mark"] in marks and not inside and start < found.start() and found.end() < item.end:
            yield CharSpan(start, found.start(), item.score)
            start = found.end()
    yield CharSpan(start, item.end, item.score)

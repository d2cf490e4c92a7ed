"""Answers that stand in a text away from what they are said of, by their place in an order.

“甲、乙两家分别得12分和9分” gives the second value to the second name, and in a programme each line begins with the
time of what it names. A reader that goes by what stands near takes the first or the next value; the order tells.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from qa.answer.citations import sentence_bounds
from qa.read.model import CharSpan, Reading
from qa.text.folding import searchable
from qa.text.surnames import is_full_name

_Slice = tuple[int, int]

_EACH: Final = re.compile("分[别別]|依次|分[获獲列居任]")
_CLAUSE_END: Final = re.compile(r"[，。；！？!?;\n]|(?<!\d),|,(?!\d)")
_NUMBER: Final = r"\d+(?:[.,]\d+)*"
_JOINT: Final = re.compile(r"\s*(?:、|以及|[及和与與])\s*")
_AMOUNT: Final = re.compile(rf"[-+−]?{_NUMBER}[^\s，。；,;（(]*")
_CLAUSE: Final = re.compile("[^，。；;\n]+")
_GIVES: Final = re.compile(
    "(?:(?:以|被|已|将|约|共)?(?:任命|聘任|选举|授予|评)?[当担出]?(?:获得?|夺得?|取得|得到?|达到?|实现|完成|选|任|为|是|有|在|到|占)了?"
    "(?:为|至|到)?)"
)
_YEARS: Final = re.compile(r"(?P<first>(?:19|20)\d\d)年?(?:[至到]|[-–—~]+)(?P<last>(?:19|20)\d\d)年")
_COUNT: Final = re.compile(
    r"[两兩二三四五六七八九十\d]+(?:[个個家名位人种種项項国國县縣市区區支队隊所地者类類条條款]|大(?!学))|等|的|[今去前]年|\d"
)
"""What ends the last of several names: how many they are, or what is said of them."""
_TIME: Final = r"\d{1,2}(?:[:：.]\d{2}|[时時点點](?:\d{1,2}分?|半)?)"
_TIMED: Final = re.compile(rf"^[ \t　]*(?P<time>{_TIME})[ \t　]*(?P<rest>\S.*)$", re.MULTILINE)
ROWS: Final = 3
"""Lines that begin with a time, from which on they are a programme."""
ORDER_WORTH: Final = 2.0
"""Log-odds that a value gains by its place: a reader that cannot count is in doubt of all of them.

Of 18 questions on seven sentences with 分别, in which a reader found some value, it makes 3 more answered and right.
"""
MOST_ALONE: Final = 2
"""Values, from which on they are in an order."""
LONGEST_NAME: Final = 4
"""Characters of a name that are taken for it whatever they are."""
SHARED: Final = 2
"""Characters that a question shares with what it names."""


def paired(question: str, text: str, reading: Reading) -> Reading:
    """Return the reading with its best span moved to the value whose place in an order the question names."""
    best = reading.best
    worth = 0.0
    place = _in_programme(question, text, best)
    if place is None and (place := _in_turn(question, text, best)):
        worth = ORDER_WORTH
    if place is None or (place == (best.start, best.end) and not worth):
        return reading
    moved = CharSpan(*place, best.score + worth)
    first, last = min(best.start, moved.start), max(best.end, moved.end)
    others = (span for span in reading.spans if span.end <= first or span.start >= last)
    return replace(
        reading,
        best=moved,
        spans=tuple(sorted((*others, moved), key=lambda span: span.start)),
        windows=tuple(replace(window, start=window.start + np.float32(worth)) for window in reading.windows),
    )


def _in_programme(question: str, text: str, best: CharSpan) -> _Slice | None:
    """Return the time of the line that the question names, where the best span is the time of a line."""
    rows = list(_TIMED.finditer(text))
    if len(rows) < ROWS or not any(row.start("time") <= best.start and best.end <= row.end("time") for row in rows):
        return None
    named = _named(question, [row["rest"] for row in rows], inside=True)
    return None if named is None else rows[named].span("time")


def _in_turn(question: str, text: str, best: CharSpan) -> _Slice | None:
    """Return what a sentence gives to the one of several names that a question names, or whom it gives what is named.

    The best span is one of the values or of the names, or all of them.
    """
    start, end = sentence_bounds(text, best.start, best.end)
    names: list[_Slice] = []
    years: list[str] = []
    for each in _EACH.finditer(text, start, end):
        clause = _CLAUSE_END.search(text, each.end(), end)
        values = _parts(text, each.end(), clause.start() if clause else end)
        names, years = _names(text, start, each.start(), len(values)) or (names, years)
        said = years or [text[slice(*name)] for name in names]
        if len(values) < MOST_ALONE or len(said) != len(values):
            continue
        values[0] = (_begins(text, *values[0]), values[0][1])
        if values[0][0] <= best.start and best.end <= values[-1][1]:
            named = None if _shares_end(values) else _named(question, said)
            return None if named is None else _amount(text, *values[named])
        if names and names[0][0] <= best.start and best.end <= names[-1][1]:
            ending = text[values[-1][0] + 1 : values[-1][1]] if _shares_end(values) else ""
            given = [*(text[slice(*value)] + ending for value in values[:-1]), text[slice(*values[-1])]]
            named = _named(question, given, whole=True)
            return None if named is None else _person(text, *names[named])
    return None


def _shares_end(values: Sequence[_Slice]) -> bool:
    """Whether values are printed with the end of all behind the last: 一、二、三等奖."""
    return values[-1][1] - values[-1][0] > 1 == values[-2][1] - values[-2][0]


def _parts(text: str, start: int, end: int) -> list[_Slice]:
    """Return the slices of ``text[start:end]`` between what joins them."""
    joints = [found.span() for found in _JOINT.finditer(text, start, end)]
    return list(zip([start, *(last for _, last in joints)], [*(first for first, _ in joints), end], strict=True))


def _names(text: str, start: int, end: int, count: int) -> tuple[list[_Slice], list[str]] | None:
    """Return the last ``count`` names that are joined in ``text[start:end]``, or as many years from one to another."""
    *_, years = (None, *_YEARS.finditer(text, start, end))
    if years and int(years["last"]) - int(years["first"]) + 1 == count:
        return [], [f"{year}年" for year in range(int(years["first"]), int(years["last"]) + 1)]
    for clause in reversed(list(_CLAUSE.finditer(text, start, end))):
        parts = _parts(text, *clause.span())
        if len(parts) == count:
            first, last = parts[-1]
            cut = _COUNT.search(text, first + 1, last)
            return [*parts[:-1], (first, cut.start() if cut else last)], []
    return None


def _begins(text: str, start: int, end: int) -> int:
    """Return where the first of several values begins, behind the words that give them: 为, 获得了, 达到."""
    found = _GIVES.match(text, start, end)
    return found.end() if found else start


def _amount(text: str, start: int, end: int) -> _Slice:
    """Return the amount that a value is, without words before it; all of it where it is none."""
    found = _AMOUNT.search(text, start, end)
    return found.span() if found else (start, end)


def _person(text: str, start: int, end: int) -> _Slice | None:
    """Return the name at the end of the first of several names: 周强 of 会议任命周强; ``None`` where it is in doubt."""
    full = next((at for at in range(end - 2, start - 1, -1) if is_full_name(text[at:end])), None)
    return (start, end) if end - start <= LONGEST_NAME else None if full is None else (full, end)


def _named(question: str, names: Sequence[str], *, inside: bool = False, whole: bool = False) -> int | None:
    """Return which of several names a question has most of, and more than of any other; ``None`` if none.

    The first may have words before it, and the others behind them, or all on both sides if ``inside``. If ``whole``,
    a question has a name or has not: 副局长 is not 局长.
    """
    asked = searchable(question)
    if whole:
        had = [at for at, name in enumerate(names) if searchable(name) in asked]
        longest = [at for at in had if not any(names[at] in names[other] for other in had if other != at)]
        return longest[0] if len(longest) == 1 and len(names[longest[0]]) >= SHARED else None
    spelled = [searchable(name) for name in names]
    shared = [_shared(at, spelled, asked, inside=inside) for at in range(len(names))]
    most = max(shared, default=0)
    return shared.index(most) if most >= SHARED and shared.count(most) == 1 else None


def _shared(at: int, names: Sequence[str], asked: str, *, inside: bool) -> int:
    """Return how many characters of a name a question has in one run, which no other name has."""
    name, others = names[at], [*names[:at], *names[at + 1 :]]
    runs = (
        name[first:last]
        for first in range(len(name))
        for last in range(first + SHARED, len(name) + 1)
        if inside or (last == len(name) if at == 0 else first == 0)
    )
    return max((len(run) for run in runs if run in asked and not any(run in other for other in others)), default=0)

"""Answers that stand in a text away from what they are said of, by their place in an order.

“甲、乙两家分别得12分和9分” gives the second value to the second name, and in a programme each line begins with the
time of what it names. A reader that goes by what stands near takes the first or the next value; the order tells.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
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
    "(?:由|(?:以|被|已|将|约|共)?(?:任命|聘任|选举|授予|评)?[当担出]?(?:获得?|夺得?|取得|得到?|达到?|实现|完成|选|任|为|是|有|在|到|占)了?"
    "(?:为|至|到)?)"
)
_RESPECTIVELY: Final = re.compile(r",?\s+respectively\b", re.IGNORECASE)
_AND: Final = re.compile(r"\s*,\s+and\s+|\s*,\s+|\s+and\s+")
_LATIN_AMOUNT: Final = re.compile(rf"[$£€]?{_NUMBER}(?:(?: |-)?[a-z%]+)?$", re.IGNORECASE)
_YEARS: Final = re.compile(r"(?P<first>(?:19|20)\d\d)年?(?:[至到]|[-–—~]+)(?P<last>(?:19|20)\d\d)年")
_NUMERALS: Final = "一二三四五六七八九十"
_FIRST_FEW: Final = re.compile(f"前(?P<few>[{_NUMERALS}])名")
_COUNT: Final = re.compile(
    r"[两兩二三四五六七八九十\d]+(?:[个個家名位人种種项項国國县縣市区區支队隊所地者类類条條款]|大(?!学))|等|的(?!.{2,4}$)|[今去前]年|\d"
)
"""What ends the last of several names: how many they are, or what is said of them."""
_TIME: Final = r"\d{1,2}(?:[:：.]\d{2}|[时時点點](?:\d{1,2}分?|半)?)"
_TIMED: Final = re.compile(rf"^[ \t　]*(?P<time>{_TIME})[ \t　]*(?P<rest>\S.*)$", re.MULTILINE)
ROWS: Final = 3
"""Lines that begin with a time, from which on they are a programme."""
ORDER_WORTH: Final = 3.0
"""Log-odds that a value gains by its place: a reader that cannot count is in doubt of all of them.

Set on sentences of our own. Of 994 questions of the written sets that no training saw, over texts with orders or times
or for one thing, what is here, in ``ends`` and in ``listing`` and the number wanted change five answers, four for the
better; the fifth has been mended since.
"""
LONGEST_NAME: Final = 4
"""Characters of a name that are taken for it whatever they are."""
SHARED: Final = 2
"""Characters that a question shares with what it names."""
SHARED_LETTERS: Final = 4
"""The same of Latin words: shorter ones name nothing."""


def paired(question: str, text: str, reading: Reading) -> Reading:
    """Return the reading with its best span moved to the value whose place in an order the question names."""
    best = reading.best
    place = _in_programme(question, text, best) or _in_turn(question, text, reading)
    if place is None:
        return reading
    moved = CharSpan(*place, best.score + ORDER_WORTH)
    first, last = min(best.start, moved.start), max(best.end, moved.end)
    others = (span for span in reading.spans if span.end <= first or span.start >= last)
    return replace(
        reading,
        best=moved,
        spans=tuple(sorted((*others, moved), key=lambda span: span.start)),
        windows=tuple(replace(window, start=window.start + np.float32(ORDER_WORTH)) for window in reading.windows),
    )


def _in_programme(question: str, text: str, best: CharSpan) -> _Slice | None:
    """Return the time of the line that the question names, where the best span is the time of a line."""
    rows = list(_TIMED.finditer(text))
    if len(rows) < ROWS or not any(row.start("time") <= best.start and best.end <= row.end("time") for row in rows):
        return None
    named = _named(question, [row["rest"] for row in rows], inside=True)
    return None if named is None else rows[named].span("time")


@dataclass(frozen=True, slots=True)
class _Order:
    """Values, each of the name in its place: where they are, and what questions call them.

    Years from one to another have no places of their own, and neither have the first three.
    """

    names: Sequence[_Slice]
    called: Sequence[str]
    values: Sequence[_Slice]
    given: Sequence[str]


def _in_turn(question: str, text: str, reading: Reading) -> _Slice | None:
    """Return what a sentence gives to the one of several names that a question names, or whom it gives what is named.

    The best span is one of the values or of the names, or all of them.
    """
    best = reading.best
    sentence = sentence_bounds(text, best.start, best.end)
    for order in chain(_orders(text, *sentence), _english_orders(text, *sentence)):
        if _within(order.values, best):
            named = _named(question, order.called)
            return None if named is None else _value(text, order.values, named, reading)
        if _within(order.names, best):
            named = _named(question, order.given, whole=True)
            return None if named is None else _person(text, *order.names[named])
    return None


def _orders(text: str, start: int, end: int) -> Iterator[_Order]:
    names: list[_Slice] = []
    years: list[str] = []
    for each in _EACH.finditer(text, start, end):
        clause = _CLAUSE_END.search(text, each.end(), end)
        values = _parts(text, each.end(), clause.start() if clause else end)
        values[0] = (_begins(text, *values[0]), values[0][1])
        given = [text[slice(*value)] for value in values]
        if len(values) == 1 and (few := _FIRST_FEW.search(given[0])):
            given = [f"第{numeral}名" for numeral in _NUMERALS[: _NUMERALS.index(few["few"]) + 1]]
            values = []
        elif len(values) > 1 and len(given[-1]) > 1 == len(given[-2]):  # 一、二、三等奖: none is printed whole
            given = [*(value + given[-1][1:] for value in given[:-1]), given[-1]]
            values = []
        # Names are given several values in turn: 分获前三名，成绩分别为….
        names, years = _names(text, start, each.start(), len(given)) or (names, years)
        start = clause.end() if clause else end
        called = years or [text[slice(*name)] for name in names]
        if 1 < len(given) == len(called):
            yield _Order(names, called, values, given)


def _english_orders(text: str, start: int, end: int) -> Iterator[_Order]:
    """Yield what is so ordered: seniors and children pay $2.60 and $2, respectively."""
    for found in _RESPECTIVELY.finditer(text, start, end):
        parts = _parts(text, start, found.start(), _AND)
        # The last name and the first value stand in one part, with the verb.
        amounts = [_LATIN_AMOUNT.search(text[: part[1]], part[0]) for part in parts]
        whole = next((at for at in range(len(parts)) if not _is_at(amounts[-1 - at], parts[-1 - at][0])), len(parts))
        middle = len(parts) - 1 - whole
        if not 1 <= whole <= middle or not (first := amounts[middle]):
            continue
        names = parts[middle - whole : middle]
        called = [text[slice(*name)] for name in (*names, (parts[middle][0], first.start()))]
        values = [first.span(), *parts[middle + 1 :]]
        yield _Order((), called, values, [text[slice(*value)] for value in values])


def _is_at(found: re.Match[str] | None, place: int) -> bool:
    return found is not None and found.start() == place


def _within(places: Sequence[_Slice], best: CharSpan) -> bool:
    return bool(places) and places[0][0] <= best.start and best.end <= places[-1][1]


def _value(text: str, values: Sequence[_Slice], at: int, reading: Reading) -> _Slice:
    """Return the amount that a value is, without words before it, or the person; all of it where it is neither."""
    start, end = values[at]
    if not _LATIN_AMOUNT.match(text, start, end) and (amount := _AMOUNT.search(text, start, end)):
        return amount.span()
    people = [name for value in values if value != values[at] and is_full_name(name := text[slice(*value)])]
    if people and end - start > max(map(len, people)):
        # 分别由局长段成、钟秀、武青带队: the reader knows where a name begins and ends.
        person = reading.best_within(start, end)
        return (person.start, person.end) if person else (start, end)
    return start, end


def _parts(text: str, start: int, end: int, joint: re.Pattern[str] = _JOINT) -> list[_Slice]:
    """Return the slices of ``text[start:end]`` between what joins them."""
    joints = [found.span() for found in joint.finditer(text, start, end)]
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
            cut = _COUNT.search(text[:last], first + 1)
            parts[-1] = (first, cut.start() if cut else last)
            return [_own(text, *part) for part in parts], []
    return None


def _own(text: str, start: int, end: int) -> _Slice:
    """Return a person's name without where this one is from: 樊大海 of 化工厂的樊大海."""
    _, of, name = text[start:end].rpartition("的")
    return (end - len(name), end) if of and is_full_name(name) else (start, end)


def _begins(text: str, start: int, end: int) -> int:
    """Return where the first of several values begins, behind the words that give them: 为, 获得了, 达到."""
    found = _GIVES.match(text, start, end)
    return found.end() if found else start


def _person(text: str, start: int, end: int) -> _Slice | None:
    """Return the name at the end of the first of several names: 周强 of 会议任命周强; ``None`` where it is in doubt."""
    if end - start <= LONGEST_NAME:
        return start, end
    return next(((at, end) for at in range(end - 2, start - 1, -1) if is_full_name(text[at:end])), None)


def _named(question: str, names: Sequence[str], *, inside: bool = False, whole: bool = False) -> int | None:
    """Return which of several names a question has most of, and more than of any other; ``None`` if none.

    The first may have words before it, and the others behind them, or all on both sides if ``inside``. If ``whole``,
    a question has a name or has not: 副局长 is not 局长.
    """
    if whole:
        asked = searchable(question)
        had = [at for at, name in enumerate(names) if searchable(name) in asked]
        longest = [at for at in had if not any(names[at] in names[other] for other in had if other != at)]
        return longest[0] if len(longest) == 1 and len(names[longest[0]]) >= SHARED else None
    said = _joined(_units(question))
    spelled = [_units(name) for name in names]
    shared = [_shared(at, spelled, said, inside=inside) for at in range(len(names))]
    most = max(shared, default=0)
    return shared.index(most) if most and shared.count(most) == 1 else None


def _shared(at: int, names: Sequence[list[str]], asked: str, *, inside: bool) -> int:
    """Return how many characters of a name a question has in one run of words, which no other name has."""
    name, others = names[at], [_joined(each) for each in (*names[:at], *names[at + 1 :])]
    most = 0
    for edge in range(len(name)) if inside else (0,):
        first = last = len(name) if at == 0 and not inside else edge
        # The longest run there: where another name has it, it has the shorter ones too.
        while at == 0 and not inside and first and _joined(name[first - 1 : last]) in asked:
            first -= 1
        while (at or inside) and last < len(name) and _joined(name[first : last + 1]) in asked:
            last += 1
        run = name[first:last]
        enough = SHARED_LETTERS if "".join(run).isascii() else SHARED
        if (count := sum(map(len, run))) >= enough and not any(_joined(run) in other for other in others):
            most = max(most, count)
    return most


def _units(text: str) -> list[str]:
    """Return the Latin words and numbers, and the characters of other scripts, in order."""
    return re.findall(r"[a-z0-9]+|\w", searchable(text))


def _joined(units: Sequence[str]) -> str:
    return f" {' '.join(units)} "

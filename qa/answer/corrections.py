"""Corrections of errors and later changes: which words of a text no longer hold, and which replace them.

Whatever their form, such sentences have signs that tell what the value behind them is: the wrong one (误作, 不是,
not), the right one (应为, 正确的是, should have read), or what holds from now on (改为, 升至, moved to). The other
value stands behind a sign of the other kind, behind a word that opens it (将, 由, 原定, from), or before the sign.
What is replaced is never an answer by itself; where another article prints it about the same matter, that answer is
superseded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from qa.text.folding import letters, simplified, simplified_in_place
from qa.text.script import HAN

_NUMBER: Final = r"(?<=\d)[.,](?=\d)"
_CHANGES: Final = (
    "moved|changed|postponed|rescheduled|brought forward|put back|raised|increased|cut|reduced|lowered|extended"
    "|shortened|rose|risen|grown|fell|fallen"
)
_TOLD: Final = (
    "(?:mis)?(?:given|identified|listed|named|printed|published|put|reported|spelled|spelt|stated|described) (?:as|at)"
)
_SIGNS: Final = {
    # The wrong value follows.
    "wrong": "误[为作成刊排植印写报登标记]+[为作成]?|错[写排印登刊]?[为作成]|不是|[而并]非"
    r"|\b(?:(?:incorrectly|wrongly|mistakenly|erroneously|misstated)\b[^.;\n]{0,60}?\s(?:as|to be)"
    r"|not(?! only| yet| to)|rather than|instead of)\b",
    # The right one follows.
    "right": "(?:正确|实际|准确)[^，。；,;\n“‘「『]{0,8}?[为是]|应当?[为是作以]|应.?[于在]|实[为系]|[更改订]正为"
    rf"|[系为是乃](?=(?:[^，。；,;\n]|{_NUMBER}){{1,40}}之误)"
    rf"|\bshould (?:have (?:read|said|been)|read|say)\b(?: {_TOLD}\b)?"
    r"|\bcorrect (?:\w+ ){1,3}(?:is|was)\b",
    # What holds from now on follows.
    "now": r"(?:[改变换移迁][^，。；,;\n“‘「『将把由从\d]{0,2}?[为至到成于在](?!于)|改[由期]"
    r"|[上下]?(?:[调升降增减加涨跌提延缩推顺扩]|压缩)[^，。；,;\n“‘「『将把由从\d]{0,2}?[为至到])了?"
    rf"|\b(?:{_CHANGES})(?: \w+)? to\b",
    # The other value follows, whichever it is.
    "opened": r"[将把由从](?![于在会来要而此])|原(?=[定拟为是计来先])"
    r"|\bfrom\b|\b(?:originally|previously) (?:set|scheduled|planned) for\b|\b(?:was|were) to (?:be )?\w+ on\b",
    # What was to be is not: the sign is the value.
    "off": r"取消|中止|停办|撤销|作罢|\b(?:cancel(?:l?ed)?|called off)\b",
    # 误将甲排作乙, moved from A to B: a sign for what opened.
    "made": r"(?<=\S)[排印写刊登标记][作成为]|\bto\b",
    "end": r"[。！？!?\n]|\.(?=\s|\Z)",
}
_CHANGED: Final = ("now", "off")
_OPPOSED: Final = ({"wrong", "right"}, {"now", "was"})
_SIGN: Final = re.compile("|".join(f"(?P<{role}>{form})" for role, form in _SIGNS.items()), re.IGNORECASE)
_CORRECTING: Final = re.compile("更正|误|correct|misspel|misstat|misidentif|clarif|error|we reported", re.IGNORECASE)
_NOTICE: Final = re.compile(
    r"^[\W_]*(?:本报)?(?:更正|勘误)|(?:更正|勘误)(?:启事|声明|说明)?[\W_]*$"
    r"|^\W*corrections?(?: (?:and|&) clarifications?)?\W*(?:$|[:—–])",
    re.IGNORECASE,
)
_CHANGING: Final = re.compile(rf"\b(?:{_CHANGES})\b", re.IGNORECASE)
_OPENING, _CLOSING = "“‘「『《\"'", "”’」』》\"'"
_QUOTED: Final = re.compile(rf"\s?[{_OPENING}]([^{_OPENING}{_CLOSING}\n]{{1,40}})[{_CLOSING}]")
_HELD: Final = "举行|召开|进行|举办|开[始幕放赛出演工园业馆]|发车|首演|播出|施行|实施|担任|出任"
_MARK: Final = rf"，。；;、,{_OPENING}{_CLOSING}\s（）()"
_BARE: Final = re.compile(rf"((?:[^{_MARK}]|{_NUMBER}){{1,24}}?)(?=[{_MARK}]|之误|(?<=[日时分点])[于在]|{_HELD}|\Z)")
_LINKS: Final = "is|was|are|were|be|on|in|at|as|by|to|of"
_LATIN: Final = re.compile(
    rf"\s(?:(?:in|on|at)\s)?((?:[^,.;:\n“”\"]|{_NUMBER}){{1,60}}?)(?=[,:](?!\d)|[;\n“”\"]|\.(?!\d)|\Z"
    rf"|\s(?:{_LINKS}|from|for|but|because|after|that|who|which|not|rather|instead|has|had|we)\b)"
)
_LINKED: Final = re.compile(rf"(?:.*\b(?:{_LINKS})\s)?(.+?),?\s*", re.DOTALL)
_NO_LONGER: Final = re.compile("(?:原?[来先有]|早先|此前|目前|现在|最初)?(?:计划|[定拟为是])?[于在的]?")
_OF: Final = re.compile(f"的|(?<!分)之|{_HELD}")
_LAST: Final = re.compile(rf"(?:^|[{_MARK}])([^{_MARK}]+?)(?:[的之][^{_MARK}的之]*)?$")
_SAID_SO: Final = re.compile(
    rf"\b(?:was|were) {_TOLD}(?: the)? (?P<value>(?:[^.;\n]|{_NUMBER}){{1,60}})\.[”\"]?\s+"
    r"(?:It|This|That|He|She|They|The \w+)\s\Z"
    r"|(?:本报|上期|昨日|[日版]|一文|消息|报道)[^。\n]{0,60}?[称刊登写报说印][^。\n]{0,30}?[为是作成]"
    r"(?P<printed>[^，。；\n]{1,20})。\s?\Z"
)
"""A sentence that tells what was printed, before one that begins with what is right."""
_SENTENCE: Final = 240
"""Characters that such a sentence may have."""
_MISTAKE: Final = re.compile(rf"[{_CLOSING}]?之误")
GREW: Final = re.compile(
    r"[升降增减加涨跌扩缩]|提(?!前)|\b(?:raised|increased|cut|reduced|lowered|extended|shortened|rose|risen|grown|fell|fallen)\b",
    re.IGNORECASE,
)
"""Words of changes that do not make what was before a mistake to say of its own time."""
_TIME: Final = re.compile(r"[去前上当]年|[年月]初|[年月]底|[上当]月|同期|当时|\d{2,4}年|\b(?:19|20)\d\d\b")
REACH: Final = 14
"""Characters that may stand between a value and the sign of the other one."""
_GAP: Final = re.compile(rf"[^\d{_OPENING}{_CLOSING}；;]{{0,{REACH}}}")
_DIGITS: Final = "0-9〇零一二两三四五六七八九十百千"
_NUMERAL: Final = re.compile(f"[{_DIGITS}]")
_WHEN_OR_MUCH: Final = re.compile(f"[{_DIGITS}天日周月年晨晚]|day", re.IGNORECASE)
_HANZI: Final = re.compile(HAN)
FURTHEST: Final = 24
"""Characters that may stand between what was and the sign of its change."""
_CLAUSE: Final = re.compile(rf"(?:[^，；、,;]|{_NUMBER})+")
SLACK: Final = 3
"""Characters that a value may be longer than the one that it replaces, where more than the values is quoted."""

Reason = Literal["correction", "change"]
_Slice = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Correction:
    """``text[old_start:old_end]`` is replaced by ``text[new_start:new_end]``, both without quotation marks."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Sign:
    """A sign that begins at ``start``, and the ``value`` behind it.

    What it is a sign for may stand before it, from ``begins`` on: behind the word that opens it where ``opened``.
    """

    role: str
    start: int
    value: _Slice
    begins: int
    opened: bool


def corrections(text: str) -> Iterator[Correction]:
    """Yield what a text says to be replaced, and by what.

    >>> text = "昨日三版将“三十二人”误作“二十三人”。大会由5日改为8日举行。"
    >>> [(text[c.old_start:c.old_end], text[c.new_start:c.new_end], c.reason) for c in corrections(text)]
    [('二十三人', '三十二人', 'correction'), ('5日', '8日', 'change')]
    """
    plain = simplified_in_place(text)
    signs = list(_signs(plain))
    other: _Slice | None = None
    for at, sign in enumerate(signs):
        last, after = signs[at - 1] if at else None, signs[at + 1] if at + 1 < len(signs) else None
        if after and {sign.role, after.role} in _OPPOSED and _near(plain, sign, after):
            continue  # and is told of there
        if last and {sign.role, last.role} in _OPPOSED and _near(plain, last, sign):
            other = last.value
        elif not (last and last.role == sign.role == "wrong" and _near(plain, last, sign)):
            other = _before(plain, sign)  # else the same, as in: 应为三人，不是两人，也不是五人
        if other:
            old, new = (other, sign.value) if sign.role in ("right", *_CHANGED) else (sign.value, other)
            yield Correction(*old, *new, "change" if sign.role in ("was", *_CHANGED) else "correction")


def is_notice(title: str, text: str = "") -> bool:
    """Whether an article corrects another one: its title says so, or ``text`` says what was printed wrong.

    What it states is about a page, not about the world: nobody asks what was printed for what.

    >>> is_notice("更正"), is_notice("来函照登", "昨日三版“三十二人”误作“二十三人”。"), is_notice("会议改为8日举行")
    (True, True, False)
    >>> is_notice("Corrections: the mayor's age"), is_notice("Corrections officers on strike")
    (True, False)
    """
    noticed = _NOTICE.search(simplified(title)) is not None
    return noticed or any(found.reason == "correction" for found in corrections(text))


def _signs(plain: str) -> Iterator[_Sign]:
    """Yield the signs with a value behind them, in order; none from inside of another's value."""
    begins, opening, taken = 0, "", 0
    for found in _SIGN.finditer(plain):
        role = str(found.lastgroup)
        value = found.span() if role == "off" else _behind(plain, found.end())
        if found.start() < taken:
            continue
        if role == "end":
            begins, opening = found.end(), ""
            continue
        if role == "opened" and not (value and taken and plain[taken : found.start()] == " "):
            begins, opening = found.end(), plain[max(0, found.start() - 1) : found.end()].strip().lower()
            continue
        if role == "opened":
            role = "was"  # rose to 23 from 19
        elif role == "made" and opening == "from" and found.group().lower() == "to" and _CHANGING.search(plain):
            role = "now"
        elif role == "made" and opening[:1] in tuple("误错"):
            role = "wrong"
        if value and role != "made":
            yield _Sign(role, found.start(), value, begins, bool(opening))
            begins, opening, taken = value[1], "", value[1]


def _near(plain: str, one: _Sign, other: _Sign) -> bool:
    return _GAP.fullmatch(plain[one.value[1] : other.start].lstrip(_CLOSING)) is not None


def _behind(plain: str, at: int) -> _Slice | None:
    """Return the value that begins at ``at``: what is quoted there, or the words up to the next mark."""
    latin = plain[at : at + 1] == " " and plain[at - 1 : at].isascii()
    found = _QUOTED.match(plain, at) or (_LATIN if latin else _BARE).match(plain, at)
    return found.span(1) if found else None


def _before(plain: str, sign: _Sign) -> _Slice | None:
    """Return the value that the one behind a sign replaces, or is replaced by."""
    if sign.role in _CHANGED:
        return _once(plain, sign) if sign.opened else None
    *_, quoted = (None, *_QUOTED.finditer(plain, sign.begins, sign.start))
    # 《渡口》一文应为: a title is what is wrong only where the sign follows it.
    if (
        quoted
        and _GAP.fullmatch(plain, quoted.end(), sign.start)
        and (quoted.end() == sign.start or quoted[0][-1] != "》")
    ):
        return quoted.span(1)
    words, found = plain[sign.begins : sign.start], None
    if plain[sign.start].isascii():
        if sign.role == "wrong" and _CORRECTING.search(plain):
            found = _LINKED.fullmatch(words)
    elif sign.opened or sign.role == "wrong" or _MISTAKE.match(plain, sign.value[1]):
        found = _LAST.search(words)
    old = (sign.begins + found.start(1), sign.begins + found.end(1)) if found else _said_before(plain, sign)
    return old if old and _alike(plain[slice(*old)], plain[slice(*sign.value)]) else None


def _said_before(plain: str, sign: _Sign) -> _Slice | None:
    """Return the value of a sentence that tells what was printed, which the one behind a sign corrects."""
    first = max(0, sign.start - _SENTENCE)
    found = _SAID_SO.search(plain, first, sign.start) if sign.role == "right" else None
    return found.span(str(found.lastgroup)) if found else None


def _once(plain: str, sign: _Sign) -> _Slice | None:
    """Return what something was that is now otherwise."""
    opening = plain[sign.begins - 1 : sign.begins]
    if sign.role == "off" and opening != "原" and not opening.isascii():
        return None
    skipped = _NO_LONGER.match(plain, sign.begins)
    found = _behind(plain, skipped.end() if skipped else sign.begins)
    if found is None:
        return None
    start, end = found[0], min(found[1], sign.start)
    of = _OF.search(plain, start, end)
    end = of.start() if of else end
    if start >= end or sign.start - end > FURTHEST:
        return None
    if _TIME.search(plain, start, end) and GREW.match(plain, sign.start):
        return None  # 由去年三千吨增至五千吨
    was, value = plain[start:end], plain[slice(*sign.value)]
    if (
        opening in tuple("将把")
        and plain[start - 1] not in _OPENING
        and not (_NUMERAL.search(was) and _alike(was, value))
    ):
        return None  # 将规模增至五百人: what is enlarged, not what was
    if sign.role == "now" and _NUMERAL.match(value) and not _WHEN_OR_MUCH.search(was):
        return None
    return start, end


def _alike(one: str, other: str) -> bool:
    """Whether two values may stand for each other: two numbers, two English names, Chinese words that share one."""
    if _NUMERAL.search(one) or _NUMERAL.search(other):
        return bool(_NUMERAL.search(one) and _NUMERAL.search(other))
    return (one[:1].isupper() and other[:1].isupper()) or bool(set(_HANZI.findall(one)) & set(other))


def replacement(text: str, correction: Correction, words: str) -> tuple[int, int] | None:
    """Return the characters of ``text`` that a correction puts in place of ``words``; ``None`` if it is not about them.

    Where the correction quotes more than the words, what both of its values have around them is left out.

    >>> text = "“跳高冠军孙大勇”应为“跳高冠军孙大永”。"
    >>> (only,) = corrections(text)
    >>> start, end = replacement(text, only, "孙大勇")
    >>> text[start:end], replacement(text, only, "孙大永")
    ('孙大永', None)
    """
    plain, words = simplified_in_place(text), simplified_in_place(words)
    old, new = plain[correction.old_start : correction.old_end], plain[correction.new_start : correction.new_end]
    said, printed = letters(words), letters(old)
    if not (_stands_in(printed, said) or (len(said) > 1 and _stands_in(said, printed))):
        return None
    at = old.find(words)
    if at < 0 or old == words:
        # 将镇长罗文斌误写成罗文彬: only the name was wrong; 将副市长误写成市长, 9时应为19时: the whole was.
        start = max(0, new.find(old[0])) if len(new) > len(old) and old not in new else 0
        start = 0 if new[start - 1 : start + 1].isdecimal() else start
        return correction.new_start + start, correction.new_end
    if words in new:
        return None
    found = _aligned(old, new, words, at)
    return (correction.new_start + found[0], correction.new_start + found[1]) if found else None


def _aligned(old: str, new: str, words: str, at: int) -> _Slice | None:
    """Return the characters of ``new`` that stand in it as ``words``, which begin at ``at``, do in ``old``.

    Of as many clauses the one in the same place tells: “全长3里，设站5座” and “全长4里，设站6座” differ in two values.
    """
    clauses, others = ([found.span() for found in _CLAUSE.finditer(said)] for said in (old, new))
    if len(clauses) == len(others) > 1:
        for (start, end), (other, last) in zip(clauses, others, strict=True):
            if start <= at and at + len(words) <= end:
                found = _aligned(old[start:end], new[other:last], words, at - start)
                return (found[0] + other, found[1] + other) if found else None
    before, after = old[:at], old[at + len(words) :]
    # “总工程师方雷” and “副总工程师方磊”: what stands beside the words need not be all that stands there.
    start = new.find(before) + len(before) if before in new else 0
    end = new.rfind(after) if after and after in new else len(new)
    # “搬迁费用1.2亿元”应为“1.02亿元”: what the new value does not repeat was said of both.
    return (start, end) if start < end <= start + len(words) + SLACK else None


def _stands_in(short: str, long: str) -> bool:
    """Whether ``long`` has ``short``, and not as a part of a longer number."""
    at = long.find(short) if short else -1
    around = (long[at - 1 : at] + short[:1], short[-1:] + long[at + len(short) :][:1])
    return at >= 0 and not any(len(pair) == 2 and pair.isdecimal() for pair in around)

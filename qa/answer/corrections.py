"""Corrections of errors and later changes: which words of a text no longer hold, and which replace them.

Papers put them in few ways: 将“甲”误作“乙”, “乙”应为“甲”, 由五日改为八日, "should have read A, not B". Both values are
found by these words. What is replaced is never an answer by itself; where another article prints it about the same
matter, that answer is superseded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from qa.text.folding import letters

_QUOTED: Final = r"[“‘「『《\"'][^”’」』》\"'\n]{1,40}[”’」』》\"']"
_BARE: Final = r"[^，。；;、,“”‘’「」『』《》\"'\s（）()]{1,24}?"
_VALUE: Final = rf"(?:{_QUOTED}|{_BARE})"
_WRONGLY: Final = "误[为作成刊排植印写报登]+[为成作]?|错[写排印登刊][为成作]"
_RIGHTLY: Final = "应(?:当)?(?:为|是|作)|当(?:为|作)|更正为"
_MOVED: Final = "改(?:为|成|至|到|在|于|由)|调整(?:为|至|到)|变更为|修改为|推迟[至到]|延期[至到]|延至|顺延至|提前[至到]"
_HELD: Final = "举行|召开|进行|举办|开始|开幕|开放"
_STOP: Final = rf"(?=[，。；;、,\s（(]|之误|{_HELD}|担任|出任|\Z)"
_LATIN: Final = r"(?:[^,.;\n]|(?<=\d)[.,](?=\d)){1,60}?"
_LATIN_STOP: Final = r"(?=[,;\n]|\.(?!\d)|\Z)"
_NOT: Final = "(?i:not|rather than|instead of)"
_CORRECTED: Final = (
    rf"[将把](?P<new>{_VALUE})(?:{_WRONGLY})(?P<old>{_VALUE}){_STOP}",
    rf"(?P<new>{_QUOTED})(?:{_WRONGLY})(?P<old>{_QUOTED})",
    rf"(?P<old>{_QUOTED})[^。；;“”\n]{{0,12}}?(?:{_RIGHTLY})(?P<new>{_VALUE}){_STOP}",
    rf"误[为作成写]?(?P<old>{_VALUE})[，,；;][^。\n]{{0,12}}?(?:{_RIGHTLY})(?P<new>{_VALUE}){_STOP}",
    rf"(?P<old>{_VALUE})[系为是](?P<new>{_VALUE})之误",
    rf"应当?[为是](?P<new>{_VALUE})[，,]而?(?:不是|非)(?P<old>{_VALUE}){_STOP}",
    rf"(?i:should (?:have )?(?:read|said|been|be)) (?P<new>{_LATIN}),? {_NOT} (?P<old>{_LATIN}){_LATIN_STOP}",
)
_CHANGED: Final = (
    (
        rf"(?:由|从|原定[于在]?|原计划于?|原为|原拟于?|原)(?P<old>{_VALUE})(?={_HELD}|的|[，,]|{_MOVED})"
        rf"(?:{_HELD})?[^。；;\n]{{0,24}}?(?:{_MOVED})(?P<new>{_VALUE}){_STOP}"
    ),
    (
        rf"(?i:from|originally (?:set|scheduled|planned) for) (?P<old>{_LATIN}),? (?i:(?:has been |was |is )?"
        rf"(?:moved|changed|postponed|brought forward|rescheduled) to) (?P<new>{_LATIN}){_LATIN_STOP}"
    ),
)
_FORMS: Final[tuple[tuple[re.Pattern[str], Literal["correction", "change"]], ...]] = (
    *((re.compile(form), "correction") for form in _CORRECTED),
    *((re.compile(form), "change") for form in _CHANGED),
)
_SIGNS: Final = re.compile(
    f"{_WRONGLY}|{_RIGHTLY}|之误|{_MOVED}|[Ss]hould (?:have|read|be)|moved to|changed to|postponed to"
)
SLACK: Final = 3
"""Characters that a value may be longer than the one that it replaces, where more than the values is quoted."""
_QUOTES: Final = "“”‘’「」『』《》\"'"


@dataclass(frozen=True, slots=True)
class Correction:
    """``text[old_start:old_end]`` is replaced by ``text[new_start:new_end]``, both without quotation marks."""

    old_start: int
    old_end: int
    new_start: int
    new_end: int
    reason: Literal["correction", "change"]


def corrections(text: str) -> Iterator[Correction]:
    """Yield what a text says to be replaced, and by what.

    >>> text = "昨日三版将“三十二人”误作“二十三人”。大会由5日改为8日举行。"
    >>> [(text[c.old_start:c.old_end], text[c.new_start:c.new_end], c.reason) for c in corrections(text)]
    [('二十三人', '三十二人', 'correction'), ('5日', '8日', 'change')]
    """
    if not _SIGNS.search(text):
        return
    taken: list[tuple[int, int]] = []
    for form, reason in _FORMS:
        for found in form.finditer(text):
            if all(found.end() <= start or found.start() >= end for start, end in taken):
                taken.append(found.span())
                old, new = (_unquoted(text, *found.span(name)) for name in ("old", "new"))
                yield Correction(*old, *new, reason)


def replacement(text: str, correction: Correction, words: str) -> tuple[int, int] | None:
    """Return the characters of ``text`` that a correction puts in place of ``words``; ``None`` if it is not about them.

    Where the correction quotes more than the words, what both of its values have around them is left out.

    >>> text = "“跳高冠军孙大勇”应为“跳高冠军孙大永”。"
    >>> (only,) = corrections(text)
    >>> start, end = replacement(text, only, "孙大勇")
    >>> text[start:end], replacement(text, only, "孙大永")
    ('孙大永', None)
    """
    old, new = text[correction.old_start : correction.old_end], text[correction.new_start : correction.new_end]
    said, printed = letters(words), letters(old)
    if not (_stands_in(printed, said) or (len(said) > 1 and _stands_in(said, printed))):
        return None
    at = old.find(words)
    if at < 0 or old == words:
        # 将镇长罗文斌误写成罗文彬: only the name was wrong.
        start = max(0, new.find(old[0])) if len(new) > len(old) else 0
        return correction.new_start + start, correction.new_end
    if words in new:
        return None
    before, after = old[:at], old[at + len(words) :]
    start = len(before) if new.startswith(before) else 0
    end = len(new) - (len(after) if new.endswith(after) else 0)
    # “搬迁费用1.2亿元”应为“1.02亿元”: what the new value does not repeat was said of both.
    if start >= end or end - start > len(words) + SLACK:
        return None
    return correction.new_start + start, correction.new_start + end


def _stands_in(short: str, long: str) -> bool:
    """Whether ``long`` has ``short``, and not as a part of a longer number."""
    at = long.find(short) if short else -1
    around = (long[at - 1 : at] + short[:1], short[-1:] + long[at + len(short) :][:1])
    return at >= 0 and not any(len(pair) == 2 and pair.isdecimal() for pair in around)


def _unquoted(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _QUOTES:
        start += 1
    while end > start and text[end - 1] in _QUOTES:
        end -= 1
    return start, end

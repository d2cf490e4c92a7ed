"""Which end of a range a question wants: 几点关门 is answered by the second half of 早七时半至晚六时."""

import re
from dataclasses import replace
from typing import Final

from qa.read.model import CharSpan, Reading
from qa.text.folding import simplified

_NUMERAL: Final = r"[0-9０-９〇零一二两兩三四五六七八九十]"
_RANGE: Final = re.compile(
    rf"(?:[从從自由]|from )?(?P<first>[^，。；,;\n]*{_NUMERAL}[^，。；,;\n]*?)\s*"
    r"(?:[至到~～]|[-–—－]{1,2}|\b(?:to|until|till|through)\b)\s*"
    rf"(?P<last>[^，。；,;\n]*{_NUMERAL}[^，。；,;\n]*)",
    re.IGNORECASE,
)
_ENDS: Final = re.compile(
    r"结束|截止|为止|关门|闭馆|打烊|收摊|停止|到(?:几[点时号日月]|什么时候|何时|哪[天年月])"
    r"|\b(?:clos(?:e|es|ing)|ends?|finish(?:es)?|expires?|until when)\b",
    re.IGNORECASE,
)
_BEGINS: Final = re.compile(
    r"开始|开门|开馆|从(?:几|什么时候|何时|哪[天年月])|(?:几点|几[号日月]|何时|什么时候|哪[天年月])起"
    r"|\b(?:opens?|starts?|begins?)\b",
    re.IGNORECASE,
)
_WHEN: Final = re.compile(
    r"几[点时號号日月]|什么时[候间]|何时|哪一?[天年月日]|\bwhen\b|\b(?:what|which) (?:time|hour|day|date|month|year)\b",
    re.IGNORECASE,
)
_LASTS: Final = re.compile(r"多[长久]|多少[天年月]|几[天年]|开放时间|\bhow long\b", re.IGNORECASE)


def wanted_end(question: str, text: str, reading: Reading) -> Reading:
    """Return the reading with its best span cut to the end of a range that the question asks for, if to either.

    >>> text = "粮店早七时半至晚六时营业。"
    >>> best = wanted_end("粮店几点关门?", text, Reading(CharSpan(2, 10, 1.0), (), 0.0)).best
    >>> text[best.start : best.end]
    '晚六时'
    """
    best, asked = reading.best, simplified(question)
    ends, begins = bool(_ENDS.search(asked)), bool(_BEGINS.search(asked))
    if ends == begins or not _WHEN.search(asked) or _LASTS.search(asked):
        return reading
    found = _RANGE.fullmatch(text, best.start, best.end)
    if not found or not _are_whole(found["first"], found["last"]):
        return reading
    start, end = found.span("last" if ends else "first")
    cut = CharSpan(start, end, best.score)
    return replace(reading, best=cut, spans=tuple(cut if span == best else span for span in reading.spans))


def _are_whole(first: str, last: str) -> bool:
    """Whether the ends of a range say what they are alone: not 5 of 5-10日, which has no unit, or 13 of 2012-13."""
    if not first[-1:].isdecimal():
        return True
    return last[-1:].isdecimal() and not (last.isdecimal() and len(last) < len(first))

"""Questions that ask for several things at once, taken apart into one question each.

By the marks of the parts: 分别 and 各 after things joined by 和 or 、, question
marks inside, and clauses that each ask.
"""

import re
from typing import Final

from qa.text.script import HAN

MOST_PARTS: Final = 4
SHORTEST: Final = 3
"""Characters of a clause that asks by itself."""

_EACH: Final = re.compile(
    r"\A(?P<topic>[^。;；?？]*[,，])?(?P<things>[^,，。;；?？]{2,40}?)(?:都)?(?:分别|各自|各)(?!个|地|种|位|界|项|级|族|县|市|区|国|省|校|村|镇|乡|大|类|年)(?P<rest>.+)\Z"
)
_JOINED: Final = re.compile(r"和|与|及|以及|、")
_ASKING: Final = (
    r"(?:who(?:m|se)?|when|where|why|how(?: (?:many|much|long|old|far|often))?|what(?: (?:time|date|day|year))?|which)"
    r"\b"
)
_AND: Final = re.compile(rf"\A(?P<first>{_ASKING})\s+and\s+(?P<second>{_ASKING})\s+(?P<rest>.+)\Z", re.IGNORECASE)
_THEN_ASKS: Final = re.compile(
    rf"(?<=\w)\s+and\s+(?=(?:(?:in|at|to|by|for|from|on|of|with)\s+)?{_ASKING}(?:\s|\s*\?*\Z))", re.IGNORECASE
)
_HAN: Final = re.compile(HAN)
_ASKS: Final = re.compile(r"谁|何[时地人]|哪|几[点个位名年月天时]|什么|多少|为何|怎么|怎样|如何|多[大高长久远]")
_ASKS_IN_ENGLISH: Final = re.compile(rf"\A(?:in|at|to|by|for|from|on|of)?\s*{_ASKING}", re.IGNORECASE)
_CLAUSE_END: Final = re.compile(r"[,，;；、](?:\s*(?:and|but)\b)?\s*(?:又|还有|以及|并且)?", re.IGNORECASE)
_QUESTION_END: Final = re.compile(r"(?<=[?？])(?=.)")


def parts(question: str) -> tuple[str, ...]:
    """Return the questions that ``question`` puts at once, in order; it alone where it puts one.

    >>> parts("县长和县委书记分别是谁?")
    ('县长是谁?', '县委书记是谁?')
    >>> parts("新区的书记、区长分别由谁担任?")
    ('新区的书记由谁担任?', '新区的区长由谁担任?')
    >>> parts("甲县和乙县的增幅各是多少?")
    ('甲县的增幅是多少?', '乙县的增幅是多少?')
    >>> parts("谁主持会议?会议何时召开?"), parts("When and where was he born?")
    (('谁主持会议?', '会议何时召开?'), ('When was he born?', 'where was he born?'))
    >>> parts("旧桥哪年建成、哪年拆除?"), parts("据报道,谁当选?"), parts("Who won, and when did the race start?")
    (('旧桥哪年建成?', '旧桥哪年拆除?'), ('据报道,谁当选?',), ('Who won?', 'when did the race start?'))
    >>> parts("两市的合同,数量和金额各是多少?"), parts("Who won and when did the race start?")
    (('两市的合同,数量是多少?', '两市的合同,金额是多少?'), ('Who won?', 'when did the race start?'))
    >>> parts("市长和书记出席了什么会议?")
    ('市长和书记出席了什么会议?',)
    """
    if each := _EACH.match(question):
        things = [thing for thing in _JOINED.split(each["things"]) if thing.strip()]
        if 1 < len(things) <= MOST_PARTS:
            return tuple(f"{each['topic'] or ''}{thing}{each['rest']}" for thing in _completed(things))
    if both := _AND.match(question):
        return tuple(f"{both[name]} {both['rest']}" for name in ("first", "second"))
    pieces = [piece.strip() for piece in _QUESTION_END.split(question) if piece.strip(" ?？\u3000")]
    if 1 < len(pieces) <= MOST_PARTS:
        return tuple(pieces)
    return _clauses(question) or (question,)


def _clauses(question: str) -> tuple[str, ...]:
    """Return the clauses that each ask; none unless there are several. One that begins with asking has no subject."""
    found: list[str] = []
    waiting = ""
    joined = _THEN_ASKS.sub(", and ", question) if not _HAN.search(question) else question
    for clause in _CLAUSE_END.split(joined.strip().rstrip("?？")):
        waiting += clause
        if not (_ASKS if _HAN.search(question) else _ASKS_IN_ENGLISH).search(waiting):
            waiting += "，"
            continue
        found.append(waiting)
        waiting = ""
    if waiting or not 1 < len(found) <= MOST_PARTS or min(map(len, found)) < SHORTEST:
        return ()
    asks = _ASKS.search(found[0])
    subject = found[0][: asks.start()] if asks else ""
    return tuple(f"{subject if at and _ASKS.match(clause) else ''}{clause}?" for at, clause in enumerate(found))


def _completed(things: list[str]) -> list[str]:
    """Give every thing what is said of them all: what stands before 的 in the first, or after it in the last.

    The latter only where they are of one kind, as 甲县 and 乙县 are, and 县长 and 新区 are not.
    """
    first, last = things[0], things[-1]
    owner, _, owned = last.rpartition("的")
    if owner and "的" not in first and first[-1] == owner[-1]:
        return [thing if "的" in thing else f"{thing}的{owned}" for thing in things]
    shared = first[: first.rfind("的") + 1]
    return [thing if "的" in thing else shared + thing for thing in things]

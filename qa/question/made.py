"""Questions made of a text's own sentences, each with the words that answer it.

Rules, not a model: an answer that has a form (a number with its unit, a date, a counted list, somebody who does
something) is replaced in its own clause by the question word that asks for it. Chinese asks in place, so the clause
stays a sentence; of English only who did or said something is asked. They are proposals: a person looks at them, or
they are asked before they are offered.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import merge
from operator import itemgetter
from typing import Final

from qa.text.dates import DAY, MONTH, MONTH_AND_DAY, YEAR
from qa.text.script import HAN
from qa.text.surnames import COMPOUND_SURNAMES, SURNAMES_BY_FORM

_WORD: Final = rf"(?:{HAN}|[A-Za-z0-9·])+"
_CLAUSE_EDGE: Final = re.compile(r"[。;；!！?？,，:：\n]|(?<=[讯电道])[(（][^()（）]*[)）]")  # or a dateline
_SHORT: Final = 8
"""Characters beside the answer under which a clause is asked together with the one before it, a date with the next."""
_LONGEST: Final = 60
"""Characters of a question beyond which nobody would ask it so."""

_NUMBER: Final = re.compile(
    r"(?<![\d.A-Za-z第])(?P<answer>\d[\d,]*(?:\.\d+)?[余多]?[万亿]*(?:(?P<percent>%)|"
    r"(?P<unit>元|美元|名|人|个|家|台|辆|公里|吨|亩|平方米|平方公里|户|项|场|次|岁|座|条|所|部|张|件|公斤|千瓦)))"
)
_DATE: Final = re.compile(
    rf"(?<!\d)(?P<answer>(?:{YEAR})?{MONTH_AND_DAY}(?:至(?:{MONTH})?{DAY})?|{DAY}至{DAY}|{YEAR}{MONTH})"
)
_COUNTS: Final = {character: number for number, character in enumerate("两三四五六七八九十", 2)}
_COUNTED: Final = re.compile(
    rf"(?P<count>[两三四五六七八九十]|(?<!\d)\d)(?P<noun>[个家大项种名位座条类所部]{HAN}{{2,6}})"
)
_ITEM: Final = re.compile(rf"“{_WORD}”|《{_WORD}》|{_WORD}")
# What often stands before the first item and is no part of it; whoever looks at the draft sees the rest.
_BEFORE_ITEMS: Final = re.compile(r"聚焦|包括|围绕|分别为|分别是|打造|建设|推动|加快|任命|有|是|为")
_SEPARATOR: Final = re.compile(r"、|以及|和|及|与")
_SAID: Final = re.compile(
    r"[“\"](?P<words>[^“”\"]{30,200})[,.][”\"] said (?P<answer>[A-Z][\w'-]+(?: [A-Z][\w'-]+){1,2})"
)

_ACTS: Final = (
    "主持|出席|参加|介绍|表示|指出|强调|宣布|担任|当选|获得|率|会见|会晤|负责|带队|作报告|作了|调研|考察|慰问|致辞|"
    "为(?=[^了]{2,20}(?:长|主任|书记|局长|委员|代表|经理|教授))|與|与(?=.{2,20}(?:会谈|会见|座谈|签))"
)
_WHO: Final = re.compile(
    rf"(?P<office>{HAN}{{0,16}}?)(?P<name>(?:{'|'.join(COMPOUND_SURNAMES)}|[{''.join(sorted(SURNAMES_BY_FORM))}])"
    rf"{HAN}{{1,2}})(?P<act>(?:{_ACTS}).{{1,28}})"
)
_SENTENCE: Final = re.compile(r"[^\n]+?(?:[.!?](?=\s)|(?=\n)|$)")
_ENGLISH_WHO: Final = re.compile(
    r"(?P<name>[A-Z][\w'’-]+(?: [A-Z][\w'’.-]*){1,3}) (?P<act>(?:was|is|will|has|had|[a-z]+ed) .{3,60}?)[.!]?$"
)


@dataclass(frozen=True, slots=True)
class Made:
    """A question, with its language and kind as gold questions have them; ``answers`` stand in ``evidence``."""

    question: str
    lang: str
    kind: str
    answers: tuple[str, ...]
    evidence: str


_Found = tuple[int, int, str, str, tuple[str, ...]]
"""Start and end of what is asked for, the question word, the kind, the answers."""


def questions_of(text: str) -> Iterator[Made]:
    """Yield questions in the order of the text, each made when it is asked for.

    >>> [(made.question, made.answers) for made in questions_of("王建国主持会议，工程总投资约3.5亿元。")]
    [('谁主持会议？', ('王建国',)), ('王建国主持会议，工程总投资约多少元？', ('3.5亿元',))]
    >>> [made.question for made in questions_of("市长李晓明出席开工仪式。")]
    ['出席开工仪式的市长是谁？']
    >>> [made.question for made in questions_of("Ruth Adeyemi opened the bridge")]
    ['Who opened the bridge?']
    """
    at = itemgetter(0)
    # What has a number in it may be asked for as a list: that is known before the numbers are.
    lists = list(_lists(text))
    numbers = (one for one in _numbers(text) if not any(start <= one[0] < end for start, end, *_ in lists))
    in_place = _in_place(text, merge(lists, numbers, _dates(text), key=at))
    yield from (made for _, made in merge(in_place, _who(text), _who_in_english(text), _said(text), key=at))


def _in_place(text: str, found: Iterable[_Found]) -> Iterator[tuple[int, Made]]:
    for start, end, word, kind, answers in found:
        question, evidence = _asked_in_place(text, start, end, word)
        if _SHORT < len(question) <= _LONGEST:
            yield start, Made(question, "zh", kind, answers, evidence)


def _who(text: str) -> Iterator[tuple[int, Made]]:
    edges = [0, *(at for edge in _CLAUSE_EDGE.finditer(text) for at in edge.span()), len(text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        clause = text[start:end].strip()
        if who := _WHO.fullmatch(clause):
            office, name, act = who["office"], who["name"], who["act"]
            question = f"{act}的{office}是谁？" if office else f"谁{act}？"
            yield start, Made(question, "zh", "person", (name,), clause)


def _who_in_english(text: str) -> Iterator[tuple[int, Made]]:
    for sentence in _SENTENCE.finditer(text):
        if who := _ENGLISH_WHO.fullmatch(sentence[0].strip()):
            yield sentence.start(), Made(f"Who {who['act']}?", "en", "person", (who["name"],), sentence[0].strip())


def _said(text: str) -> Iterator[tuple[int, Made]]:
    for said in _SAID.finditer(text):
        words = " ".join(said["words"].split()[:12])
        yield said.start(), Made(f"Who said “{words} …”?", "en", "person", (said["answer"],), said[0])


def _numbers(text: str) -> Iterator[_Found]:
    for found in _NUMBER.finditer(text):
        word = "百分之多少" if found["percent"] else f"多少{found['unit']}"
        yield found.start(), found.end(), word, "number", (found["answer"],)


def _dates(text: str) -> Iterator[_Found]:
    for found in _DATE.finditer(text):
        yield found.start(), found.end(), "什么时候", "date", (found["answer"],)


def _lists(text: str) -> Iterator[_Found]:
    """Find enumerations that are counted, with as many items as the count says: A、B和C3家企业."""
    for found in _COUNTED.finditer(text):
        start = _after(_CLAUSE_EDGE, text, found.start())
        first = _SEPARATOR.search(text, start, found.start())
        for before in _BEFORE_ITEMS.finditer(text, start, first.start() if first else start):
            start = before.end()
        items = tuple(item for item in _SEPARATOR.split(text[start : found.start()]) if item)
        counted = all(_ITEM.fullmatch(item) for item in items)
        if counted and len(items) == (_COUNTS.get(found["count"]) or int(found["count"])) > 1:
            yield start, found.end(), f"哪{found['count']}{found['noun']}", "list", items


def _asked_in_place(text: str, start: int, end: int, word: str) -> tuple[str, str]:
    """Return the clause with ``[start, end)`` replaced by a question word, and the clause as it is."""
    first = _after(_CLAUSE_EDGE, text, start)
    last = _before(_CLAUSE_EDGE, text, end)
    if last - first - (end - start) < _SHORT:
        if first == start:
            last = _before(_CLAUSE_EDGE, text, min(last + 1, len(text)))
        else:
            first = _after(_CLAUSE_EDGE, text, max(first - 1, 0))
    asked = f"{text[first:start]}{word}{text[end:last]}".strip("“”‘’\"'()（） \t")
    return f"{asked}？", text[first:last].strip()


def _after(edge: re.Pattern[str], text: str, position: int) -> int:
    return max((found.end() for found in edge.finditer(text, 0, position)), default=0)


def _before(edge: re.Pattern[str], text: str, position: int) -> int:
    found = edge.search(text, position)
    return found.start() if found else len(text)

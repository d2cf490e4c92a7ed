"""Questions that an article can be expected to answer, made of its headline and its sentences.

Where a clause says what somebody does, the question is who does it; where it gives an amount, how much that is. What is
made so is only proposed: whoever offers a question asks it first.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from qa.text.script import HAN, language
from qa.text.surnames import COMPOUND_SURNAMES, SURNAMES_BY_FORM

SHORTEST, LONGEST = 5, 40
"""Characters of a question."""

_CLAUSES: Final = re.compile(r"[，,。；;！!？?:：\n\u3000]+")
_SENTENCES: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_ACTS: Final = (
    "主持|出席|参加|介绍|表示|指出|强调|宣布|担任|当选|获得|率|会见|会晤|负责|带队|作报告|作了|调研|考察|慰问|致辞|"
    "为(?=[^了]{2,20}(?:长|主任|书记|局长|委员|代表|经理|教授))|與|与(?=.{2,20}(?:会谈|会见|座谈|签))"
)
_WHO: Final = re.compile(
    rf"(?P<office>{HAN}{{0,16}}?)(?P<name>(?:{'|'.join(COMPOUND_SURNAMES)}|[{''.join(sorted(SURNAMES_BY_FORM))}])"
    rf"{HAN}{{1,2}})(?P<act>(?:{_ACTS}).{{1,28}})"
)
_AMOUNT: Final = re.compile(
    r"(?P<what>.{3,24}?(?:达|为|共|约|超过|投资|增长|下降|上调|下调|长|高|有))(?:到|了|至)?(?:近|约)?"
    r"(?P<amount>[\d.,]+|[一二两三四五六七八九十百]+)(?P<large>余?[万亿]*)"
    r"(?P<unit>元|人|户|公里|千米|米|平方米|亩|吨|个百分点|项|家|辆|名|套|座|天|年)"
)
_ENGLISH_WHO: Final = re.compile(
    r"(?P<name>[A-Z][\w'’-]+(?: [A-Z][\w'’.-]*){1,3}) (?P<act>(?:was|is|will|has|had|[a-z]+ed) .{3,60}?)[.!]?$"
)


@dataclass(frozen=True, slots=True)
class Proposed:
    """A question, and what its answer should have in it."""

    question: str
    expected: str


def proposals(title: str, text: str) -> Iterator[Proposed]:
    """Yield questions about an article, of its headline first.

    >>> [each.question for each in proposals("", "王建国主持会议，工程总投资约3.5亿元。")]
    ['谁主持会议？', '工程总投资多少元？']
    >>> [each.question for each in proposals("", "市长李晓明出席开工仪式。")]
    ['出席开工仪式的市长是谁？']
    >>> [each.question for each in proposals("Ruth Adeyemi opened the bridge", "")]
    ['Who opened the bridge?']
    """
    seen = set[str]()
    for sentence in [title, *_SENTENCES.split(text)]:
        found = _chinese(sentence) if language(sentence) == "zh" else _english(sentence)
        for each in found:
            if SHORTEST <= len(each.question) <= LONGEST and each.question not in seen:
                seen.add(each.question)
                yield each


def _chinese(sentence: str) -> Iterable[Proposed]:
    for clause in map(str.strip, _CLAUSES.split(sentence)):
        if who := _WHO.fullmatch(clause):
            office, name, act = who["office"], who["name"], who["act"]
            yield Proposed(f"{act}的{office}是谁？" if office else f"谁{act}？", name)
        elif amount := _AMOUNT.search(clause):
            yield Proposed(f"{amount['what'].removesuffix('约')}多少{amount['unit']}？", amount["amount"])


def _english(sentence: str) -> Iterable[Proposed]:
    if who := _ENGLISH_WHO.fullmatch(sentence.strip()):
        yield Proposed(f"Who {who['act']}?", who["name"])

"""Reading one given passage: the items of a list, and no more of them than the question says that it wants."""

from dataclasses import dataclass
from math import exp
from typing import cast

import pytest

from qa.read.calibration import Calibration
from qa.read.model import CharSpan, Reader, Reading
from qa.read.single import read_passage
from qa.read.told import Told
from qa.train.data import Example
from qa.train.measure import outcome

TEXT = "会议任命甲一、乙二、丙三为副市长,丁四主持。"


def span(word: str, score: float) -> CharSpan:
    return CharSpan(TEXT.index(word), TEXT.index(word) + len(word), score)


SPANS = (span("甲一", 2.0), span("乙二", 1.0), span("丙三", 3.0), span("丁四", -1.0))

PLAIN = Calibration(1.0, 0.0, 0.5, 0.5)


@dataclass(frozen=True, slots=True)
class MadeUpReader:
    """Reads ``SPANS``, whatever it is asked."""

    calibration: Calibration = PLAIN

    def read(self, question: str, passages: list[Told]) -> list[Reading]:
        return [Reading(SPANS[2], SPANS, 1.0) for _ in passages]


READER = cast("Reader", MadeUpReader())


@pytest.mark.parametrize(
    ("most", "items", "answer"),
    [
        (None, ["甲一", "乙二", "丙三"], "甲一、乙二、丙三"),
        (3, ["甲一", "乙二", "丙三"], "甲一、乙二、丙三"),
        (5, ["甲一", "乙二", "丙三"], "甲一、乙二、丙三"),
        (2, ["甲一", "丙三"], "丙三"),  # no longer one enumeration
        (1, ["丙三"], "丙三"),
    ],
)
def test_the_likeliest_items_are_kept_in_the_texts_order(most: int | None, items: list[str], answer: str) -> None:
    found = read_passage(READER, "任命了谁?", TEXT, most=most)
    assert [TEXT[item.start : item.end] for item in found.items] == items
    assert found.answer is not None
    assert TEXT[found.answer.start : found.answer.end] == answer
    assert found.score == pytest.approx(1 / (1 + exp(-3.0)))


def test_a_measured_reader_gives_as_many_items_as_the_question_asks_for() -> None:
    two = tuple((word, TEXT.index(word)) for word in ("甲一", "丙三"))
    asked = [Example("1", "made up", "", TEXT, question, two) for question in ("任命了谁?", "任命了哪两位副市长?")]
    assert [outcome(READER, each).item_f1 for each in asked] == pytest.approx([0.8, 1.0])

"""The JSON contract: what is written reads back the same, and what is wrong is named."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import InputError
from qa.types import Answer, Citation, Item, Passage
from qa.wire import answer_from_json, answer_to_json, dumps, to_line

CITATION = Citation(
    document_id="d1",
    source="seeds/page.md",
    sha256="ab" * 32,
    title="洛阳市人大常委会任免名单",
    byline=None,
    date="2021-10-13",
    line_start=101,
    line_end=101,
    start=5120,
    end=5135,
    quote="李新建为洛阳市人民政府副市长;",
    answer_start=5120,
    answer_end=5123,
    page="4",
)
ANSWER = Answer(
    id="q1",
    question="谁被任命为副市长?",
    items=(Item("李新建", 0.95, (CITATION,)),),
    confidence=0.93,
    passages=(Passage("d1:5:0", "d1", 1.25, 5000, 5300),),
    timings_ms={"encode": 3.1, "retrieve": 1.0, "read": 20.0, "total": 25.55},
)
DECLINED = Answer(question="何时开工?", items=(), confidence=0.1, passages=ANSWER.passages, timings_ms={"total": 9.0})

EXPECTED = (
    '{"id": "q1", "question": "谁被任命为副市长?", "answered": true, "answer": "李新建", "confidence": 0.93, '
    '"items": [{"text": "李新建", "confidence": 0.95, "citations": [{"document_id": "d1", "source": "seeds/page.md", '
    f'"sha256": "{"ab" * 32}", "title": "洛阳市人大常委会任免名单", "byline": null, "date": "2021-10-13", '
    '"line_start": 101, "line_end": 101, "unit": "codepoint", "start": 5120, "end": 5135, '
    '"quote": "李新建为洛阳市人民政府副市长;", "answer_start": 5120, "answer_end": 5123, "page": "4", "day": null, '
    '"record": null, "record_line": null, "publication": null, "edition": null, "shown": null, "boxes": []}], '
    '"kind": "span", "part": null}], '
    '"passages": [{"chunk_id": "d1:5:0", "document_id": "d1", "score": 1.25, "start": 5000, "end": 5300}], '
    '"timings_ms": {"encode": 3.1, "retrieve": 1.0, "read": 20.0, "total": 25.55}, '
    '"closest": null, "superseded": [], "more_passages": 0}'
)


def test_one_line_in_the_designs_order() -> None:
    assert dumps(ANSWER) == EXPECTED


def test_an_abstention_lists_passages_and_has_no_id() -> None:
    assert answer_to_json(DECLINED) == {
        "question": "何时开工?",
        "answered": False,
        "answer": None,
        "confidence": 0.1,
        "items": [],
        "passages": [{"chunk_id": "d1:5:0", "document_id": "d1", "score": 1.25, "start": 5000, "end": 5300}],
        "timings_ms": {"total": 9.0},
        "closest": None,
        "superseded": [],
        "more_passages": 0,
    }


def test_numbers_are_rounded() -> None:
    value = answer_to_json(replace(ANSWER, confidence=1 / 3, timings_ms={"total": 12.3456, "read": -0.001}))
    assert (value["confidence"], value["timings_ms"]) == (0.3333, {"total": 12.35, "read": 0.0})
    assert "-0.0" not in to_line(value)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_number_that_is_not_finite_never_leaves(number: float) -> None:
    with pytest.raises(ValueError, match="total is"):
        dumps(replace(ANSWER, timings_ms={"total": number}))


def test_lone_surrogates_and_odd_line_breaks_stay_on_one_encodable_line() -> None:
    question = "甲\ud800乙\u2028丙\x85丁\n"
    line = dumps(replace(ANSWER, question=question))
    assert len(line.splitlines()) == 1
    assert json.loads(line.encode())["question"] == question


NUMBERS = st.integers(-(10**8), 10**8).map(lambda thousandths: thousandths / 1000)
TEXT = st.text(st.characters(exclude_categories=["Cs"]) | st.just("\ud800"), max_size=10).filter(
    lambda text: json.loads(json.dumps(text)) == text
)
OFFSETS = st.integers(0, 10**9)
CITATIONS = st.builds(
    Citation,
    *[TEXT] * 4,
    *[st.none() | TEXT] * 2,
    *[OFFSETS] * 4,
    TEXT,
    *[OFFSETS] * 2,
    unit=TEXT,
)
ITEMS = st.builds(Item, TEXT.filter(bool), NUMBERS, st.lists(CITATIONS, min_size=1, max_size=2).map(tuple))
PASSAGES = st.builds(Passage, TEXT, TEXT, NUMBERS, OFFSETS, OFFSETS)
ANSWERS = st.builds(
    Answer,
    question=TEXT,
    items=st.lists(ITEMS, max_size=2).map(tuple),
    confidence=NUMBERS,
    passages=st.lists(PASSAGES, max_size=2).map(tuple),
    timings_ms=st.dictionaries(TEXT, st.integers(0, 10**6).map(lambda hundredths: hundredths / 100), max_size=3),
    id=st.none() | TEXT,
)


@given(ANSWERS)
def test_what_is_written_reads_back_the_same(answer: Answer) -> None:
    line = dumps(answer)
    assert len(line.splitlines()) == 1
    assert answer_from_json(json.loads(line.encode())) == answer


def test_fields_it_does_not_know_are_left_out() -> None:
    assert answer_from_json({**answer_to_json(ANSWER), "session": 7}) == ANSWER


def test_whole_numbers_pass_for_confidences_but_not_the_other_way_round() -> None:
    assert answer_from_json({**answer_to_json(ANSWER), "confidence": 1}).confidence == 1.0


Change = Callable[[Any], None]


def setting(*path: str | int, to: object) -> Change:
    def change(value: Any) -> None:
        for step in path[:-1]:
            value = value[step]
        value[path[-1]] = to

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda value: value.pop("question"), "question: missing"),
        (setting("question", to=3), "question: expected a string, found 3"),
        (setting("id", to=[1]), "id: expected a string or null, found an array of 1"),
        (setting("items", to={}), "items: expected an array, found an object of 0"),
        (setting("items", 0, to="李"), 'items[0]: expected an object, found "李"'),
        (setting("items", 0, "citations", to=[]), "items[0].citations: expected at least one citation, found an array"),
        (lambda value: value["items"][0]["citations"][0].pop("end"), "items[0].citations[0].end: missing"),
        (
            setting("items", 0, "citations", 0, "start", to="5120"),
            'items[0].citations[0].start: expected an integer, found "5120"',
        ),
        (setting("items", 0, "citations", 0, "line_end", to=True), "line_end: expected an integer, found true"),
        (setting("items", 0, "citations", 0, "end", to=5.0), "end: expected an integer, found 5.0"),
        (setting("items", 0, "citations", 0, "byline", to=7), "byline: expected a string or null, found 7"),
        (setting("passages", 0, "score", to=math.inf), "passages[0].score: expected a finite number, found Infinity"),
        (setting("passages", 0, "score", to=10**400), "passages[0].score: expected a finite number, found 1000"),
        (setting("timings_ms", "read", to=None), "timings_ms.read: expected a finite number, found null"),
        (setting("timings_ms", "\ud800" * 100, to=None), "timings_ms.\\ud800\\ud800"),
        (setting("confidence", to=False), "confidence: expected a finite number, found false"),
        (setting("answered", to=False), "answered: expected true, as the items say, found false"),
        (setting("answered", to=1), "answered: expected true, as the items say, found 1"),
        (setting("answer", to="孙延文"), 'answer: expected "李新建", as the items say, found "孙延文"'),
        (setting("question", to={"\ud800": "\ud800"}), "question: expected a string, found an object of 1"),
        (setting("confidence", to="\ud800" * 100), 'confidence: expected a finite number, found "\\ud800'),
    ],
)
def test_what_is_wrong_is_named(change: Change, message: str) -> None:
    value = json.loads(EXPECTED)
    change(value)
    with pytest.raises(InputError) as error:
        answer_from_json(value)
    assert message in str(error.value)
    assert len(str(error.value).encode()) < 500


@pytest.mark.parametrize("value", [None, [], "x", 3])
def test_what_is_no_object_is_refused(value: object) -> None:
    with pytest.raises(InputError, match="answer: expected an object"):
        answer_from_json(value)

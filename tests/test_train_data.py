"""Hard negatives over a handful of passages, where the best one without the answer is plain to see."""

import random
from pathlib import Path

import pytest

from qa.train.data import Example, hard_negatives, training_examples
from tests.fakes import FakeEncoder

HELD = "海陵市决定任命何平为海陵市财政局局长。"
NEAR = "海陵市决定任命于海为海陵市财政局副局长。"
NAMED = "何平出席海陵市财政局局长会议。"
ELSEWHERE = "云山市决定任命秦松为云山市财政局局长。"
FAR = "今年小麦丰收,亩产八百公斤。"
PASSAGES = [HELD, NEAR, NAMED, ELSEWHERE, FAR]
QUESTION = "谁被任命为海陵市财政局局长?"


def example(context: str, question: str, answer: str, *, source: str = "set", subject: str = "") -> Example:
    answers = ((answer, context.index(answer)),) if answer else ()
    return Example(f"{source}-{context[:4]}", source, "", context, question, answers, subject)


def mined(asked: Example, work: Path, encoder: FakeEncoder) -> list[Example]:
    """Find negatives of one question among all passages, each there by a question without an answer."""
    others = [example(context, "天气如何?", "") for context in PASSAGES]
    return hard_negatives([asked, *others], share=1.0, rng=random.Random(0), encoder=encoder, work=work)


@pytest.mark.parametrize(
    ("source", "subject", "negative"),
    [
        ("set", "", NEAR),  # NAMED is as near, but holds the answer
        ("notices", "海陵市", ELSEWHERE),
    ],
)
def test_the_best_passage_without_the_answer_is_the_negative(
    source: str, subject: str, negative: str, tmp_path: Path
) -> None:
    asked = example(HELD, QUESTION, "何平", source=source, subject=subject)
    (found,) = mined(asked, tmp_path, FakeEncoder(256))
    assert found == Example(f"{asked.id}:far", source, "", negative, QUESTION, (), subject)


def test_what_another_notice_may_answer_has_no_negative(tmp_path: Path) -> None:
    asked = example(HELD, "谁被任命为财政局局长?", "何平", source="notices")
    assert mined(asked, tmp_path, FakeEncoder(256)) == []


def test_no_passage_is_encoded_twice(tmp_path: Path) -> None:
    asked, encoder = example(HELD, QUESTION, "何平"), FakeEncoder(256)
    first = mined(asked, tmp_path, encoder)
    assert sorted(encoder.encoded["passage"]) == sorted(PASSAGES)
    assert mined(asked, tmp_path, encoder) == first
    assert len(encoder.encoded["passage"]) == len(PASSAGES)


def test_the_training_set_is_the_same_for_the_same_seed(data: Path, tmp_path: Path) -> None:
    once, again = (
        training_examples(data, notice_count=60, seed=3, limit=80, encoder=FakeEncoder(), work=tmp_path)
        for _ in range(2)
    )
    assert once == again
    assert len(once) == 80
    for each in once:
        assert all(each.context[start : start + len(text)] == text for text, start in each.answers)
    assert any(each.id.endswith(":far") for each in once)

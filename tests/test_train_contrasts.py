"""Contrasts: one word of a question or its passage is changed, and the answer is gone, or stays where it was."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoder import Kind, Vectors
from qa.train.contrasts import Change, Changed, NearWords, contrast, contrasts
from qa.train.data import Example

ARTICLE = "县毽球赛昨日结束，冠军为钟离尘。\n市乒乓球赛将于下月举行，由体育馆承办。"


def example(question: str, *answers: str, context: str = ARTICLE) -> Example:
    return Example(question, "x", "赛事", context, question, tuple((a, context.index(a)) for a in answers))


ASKED = example("县毽球赛的冠军是谁？", "钟离尘")


class Alphabetical:
    """Encodes a word by its code points: words that are close there are near."""

    name, fingerprint, dimension = "test", "", 2

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        angles = np.array([sum(map(ord, text)) % 1000 / 700 for text in texts], dtype=np.float32)
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)


def test_change_in_the_question_takes_the_answer_away() -> None:
    found = contrast(ASKED, Change("毽球", "跳绳"), "question")
    assert found == replace(ASKED, id=f"{ASKED.id}:contrast", question="县跳绳赛的冠军是谁？", answers=())


def test_change_that_the_passage_bears_out_is_no_contrast() -> None:
    assert contrast(ASKED, Change("毽球", "乒乓"), "question") is None
    # One character by itself stands everywhere; with what the question has around it, it is told.
    assert contrast(example("这场球赛结束了吗？", context="该场球赛"), Change("这", "该"), "question") is None


def test_change_in_the_passage_takes_the_answer_away() -> None:
    found = contrast(ASKED, Change("毽球", "跳绳"), "passage")
    assert found
    assert found.context == ARTICLE.replace("毽球", "跳绳")
    assert (found.question, found.answers) == (ASKED.question, ())


@pytest.mark.parametrize(
    ("question", "change"),
    [
        pytest.param("赛的冠军是谁？", Change("赛", "场"), id="it stands twice"),
        pytest.param("体育馆附近的冠军是谁？", Change("体育馆", "图书馆"), id="it stands in another sentence"),
        pytest.param("钟离尘得了什么？", Change("钟离", "司徒"), id="it stands in the answer"),
        pytest.param("县毽球赛的冠军是谁？", Change("毽球", "乒乓"), id="the new word stands there"),
        pytest.param("县跳绳赛的冠军是谁？", Change("跳绳", "射箭"), id="the old word does not"),
    ],
)
def test_no_change_in_the_passage_where_the_answer_might_stay(question: str, change: Change) -> None:
    assert contrast(example(question, "钟离尘"), change, "passage") is None


@given(st.lists(st.sampled_from(["甲", "乙", "丙", "，"]), max_size=12), st.sampled_from(["丁", "戊戊", "己己己"]))
def test_change_in_both_keeps_the_answer_where_it_stands(words: list[str], new: str) -> None:
    context = f"{''.join(words)}答案{''.join(reversed(words))}"
    asked = example("甲是什么？", "答案", context=context)
    found = contrast(asked, Change("甲", new), "both")
    if "甲" not in words:
        assert found is None
        return
    assert found
    assert found.context == context.replace("甲", new)
    assert [found.context[at : at + len(text)] for text, at in found.answers] == ["答案"]
    assert found.question == f"{new}是什么？"


def test_heads_go_along_with_the_passage() -> None:
    context = "县毽球赛成绩\n\n队名 首轮 次轮\n甲队 12 15\n乙队 10 18"
    asked = example("毽球赛甲队次轮得几分？", "15", context=context)
    asked = replace(asked, heads=((context.index("15"), "毽球甲队次轮"),))
    found = contrast(asked, Change("毽球", "乒乓球"), "both")
    assert found
    assert found.heads == ((found.context.index("15"), "乒乓球甲队次轮"),)


def test_near_words_are_of_one_kind_and_length() -> None:
    near = NearWords([("冠军", "n"), ("亚军", "n"), ("季军", "n"), ("毽子球", "n"), ("结束", "v")], Alphabetical())
    assert set(near.near("冠军", "n")) <= {"亚军", "季军"}
    assert near.near("毽子球", "n") == near.near("冠军", "v") == []


def test_two_contrasts_in_three_have_no_answer() -> None:
    asked = [
        example(f"{2000 + n}年{place}毽球赛冠军是谁？", "钟离尘", context=f"{2000 + n}年{place}毽球赛冠军是钟离尘。")
        for n, place in enumerate(["县", "市", "省", "乡", "镇", "村"] * 3)
    ]
    found = contrasts(asked, 15, rng=random.Random(7), encoder=Alphabetical())
    by_id = {e.id: e for e in asked}
    assert len(found) == 15
    kinds: Counter[Changed] = Counter()
    for e in found:
        original = by_id[e.id.removesuffix(":contrast")]
        changed = (e.question != original.question, e.context != original.context)
        kinds["both" if all(changed) else "question" if changed[0] else "passage"] += 1
        assert bool(e.answers) == all(changed)
    assert kinds == {"question": 5, "passage": 5, "both": 5}
    assert found == contrasts(asked, 15, rng=random.Random(7), encoder=Alphabetical())


def test_english_questions_have_years_and_ranks_changed() -> None:
    asked = example("Who won the second county race in 2021?", "钟离尘", context="2021年县第二届赛事冠军是钟离尘。")
    questions = {
        e.question for seed in range(40) for e in contrasts([asked], 1, rng=random.Random(seed), encoder=Alphabetical())
    }
    assert "Who won the third county race in 2021?" in questions
    assert "Who won the second city race in 2021?" in questions
    assert any(q.startswith("Who won the second county race in 202") and "2021" not in q for q in questions)

"""Questions as phrases for a search box, for training."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.train.search_phrases import search_phrase


@pytest.mark.parametrize(
    ("question", "phrase"),
    [
        ("滨河小学的校长是谁？", "滨河小学的校长"),
        ("滨河小学的校歌叫什么名字？", "滨河小学的校歌"),
        ("滨河小学有多少学生？", "滨河小学有多少学生？"),
        ("滨河小学的学生是多少人？", "滨河小学的学生"),
        ("滨河小学是什么时候成立的？", "滨河小学成立时间"),
        ("滨河小学成立于哪一年？", "滨河小学成立时间"),
        ("滨河小学建于何时？", "滨河小学建成时间"),
        ("滨河小学始建于何时？", "滨河小学始建时间"),
        ("校庆的时间是什么时候？", "校庆的时间是什么时候？"),
        ("滨河小学位于什么地方？", "滨河小学位置"),
        ("运动会在哪里举行？", "运动会举行地点"),
        ("Who is the head of Binhe school?", "head of Binhe school"),
        ("Who founded the school?", "Who founded the school?"),
        ("校歌的词和曲分别是谁写的？", "校歌的词和曲分别是谁写的？"),
        ("他在什么时候、什么地方出生？", "他在什么时候、什么地方出生？"),
        ("是谁？", "是谁？"),
        ("", ""),
    ],
)
def test_a_question_as_a_phrase(question: str, phrase: str) -> None:
    assert search_phrase(question) == phrase


@given(st.text(alphabet="校长的是谁在哪里何时什么时候有多少年？ ?X", max_size=24))
def test_no_phrase_is_empty_or_still_asks(question: str) -> None:
    phrase = search_phrase(question)
    assert phrase == question or (phrase and not any(word in phrase for word in ("谁", "什么", "哪", "何")))

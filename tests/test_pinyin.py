"""Names in pinyin and the characters they stand for, on texts made up for it."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.pinyin import has_name, with_characters

TEXTS = ["任命孙延文、李　新建为副市长。", "孙云斌、欧阳修、吕 布出席。单雄信、王乐未到,黄河为界。"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What post did Sun Yanwen get?", "What post did Sun Yanwen (孙延文) get?"),
        ("Did Vice Mayor Sun Yunbin resign?", "Did Vice Mayor Sun Yunbin (孙云斌) resign?"),
        ("Was Sun Yun Bin named?", "Was Sun Yun Bin (孙云斌) named?"),
        ("What is Li Xin-jian's office?", "What is Li Xin-jian (李新建)'s office?"),
        ("Xinjian Li and Yanwen Sun?", "Xinjian Li (李新建) and Yanwen Sun (孙延文)?"),
        ("Did Ouyang Xiu come?", "Did Ouyang Xiu (欧阳修) come?"),
        ("Did Lü Bu come?", "Did Lü Bu (吕布) come?"),
        ("Did Lu\u0308 Bu come?", "Did Lu\u0308 Bu (吕布) come?"),
        ("Did Lǐ Xīnjiàn come?", "Did Lǐ Xīnjiàn (李新建) come?"),
        ("Did Shan Xiongxin come?", "Did Shan Xiongxin (单雄信) come?"),
    ],
)
def test_a_name_is_followed_by_its_characters(question: str, expected: str) -> None:
    assert with_characters(question, TEXTS) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who was appointed vice mayor?",
        "Did Sun Yanwe speak?",
        "Did sun yanwen speak?",
        "Who runs the New York Times?",
        "Did He Wei speak?",  # 河为 is no name
        "Sun, Yanwen?",
        "What did Sun Yanwen (孙延文) say?",
        "孙延文任何职?",
    ],
)
def test_what_is_no_name_here_is_left_alone(question: str) -> None:
    assert with_characters(question, TEXTS) == question


def test_names_in_traditional_print_are_found() -> None:
    question = "What post did Jiang Shaolong get?"
    assert with_characters(question, ["派蔣紹龍為局長"]) == "What post did Jiang Shaolong (蔣紹龍) get?"


def test_names_that_sound_alike_are_all_given() -> None:
    assert with_characters("Is Li Na in?", ["李娜到。李那、李娜"]) == "Is Li Na (李娜、李那) in?"


@given(st.text(max_size=60), st.lists(st.text(max_size=40), max_size=3))
def test_only_characters_in_brackets_are_added(question: str, texts: list[str]) -> None:
    spelt = with_characters(question, texts)
    assert re.sub(r" \([^()]*\)", "", spelt) == re.sub(r" \([^()]*\)", "", question)
    assert spelt == question or has_name(question)

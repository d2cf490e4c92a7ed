"""Places that English questions name, and their Chinese names, over texts made up for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.places import has_place, with_places

TEXTS = ["孟津区人大常委会;河 南省、宿州市、宜阳县", "紐約與東京的市長", "华沙、巴黎"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who is mayor of Zhengzhou?", "Who is mayor of Zhengzhou (郑州)?"),  # not printed: the city of that name
        ("Did Zhengzhou grow?", "Did Zhengzhou (郑州) grow?"),
        ("Who left in Mengjin, Henan?", "Who left in Mengjin (孟津), Henan (河南)?"),  # known by their sound
        ("Is Yiyang County in it?", "Is Yiyang (宜阳) County in it?"),  # as printed, though 益阳 is the larger
        ("Is it in Suzhou?", "Is it in Suzhou (宿州)?"),
        ("Who is mayor of New York?", "Who is mayor of New York (紐約)?"),
        ("Is Xi'an near?", "Is Xi'an (西安) near?"),
        ("Who came to Warsaw and Tokyo?", "Who came to Warsaw (华沙) and Tokyo (東京)?"),
        ("Who heads the Zhengzhou Public Security Bureau?", "Who heads the Zhengzhou (郑州) Public Security Bureau?"),
    ],
)
def test_a_place_is_followed_by_its_chinese_name(question: str, expected: str) -> None:
    assert with_places(question, TEXTS) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Who was appointed vice mayor?",
        "Is Zhengzhou (郑州) in it?",
        "Is 郑州 Zhengzhou?",
        "Does the University have a Standing Committee?",  # a town of that name is too small to be meant
        "Was Norman named?",
        "谁是 Zhengzhou 市长?"[:4],
    ],
)
def test_nothing_is_added(question: str) -> None:
    assert with_places(question, TEXTS) == question


@given(st.text(alphabet="Paris Warsw,.'?华沙(（", max_size=30), st.lists(st.text(alphabet="华沙巴黎 省", max_size=6)))
def test_what_was_asked_stays_and_only_names_are_added(question: str, texts: list[str]) -> None:
    longer = with_places(question, texts)
    assert longer == question or has_place(question)
    added = 0
    for piece in longer.split(" ("):
        added += piece.split(")")[0] in {"华沙", "巴黎"}
    assert len(longer) >= len(question)
    assert added or longer == question

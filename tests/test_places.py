"""Places that English questions name, and their Chinese names, over texts made up for it."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.question.gazetteer import RELEASED, cities, write
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
        ("谁是 Zhengzhou 市长?", "谁是 Zhengzhou (郑州) 市长?"),
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
        "谁是市长?",
    ],
)
def test_nothing_is_added(question: str) -> None:
    assert with_places(question, TEXTS) == question


@given(st.text(alphabet="Paris Warsw,.'?华沙(（", max_size=30), st.lists(st.text(alphabet="华沙巴黎 省", max_size=6)))
def test_what_was_asked_stays_and_only_names_are_added(question: str, texts: list[str]) -> None:
    longer = with_places(question, texts)
    assert longer == question or has_place(question)
    # No question here has a closing bracket: those that do are what was added.
    assert re.sub(r" \([\u4e00-\u9fff、]+\)", "", longer) == question


def test_the_cities_kept_are_those_of_geonames(tmp_path: Path) -> None:
    write(tmp_path / "places.tsv.gz")
    assert (tmp_path / "places.tsv.gz").read_bytes() == RELEASED.read_bytes()
    assert [city.names[0] for city in cities("Suzhou")][:2] == ["苏州", "宿州市"]

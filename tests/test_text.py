"""What any part may ask of a text: brackets, sentences, surnames, dates and wording."""

import datetime
import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import api
from qa.text.brackets import outermost, pairs, within_pairs
from qa.text.dates import is_period, period
from qa.text.folding import folded, letters, placed_letters, simplified
from qa.text.sentences import first_sentence
from qa.text.surnames import COMPOUND_SURNAMES, SURNAMES, SURNAMES_AMONG_WORDS, SURNAMES_BY_FORM, SURNAMES_BY_SOUND
from qa.text.wording import DECLINED

WEB = Path(api.__file__).parent / "web"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("(甲(乙)丙)", [(2, 4), (0, 6)]),
        ("“甲(乙”丙)", [(0, 4)]),
        ("甲)乙(丙", []),
        ("《甲》〈乙〉", [(0, 2), (3, 5)]),
    ],
)
def test_pairs(text: str, found: list[tuple[int, int]]) -> None:
    assert list(pairs(text, 0, len(text))) == found


def test_pairs_are_looked_for_between_the_limits() -> None:
    assert list(pairs("(甲(乙)丙)", 1, 5)) == [(2, 4)]


def test_the_outermost_pairs_and_what_is_within_them() -> None:
    text = "甲“乙(丙)”丁"
    assert outermost(pairs(text, 0, len(text))) == [(1, 6)]
    inside = within_pairs(text, 0, len(text))
    assert [inside(at) for at in range(len(text))] == [False, True, True, True, True, True, False, False]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("会议召开。何雄讲话。", "会议召开。"),
        ("会议召开", "会议召开"),
        ("等等……会议召开!散会", "等等……会议召开!"),
        ("", ""),
    ],
)
def test_first_sentence(text: str, first: str) -> None:
    assert first_sentence(text) == first


def test_surnames() -> None:
    assert {"王", "洪", "习", "和", "官", "丘"} <= SURNAMES
    assert all(len(name) == 1 for name in SURNAMES)
    assert {name: (name in SURNAMES_BY_SOUND, name in SURNAMES_BY_FORM) for name in "王习官和"} == {
        "王": (True, True),
        "习": (True, True),
        "官": (True, False),
        "和": (False, True),
    }
    assert SURNAMES_BY_SOUND | SURNAMES_BY_FORM == SURNAMES
    assert {"和", "高"} < SURNAMES_AMONG_WORDS < SURNAMES_BY_FORM
    assert len(COMPOUND_SURNAMES) == len(set(COMPOUND_SURNAMES)) == 21 + 12  # twelve are others in traditional print
    assert set("陳劉衞時東歐") < SURNAMES
    assert set("後餘於") & SURNAMES == set()
    assert {"時", "東"} < SURNAMES_AMONG_WORDS
    assert "時" not in SURNAMES_BY_SOUND
    assert {len(name) for name in COMPOUND_SURNAMES} == {2}


def test_the_surnames_of_made_up_people_are_among_them() -> None:
    """The generator of training notices has its own list, with pinyin, of some of them."""
    data = resources.files("qa.train.notices").joinpath("data", "people.toml").read_text("utf-8")
    made_up = re.findall("([\u4e00-\u9fff]+)[A-Z]", tomllib.loads(data)["surnames"])
    assert len(made_up) == 180
    assert set(made_up) - SURNAMES == {"位"}


def test_the_page_declines_in_the_same_words() -> None:
    said = {
        language: re.findall('declined: "(.*)"', (WEB / f"words-{language}.js").read_text("utf-8"))
        for language in ("zh-hans", "zh-hant", "en")
    }
    assert said["zh-hans"] == [DECLINED["zh"]]
    assert said["en"] == [DECLINED["en"]]
    assert list(map(simplified, said["zh-hant"])) == [DECLINED["zh"]]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2024-12-31"),
        ("2024-2", "2024-02-01", "2024-02-29"),
        ("2021年10月3日", "2021-10-03", "2021-10-03"),
        ("2021-02-30", None, None),
        ("0000", None, None),
        ("2021-13", None, None),
    ],
)
def test_periods(text: str, first: str | None, last: str | None) -> None:
    assert is_period(text)
    found = period(text)
    assert (found and tuple(day.isoformat() for day in found)) == (first and (first, last))


@given(st.dates())
def test_every_day_is_a_period_of_one_day(day: datetime.date) -> None:
    assert period(day.isoformat()) == (day, day)


@given(st.text(max_size=20))
def test_letters_know_their_places(text: str) -> None:
    found, places = placed_letters(text)
    assert len(found) == len(places)
    assert all(letter in folded(text[place]) for letter, place in zip(found, places, strict=True))
    assert found == "".join(letters(character) for character in text)

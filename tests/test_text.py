"""Quotes and brackets that belong together, and the first sentence of a text."""

import pytest

from qa.text.brackets import outermost, pairs, within_pairs
from qa.text.sentences import first_sentence


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

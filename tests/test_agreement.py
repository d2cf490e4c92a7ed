"""Agreement of articles, against probabilities worked out by hand and by counting."""

from itertools import product
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.answer.agreement import DISSENT, Claim, agreed_probability, claim_key, dissented


def test_an_article_counts_once_by_its_best_claim() -> None:
    claims = [Claim(("a", 0), "甲一", 0.5), Claim(("a", 0), "甲一", 0.2), Claim(("a", 1), "甲一", 0.2)]
    assert agreed_probability("甲一", claims) == pytest.approx(1 - 0.5 * 0.8)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("8日", "10月8日", True),
        ("10月8日", "8日", True),
        ("8", "10月8日", False),
        ("8", "8", True),
        ("7日", "8日", False),
    ],
)
def test_the_words_of_one_in_the_other_agree(one: str, other: str, same: bool) -> None:
    assert agreed_probability(one, [Claim(("a", 0), other, 0.25)]) == (0.25 if same else 0.0)


def test_nobody_says_it() -> None:
    assert agreed_probability("甲一", []) == 0.0


@given(st.floats(0, 1))
def test_dissent_takes_the_same_log_odds_from_any_probability(probability: float) -> None:
    left = dissented(probability)
    assert 0 <= left <= probability <= 1
    if 1e-9 < probability < 1 - 1e-9:
        assert log(probability / (1 - probability)) - log(left / (1 - left)) == pytest.approx(DISSENT, abs=1e-4)


def test_marks_and_width_are_no_difference() -> None:
    assert claim_key("《Ａ报》 3") == claim_key("a报3") == "a报3"
    assert claim_key("?!") == "?!"


@given(st.lists(st.floats(0, 1), max_size=6))
def test_it_is_the_chance_that_not_all_are_wrong(chances: list[float]) -> None:
    claims = [Claim((str(number), 0), "甲一", chance) for number, chance in enumerate(chances)]
    some = 0.0
    for right in product((True, False), repeat=len(chances)):
        weight = 1.0
        for is_right, chance in zip(right, chances, strict=True):
            weight *= chance if is_right else 1 - chance
        some += weight * any(right)
    assert agreed_probability("甲一", claims) == pytest.approx(some, abs=1e-12)

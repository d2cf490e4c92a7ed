"""Metrics against hand-computed values, published definitions and slow independent computations."""

import itertools
import math
import string
from collections.abc import Sequence
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluate.metrics import (
    ItemScore,
    auroc,
    calibration_error,
    cmrc_exact_match,
    cmrc_f1,
    cmrc_tokens,
    hit_at_k,
    item_scores,
    mean,
    normalise_item,
    recall_at_k,
    reciprocal_rank,
    risk_coverage_area,
    squad_exact_match,
    squad_f1,
)

UNTIMED = settings(deadline=None)  # a busy machine is no failure
UNIT = st.floats(0, 1)
Value = TypeVar("Value", bool, float)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("1990-2000年", ["19902000", "年"]),  # a removed mark does not part what it stood between
        ("I Love 洛阳", ["i", "love", "洛", "阳"]),
        ("(Papal)——教宗", ["(", "papal", ")", "—", "—", "教", "宗"]),
        ("1,095亿, 46.5%。", ["1,095", "亿", ",", "46.5", "%"]),
        ("U.S.A.的 v2.0.", ["u.s.a", ".", "的", "v2.0", "."]),
        ("等等……", ["等", "等", "……"]),  # the script lists '……', which one character never equals: it stays
        ("‘甲’", ["‘", "甲"]),  # '’' is on the script's list, '‘' is not
        ("Lloyd's队", ["lloyd", "'s", "队"]),
        ("１９９９ ひらがな〇", ["１９９９", "ひらがな〇"]),  # outside U+4E00..9FA5: not characters of their own
        ("\u3000甲\u3000乙\n", ["甲", "乙"]),
        ("，。、", []),
    ],
)
def test_cmrc_tokens_follow_the_published_segmentation(text: str, tokens: list[str]) -> None:
    assert cmrc_tokens(text) == tokens


@pytest.mark.parametrize(
    ("prediction", "references", "exact", "f1"),
    [
        ("光荣和ω-force", ["光荣和ω-force"], 1, 1),
        ("《光荣》和Ω-FORCE。", ["光荣和ωforce"], 1, 1),
        ("光荣", ["光荣和ω-force"], 0, 2 * 2 / (2 + 4)),  # 2 tokens of 4
        ("1999年7月", ["1999年", "7月"], 0, 2 * 2 / (4 + 2)),
        ("村雨城", ["任天堂游戏谜之村雨城", "村雨城"], 1, 1),  # best over references
        ("甲乙丙丁", ["甲乙X丙丁"], 0, 2 * 2 / (4 + 5)),  # a substring, not a subsequence: 甲乙 or 丙丁
        ("甲甲甲", ["甲"], 0, 2 * 1 / (3 + 1)),
        ("forces", ["force"], 0, 0),  # Latin words are whole
        ("１９９９年", ["1999年"], 0, 2 * 1 / (2 + 2)),  # the script folds no full-width forms
        ("a b", ["ab"], 0, 0),
        ("洛 阳", ["洛阳"], 0, 1),  # white space inside stays for exact match, and parts no tokens for F1
        ("李", ["王"], 0, 0),
        ("", ["甲"], 0, 0),
        (None, ["甲"], 0, 0),
        ("。", ["甲"], 0, 0),
        (None, [], 1, 1),
        ("", [], 1, 1),
        ("甲", [], 0, 0),
    ],
)
def test_cmrc_scores(prediction: str | None, references: list[str], exact: float, f1: float) -> None:
    assert cmrc_exact_match(prediction, references) == exact
    assert cmrc_f1(prediction, references) == pytest.approx(f1)


@UNTIMED
@given(st.text("甲乙a1 ，", max_size=12), st.text("甲乙a1 ，", min_size=1, max_size=12))
def test_cmrc_f1_equals_a_search_of_all_substrings(prediction: str, reference: str) -> None:
    left, right = cmrc_tokens(prediction), cmrc_tokens(reference)
    runs = {tuple(left[i:j]) for i, j in itertools.combinations(range(len(left) + 1), 2)}
    others = {tuple(right[i:j]) for i, j in itertools.combinations(range(len(right) + 1), 2)}
    common = max(map(len, runs & others), default=0)
    expected = 0.0
    if common:
        precision, recall = common / len(left), common / len(right)
        expected = 2 * precision * recall / (precision + recall)
    assert cmrc_f1(prediction, [reference]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("prediction", "references", "exact", "f1"),
    [
        ("The Eiffel Tower", ["Eiffel tower."], 1, 1),
        ("an apple a day", ["apple day", "pear"], 1, 1),
        ("Wu Zhongyang, chairman", ["Chairman Wu"], 0, 2 * 2 / (3 + 2)),
        ("well-known", ["wellknown"], 1, 1),
        ("to be or not to be", ["to be"], 0, 2 * 2 / (6 + 2)),  # a bag: each word as often as both hold it
        ("theatre", ["atre"], 0, 0),  # an article is a word, not a prefix
        ("the", ["a"], 1, 1),  # a reference of articles only counts as no answer
        ("", ["mayor"], 0, 0),
        (None, ["mayor"], 0, 0),
        (None, [], 1, 1),
        ("mayor", [], 0, 0),
    ],
)
def test_squad_scores(prediction: str | None, references: list[str], exact: float, f1: float) -> None:
    assert squad_exact_match(prediction, references) == exact
    assert squad_f1(prediction, references) == pytest.approx(f1)


@UNTIMED
@given(st.text(string.ascii_letters + " .,", max_size=30))
def test_a_text_equals_itself_by_both_rules(text: str) -> None:
    assert squad_exact_match(text, [text]) == squad_f1(text, [text]) == 1
    assert cmrc_exact_match(text, [text]) == bool(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("《洛阳市水资源条例》", "洛阳市水资源条例"),
        ("洛阳市水资源\n条例；", "洛阳市水资源条例"),
        ("（１２日至　１３日）。", "12日至13日"),
        ("“三清两建”", "三清两建"),
        ("……Straße—", "strasse"),
        ("46.5%", "46.5%"),
        ("-5℃", "-5°c"),
        ("1,095亿元", "1,095亿元"),
        ("市委农办主任,局长", "市委农办主任,局长"),
        ("。《》", ""),
    ],
)
def test_normalise_item(text: str, normal: str) -> None:
    assert normalise_item(text) == normal


@pytest.mark.parametrize(
    ("predicted", "required", "score"),
    [
        (["李新建", "孙延文"], [["孙延文"], ["李新建"]], (1, 1, 1)),
        (["李新建", "李新建"], [["李新建"]], (1 / 2, 1, 2 / 3)),  # a second copy is one item too many
        (["李新建"], [["李新建"], ["李新建"]], (1, 1 / 2, 2 / 3)),  # a prediction is used once
        (["460", "460名"], [["460名", "460"]], (1 / 2, 1, 2 / 3)),
        (["《洛阳市水资源条例》"], [["洛阳市 水资源条例"]], (1, 1, 1)),
        (["a", "b"], [["a", "b"], ["a"]], (1, 1, 1)),  # a greedy matching would give "a" away
        (["甲"], [["乙"]], (0, 0, 0)),
        (["。"], [["《》", "甲"]], (0, 0, 0)),  # nothing left after normalisation matches nothing
        ([], [["甲"]], (0, 0, 0)),
        (["甲"], [], (0, 0, 0)),
        ([], [], (1, 1, 1)),
    ],
)
def test_item_scores(predicted: list[str], required: list[list[str]], score: tuple[float, float, float]) -> None:
    assert item_scores(predicted, required) == pytest.approx(ItemScore(*score))


@UNTIMED
@given(
    st.lists(st.sampled_from("甲乙丙丁"), min_size=1, max_size=4),
    st.lists(st.lists(st.sampled_from("甲乙丙丁"), min_size=1, max_size=3), min_size=1, max_size=4),
)
def test_the_matching_of_items_is_maximum(predicted: list[str], required: list[list[str]]) -> None:
    slots = [*predicted, *[""] * len(required)]  # a required item may stay without a partner
    best = max(
        sum(item in spellings for item, spellings in zip(order, required, strict=False))
        for order in set(itertools.permutations(slots, len(required)))
    )
    assert item_scores(predicted, required).recall == pytest.approx(best / len(required))
    assert item_scores(predicted, required).precision == pytest.approx(best / len(predicted))


def test_ranking_measures() -> None:
    ranked, relevant = ["p3", "p1", "p9", "p2"], {"p1", "p2", "p7"}
    assert [hit_at_k(ranked, relevant, k) for k in (0, 1, 2, 5)] == [0, 0, 1, 1]
    assert [recall_at_k(ranked, relevant, k) for k in (1, 2, 4)] == pytest.approx([0, 1 / 3, 2 / 3])
    assert recall_at_k(["p1", "p1"], {"p1", "p2"}, 2) == 0.5  # a repeated passage is one passage
    assert reciprocal_rank(ranked, relevant) == 0.5
    assert reciprocal_rank([], relevant) == reciprocal_rank(ranked, set()) == recall_at_k(ranked, set(), 3) == 0


def test_a_ranking_without_a_hit_stays_in_the_mean() -> None:
    assert mean([reciprocal_rank(["a"], {"a"}), reciprocal_rank([], {"a"})]) == 0.5
    assert mean([]) is None


@pytest.mark.parametrize(
    ("confidences", "correct", "error"),
    [
        ([1.0, 1.0], [True, True], 0.0),
        ([1.0, 1.0], [True, False], 0.5),
        ([0.0], [True], 1.0),
        ([0.8, 0.75], [True, False], 0.275),  # both in (0.7, 0.8]: |1/2 - 0.775|
        ([0.8, 0.85], [True, False], 0.525),  # two bins: (0.2 + 0.85) / 2
    ],
)
def test_calibration_error(confidences: list[float], correct: list[bool], error: float) -> None:
    assert calibration_error(confidences, correct) == pytest.approx(error)


@UNTIMED
@given(st.lists(st.tuples(UNIT, st.booleans()), min_size=1, max_size=20))
def test_calibration_error_equals_the_definition(rows: list[tuple[float, bool]]) -> None:
    total = 0.0
    for number in range(1, 11):
        held = [row for row in rows if max(1, math.ceil(row[0] * 10)) == number]
        if held:
            accuracy = sum(correct for _, correct in held) / len(held)
            total += len(held) * abs(accuracy - sum(confidence for confidence, _ in held) / len(held))
    assert calibration_error(*columns(rows)) == pytest.approx(total / len(rows))


@UNTIMED
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), max_size=20))
def test_auroc_equals_the_count_of_pairs(rows: list[tuple[float, bool]]) -> None:
    pairs = [(yes, no) for (yes, right) in rows if right for (no, wrong) in rows if not wrong]
    expected = mean([1.0 if yes > no else 0.5 if yes == no else 0.0 for yes, no in pairs])
    area = auroc(*columns(rows))
    assert area is None if expected is None else area == pytest.approx(expected)


@UNTIMED
@given(st.lists(st.tuples(st.sampled_from([0.2, 0.7]), UNIT), min_size=1, max_size=5))
def test_risk_coverage_area_is_the_mean_over_the_orders_of_ties(rows: list[tuple[float, float]]) -> None:
    orders = [order for order in itertools.permutations(rows) if is_descending([confidence for confidence, _ in order])]
    areas = [mean([sum(loss for _, loss in order[:k]) / k for k in range(1, len(order) + 1)]) for order in orders]
    assert risk_coverage_area(*columns(rows)) == pytest.approx(mean([area for area in areas if area is not None]))


def test_confidence_measures_of_nothing_are_undefined_and_lengths_must_agree() -> None:
    assert calibration_error([], []) is auroc([], []) is risk_coverage_area([], []) is None
    assert auroc([0.5, 0.6], [True, True]) is None
    with pytest.raises(ValueError, match="2 confidences but 1 outcomes"):
        calibration_error([0.1, 0.2], [True])


def columns(rows: Sequence[tuple[float, Value]]) -> tuple[list[float], list[Value]]:
    return [confidence for confidence, _ in rows], [value for _, value in rows]


def is_descending(values: Sequence[float]) -> bool:
    return all(left >= right for left, right in itertools.pairwise(values))

"""Intervals, tests and comparisons: a run is compared with itself, with noise, and with a worse one."""

import itertools
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import SourceError
from qa.evaluate.bootstrap import estimates, holm, paired_p_value, weighted_mean, weighted_quantile, weightings
from qa.evaluate.compare import (
    Thresholds,
    broken_limits,
    compare_reports,
    load_thresholds,
    regressions,
    render_comparison,
)
from qa.evaluate.report import Report, Row, build_report

SCORES = [1.0] * 30 + [0.5] * 10 + [0.0] * 20


def make(scores: Sequence[float], *, latency: float = 10.0, gold: str = "甲", prefix: str = "q") -> Report:
    rows = [
        Row(
            id=f"{prefix}{number}",
            question=f"{number}?",
            lang="zh",
            kind="list",
            answerable=True,
            gold=((gold,),),
            predicted=("甲",) if score else (),
            confidence=0.5 + 0.4 * score,
            error=None,
            right=score == 1,
            scores={"item_f1": score, "abstention": float(score > 0)},
            timings_ms={"total": latency},
        )
        for number, score in enumerate(scores)
    ]
    return build_report("reading", rows)


def worse(count: int) -> list[float]:
    return [0.0] * count + SCORES[count:]


def test_an_interval_of_a_share_is_about_that_of_the_normal_approximation() -> None:
    values = [1.0] * 300 + [0.0] * 100
    found = estimates(400, {"share": (weighted_mean(values), 400)})["share"]
    half = 1.96 * (0.75 * 0.25 / 400) ** 0.5
    assert found.value == 0.75
    assert [found.low, found.high] == pytest.approx([0.75 - half, 0.75 + half], abs=0.01)


def test_what_does_not_apply_leaves_a_mean_alone_and_nothing_is_undefined() -> None:
    nan = float("nan")
    found = estimates(3, {"some": (weighted_mean([nan, 0.5, nan]), 1), "none": (weighted_mean([nan] * 3), 0)})
    assert (found["some"].value, found["some"].low, found["some"].high) == (0.5, 0.5, 0.5)
    assert found["none"].value is None


def test_resamples_are_drawn_alike_every_time_and_keep_the_number_of_questions() -> None:
    first, second = (np.concatenate(list(weightings(50, resamples=20))) for _ in range(2))
    assert np.array_equal(first, second)
    assert first.shape == (20, 50)
    assert set(first.sum(axis=1)) == {50}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.sampled_from([0.5, 0.95]))
def test_a_quantile_is_the_least_value_that_enough_do_not_exceed(values: list[int], quantile: float) -> None:
    found = weighted_quantile(values, quantile)(np.ones((1, len(values)))).item()
    enough = [value for value in sorted(values) if sum(v <= value for v in values) >= quantile * len(values)]
    assert found == enough[0]


@given(st.lists(st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0]), max_size=8))
def test_the_permutation_test_counts_assignments_of_signs(differences: list[float]) -> None:
    signs = list(itertools.product((-1, 1), repeat=len(differences)))
    sums = [sum(sign * value for sign, value in zip(row, differences, strict=True)) for row in signs]
    as_far = sum(abs(total) >= abs(sum(differences)) - 1e-9 for total in sums)
    assert paired_p_value(differences) == pytest.approx(as_far / len(signs))


def test_holm_adjusts_from_the_smallest_up_and_never_below_one_before() -> None:
    assert holm({"a": 0.04, "b": 0.005, "c": 0.03}) == pytest.approx({"b": 0.015, "c": 0.06, "a": 0.06})
    assert holm({"a": 0.9, "b": 0.8}) == {"b": 1.0, "a": 1.0}


def test_a_run_compared_with_itself_moved_nothing() -> None:
    comparison = compare_reports(make(SCORES), make(SCORES, latency=99.0))
    assert not any(change.beyond_chance for change in comparison.changes)
    assert comparison.flips == ()
    strict = Thresholds("t", drop={"item_f1": 0.0}, beyond_chance=("item_f1", "abstention"))
    assert regressions(comparison, strict) == []


def test_a_worse_run_is_found_and_its_questions_are_listed() -> None:
    comparison = compare_reports(make(SCORES), make(worse(15)))
    change = next(change for change in comparison.changes if change.measure == "item_f1")
    assert change.before - change.after == pytest.approx(15 / 60)
    assert change.low < -0.25 < change.high < 0
    assert change.beyond_chance
    assert [flip.id for flip in comparison.flips] == [f"q{number}" for number in range(15)]
    assert not any(flip.now_right for flip in comparison.flips)
    (line,) = regressions(comparison, Thresholds("t", beyond_chance=("item_f1",)))
    assert line.startswith("item_f1 went from 0.583 to 0.333, worse beyond chance (p 0.0")
    text = render_comparison(comparison, limit=2)
    assert "## Flipped: 0 now right, 15 now wrong" in text
    assert "- now wrong: **q0** 0?: 甲 → (no answer)" in text
    assert "- … and 13 more" in text


def test_a_better_run_is_no_regression() -> None:
    comparison = compare_reports(make(worse(15)), make(SCORES))
    assert any(change.beyond_chance for change in comparison.changes)
    limits = Thresholds("t", drop={"item_f1": 0.0}, beyond_chance=("item_f1",))
    assert regressions(comparison, limits) == []


def test_two_questions_of_sixty_are_within_chance_but_not_within_every_drop() -> None:
    comparison = compare_reports(make(SCORES), make(worse(2)))
    assert not any(change.beyond_chance for change in comparison.changes)
    assert regressions(comparison, Thresholds("t", beyond_chance=("item_f1",))) == []
    (line,) = regressions(comparison, Thresholds("t", drop={"item_f1": 0.02}))
    assert line == "item_f1 went from 0.583 to 0.550, worse by more than 0.02"


def test_runs_that_differ_by_noise_only_are_rarely_told_apart() -> None:
    generator = random.Random(7)
    alarms = 0
    for _ in range(20):
        runs = [make([generator.choice((0.0, 0.5, 1.0)) for _ in range(40)]) for _ in range(2)]
        alarms += any(change.beyond_chance for change in compare_reports(*runs).changes)
    assert alarms <= 4  # one expected; more than four happens once in 400 series of 20


def test_only_shared_questions_are_compared_and_a_lost_one_is_told() -> None:
    comparison = compare_reports(make(SCORES), make(SCORES[:-1]))
    assert (comparison.questions, comparison.only_before) == (59, ("q59",))
    assert regressions(comparison, Thresholds("t")) == ["1 questions are gone, first q59"]
    assert "Only in A, and left out: 1 questions, first q59." in render_comparison(comparison)


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(SourceError, match="share no question"):
        compare_reports(make(SCORES), make(SCORES, prefix="other"))
    with pytest.raises(SourceError, match="question q0: is another question, or has other gold answers"):
        compare_reports(make(SCORES), make(SCORES, gold="乙"))
    archive = build_report("archive", make(SCORES).rows)
    with pytest.raises(SourceError, match="cannot be compared with reading"):
        compare_reports(make(SCORES), archive)


def test_limits_on_one_run() -> None:
    report = make(SCORES, latency=120.0)
    kept = Thresholds("t", minimum={"item_f1": 0.5}, maximum={"latency_ms": 120.0})
    assert broken_limits(report, kept) == []
    broken = Thresholds("t", minimum={"item_f1": 0.6, "verbatim": 1.0}, maximum={"latency_ms": 100.0})
    assert broken_limits(report, broken) == [
        "item_f1 is 0.583, minimum 0.600",
        "verbatim is –, minimum 1.000",  # a measure that was not taken is not kept
        "latency_ms is 120.0, maximum 100.0",
    ]


def test_a_thresholds_file_loads(tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    file.write_text('beyond_chance = ["f1"]\n[minimum]\nverbatim = 1\n[maximum]\nread_ms = 50.5\n[drop]\nmrr = 0.1\n')
    assert load_thresholds(file) == Thresholds(str(file), {"verbatim": 1.0}, {"read_ms": 50.5}, {"mrr": 0.1}, ("f1",))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("[minimum", "not TOML"),
        ("[minimal]\nf1 = 1", '"minimal" is not one of [minimum]'),
        ('[minimum]\nf1 = "1"', "[minimum] f1 must be a number"),
        ("[minimum]\nf1 = true", "[minimum] f1 must be a number"),
        ("[minimum]\nf2 = 1", '"f2" is no measure; there are exact_match'),
        ("beyond_chance = 3", "beyond_chance must be a list"),
    ],
)
def test_a_wrong_thresholds_file_says_what_is_wrong(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "limits.toml"
    file.write_text(content)
    with pytest.raises(SourceError) as caught:
        load_thresholds(file)
    assert str(file) in str(caught.value)
    assert words in str(caught.value)

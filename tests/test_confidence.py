"""Measures of confidences against hand-computed values, definitions and slow independent computations."""

import itertools
import math
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluate.confidence import (
    Floats,
    auroc,
    calibration_error,
    reliability,
    risk_coverage_area,
    risk_coverage_curve,
)

UNTIMED = settings(deadline=None)  # a busy machine is no failure
UNIT = st.floats(0, 1)
Value = TypeVar("Value", bool, float)


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
    assert calibration_error(confidences, correct).item() == pytest.approx(error)


@UNTIMED
@given(st.lists(st.tuples(UNIT, st.booleans()), min_size=1, max_size=20))
def test_calibration_error_equals_the_definition(rows: list[tuple[float, bool]]) -> None:
    total = 0.0
    for number in range(1, 11):
        held = [row for row in rows if max(1, math.ceil(row[0] * 10)) == number]
        if held:
            accuracy = sum(correct for _, correct in held) / len(held)
            total += len(held) * abs(accuracy - sum(confidence for confidence, _ in held) / len(held))
    assert calibration_error(*columns(rows)).item() == pytest.approx(total / len(rows))


@UNTIMED
@given(st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans()), max_size=20))
def test_auroc_equals_the_count_of_pairs(rows: list[tuple[float, bool]]) -> None:
    pairs = [(yes, no) for (yes, right) in rows if right for (no, wrong) in rows if not wrong]
    expected = mean([1.0 if yes > no else 0.5 if yes == no else 0.0 for yes, no in pairs])
    assert auroc(*columns(rows)).item() == pytest.approx(expected, nan_ok=True)


@UNTIMED
@given(st.lists(st.tuples(st.sampled_from([0.2, 0.7]), UNIT), min_size=1, max_size=5))
def test_risk_coverage_area_is_the_mean_over_the_orders_of_ties(rows: list[tuple[float, float]]) -> None:
    orders = [order for order in itertools.permutations(rows) if is_descending([confidence for confidence, _ in order])]
    areas = [mean([sum(loss for _, loss in order[:k]) / k for k in range(1, len(order) + 1)]) for order in orders]
    assert risk_coverage_area(*columns(rows)).item() == pytest.approx(mean(areas))


def test_confidence_measures_of_nothing_are_undefined_and_lengths_must_agree() -> None:
    for measure in (calibration_error, auroc, risk_coverage_area):
        assert math.isnan(measure([], []).item())
        with pytest.raises(ValueError, match="2 confidences but 1 outcomes"):
            measure([0.1, 0.2], [True])
    assert math.isnan(auroc([0.5, 0.6], [True, True]).item())


@UNTIMED
@given(
    st.lists(st.tuples(st.sampled_from([0.1, 0.5, 0.9]), st.booleans(), st.integers(0, 3)), min_size=1, max_size=8),
    st.sampled_from([calibration_error, auroc, risk_coverage_area]),
)
def test_a_weight_counts_a_question_that_often(
    rows: list[tuple[float, bool, int]], measure: Callable[..., Floats]
) -> None:
    repeated = [(sure, float(right)) for sure, right, count in rows for _ in range(count)]
    weights = np.array([[count for *_, count in rows], [1] * len(rows)], np.float64)
    weighted = measure([sure for sure, *_ in rows], [float(right) for _, right, _ in rows], weights)
    expected = [measure(*columns(repeated)).item(), measure(*columns([(s, float(r)) for s, r, _ in rows])).item()]
    assert weighted.tolist() == pytest.approx(expected, nan_ok=True)


def test_the_risk_coverage_curve_has_a_point_for_each_threshold_and_ends_where_answers_do() -> None:
    curve = risk_coverage_curve([0.9, 0.7, 0.7, 0.2], [0.0, 1.0, 0.0, 1.0], 8)
    assert curve == [(1 / 8, 0.0), (3 / 8, pytest.approx(1 / 3)), (4 / 8, 1 / 2)]
    assert risk_coverage_curve([], [], 8) == []


def test_reliability_leaves_empty_bins_out() -> None:
    assert reliability([0.95, 1.0, 0.05], [True, False, False]) == [(0.05, 0.0, 1), (pytest.approx(0.975), 0.5, 2)]


def mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan


def columns(rows: Sequence[tuple[float, Value]]) -> tuple[list[float], list[Value]]:
    return [confidence for confidence, _ in rows], [value for _, value in rows]


def is_descending(values: Sequence[float]) -> bool:
    return all(left >= right for left, right in itertools.pairwise(values))

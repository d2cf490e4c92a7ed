from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qa.read.decode import LENGTH_COST, Scores, TokenSpan, all_spans, best_span
from qa.read.model import CharSpan, Reading, TokenScores

SCORES = arrays(np.float32, st.integers(2, 24), elements=st.floats(-8, 8, width=16))


@st.composite
def inputs(draw: st.DrawFn) -> tuple[Scores, Scores, np.ndarray, int]:
    start = draw(SCORES)
    end = draw(arrays(np.float32, start.size, elements=st.floats(-8, 8, width=16)))
    allowed = draw(arrays(bool, start.size))
    allowed[0] = False
    allowed[draw(st.integers(1, start.size - 1))] = True
    return start, end, allowed, draw(st.integers(1, 10))


@given(inputs())
def test_the_best_span_is_that_of_trying_all(case: tuple[Scores, Scores, np.ndarray, int]) -> None:
    start, end, allowed, longest = case
    tried = [
        float(start[i] + end[j] - start[0] - end[0]) - LENGTH_COST * log(j - i + 1)
        for i in range(start.size)
        for j in range(i, min(i + longest, start.size))
        if all(allowed[i : j + 1])
    ]
    found = best_span(start, end, allowed, max_tokens=longest)
    tokens = found.last - found.first + 1
    assert found.score - LENGTH_COST * log(tokens) == pytest.approx(max(tried))
    assert all(allowed[found.first : found.last + 1])
    assert 0 <= found.last - found.first < longest
    assert found.score == pytest.approx(float(start[found.first] + end[found.last] - start[0] - end[0]))


@given(inputs())
def test_all_spans_beat_the_threshold_in_order_without_overlap(case: tuple[Scores, Scores, np.ndarray, int]) -> None:
    start, end, allowed, longest = case
    spans = all_spans(start, end, allowed, max_tokens=longest)
    for span in spans:
        assert start[span.first] > start[0]
        assert end[span.last] > end[0]
        assert all(allowed[span.first : span.last + 1])
        assert 0 <= span.last - span.first < longest
    assert all(a.last < b.first for a, b in pairwise(spans))


def scores(length: int, **raised: float) -> Scores:
    values = np.full(length, -5.0, np.float32)
    values[0] = 0.0
    for name, value in raised.items():
        values[int(name[1:])] = value
    return values


def test_items_of_a_list_come_out_one_by_one() -> None:
    start, end = scores(12, p2=5, p5=6, p8=4), scores(12, p3=5, p6=5, p9=5)
    assert all_spans(start, end, np.arange(12) > 0) == (
        TokenSpan(2, 3, 10.0),
        TokenSpan(5, 6, 11.0),
        TokenSpan(8, 9, 9.0),
    )


def test_of_rival_starts_and_ends_the_best_are_paired() -> None:
    start, end = scores(10, p2=1, p3=4), scores(10, p5=2, p6=3)
    assert all_spans(start, end, np.arange(10) > 0) == (TokenSpan(3, 6, 7.0),)


def test_a_start_without_an_end_gives_nothing() -> None:
    assert all_spans(scores(6, p3=4), scores(6, p2=4), np.arange(6) > 0) == ()


def test_of_two_ends_that_are_as_likely_the_nearer_is_taken() -> None:
    start, end = scores(12, p2=5), scores(12, p3=4.5, p9=5)
    assert best_span(start, end, np.arange(12) > 0) == TokenSpan(2, 9, 10.0)
    end[9] = 4.6
    assert best_span(start, end, np.arange(12) > 0) == TokenSpan(2, 3, 9.5)


def test_nothing_allowed_is_an_error() -> None:
    with pytest.raises(ValueError, match="no token"):
        best_span(scores(4), scores(4), np.zeros(4, bool))


def test_the_best_span_of_some_of_the_text_is_found_by_the_scores_of_its_tokens() -> None:
    offsets = np.array([[0, 2], [2, 4], [4, 7], [7, 8]])
    starts, ends = np.array([6, -4, -1, -9], np.float32), np.array([5, -3, -2, -8], np.float32)
    scores = TokenScores(offsets, starts, ends)
    reading = Reading(CharSpan(0, 2, 11.0), (), 0.0, (scores,))
    assert reading.best_within(0, 8) == CharSpan(0, 2, 11.0)
    assert reading.best_within(2, 8) == CharSpan(4, 7, -3.0)
    assert reading.best_within(3, 6) is None

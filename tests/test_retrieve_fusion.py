import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from qa.retrieve.fusion import FusionWeights, Scores, fuse, standardised

scores = arrays(np.float64, st.integers(1, 20), elements=st.floats(-100, 100, width=32))


def test_standard_scores_by_hand() -> None:
    # mean 4, deviations -2, -2, 4, variance 8
    np.testing.assert_allclose(
        standardised(np.array([2.0, 2.0, 8.0])), [-1 / math.sqrt(2), -1 / math.sqrt(2), math.sqrt(2)]
    )


def test_fusion_by_hand() -> None:
    dense, lexical = np.array([0.9, 0.7]), np.array([0.0, 4.0])
    np.testing.assert_allclose(fuse(dense, lexical, FusionWeights(0.7, 0.3)), [0.4, -0.4])
    np.testing.assert_allclose(fuse(dense, lexical, FusionWeights(0.2, 0.3)), [-0.1, 0.1])
    np.testing.assert_allclose(fuse(dense, lexical, FusionWeights(0.2, 0.3), coverage=0.5), [0.05, -0.05])


@given(scores)
def test_standard_scores_have_mean_zero_and_deviation_one_or_are_all_zero(values: Scores) -> None:
    found = standardised(values)
    assert found.mean() == pytest.approx(0, abs=1e-6)
    assert found.std() == pytest.approx(1 if found.any() else 0, abs=1e-6)
    assert found.any() == (np.ptp(values) > 0)


@given(scores)
def test_a_ranking_without_variance_or_coverage_leaves_the_other_as_it_is(dense: Scores) -> None:
    alone = fuse(dense, np.zeros_like(dense), FusionWeights())
    np.testing.assert_array_equal(alone, FusionWeights().dense * standardised(dense))
    np.testing.assert_array_equal(fuse(dense, dense[::-1], FusionWeights(), coverage=0.0), alone)
    assert fuse(dense[:0], dense[:0], FusionWeights()).shape == (0,)


@pytest.mark.parametrize(("dense", "lexical"), [(-0.1, 0.3), (0.7, -0.3), (0.0, 0.0)])
def test_weights_that_make_no_sense_are_refused(dense: float, lexical: float) -> None:
    with pytest.raises(ValueError, match="negative or all zero"):
        FusionWeights(dense, lexical)

"""Intervals by the bootstrap, and the permutation test of a paired difference.

Questions are resampled with replacement (Efron and Tibshirani 1993, chapter 13: percentile intervals). The draws depend
only on the seed and on how many questions there are, so two runs over the same questions are resampled alike: paired.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import permutation_test

from qa.evaluate.confidence import Floats, ratio

RESAMPLES: Final = 1000
LEVEL: Final = 0.95
SEED: Final = 20211014
_CELLS: Final = 4_000_000  # weights held at a time

Statistic = Callable[[Floats], Floats]
"""From weights ``(rows, questions)`` to one value a row, NaN where it is undefined."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A measure over ``n`` questions, and the interval in which it lies at 95 %; ``None`` where it is undefined."""

    value: float | None
    low: float | None
    high: float | None
    n: int


def weightings(questions: int, *, resamples: int = RESAMPLES, seed: int = SEED) -> Iterator[Floats]:
    """Yield how often each question is drawn, a batch of resamples at a time. *Shape:* ``(rows, questions)``."""
    generator = np.random.default_rng(seed)
    batch = max(1, _CELLS // questions)
    for start in range(0, resamples, batch):
        rows = min(batch, resamples - start)
        yield generator.multinomial(questions, np.full(questions, 1 / questions), size=rows).astype(np.float64)


def estimates(
    questions: int, statistics: Mapping[str, tuple[Statistic, int]], *, resamples: int = RESAMPLES
) -> dict[str, Estimate]:
    """Return each statistic with its interval; each comes with the number of questions that it is over."""
    once = np.ones((1, questions))
    values = {name: statistic(once).item() for name, (statistic, _) in statistics.items()}
    drawn: dict[str, list[Floats]] = {name: [] for name in statistics}
    for weights in weightings(questions, resamples=resamples):
        for name, (statistic, _) in statistics.items():
            drawn[name].append(statistic(weights))
    return {name: _estimate(values[name], np.concatenate(drawn[name]), n) for name, (_, n) in statistics.items()}


def weighted_mean(values: Sequence[float]) -> Statistic:
    """Return the statistic of a mean; NaN marks questions that the measure does not apply to, which leave it alone."""
    array = np.asarray(values, np.float64)
    applies = (~np.isnan(array)).astype(np.float64)
    filled = np.nan_to_num(array)

    def statistic(weights: Floats) -> Floats:
        return ratio(weights @ filled, weights @ applies)

    return statistic


def weighted_quantile(values: Sequence[float], quantile: float) -> Statistic:
    """Return the statistic of a quantile: the least value that at least that share of the weight does not exceed."""
    array = np.asarray(values, np.float64)
    order = np.argsort(array)

    def statistic(weights: Floats) -> Floats:
        reached = np.cumsum(weights[:, order], axis=1)
        found: Floats = array[order][np.argmax(reached >= quantile * reached[:, -1:], axis=1)]
        return found

    return statistic


def paired_p_value(differences: Sequence[float], *, resamples: int = 9999) -> float:
    """Return how likely differences at least this far from 0 are if either run could have scored either way.

    The permutation test on the signs of the differences (Fisher 1935), exact for few of them; two-sided.

    >>> paired_p_value([1.0, 1.0, 1.0])  # 2 of the 8 assignments of signs are as far from 0
    0.25
    """
    moved = np.array([difference for difference in differences if difference])
    if moved.size < 2:
        return 1.0  # either sign of a single difference is as far from 0
    result = permutation_test(
        (moved,),
        lambda sample, axis: sample.sum(axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=resamples,
        batch=max(1, _CELLS // moved.size),
        rng=np.random.default_rng(SEED),
    )
    return float(result.pvalue)


def holm(p_values: Mapping[str, float]) -> dict[str, float]:
    """Adjust p-values so that of all of them together one in twenty calls of a change at 0.05 is false (Holm 1979).

    >>> holm({"a": 0.01, "b": 0.04, "c": 0.03})
    {'a': 0.03, 'c': 0.06, 'b': 0.06}
    """
    adjusted: dict[str, float] = {}
    highest = 0.0
    for rank, (name, value) in enumerate(sorted(p_values.items(), key=lambda pair: pair[1])):
        highest = max(highest, min(1.0, value * (len(p_values) - rank)))
        adjusted[name] = highest
    return adjusted


def _estimate(value: float, drawn: Floats, n: int) -> Estimate:
    defined = drawn[~np.isnan(drawn)]
    if np.isnan(value) or not defined.size:
        return Estimate(None, None, None, n)
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Estimate(value, float(low), float(high), n)

"""Measures of confidences, for one set of questions or for many weightings of it at once.

``weights`` has a row for each weighting: how often each question counts, as a bootstrap draws it. Without it each
counts once. One value a row comes back, NaN where a measure is undefined (nothing to measure, one class only).

*Shape:* ``confidences`` and outcomes ``(questions,)``, ``weights`` ``(rows, questions)``, results ``(rows,)``.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Values = Sequence[float] | Sequence[bool] | Floats


def calibration_error(confidences: Values, correct: Values, weights: Floats | None = None, *, bins: int = 10) -> Floats:
    """Return the expected calibration error, lower is better: bins of equal width ``(low, high]``, weighted by size.

    ``ECE = sum_b |b|/n * |accuracy(b) - confidence(b)|`` (Guo et al. 2017, eq. 5).

    >>> calibration_error([0.75, 0.25], [True, True]).item()  # (0.25 + 0.75) / 2
    0.5
    """
    sure, right, counts = _checked(confidences, correct, weights)
    gaps = np.zeros((sure.size, bins))
    gaps[np.arange(sure.size), bin_of(sure, bins)] = right - sure
    return ratio(np.abs(counts @ gaps).sum(axis=1), counts.sum(axis=1))


def bin_of(confidences: Floats, bins: int) -> NDArray[np.int64]:
    """Return the bin of each confidence; 0 falls into the first. *Shape:* as given."""
    return np.clip(np.ceil(confidences * bins).astype(np.int64) - 1, 0, bins - 1)


def auroc(confidences: Values, correct: Values, weights: Floats | None = None) -> Floats:
    """Return the chance that a right one is held more certain than a wrong one, ties counting half.

    The area under the ROC curve as the Mann-Whitney statistic (Hanley and McNeil 1982).

    >>> auroc([0.9, 0.8, 0.8, 0.1], [True, True, False, False]).item()
    0.875
    """
    sure, right, counts = _checked(confidences, correct, weights)
    # One column for each distinct confidence, ascending.
    positive, negative = _by_value(sure, counts * right), _by_value(sure, counts * (1 - right))
    below = np.cumsum(negative, axis=1) - negative / 2
    return ratio((positive * below).sum(axis=1), positive.sum(axis=1) * negative.sum(axis=1))


def risk_coverage_area(confidences: Values, losses: Values, weights: Floats | None = None) -> Floats:
    """Return the area under the risk-coverage curve, lower is better.

    ``AURC = mean over k of the mean loss of the k most certain`` (Geifman, Uziel and El-Yaniv 2019); equally certain
    ones share their mean loss, which is the expectation over their orders.

    >>> round(risk_coverage_area([0.9, 0.5, 0.1], [0.0, 1.0, 0.5]).item(), 6)  # (0 + 1/2 + 1.5/3) / 3
    0.333333
    """
    sure, loss, counts = _checked(confidences, losses, weights)
    size, lost = _by_value(-sure, counts), _by_value(-sure, counts * loss)
    shared = np.divide(lost, size, out=np.zeros_like(lost), where=size > 0)
    end, lost_before = np.cumsum(size, axis=1), np.cumsum(lost, axis=1) - lost
    start = end - size
    # Within a group of equals the risks are (lost_before + j * shared) / (start + j) for j = 1 to size; with
    # j = (start + j) - start their sum has a closed form in harmonic numbers.
    harmonic = np.concatenate([[0.0], np.cumsum(1 / np.arange(1, int(end.max(initial=0)) + 1))])
    spread = harmonic[end.astype(np.int64)] - harmonic[start.astype(np.int64)]
    return ratio((size * shared + (lost_before - start * shared) * spread).sum(axis=1), size.sum(axis=1))


def risk_coverage_curve(confidences: Values, losses: Values, questions: int) -> list[tuple[float, float]]:
    """Return (coverage, risk) for each distinct confidence as threshold, the most certain first.

    ``confidences`` are of the answered among ``questions``: the curve ends where no more was answered.

    >>> risk_coverage_curve([0.9, 0.5], [0.0, 1.0], 4)
    [(0.25, 0.0), (0.5, 0.5)]
    """
    sure, loss, counts = _checked(confidences, losses, None)
    covered = np.cumsum(_by_value(-sure, counts)[0])
    lost = np.cumsum(_by_value(-sure, counts * loss)[0])
    return [(float(k / questions), float(total / k)) for k, total in zip(covered, lost, strict=True)]


def reliability(confidences: Values, correct: Values, *, bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean confidence, accuracy, size) of each bin that holds any.

    >>> reliability([0.75, 0.8, 0.2], [True, False, False])
    [(0.2, 0.0, 1), (0.775, 0.5, 2)]
    """
    sure, right, _ = _checked(confidences, correct, None)
    places = bin_of(sure, bins)
    held = [places == place for place in range(bins) if (places == place).any()]
    return [(float(sure[part].mean()), float(right[part].mean()), int(part.sum())) for part in held]


def ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return the quotients, NaN where the denominator is 0. *Shape:* as given."""
    undefined = np.full(denominator.shape, np.nan)
    np.divide(numerator, denominator, out=undefined, where=denominator > 0)
    return undefined


def _checked(confidences: Values, values: Values, weights: Floats | None) -> tuple[Floats, Floats, Floats]:
    if len(confidences) != len(values):
        raise ValueError(f"{len(confidences)} confidences but {len(values)} outcomes")
    sure, outcome = np.asarray(confidences, np.float64), np.asarray(values, np.float64)
    return sure, outcome, np.ones((1, sure.size)) if weights is None else weights


def _by_value(keys: Floats, columns: Floats) -> Floats:
    """Add up the columns of equal keys, in ascending order of keys. *Shape:* ``(rows, distinct keys)``."""
    if not keys.size:
        return np.zeros((len(columns), 0))
    order = np.argsort(keys, kind="stable")
    firsts = np.flatnonzero(np.diff(keys[order], prepend=-np.inf))
    return np.add.reduceat(columns[:, order], firsts, axis=1)

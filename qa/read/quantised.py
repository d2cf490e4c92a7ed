"""How released reader weights are stored: matrices as int8 with one scale a row, vectors as they are."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

SCALE = ".scale"


def quantise(weights: Mapping[str, NDArray[np.float32]]) -> dict[str, NDArray[Any]]:
    """Store each matrix as int8 and the float32 scales of its rows (largest magnitude / 127) under ``name.scale``.

    >>> stored = quantise({"a": np.float32([[1.27, -0.5], [0.0, 0.0]])})
    >>> stored["a"].tolist(), stored["a.scale"].astype(float).round(3).tolist()
    ([[127, -50], [0, 0]], [0.01, 1.0])
    """
    stored: dict[str, NDArray[Any]] = {}
    for name, value in weights.items():
        if value.ndim != 2:
            stored[name] = value
            continue
        largest = np.abs(value).max(axis=1)
        # A row too small for a scale that float32 holds with full precision is stored as zeros.
        scale = np.where(largest > 127 * np.finfo(np.float32).tiny, largest / np.float32(127), np.float32(1))
        stored[name], stored[name + SCALE] = np.round(value / scale[:, None]).astype(np.int8), scale
    return stored


def unquantise(stored: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """Undo ``quantise`` up to rounding: at most half a row's scale in each value."""
    return {
        name: value.astype(np.float32) * (stored[name + SCALE][:, None] if name + SCALE in stored else 1)
        for name, value in stored.items()
        if not name.endswith(SCALE)
    }

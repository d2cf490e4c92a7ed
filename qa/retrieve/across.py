"""Questions in a language that the archive is not in: a light correction of their vectors."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open

from embeddings.encoder import Vectors

RELEASED: Final = Path(__file__).with_name("weights") / "across-languages.safetensors"
FOREIGN: Final = 0.5
"""Lexical coverage of a question below which the archive is in another language."""


@dataclass(frozen=True, slots=True)
class Projection:
    """A residual map of low rank, for the vectors of the encoder with this fingerprint.

    *Shape:* ``down`` is ``(dimension, rank)``, ``up`` ``(rank, dimension)`` and ``shift`` ``(dimension,)``.
    """

    fingerprint: str
    down: NDArray[np.float32]
    up: NDArray[np.float32]
    shift: NDArray[np.float32]

    def __call__(self, vector: Vectors) -> Vectors:
        """Return the corrected vector, of unit length. *Shape:* ``(dimension,)`` both."""
        moved = vector + vector @ self.down @ self.up + self.shift
        return np.asarray(moved / np.linalg.norm(moved), np.float32)


def across_languages(vector: Vectors, *, coverage: float, fingerprint: str) -> Vectors:
    """Correct a question's vector if the archive does not speak its language, and its encoder is the one trained for.

    ``coverage`` is that of ``qa.retrieve.lexical``. Passages are left as they are: an index serves every language.
    """
    if coverage >= FOREIGN:
        return vector
    projection = _released()
    return projection(vector) if projection.fingerprint == fingerprint else vector


@cache
def _released() -> Projection:
    return load_projection(RELEASED)


def load_projection(file: Path) -> Projection:
    """Load what ``gazette train queries`` wrote."""
    with safe_open(file, framework="np") as tensors:
        down, up, shift = (tensors.get_tensor(name) for name in ("down", "up", "shift"))
        return Projection((tensors.metadata() or {})["encoder"], down, up, shift)

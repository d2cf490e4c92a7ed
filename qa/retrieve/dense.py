"""The dense half of retrieval: how near a chunk's vector is to the question's."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.index import Rows
from qa.store import Index


def nearest(vector: Vectors, index: Index, pool: int, among: Rows | None = None) -> list[int]:
    """Return the rows of the ``pool`` chunks nearest to the question."""
    return [row for row, _ in index.search_vectors(vector, pool, among)]


def cosines(vector: Vectors, index: Index, rows: Sequence[int]) -> NDArray[np.float64]:
    """Return the exact cosine of every row. *Shape:* ``(len(rows),)``."""
    # One dot product a row, so that equal texts have equal scores to the last bit.
    return np.asarray(np.vecdot(index.vectors(rows), vector), np.float64)

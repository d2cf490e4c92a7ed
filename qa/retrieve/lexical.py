"""The lexical half of retrieval: which chunks have the question's own words."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.index import Rows
from qa.store import Index


@dataclass(frozen=True, slots=True)
class Matches:
    """BM25 of the best chunks, by row; ``floor`` is the most that any other chunk can have.

    ``coverage`` is how far the index speaks the question's language, 0 to 1.
    """

    scores: dict[int, float]
    floor: float
    coverage: float

    def of(self, rows: Sequence[int]) -> NDArray[np.float64]:
        """Return the score of every row, ``floor`` where it is not among the best. *Shape:* ``(len(rows),)``."""
        return np.array([self.scores.get(row, self.floor) for row in rows])


def matches(question: str, index: Index, pool: int, among: Rows | None = None) -> Matches:
    """Find the ``pool`` chunks that match the question's tokens best."""
    scores = dict(index.search_lexical(question, pool, among))
    # A pool that is not full holds every chunk that shares a token: the others have nothing.
    floor = min(scores.values()) if len(scores) == pool else 0.0
    return Matches(scores, floor, index.lexical_coverage(question))

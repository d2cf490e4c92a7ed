"""From a question to the chunks that may answer it."""

from embeddings.encoder import Vectors
from qa.retrieve.dense import cosines, nearest
from qa.retrieve.fusion import DEFAULT_WEIGHTS, FusionWeights, fuse
from qa.retrieve.lexical import matches
from qa.store import Index
from qa.types import Hit

__all__ = ["FusionWeights", "retrieve"]


def retrieve(
    question: str,
    vector: Vectors,
    *,
    index: Index,
    k: int = 5,
    pool: int = 50,
    weights: FusionWeights = DEFAULT_WEIGHTS,
) -> list[Hit]:
    """Return the ``k`` best chunks for a question, best first; equal scores in the order of chunk ids.

    ``vector`` is the question's, of shape ``(dimension,)``. The ``pool`` best of either ranking are considered.
    ``Hit.dense`` is the cosine, ``Hit.lexical`` the BM25 score, and ``Hit.score`` what they fuse to.
    """
    near, matching = nearest(vector, index, pool), matches(question, index, pool)
    rows = sorted({*near, *matching.scores})
    dense, lexical = cosines(vector, index, rows), matching.of(rows)
    scores = fuse(dense, lexical, weights, coverage=matching.coverage)
    chunks = index.chunks(rows)
    hits = [Hit(*values) for values in zip(chunks, scores.tolist(), dense.tolist(), lexical.tolist(), strict=True)]
    return sorted(hits, key=lambda hit: (-hit.score, hit.chunk.id))[:k]

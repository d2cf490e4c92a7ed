"""From a question to the chunks that may answer it."""

from embeddings.encoder import Vectors
from qa.retrieve.dense import cosines, nearest
from qa.retrieve.filters import parse_filters
from qa.retrieve.fusion import DEFAULT_WEIGHTS, FusionWeights, fuse
from qa.retrieve.lexical import matches
from qa.store import Index
from qa.types import Filters, Hit

__all__ = ["EVERYTHING", "FusionWeights", "parse_filters", "retrieve"]

EVERYTHING = Filters()


def retrieve(
    question: str,
    vector: Vectors,
    *,
    index: Index,
    k: int = 5,
    pool: int = 50,
    weights: FusionWeights = DEFAULT_WEIGHTS,
    filters: Filters = EVERYTHING,
) -> list[Hit]:
    """Return the ``k`` best chunks for a question, best first; of equal scores the newest, then in the order of ids.

    ``vector`` is the question's, of shape ``(dimension,)``. The ``pool`` best of either ranking, of those that pass
    ``filters``, are considered. ``Hit.dense`` is the cosine, ``Hit.lexical`` the BM25 score, and ``Hit.score`` what
    they fuse to.
    """
    among = index.rows_where(filters) if filters else None
    near, matching = nearest(vector, index, pool, among), matches(question, index, pool, among)
    rows = sorted({*near, *matching.scores})
    dense, lexical = cosines(vector, index, rows), matching.of(rows)
    scores = fuse(dense, lexical, weights, coverage=matching.coverage)
    measured = zip(scores.tolist(), dense.tolist(), lexical.tolist(), strict=True)
    found = zip(index.chunks(rows), measured, index.dates(rows), strict=True)
    hits = sorted((Hit(chunk, *values, date) for chunk, values, date in found), key=lambda hit: hit.chunk.id)
    hits.sort(key=lambda hit: (hit.score, hit.date or ""), reverse=True)
    return hits[:k]

"""What tests ask of a store: the chunks that one half of retrieval finds."""

from embeddings.encoder import Vectors
from qa.store import Snapshot
from qa.store.tokens import tokens
from qa.types import EVERYTHING, Chunk, Filters


def nearest(index: Snapshot, vector: Vectors, k: int, filters: Filters = EVERYTHING) -> list[tuple[Chunk, float]]:
    """The ``k`` chunks nearest to a vector, best first, each with its cosine."""
    found = index.candidates(vector, {}, k, filters)
    return sorted(((each.chunk, each.cosine) for each in found), key=lambda pair: (-pair[1], pair[0].id))


def matching(index: Snapshot, query: str, k: int, filters: Filters = EVERYTHING) -> list[tuple[Chunk, float]]:
    """The ``k`` chunks that match the tokens of a query best, best first, each with its BM25 score."""
    return weighted(index, dict.fromkeys(tokens(query), 1.0), k, filters)


def weighted(
    index: Snapshot, wanted: dict[str, float], k: int, filters: Filters = EVERYTHING
) -> list[tuple[Chunk, float]]:
    """The same for tokens that count as much as they weigh."""
    found = index.candidates(None, wanted, k, filters)
    return sorted(((each.chunk, each.lexical) for each in found), key=lambda pair: (-pair[1], pair[0].id))

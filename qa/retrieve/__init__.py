"""From a question to the chunks that may answer it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

import numpy as np

from embeddings.encoder import Vectors
from qa.retrieve.across import FOREIGN, across_languages
from qa.retrieve.fusion import DEFAULT_WEIGHTS, FusionWeights, fuse
from qa.retrieve.lexical import own_words
from qa.retrieve.translation import translated_words
from qa.store import Candidate, Snapshot
from qa.types import EVERYTHING, Chunk, Filters, Hit

__all__ = ["FusionWeights", "retrieve"]

MOST_TWINS: Final = 20
"""Near-duplicates that a hit takes along."""

_Ranked = tuple[Hit, int | str | None]
"""A hit, and the story that its chunk belongs to."""


def retrieve(
    question: str,
    vector: Vectors,
    *,
    index: Snapshot,
    k: int = 5,
    pool: int = 50,
    weights: FusionWeights = DEFAULT_WEIGHTS,
    filters: Filters = EVERYTHING,
) -> list[Hit]:
    """Return the ``k`` best chunks for a question, best first; of equal scores the newest, then in the order of ids.

    Near-duplicates of a better chunk are not returned as hits, but as its ``twins``.

    ``vector`` is the question's, of shape ``(dimension,)``. The ``pool`` best of either ranking, of those that pass
    ``filters``, are considered. ``Hit.dense`` is the cosine, ``Hit.lexical`` the BM25 score, and ``Hit.score`` what
    they fuse to.
    """
    words = own_words(question, index)
    vector = across_languages(vector, coverage=words.coverage, fingerprint=index.state.encoder.fingerprint)
    if words.coverage < FOREIGN:
        words = translated_words(question, index)
    found = index.candidates(vector, words.tokens, pool, filters)
    dense, lexical = (
        np.array(scores, np.float64) for scores in ([c.cosine for c in found], [c.lexical for c in found])
    )
    scores = fuse(dense, lexical, weights, coverage=words.coverage)
    ranked = [_ranked(candidate, score) for candidate, score in zip(found, scores.tolist(), strict=True)]
    ranked.sort(key=lambda each: each[0].chunk.id)
    ranked.sort(key=lambda each: (each[0].score, each[0].date or ""), reverse=True)
    return one_of_each_story(ranked, index, k, filters)


def one_of_each_story(ranked: Sequence[_Ranked], index: Snapshot, k: int, filters: Filters = EVERYTHING) -> list[Hit]:
    """Return the first ``k`` hits, of near-duplicates only the first, which takes the others along as its twins."""
    kept: dict[object, _Ranked] = {}
    for hit, story in ranked:
        kept.setdefault(("chunk", hit.chunk.id) if story is None else ("story", story), (hit, story))
    return [
        hit if story is None else replace(hit, twins=_twins(hit.chunk, story, index, filters))
        for hit, story in islice(kept.values(), k)
    ]


def _ranked(found: Candidate, score: float) -> _Ranked:
    return Hit(found.chunk, score, found.cosine, found.lexical, found.date, continues=found.continues), found.story


def _twins(chunk: Chunk, story: int | str, index: Snapshot, filters: Filters) -> tuple[Chunk, ...]:
    others = [other for other in index.twins(story, MOST_TWINS + 1, filters) if other.id != chunk.id]
    return tuple(others[:MOST_TWINS])

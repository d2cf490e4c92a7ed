"""From a question to the chunks that may answer it."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from embeddings.encoder import Vectors
from embeddings.index import Rows
from qa.retrieve.across import FOREIGN, across_languages
from qa.retrieve.dense import cosines, nearest
from qa.retrieve.fusion import DEFAULT_WEIGHTS, FusionWeights, fuse
from qa.retrieve.lexical import matches
from qa.retrieve.translation import translated_matches
from qa.store import Index
from qa.types import EVERYTHING, Chunk, Filters, Hit

__all__ = ["EVERYTHING", "FusionWeights", "retrieve"]

MOST_TWINS: Final = 20
"""Near-duplicates that a hit takes along."""


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

    Near-duplicates of a better chunk are not returned as hits, but as its ``twins``.

    ``vector`` is the question's, of shape ``(dimension,)``. The ``pool`` best of either ranking, of those that pass
    ``filters``, are considered. ``Hit.dense`` is the cosine, ``Hit.lexical`` the BM25 score, and ``Hit.score`` what
    they fuse to.
    """
    among = index.rows_where(filters) if filters else None
    matching = matches(question, index, pool, among)
    vector = across_languages(vector, coverage=matching.coverage, fingerprint=index.manifest.encoder.fingerprint)
    if matching.coverage < FOREIGN:
        matching = translated_matches(question, index, pool, among)
    near = nearest(vector, index, pool, among)
    rows = sorted({*near, *matching.scores})
    dense, lexical = cosines(vector, index, rows), matching.of(rows)
    scores = fuse(dense, lexical, weights, coverage=matching.coverage)
    measured = zip(scores.tolist(), dense.tolist(), lexical.tolist(), strict=True)
    continued = index.continued(rows)
    found = zip(rows, index.chunks(rows), measured, index.dates(rows), strict=True)
    hits = [(row, Hit(chunk, *m, date, continues=continued.get(row))) for row, chunk, m, date in found]
    ranked = sorted(hits, key=lambda ranking: ranking[1].chunk.id)
    ranked.sort(key=lambda ranking: (ranking[1].score, ranking[1].date or ""), reverse=True)
    return one_of_each_story(ranked, index, k, among)


def one_of_each_story(ranked: Sequence[tuple[int, Hit]], index: Index, k: int, among: Rows | None = None) -> list[Hit]:
    """Return the first ``k`` hits, of near-duplicates only the first, which takes the others along as its twins."""
    stories = index.stories([row for row, _ in ranked])
    kept: dict[int, tuple[int, Hit]] = {}
    for row, hit in ranked:
        kept.setdefault(stories.get(row, -row), (row, hit))
    return [
        replace(hit, twins=_twins(index, story, row, among)) if story >= 0 else hit
        for story, (row, hit) in islice(kept.items(), k)
    ]


def _twins(index: Index, story: int, row: int, among: Rows | None) -> tuple[Chunk, ...]:
    others = [other for other in index.twins(story) if other != row and (among is None or other in among)]
    return index.chunks(others[:MOST_TWINS])

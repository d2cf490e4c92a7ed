"""The vector index of a segment: as its size asks for, and measured against comparing everything."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np

from embeddings.encoder import Encoder, Vectors
from embeddings.index import Rows, VectorIndex, sample_size
from qa.store.protocol import VectorSearch
from qa.store.segment import Segment

ADD_AT_ONCE: Final = 16384
NEAREST: Final = 10
COMPARED: Final = 300
"""Passages that an approximate index finds and that are then compared exactly; 1 ms."""
ENOUGH: Final = 0.99
"""Recall at which no further cells are looked at."""
QUERIES: Final = 100
"""Headlines that recall is measured with, encoded as questions are."""


def write_vectors(path: Path, segment: Segment, encoder: Encoder) -> VectorSearch:
    """Write the index of all vectors of ``segment`` to ``path``, and say what it is and how well it finds."""
    rows = segment.rows()
    index = VectorIndex(encoder.dimension)
    if not index.suits(len(rows)):
        index = VectorIndex.trained(segment.vectors(_sample(rows, sample_size(len(rows)))), len(rows))
    for part in parts(rows):
        index.add(part, segment.vectors(part.tolist()))
    recall = 1.0 if index.exact else _tuned(index, segment, rows, encoder)
    index.save(path)
    return VectorSearch(index.kind, recall)


def parts(rows: Rows) -> Iterator[Rows]:
    """Yield the rows in portions of which the vectors fit into memory well."""
    return (rows[start : start + ADD_AT_ONCE] for start in range(0, len(rows), ADD_AT_ONCE))


def _tuned(index: VectorIndex, segment: Segment, rows: Rows, encoder: Encoder) -> float:
    """Look at more cells until enough is found, and return the recall.

    That is the share of the nearest 10 that are among those found, which are then compared exactly.
    """
    queries = encoder.encode(segment.titles(_sample(rows, QUERIES)), "query")
    nearest = _nearest(queries, segment, rows)
    while True:
        _, found = index.search(queries, COMPARED)
        recall = float(np.mean([np.isin(wanted, got).mean() for wanted, got in zip(nearest, found, strict=True)]))
        if recall >= ENOUGH or not index.probe_more():
            return round(recall, 4)


def _nearest(queries: Vectors, segment: Segment, rows: Rows) -> Rows:
    """Return the rows of the nearest vectors of each query, by comparing all. *Shape:* ``(queries, NEAREST)``."""
    scores, best = np.zeros((len(queries), 0), np.float32), np.zeros((len(queries), 0), np.int64)
    for part in parts(rows):
        scores = np.hstack([scores, queries @ segment.vectors(part.tolist()).T])
        best = np.hstack([best, np.broadcast_to(part, (len(queries), len(part)))])
        order = np.argsort(-scores, axis=1)[:, :NEAREST]
        scores, best = np.take_along_axis(scores, order, axis=1), np.take_along_axis(best, order, axis=1)
    return best


def _sample(rows: Rows, size: int) -> list[int]:
    chosen = np.random.default_rng(0).choice(rows, min(size, len(rows)), replace=False)
    return [int(row) for row in np.sort(chosen)]

"""FAISS behind four verbs: add, remove, search, save. It knows vectors and rows; what a row means is the caller's."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Self

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.errors import VectorIndexError

Rows = NDArray[np.int64]

NO_ROW = -1
"""Fills the rows of a search result beyond what the index holds; the scores there are ``-inf``."""

# FAISS reads a damaged file as far as it can, and an altered length can make it ask for terabytes. So the file ends
# in this mark and the SHA-256 of everything before it, which FAISS itself does not look at.
_MARK = b"vectors1"
_TRAILER = len(_MARK) + hashlib.sha256().digest_size

_MANY_QUERIES = 20


class VectorIndex:
    """Exact inner product over vectors that carry row numbers.

    >>> index = VectorIndex(2)
    >>> index.add([7, 9], np.array([[1, 0], [0, 1]], np.float32))
    >>> scores, rows = index.search(np.array([[0.6, 0.8]], np.float32), k=3)
    >>> rows.tolist()
    [[9, 7, -1]]
    """

    def __init__(self, dimension: int) -> None:
        if dimension < 1:
            raise VectorIndexError(f"a vector needs at least one component, not {dimension}")
        self._index = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return int(self._index.d)

    @property
    def rows(self) -> Rows:
        """All row numbers, in the order of their vectors. *Shape:* ``(len(index),)``."""
        return np.array(faiss.vector_to_array(self._index.id_map), np.int64)

    def add(self, rows: Sequence[int] | Rows, vectors: Vectors) -> None:
        """Add one vector a row; ``VectorIndexError`` unless they fit and the rows are new and not negative.

        *Shape:* ``vectors`` is ``(len(rows), dimension)``.
        """
        numbers, vectors = np.asarray(rows, np.int64), self._checked(vectors)
        if len(numbers) != len(vectors):
            raise VectorIndexError(f"{len(numbers)} rows for {len(vectors)} vectors")
        if len(np.unique(numbers)) != len(numbers) or (numbers < 0).any():
            raise VectorIndexError("row numbers to add repeat or are negative")
        if (known := np.intersect1d(numbers, self.rows)).size:
            raise VectorIndexError(f"{known.size} of {len(numbers)} rows are in the index already, first {known[0]}")
        self._index.add_with_ids(vectors, numbers)

    def remove(self, rows: Sequence[int] | Rows) -> None:
        """Remove rows with their vectors; ``VectorIndexError`` if one is not there."""
        numbers = np.unique(np.asarray(rows, np.int64))
        if (unknown := np.setdiff1d(numbers, self.rows)).size:
            raise VectorIndexError(f"{unknown.size} of {len(numbers)} rows are not in the index, first {unknown[0]}")
        self._index.remove_ids(faiss.IDSelectorBatch(numbers))

    def search(self, queries: Vectors, k: int, among: Rows | None = None) -> tuple[Vectors, Rows]:
        """Return the scores and rows of the ``k`` nearest vectors of each query, best first.

        ``among`` limits the search to some rows; those that the index does not have are ignored.
        *Shape:* ``queries`` is ``(m, dimension)``, both results are ``(m, k)``; where there are fewer than ``k``
        vectors they end in ``-inf`` and ``NO_ROW``.
        """
        if k < 1:
            raise VectorIndexError(f"k is {k}, not 1 or more")
        queries = self._checked(queries)
        with _one_thread() if len(queries) < _MANY_QUERIES else nullcontext():
            scores, rows = self._index.search(queries, k, params=_selecting(among))
        scores[rows == NO_ROW] = -np.inf
        return scores, rows

    def save(self, path: Path) -> None:
        """Write the index to ``path``, replacing what is there all at once; ``VectorIndexError`` if that fails."""
        aside = path.with_name(f"{path.name}.tmp")
        try:
            faiss.write_index(self._index, str(aside))
        except RuntimeError as error:
            raise VectorIndexError(f"{path}: cannot be written: {error}") from error
        with aside.open("r+b") as file:
            digest = hashlib.file_digest(file, "sha256").digest()
            file.seek(0, os.SEEK_END)
            file.write(_MARK + digest)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what ``save`` wrote; ``VectorIndexError`` if it is missing, truncated or altered."""
        try:
            _check_digest(path)
            index = faiss.read_index(str(path))
        except (OSError, RuntimeError) as error:
            raise VectorIndexError(f"{path}: cannot be read: {error}") from error
        if not isinstance(index, faiss.IndexIDMap2):
            raise VectorIndexError(f"{path}: holds a {type(index).__name__}, not vectors with row numbers")
        loaded = cls(index.d)
        loaded._index = index
        return loaded

    def _checked(self, vectors: Vectors) -> Vectors:
        if vectors.ndim != 2 or vectors.shape[1] != self.dimension:
            raise VectorIndexError(f"vectors of shape {vectors.shape} for an index of dimension {self.dimension}")
        if not np.isfinite(vectors).all():
            raise VectorIndexError("a vector has a component that is not finite")
        return np.ascontiguousarray(vectors, np.float32)


def _selecting(among: Rows | None) -> faiss.SearchParameters | None:
    return None if among is None else faiss.SearchParameters(sel=faiss.IDSelectorBatch(among))  # type: ignore[call-arg]


@contextmanager
def _one_thread() -> Iterator[None]:
    # Waking FAISS's threads takes 6 µs on an idle machine, and 16 ms where another process keeps them waiting, when one
    # query over a thousand vectors takes 30 µs. The setting is the calling thread's own.
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(threads)


def _check_digest(path: Path) -> None:
    size = path.stat().st_size - _TRAILER
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while size > 0 and (block := file.read(min(size, 1 << 20))):
            digest.update(block)
            size -= len(block)
        if size < 0 or file.read() != _MARK + digest.digest():
            raise VectorIndexError(f"{path}: truncated or altered: its end does not match the rest")

"""FAISS behind three verbs: add, search, save. It knows vectors and rows; what a row means is the caller's."""

import hashlib
import math
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from embeddings.encoder import Vectors
from embeddings.errors import VectorIndexError

Rows = NDArray[np.int64]

NO_ROWS: Rows = np.zeros(0, np.int64)
NO_ROW = -1
"""Fills the rows of a search result beyond what the index holds; the scores there are ``-inf``."""

# FAISS reads a damaged file as far as it can, and an altered length can make it ask for terabytes. So the file ends
# in this mark and the SHA-256 of everything before it, which FAISS itself does not look at.
_MARK = b"vectors1"
_TRAILER = len(_MARK) + hashlib.sha256().digest_size

_MANY_QUERIES = 20
_TRAINED_ON = 64
"""Vectors that each cell's centre is learned from."""
_LISTS = b"Iwrn"
"""What the file of an approximate index begins with."""

EXACT_UP_TO = 50_000
"""Vectors up to which every one is compared: 15 ms a query on one core for 384 components."""


class VectorIndex:
    """Inner product over vectors that carry row numbers: exact, or approximate for a great many (``trained``).

    The approximate index keeps one bit a component, in cells of which a query looks at the nearest ``probes`` (IVF,
    Jégou et al. 2011, with RaBitQ, Gao and Long 2024): its scores are estimates, to find what is worth comparing.

    >>> index = VectorIndex(2)
    >>> index.add([7, 9], np.array([[1, 0], [0, 1]], np.float32))
    >>> scores, rows = index.search(np.array([[0.6, 0.8]], np.float32), k=3)
    >>> rows.tolist()
    [[9, 7, -1]]
    """

    def __init__(self, dimension: int) -> None:
        if dimension < 1:
            raise VectorIndexError(f"a vector needs at least one component, not {dimension}")
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))

    @classmethod
    def trained(cls, sample: Vectors, count: int) -> Self:
        """Return an approximate index, still empty, for about ``count`` vectors, of which ``sample`` are some.

        ``VectorIndexError`` if the sample is empty or not finite. *Shape:* ``(sample_size(count), dimension)``.
        """
        index = cls(sample.shape[-1])
        sample = index._checked(sample)
        cells = max(1, min(math.isqrt(count), len(sample)))
        if not len(sample):
            raise VectorIndexError("an approximate index cannot be trained without vectors")
        centres = faiss.IndexFlatIP(index.dimension)
        lists = faiss.IndexIVFRaBitQFastScan(centres, index.dimension, cells, faiss.METRIC_INNER_PRODUCT)
        lists.cp.min_points_per_centroid = 1  # FAISS would print a warning where a sample is small
        lists.train(sample)
        lists.nprobe = max(1, cells // 16)
        index._index = lists
        return index

    @property
    def exact(self) -> bool:
        """Whether every vector is compared."""
        return isinstance(self._index, faiss.IndexIDMap2)

    @property
    def kind(self) -> str:
        """The index as FAISS's index factory spells it, with the cells that are looked at.

        >>> VectorIndex(2).kind
        'IDMap2,Flat'
        """
        return "IDMap2,Flat" if self.exact else f"IVF{self._index.nlist},RaBitQfs nprobe={self.probes}"

    @property
    def probes(self) -> int:
        """Cells that a query looks at; 1 where there is only one."""
        return 1 if self.exact else int(self._index.nprobe)

    def probe_more(self) -> bool:
        """Look at twice as many cells; false where all are looked at already."""
        if self.exact or self._index.nprobe >= self._index.nlist:
            return False
        self._index.nprobe = min(2 * self._index.nprobe, self._index.nlist)
        return True

    def suits(self, count: int) -> bool:
        """Whether this is the kind of index for ``count`` vectors: exact or not, and with enough cells."""
        if self.exact:
            return count <= EXACT_UP_TO
        cells = int(self._index.nlist)
        return EXACT_UP_TO // 2 < count <= 4 * (cells + 1) ** 2

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return int(self._index.d)

    @property
    def rows(self) -> Rows:
        """All row numbers, in the order of their vectors. *Shape:* ``(len(index),)``."""
        if self.exact:
            return np.array(faiss.vector_to_array(self._index.id_map), np.int64)
        lists = self._index.invlists
        sizes = [(cell, lists.list_size(cell)) for cell in range(self._index.nlist)]
        cells = [faiss.rev_swig_ptr(lists.get_ids(cell), size) for cell, size in sizes if size]
        return np.concatenate([np.zeros(0, np.int64), *cells])

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

    def search(
        self, queries: Vectors, k: int, among: Rows | None = None, *, without: Rows = NO_ROWS
    ) -> tuple[Vectors, Rows]:
        """Return the scores and rows of the ``k`` nearest vectors of each query, best first.

        Those of an approximate index are estimates.
        ``among`` limits the search to some rows, ``without`` leaves some out where it does not; those that the index
        does not have are ignored.
        *Shape:* ``queries`` is ``(m, dimension)``, both results are ``(m, k)``; where there are fewer than ``k``
        vectors they end in ``-inf`` and ``NO_ROW``.
        """
        if k < 1:
            raise VectorIndexError(f"k is {k}, not 1 or more")
        queries = self._checked(queries)
        with _one_thread() if len(queries) < _MANY_QUERIES else nullcontext():
            scores, rows = self._index.search(queries, k, params=self._parameters(among, without))
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
    def load(cls, path: Path, *, unhashed: bool = False) -> Self:
        """Read what ``save`` wrote; ``VectorIndexError`` if it is missing, truncated or altered.

        An approximate index, which may be large, can be taken ``unhashed``: whether it was altered is not looked at. It
        is all in memory, 66 bytes a vector: FAISS 1.15 maps no such index, whatever it is told.
        """
        try:
            if not (unhashed and _begins(path, _LISTS)):
                _check_digest(path)
            index = faiss.read_index(str(path))
        except (OSError, RuntimeError) as error:
            raise VectorIndexError(f"{path}: cannot be read: {error}") from error
        if not isinstance(index, faiss.IndexIDMap2 | faiss.IndexIVFRaBitQFastScan):
            raise VectorIndexError(f"{path}: holds a {type(index).__name__}, not vectors with row numbers")
        loaded = cls(index.d)
        loaded._index = index
        return loaded

    def _parameters(self, among: Rows | None, without: Rows) -> faiss.SearchParameters | None:
        if among is None and not len(without):
            return None
        chosen: faiss.IDSelector = faiss.IDSelectorBatch(without if among is None else among)
        left = len(self) - len(without) if among is None else len(among)
        if among is None:
            chosen = faiss.IDSelectorNot(chosen)
        if self.exact:
            return faiss.SearchParameters(sel=chosen)  # type: ignore[call-arg]
        # As many more cells as there are fewer vectors in each, so that as many are compared.
        probes = math.ceil(self.probes * len(self) / max(1, left))
        return faiss.SearchParametersIVF(sel=chosen, nprobe=min(probes, self._index.nlist))  # type: ignore[call-arg]

    def _checked(self, vectors: Vectors) -> Vectors:
        if vectors.ndim != 2 or vectors.shape[1] != self.dimension:
            raise VectorIndexError(f"vectors of shape {vectors.shape} for an index of dimension {self.dimension}")
        if not np.isfinite(vectors).all():
            raise VectorIndexError("a vector has a component that is not finite")
        return np.ascontiguousarray(vectors, np.float32)


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


def sample_size(count: int) -> int:
    """Return how many of ``count`` vectors an approximate index is trained on."""
    return min(count, _TRAINED_ON * math.isqrt(count))


def _begins(path: Path, mark: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(mark)) == mark


def _check_digest(path: Path) -> None:
    size = path.stat().st_size - _TRAILER
    with path.open("rb") as file:
        digest = hashlib.sha256()
        while size > 0 and (block := file.read(min(size, 1 << 20))):
            digest.update(block)
            size -= len(block)
        if size < 0 or file.read() != _MARK + digest.digest():
            raise VectorIndexError(f"{path}: truncated or altered: its end does not match the rest")

"""How many passages have each token: a file of differences for each generation, and readers add them up."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from qa.errors import IndexCorrupt
from qa.store.milvus.originals import Originals
from qa.store.milvus.sparse import number_of
from qa.store.protocol import Frequencies

RATIO: Final = 4
"""A file stays while it is this many times as long as the next, so that there are few, and counts are copied rarely."""


class Part:
    """Counts by dimension. *Shape:* ``numbers``, ascending, and ``counts`` are ``(tokens,)``."""

    def __init__(self, numbers: NDArray[np.uint32], counts: NDArray[np.int64]) -> None:
        self.numbers, self.counts = numbers, counts

    @classmethod
    def of(cls, counts: Mapping[int, int]) -> "Part":
        """Return what counts are that may be negative."""
        kept = sorted((number, count) for number, count in counts.items() if count)
        table = np.array(kept, np.int64).reshape(len(kept), 2)
        return cls(table[:, 0].astype(np.uint32), table[:, 1].copy())

    @classmethod
    def sum(cls, parts: Sequence["Part"]) -> "Part":
        """Return what parts come to."""
        numbers = np.concatenate([np.zeros(0, np.uint32), *(part.numbers for part in parts)])
        counts = np.concatenate([np.zeros(0, np.int64), *(part.counts for part in parts)])
        distinct, places = np.unique(numbers, return_inverse=True)
        summed = np.bincount(places, counts, len(distinct)).astype(np.int64)
        return cls(distinct[summed != 0], summed[summed != 0])

    def __len__(self) -> int:
        return len(self.numbers)

    def frequencies(self, tokens: Iterable[str], chunks: int) -> Frequencies:
        """Return how common tokens are, of ``chunks``."""
        wanted = list(tokens)
        numbers = np.array([number_of(token) for token in wanted], np.uint32)
        places = np.searchsorted(self.numbers, numbers)
        found = [
            int(self.counts[place]) if place < len(self) and self.numbers[place] == number else 0
            for place, number in zip(places.tolist(), numbers.tolist(), strict=True)
        ]
        return Frequencies(chunks, dict(zip(wanted, found, strict=True)))

    def packed(self) -> bytes:
        """Return the part as a file."""
        file = io.BytesIO()
        np.savez_compressed(file, numbers=self.numbers, counts=self.counts)
        return file.getvalue()


def read_parts(originals: Originals, names: Sequence[str]) -> list[Part]:
    """Read files; ``IndexCorrupt`` if one is missing or altered."""
    found = list[Part]()
    for name in names:
        data = originals.read(name)
        try:
            with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
                found.append(Part(arrays["numbers"], arrays["counts"]))
        except (ValueError, KeyError, OSError) as error:
            raise IndexCorrupt(
                f"{originals.place}/{name} is altered ({error}); ingest into a new collection"
            ) from error
    return found


def staying(lengths: Sequence[int], more: int) -> int:
    """Return how many of the oldest files stay as they are beside one of ``more`` tokens; the others go into it.

    >>> staying([9000, 200, 30], 40), staying([1000, 200], 10), staying([], 5)
    (1, 2, 0)
    """
    stay = len(lengths)
    while stay and lengths[stay - 1] < RATIO * more:
        stay -= 1
        more += lengths[stay]
    return stay

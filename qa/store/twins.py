"""Near-duplicates: chunks that print the same sentences, as when three papers carry one wire story.

MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, *Mining of Massive Datasets*, chapter 3) proposes
pairs, and their sentences decide. A form letter with another name in it is no twin, however much the two share.
"""

import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from qa.text.folding import searchable

Bands = NDArray[np.int64]
Row = TypeVar("Row", int, str)

BANDS: Final = 8
ROWS: Final = 4
"""Hashes in a band: of pairs with Jaccard similarity 0.8, 0.7 and 0.5, 99, 89 and 40 % share a band."""
SHINGLE: Final = 4
SHORTEST: Final = 40
"""Letters and digits of a chunk below which being alike means little."""
SHARED: Final = 0.7
"""Share of the longer chunk's letters in sentences that both print."""
ALTERED: Final = 0.3
"""Jaccard similarity from which a sentence is another version of one, with something else in its place."""
_SENTENCE_END = re.compile(r"[。！？!?；;\n]+")


def sketch(text: str) -> Bands | None:
    """Return the bands of a text; ``None`` if it is too short. *Shape:* ``(BANDS,)``."""
    letters = _letters(text)
    if len(letters) < SHORTEST:
        return None
    shingles = {letters[start : start + SHINGLE] for start in range(len(letters) - SHINGLE + 1)}
    minhash = _empty()(map(str.encode, shingles))
    bands = (blake2b(band.tobytes(), digest_size=8).digest() for band in minhash.reshape(BANDS, ROWS))
    return np.frombuffer(b"".join(bands), np.int64)


def same_sentences(one: str, other: str) -> bool:
    r"""Whether two texts print the same sentences, but for some that only one of them has.

    >>> wire = "会议昨日在北京召开。会议听取了报告。会议选举产生了新一届领导机构。"
    >>> same_sentences(wire, "本报讯\n" + wire), same_sentences(wire, wire.replace("北京", "上海"))
    (True, False)
    """
    first, second = _sentences(one), _sentences(other)
    shared = sum(map(len, first & second))
    if shared < SHARED * max(sum(map(len, first)), sum(map(len, second)), 1):
        return False
    return not any(_alike(left, right) for left in first - second for right in second - first)


def candidates(bands: Bands, alike: Callable[[int], Iterable[int]]) -> list[int]:
    """Return the rows that share a band, each once; ``alike`` gives the first that have one.

    Where many share one, it should give a few. *Shape:* ``bands`` is ``(BANDS,)``.
    """
    return list(dict.fromkeys(row for band in bands.tolist() for row in alike(band)))


@cache
def _empty() -> Callable[[Iterator[bytes]], NDArray[np.uint64]]:
    # Imported here, since it brings SciPy, which no question needs.
    from datasketch import MinHash

    scheme: Final = "affine32"
    permutations = MinHash(BANDS * ROWS, seed=1, scheme=scheme).permutations

    def hashed(shingles: Iterator[bytes]) -> NDArray[np.uint64]:
        found = MinHash(BANDS * ROWS, seed=1, scheme=scheme, hashfunc=zlib.crc32, permutations=permutations)
        found.update_batch(shingles)
        return np.asarray(found.hashvalues, np.uint64)

    return hashed


def _sentences(text: str) -> set[str]:
    return {letters for part in _SENTENCE_END.split(text) if (letters := _letters(part))}


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, searchable(text)))


def _alike(one: str, other: str) -> bool:
    first, second = ({text[at : at + 2] for at in range(len(text) - 1)} or {text} for text in (one, other))
    return len(first & second) >= ALTERED * len(first | second)


def group_stories(pairs: Sequence[tuple[Row, Row]], known: Mapping[Row, Row]) -> dict[Row, Row]:
    """Return the story of every row in ``pairs`` and ``known``: rows that pairs connect have the same.

    A row is whatever a store knows a chunk by; the lowest gives its story the name.
    """
    story = dict(known)
    members: dict[Row, list[Row]] = {}
    for row, number in story.items():
        members.setdefault(number, []).append(row)
    for one, other in pairs:
        first, second = (story.setdefault(row, row) for row in (one, other))
        if first != second or one not in members.get(first, ()):
            low, high = (first, second) if first < second else (second, first)
            joined: list[Row] = members.pop(low, []) + members.pop(high, []) + [one, other]
            joined = list(dict.fromkeys(joined))
            members[low] = joined
            story |= dict.fromkeys(joined, low)
    return story

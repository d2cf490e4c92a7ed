"""The lexical half as sparse vectors: how often a passage has a token, and how much a question's token counts.

Their inner product is BM25 (Robertson and Zaragoza 2009), k1 = 1.2 and b = 0.75, over the tokens of the embedded store.
A passage's part depends on nothing but its text, so that it is the same whoever writes it, and in whichever order; what
depends on the archive, how rare a token is, is the question's part.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Final

from qa.store.protocol import Frequencies, Tokens
from qa.store.tokens import tokens

K1, B = 1.2, 0.75
AVERAGE: Final = 330.0
"""Tokens of a passage of average length. It is fixed, unlike in BM25: another one would change every passage."""

Sparse = dict[int, float]


@lru_cache(maxsize=1 << 16)
def number_of(token: str) -> int:
    """Return the dimension of a token, below 2 to the power of 32 less 1, which Milvus keeps for itself.

    >>> number_of("洛阳") == number_of("洛阳") != number_of("阳市")
    True
    """
    return int.from_bytes(blake2b(token.encode(), digest_size=4).digest()) % 0xFFFFFFFF


def of_passage(text: str) -> Sparse:
    """Return the vector of a passage; that of one without tokens has a dimension that no question asks for."""
    counts = Counter(map(number_of, tokens(text)))
    norm = K1 * (1 - B + B * counts.total() / AVERAGE)
    return {number: count * (K1 + 1) / (count + norm) for number, count in counts.items()} or {0xFFFFFFFE: 1e-6}


def of_question(wanted: Tokens, frequencies: Frequencies) -> Sparse:
    """Return the vector of a question: each token's weight times its inverse document frequency."""
    found = Sparse()
    for token, weight in wanted.items():
        number = number_of(token)
        found[number] = found.get(number, 0.0) + weight * rarity(frequencies.of[token], frequencies.chunks)
    return found


def rarity(having: int, chunks: int) -> float:
    """Return the inverse document frequency of a token that ``having`` of all ``chunks`` have; never negative."""
    return math.log(1 + max(0.0, chunks - having + 0.5) / (having + 0.5))


def numbers_of(texts: Iterable[str]) -> Mapping[int, int]:
    """Return how many of the texts have each token, by its dimension."""
    return Counter(number for text in texts for number in set(map(number_of, tokens(text))))

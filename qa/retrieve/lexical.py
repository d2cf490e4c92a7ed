"""The lexical half of retrieval: which tokens are searched for, and how far the archive speaks their language."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from qa.store import Snapshot, Tokens
from qa.store.tokens import is_unspaced, tokens


@dataclass(frozen=True, slots=True)
class Words:
    """The tokens to search for; ``coverage`` is how far the archive speaks their language, 0 to 1."""

    tokens: Tokens
    coverage: float


def own_words(question: str, index: Snapshot) -> Words:
    """Return the question's own tokens, each of which counts once."""
    found = dict.fromkeys(tokens(question), 1.0)
    return Words(found, coverage(found, index))


def coverage(wanted: Iterable[str], index: Snapshot) -> float:
    """Return how far an archive speaks the language of some tokens, 0 to 1.

    That is the idf of the words and numbers that some chunk has, over the idf of them all: near 0 for an English
    question over Chinese text, even where a number in it is found. One Chinese token that is found makes it 1: many
    pairs of characters are no word, so that the others are not found means nothing.
    """
    chunks, counts = index.frequencies(wanted)
    if any(count and is_unspaced(token) for token, count in counts.items()):
        return 1.0
    known = math.fsum(_idf(count, chunks) for count in counts.values() if count)
    unknown = _idf(0, chunks) * sum(not count for count in counts.values())
    return known / (known + unknown) if counts else 0.0


def _idf(count: int, chunks: int) -> float:
    # A store may count chunks that were removed for a token, but not among all.
    total = max(chunks, count)
    return math.log1p((total - count + 0.5) / (count + 0.5))

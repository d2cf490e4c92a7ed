"""What the reader is fed: a question and a window of a passage as one sequence of token ids.

Training and question answering build their inputs here, so that they cannot drift apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

MAX_LENGTH = 384
STRIDE = 96
MAX_QUESTION = 96


@dataclass(frozen=True, slots=True)
class Tokens:
    """A tokenised text. ``ids`` has a number and ``offsets`` a character span ``(start, end)`` for each token."""

    ids: tuple[int, ...]
    offsets: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Window:
    """One input: ``ids`` holds the question and the passage's tokens ``[first, first + count)`` from ``at`` on.

    Position 0 is ``<s>``, where the model puts the score of "no answer here".
    """

    ids: tuple[int, ...]
    at: int
    first: int
    count: int


def tokenise(tokenizer: Tokenizer, text: str) -> Tokens:
    """Tokenise without special tokens; offsets are into ``text``."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return Tokens(tuple(encoding.ids), tuple(encoding.offsets))


def windows(
    tokenizer: Tokenizer, question: Tokens, passage: Tokens, *, max_length: int = MAX_LENGTH, stride: int = STRIDE
) -> Iterator[Window]:
    """Cut a passage into windows that overlap by ``stride`` tokens; one window if it fits ``max_length``."""
    bos, eos = tokenizer.encode("").ids
    head = (bos, *question.ids[:MAX_QUESTION], eos, eos)
    room = max_length - len(head) - 1
    first = 0
    while True:
        ids = passage.ids[first : first + room]
        yield Window((*head, *ids, eos), len(head), first, len(ids))
        if first + room >= len(passage.ids):
            return
        first += room - stride


def token_span(passage: Tokens, start: int, end: int) -> tuple[int, int] | None:
    """Return the tokens (first, last) that cover the characters ``[start, end)``; ``None`` if there are none."""
    covering = [number for number, (a, b) in enumerate(passage.offsets) if a < end and b > start]
    return (covering[0], covering[-1]) if covering else None


def allowed_tokens(passage: Tokens, window: Window, *, start: int) -> NDArray[np.bool_]:
    """Tell which positions of a window may be part of an answer: passage tokens that reach beyond character ``start``.

    A token takes the white space before it along, so that the first one of a text begins before it.

    *Shape:* ``(len(window.ids),)``.
    """
    allowed = np.zeros(len(window.ids), bool)
    for offset in range(window.count):
        allowed[window.at + offset] = passage.offsets[window.first + offset][1] > start
    return allowed

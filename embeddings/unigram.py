"""The encoder's tokenizer, ready in milliseconds and small: the same pieces and offsets as ``embeddings.tokenizer``.

The library ``tokenizers`` makes a tree of all 121,496 pieces, 90 MB and a fifth of a second, of which a question needs
hundreds. Here it does what it does best, normalising and splitting a text with true offsets, over a vocabulary of
single characters. The likeliest pieces are then found by the same Viterbi search as there (Kudo 2018), among pieces
that are looked at when their first character is met. A test holds the two to equality.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from tokenizers import models

from embeddings.tokenizer import BOS, EOS, SPECIAL, UNK, furnished

_LINES: Final = "pieces.txt"
"""A line for all pieces that begin alike, with tabs between them."""
_CHARACTERS: Final = "characters.txt"
"""All that pieces consist of: to look for them among the lines takes 15 ms."""
_NUMBERS: Final = "pieces.npy"
"""The id and the log probability of each piece, in the order of the lines."""
_NUMBER: Final = np.dtype([("id", "<i4"), ("score", "<f4")])
_WORD_START: Final = "▁"
_NONE: Final = "\0"
"""Stands for every character that is in no piece."""
_UNKNOWN_PENALTY: Final = 10.0
"""How much less likely than the least likely piece a character without one is, as in SentencePiece."""

_Family = tuple[dict[str, tuple[int, float]], tuple[int, ...]]
"""Pieces that begin alike, each with its id and score, and the lengths that they have, ascending."""


class Encoded(Protocol):
    """A tokenised text: a number and a character span ``(start, end)`` for each token."""

    @property
    def ids(self) -> list[int]:
        """The numbers."""

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """The spans; empty for a token that stands for no characters."""


class TextTokenizer(Protocol):
    """What cuts texts into tokens: the ``Tokenizer`` of ``tokenizers``, or ``UnigramTokenizer``."""

    def encode(self, sequence: str, /, *, add_special_tokens: bool = True) -> Encoded:
        """Return the tokens of a text, between ``<s>`` and ``</s>`` unless these are not wanted."""


@dataclass(frozen=True, slots=True)
class _Tokens:
    ids: list[int]
    offsets: list[tuple[int, int]]


class UnigramTokenizer:
    """A ``TextTokenizer`` over the files of ``write_pieces``; threads may share it."""

    def __init__(self, folder: Path) -> None:
        """Open the files; raises ``OSError`` or ``ValueError`` if they are missing or damaged."""
        text = (folder / _LINES).read_text(encoding="utf-8")
        lines = text.split("\n")
        counts = [line.count("\t") + 1 for line in lines]
        self._numbers = np.load(folder / _NUMBERS)
        if self._numbers.dtype != _NUMBER or sum(counts) != len(self._numbers):
            raise ValueError(f"{sum(counts)} pieces with {len(self._numbers)} numbers")
        starts = np.cumsum([0, *counts[:-1]]).tolist()
        self._lines = {_beginning(line): at for line, at in zip(lines, zip(lines, starts, strict=True), strict=True)}
        self._families: dict[str, _Family] = {}
        special = self._family(_beginning(BOS))[0]
        if not set(SPECIAL) <= set(special):
            raise ValueError("the special tokens are missing")
        self._special = [special[token][0] for token in SPECIAL]
        self._bos, self._eos, self._unknown = (special[token][0] for token in (BOS, EOS, UNK))
        self._unknown_score = float(self._numbers["score"].min()) - _UNKNOWN_PENALTY
        self._alphabet = [*SPECIAL, _NONE, *(folder / _CHARACTERS).read_text(encoding="utf-8")]
        vocabulary = {character: number for number, character in enumerate(self._alphabet)}
        self._characters = furnished(models.BPE(vocabulary, [], unk_token=_NONE, fuse_unk=False), vocabulary)

    def encode(self, sequence: str, /, *, add_special_tokens: bool = True) -> Encoded:
        """Return the tokens of a text, between ``<s>`` and ``</s>`` unless these are not wanted."""
        characters = self._characters.encode(sequence, add_special_tokens=False)
        numbers, places = characters.ids, characters.offsets
        ids = [self._bos] if add_special_tokens else []
        offsets = [(0, 0)] if add_special_tokens else []
        for is_special, group in groupby(range(len(numbers)), lambda at: numbers[at] < len(SPECIAL)):
            at, *_ = run = list(group)
            if is_special:
                ids += (self._special[numbers[one]] for one in run)
                offsets += (places[one] for one in run)
                continue
            for start, end, number in self._cut("".join(self._alphabet[numbers[one]] for one in run)):
                ids.append(number)
                offsets.append((places[at + start][0], places[at + end - 1][1]))
        if add_special_tokens:
            ids.append(self._eos)
            offsets.append((0, 0))
        return _Tokens(ids, offsets)

    def _cut(self, text: str) -> list[tuple[int, int, int]]:
        """Return the likeliest pieces of a text: where each starts and ends, and its id.

        As in ``tokenizers``, of equally likely ways the one found first is taken, and characters without a piece that
        follow one another are one.
        """
        size, families = len(text), self._families
        score: list[float] = [0.0] + [float("-inf")] * size
        came, by = [0] * (size + 1), [0] * (size + 1)
        for at in range(size):
            here = score[at]
            beginning = text[at : at + 2] if text[at] == _WORD_START else text[at]
            pieces, lengths = families.get(beginning) or self._family(beginning)
            for length in lengths:
                end = at + length
                if end > size:
                    break
                found = pieces.get(text[at:end])
                if found is not None:
                    reached = found[1] + here
                    if reached > score[end]:
                        score[end], came[end], by[end] = reached, at, found[0]
            if text[at] not in pieces and self._unknown_score + here > score[at + 1]:
                score[at + 1], came[at + 1], by[at + 1] = self._unknown_score + here, at, self._unknown
        cut: list[tuple[int, int, int]] = []
        end = size
        while end:
            start, number = came[end], by[end]
            if cut and number == self._unknown == cut[-1][2]:
                cut[-1] = (start, cut[-1][1], number)
            else:
                cut.append((start, end, number))
            end = start
        return cut[::-1]

    def _family(self, beginning: str) -> _Family:
        """Return the pieces that a text with this beginning may begin with, and keep them, if there are any."""
        if beginning not in self._lines:
            return self._family(_WORD_START) if len(beginning) > 1 else ({}, ())
        line, first = self._lines[beginning]
        texts = line.split("\t")
        numbers = self._numbers[first : first + len(texts)]
        pieces = dict(zip(texts, zip(numbers["id"].tolist(), numbers["score"].tolist(), strict=True), strict=True))
        if len(beginning) > 1:
            pieces |= self._family(_WORD_START)[0]
        found = self._families[beginning] = pieces, tuple(sorted(set(map(len, pieces))))
        return found


def write_pieces(folder: Path, pieces: Iterable[tuple[str, float]]) -> None:
    """Write the files of a ``UnigramTokenizer`` for ``pieces`` (text, log probability) in id order."""
    # A text is cut into words first, so that no other piece can be found in one.
    words = ((text, number, score) for number, (text, score) in enumerate(pieces) if _WORD_START not in text[1:])
    ordered = sorted(words, key=lambda word: (_beginning(word[0]), word[0]))
    lines = ("\t".join(text for text, *_ in line) for _, line in groupby(ordered, lambda word: _beginning(word[0])))
    text = "\n".join(lines)
    (folder / _LINES).write_text(text, encoding="utf-8")
    characters = sorted(set(text) - {"\t", "\n", _NONE})
    (folder / _CHARACTERS).write_text("".join(characters), encoding="utf-8")
    np.save(folder / _NUMBERS, np.array([(number, score) for _, number, score in ordered], _NUMBER))


def _beginning(text: str) -> str:
    r"""Return what pieces are looked up by: the first character, of those that begin a word the second as well.

    >>> _beginning("市长"), _beginning("▁mayor"), _beginning("▁\tno other")
    ('市', '▁m', '▁')
    """
    return (text[:2] if text[0] == _WORD_START else text[0]).rstrip("\t")

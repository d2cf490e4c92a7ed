"""The part of the encoder's vocabulary that the product reads.

multilingual-e5-small knows 250,002 pieces of a hundred languages. We keep those in which every letter is of a script
that Chinese and English archives are written in: Latin as English and pinyin write it, Han, kana and bopomofo. Digits,
punctuation and symbols are no letters, and stay. Of other scripts (Cyrillic, Arabic, Hangul, ...) and of words with
other Latin letters (ß, ø, ạ) the single characters stay, so that such text falls back to its characters and loses no
more than its words.

A piece that is left out has a character that a kept text does not have. So wherever all characters are kept ones, a
text is cut into the same pieces, with the same vectors, as by the whole vocabulary.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Final

from embeddings.packed import PackedModel

RULE: Final = 1
"""Which rule chose the pieces: raise it when it changes, for vectors change with it."""
_WORD_START: Final = "▁"
_PINYIN: Final = "āáǎàēéěèêīíǐìōóǒòūúǔùüǖǘǚǜńňǹḿ"
_LETTERS: Final = re.compile(
    f"[A-Za-z{_PINYIN}{_PINYIN.upper()}"
    "\u0300-\u036f"  # combining marks: tones that have no letter of their own (m̄, ê̄)
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"  # Han, with 々 and 〇
    "\u3041-\u30ff\u31f0-\u31ff"  # kana
    "\u3105-\u312f\u31a0-\u31bf]"  # bopomofo
)


@cache
def is_read(character: str) -> bool:
    """Whether a character (in NFKC) is of the scripts that are kept.

    >>> [is_read(character) for character in "洛Aěの3。€жé한ß"]
    [True, True, True, True, True, True, True, False, True, False, False]
    """
    return bool(_LETTERS.match(character)) or unicodedata.category(character)[0] not in "LM"


def is_kept(piece: str) -> bool:
    """Whether a piece stays in the vocabulary.

    >>> is_kept("▁mayor"), is_kept("副市长"), is_kept("▁город"), is_kept("▁г")
    (True, True, False, True)
    """
    return len(piece.removeprefix(_WORD_START)) <= 1 or all(map(is_read, piece))


def kept_ids(pieces: Iterable[tuple[str, float]]) -> list[int]:
    """Return the ids of the pieces (text, log probability) that stay, in order."""
    return [number for number, (text, _) in enumerate(pieces) if is_kept(text)]


def prune_vocabulary(model: PackedModel) -> PackedModel:
    """Return a model with only the pieces that are kept, renumbered in order, and their word embeddings."""
    kept = kept_ids(model.pieces)
    return replace(
        model,
        architecture=replace(model.architecture, vocabulary=len(kept)),
        pieces=tuple(model.pieces[number] for number in kept),
        word_blocks=model.word_blocks[kept],
    )

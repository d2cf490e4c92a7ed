"""English questions over Chinese text: the Chinese words that each word of a question may stand for.

A table of words with their likely translations, learned beforehand (``qa.train.translation``), makes of a question a
weighted bag of words for BM25: translation of the query, one word at a time (Ballesteros and Croft 1997). What is
printed the same in both languages, Latin words and numbers, stays as it is.
"""

import gzip
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from qa.retrieve.lexical import Words, coverage
from qa.store import Snapshot
from qa.store.tokens import tokens

RELEASED: Final = Path(__file__).with_name("weights") / "english-chinese.tsv.gz"
TRUST: Final = 0.6
"""How much the translated ranking counts, of what that of a question in the archive's own language does."""

Translations = Mapping[str, Mapping[str, float]]
"""From an English word, or two with a blank between, to Chinese words, each with a weight up to 1."""

_WORD: Final = re.compile(r"[a-z]+|\d+(?:\.\d+)?")
# Endings with what stands in their place in the plain form of a word.
_ENDINGS: Final = (
    ("ies", "y"), ("es", ""), ("s", ""), ("ied", "y"), ("ed", ""), ("ed", "e"), ("d", ""), ("ing", ""), ("ing", "e"),
    ("er", ""), ("er", "e"), ("ly", ""),
)  # fmt: skip
_SHORTEST_STEM: Final = 2


def translated_words(question: str, index: Snapshot) -> Words:
    """Return the tokens of the question and of its translations.

    Their ``coverage`` is ``TRUST`` as far as the index speaks the language of the translation, or that of the question
    where it is more: without a translation, all is as ``own_words`` has it.
    """
    table = _released()
    spoken = TRUST * coverage(tokens(" ".join(translated(question, table))), index)
    return Words(weighted_tokens(question, table), max(spoken, coverage(tokens(question), index)))


def weighted_tokens(question: str, table: Translations) -> dict[str, float]:
    """Return the tokens to search for, each with its weight: the question's own, and those of its translations.

    >>> weighted_tokens("mayor in 2021", {"mayor": {"市长": 0.8}})
    {'mayor': 1.0, 'in': 1.0, '2021': 1.0, '市长': 0.4, '=市长': 0.4}
    """
    found = dict.fromkeys(tokens(question), 1.0)
    for word, weight in translated(question, table).items():
        parts = dict.fromkeys(tokens(word))
        for token in parts:
            found[token] = max(found.get(token, 0.0), weight / len(parts))
    return found


def translated(question: str, table: Translations) -> dict[str, float]:
    """Return the Chinese words that the question's may stand for; two words that have a meaning together count as one.

    >>> table = {"middle school": {"中学": 1.0}, "school": {"学校": 1.0}, "move": {"搬": 0.6, "迁移": 0.5}}
    >>> translated("Which middle school moved?", table)
    {'中学': 1.0, '搬': 0.6, '迁移': 0.5}
    """
    words, found, at = english_words(question), dict[str, float](), 0
    while at < len(words):
        two = _entry(" ".join(words[at : at + 2]), table) if at + 1 < len(words) else {}
        entry = two or _entry(words[at], table)
        for word, weight in entry.items():
            found[word] = max(found.get(word, 0.0), weight)
        at += 2 if two else 1
    return found


def english_words(text: str) -> list[str]:
    """Return the words and numbers of a text, in lower case.

    >>> english_words("Who won the city's 3.5 km race?")
    ['who', 'won', 'the', 'city', 's', '3.5', 'km', 'race']
    """
    return _WORD.findall(text.lower())


def plain_forms(word: str) -> Iterator[str]:
    """Yield a word and what it may be an inflected form of, some of which are no words.

    >>> list(plain_forms("stopped"))
    ['stopped', 'stopp', 'stop', 'stoppe', 'stoppe']
    """
    yield word
    for ending, instead in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < _SHORTEST_STEM:
            continue
        yield stem + instead
        if not instead and len(ending) > 1 and stem[-1] == stem[-2]:
            yield stem[:-1]


def _entry(word: str, table: Translations) -> Mapping[str, float]:
    return next((table[form] for form in plain_forms(word) if form in table), {})


@cache
def _released() -> Translations:
    return load_translations(RELEASED)


def load_translations(file: Path) -> Translations:
    """Load what ``gazette train words`` wrote: a line for each word, then translations and percentages in turn."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        return _Table({word: rest for word, _, rest in (line.rstrip("\n").partition("\t") for line in lines)})


class _Table(Mapping[str, Mapping[str, float]]):
    """Lines by their words, each understood when it is asked for: a question asks for a few of 38,000."""

    def __init__(self, lines: Mapping[str, str]) -> None:
        self._lines = lines

    def __getitem__(self, word: str) -> Mapping[str, float]:
        rest = self._lines[word].split("\t") if self._lines[word] else []
        return dict(zip(rest[::2], (int(weight) / 100 for weight in rest[1::2]), strict=True))

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

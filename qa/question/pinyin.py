"""Names in pinyin, as English questions write them, beside the characters that the archive prints."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice, pairwise
from typing import Final

from qa.text.surnames import SURNAMES_BY_SOUND

_CAPITALISED: Final = re.compile(r"[A-Z][a-z\u0300-\u036f]+(?:['’-](?!s\b)[A-Za-z\u0300-\u036f]+)*")
_MOST_CHARACTERS: Final = 4
_MOST_NAMES: Final = 24
"""Runs of capitalised words of a question that are looked for; each costs a pass over the passages."""
_LONGEST_WORD: Final = 40
"""Letters of a word in pinyin: of the longest names of places, with room to spare."""


def has_name(question: str) -> bool:
    """Whether words of a question may be a name in pinyin, as any capitalised ones may.

    >>> has_name("Who is Li Xinjian?"), has_name("Who is mayor?"), has_name("谁是 Li?")
    (True, False, False)
    """
    return any(True for _ in _names(question))


def with_characters(question: str, texts: Iterable[str]) -> str:
    """Return the question with each name of a person in pinyin followed by the characters that texts have for it.

    Two or three capitalised words are a name where characters of a text, the first a surname, sound like them, tones
    aside, each word a whole number of characters; the family name may come last. Of several such names all are given;
    none where the question gives one itself.

    >>> with_characters("What post did Sun Yanwen get?", ["任命孙延文为副市长,孙云斌为副主任。"])
    'What post did Sun Yanwen (孙延文) get?'
    >>> with_characters("Did Li Lü speak?", ["李 绿、李律出席"])
    'Did Li Lü (李绿、李律) speak?'
    """
    names = list(islice(_names(question), _MOST_NAMES))
    if not names:
        return question
    plain = ["".join(text.split()) for text in texts]
    pieces, at = [], 0
    for start, end in names:
        if start < at:
            continue
        words = [_letters(word) for word in question[start:end].split()]
        if max(map(len, words)) > _LONGEST_WORD:
            continue
        orders = (words, [words[-1], *words[:-1]])
        found = next((f for f in (_printed(order, plain) for order in orders) if f), ())
        if found and not any(name in question for name in found):
            pieces += [question[at:end], f" ({'、'.join(found)})"]
            at = end
    return "".join((*pieces, question[at:]))


def capitalised(question: str) -> Iterator[tuple[int, int]]:
    """Yield where each capitalised word stands; diacritics count as part of their letter.

    >>> list(capitalised("Is Lǐ mayor of Xi'an?"))
    [(0, 2), (3, 5), (15, 20)]
    """
    # One base letter a character, so that offsets stay those of the question.
    plain = "".join(unicodedata.normalize("NFD", character)[0] for character in question)
    return (match.span() for match in _CAPITALISED.finditer(plain))


def characters_sounding_like(word: str, text: str) -> Iterator[str]:
    """Yield the characters of a text that sound like a word of pinyin, ignoring tones.

    >>> list(characters_sounding_like("Mengjin", "孟津区、孟津县、梦金园"))
    ['孟津', '孟津', '梦金']
    """
    letters = _letters(word)
    for start in range(len(text) if len(letters) <= _LONGEST_WORD else 0):
        end = _end(letters, text, start, first=False)
        if end is not None:
            yield text[start:end]


def _names(question: str) -> Iterator[tuple[int, int]]:
    """Yield where two or three capitalised words follow one another, the longer first."""
    words = list(capitalised(question))
    for first in range(len(words)):
        for count in (3, 2):
            run = words[first : first + count]
            gaps = (question[a[1] : b[0]] for a, b in pairwise(run))
            if len(run) == count and all(gap and not gap.strip(" ") for gap in gaps):
                yield run[0][0], run[-1][1]


def _letters(word: str) -> str:
    """Return a word of pinyin as pypinyin writes it: lower case, ``v`` for ü, without tones, apostrophes and hyphens.

    >>> _letters("Lǚ"), _letters("Xi'ān")
    ('lv', 'xian')
    """
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFD", word.lower()).replace("u\u0308", "v"))


def _printed(words: list[str], texts: Iterable[str]) -> tuple[str, ...]:
    """Return the names in texts that sound like the words, in order of first occurrence."""
    return tuple(dict.fromkeys(chain.from_iterable(_runs(words, text) for text in texts)))


def _runs(words: list[str], text: str) -> Iterator[str]:
    for start, character in enumerate(text):
        if character not in SURNAMES_BY_SOUND:
            continue
        end: int | None = start
        for word in words:
            end = None if end is None else _end(word, text, end, first=end == start)
        if end is not None and end - start <= _MOST_CHARACTERS:
            yield text[start:end]


def _end(letters: str, text: str, at: int, *, first: bool) -> int | None:
    """Return where the characters from ``at`` on that sound like ``letters`` end; ``None`` if they do not."""
    if not letters:
        return at
    if at < len(text):
        for sound in _sounds(text[at], every=first):
            if letters.startswith(sound):
                end = _end(letters[len(sound) :], text, at + 1, first=False)
                if end is not None:
                    return end
    return None


@cache
def _sounds(character: str, *, every: bool) -> frozenset[str]:
    """Return how a character is mostly or, as surnames are, ever read; no tones, nothing for other signs."""
    from pypinyin import Style, pinyin  # loaded only for questions that have a name like this

    return frozenset(chain.from_iterable(pinyin(character, Style.NORMAL, heteronym=every, errors="ignore")))

"""Where words that were searched for stand in a text, and the part of a text to show them in."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from qa.text.folding import searchable

Marks = tuple[tuple[int, int], ...]
"""Half-open spans, ascending and apart."""

_ENDS: Final = re.compile(r"[。！？!?；;\n]")
_LEAD: Final = 40
"""Characters before the first mark in which the beginning of its sentence is looked for."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A part of a text, ``text`` from ``start`` on, with marks that count in the part."""

    text: str
    start: int
    marks: Marks
    whole: bool


def marks(text: str, words: Iterable[str]) -> Marks:
    """Return where ``words``, in searchable form, stand in ``text``; Latin words and numbers only as whole ones.

    >>> marks("洛陽市的 Mayor 和 may", ["洛阳", "阳市", "may"])
    ((0, 3), (13, 16))
    """
    letters, places = _placed(text)
    spans = sorted(span for word in dict.fromkeys(words) for span in _found(word, letters, places))
    merged = list[tuple[int, int]]()
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def excerpt(text: str, words: Sequence[str], longest: int = 160) -> Excerpt:
    """Return the part of ``text`` that has the first of ``words``, from its sentence's beginning where that is near.

    >>> excerpt("甲说。乙在洛阳开会。", ["洛阳"], 8)
    Excerpt(text='乙在洛阳开会。', start=3, marks=((2, 4),), whole=False)
    """
    found = marks(text, words)
    first = found[0][0] if found else 0
    start = 0
    if first + 1 > longest // 2:
        ends = [match.end() for match in _ENDS.finditer(text, max(0, first - _LEAD), first)]
        start = ends[-1] if ends else max(0, first - _LEAD // 2)
    end = min(len(text), start + longest)
    inside = tuple((max(a, start) - start, min(b, end) - start) for a, b in found if a < end and b > start)
    return Excerpt(text[start:end], start, inside, start == 0 and end == len(text))


def _found(word: str, letters: str, places: Sequence[int]) -> Iterator[tuple[int, int]]:
    spaced = word.isascii()
    at = letters.find(word) if word else -1
    while at >= 0:
        end = at + len(word)
        if not spaced or not (_joined(letters, at - 1) or _joined(letters, end)):
            yield places[at], places[end - 1] + 1
        at = letters.find(word, at + 1)


def _joined(letters: str, at: int) -> bool:
    return 0 <= at < len(letters) and letters[at].isascii() and letters[at].isalnum()


def _placed(text: str) -> tuple[str, list[int]]:
    """Return ``text`` in searchable form, and for each character of it the offset of the one that it comes from."""
    whole = searchable(text)
    if len(whole) == len(text):
        return whole, list(range(len(text)))
    pairs = [(letter, place) for place, character in enumerate(text) for letter in searchable(character)]
    return "".join(letter for letter, _ in pairs), [place for _, place in pairs]

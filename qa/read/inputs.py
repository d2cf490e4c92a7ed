"""What the reader is fed: a question and a window of a passage as one sequence of token ids.

Training and question answering build their inputs here, so that they cannot drift apart.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from embeddings.unigram import TextTokenizer

MAX_LENGTH = 384
STRIDE = 96
MAX_QUESTION = 96
MOST_TRIMMED: Final = 2
"""Characters that may be left out of a span's first token, and of its last: tokens do not end where answers do."""
EDGES: Final = " \t\r\n\u3000\u00a0,，。;；:：、!！?？"
"""Blanks and separators, which no answer begins or ends with."""
_ENDS: Final = frozenset("。！？!?")
_CURRENCY: Final = "$£€¥￥＄￡"
_LONGEST_WORD: Final = 40
_PAIRS: Final = dict(zip("》〉」』】”’)）]〕", "《〈「『【“‘(（[〔", strict=True))
_OPENING: Final = frozenset(_PAIRS.values())
_BRACKETS: Final = frozenset(")）]〕")
# Numbers with their decimals and thousands, words in letters, full-width and with marks of their own, and days.
_WORD: Final = re.compile(
    r"[0-9０-９]+(?:[.．][0-9０-９]+|,[0-9]{3}(?![0-9]))*|[A-Za-zＡ-Ｚａ-ｚÀ-ÖØ-öø-ÿ\u0300-\u036f]+|[昨今明前后後][日天]"
)
# What joins a date, a time of day or a number to the rest of its sentence, before it and after it.
_DIGIT: Final = "[0-9０-９〇零一二三四五六七八九十廿卅]"
_BEFORE: Final = re.compile(rf"[自从從于於在](?={_DIGIT}{{1,4}}[年月日号號时時])|的(?=[两兩百千]|{_DIGIT})")
_AFTER: Final = re.compile(rf"(?<={_DIGIT}[年月日号號时時分])[起在于於]\Z|(?<=[0-9])\.\Z")


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


def tokenise(tokenizer: TextTokenizer, text: str) -> Tokens:
    """Tokenise without special tokens; offsets are into ``text``."""
    encoding = tokenizer.encode(text, add_special_tokens=False)
    return Tokens(tuple(encoding.ids), tuple(encoding.offsets))


def windows(
    tokenizer: TextTokenizer, question: Tokens, passage: Tokens, *, max_length: int = MAX_LENGTH, stride: int = STRIDE
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


def trims(text: str, passage: Tokens, span: tuple[int, int], start: int, end: int) -> tuple[int, int]:
    """Return how many characters of the first and the last token of ``span`` are not of the answer ``text[start:end]``.

    Edges are not counted: they are taken off anyway. Each is at most ``MOST_TRIMMED``.

    >>> trims("自1日起施行", Tokens((1, 2, 3, 4), ((0, 1), (1, 2), (2, 4), (4, 6))), (1, 2), 1, 3)
    (0, 1)
    """
    before = text[passage.offsets[span[0]][0] : start].lstrip(EDGES)
    after = text[end : passage.offsets[span[1]][1]].rstrip(EDGES)
    return min(len(before), MOST_TRIMMED), min(len(after), MOST_TRIMMED)


def characters(
    text: str, passage: Tokens, span: tuple[int, int], trimmed: tuple[int, int], *, begins: int = 0
) -> tuple[int, int] | None:
    """Return the characters ``[start, end)`` of ``text`` that tokens (first, last) stand for; ``None`` for edges alone.

    Edges are taken off, and what is ``trimmed`` of the first and the last token, of which one character stays; but
    words in letters and numbers stay whole, and dates and numbers stand alone. ``text`` is what the tokens' offsets
    count from ``begins`` on.

    >>> characters("自1日起施行", Tokens((1, 2, 3, 4), ((0, 1), (1, 2), (2, 4), (4, 6))), (1, 2), (0, 1))
    (1, 3)
    """
    first, last = ((a - begins, b - begins) for a, b in (passage.offsets[span[0]], passage.offsets[span[1]]))
    start, end = max(0, first[0]), last[1]
    words = text[start:end]
    start += len(words) - len(words.lstrip(EDGES))
    end -= len(words) - len(words.rstrip(EDGES))
    if start >= end:
        return None
    begin = max(start, min(start + trimmed[0], first[1] - 1))
    close = min(end, max(end - trimmed[1], last[0] + 1))
    return _alone(text, *_paired(text, *_whole_words(text, begin, close))) if begin < close else (start, end)


def _alone(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out the word that joins a date or a number to its sentence, and the full stop behind a number.

    >>> _alone("自1日起施行", 0, 4), _alone("26日在乡里", 0, 4), _alone("在1日起", 3, 4)
    ((1, 3), (0, 3), (3, 4))
    >>> _alone("出租的三十亩", 2, 6), _alone("on May 9. Bring", 3, 9)
    ((3, 6), (3, 8))
    """
    start += bool(_BEFORE.match(text, start, end))
    return start, end - bool(_AFTER.search(text[start:end]))


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen to whole words of letters, whole numbers, with the sign of a currency, and whole days.

    Tokens are parts of all of these.

    >>> _whole_words("a loss of $36,700 on Ninth Streets", 11, 14), _whole_words("on Ninth Streets", 3, 15)
    ((10, 17), (3, 16))
    >>> _whole_words("le comite\u0301 dit", 3, 9), _whole_words("昨日开馆", 0, 1)
    ((3, 10), (0, 2))
    """
    for word in _WORD.finditer(text, max(0, start - _LONGEST_WORD), end + _LONGEST_WORD):
        if word.start() < start < word.end():
            start = word.start()
        if word.start() < end < word.end():
            end = word.end()
    if start and text[start - 1] in _CURRENCY and text[start : start + 1].isdigit():
        start -= 1
    return start, end


def _paired(text: str, start: int, end: int) -> tuple[int, int]:
    """Take in the other mark of a pair where it stands beside the words; leave out one that is alone at their edge.

    Brackets are left out: what is in them stands apart from what is before.

    >>> _paired("读《春天》。", 1, 4), _paired("“暖冬”牌取暖器", 1, 5), _paired("3.10(2.87)", 5, 10)
    ((1, 5), (0, 5), (5, 9))
    """
    opened: list[int] = []
    for place in range(start, end):
        mark = text[place]
        if mark in _OPENING:
            opened.append(place)
        elif opener := _PAIRS.get(mark):
            if opened and text[opened[-1]] == opener:
                opened.pop()
            elif mark not in _BRACKETS and start and text[start - 1] == opener:
                return start - 1, end
            elif place == end - 1 > start:
                return start, place
    if opened and _PAIRS.get(text[end : end + 1]) == text[opened[0]]:
        return start, end + 1
    return (start + 1, end) if opened == [start] and end > start + 1 else (start, end)


def allowed_tokens(passage: Tokens, window: Window, *, start: int) -> NDArray[np.bool_]:
    """Tell which positions of a window may be part of an answer: passage tokens that reach beyond character ``start``.

    A token takes the white space before it along, so that the first one of a text begins before it.

    *Shape:* ``(len(window.ids),)``.
    """
    allowed = np.zeros(len(window.ids), bool)
    for offset in range(window.count):
        allowed[window.at + offset] = passage.offsets[window.first + offset][1] > start
    return allowed


def ending_tokens(text: str, passage: Tokens, window: Window, *, begins: int = 0) -> NDArray[np.bool_]:
    """Tell which positions of a window end a sentence, which no item of a list reaches over.

    ``text`` is what the tokens' offsets count from ``begins`` on. *Shape:* ``(len(window.ids),)``.
    """
    ending = np.zeros(len(window.ids), bool)
    for offset in range(window.count):
        first, last = (max(0, place - begins) for place in passage.offsets[window.first + offset])
        token = text[first:last]
        ending[window.at + offset] = not token.strip(EDGES) and not _ENDS.isdisjoint(token)
    return ending

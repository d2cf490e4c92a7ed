"""Questions in the characters of the archive: traditional ones over a traditional text, simplified over simplified."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from opencc import OpenCC

from qa.text.folding import simplified
from qa.text.script import language

_SIMPLIFIED_ALONE: Final = frozenset(
    "们这国对时经长动产开关现间问实业东书车马门华务县员会议记变观讯设让运还进连区级组织结统给线红纪约"
)
"""Common characters that no traditional text has, enough to tell most simplified ones."""


def in_script_of(question: str, texts: Sequence[str]) -> str:
    """Return a question in the characters that most of the texts are written in; unchanged where neither prevails.

    Encoder and reader compare what is written: 張偉 is to them another word than 张伟. Texts stay as printed.

    >>> in_script_of("誰被任命為副市長?", ["任命孙云为副市长。"]), in_script_of("谁来?", ["任命孫雲為副市長。"])
    ('谁被任命为副市长?', '誰來?')
    """
    if language(question) != "zh":
        return question
    text = "".join(texts)
    if _traditional_alone(question) == 0 and _is_plainly_simplified(text):
        return question
    wanted, own = _leaning(text), _leaning(question)
    if wanted * own >= 0:
        return question
    return _traditional(question) if wanted > 0 else simplified(question)


@cache
def _to_traditional() -> OpenCC:
    # A tenth of a second and 40 MB: only for questions and texts of which it is not plain that both are simplified.
    return OpenCC("s2tw")


def _traditional(text: str) -> str:
    return str(_to_traditional().convert(text))


def _traditional_alone(text: str) -> int:
    return sum(own != plain for own, plain in zip(text, simplified(text), strict=False))


def _is_plainly_simplified(text: str) -> bool:
    """Whether the simplified characters that are told at once are as many as all traditional ones."""
    return _traditional_alone(text) <= sum(character in _SIMPLIFIED_ALONE for character in text)


def _leaning(text: str) -> int:
    """Return how many characters more are traditional alone than simplified alone; 爲 and 為 are both traditional."""
    triples = zip(text, simplified(text), _traditional(text), strict=False)
    return sum(1 if own != plain else -1 if own != other else 0 for own, plain, other in triples)

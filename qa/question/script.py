"""Questions in the characters of the archive: traditional ones over a traditional text, simplified over simplified."""

from collections.abc import Sequence
from typing import Final

from opencc import OpenCC

from qa.text.folding import simplified
from qa.text.script import language

_TO_TRADITIONAL: Final = OpenCC("s2tw")


def in_script_of(question: str, texts: Sequence[str]) -> str:
    """Return a question in the characters that most of the texts are written in; unchanged where neither prevails.

    Encoder and reader compare what is written: 張偉 is to them another word than 张伟. Texts stay as printed.

    >>> in_script_of("誰被任命為副市長?", ["任命孙云为副市长。"]), in_script_of("谁来?", ["任命孫雲為副市長。"])
    ('谁被任命为副市长?', '誰來?')
    """
    wanted, own = _leaning("".join(texts)), _leaning(question)
    if language(question) != "zh" or wanted * own >= 0:
        return question
    return _traditional(question) if wanted > 0 else simplified(question)


def _traditional(text: str) -> str:
    return str(_TO_TRADITIONAL.convert(text))


def _leaning(text: str) -> int:
    """Return how many characters more are traditional alone than simplified alone; 爲 and 為 are both traditional."""
    triples = zip(text, simplified(text), _traditional(text), strict=False)
    return sum(1 if own != plain else -1 if own != other else 0 for own, plain, other in triples)

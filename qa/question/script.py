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
    text = "".join(texts)
    traditional, plain = _differences(text, simplified(text)), _differences(text, _traditional(text))
    if language(question) != "zh" or traditional == plain:
        return question
    # What has characters of that script alone is in it: only a conversion from the other one is wanted.
    if traditional > plain:
        return question if question != simplified(question) else _traditional(question)
    return question if question != _traditional(question) else simplified(question)


def _traditional(text: str) -> str:
    return str(_TO_TRADITIONAL.convert(text))


def _differences(text: str, other: str) -> int:
    return sum(a != b for a, b in zip(text, other, strict=False))

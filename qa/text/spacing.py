"""Blanks that print or OCR sets between the characters of Chinese words, where the language has none."""

import re
from typing import Final

from qa.text.script import HAN
from qa.text.surnames import SURNAMES_BY_FORM

MIN_SPACED: Final = 3  # characters; 张 三 is a name that print pads
_HAN: Final = re.compile(HAN)
_TOUCHING: Final = re.compile(rf"{HAN}(?={HAN})")
_PARTED: Final = re.compile(rf"{HAN}(?= {HAN})")
_CJK: Final = "\u2e80-\u303e\u3041-\u9fff\uf900-\ufaff\uff01-\uff5e“”‘’…—·"
LETTER_BLANK: Final = re.compile(rf"(?<=[{_CJK}]) (?=\S)|(?<=[^\s{_CJK}]) (?=[{_CJK}])")
"""A single blank next to a Chinese character or mark."""


def is_letter_spaced(line: str) -> bool:
    """Whether blanks stand between all the Chinese characters of a line.

    >>> is_letter_spaced("苗 青 为 局 长"), is_letter_spaced("副 市长"), is_letter_spaced("米 2.1 面 1.8 油 5.6")
    (True, False, False)

    Names that are padded so are no such words:

    >>> is_letter_spaced("(丁 力 石 磊)")
    False
    """
    found = _HAN.findall(line)
    count = len(found)
    if count < MIN_SPACED or len(_TOUCHING.findall(line)) * 10 > count or len(_PARTED.findall(line)) * 2 < count - 1:
        return False
    return count % 2 == 1 or any(character not in SURNAMES_BY_FORM for character in found[::2])


def without_letter_blanks(printed: str) -> str:
    """Return words of print without the blanks between their characters, where no two characters touch.

    >>> without_letter_blanks("岑 小 雨"), without_letter_blanks("9.86 分"), without_letter_blanks("副 市长")
    ('岑小雨', '9.86分', '副 市长')
    """
    return printed if _TOUCHING.search(printed) else LETTER_BLANK.sub("", printed)

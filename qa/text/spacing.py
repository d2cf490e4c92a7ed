"""Blanks that print or OCR sets between the characters of Chinese words, where the language has none."""

import re
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from qa.text.punctuation import is_cjk
from qa.text.script import HAN
from qa.text.surnames import COMPOUND_SURNAMES, SURNAMES_BY_FORM

MIN_SPACED: Final = 3  # characters; 张 三 is a name that print pads
_HAN: Final = re.compile(HAN)
_TOUCHING: Final = re.compile(rf"{HAN}(?={HAN})")
_PARTED: Final = re.compile(rf"{HAN}(?= {HAN})")
_BLANKS: Final = re.compile(r"[^\S\r\n]+")
# In running text names touch the ends of words for offices, trades and kin, and words that name who is appointed …
_BEFORE_NAMES: Final = (
    "长長记記任席理员員师師士人者授事工民生官兵家手监監导導编編匠户戶志友妻夫父母兄弟姐妹儿兒女孩"
    "命举舉去选選由请請与與和及是"
)
# … and words for what people are and do.
_AFTER_NAMES: Final = (
    "为為任同等出主说說表在的到向和与與及参參当當获獲夺奪担擔讲講代介宣指率做作发發致就以被是于於从從将將因"
)
# Single characters that blanks part, or two that are a surname before one.
_SINGLES: Final = re.compile(
    rf"(?:(?<!{HAN})|(?<=[{_BEFORE_NAMES}])(?=[{''.join(SURNAMES_BY_FORM)}{''.join(COMPOUND_SURNAMES)}]))"
    rf"(?:{'|'.join(COMPOUND_SURNAMES)}|{HAN})(?:[^\S\r\n]+{HAN}(?:(?!{HAN})|(?=[{_AFTER_NAMES}])))+"
)
# What shows that three characters before it are one name, each apart: who is appointed to what.
_NAMED: Final = re.compile(r"[^\S\r\n]*(?:[为為](?!了|此|何)|任(?![何命])|同志)")
# Roles of one character, which stand behind names: 丁 力 摄, 丁 力 文/图.
_PICTURED: Final = re.compile(r"[摄攝]|[文图圖][/、并]")
_CJK: Final = "\u2e80-\u303e\u3041-\u9fff\uf900-\ufaff\uff01-\uff5e“”‘’…—·"
LETTER_BLANK: Final = re.compile(rf"(?<=[{_CJK}]) (?=\S)|(?<=[^\s{_CJK}]) (?=[{_CJK}])")
"""A single blank next to a Chinese character or mark."""


def is_letter_spaced(line: str, *, among: bool = False) -> bool:
    """Whether blanks stand between all the Chinese characters of a line.

    ``among`` lines that are, two or three such characters alone are as well, whatever else they may be.

    >>> is_letter_spaced("苗 青 为 局 长"), is_letter_spaced("副 市长"), is_letter_spaced("米 2.1 面 1.8 油 5.6")
    (True, False, False)

    Names that are padded so are no such words:

    >>> is_letter_spaced("(丁 力 石 磊)"), is_letter_spaced("任 命 ："), is_letter_spaced("任 命 ：", among=True)
    (False, False, True)
    """
    parted = len(_PARTED.findall(line)) if " " in line else 0
    if not parted:  # nearly all lines, and each is asked about several times
        return False
    found = _HAN.findall(line)
    count = len(found)
    if among:
        return 1 < count <= MIN_SPACED and parted == count - 1
    if count < MIN_SPACED or parted * 2 < count - 1 or len(_TOUCHING.findall(line)) * 10 > count:
        return False
    return count % 2 == 1 or any(character not in SURNAMES_BY_FORM for character in found[::2])


def padding(line: str) -> list[tuple[int, int]]:
    """Return the bounds of the blanks inside names that print pads to the width of three characters (丁　力).

    Such a blank stands between two single characters, the first of which is a surname; of several in a row, with
    blanks as wide, all names are padded. A surname of two characters is padded before a single one. In running text, a
    name may touch the word before or after it.

    >>> padding("市长李 四主持会议"), padding("天气多云 转晴"), padding("责编:连 城 校对:方圆")
    ([(3, 4)], [], [(4, 5)])
    >>> padding("记者 丁 力 摄"), padding("记者 丁　力 文/图"), padding("丁 力 石 磊 摄")
    ([(4, 5)], [(4, 5)], [(1, 2), (5, 6)])
    >>> padding("丁　力　　马兰花（女）　欧阳　恬"), padding("(丁 力 石 磊)"), padding("金 银 铜")
    ([(1, 2), (14, 15)], [(2, 3), (6, 7)], [])
    >>> padding("赵 小 兰 为卫生局局长"), padding("欧阳 志 远为审计局局长")
    ([(1, 2), (3, 4)], [(2, 3), (4, 5)])
    """
    found = list[tuple[int, int]]()
    for run in _SINGLES.finditer(line):
        blanks = [blank.span() for blank in _BLANKS.finditer(line, *run.span())]
        if len(blanks) > 1 and len(blanks) % 2 == 0 and _PICTURED.match(line, blanks[-1][1]):
            del blanks[-1]  # 丁 力 摄
        if len(blanks) == 2 and _NAMED.match(line, run.end()) and _is_surname(line, run.start()):
            found += blanks  # 赵 小 兰 为, a name of three
            continue
        narrow = min(end - start for start, end in blanks)
        begin = run.start()
        for wide, group in groupby(blanks, key=lambda blank: blank[1] - blank[0] > narrow):
            inside = list(group)
            if wide:
                begin = inside[-1][1]
                continue
            surnames = [begin, *(end for _, end in inside[1::2])]
            named = all(_is_surname(line, at) for at in surnames)
            found += inside[::2] if len(inside) % 2 and named else []
    return found


def _is_surname(line: str, at: int) -> bool:
    return line[at] in SURNAMES_BY_FORM or line.startswith(COMPOUND_SURNAMES, at)


def without_padding(printed: str, before: str = "", after: str = "") -> str:
    """Return words of print without the blanks inside padded names, as they stand between ``before`` and ``after``.

    >>> without_padding("王　勉、马兰花"), without_padding("局長蔣　超、廠長歐陽　恬")
    ('王勉、马兰花', '局長蔣超、廠長歐陽恬')
    >>> without_padding("者 秦 悦"), without_padding("者 秦 悦", "（记")
    ('者 秦 悦', '者 秦悦')
    """
    before, after = before.rpartition("\n")[2], after.partition("\n")[0]
    first, last = len(before), len(before) + len(printed)
    blanks = (blank for blank in padding(before + printed + after) if first <= blank[0] and blank[1] <= last)
    edges = [0, *(edge - first for blank in blanks for edge in blank), len(printed)]
    return "".join(printed[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def without_letter_blanks(printed: str) -> str:
    """Return words of print without the blanks between their characters, where no two characters touch.

    >>> without_letter_blanks("岑 小 雨"), without_letter_blanks("9.86 分"), without_letter_blanks("副 市长")
    ('岑小雨', '9.86分', '副 市长')
    """
    return printed if _TOUCHING.search(printed) else LETTER_BLANK.sub("", printed)


def joined(words: Iterable[str]) -> str:
    """Return words as one text: with a blank only between Latin ones.

    >>> joined(["财政收入", "2020年"]), joined(["Price", "2020"])
    ('财政收入2020年', 'Price 2020')
    """
    result = ""
    for word in words:
        apart = result and not is_cjk(result[-1]) and not is_cjk(word[0])
        result += f" {word}" if apart else word
    return result

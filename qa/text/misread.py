"""What recognised text is meant to say where OCR errs: letters for digits, 己 for 已, blanks in numbers.

Nothing here changes a text: it tells how to search and read it. What is quoted stays as it is printed.
"""

import re
from collections.abc import Iterator
from typing import Final

from qa.text.script import HAN

_DIGIT: Final = "0-9０-９"
_ROUND, _STROKE = "OoＯｏ", "lIｌＩ"
_LETTER: Final = "A-Za-zＡ-Ｚａ-ｚ"
# O only behind a digit or before a point, l only before a digit: 3l is three litres, O2 is oxygen.
_NUMBER: Final = re.compile(
    rf"(?<![{_LETTER}{_DIGIT}])(?:[{_ROUND}](?=[.．][{_DIGIT}])|[{_DIGIT}]|[{_STROKE}](?=[{_DIGIT}]))"
    rf"(?:[.,．，](?=[{_DIGIT}{_ROUND}])|[{_DIGIT}{_ROUND}]|[{_STROKE}](?=[{_DIGIT}]))*(?![{_LETTER}])"
)
_AS_DIGITS: Final = str.maketrans({**dict.fromkeys(_ROUND, "0"), **dict.fromkeys(_STROKE, "1")})
# 己 is itself in few words; 巳 is in days and hours of the old calendar only.
_ALREADY: Final = re.compile(
    r"(?<![自知利律克舍异異体體一安人])己(?![任方见見所欲身丑卯巳未酉亥])|(?<![乙丁己辛癸])巳(?!时|時)"
)
_SELF: Final = re.compile(r"(?<=自)[已巳]")
_MEASURES: Final = (
    "%％‰亿億万萬千百元角吨噸人名位户戶个個亩畝米公斤件条條辆輛台套年月日天时時点點分路"  # none that orders: 第3 4期
)
# Behind a word; or, where blanks stand around it, two figures: 每日 1 7 时.
_BROKEN: Final = re.compile(
    rf"(?:(?<![{_DIGIT}{_LETTER}\s.,．，:：/／-])"
    rf"|(?<={HAN}[ \u3000])(?=[{_DIGIT}][ \u3000][{_DIGIT}](?![{_DIGIT}.．])))"
    rf"(?P<first>[{_DIGIT}]{{1,3}})(?P<blank>[ \u3000])"
    rf"(?P<rest>[{_DIGIT}]+(?:[.．][{_DIGIT}]+)?)(?=[ \u3000]?[{_MEASURES}])"
)
_YEAR_DIGITS: Final = 4
ALIKE: Final = str.maketrans("己巳末曰", "已已未日")
"""Characters by which words are found, for those that OCR takes for each other."""


def with_digits(text: str) -> str:
    """Return ``text``, as long as it is, with digits for the letters that stand for them in numbers.

    >>> with_digits("22.O8"), with_digits("l2.5% 1O"), with_digits("H2O 18.9l NF-2000W CO2")
    ('22.08', '12.5% 10', 'H2O 18.9l NF-2000W CO2')
    """
    return _NUMBER.sub(lambda number: number[0].translate(_AS_DIGITS), text)


def well_read(text: str) -> str:
    """Return what ``text`` is meant to say, as long as it is.

    >>> well_read("派出所己立案"), well_read("他自已的，己亥年"), well_read("成交2.4O元")
    ('派出所已立案', '他自己的，己亥年', '成交2.40元')
    """
    return _SELF.sub("己", _ALREADY.sub("已", with_digits(text)))


def breaks(text: str) -> Iterator[int]:
    """Yield where a blank stands inside a number.

    >>> list(breaks("投资３４ 20万元，增长1 2.5%")), list(breaks("钢花 14 5 2 7")), list(breaks("分别为3 5人"))
    ([4, 13], [], [4])
    >>> list(breaks("乘1 5 路车，每日 1 7 时")), list(breaks("江城 3 10 人"))
    ([2, 12], [])
    """
    for number in _BROKEN.finditer(text):
        follows = text[number.end() : number.end() + 1]
        if follows != "年" or len(number["first"] + number["rest"]) == _YEAR_DIGITS:
            yield number.start("blank")


def whole_numbers(text: str) -> Iterator[str]:
    """Yield the numbers that blanks break, in one.

    >>> list(whole_numbers("投资３４ 20万元"))
    ['３４20']
    """
    broken = set(breaks(text))
    yield from (f"{one['first']}{one['rest']}" for one in _BROKEN.finditer(text) if one.start("blank") in broken)

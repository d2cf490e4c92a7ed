"""Dates as people and papers write them in Chinese, and the days that they are."""

import datetime
import re
from calendar import monthrange
from collections.abc import Mapping
from typing import Final

YEAR: Final = r"\d{4}年"
MONTH: Final = r"\d{1,2}月"
DAY: Final = r"\d{1,2}[日号]"
MONTH_AND_DAY: Final = f"{MONTH}{DAY}"
"""Patterns of one part of a date each, and of a date without its year."""

RELATIVE_DAYS: Final[Mapping[str, int]] = {
    "大前天": -3,
    **dict.fromkeys(("今天", "今日", "今晨", "今早", "今午", "今晚", "今夜"), 0),
    **dict.fromkeys(("昨天", "昨日", "昨晨", "昨早", "昨午", "昨晚", "昨夜"), -1),
    **dict.fromkeys(("前天", "前日", "前晚", "前夜"), -2),
    **dict.fromkeys(("明天", "明日", "明晚", "明晨"), 1),
    **dict.fromkeys(("后天", "后日"), 2),
    "大后天": 3,
}
"""Words for a day, and how many days after the day of writing it is."""
RELATIVE_YEARS: Final[Mapping[str, int]] = {"前": -2, "去": -1, "今": 0, "明": 1, "后": 2}
"""What stands before 年, and how many years after that of writing is meant."""
RELATIVE_MONTHS: Final[Mapping[str, int]] = {"上": -1, "本": 0, "当": 0, "下": 1}
"""What stands before 月 or 个月, and how many months after that of writing is meant."""

WEEKDAYS: Final[Mapping[str, int]] = {
    day: at for at, day in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
"""English days of the week, from 0 for Monday."""
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november"),
    "december",
)
MONTHS: Final[Mapping[str, int]] = {
    name: at for at, month in enumerate(_MONTHS, 1) for name in dict.fromkeys((month, month[:3], month[:4]))
}
"""English months, whole or cut to three or four letters, from 1."""
ERAS: Final[Mapping[str, int]] = {
    "民国": 1911,
    "民國": 1911,
    "大正": 1911,
    "昭和": 1925,
    "康德": 1933,
    "平成": 1988,
    "令和": 2018,
}
"""What counted its own years in Chinese or Japanese papers, and the year before its first."""
_DIGITS, _TENS = "一二三四五六七八九", "[十廿卅]"
_ERA_COUNT = (
    rf"(?:[0-9０-９]{{1,3}}|元|[〇零{_DIGITS}]{{2,3}}|[{_DIGITS}]?百[〇零]?(?:[{_DIGITS}]?{_TENS})?[{_DIGITS}]?"
    rf"|[{_DIGITS}]?{_TENS}[{_DIGITS}]?|[{_DIGITS}])"
)
ERA_YEAR: Final = rf"(?:{'|'.join(ERAS)})\s?{_ERA_COUNT}"
"""Pattern of a year of an era, without 年 behind it."""
NOT_LUNAR: Final = "(?<![农農夏阴陰旧舊][历曆歷])"
"""Looks behind: what follows is not counted by the moon, whose months are others."""
_ERA: Final = re.compile(rf"(?P<era>{'|'.join(ERAS)})\s?(?P<year>{_ERA_COUNT})(?=\s?年)")
_NUMERALS: Final[Mapping[str, int]] = {
    **dict.fromkeys("〇○零oOＯ", 0),
    "元": 1,
    **{digit: n for n, digit in enumerate(_DIGITS, 1)},
    **dict.fromkeys("两兩", 2),
}
_NUMBER: Final = re.compile(
    rf"(?<![0-9０-９〇○零{_DIGITS}十廿卅百千万萬亿億多两兩])"
    rf"(?:元(?=\s?月)|(?:[{_DIGITS}]?{_TENS}[{_DIGITS}]?|[〇○零oOＯ0０{_DIGITS}]+)(?=\s?[年月日号號]))"
)

_PERIOD: Final = re.compile(
    r"(?P<year>\d{4})(?:\s*[-/.年]\s*(?:(?P<month>\d{1,2})\s*(?:[-/.月]\s*(?:(?P<day>\d{1,2})\s*日?)?)?)?)?"
)


def calendar_day(year: int, month: int, day: int) -> datetime.date | None:
    """Return a day of the calendar, ``None`` for one it does not have, as the 31st of April."""
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def cardinal(digits: str) -> int:
    """Return the number that digits, ASCII or full-width, or Chinese numerals below a thousand are.

    >>> cardinal("０4"), cardinal("十三"), cardinal("二〇二一"), cardinal("廿八"), cardinal("两百一十")
    (4, 13, 2021, 28, 210)
    """
    hundreds, hundred, rest = digits.replace("廿", "二十").replace("卅", "三十").rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    count = (_plain(hundreds) if hundreds else 1) * 100 if hundred else 0
    count += (_plain(tens) if tens else 1) * 10 if ten else 0
    return count + (_plain(ones) if ones else 0)


def _plain(digits: str) -> int:
    return int("".join(str(_NUMERALS.get(digit, digit)) for digit in digits))


def in_figures(text: str) -> str:
    """Return ``text`` with figures for the Chinese numerals of its years, months and days, and years of our count.

    >>> in_figures("二〇二一年十二月二十六日"), in_figures("上周三"), in_figures("十日")
    ('2021年12月26日', '上周三', '10日')
    >>> in_figures("民國卅五年元月廿八日")
    '1946年1月28日'
    """
    text = _ERA.sub(lambda found: str(ERAS[found["era"]] + cardinal(found["year"])), text)
    return _NUMBER.sub(lambda number: str(cardinal(number.group())), text)


def is_period(text: str) -> bool:
    """Whether ``text`` has the form of a year, a month or a day.

    >>> is_period("2021-10"), is_period("2021年10月13日"), is_period("13.10.2021")
    (True, True, False)
    """
    return _PERIOD.fullmatch(text) is not None


def period(text: str) -> tuple[datetime.date, datetime.date] | None:
    """Return the first and the last day of a year, a month or a day; ``None`` where the calendar has none such.

    >>> first, last = period("2024年2月") or ()
    >>> first.isoformat(), last.isoformat()
    ('2024-02-01', '2024-02-29')
    """
    found = _PERIOD.fullmatch(text)
    if found is None:
        return None
    year, month, day = (int(number) if number else None for number in found.group("year", "month", "day"))
    first = calendar_day(year or 0, month or 1, day or 1)
    if first is None:
        return None
    last_month = month or 12
    last = first.replace(month=last_month, day=day or monthrange(first.year, last_month)[1])
    return first, last

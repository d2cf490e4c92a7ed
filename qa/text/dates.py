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
    **dict.fromkeys(("今天", "今日", "今晨", "今早", "今晚", "当日"), 0),
    **dict.fromkeys(("昨天", "昨日", "昨晚", "昨晨", "昨夜"), -1),
    **dict.fromkeys(("前天", "前日"), -2),
    **dict.fromkeys(("明天", "明日", "明晚", "明晨"), 1),
    **dict.fromkeys(("后天", "后日"), 2),
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
_NUMERALS: Final = {"〇": 0, "零": 0} | {digit: n for n, digit in enumerate("一二三四五六七八九", 1)}
_NUMBER: Final = re.compile(r"[〇零一二三四五六七八九十]+(?=[年月日号])")

_PERIOD: Final = re.compile(
    r"(?P<year>\d{4})(?:\s*[-/.年]\s*(?:(?P<month>\d{1,2})\s*(?:[-/.月]\s*(?:(?P<day>\d{1,2})\s*日?)?)?)?)?"
)


def calendar_day(year: int, month: int, day: int) -> datetime.date | None:
    """Return a day of the calendar, ``None`` for one it does not have, as the 31st of April."""
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def in_figures(text: str) -> str:
    """Return ``text`` with figures for the Chinese numerals of its years, months and days.

    >>> in_figures("二〇二一年十二月二十六日"), in_figures("上周三"), in_figures("十日")
    ('2021年12月26日', '上周三', '10日')
    """
    return _NUMBER.sub(lambda number: _figures(number.group()), text)


def _figures(numeral: str) -> str:
    tens, ten, ones = numeral.partition("十")
    if not ten:
        return "".join(str(_NUMERALS[digit]) for digit in numeral)
    digits = (tens or "一", ones or "零")
    return "".join(str(_NUMERALS[digit]) for digit in digits) if all(map(_NUMERALS.__contains__, digits)) else numeral


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

"""Dates as newspapers print them, turned into ISO 8601."""

import datetime
import re
from collections.abc import Sequence
from itertools import islice

NUMERALS = {"〇": 0, "○": 0, "Ｏ": 0, "O": 0, "零": 0} | {digit: n for n, digit in enumerate("一二三四五六七八九十", 1)}
YEARS = range(1800, 2200)

_ARABIC = r"(?<![0-9０-９])([0-9０-９]{4})\s?年\s?([0-9０-９]{1,2})\s?月\s?([0-9０-９]{1,2})\s?[日号]"
_HAN = r"([〇○ＯO零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
_NUMERIC = r"(?<![0-9])([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])"
_TIME = r"(?:[\sT]*[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?)?"
_WEEKDAY = r"(?:\s*(?:星期|周)[一二三四五六日天])?"

FULL = re.compile(f"{_ARABIC}|{_HAN}|{_NUMERIC}")
COMPACT = re.compile(r"(?<![0-9])([0-9]{4})([-_.]?)([0-9]{2})\2([0-9]{2})(?![0-9])")
# A line that gives a date and nothing else, but for a label before it (发布时间:) or the name that signs above it.
DATE_LINE = re.compile(
    rf"[（(]?(?:[\u4e00-\u9fff]{{2,6}}[:：]\s*)?(?:[^，,。;；:：]{{0,40}}\s)?(?:{FULL.pattern}){_WEEKDAY}{_TIME}{_WEEKDAY}[)）]?"
)
# 新华社北京2021年10月13日电, and the time stamp that web pages leave before their first word.
DATELINE = re.compile(
    rf"[^，,。;；]{{0,20}}?(?:{FULL.pattern})[^，,。;；]{{0,6}}?[电讯]|(?:{_NUMERIC})\s*[0-9]{{1,2}}:[0-9]{{2}}"
)
MAX_LINE = 80


def full_date(text: str) -> str | None:
    """Return the first date with year, month and day in ``text``.

    >>> full_date("于2021年10月13日通过"), full_date("二〇二一年十月十三日"), full_date("13日通过")
    ('2021-10-13', '2021-10-13', None)
    """
    return next(
        (date for match in FULL.finditer(text) if (date := _iso([part for part in match.groups() if part]))), None
    )


def file_date(name: str) -> str | None:
    """Return the date in a file name.

    >>> file_date("page_20211014_01"), file_date("2021-10-14"), file_date("82a0c9")
    ('2021-10-14', '2021-10-14', None)
    """
    found = ([year, month, day] for year, _, month, day in (match.groups() for match in COMPACT.finditer(name)))
    return next(filter(None, map(_iso, found)), None)


def is_date_line(line: str) -> bool:
    """Whether a line only dates what stands around it.

    >>> is_date_line("2021年10月13日"), is_date_line("截至2021年10月13日,全市")
    (True, False)
    """
    return len(line) <= MAX_LINE and bool(DATE_LINE.fullmatch(line))


def stated_date(lines: Sequence[str]) -> str | None:
    """Return the date that an article gives itself: sign-off, note below the title or dateline.

    ``lines`` are its body. A date inside a sentence is no such date: it may be that of a deadline or of another event.
    """
    signed = (line for line in islice(reversed(lines), 3) if is_date_line(line))
    opening = (line for line in lines[:3] if is_date_line(line) or is_note(line))
    datelines = (match.group() for line in lines[:3] if (match := DATELINE.match(line)))
    for place in (signed, opening, datelines):
        if date := next(filter(None, map(full_date, place)), None):
            return date
    return None


def is_note(line: str) -> bool:
    """Whether a whole line stands in brackets, as the decision under a notice's title does."""
    return len(line) <= MAX_LINE and line[0] in "（(" and line[-1] in "）)"


def _iso(parts: Sequence[str]) -> str | None:
    year, month, day = (cardinal(part) for part in parts)
    if year not in YEARS:
        return None
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:  # the 31st of a month that has none: not a date
        return None


def cardinal(digits: str) -> int:
    """Return the number that digits, ASCII or full-width, or Chinese numerals up to 九十九 are.

    >>> cardinal("０4"), cardinal("十三"), cardinal("二〇二一")
    (4, 13, 2021)
    """
    if digits[0] not in NUMERALS:
        return int(digits)
    values = [NUMERALS[digit] for digit in digits]
    if 10 not in values:
        return int("".join(map(str, values)))
    ten = values.index(10)
    return (values[0] if ten else 1) * 10 + sum(values[ten + 1 :])

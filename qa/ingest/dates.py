"""Dates as newspapers print them, turned into ISO 8601."""

import datetime
import re
from collections.abc import Sequence
from itertools import islice

from qa.ingest import english
from qa.text.punctuation import CLAUSE_MARKS

FIRST_OF_REPUBLIC = 1912
NUMERALS = {"〇": 0, "○": 0, "Ｏ": 0, "O": 0, "零": 0} | {digit: n for n, digit in enumerate("一二三四五六七八九十", 1)}
YEARS = range(1800, 2200)

_ARABIC = r"(?<![0-9０-９])([0-9０-９]{4})\s?年[\s/]?([0-9０-９]{1,2})\s?月[\s/]?([0-9０-９]{1,2})\s?[日号號]"
_MONTH, _DAY = r"([一二三四五六七八九十]{1,3})\s?月", r"([一二三四五六七八九十廿卅]{1,3})\s?[日号號]"
_HAN = rf"([〇○ＯO零一二三四五六七八九]{{4}})\s?年\s?{_MONTH}\s?{_DAY}"
# 中華民國三十五年八月七日, 民国35年8月7日
_REPUBLIC = (
    r"(民[國国]\s?(?:[0-9０-９]{1,3}|[元〇零一二三四五六七八九十廿卅百]{1,5}))\s?年\s?"
    rf"(?:([0-9０-９]{{1,2}})\s?月\s?([0-9０-９]{{1,2}})\s?[日号號]|{_MONTH}\s?{_DAY})"
)
_NUMERIC = r"(?<![0-9])([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])"
_TIME = r"(?:[\sT]*[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?)?"
_WEEKDAY = r"(?:\s*(?:星期|周)[一二三四五六日天])?"

FULL = re.compile(f"{_ARABIC}|{_HAN}|{_REPUBLIC}|{_NUMERIC}")
COMPACT = re.compile(r"(?<![0-9])([0-9]{4})([-_.]?)([0-9]{2})\2([0-9]{2})(?![0-9])")
# A line that gives a date and nothing else, but for a label before it (发布时间:) or the name that signs above it.
DATE_LINE = re.compile(
    rf"[（(]?(?:[\u4e00-\u9fff]{{2,6}}[:：]\s*)?(?:[^，,。;；:：]{{0,40}}\s)?(?:{FULL.pattern}){_WEEKDAY}{_TIME}{_WEEKDAY}[)）]?"
)
# 新华社北京2021年10月13日电, and the time stamp that web pages leave before their first word.
DATELINE = re.compile(
    rf"[^，,。;；]{{0,20}}?(?:{FULL.pattern})[^，,。;；]{{0,6}}?[电讯]|(?:{_NUMERIC})\s*[0-9]{{1,2}}:[0-9]{{2}}"
)
# The date, and time, that stands before or after a credit (2021-10-14 记者 张三).
WITHOUT_DATE = re.compile(rf"^(?:{FULL.pattern}){_WEEKDAY}{_TIME}(?=\s)|(?<=\s)(?:{FULL.pattern}){_WEEKDAY}{_TIME}$")
# 新华社北京10月13日电, 【中央社南京五日電】, （新华社北京十月三日电）: a day that the year and month complete.
SHORT = re.compile(
    r"[【〔\[（(]?[^，,。;；：:（(【0-9一二三四五六七八九十廿卅]{2,20}"
    r"(?:(?P<month>[0-9]{1,2}|[一二三四五六七八九十]{1,3})月)?(?P<day>[0-9]{1,2}|[一二三四五六七八九十廿卅]{1,3})日"
    r"(?:[上下]午|[专專])?[电電讯訊](?![话話视視影力子脑腦网網])"
)
MAX_LINE = 80


def full_date(text: str) -> str | None:
    """Return the first date with year, month and day in ``text``.

    >>> full_date("于2021年10月13日通过"), full_date("二〇二一年十月十三日"), full_date("13日通过")
    ('2021-10-13', '2021-10-13', None)
    >>> full_date("中華民國三十五年八月廿三日")
    '1946-08-23'
    """
    return next(
        (date for match in FULL.finditer(text) if (date := _iso([part for part in match.groups() if part]))),
        english.english_date(text),
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
    if len(line) > MAX_LINE:
        return False
    alone = english.english_date(line) is not None and not any(map(str.isalnum, english.without_dates(line)))
    return alone or DATE_LINE.fullmatch(line) is not None


def stated_date(lines: Sequence[str]) -> str | None:
    """Return the date that an article gives itself: sign-off, note below the title or dateline.

    ``lines`` are its body. A date inside a sentence is no such date: it may be that of a deadline or of another event.
    """
    signed = (line for line in islice(reversed(lines), 3) if is_date_line(line))
    opening = (line for line in lines[:3] if is_date_line(line) or is_note(line) or _dates_a_credit(line))
    datelines = (match.group() for line in lines[:3] if (match := DATELINE.match(line)))
    for place in (signed, opening, datelines):
        if date := next(filter(None, map(full_date, place)), None):
            return date
    return None


def dateline_date(lines: Sequence[str], issued: str) -> str | None:
    """Return the day of an agency's dateline, at the head of a body or in brackets at its end.

    ``issued`` is the date of the paper: the dateline's day is the last such day up to then.

    >>> dateline_date(["新华社北京12月30日电 晴。"], "2022-01-02")
    '2021-12-30'
    >>> dateline_date(["晴。（新华社北京1月1日电）"], "2022-01-02")
    '2022-01-01'
    """
    closing = (line[line.rfind(mark) :] for line in lines[-1:] for mark in "（(" if line.endswith(("）", ")")))
    found = next(filter(None, map(SHORT.match, (*lines[:2], *closing))), None)
    if found is None:
        return next(filter(None, (english.filed(line, issued) for line in lines[:3])), None)
    today, day = datetime.date.fromisoformat(issued), cardinal(found["day"])
    months = [cardinal(found["month"])] if found["month"] else [today.month, today.month - 1 or 12]
    days = (_iso((str(year), str(month), str(day))) for year in (today.year, today.year - 1) for month in months)
    near = (date for date in days if date and date <= issued)
    return max(near, default=None)


def _dates_a_credit(line: str) -> bool:
    if len(line) > MAX_LINE:
        return False
    english_credit = english.DATE_BEHIND.search(line) is not None and line.startswith(("By ", "BY "))
    return english_credit or (WITHOUT_DATE.search(line) is not None and CLAUSE_MARKS.isdisjoint(line))


def is_note(line: str) -> bool:
    """Whether a whole line stands in brackets, as the decision under a notice's title does."""
    return len(line) <= MAX_LINE and line[0] in "（(" and line[-1] in "）)"


def _iso(parts: Sequence[str]) -> str | None:
    year, month, day = _year(parts[0]), cardinal(parts[1]), cardinal(parts[2])
    if year not in YEARS:
        return None
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:  # the 31st of a month that has none: not a date
        return None


def _year(digits: str) -> int:
    if digits[0] != "民":
        return cardinal(digits)
    words = digits[2:].strip().replace("元", "一")
    hundreds, _, rest = words.rpartition("百")
    count = (cardinal(hundreds) * 100 if hundreds else 0) + (cardinal(rest) if rest else 0)
    return FIRST_OF_REPUBLIC - 1 + count


def cardinal(digits: str) -> int:
    """Return the number that digits, ASCII or full-width, or Chinese numerals up to 九十九 are.

    >>> cardinal("０4"), cardinal("十三"), cardinal("二〇二一")
    (4, 13, 2021)
    """
    digits = digits.replace("廿", "二十").replace("卅", "三十")
    if digits[0] not in NUMERALS:
        return int(digits)
    values = [NUMERALS[digit] for digit in digits]
    if 10 not in values:
        return int("".join(map(str, values)))
    ten = values.index(10)
    return (values[0] if ten else 1) * 10 + sum(values[ten + 1 :])

"""Dates as newspapers print them, turned into ISO 8601."""

import datetime
import re
from collections.abc import Sequence
from itertools import islice

from qa.ingest import english
from qa.text import datelines
from qa.text.dates import ERA_YEAR, NOT_LUNAR, calendar_day, in_figures
from qa.text.folding import folded
from qa.text.punctuation import CLAUSE_MARKS

YEARS = range(1800, 2200)

_FIGURE, _DIGIT = "[0-9０-９]", "[〇○ＯO零0０一二三四五六七八九]"
# OCR and print set blanks between any two characters: 2 0 2 1 年 1 0 月 1 3 日.
_YEAR = rf"(?:(?<!{_FIGURE}){_FIGURE}(?:\s?{_FIGURE}){{3}}|{_DIGIT}(?:\s?{_DIGIT}){{3}}|{ERA_YEAR})"
_MONTH = rf"(?:{_FIGURE}(?:\s?{_FIGURE})?|元|[一二三四五六七八九十](?:\s?[一二])?)"
_DAY = rf"(?:{_FIGURE}(?:\s?{_FIGURE})?|[一二三四五六七八九十廿卅](?:\s?[一二三四五六七八九十]){{0,2}})"
_CHINESE = rf"{NOT_LUNAR}{_YEAR}\s?年[\s/]?{_MONTH}\s?月[\s/]?{_DAY}\s?[日号號]"
_MARK = "[-/.－／．]"
_NUMERIC = rf"(?<!{_FIGURE}){_FIGURE}{{4}}{_MARK}{_FIGURE}{{1,2}}{_MARK}{_FIGURE}{{1,2}}(?!{_FIGURE})"
_TIME = r"(?:[\sT]*[0-9]{1,2}[:：][0-9]{2}(?:[:：][0-9]{2})?)?"
_WEEKDAY = r"(?:\s*[（(]?(?:星期|[周週]|[礼禮]拜)[一二三四五六日天][)）]?)?"

FULL = re.compile(f"{_CHINESE}|{_NUMERIC}")
PARTS = re.compile(r"(?P<year>[0-9]{4})[年/.-]+(?P<month>[0-9]{1,2})[月/.-]+(?P<day>[0-9]{1,2})")
# 20211014, with the number of a page or a time behind it (2021101401), 2021-10-14, 2021 10 14.
COMPACT = re.compile(
    r"(?<![0-9])(?P<year>[0-9]{4})(?P<mark>[-_. ]?)(?P<month>[0-9]{2})(?P=mark)(?P<day>[0-9]{2})"
    r"(?:[0-9]{2}|[0-9]{4}|[0-9]{6})?(?![0-9])"
)
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
BEIJING = datetime.timezone(datetime.timedelta(hours=8))
SECONDS = re.compile(r"[0-9]{10}(?:[0-9]{3})?(?:\.[0-9]+)?")
# How programs write a day's beginning in China: 2021-10-13T16:00:00.000Z.
MIDNIGHT = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])T16:00(?::00(?:\.0+)?)?(?:Z|\+00:?00)")
FIRST_STAMP = 1995  # of newspapers on the web; an earlier stamp is none
MAX_LINE = 80


def full_date(text: str) -> str | None:
    """Return the first date with year, month and day in ``text``.

    >>> full_date("于2021年10月13日通过"), full_date("二〇二一年十月十三日"), full_date("13日通过")
    ('2021-10-13', '2021-10-13', None)
    >>> full_date("中華民國三十五年八月廿三日")
    '1946-08-23'
    >>> full_date("农历二〇二一年八月十五日"), full_date("2 0 2 1 年 1 0 月 1 3 日")
    (None, '2021-10-13')
    """
    return next(filter(None, map(_iso, FULL.findall(text))), english.english_date(text))


def file_date(name: str) -> str | None:
    """Return the date in a file name.

    >>> file_date("page_20211014_01"), file_date("2021年10月14日"), file_date("82a0c9")
    ('2021-10-14', '2021-10-14', None)
    """
    found = (calendar_date(match["year"], match["month"], match["day"]) for match in COMPACT.finditer(name))
    return next(filter(None, found), None) or full_date(name)


def stamp_date(stamp: str) -> str | None:
    """Return the day in Beijing of a time stamp: seconds or milliseconds since 1970, or a midnight there in UTC.

    >>> stamp_date("1656691200"), stamp_date("1656691200000"), stamp_date("2021-10-13T16:00:00.000Z")
    ('2022-07-02', '2022-07-02', '2021-10-14')
    >>> stamp_date("20211014"), stamp_date("2021-10-13T16:20:00Z")
    (None, None)
    """
    if MIDNIGHT.fullmatch(stamp):
        return (datetime.date.fromisoformat(stamp[:10]) + datetime.timedelta(days=1)).isoformat()
    if not SECONDS.fullmatch(stamp):
        return None
    seconds = int(stamp[:10])
    day = datetime.datetime.fromtimestamp(seconds, BEIJING).date()
    return day.isoformat() if day.year > FIRST_STAMP else None


def is_date_line(line: str) -> bool:
    """Whether a line only dates what stands around it.

    >>> is_date_line("2021年10月13日"), is_date_line("截至2021年10月13日,全市")
    (True, False)
    """
    if len(line) > MAX_LINE:
        return False
    alone = english.english_date(line) is not None and not any(map(str.isalnum, english.without_dates(line)))
    return alone or (DATE_LINE.fullmatch(line) or english.DATED.fullmatch(line)) is not None


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
    filed = (datelines.filed(line, issued) for line in (*lines[:2], *closing))
    return next(filter(None, (*filed, *(english.filed(line, issued) for line in lines[:3]))), None)


def _dates_a_credit(line: str) -> bool:
    if len(line) > MAX_LINE:
        return False
    english_credit = english.credit(line)
    dated = english_credit != line and english_credit.startswith(("By ", "BY ", "by "))
    return dated or (WITHOUT_DATE.search(line) is not None and CLAUSE_MARKS.isdisjoint(line))


def is_note(line: str) -> bool:
    """Whether a whole line stands in brackets, as the decision under a notice's title does."""
    return len(line) <= MAX_LINE and line[0] in "（(" and line[-1] in "）)"


def _iso(printed: str) -> str | None:
    found = PARTS.match(in_figures(re.sub(r"\s", "", folded(printed))))
    return calendar_date(found["year"], found["month"], found["day"]) if found else None


def calendar_date(year: str, month: str, day: str) -> str | None:
    """Return the ISO 8601 date of figures; ``None`` for a day that the calendar has not, or not of a paper."""
    date = calendar_day(int(year), int(month), int(day))
    return date.isoformat() if date and date.year in YEARS else None

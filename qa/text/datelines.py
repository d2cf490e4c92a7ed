"""Datelines: where and when an agency or a paper's own people filed what is printed (新华社北京10月13日电)."""

import datetime
import re
from collections.abc import Iterator

from qa.text.dates import calendar_day, in_figures
from qa.text.folding import folded

# In figures. In front of the day stand the agency, who filed and where, blanks between all of it perhaps.
_WORDS = r"[^，,。;；!?:()\n\r<>0-9]"
_NUMBER = r"[0-9](?:\s?[0-9])?"
DATELINE = re.compile(
    rf"(?:^|(?<=[\n\r>]))\s*(?:[【〔\[(]\s*)?(?P<where>{_WORDS}{{2,30}}?(?:\([^()0-9]{{1,12}}\){_WORDS}{{0,6}}?)?)\s?"
    rf"(?:(?P<year>[0-9]{{4}})\s?年\s?)?(?:(?P<month>{_NUMBER})\s?月\s?)?(?P<day>{_NUMBER})\s?日\s?"
    r"(?:[\u4e00-\u9fff]{0,4}[专專]|[特急晚]|[上下]午)?\s?[电電讯訊](?![话話视視影力子脑腦网網动動器商线線池源台臺机機气氣梯车車缆纜价價费費])"
)
MAX_LINE = 80  # characters of a line in which its dateline ends
OLDEST_REPRINT = datetime.timedelta(days=60)


def opens(line: str) -> bool:
    """Whether a line begins with a dateline.

    >>> opens("新华社三亚十三日电 晴"), opens("【本報廣州卅日專電】"), opens("开幕式于10月13日电影节举行")
    (True, True, False)
    """
    return DATELINE.match(_in_figures(line[:MAX_LINE])) is not None


def filed(line: str, issued: str | None) -> str | None:
    """Return the ISO 8601 date of the dateline that a line begins with; ``None`` without one.

    It is the last such day up to the date of the paper, ``issued``, that is not too long ago for a reprint.

    >>> filed("（新华社北京31日电）", "2021-03-02"), filed("新华社北京9月20日电", "2021-03-02")
    ('2021-01-31', None)
    """
    found = DATELINE.match(_in_figures(line[:MAX_LINE]))
    return _day(found, issued) if found else None


def last_filed(text: str, issued: str | None) -> str | None:
    """Return the date of the last dateline in a text that tells one (see ``filed``)."""
    found = reversed(list(DATELINE.finditer(_in_figures(text))))
    return next(filter(None, (_day(match, issued) for match in found)), None)


def _in_figures(text: str) -> str:
    return in_figures(folded(text))


def _day(found: re.Match[str], issued: str | None) -> str | None:
    year, month, day = (
        int("".join(figures.split())) if (figures := found[part]) else None for part in ("year", "month", "day")
    )
    if year and month:
        stated = calendar_day(year, month, day or 0)
        return stated.isoformat() if stated else None
    if issued is None:
        return None
    today = datetime.date.fromisoformat(issued)
    near = (date for date in _days(today, month, day or 0) if today - OLDEST_REPRINT <= date <= today)
    return max((date.isoformat() for date in near), default=None)


def _days(today: datetime.date, month: int | None, day: int) -> Iterator[datetime.date]:
    """Yield the days that may be meant: of the month, or of the last three."""
    for back in range(3 if month is None else 13):
        year, at = divmod(today.year * 12 + today.month - 1 - back, 12)
        if month in (None, at + 1) and (date := calendar_day(year, at + 1, day)):
            yield date

"""What 昨日 and 8日 mean on the date of the paper that prints them."""

import datetime
import re

from qa.text.dates import RELATIVE_DAYS, RELATIVE_MONTHS, RELATIVE_YEARS, calendar_day
from qa.text.folding import folded

STATED = re.compile(
    rf"(?:(?P<year>[0-9]{{4}}|[{''.join(RELATIVE_YEARS)}])年)?"
    rf"(?:(?P<month>[0-9]{{1,2}}|[{''.join(RELATIVE_MONTHS)}])个?月)?(?P<day>[0-9]{{1,2}})[日号]"
)
PART = re.compile(r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜间|晚|夜)$")  # of a day
MAX_BACK = 11  # months that a day without its month may lie back, for one that the month does not have
MAX_AHEAD = datetime.timedelta(days=31)


def resolve_day(words: str, published: str) -> str | None:
    """Return the ISO 8601 date that ``words`` mean in a paper of the ISO date ``published``; or ``None``.

    News is about what has happened: a day without its month is the last one up to ``published``, and a month without
    its year the last one that is at most a month ahead.

    >>> resolve_day("昨日", "2021-10-14"), resolve_day("8日", "2021-10-14"), resolve_day("31日", "2021-10-14")
    ('2021-10-13', '2021-10-08', '2021-08-31')
    >>> resolve_day("12月30日下午", "2022-01-02"), resolve_day("去年3月5日", "2022-01-02")
    ('2021-12-30', '2021-03-05')
    """
    today = datetime.date.fromisoformat(published)
    words = folded(words).strip()
    words = words if words in RELATIVE_DAYS else PART.sub("", words)
    if (offset := RELATIVE_DAYS.get(words)) is not None:
        return (today + datetime.timedelta(days=offset)).isoformat()
    stated = STATED.fullmatch(words)
    if stated is None:
        return None
    year, month, day = stated["year"], stated["month"], int(stated["day"])
    if month is None:
        months = [] if year else [_moved(today, -back) for back in range(MAX_BACK + 1)]
        latest = today
    elif month in RELATIVE_MONTHS:
        months = [] if year else [_moved(today, RELATIVE_MONTHS[month])]
        latest = datetime.date.max
    elif year is None:
        months = [(today.year + ahead, int(month)) for ahead in (1, 0, -1)]
        latest = min(today, datetime.date.max - MAX_AHEAD) + MAX_AHEAD
    else:
        months = [(today.year + RELATIVE_YEARS[year] if year in RELATIVE_YEARS else int(year), int(month))]
        latest = datetime.date.max
    dates = (date for date in (calendar_day(*place, day) for place in months) if date and date <= latest)
    return next((date.isoformat() for date in dates), None)


def _moved(date: datetime.date, months: int) -> tuple[int, int]:
    count = date.year * 12 + date.month - 1 + months
    return count // 12, count % 12 + 1

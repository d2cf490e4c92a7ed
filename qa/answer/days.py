"""What 昨日 and 8日 mean on the date of the paper that prints them."""

import datetime
import re

RELATIVE = {
    **dict.fromkeys(("今天", "今日", "今晨", "今早", "今晚", "当日"), 0),
    **dict.fromkeys(("昨天", "昨日", "昨晚", "昨晨", "昨夜"), -1),
    **dict.fromkeys(("前天", "前日"), -2),
    **dict.fromkeys(("明天", "明日", "明晚", "明晨"), 1),
    **dict.fromkeys(("后天", "后日"), 2),
}
DAY = re.compile(
    r"(?:(?P<year>[0-9]{4}|今|去|明)年)?(?:(?P<month>[0-9]{1,2}|本|上|下|当)个?月)?(?P<day>[0-9]{1,2})[日号]"
)
PART = re.compile(r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|夜间|晚|夜)$")  # of a day
WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
YEARS = {"去": -1, "今": 0, "明": 1}
MONTHS = {"上": -1, "本": 0, "当": 0, "下": 1}
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
    words = words.strip().translate(WIDTH)
    words = words if words in RELATIVE else PART.sub("", words)
    if (offset := RELATIVE.get(words)) is not None:
        return (today + datetime.timedelta(days=offset)).isoformat()
    stated = DAY.fullmatch(words)
    if stated is None:
        return None
    year, month, day = stated["year"], stated["month"], int(stated["day"])
    if month is None:
        months = [] if year else [_moved(today, -back) for back in range(MAX_BACK + 1)]
        latest = today
    elif month in MONTHS:
        months = [] if year else [_moved(today, MONTHS[month])]
        latest = datetime.date.max
    elif year is None:
        months = [(today.year + ahead, int(month)) for ahead in (1, 0, -1)]
        latest = min(today, datetime.date.max - MAX_AHEAD) + MAX_AHEAD
    else:
        months = [(today.year + YEARS[year] if year in YEARS else int(year), int(month))]
        latest = datetime.date.max
    dates = (date for date in (_date(*place, day) for place in months) if date and date <= latest)
    return next((date.isoformat() for date in dates), None)


def _moved(date: datetime.date, months: int) -> tuple[int, int]:
    count = date.year * 12 + date.month - 1 + months
    return count // 12, count % 12 + 1


def _date(year: int, month: int, day: int) -> datetime.date | None:
    try:
        return datetime.date(year, month, day)
    except ValueError:  # the 31st of a month that has none
        return None

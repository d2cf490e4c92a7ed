"""What 昨日, 8日, 上周五 and 去年底 mean on the date of the paper, or of the agency's item, that prints them."""

import datetime
import re
from calendar import monthrange
from collections.abc import Iterator

from qa.text.datelines import last_filed
from qa.text.dates import (
    MONTHS,
    RELATIVE_DAYS,
    RELATIVE_MONTHS,
    RELATIVE_YEARS,
    WEEKDAYS,
    calendar_day,
    in_figures,
    period,
)
from qa.text.folding import folded, simplified

_IN_YEAR = rf"(?:(?P<year>[0-9]{{4}}|[{''.join(RELATIVE_YEARS)}])年)?"
_HOUR = r"(?:[0-9]{1,2}|[一二三四五六七八九十]{1,3})"  # or its minutes
STATED = re.compile(
    rf"{_IN_YEAR}(?:(?P<month>[0-9]{{1,2}}|[{''.join(RELATIVE_MONTHS)}])个?月)?(?P<day>[0-9]{{1,2}})[日号]"
)
# What goes on behind a day and does not change it: the hour, the part of the day, which day of the week it is.
AFTER = tuple(
    re.compile(rf"\s*(?:{pattern})$")
    for pattern in (
        rf"{_HOUR}(?:[时点](?:{_HOUR}分?|半|整)?|:[0-9]{{2}})许?",
        r"凌晨|清晨|早上|早晨|上午|中午|正午|下午|午后|傍晚|晚上|晚间|夜间|深夜|晚|夜|(?<=\s)(?:morning|afternoon|evening|night)",
        r"\(?(?:星期|周|礼拜)[一二三四五六日天]\)?",
    )
)
RANGE = re.compile(
    r"(?P<first>.*?[0-9]{1,2})[日号]?\s*(?P<joint>至|到|-|—{1,2}|–|~|、|和)\s*(?P<last>(?:(?:[0-9]{4}年)?[0-9]{1,2}月)?[0-9]{1,2}[日号])"
)
TWO = frozenset("、和")  # name two days: an interval where one follows the other
# 上月, and a third of any month, which is what its beginning and end are: 本月下旬, 10月底.
PERIOD = re.compile(
    rf"{_IN_YEAR}(?P<month>[0-9]{{1,2}}月|[{''.join(RELATIVE_MONTHS)}]个?月)(?P<part>[上中下]旬|初|底|末)?"
)
# 去年, and its first or last month: 今年初, 去年年底.
YEAR = re.compile(rf"(?P<year>[{''.join(RELATIVE_YEARS)}]年)(?:年?(?P<part>[初底末]))?")
ENGLISH_PERIODS = {
    f"{which} {period}": f"{relation}{sign}"
    for period, sign, relations in (("year", "年", "去今明"), ("month", "月", "上本下"))
    for which, relation in zip(("last", "this", "next"), relations, strict=True)
}
THIRDS = {"上旬": 1, "初": 1, "中旬": 11, "下旬": 21, "底": 21, "末": 21}
WEEKDAY = re.compile(r"(?P<week>上上|上|本|这|下)(?:一个|个|一)?(?:周|星期|礼拜)(?P<day>[一二三四五六日天])")
WEEKS = {"上上": -2, "上": -1, "本": 0, "这": 0, "下": 1}
_ENGLISH_DAYS = "|".join(WEEKDAYS)
ENGLISH_WEEKDAY = re.compile(rf"(?:on )?(?:(?P<which>last|this|next) )?(?P<day>{_ENGLISH_DAYS})")
_MONTH = rf"(?P<month>{'|'.join(MONTHS)})\.?"
_OF_MONTH, _YEAR = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?", r"(?:,? (?P<year>[0-9]{4}))?"
ENGLISH_DATES = (
    re.compile(rf"(?:on )?{_MONTH} {_OF_MONTH}{_YEAR}"),
    re.compile(rf"(?:on )?{_OF_MONTH} {_MONTH}{_YEAR}"),
)
ENGLISH_RELATIVE = {
    **dict.fromkeys(("today", "tonight", "this morning", "this afternoon", "this evening"), 0),
    **dict.fromkeys(("yesterday", "last night"), -1),
    **dict.fromkeys(("tomorrow", "tomorrow night"), 1),
    "the day before yesterday": -2,
    "the day after tomorrow": 2,
}
PAST = re.compile(
    r"\b(?:was|were|had|did|said|told|took|came|went|won|met|held|began|opened|\w{3,}ed)\b", re.IGNORECASE
)
FUTURE = re.compile(r"\b(?:will|shall|is to|are to|is due|are due|plans? to|is expected|scheduled)\b", re.IGNORECASE)
ANNOUNCED = re.compile("将[于在]?|拟于|定于|定在|预计|改期|推迟|延期|延至|顺延|提前[至到]|届时|截止")
MAX_BACK = 11  # months that a day without its month may lie back, for one that the month does not have
MAX_AHEAD = datetime.timedelta(days=31)
MAX_ANNOUNCED = datetime.timedelta(days=244)  # two thirds of a year, for what a sentence says is to come
# Stands before a day that is counted by the moon, whose months are others.
LUNAR = re.compile(r"[农夏阴旧]历(?:[0-9今去明]{1,4}年|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年)?$")
LONGEST_RANGE = datetime.timedelta(days=100)
WEEK = 7


def anchor(before: str, published: str | None) -> str | None:
    """Return the ISO date that relative days are counted from below ``before``, the article up to the answer.

    It is that of the last dateline in it, where an agency's item is printed later, else the date of the paper. A
    dateline without its year needs that date.

    >>> anchor("新华社榆溪2月20日电 渡口文物展", "2021-03-02"), anchor("渡口复航", "2021-03-02")
    ('2021-02-20', '2021-03-02')
    """
    return last_filed(before, published) or published


def resolve_day(words: str, published: str, sentence: str = "") -> str | None:
    """Return the ISO 8601 date that ``words`` mean in a paper of the ISO date ``published``; or ``None``.

    News is about what has happened: a day without its month is the last one up to ``published``, or one later in its
    month where its ``sentence`` announces it; a month without its year the last one that is at most a month ahead, or
    eight where its ``sentence`` announces it. Several days, a month and a year are an interval with both ends: the end
    of a year is its last month, that of a month its last third. An English weekday alone is the one before or after
    ``published`` that the tense of its ``sentence`` tells.

    >>> resolve_day("昨日", "2021-10-14"), resolve_day("8日", "2021-10-14"), resolve_day("31日", "2021-10-14")
    ('2021-10-13', '2021-10-08', '2021-08-31')
    >>> resolve_day("12月30日下午", "2022-01-02"), resolve_day("上周五", "2021-03-02")
    ('2021-12-30', '2021-02-26')
    >>> resolve_day("11月8日", "2020-09-10"), resolve_day("11月8日", "2020-09-10", "比赛改期至11月8日举行")
    ('2019-11-08', '2020-11-08')
    >>> resolve_day("本月5日至7日", "2021-03-02"), resolve_day("last Friday", "2021-03-02")
    ('2021-03-05/2021-03-07', '2021-02-26')
    >>> resolve_day("去年底", "2021-03-02"), resolve_day("last month", "2021-03-02")
    ('2020-12-01/2020-12-31', '2021-02-01/2021-02-28')
    """
    today = datetime.date.fromisoformat(published)
    before = in_figures(simplified(sentence[: max(0, sentence.find(words))]))
    words = in_figures(simplified(folded(words))).strip()
    if LUNAR.search(before):
        return None
    announced = ANNOUNCED.search(simplified(sentence)) or FUTURE.search(sentence)
    ahead = MAX_ANNOUNCED if announced else MAX_AHEAD
    if (span := RANGE.fullmatch(words)) is not None:
        return _interval(span, today, ahead)
    words = ENGLISH_PERIODS.get(words, words)
    if (year := YEAR.fullmatch(words)) is not None:
        first, last = {"初": (1, 1), "": (1, 12)}.get(year["part"] or "", (12, 12))
        begin, end = (_whole_month(f"{year['year']}{month}月", today, ahead) for month in (first, last))
        return f"{begin[0]}/{end[1]}" if begin and end else None
    if (part := PERIOD.fullmatch(words)) is not None:
        return _part_of_month(part, today, ahead)
    try:
        found = next(filter(None, (_day(bare, today, ahead) for bare in _bare(words))), None)
        found = found or next(filter(None, (_weekday(bare, today, sentence) for bare in _bare(words))), None)
    except OverflowError:  # beyond the last year of the calendar
        return None
    return found.isoformat() if found else None


def _bare(words: str) -> Iterator[str]:
    """Yield the words for a day as they are, then without the hour, the part of the day, the day of the week."""
    yield words
    for pattern in AFTER:
        words = pattern.sub("", words)
        yield words


def _day(words: str, today: datetime.date, ahead: datetime.timedelta) -> datetime.date | None:
    offset = RELATIVE_DAYS.get(words, ENGLISH_RELATIVE.get(words))
    if offset is not None:
        return today + datetime.timedelta(days=offset)
    if (week := WEEKDAY.fullmatch(words)) is not None:
        day = "一二三四五六日".index(week["day"].replace("天", "日"))
        return today + datetime.timedelta(days=WEEKS[week["week"]] * WEEK + day - today.weekday())
    if (english := next(filter(None, (form.fullmatch(words) for form in ENGLISH_DATES)), None)) is not None:
        year = f"{english['year']}年" if english["year"] else ""
        words = f"{year}{MONTHS[english['month']]}月{english['day']}日"
    if (named := period(words)) is not None and named[0] == named[1]:
        return named[0]
    return _stated(words, today, ahead)


def _stated(words: str, today: datetime.date, ahead: datetime.timedelta = MAX_AHEAD) -> datetime.date | None:
    stated = STATED.fullmatch(words)
    if stated is None:
        return None
    year, month, day = stated["year"], stated["month"], int(stated["day"])
    if month is None:
        months = [] if year else [_moved(today, -back) for back in range(MAX_BACK + 1)]
        latest = today.replace(day=monthrange(today.year, today.month)[1]) if ahead == MAX_ANNOUNCED else today
    elif month in RELATIVE_MONTHS:
        months = [] if year else [_moved(today, RELATIVE_MONTHS[month])]
        latest = datetime.date.max
    elif year is None:
        months = [(today.year + away, int(month)) for away in (1, 0, -1)]
        latest = min(today, datetime.date.max - ahead) + ahead
    else:
        months = [(today.year + RELATIVE_YEARS[year] if year in RELATIVE_YEARS else int(year), int(month))]
        latest = datetime.date.max
    dates = (date for date in (calendar_day(*place, day) for place in months) if date and date <= latest)
    return next(dates, None)


def _interval(span: re.Match[str], today: datetime.date, ahead: datetime.timedelta) -> str | None:
    """Return both ends; the last day is the first such one from the beginning on."""
    begin, ending = _stated(f"{span['first']}日", today, ahead), STATED.fullmatch(span["last"])
    if begin is None or ending is None:
        return None
    year, month, day = ending["year"], ending["month"], int(ending["day"])
    years = (int(year),) if year else (begin.year, begin.year + 1)
    places = [(one, int(month)) for one in years] if month else [_moved(begin, 0), _moved(begin, 1)]
    ends = (date for date in (calendar_day(*place, day) for place in places) if date and date >= begin)
    end = next(ends, None)
    longest = datetime.timedelta(days=1) if span["joint"] in TWO else LONGEST_RANGE
    return f"{begin.isoformat()}/{end.isoformat()}" if end and end - begin <= longest else None


def _part_of_month(part: re.Match[str], today: datetime.date, ahead: datetime.timedelta) -> str | None:
    """Return both ends of a month that is named by its relation to that of writing, or of a third of any."""
    if not part["part"] and part["year"] not in RELATIVE_YEARS and part["month"][0] not in RELATIVE_MONTHS:
        return None
    year = f"{part['year']}年" if part["year"] else ""
    month = _whole_month(f"{year}{part['month']}", today, ahead)
    if month is None:
        return None
    first = THIRDS.get(part["part"], 1)
    last = month[1].day if first == 21 or not part["part"] else first + 9
    return f"{month[0].replace(day=first)}/{month[0].replace(day=last)}"


def _whole_month(
    words: str, today: datetime.date, ahead: datetime.timedelta
) -> tuple[datetime.date, datetime.date] | None:
    """Return the first and the last day of a month."""
    begin = _stated(f"{words}1日", today, ahead)
    return (begin, begin.replace(day=monthrange(begin.year, begin.month)[1])) if begin else None


def _weekday(words: str, today: datetime.date, sentence: str) -> datetime.date | None:
    """Return the day that an English weekday means; ``None`` where its readings differ."""
    found = ENGLISH_WEEKDAY.fullmatch(words)
    if found is None:
        return None
    ahead = (WEEKDAYS[found["day"]] - today.weekday()) % WEEK
    in_week = today + datetime.timedelta(days=WEEKDAYS[found["day"]] - today.weekday())
    following = today + datetime.timedelta(days=ahead or WEEK)
    previous = today - datetime.timedelta(days=WEEK - ahead)
    if found["which"] == "this":
        return in_week
    if found["which"] == "last":
        return previous if previous == in_week - datetime.timedelta(days=WEEK) else None
    if found["which"] == "next":
        return following if following == in_week + datetime.timedelta(days=WEEK) else None
    past, future = bool(PAST.search(sentence)), bool(FUTURE.search(sentence))
    if past == future or not ahead:
        return None
    return previous if past else following


def _moved(date: datetime.date, months: int) -> tuple[int, int]:
    count = date.year * 12 + date.month - 1 + months
    return count // 12, count % 12 + 1

"""What English print says of a page and of an article: its date, who wrote, where a report was filed."""

import datetime
import re

from qa.text.dates import MONTHS, WEEKDAYS, calendar_day

_NAMES = "|".join(sorted(MONTHS, key=len, reverse=True))
_MONTH = rf"(?P<month>(?i:{_NAMES}))\.?"
_DAY = r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>[12][0-9]{3})(?![0-9])"
DATES = tuple(
    re.compile(rf"(?<![\w-]){pattern}", re.IGNORECASE)
    for pattern in (rf"{_MONTH}\s{_DAY},?\s{_YEAR}", rf"{_DAY}\s{_MONTH},?\s{_YEAR}")
)
_WHOLE_DATE = (
    rf"(?:(?:{'|'.join(WEEKDAYS)}),?\s)?"
    rf"(?:(?:{_NAMES})\.?\s[0-9]{{1,2}},?|[0-9]{{1,2}}\s(?:{_NAMES})\.?,?)\s[12][0-9]{{3}}"
    r"(?:,?\s(?:at\s)?[0-9]{1,2}[:.][0-9]{2}(?:\s?[ap]\.?m\.?)?(?:\s[A-Z]{2,4})?)?"
)
_POSTED = r"(?:posted|published|updated|written|submitted|reported|filed)"
# What parts it from a credit stands before it: By Jane Holt | October 8, 2022; Posted by Jane Holt on October 8, 2022.
DATE_BEHIND = re.compile(rf"(?<=\w)\s*[|,·–—-]?\s(?:on:?\s)?{_WHOLE_DATE}$", re.IGNORECASE)
# Posted on October 8, 2022 by Jane Holt; Written by Jane Holt.
BEFORE_CREDIT = re.compile(rf"^{_POSTED}:?\s(?:(?:on:?\s)?{_WHOLE_DATE}\s*[|,·–—-]?\s)?(?=by\s)", re.IGNORECASE)
DATED = re.compile(rf"{_POSTED}:?\s(?:on:?\s)?{_WHOLE_DATE}", re.IGNORECASE)
WEEKDAY = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)})\b", re.IGNORECASE)
SPELT = "one|two|three|four|five|six|seven|eight|nine|ten"
PAGE = re.compile(rf"\b(?:[Pp]age|PAGE)\s(?P<page>[A-Z]?-?[0-9]{{1,3}}[A-Z]?|(?i:{SPELT}))\b")
ISSUE = re.compile(
    r"\b(?:[Nn]o|NO|[Vv]ol|VOL)\.?\s?[0-9IVXLC][0-9IVXLC,]*\b"
    r"|\b(?i:(?:(?:late|city|final|morning|evening|home|early|country|extra) ){1,2}edition)\b"
)
# What a paper says of itself below its name: telephones, prices, the post.
IMPRINT = re.compile(
    r"\b(?i:city desk|news ?room|circulation|want ads|classifieds?|single copy|subscriptions?|telephone|tel\.?)"
    r"(?:\s|:\s?)[$£]?[0-9][0-9.-]*|(?i:entered as second[- ]class matter)|^(?i:published (?:daily|weekly|every))"
)
# HARBIN, Oct. 3 (Xinhua) --; LONDON (Reuters) -; NEW YORK —
DATELINE = re.compile(
    r"(?P<place>[A-Z][A-Z.'’-]+(?: [A-Z][A-Z.'’-]+){0,3})(?:, [A-Z][A-Za-z.]+(?: [A-Z][A-Za-z.]+)?(?=[,\s(]))?"
    rf"(?P<date>,\s?{_MONTH}\s{_DAY}(?:,?\s{_YEAR})?)?(?P<agency>\s?\([A-Z][\w .,/-]{{1,40}}\))?"
    r"\s?(?P<dash>--|—|–|-)\s?(?=\S)"
)
_WORD = r"[A-Z][\w.'’-]*"
_PERSON = rf"{_WORD}(?: (?:(?:de|van|von|der|bin|al|of) )?{_WORD}){{0,4}}"
_PEOPLE = rf"{_PERSON}(?:(?:, | and | & ){_PERSON}){{0,4}}"
_KIND = "staff|special|senior|chief|foreign|sports|business|political|city|own|our"
_POST = rf"(?i:(?:(?:{_KIND}) ){{1,3}}(?:reporter|writer|correspondent)s?)"
BYLINE = re.compile(
    rf"(?:By|BY|by) (?:the )?(?:(?:an? |the |[Oo]ur |A )?{_POST}"
    rf"|{_PEOPLE}(?:(?:,| [|–—-])? (?:{_POST}|{_PERSON}))?(?: in {_PERSON})?)"
    rf"|{_PEOPLE},? {_POST}|{_POST}|(?:--?|—|–)\s?{_WORD}(?: {_WORD}){{1,3}}"
)
MAX_HEADLINE = 100  # letters
ENDS = ".,;:-—"
CAPITALS = re.compile(r"[A-Z][^a-z.\u2e80-\uffff]{2,98}[^a-z\W\d]\.")


def english_date(text: str) -> str | None:
    """Return the first date with its year, in ISO 8601.

    >>> english_date("Monday, October 3, 2022"), english_date("3 Oct. 2022"), english_date("October 3")
    ('2022-10-03', '2022-10-03', None)
    """
    found = sorted((match for pattern in DATES for match in pattern.finditer(text)), key=lambda match: match.start())
    days = (calendar_day(int(one["year"]), MONTHS[one["month"].lower()], int(one["day"])) for one in found)
    return next((day.isoformat() for day in days if day), None)


def filed(line: str, issued: str | None) -> str | None:
    """Return the day of the dateline that opens an article, the last such day up to that of the paper.

    >>> filed("HARBIN, Oct. 3 (Xinhua) -- A bridge opened.", "2022-10-05"), filed("HARBIN -- A bridge.", "2022-10-05")
    ('2022-10-03', None)
    """
    found = DATELINE.match(line)
    if found is None or not found["date"]:
        return None
    month, day = MONTHS[found["month"].lower()], int(found["day"])
    if found["year"]:
        stated = calendar_day(int(found["year"]), month, day)
        return stated.isoformat() if stated else None
    if issued is None:
        return None
    today = datetime.date.fromisoformat(issued)
    days = (calendar_day(year, month, day) for year in (today.year, today.year - 1))
    return max((one.isoformat() for one in days if one and one <= today), default=None)


def is_dateline(line: str) -> bool:
    """Whether a line opens with the place that a report was filed from, and its day, its agency or a long dash.

    >>> is_dateline("LONDON (Reuters) - Shares fell."), is_dateline("LONDON — Shares fell."), is_dateline("IT - a son")
    (True, True, False)
    """
    found = DATELINE.match(line)
    if found is None or len(found["place"]) < 3:
        return False
    return bool(found["date"] or found["agency"] or (found["dash"] != "-" and not found["place"].endswith(".")))


def is_post(line: str) -> bool:
    """Whether a line says what its writer is and not who, as below a byline: ``Herald Staff Writer``.

    >>> is_post("Herald Staff Writer"), is_post("By Jane Holt, Staff Writer")
    (True, False)
    """
    return re.fullmatch(rf"(?!By |BY |by )(?:{_PERSON} )?{_POST}", line) is not None


def has_headline_form(text: str) -> bool:
    """Whether a line in Latin letters may stand in a headline: it has no end of a sentence.

    >>> has_headline_form("Mayor opens bridge over the river"), has_headline_form("He said it was open.")
    (True, False)
    """
    text = without_stop(text)
    letters = sum(map(str.isalpha, text))
    # Lines and decks of a headline in capitals are parted so: COUNCIL FILLS SEVEN POSTS;
    ended = text[-1] in ENDS and not (text[-1] in ";," and text.isupper())
    return is_latin(text) and 2 <= letters <= MAX_HEADLINE and not ended and ". " not in text


def without_stop(text: str) -> str:
    """Return a line in capitals without the full stop that old papers set behind headlines.

    >>> without_stop("MARKETS."), without_stop("He left."), without_stop("U.S.")
    ('MARKETS', 'He left.', 'U.S.')
    """
    return text[:-1] if CAPITALS.fullmatch(text) else text


def is_latin(text: str) -> bool:
    """Whether no character of a line is of an East Asian script."""
    return text.isascii() or not any(character >= "\u2e80" for character in text)


def credit(line: str) -> str:
    """Return a credit without how and when its article was put out.

    >>> credit("Posted by Ann Lee on May 3, 2021"), credit("Published: May 3, 2021 by Ann Lee"), credit("By Ann Lee")
    ('by Ann Lee', 'by Ann Lee', 'By Ann Lee')
    """
    return DATE_BEHIND.sub("", BEFORE_CREDIT.sub("", line))


def stamp(line: str) -> tuple[int, int] | None:
    """Return the bounds of what a line below a title says of when a page was put out.

    >>> stamp("Posted by Ann Lee on May 3, 2021"), stamp("Posted on May 3, 2021"), stamp("By Ann Lee, May 3, 2021")
    ((18, 32), (0, 21), None)
    """
    before = BEFORE_CREDIT.match(line)
    found = DATED.fullmatch(line) or (before and DATE_BEHIND.search(line)) or before
    if found is None or not english_date(found[0]):
        return None
    words = found[0].strip(" |,·–—-")
    start = found.start() + found[0].index(words)
    return start, start + len(words)


def without_dates(text: str) -> str:
    """Return a line of a masthead without its date, weekday, page and issue."""
    for pattern in (*DATES, WEEKDAY, PAGE, ISSUE):
        text = pattern.sub(" ", text)
    return text

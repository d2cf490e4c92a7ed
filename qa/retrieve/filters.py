"""Filters as people write them."""

from typing import Final

from qa.errors import FilterError
from qa.text.dates import is_period, period
from qa.text.folding import folded
from qa.types import Filters

_EXAMPLES: Final = "write 2021-10-13, 2021-10 or 2021"


def parse_filters(
    *,
    date_from: str | None = None,
    date_to: str | None = None,
    source: str | None = None,
    title: str | None = None,
    byline: str | None = None,
    publication: str | None = None,
    edition: str | None = None,
    page: str | None = None,
) -> Filters:
    """Return the filters that people wrote; blank ones do not limit.

    A year or a month begins on its first day and ends on its last. A page may be written as
    print names it. Raises ``FilterError`` for an invalid date, and for
    a range that ends before it begins.

    >>> parse_filters(date_from="2021年9月", date_to="2024-2").date_to
    '2024-02-29'
    >>> parse_filters(page="第05版").page, parse_filters(page="a7").page
    ('5', 'A7')
    """
    first = _day("date_from", date_from)
    last = _day("date_to", date_to)
    if first and last and first > last:
        raise FilterError("date_to", f"the range ends on {last}, before it begins on {first}: exchange the two dates")
    named = zip(
        ("source", "title", "byline", "publication", "edition"),
        (source, title, byline, publication, edition),
        strict=True,
    )
    words = {name: (text or "").strip() or None for name, text in named}
    return Filters(first, last, **words, page=_page(page))


def _page(written: str | None) -> str | None:
    """Return a page's label without what stands around it, and without zeros before its number."""
    label = folded(written or "").upper().strip().removeprefix("第").removesuffix("版").strip()
    letter, number = label.rstrip("0123456789"), label.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f"{letter}{int(number)}" if number.isascii() and number.isdigit() else label or None


def _day(field: str, written: str | None) -> str | None:
    """Return the first or last day of a date, as ISO 8601; ``None`` for a blank."""
    text = (written or "").strip()
    if not text:
        return None
    if not is_period(text):
        raise FilterError(field, f"{text[:40]!r} is not a date: {_EXAMPLES}")
    days = period(text)
    if days is None:
        raise FilterError(field, f"{text!r} is not a date in the calendar: {_EXAMPLES}")
    return days[field == "date_to"].isoformat()

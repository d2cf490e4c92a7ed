"""Filters as people write them."""

import inspect
from collections.abc import Callable, Mapping
from datetime import date
from functools import wraps
from typing import Any, Final, TypedDict, TypeVar, Unpack

from qa.errors import FilterError
from qa.text.dates import is_period, period
from qa.text.folding import folded
from qa.text.surrogates import half_of_pair
from qa.types import Filters

T = TypeVar("T")

_EXAMPLES: Final = "write 2021-10-13, 2021-10 or 2021"


class FilterWords(TypedDict, total=False):
    """Which articles are looked at, as people write it: one word for each filter, on every way to ask.

    ``date_from`` and ``date_to`` are days, months or years (``2021-10-13``, ``2021-10``, ``2021``), both included; an
    article without a date is outside any range. ``page`` is the paper's; the others are words that the source's path,
    the title, the byline, the paper's name and its edition must have.
    """

    date_from: str | None
    date_to: str | None
    source: str | None
    title: str | None
    byline: str | None
    publication: str | None
    edition: str | None
    page: str | None


FILTERS: Final[Mapping[str, str]] = {
    "date_from": "First day that counts (2021-10-13, 2021-10, 2021); articles without a date never do.",
    "date_to": "Last day that counts, written alike.",
    "source": "Only files whose path has these words.",
    "title": "Only articles whose title has these words.",
    "byline": "Only articles whose byline has these words.",
    "publication": "Only papers whose name has these words.",
    "edition": "Only editions, or pages with a name of their own, with these words in it.",
    "page": "Only this page of the paper (4, A2).",
}
"""Names, in order, and what people are told that each does."""
SHORT: Final[Mapping[str, str]] = {"date_from": "from", "date_to": "to"}
"""What some filters are called where they are written."""


def parse_filters(**written: Unpack[FilterWords]) -> Filters:
    """Return the filters that people wrote; blank ones do not limit.

    A year or a month begins on its first day and ends on its last. A page may be written as
    print names it. Raises ``FilterError`` for an invalid date, and for
    a range that ends before it begins; ``TypeError``, as a call with a wrong argument does, for a name that is none.
    A year or a month begins on its first day and ends on its last. A page may be written as print names it. Raises
    ``FilterError`` for an invalid date, for a range that ends before it begins, and for what is no text.

    >>> parse_filters(date_from="2021年9月", date_to="2024-2").date_to
    '2024-02-29'
    >>> parse_filters(page="第05版").page, parse_filters(page="a7").page
    ('5', 'A7')
    """
    unknown = next((name for name in written if name not in FILTERS), None)
    if unknown is not None:
        raise TypeError(f"{unknown!r} is no filter: there are {', '.join(FILTERS)}")
    for name, text in written.items():
        if (at := half_of_pair(str(text))) is not None:
            raise FilterError(name, f"{SHORT.get(name, name)} is not UTF-8 at character {at + 1}: write it in UTF-8")
    read: dict[str, Callable[[str], str | None]] = {"date_from": _first_day, "date_to": _last_day, "page": _page}
    found = {name: read.get(name, _words)(str(text)) for name, text in written.items() if text is not None}
    first, last = found.get("date_from"), found.get("date_to")
    if first and last and first > last:
        raise FilterError("date_to", f"the range ends on {last}, before it begins on {first}: exchange the two dates")
    return Filters(**found)


def parse_spelled(written: Mapping[str, str | None]) -> Filters:
    """Return the filters of fields that are called by either name, as ``SHORT`` has them.

    Raises ``FilterError`` as ``parse_filters`` does, with the field as it was spelled, and for one that is given twice.
    """
    spelled: dict[str, str] = {}
    for name in FILTERS:
        found = [each for each in (SHORT.get(name), name) if each is not None and written.get(each) is not None]
        if len(found) > 1:
            raise FilterError(name, f"give {' or '.join(found)}, not both")
        spelled[name] = found[0] if found else name
    try:
        return parse_filters(**{name: written.get(each) for name, each in spelled.items()})
    except FilterError as error:
        raise FilterError(spelled[error.field], str(error)) from error


def takes_filters(
    arguments: Mapping[str, Any], parse: Callable[..., Filters] = parse_filters
) -> Callable[[Callable[..., T]], Callable[..., T]]:
    """Return a decorator: in place of its parameter ``filters``, a function takes one optional text for each argument.

    ``arguments`` are names with their annotations, by which a command line or a protocol tells what they are for;
    ``parse`` makes filters of what was written.
    """

    def decorated(function: Callable[..., T]) -> Callable[..., T]:
        signature = inspect.signature(function, eval_str=True)
        parameters = list(signature.parameters.values())
        at = list(signature.parameters).index("filters")
        parameters[at : at + 1] = optional(arguments)

        @wraps(function)
        def called(*given: Any, **named: Any) -> T:
            filters = parse(**{name: named.pop(name, None) for name in arguments})
            return function(*given, **named, filters=filters)

        called.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        called.__annotations__ = {each.name: each.annotation for each in parameters} | {
            "return": signature.return_annotation
        }
        return called

    return decorated


def optional(arguments: Mapping[str, Any]) -> list[inspect.Parameter]:
    """Return the parameters of arguments that need not be given, names with their annotations."""
    kind = inspect.Parameter.KEYWORD_ONLY
    return [inspect.Parameter(name, kind, default=None, annotation=about) for name, about in arguments.items()]


def _words(written: str) -> str | None:
    return written.strip() or None


def _page(written: str) -> str | None:
    """Return a page's label without what stands around it, and without zeros before its number."""
    label = folded(written).upper().strip().removeprefix("第").removesuffix("版").strip()
    letter, number = label.rstrip("0123456789"), label.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return f"{letter}{int(number)}" if number.isascii() and number.isdigit() else label or None


def _first_day(written: str) -> str | None:
    days = _days("date_from", written)
    return days and days[0].isoformat()


def _last_day(written: str) -> str | None:
    days = _days("date_to", written)
    return days and days[1].isoformat()


def _days(field: str, written: str) -> tuple[date, date] | None:
    """Return the first and the last day of a date; ``None`` for a blank."""
    text = written.strip()
    if not text:
        return None
    if not is_period(text):
        raise FilterError(field, f"{text[:40]!r} is not a date: {_EXAMPLES}")
    days = period(text)
    if days is None:
        raise FilterError(field, f"{text!r} is not a date in the calendar: {_EXAMPLES}")
    return days

"""The filters of a query string, spelled as in a body."""

import inspect
from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import Query

from api.schemas import PlainText
from qa.filters import FILTERS, SHORT, optional, parse_spelled
from qa.types import Filters


def filters_to_json(filters: Filters) -> dict[str, str]:
    """Return the filters that limit anything, by the names that a request has them under."""
    return {SHORT.get(name, name): value for name, value in asdict(filters).items() if value is not None}


def _query(description: str | None, alias: str | None = None) -> Any:
    return Annotated[
        PlainText | None, Query(alias=alias, description=description, include_in_schema=description is not None)
    ]


# Both spellings are taken; the longer one is not told of.
_SHORT: Final = {"date_from": "first", "date_to": "last"}
_ARGUMENTS: Final = {
    **{argument: _query(FILTERS[name], SHORT[name]) for name, argument in _SHORT.items()},
    **{name: _query(None if name in SHORT else FILTERS[name]) for name in FILTERS},
}


async def query_filters(**written: str | None) -> Filters:
    """Return the filters of a request; ``FilterError`` for what is no date, and for one given in both spellings."""
    spelled = {SHORT[field]: written.pop(argument) for field, argument in _SHORT.items()}
    return parse_spelled({**written, **spelled})


query_filters.__signature__ = inspect.Signature(optional(_ARGUMENTS))  # type: ignore[attr-defined]

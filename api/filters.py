"""The filters of a query string, spelled as in a body."""

from dataclasses import asdict
from typing import Annotated, Final

from fastapi import Query

from api.schemas import PlainText
from qa.errors import FilterError
from qa.retrieve import parse_filters
from qa.types import Filters

SPELLINGS: Final = {"date_from": "from", "date_to": "to"}
"""The short names of filters, where they have one."""


def filters_to_json(filters: Filters) -> dict[str, str]:
    """Return the filters that limit anything, by the names that a request has them under."""
    return {SPELLINGS.get(name, name): value for name, value in asdict(filters).items() if value is not None}


async def query_filters(
    first: Annotated[PlainText | None, Query(alias="from", description="First day that counts.")] = None,
    last: Annotated[PlainText | None, Query(alias="to", description="Last day that counts.")] = None,
    date_from: Annotated[PlainText | None, Query(include_in_schema=False)] = None,
    date_to: Annotated[PlainText | None, Query(include_in_schema=False)] = None,
    source: Annotated[PlainText | None, Query(description="Words of the file's path.")] = None,
    title: Annotated[PlainText | None, Query(description="Words of the title.")] = None,
    byline: Annotated[PlainText | None, Query(description="Words of the byline.")] = None,
    publication: Annotated[PlainText | None, Query(description="Words of the paper's name.")] = None,
    edition: Annotated[PlainText | None, Query(description="Words of the edition's or the page's own name.")] = None,
    page: Annotated[PlainText | None, Query(description="The paper's page: `4`, `A2`.")] = None,
) -> Filters:
    """Return the filters of a request; ``FilterError`` for what is no date, and for one given in both spellings."""
    for field, short, long in (("date_from", first, date_from), ("date_to", last, date_to)):
        if short is not None and long is not None:
            raise FilterError(field, f"give {field.removeprefix('date_')} or {field}, not both")
    return parse_filters(
        date_from=date_from if first is None else first,
        date_to=date_to if last is None else last,
        source=source,
        title=title,
        byline=byline,
        publication=publication,
        edition=edition,
        page=page,
    )

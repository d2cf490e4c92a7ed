"""Articles over HTTP: searched by words, listed, and counted by what they can be narrowed to."""

from collections.abc import Iterable, Iterator
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from api.filters import query_filters
from api.native import PROBLEMS
from api.responses import JsonResponse
from api.schemas import MOST_OFFSET, PlainText
from api.server import Provided
from qa.config import MAX_TOP_K
from qa.retrieve.articles import ArticleQuery, ArticlesFound, Match, Order, find_articles
from qa.retrieve.facets import Count, Facet, Facets
from qa.store import Snapshot
from qa.text.highlights import excerpt, marks
from qa.types import Filters
from qa.wire import ArticleResult, CountedArticles, CountedField, CountedValue, to_json

router = APIRouter(prefix="/api/articles", tags=["documents"])

MOST_WORDS = 1000
"""Characters of a query."""


class ArticlesBody(BaseModel):
    """A page of the articles, and counts of all of them."""

    query: str
    match: Match = Field(
        description="`words`: the articles have all words of the query; `parts`: all that these consist of; `nearest`: "
        "no article has, these come nearest; `all`: nothing was asked."
    )
    total: int
    offset: int
    articles: tuple[ArticleResult, ...]
    facets: CountedArticles


@router.get("", summary="Search and list the articles", response_model=ArticlesBody, responses=PROBLEMS)
def articles(
    server: Provided,
    filters: Annotated[Filters, Depends(query_filters)],
    q: Annotated[PlainText, Query(max_length=MOST_WORDS, description="Words; all articles without any.")] = "",
    order: Annotated[Order, Query(description="`best` matches first; without words, the newest.")] = "best",
    offset: Annotated[int, Query(ge=0, le=MOST_OFFSET)] = 0,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Response:
    """List the articles that have all words and pass all filters, with the words marked, and count them by field."""
    with server.live.lease() as service:
        found = find_articles(
            ArticleQuery(q, filters, order, offset, limit),
            service.opened,
            lambda: service.search(q, top_k=MAX_TOP_K, filters=filters),
        )
        listed = [to_json(result) for result in results(found, service.opened)]
    return JsonResponse(
        {
            "query": q,
            "match": found.match,
            "total": found.total,
            "offset": offset,
            "articles": listed,
            "facets": to_json(counted(found.facets)),
        }
    )


def results(found: ArticlesFound, index: Snapshot) -> Iterator[ArticleResult]:
    """Yield the articles of a page as they are sent."""
    for each in found.articles:
        article, origin = index.article(each.document_id, each.number), index.origin(each.document_id)
        words = each.chunk.text if each.chunk else ""
        shown = excerpt(words.removeprefix(article.title).lstrip(), found.words)
        yield ArticleResult(
            document_id=each.document_id,
            number=each.number,
            title=article.title,
            title_marks=marks(article.title, found.words),
            byline=article.byline,
            date=article.date or origin.date,
            publication=article.publication,
            edition=article.edition,
            page=article.page,
            source=origin.source,
            record=origin.record,
            start=article.start,
            end=article.end,
            excerpt=shown.text,
            marks=shown.marks,
            passage_start=each.chunk.start if each.chunk else article.start,
            passage_end=each.chunk.end if each.chunk else article.end,
        )


def counted(facets: Facets) -> CountedArticles:
    """Return counts as they are sent."""
    fields = {name: _field(facet) for name, facet in facets.fields.items()}
    months, days = _values(facets.months), _values(facets.days)
    return CountedArticles(**fields, months=months, days=days, undated=facets.undated)


def _field(facet: Facet) -> CountedField:
    return CountedField(values=_values(facet.values), distinct=facet.distinct)


def _values(counts: Iterable[Count]) -> tuple[CountedValue, ...]:
    return tuple(CountedValue(value=value, count=count) for value, count in counts)

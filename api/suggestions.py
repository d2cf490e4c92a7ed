"""Questions to begin or go on with: made of the archive's own sentences, and asked before they are offered."""

from collections.abc import Iterator
from functools import partial
from itertools import chain, islice
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.documents import WITH_MISSING, article_around, found_document
from api.responses import JsonResponse
from api.schemas import MOST_ID, MOST_OFFSET, PlainText
from api.server import Provided
from api.service import Service
from qa.answer.corrections import is_notice
from qa.question.made import Made, questions_of
from qa.types import Answer, Article, Document

router = APIRouter(prefix="/api/suggestions", tags=["native"])

MOST_ASKED: Final = 8
"""Made questions that are asked for a reply."""
_EACH: Final = 2
"""Questions about one of several articles."""
_LOOKED_AT: Final = 24
_WORDS: Final = 3000
"""Characters of an article that questions are made of."""
_SURE: Final = 0.5
_SHORTEST, _LONGEST = 5, 40
"""Characters of a question."""


class SuggestionsBody(BaseModel):
    """Questions that the archive answers; none where no good one was found."""

    questions: tuple[str, ...]


@router.get(
    "",
    summary="Questions that the archive answers",
    response_model=SuggestionsBody,
    responses=WITH_MISSING,
)
async def suggestions(
    server: Provided,
    document_id: Annotated[
        PlainText | None, Query(max_length=MOST_ID, description="Questions about an article of this document.")
    ] = None,
    start: Annotated[int, Query(ge=0, le=MOST_OFFSET, description="An offset within that article.")] = 0,
    asked: Annotated[PlainText, Query(alias="not", max_length=1000, description="A question to leave out.")] = "",
    limit: Annotated[int, Query(ge=1, le=8)] = 4,
) -> Response:
    """Return questions about an article, or about articles from all over the archive, that are answered when asked."""
    key = (server.live.revision(), document_id, start, asked, limit)
    if key not in server.suggested:
        server.suggested[key] = await server.run(
            partial(_answered, document_id=document_id, start=start, asked=asked, limit=limit)
        )
    return JsonResponse({"questions": server.suggested[key]})


def _answered(service: Service, *, document_id: str | None, start: int, asked: str, limit: int) -> tuple[str, ...]:
    proposed = _from_everywhere(service, limit) if document_id is None else _about(service, document_id, start)
    found = list[str]()
    for each in islice((each for each in proposed if each.question != asked), MOST_ASKED):
        if _is_answered(service.ask(each.question), each):
            found.append(each.question)
        if len(found) == limit:
            break
    return tuple(found)


def _is_answered(answer: Answer, proposed: Made) -> bool:
    return answer.confidence >= _SURE and any(proposed.answers[0] in item.text for item in answer.items)


def _about(service: Service, document_id: str, start: int) -> Iterator[Made]:
    document = found_document(service.opened, document_id)
    article = article_around(service.opened.articles(document_id), start)
    if article is not None and not is_notice(article.title):
        seen = set[str]()
        for each in chain(questions_of(article.title), _of_body(document, article)):
            if each.question not in seen and _SHORTEST <= len(each.question) <= _LONGEST:
                seen.add(each.question)
                yield each


def _of_body(document: Document, article: Article) -> Iterator[Made]:
    yield from questions_of(document.visible(article.start, min(article.end, article.start + _WORDS)))


def _from_everywhere(service: Service, limit: int) -> Iterator[Made]:
    """Yield proposals from articles that stand evenly apart in the archive, a few of each."""
    columns = service.opened.columns
    step = max(1, len(columns) // _LOOKED_AT)
    each = max(_EACH, -(-limit // max(1, len(columns))))
    for place in range(0, len(columns), step):
        article: Article = service.opened.article(*columns.article(place))
        yield from islice(_about(service, article.document_id, article.start), each)

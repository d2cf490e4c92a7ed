"""The native API under ``/api``: the same answers, and the same JSON, as the command line's ``--json``."""

from typing import Any

from fastapi import APIRouter, Response

from api.responses import JsonResponse
from api.schemas import AnswerBody, AskRequest, problem
from api.service import Provided
from qa.retrieve import parse_filters
from qa.wire import answer_to_json

router = APIRouter(prefix="/api", tags=["native"])

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: problem("The body is not JSON."),
    422: problem("A field is missing or wrong, the question is empty or too long, or a date is none."),
    500: problem("The server failed to answer."),
}


@router.post("/ask", summary="Ask one question", response_model=AnswerBody, responses=_PROBLEMS)
def ask(body: AskRequest, service: Provided) -> Response:
    """Return the answer with a citation for every item, or `"answered": false` when the archive does not say."""
    filters = parse_filters(
        date_from=body.date_from, date_to=body.date_to, source=body.source, title=body.title, byline=body.byline
    )
    return JsonResponse(answer_to_json(service.ask(body.question, id=body.id, top_k=body.top_k, filters=filters)))

"""The native API under ``/api``: the same answers, and the same JSON, as the command line's ``--json``."""

import logging
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request, Response

from api.errors import failure_of, problem
from api.filters import filters_to_json, query_filters
from api.permalinks import public_address
from api.responses import JsonResponse
from api.schemas import (
    MOST_SESSION,
    REFUSED_CALLER,
    AnswerBody,
    AskRequest,
    ChatBody,
    ChatTurnRequest,
    ChatTurnsBody,
    InfoBody,
    PlainText,
    SearchBody,
    TopK,
    described_problem,
)
from api.server import MODEL_NAME, CalledBy, PendingQuestion, Provided, Server, note_outcome, note_question
from api.service import Service
from api.sessions import Session
from api.streams import EVENTS, event, streamed
from qa import __version__
from qa.chat import Turn
from qa.service import found_passages
from qa.types import Filters
from qa.wire import answer_to_json, to_json

router = APIRouter(prefix="/api", tags=["native"])

_LOG = logging.getLogger(__name__)
PROBLEMS: dict[int | str, dict[str, Any]] = {
    **REFUSED_CALLER,
    400: described_problem("The body is not JSON."),
    422: described_problem("A field is missing or wrong, or the question is empty or too long, or a date is invalid."),
    500: described_problem("The server failed to answer."),
    503: described_problem("Busy, or the models are being loaded: `Retry-After` says when to try again."),
    504: described_problem("There was no answer in time."),
}
_WITH_MISSING = {**PROBLEMS, 404: described_problem("There is no such conversation, or it is over.")}
SessionId = Annotated[str, Path(max_length=MOST_SESSION, description="As a reply of `/api/chat` gives it.")]


@router.post("/ask", summary="Ask one question", response_model=AnswerBody, responses=PROBLEMS)
async def ask(body: AskRequest, request: Request, server: Provided) -> Response:
    """Return the answer with a citation for every item, or `"answered": false` when the archive does not say."""
    note_question(request, server, body.question)
    turn = await server.ask(body.question, id=body.id, top_k=body.top_k, filters=body.filters()).result()
    note_outcome(request, turn.answer)
    return JsonResponse(answer_to_json(turn.answer))


@router.post(
    "/chat",
    summary="Ask in a conversation",
    response_model=ChatBody,
    responses={
        **PROBLEMS,
        200: {
            "description": "The turn. With `stream` as events: `status` when the question has been understood and when "
            "passages have been found, `answer` with the turn, then `done`; or `error` with a problem.",
            "content": EVENTS,
        },
    },
)
async def chat(body: ChatTurnRequest, request: Request, server: Provided, caller: CalledBy) -> Response:
    """Answer a question that may refer to the turns before it; the server keeps them.

    A `session_id` that is not known, or not any more, begins a new conversation: the reply has its id.
    """
    note_question(request, server, body.question)
    session = await server.kept(lambda kept: kept.resume(body.session_id, caller.key))
    asking = server.ask(body.question, conversation=session.conversation, top_k=body.top_k, filters=body.filters())
    if not body.stream:
        turn = await _finished(request, server, session, asking)
        return JsonResponse({"session_id": session.id, **turn})
    await asking.begun()
    return streamed(_events(request, server, session, asking))


@router.get(
    "/chat/{session_id}", summary="The turns of a conversation", response_model=ChatTurnsBody, responses=_WITH_MISSING
)
async def turns(session_id: SessionId, server: Provided, caller: CalledBy) -> Response:
    """List the turns so far, the latest 50."""
    session = await server.kept(lambda kept: kept.find(session_id, caller.key))
    if session is None:
        raise HTTPException(404, "no such conversation, or it is over")
    return JsonResponse({"session_id": session.id, "turns": [turn_to_json(*each) for each in session.numbered]})


@router.delete("/chat/{session_id}", summary="Forget a conversation", status_code=204, responses=_WITH_MISSING)
async def forget(session_id: SessionId, server: Provided, caller: CalledBy) -> None:
    """Drop the turns of a conversation."""
    if not await server.kept(lambda kept: kept.forget(session_id, caller.key)):
        raise HTTPException(404, "no such conversation, or it is over")


@router.get("/search", summary="Find passages", response_model=SearchBody, responses=PROBLEMS)
async def search(
    q: Annotated[PlainText, Query(description="Words or a question.", examples=["任免名单"])],
    server: Provided,
    filters: Annotated[Filters, Depends(query_filters)],
    top_k: Annotated[TopK, Query()] = 10,
) -> Response:
    """Return the passages nearest to a query, best first, without reading them for an answer."""
    found = await server.run(partial(_found, query=q, top_k=top_k, filters=filters))
    return JsonResponse({"query": q, "passages": found})


@router.get("/info", summary="What answers, and from what", response_model=InfoBody, responses=PROBLEMS)
def info(request: Request, server: Provided, caller: CalledBy) -> Response:
    """Describe the service, and what the caller may do."""
    with server.live.lease() as service:
        state, columns = service.opened.state, service.opened.columns
    index = {
        "name": server.settings.index.name,
        "revision": state.generation,
        "documents": state.documents,
        "files": columns.files,
        "records": columns.records,
        "articles": state.articles,
        "chunks": state.chunks,
        "encoder": state.encoder.name,
    }
    return JsonResponse(
        {
            "version": __version__,
            "index": index,
            "model": MODEL_NAME,
            "languages": ["zh", "en"],
            "permission": caller.permission,
            "address": public_address(request, server.settings),
        }
    )


def turn_to_json(number: int, turn: Turn) -> dict[str, object]:
    """Return a turn with an id for every citation: the numbers of its turn, item and place, ``1-2-1``."""
    answer: dict[str, Any] = answer_to_json(turn.answer)
    for item_number, item in enumerate(answer["items"], 1):
        for place, citation in enumerate(item["citations"], 1):
            citation["citation_id"] = f"{number}-{item_number}-{place}"
    return {
        "turn": number,
        "question": turn.question,
        "understood": turn.understood,
        "filters": filters_to_json(turn.filters),
        "answer": answer,
    }


async def _events(request: Request, server: Server, session: Session, asking: PendingQuestion) -> AsyncIterator[bytes]:
    if asking.understood.done():
        yield event({"stage": "understood", "understood": asking.understood.result()}, "status")
    if asking.retrieved.done():
        yield event({"stage": "retrieved", "passages": asking.retrieved.result()}, "status")
    try:
        turn = await _finished(request, server, session, asking)
    except Exception as error:
        _LOG.exception("the stream broke off")
        failure = failure_of(error)
        yield event(problem(failure.status, failure.detail), "error")
        return
    yield event({"session_id": session.id, **turn}, "answer")
    yield event({}, "done")


async def _finished(request: Request, server: Server, session: Session, asking: PendingQuestion) -> dict[str, object]:
    turn = await asking.result()
    note_outcome(request, turn.answer)
    return turn_to_json(await server.kept(lambda kept: kept.add(session, turn)), turn)


def _found(service: Service, *, query: str, top_k: int, filters: Filters) -> list[dict[str, object]]:
    hits = service.search(query, top_k=top_k, filters=filters)
    return [to_json(passage) for passage in found_passages(hits, service.opened, printed=True)]

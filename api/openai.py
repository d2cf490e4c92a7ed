"""The OpenAI-compatible API under ``/v1``, so that any chat client can ask the archive.

The last user message is the question, the messages before it are what it may refer to. The reply's ``content`` carries
everything a reader needs, because many clients show nothing else; ``annotations`` and ``gazette`` say the same for
programs.
"""

import logging
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api.errors import ParameterError, failure_of, openai_error
from api.openai_asking import Asking, Reply
from api.openai_messages import question_of, text_of, turns_of
from api.openai_schemas import ChatCompletion, ChatRequest, ErrorBody, ModelEntry, ModelList, wants_usage
from api.responses import JsonResponse
from api.server import MODEL_NAME, Provided
from api.streams import EVENTS, event, streamed

router = APIRouter(prefix="/v1", tags=["openai"])

_LOG = logging.getLogger(__name__)
ERRORS: Final[dict[int | str, dict[str, Any]]] = {
    "4XX": {"model": ErrorBody, "description": "What is wrong with the request."},
    "5XX": {"model": ErrorBody, "description": "The server failed to answer, or cannot now: see `Retry-After`."},
}
DONE: Final = b"data: [DONE]\n\n"


@router.get("/models", summary="The one model there is", response_model=ModelList, responses=ERRORS)
async def models(request: Request, server: Provided) -> Response:
    """List what answers, and over which index; also while the models are still being loaded."""
    return JsonResponse({"object": "list", "data": [_model(request, server)]})


@router.get("/models/{model:path}", summary="One model", response_model=ModelEntry, responses=ERRORS)
async def model(model: str, request: Request, server: Provided) -> Response:
    """Describe the one model there is."""
    if model != MODEL_NAME:
        raise ParameterError(f"there is one model: {MODEL_NAME}", param="model", code="model_not_found", status=404)
    return JsonResponse(_model(request, server))


@router.post(
    "/chat/completions",
    summary="Ask in a chat",
    response_model=ChatCompletion,
    responses={
        **ERRORS,
        200: {
            "description": "The answer; with `stream` as events, each a chunk, up to `[DONE]`.",
            "content": EVENTS,
        },
    },
)
async def chat_completions(body: ChatRequest, request: Request, server: Provided) -> Response:
    """Answer the last user message.

    The content is Markdown: the items, each with the numbers of its sources, and below them the quotes, each with a
    permanent link. `annotations`, `citations` and `gazette` say the same for programs.
    """
    asking = Asking(
        request,
        server,
        question=question_of(body.messages, "messages"),
        param="messages",
        prompt="\n".join(map(text_of, body.messages)),
        form=body.form(),
        filters=body.filters(),
        earlier=partial(turns_of, body.messages, server.understand),
    )
    begun = _Completion.begin(counts=wants_usage(body.stream_options))
    if not body.stream:
        return begun.response(await asking.reply())
    await asking.begun()
    return streamed(_chunks(begun, asking))


async def _chunks(begun: "_Completion", asking: Asking) -> AsyncIterator[bytes]:
    yield begun.chunk({"role": "assistant", "content": "", "refusal": None})
    reply = await unbroken(asking)
    if isinstance(reply, bytes):
        yield reply
        return
    for part in begun.parts(reply):
        yield part


async def unbroken(asking: Asking) -> Reply | bytes:
    """Return the reply, or the event that ends a stream whose answer failed."""
    try:
        return await asking.reply()
    except Exception as error:
        _LOG.exception("the stream broke off")
        failure = failure_of(error)
        return event(openai_error(failure.status, failure.detail))


def usage_of(reply: Reply) -> dict[str, int]:
    """Return what a question and its reply take in tokens."""
    asked, answered = reply.prompt_tokens, reply.completion_tokens
    return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


@dataclass(frozen=True, slots=True)
class _Completion:
    """What the parts of one reply have in common; ``counts`` is whether its last part tells what it cost."""

    id: str
    created: int
    counts: bool

    @classmethod
    def begin(cls, *, counts: bool) -> "_Completion":
        return cls(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), counts)

    def response(self, reply: Reply) -> Response:
        """Return the reply in one piece."""
        sent = {"role": "assistant", "content": reply.content, "refusal": None, "annotations": _annotations(reply)}
        choice = {"index": 0, "message": sent, "logprobs": None, "finish_reason": reply.finish_reason}
        return JsonResponse(
            {
                **self._head("chat.completion"),
                "choices": [choice],
                "usage": usage_of(reply),
                "citations": reply.citations,
                "gazette": reply.native,
            }
        )

    def parts(self, reply: Reply) -> Iterator[bytes]:
        """Yield the content by lines, then what goes with all of it, then what it cost if that was asked for."""
        for line in reply.lines:
            yield self.chunk({"content": line})
        last: dict[str, object] = {"annotations": _annotations(reply)}
        yield self.chunk(last, reply.finish_reason, citations=reply.citations, gazette=reply.native)
        if self.counts:
            yield event({**self._head("chat.completion.chunk"), "choices": [], "usage": usage_of(reply)})
        yield DONE

    def chunk(self, delta: dict[str, object], finish_reason: str | None = None, **more: object) -> bytes:
        """Return one event of the stream, whose cost stands in the last one alone."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        more |= {"usage": None} if self.counts else {}
        return event({**self._head("chat.completion.chunk"), "choices": [choice], **more})

    def _head(self, kind: str) -> dict[str, object]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL_NAME}


def _model(request: Request, server: Provided) -> dict[str, object]:
    return {
        "id": MODEL_NAME,
        "object": "model",
        "created": request.state.started,
        "owned_by": "gazette",
        "index": server.settings.index.name,
    }


def _annotations(reply: Reply) -> list[dict[str, object]]:
    return [{"type": "url_citation", "url_citation": citation} for citation in reply.url_citations()]

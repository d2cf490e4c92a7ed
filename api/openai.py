"""The OpenAI-compatible API under ``/v1``, so that any chat client can ask the archive.

The last user message is the question, the messages before it are what it may refer to. The reply's ``content`` carries
everything a reader needs, because many clients show nothing else; ``annotations`` and ``gazette`` say the same for
programs.
"""

import asyncio
import logging
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from api.errors import ParameterError, failure_of, openai_error
from api.housekeeping import housekeeping_reply
from api.markdown import Message, items_of, render, source_url, understood_in
from api.openai_schemas import (
    ChatCompletion,
    ChatMessage,
    ChatRequest,
    ErrorBody,
    ModelEntry,
    ModelList,
)
from api.responses import JsonResponse
from api.schemas import plain_text
from api.server import MODEL_NAME, PendingQuestion, Provided, add_to_log, note_outcome
from api.streams import EVENT_SCHEMA, event, streamed
from qa.chat import Conversation, Exchange
from qa.config import MAX_QUESTION
from qa.types import Answer
from qa.wire import answer_to_json

router = APIRouter(prefix="/v1", tags=["openai"])

_LOG = logging.getLogger(__name__)
_ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorBody, "description": "What is wrong with the request."},
    "5XX": {"model": ErrorBody, "description": "The server failed to answer, or cannot now: see `Retry-After`."},
}
MOST_TURNS = 16
"""Turns of a history that are looked at: a follow-up refers to the last few."""
_DONE = b"data: [DONE]\n\n"


@router.get("/models", summary="The one model there is", response_model=ModelList, responses=_ERRORS)
async def models(request: Request, server: Provided) -> Response:
    """List what answers, and over which index; also while the models are still being loaded."""
    return JsonResponse({"object": "list", "data": [_model(request, server)]})


@router.get("/models/{model}", summary="One model", response_model=ModelEntry, responses=_ERRORS)
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
        **_ERRORS,
        200: {
            "description": "The answer; with `stream` as events, each a chunk, up to `[DONE]`.",
            "content": {"text/event-stream": {"schema": EVENT_SCHEMA}},
        },
    },
)
async def chat_completions(body: ChatRequest, request: Request, server: Provided) -> Response:
    """Answer the last user message. The model named and sampling parameters are accepted and make no difference."""
    question = _question(body.messages)
    begun = _Completion.begin(question)
    housework = housekeeping_reply(question)
    if housework is not None:
        add_to_log(request, outcome="housekeeping")
        message = Message(housework, ())
        return _streamed_message(begun, body, message) if body.stream else begun.response(message, None)
    if len(question) > MAX_QUESTION:
        raise ParameterError(
            f"the question has {len(question):,} characters, more than {MAX_QUESTION:,}: shorten it",
            param="messages",
            code="context_length_exceeded",
        )
    if server.settings.log_questions:
        add_to_log(request, question=question)
    asking = server.ask(
        question,
        # Made out by a worker: a history may be as long as a body may be.
        conversation=lambda: Conversation(earlier=_turns(body.messages)),
        filters=body.filters(),
    )
    if not body.stream:
        answer = (await asking.result()).answer
        note_outcome(request, answer)
        return begun.response(render(answer, question=question), answer)
    await asking.begun()
    return streamed(_streamed_answer(begun, body, asking, request))


async def _streamed_answer(
    begun: "_Completion", body: ChatRequest, asking: PendingQuestion, request: Request
) -> AsyncIterator[bytes]:
    yield begun.chunk({"role": "assistant", "content": "", "refusal": None})
    try:
        answer = (await asking.result()).answer
    except asyncio.CancelledError:
        raise
    except Exception as error:
        _LOG.exception("the stream broke off")
        failure = failure_of(error)
        yield event(openai_error(failure.status, failure.detail))
        return
    note_outcome(request, answer)
    for part in begun.parts(body, render(answer, question=begun.question), answer):
        yield part


def _streamed_message(begun: "_Completion", body: ChatRequest, message: Message) -> Response:
    async def parts() -> AsyncIterator[bytes]:
        yield begun.chunk({"role": "assistant", "content": "", "refusal": None})
        for part in begun.parts(body, message, None):
            yield part

    return streamed(parts())


@dataclass(frozen=True, slots=True)
class _Completion:
    """What the parts of one reply have in common."""

    id: str
    created: int
    question: str

    @classmethod
    def begin(cls, question: str) -> "_Completion":
        return cls(f"chatcmpl-{uuid.uuid4().hex}", int(time.time()), question)

    def response(self, message: Message, answer: Answer | None) -> Response:
        """Return the reply in one piece."""
        sent = {"role": "assistant", "content": message.content, "refusal": None, "annotations": _annotations(message)}
        choice = {"index": 0, "message": sent, "logprobs": None, "finish_reason": "stop"}
        return JsonResponse(
            {
                **self._head("chat.completion"),
                "choices": [choice],
                "usage": self._usage(message),
                "gazette": _native(answer),
            }
        )

    def parts(self, body: ChatRequest, message: Message, answer: Answer | None) -> Iterator[bytes]:
        """Yield the content by lines, then what goes with all of it, then what it cost if that was asked for."""
        for line in message.content.splitlines(keepends=True):
            yield self.chunk({"content": line})
        yield self.chunk({"annotations": _annotations(message)}, finish_reason="stop", gazette=_native(answer))
        if body.stream_options and body.stream_options.include_usage:
            head = self._head("chat.completion.chunk")
            yield event({**head, "choices": [], "usage": self._usage(message)})
        yield _DONE

    def chunk(self, delta: dict[str, object], *, finish_reason: str | None = None, **more: object) -> bytes:
        """Return one event of the stream."""
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        return event({**self._head("chat.completion.chunk"), "choices": [choice], **more})

    def _head(self, kind: str) -> dict[str, object]:
        return {"id": self.id, "object": kind, "created": self.created, "model": MODEL_NAME}

    def _usage(self, message: Message) -> dict[str, int]:
        # No tokens are generated here; the nearest thing that can be counted is characters.
        asked, answered = len(self.question), len(message.content)
        return {"prompt_tokens": asked, "completion_tokens": answered, "total_tokens": asked + answered}


def _model(request: Request, server: Provided) -> dict[str, object]:
    return {
        "id": MODEL_NAME,
        "object": "model",
        "created": request.state.started,
        "owned_by": "gazette",
        "index": server.settings.index.name,
    }


def _question(messages: list[ChatMessage]) -> str:
    """Return the text of the last user message; ``ParameterError`` where there is none to be read."""
    asked = [index for index, message in enumerate(messages) if message.role == "user"]
    if not asked:
        raise ParameterError("there is no message with the role user", param="messages")
    param = f"messages.{asked[-1]}.content"
    content = messages[asked[-1]].content
    if isinstance(content, list) and any(part.type != "text" or part.text is None for part in content):
        raise ParameterError("only parts of type text can be read", param=param)
    try:
        return plain_text(_text(messages[asked[-1]]))
    except ValueError as error:
        raise ParameterError(f"the question {error}", param=param) from error


def _turns(messages: list[ChatMessage]) -> tuple[Exchange, ...]:
    """Return the latest questions before the last, each with the items of the answer that followed it."""
    said: list[tuple[str, str | None]] = []
    for message in messages:
        if message.role == "user" and _text(message).strip():
            said.append((_text(message), None))
        elif message.role == "assistant" and said:
            said[-1] = said[-1][0], _text(message)
    return tuple(
        Exchange(question, asked=question)
        if reply is None
        else Exchange(understood_in(reply) or question, items_of(reply), question)
        for question, reply in said[-1 - MOST_TURNS : -1]
    )


def _text(message: ChatMessage) -> str:
    content = message.content
    return "\n".join(part.text or "" for part in content) if isinstance(content, list) else content or ""


def _native(answer: Answer | None) -> dict[str, object] | None:
    return None if answer is None else answer_to_json(answer)


def _annotations(message: Message) -> list[dict[str, object]]:
    return [
        {
            "type": "url_citation",
            "url_citation": {
                "start_index": mark.start,
                "end_index": mark.end,
                "url": source_url(mark.citation),
                "title": mark.citation.title,
            },
        }
        for mark in message.marks
    ]

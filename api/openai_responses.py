"""``/v1/responses``: OpenAI's newer route for questions, with citations in its own form. Nothing is stored."""

import time
import uuid
from collections.abc import AsyncIterator, Iterator
from functools import partial
from itertools import count
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from api.openai import ERRORS, unbroken
from api.openai_asking import Asking, Reply, ReplyForm
from api.openai_messages import question_of, text_of, turns_of
from api.openai_parameters import (
    Listed,
    ReplyFormat,
    ShapeFields,
    check_one,
    check_tool_choice,
    refuse,
    refuse_if_given,
    stops_of,
    wants_json,
)
from api.openai_schemas import CITATIONS, NO_PROBABILITIES, ChatMessage, ContentPart
from api.responses import JsonResponse
from api.schemas import ANSWER_EXAMPLE, AnswerBody, Whole
from api.server import MODEL_NAME, Provided
from api.streams import EVENTS, event, streamed

router = APIRouter(prefix="/v1", tags=["openai"])

_NOTHING_STORED: Final = "nothing is stored: send the turns before in input"


class InputItem(BaseModel):
    """A turn of the conversation; items of other types are passed over."""

    model_config = ConfigDict(strict=True)

    type: str | None = None
    role: str | None = None
    content: str | Listed[ContentPart] | None = None


class TextOptions(BaseModel):
    """The form of the text."""

    model_config = ConfigDict(strict=True)

    format: ReplyFormat | None = None


MOST_METADATA: Final = 16


def _few(given: object) -> object:
    """Refuse a large mapping before each of its values is looked at, and told."""
    if isinstance(given, dict) and len(given) > MOST_METADATA:
        raise ValueError(f"has {len(given):,} entries, more than {MOST_METADATA}")
    return given


Metadata = Annotated[
    dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=512)]],
    Field(max_length=MOST_METADATA),
    BeforeValidator(_few),
]
"""Texts by names, as many and as long as OpenAI lets them be."""


class ResponseRequest(ShapeFields):
    """What OpenAI's clients send, and filters; parameters of sampling and `instructions` make no difference."""

    model_config = ConfigDict(
        strict=True, extra="ignore", json_schema_extra={"examples": [{"input": ANSWER_EXAMPLE["question"]}]}
    )

    input: str | Listed[InputItem] = Field(description="The question, or a conversation that ends with it.")
    max_output_tokens: Whole | None = Field(None, ge=1, description="Tokens after which the reply is cut off.")
    text: TextOptions | None = None
    instructions: str | None = Field(None, description="Echoed; nothing is done with it.")
    metadata: Metadata | None = Field(None, description="Echoed.")
    tool_choice: Any = Field(None, description="Only `none` and `auto`: no tool is ever called.")
    top_logprobs: Whole | None = Field(None, description="Refused: words are quoted, not drawn.")
    include: Listed[str] | None = Field(None, description="Probabilities are refused; what there is comes anyway.")
    background: bool | None = Field(None, description="Refused.")
    previous_response_id: str | None = Field(None, description="Refused: nothing is stored.")
    conversation: Any = Field(None, description="Refused: nothing is stored.")
    prompt: Any = Field(None, description="Refused: nothing is stored.")

    def form(self) -> ReplyForm:
        """Return the form of the reply; ``ParameterError`` names what cannot be had."""
        check_one("n", self.n)
        refuse_if_given(
            {name: getattr(self, name) for name in ("background", "previous_response_id", "conversation", "prompt")},
            _NOTHING_STORED,
        )
        refuse_if_given({"top_logprobs": self.top_logprobs}, NO_PROBABILITIES)
        if any("logprobs" in each for each in self.include or ()):
            refuse("include", NO_PROBABILITIES)
        check_tool_choice(self.tool_choice)
        chosen = self.text.format if self.text else None
        return ReplyForm(stops_of(self.stop), self.max_output_tokens, wants_json(chosen, "text.format"))

    def messages(self) -> list[ChatMessage]:
        """Return the turns."""
        if isinstance(self.input, str):
            return [ChatMessage(role="user", content=self.input)]
        turns = (item for item in self.input if item.role is not None and item.type in (None, "message"))
        return [ChatMessage(role=item.role or "", content=item.content) for item in turns]


class ResponseCitation(BaseModel):
    """The source of the item at `text[start_index:end_index]`, in code points."""

    type: Literal["url_citation"]
    start_index: int
    end_index: int
    url: str = Field(description="Absolute: the quote on this service's page.")
    title: str


class OutputText(BaseModel):
    """The answer as Markdown."""

    type: Literal["output_text"]
    text: str
    annotations: list[ResponseCitation]
    logprobs: list[Any]


class OutputMessage(BaseModel):
    """The one item of the output."""

    type: Literal["message"]
    id: str
    status: Literal["completed", "incomplete"]
    role: Literal["assistant"]
    content: list[OutputText]


class ResponseUsage(BaseModel):
    """Tokens of what was sent as text and of the answer."""

    input_tokens: int
    input_tokens_details: dict[str, int]
    output_tokens: int
    output_tokens_details: dict[str, int]
    total_tokens: int


class ResponseBody(BaseModel):
    """The reply, as OpenAI's clients read it, and as `gazette` the answer of the native API."""

    id: str
    object: Literal["response"]
    created_at: int
    status: Literal["completed", "incomplete"]
    model: str
    instructions: str | None = Field(description="As given.")
    metadata: dict[str, str] = Field(description="As given.")
    output: list[OutputMessage]
    usage: ResponseUsage
    citations: list[str] = Field(description=CITATIONS)
    gazette: AnswerBody | None


@router.post(
    "/responses",
    summary="Ask by the newer route",
    response_model=ResponseBody,
    responses={
        **ERRORS,
        200: {
            "description": "The answer; with `stream` as events, from `response.created` to `response.completed`.",
            "content": EVENTS,
        },
    },
)
async def responses(body: ResponseRequest, request: Request, server: Provided) -> Response:
    """Answer the question that `input` is or ends with."""
    messages = body.messages()
    asking = Asking(
        request,
        server,
        question=question_of(messages, "input"),
        param="input",
        prompt="\n".join(map(text_of, messages)),
        form=body.form(),
        filters=body.filters(),
        earlier=partial(turns_of, messages, server.understand),
    )
    begun = _Begun(body)
    if not body.stream:
        return JsonResponse(begun.response(await asking.reply()))
    await asking.begun()
    return streamed(begun.events(asking))


class _Begun:
    """What the parts of one reply have in common."""

    def __init__(self, body: ResponseRequest) -> None:
        self._item = f"msg_{uuid.uuid4().hex}"
        self._numbers = count()
        self._head: dict[str, Any] = {
            "id": f"resp_{uuid.uuid4().hex}",
            "object": "response",
            "created_at": int(time.time()),
            "status": "in_progress",
            "model": MODEL_NAME,
            "output": [],
            "error": None,
            "incomplete_details": None,
            "instructions": body.instructions,
            "max_output_tokens": body.max_output_tokens,
            "metadata": body.metadata or {},
            "parallel_tool_calls": False,
            "previous_response_id": None,
            "store": False,
            "temperature": None,
            "text": {"format": {"type": body.text.format.type if body.text and body.text.format else "text"}},
            "tool_choice": "none",
            "tools": [],
            "top_p": None,
            "truncation": "disabled",
            "usage": None,
        }

    def response(self, reply: Reply) -> dict[str, Any]:
        """Return the reply in one piece."""
        cut = reply.finish_reason == "length"
        asked, answered = reply.prompt_tokens, reply.completion_tokens
        return {
            **self._head,
            "status": "incomplete" if cut else "completed",
            "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
            "output": [self._message(reply)],
            "usage": {
                "input_tokens": asked,
                "input_tokens_details": {"cached_tokens": 0},
                "output_tokens": answered,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": asked + answered,
            },
            "citations": reply.citations,
            "gazette": reply.native,
        }

    async def events(self, asking: Asking) -> AsyncIterator[bytes]:
        """Yield the events of the stream."""
        yield self._event("response.created", response=self._head)
        yield self._event("response.in_progress", response=self._head)
        reply = await unbroken(asking)
        if isinstance(reply, bytes):
            yield reply
            return
        for part in self._parts(reply):
            yield part

    def _parts(self, reply: Reply) -> Iterator[bytes]:
        message = self._message(reply)
        (part,) = message["content"]
        place = {"item_id": self._item, "output_index": 0, "content_index": 0}
        opened = {**message, "status": "in_progress", "content": []}
        yield self._event("response.output_item.added", output_index=0, item=opened)
        empty = {**part, "text": "", "annotations": []}
        yield self._event("response.content_part.added", **place, part=empty)
        for line in reply.lines:
            yield self._event("response.output_text.delta", **place, delta=line, logprobs=[])
        for number, annotation in enumerate(part["annotations"]):
            yield self._event(
                "response.output_text.annotation.added", **place, annotation_index=number, annotation=annotation
            )
        yield self._event("response.output_text.done", **place, text=reply.content, logprobs=[])
        yield self._event("response.content_part.done", **place, part=part)
        yield self._event("response.output_item.done", output_index=0, item=message)
        whole = self.response(reply)
        yield self._event(f"response.{whole['status']}", response=whole)

    def _message(self, reply: Reply) -> dict[str, Any]:
        annotations = [{"type": "url_citation", **citation} for citation in reply.url_citations()]
        part = {"type": "output_text", "text": reply.content, "annotations": annotations, "logprobs": []}
        status = "incomplete" if reply.finish_reason == "length" else "completed"
        return {"type": "message", "id": self._item, "status": status, "role": "assistant", "content": [part]}

    def _event(self, kind: str, **fields: object) -> bytes:
        return event({"type": kind, "sequence_number": next(self._numbers), **fields}, kind)

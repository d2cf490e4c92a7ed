"""``/v1/completions``, for clients that still use it: the prompt is one question that stands alone."""

import time
import uuid
from collections.abc import AsyncIterator
from typing import Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.openai import DONE, ERRORS, unbroken, usage_of
from api.openai_asking import Asking, Reply, ReplyForm
from api.openai_messages import checked_question
from api.openai_parameters import Listed, ShapeFields, check_one, refuse, refuse_if_given, stops_of
from api.openai_schemas import CITATIONS, NO_PROBABILITIES, StreamOptions, Usage, wants_usage
from api.responses import JsonResponse
from api.schemas import ANSWER_EXAMPLE, AnswerBody, Whole
from api.server import MODEL_NAME, Provided
from api.streams import EVENTS, event, streamed

router = APIRouter(prefix="/v1", tags=["openai"])


class CompletionRequest(ShapeFields):
    """A prompt, and filters; parameters of sampling make no difference."""

    model_config = ConfigDict(
        strict=True, extra="ignore", json_schema_extra={"examples": [{"prompt": ANSWER_EXAMPLE["question"]}]}
    )

    prompt: str | Listed[str] = Field(description="One question that stands alone.")
    stream_options: StreamOptions | None = None
    max_tokens: Whole | None = Field(None, ge=1, description="Tokens after which the reply is cut off; none if null.")
    best_of: Whole | None = Field(None, description="Only 1.")
    echo: bool | None = Field(None, description="Refused.")
    logprobs: Whole | None = Field(None, description="Refused: words are quoted, not drawn.")
    suffix: str | None = Field(None, description="Refused.")

    def form(self) -> ReplyForm:
        """Return the form of the reply; ``ParameterError`` names what cannot be had."""
        check_one("n", self.n)
        check_one("best_of", self.best_of)
        if self.logprobs is not None:
            refuse("logprobs", NO_PROBABILITIES)
        refuse_if_given({"echo": self.echo, "suffix": self.suffix}, "a question is answered, a text is not continued")
        return ReplyForm(stops_of(self.stop), self.max_tokens)

    def question(self) -> str:
        """Return the one prompt; ``ParameterError`` if there are several."""
        prompts = [self.prompt] if isinstance(self.prompt, str) else self.prompt
        if len(prompts) != 1:
            refuse("prompt", f"one question at a time, not {len(prompts)}")
        return checked_question(prompts[0], "prompt")


class TextChoice(BaseModel):
    """The one choice there is."""

    text: str
    index: int
    logprobs: None
    finish_reason: Literal["stop", "length"]


class Completion(BaseModel):
    """The reply: Markdown, as in a chat."""

    id: str
    object: Literal["text_completion"]
    created: int
    model: str
    choices: list[TextChoice]
    usage: Usage
    citations: list[str] = Field(description=CITATIONS)
    gazette: AnswerBody | None


@router.post(
    "/completions",
    summary="Ask by the older route",
    response_model=Completion,
    responses={
        **ERRORS,
        200: {
            "description": "The answer; with `stream` as events, each a piece of the text, up to `[DONE]`.",
            "content": EVENTS,
        },
    },
)
async def completions(body: CompletionRequest, request: Request, server: Provided) -> Response:
    """Answer a question that stands alone."""
    question = body.question()
    asking = Asking(
        request, server, question=question, param="prompt", prompt=question, form=body.form(), filters=body.filters()
    )
    head = {
        "id": f"cmpl-{uuid.uuid4().hex}",
        "object": "text_completion",
        "created": int(time.time()),
        "model": MODEL_NAME,
    }
    if body.stream:
        await asking.begun()
        return streamed(_chunks(head, asking, usage=wants_usage(body.stream_options)))
    reply = await asking.reply()
    choices = [_choice(reply.content, reply.finish_reason)]
    return JsonResponse({**head, "choices": choices, "usage": usage_of(reply), **_sources(reply)})


async def _chunks(head: dict[str, Any], asking: Asking, *, usage: bool) -> AsyncIterator[bytes]:
    reply = await unbroken(asking)
    if isinstance(reply, bytes):
        yield reply
        return
    head |= {"usage": None} if usage else {}
    for line in reply.lines:
        yield event({**head, "choices": [_choice(line, None)]})
    yield event({**head, "choices": [_choice("", reply.finish_reason)], **_sources(reply)})
    if usage:
        yield event({**head, "choices": [], "usage": usage_of(reply)})
    yield DONE


def _choice(text: str, finish_reason: str | None) -> dict[str, object]:
    return {"text": text, "index": 0, "logprobs": None, "finish_reason": finish_reason}


def _sources(reply: Reply) -> dict[str, object]:
    return {"citations": reply.citations, "gazette": reply.native}

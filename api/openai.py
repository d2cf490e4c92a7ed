"""The OpenAI-compatible API under ``/v1``, so that any chat client can ask the archive.

The last user message is the question. The reply's ``content`` carries everything a reader needs, because many clients
show nothing else; ``annotations`` and ``gazette`` say the same for programs.
"""

import time
import uuid
from typing import Any

from fastapi import APIRouter, Request, Response

from api.errors import ParameterError
from api.markdown import Message, render, source_url
from api.openai_schemas import ChatCompletion, ChatMessage, ChatRequest, ErrorBody, ModelList
from api.responses import JsonResponse
from api.schemas import plain_text
from api.service import Provided
from qa.types import Answer
from qa.wire import answer_to_json

router = APIRouter(prefix="/v1", tags=["openai"])

_ERRORS: dict[int | str, dict[str, Any]] = {
    "4XX": {"model": ErrorBody, "description": "What is wrong with the request."},
    "5XX": {"model": ErrorBody, "description": "The server failed to answer."},
}


@router.get("/models", summary="The one model there is", response_model=ModelList, responses=_ERRORS)
async def models(request: Request, service: Provided) -> Response:
    """List what answers, and over which index."""
    model = {
        "id": service.model,
        "object": "model",
        "created": request.state.started,
        "owned_by": "gazette",
        "index": service.index,
    }
    return JsonResponse({"object": "list", "data": [model]})


@router.post("/chat/completions", summary="Ask in a chat", response_model=ChatCompletion, responses=_ERRORS)
def chat_completions(body: ChatRequest, service: Provided) -> Response:
    """Answer the last user message. The model named and sampling parameters are accepted and make no difference."""
    if body.stream:
        raise ParameterError("streaming is not there yet: send stream false", param="stream", code="unsupported_value")
    question = _question(body.messages)
    return JsonResponse(_completion(service.model, question, service.ask(question)))


def _question(messages: list[ChatMessage]) -> str:
    """Return the text of the last user message; ``ParameterError`` where there is none to be read."""
    asked = [(index, message.content) for index, message in enumerate(messages) if message.role == "user"]
    if not asked:
        raise ParameterError("there is no message with the role user", param="messages")
    index, content = asked[-1]
    parts = content if isinstance(content, list) else []
    unread = [part.type for part in parts if part.type != "text" or part.text is None]
    if unread:
        raise ParameterError("only parts of type text can be read", param=f"messages.{index}.content")
    text = content if isinstance(content, str) else "\n".join(part.text or "" for part in parts)
    try:
        return plain_text(text)
    except ValueError as error:
        raise ParameterError(f"the question {error}", param=f"messages.{index}.content") from error


def _completion(model: str, question: str, answer: Answer) -> dict[str, object]:
    message = render(answer)
    # No tokens are generated here; the nearest thing that can be counted is characters.
    usage = {
        "prompt_tokens": len(question),
        "completion_tokens": len(message.content),
        "total_tokens": len(question) + len(message.content),
    }
    reply = {
        "role": "assistant",
        "content": message.content,
        "refusal": None,
        "annotations": _annotations(message),
    }
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": reply, "logprobs": None, "finish_reason": "stop"}],
        "usage": usage,
        "gazette": answer_to_json(answer),
    }


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

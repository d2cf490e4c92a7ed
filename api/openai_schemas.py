"""The bodies of OpenAI's API as far as this service speaks it; see ``api.schemas`` for what they are for."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas import ANSWER_EXAMPLE, AnswerBody, FilterFields


class ContentPart(BaseModel):
    """A part of a message; only text can be read."""

    model_config = ConfigDict(strict=True)

    type: str
    text: str | None = None


class ChatMessage(BaseModel):
    """A turn of the conversation."""

    model_config = ConfigDict(strict=True)

    role: str
    content: str | list[ContentPart] | None = None


class StreamOptions(BaseModel):
    """What a stream is to carry besides the answer."""

    model_config = ConfigDict(strict=True)

    include_usage: bool | None = None


class ChatRequest(FilterFields):
    """What OpenAI's clients send, and filters; parameters that are not named here are accepted and ignored."""

    model_config = ConfigDict(
        strict=True,
        extra="ignore",
        json_schema_extra={
            "examples": [{"model": "gazette", "messages": [{"role": "user", "content": ANSWER_EXAMPLE["question"]}]}]
        },
    )

    messages: list[ChatMessage] = Field(min_length=1, description="The last one of the role `user` is the question.")
    model: str | None = Field(None, description="Any name; there is one model.")
    stream: bool | None = Field(None, description="Whether to send the reply as events, a chunk at a time.")
    stream_options: StreamOptions | None = None


class UrlCitation(BaseModel):
    """The source of the item at `content[start_index:end_index]`, in code points."""

    start_index: int
    end_index: int
    url: str = Field(description="The source, relative, with the line as fragment.")
    title: str


class Annotation(BaseModel):
    """A citation of the message."""

    type: Literal["url_citation"]
    url_citation: UrlCitation


class ReplyMessage(BaseModel):
    """The answer as Markdown: the items, then the numbered quotes with their source lines."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[Annotation]


class Choice(BaseModel):
    """The one choice there is."""

    index: int
    message: ReplyMessage
    logprobs: None
    finish_reason: Literal["stop"]


class Usage(BaseModel):
    """Characters of the question and of the content; no tokens are generated."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatCompletion(BaseModel):
    """The reply, as OpenAI's clients read it, and as `gazette` the answer of the native API."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Usage
    gazette: AnswerBody | None = Field(description="Null in the reply to a front end's own prompt.")


class ModelEntry(BaseModel):
    """What answers, and the index it answers from."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str
    index: str


class ModelList(BaseModel):
    """The models there are: one."""

    object: Literal["list"]
    data: list[ModelEntry]


class ErrorDetail(BaseModel):
    """What is wrong, and with which parameter."""

    message: str
    type: Literal[
        "invalid_request_error", "authentication_error", "permission_error", "rate_limit_error", "server_error"
    ]
    param: str | None
    code: str | None


class ErrorBody(BaseModel):
    """OpenAI's envelope of an error."""

    error: ErrorDetail

"""The bodies of OpenAI's API as far as this service speaks it; see ``api.schemas`` for what they are for."""

from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from api.openai_asking import ReplyForm
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
from api.schemas import ANSWER_EXAMPLE, AnswerBody, Whole

NO_PROBABILITIES: Final = "words are quoted, not drawn: they have no probabilities by token"
CITATIONS: Final = "Absolute addresses of the quotes on this service's page: of [1] in the text, of [2], and so on."


class ContentPart(BaseModel):
    """A part of a message; only text can be read."""

    model_config = ConfigDict(strict=True)

    type: str
    text: str | None = None


class ChatMessage(BaseModel):
    """A turn of the conversation."""

    model_config = ConfigDict(strict=True)

    role: str
    content: str | Listed[ContentPart] | None = None


class StreamOptions(BaseModel):
    """What a stream is to carry besides the answer."""

    model_config = ConfigDict(strict=True)

    include_usage: bool | None = None


def wants_usage(options: StreamOptions | None) -> bool:
    """Whether a stream is to end with what it cost."""
    return bool(options and options.include_usage)


class ChatRequest(ShapeFields):
    """What OpenAI's clients send, and filters.

    Parameters of sampling (`temperature`, `top_p`, `seed`, …), `tools` that need not be called, and names that are not
    here are accepted and make no difference. One that would change the shape of the reply is honoured or refused.
    """

    model_config = ConfigDict(
        strict=True,
        extra="ignore",
        json_schema_extra={
            "examples": [{"model": "gazette", "messages": [{"role": "user", "content": ANSWER_EXAMPLE["question"]}]}]
        },
    )

    messages: Listed[ChatMessage] = Field(min_length=1, description="The last one of the role `user` is the question.")
    stream_options: StreamOptions | None = None
    max_tokens: Whole | None = Field(None, ge=1, description="Tokens after which the reply is cut off.")
    max_completion_tokens: Whole | None = Field(None, ge=1, description="The same, by its newer name.")
    response_format: ReplyFormat | None = None
    tool_choice: Any = Field(None, description="Only `none` and `auto`: no tool is ever called.")
    function_call: Any = Field(None, description="The older name of `tool_choice`.")
    logprobs: bool | None = Field(None, description="Refused: words are quoted, not drawn.")
    top_logprobs: Whole | None = Field(None, description="Refused, like `logprobs`.")
    modalities: Listed[str] | None = Field(None, description="Only `text`.")
    audio: Any = Field(None, description="Refused.")
    web_search_options: Any = Field(None, description="Refused: only the archive is searched.")

    def form(self) -> ReplyForm:
        """Return the form of the reply; ``ParameterError`` names what cannot be had."""
        check_one("n", self.n)
        refuse_if_given({"logprobs": self.logprobs, "top_logprobs": self.top_logprobs}, NO_PROBABILITIES)
        check_tool_choice(self.tool_choice)
        check_tool_choice(self.function_call, "function_call")
        if set(self.modalities or ()) - {"text"} or self.audio is not None:
            refuse("modalities" if self.audio is None else "audio", "replies are text")
        if self.web_search_options is not None:
            refuse("web_search_options", "only the archive is searched")
        limits = [limit for limit in (self.max_tokens, self.max_completion_tokens) if limit is not None]
        return ReplyForm(
            stops_of(self.stop), min(limits, default=None), wants_json(self.response_format, "response_format")
        )


class UrlCitation(BaseModel):
    """The source of the item at `content[start_index:end_index]`, in code points."""

    start_index: int
    end_index: int
    url: str = Field(description="Absolute: the quote on this service's page.")
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
    finish_reason: Literal["stop", "length"]


class Usage(BaseModel):
    """Tokens of what was sent as text and of the content, as the reader counts them; none is generated."""

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
    citations: list[str] = Field(description=CITATIONS)
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

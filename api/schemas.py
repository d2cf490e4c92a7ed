"""The bodies of the HTTP API, checked and described with pydantic; nothing behind the border sees these classes.

What is received is strict about types. What is sent is only described here, by the records that ``qa.wire`` writes.
"""

import re
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Self

from pydantic import (
    AfterValidator,
    AliasChoices,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    model_validator,
)

from api.settings import Permission
from qa.config import MAX_TOP_K
from qa.filters import FILTERS, SHORT, parse_spelled
from qa.types import Citation, Filters, Item, Passage, Superseded
from qa.wire import FoundPassage

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


def plain_text(text: str) -> str:
    """Return ``text``; ``ValueError`` when it holds what JSON can spell and no text has."""
    found = _NOT_TEXT.search(text)
    if found:
        kind = "a null character" if found[0] == "\0" else "half of a surrogate pair"
        raise ValueError(f"holds {kind} at position {found.start()}")
    return text


PlainText = Annotated[str, AfterValidator(plain_text)]

MOST_ID = 8000
MOST_SESSION = 100
MOST_FIELDS = 100
MOST_OFFSET = 1 << 40
MOST_SKIPPED = 100


def _whole(value: object) -> object:
    return int(value) if isinstance(value, float) and value.is_integer() else value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number of a body: JSON has one kind of numbers, and JSON Schema takes ``5.0`` for an integer."""
TopK = Annotated[Whole, Field(ge=1, le=MAX_TOP_K)]

_CITATION: dict[str, Any] = {
    "document_id": "d41f",
    "source": "seeds/000_2e366aedca82a0c9.txt",
    "sha256": "ad2ff857aedb6a1b475d73411d0cf60c3d63318b116363151e414462f62a187f",
    "title": "洛阳市人大常委会任免名单",
    "byline": None,
    "date": "2021-10-13",
    "line_start": 134,
    "line_end": 134,
    "unit": "codepoint",
    "start": 5106,
    "end": 5121,
    "quote": "李新建为洛阳市人民政府副市长;",
    "answer_start": 5106,
    "answer_end": 5109,
    "page": None,
    "day": None,
    "record": None,
    "record_line": None,
    "publication": None,
    "edition": None,
    "shown": None,
    "boxes": [],
}
ANSWER_EXAMPLE: dict[str, Any] = {
    "id": "q1",
    "question": "谁被任命为洛阳市人民政府副市长?",
    "answered": True,
    "answer": "李新建",
    "confidence": 0.93,
    "items": [{"text": "李新建", "confidence": 0.95, "citations": [_CITATION], "kind": "span", "part": None}],
    "passages": [{"chunk_id": "d41f:5:0", "document_id": "d41f", "score": 1.62, "start": 5043, "end": 5342}],
    "timings_ms": {"encode": 3.1, "retrieve": 0.8, "read": 41.5, "total": 45.9},
    "closest": None,
    "superseded": [],
    "more_passages": 0,
}


def _filter(name: str) -> Any:
    spelled = AliasChoices(SHORT[name], name) if name in SHORT else None
    return Field(validation_alias=spelled, description=FILTERS[name])


class FewFields(BaseModel):
    """A body without thousands of fields that nobody knows, each of which would be told."""

    @model_validator(mode="before")
    @classmethod
    def check_number(cls, given: Any) -> Any:
        """Return what was given; ``ValueError`` if that is a large number of fields."""
        if isinstance(given, dict) and len(given) > MOST_FIELDS:
            raise ValueError(f"has {len(given):,} fields, more than {MOST_FIELDS}")
        return given


class FilterFields(FewFields):
    """Which articles count; those without a date are outside any range of days."""

    date_from: Annotated[PlainText | None, _filter("date_from")] = None
    date_to: Annotated[PlainText | None, _filter("date_to")] = None
    source: Annotated[PlainText | None, _filter("source")] = None
    title: Annotated[PlainText | None, _filter("title")] = None
    byline: Annotated[PlainText | None, _filter("byline")] = None
    publication: Annotated[PlainText | None, _filter("publication")] = None
    edition: Annotated[PlainText | None, _filter("edition")] = None
    page: Annotated[PlainText | None, _filter("page")] = None
    _written: dict[str, str | None] = PrivateAttr(default_factory=dict)

    @model_validator(mode="wrap")
    @classmethod
    def keep_spelling(cls, given: Any, validated: ModelWrapValidatorHandler[Self]) -> Self:
        """Return the body, which knows by which names the filters were given."""
        body = validated(given)
        names = (*FILTERS, *SHORT.values())
        body._written = {name: given[name] for name in names if name in given} if isinstance(given, dict) else {}
        return body

    def filters(self) -> Filters:
        """Return them checked; ``FilterError`` for an invalid date, and for one that is given by both its names."""
        return parse_spelled(self._written)


class AskRequest(FilterFields):
    """One question."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={"examples": [{"question": ANSWER_EXAMPLE["question"], "top_k": 8, "id": "q1"}]},
    )

    question: PlainText = Field(description="In Chinese or English, at most 1,000 characters unless set otherwise.")
    top_k: TopK | None = Field(None, description="How many passages to read; the server's choice if null.")
    id: PlainText | None = Field(None, max_length=200, description="Echoed in the answer.")


class ChatTurnRequest(FilterFields):
    """One question in a conversation."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={"examples": [{"question": ANSWER_EXAMPLE["question"]}]},
    )

    question: PlainText = Field(description="It may refer to the turns before it.")
    session_id: PlainText | None = Field(
        None, max_length=MOST_SESSION, description="As a reply gives it; null begins a conversation."
    )
    top_k: TopK | None = Field(None, description="How many passages to read; the server's choice if null.")
    stream: bool = Field(False, description="Whether to send events.")


class AddRequest(FewFields):
    """A document as text."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={"examples": [{"name": "2021-10-13.txt", "text": "# 会议\n\n甲会昨日召开,乙某主持。"}]},
    )

    name: PlainText = Field(description="A file name with the ending of its format, without folders.")
    text: PlainText


class AnswerBody(BaseModel):
    """The reply to one question; without items, and `answer` null, when the archive does not say."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWER_EXAMPLE]})

    id: str | None = Field(None, description="As given; absent when none was.")
    question: str
    answered: bool
    answer: str | None
    confidence: float = Field(ge=0, le=1)
    items: tuple[Item, ...]
    passages: tuple[Passage, ...]
    timings_ms: dict[str, float]
    closest: Item | None = Field(None, description="Where the archive does not say: the sentence nearest to an answer.")
    superseded: tuple[Superseded, ...] = Field((), description="Earlier words that the items replace.")
    more_passages: int = Field(0, description="Passages that may hold more of a list than was read.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatCitation(Citation):
    """A citation with the id by which a conversation may refer to it."""

    citation_id: str = field(metadata={"description": "Turn, item and place, each from 1, such as `1-2-1`."})


@dataclass(frozen=True, slots=True)
class ChatItem(Item):
    """One answer in the source's words."""

    citations: tuple[ChatCitation, ...] = field(metadata={"min_length": 1})


class ChatAnswerBody(AnswerBody):
    """An answer with an id for every citation."""

    items: tuple[ChatItem, ...]


class TurnBody(BaseModel):
    """A question and its answer in a conversation."""

    turn: int = Field(ge=1)
    question: str
    understood: str = Field(description="The question on its own, as it was searched for.")
    filters: dict[str, str] = Field(description="Those that it was asked within, by the names that a request has.")
    answer: ChatAnswerBody


class ChatBody(TurnBody):
    """The turn that has been added."""

    session_id: str


class ChatTurnsBody(BaseModel):
    """A conversation."""

    session_id: str
    turns: list[TurnBody]


class SearchBody(BaseModel):
    """Passages, the nearest first."""

    query: str
    passages: tuple[FoundPassage, ...]


class SummaryBody(BaseModel):
    """A document in a list."""

    id: str
    source: str
    title: str | None
    date: str | None
    articles: int
    headline: str | None = Field(description="Title of its first article.")


class DocumentsBody(BaseModel):
    """Some of the documents."""

    total: int
    documents: list[SummaryBody]


class AddedBody(BaseModel):
    """The index's revision after the addition, and what has come of the file."""

    revision: int
    documents: list[str] = Field(description="Ids of the file's documents.")
    skipped: list[str] = Field(description=f"What of it could not be read, with its place; the first {MOST_SKIPPED}.")


class IndexBody(BaseModel):
    """The index that is asked."""

    name: str
    revision: int
    documents: int
    files: int
    records: int = Field(description="Documents that are records of files of many.")
    articles: int
    chunks: int
    encoder: str


class InfoBody(BaseModel):
    """What answers, and from what."""

    version: str
    index: IndexBody
    model: str
    languages: list[str]
    permission: Permission = Field(description="What the caller may do here.")
    address: str = Field(description="The absolute address of the page: what permanent links begin with.")


def described_problem(description: str) -> dict[str, Any]:
    """Return the OpenAPI description of a response that is a problem (RFC 9457)."""
    text = {"type": "string"}
    place = {"type": "object", "properties": {"pointer": text, "detail": text}, "required": ["pointer", "detail"]}
    schema = {
        "type": "object",
        "properties": {
            "type": text | {"format": "uri-reference"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "errors": {"type": "array", "items": place},
        },
        "required": ["type", "title", "status", "detail"],
    }
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


REFUSED: Final[dict[int | str, dict[str, Any]]] = {
    408: described_problem("The body did not arrive in time."),
    413: described_problem("The body is too large."),
    421: described_problem("The service is not known by the name in `Host`."),
    503: described_problem("There is no room for another body now: `Retry-After` says when to try again."),
}
"""With these any request may be refused before it is looked at, whatever it asks for."""
REFUSED_CALLER: Final[dict[int | str, dict[str, Any]]] = {
    **REFUSED,
    401: described_problem("An API key is needed, or the one given is not known."),
    403: described_problem("The API key does not allow this, or a page of another site asked."),
    429: described_problem("Too many requests: `Retry-After` says when to try again."),
}
"""The same where it matters who asks."""

"""The bodies of the HTTP API, checked and described with pydantic; nothing behind the border sees these classes.

What is received is strict about types. What is sent is only described here: ``qa.wire`` writes it.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field

from qa.config import MAX_TOP_K
from qa.retrieve import parse_filters
from qa.types import Filters

_NOT_TEXT = re.compile("[\0\ud800-\udfff]")


def plain_text(text: str) -> str:
    """Return ``text``; ``ValueError`` when it holds what JSON can spell and no text has."""
    found = _NOT_TEXT.search(text)
    if found:
        kind = "a null character" if found[0] == "\0" else "half of a surrogate pair"
        raise ValueError(f"holds {kind} at position {found.start()}")
    return text


PlainText = Annotated[str, AfterValidator(plain_text)]

MOST_ID = 1000
MOST_SESSION = 100
MOST_OFFSET = 1 << 40

TopK = Annotated[int, Field(ge=1, le=MAX_TOP_K)]

_CITATION = {
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
}
ANSWER_EXAMPLE: dict[str, Any] = {
    "id": "q1",
    "question": "谁被任命为洛阳市人民政府副市长?",
    "answered": True,
    "answer": "李新建",
    "confidence": 0.93,
    "items": [{"text": "李新建", "confidence": 0.95, "citations": [_CITATION]}],
    "passages": [{"chunk_id": "d41f:5:0", "document_id": "d41f", "score": 1.62, "start": 5043, "end": 5342}],
    "timings_ms": {"encode": 3.1, "retrieve": 0.8, "read": 41.5, "total": 45.9},
}


class FilterFields(BaseModel):
    """Which articles count; those without a date are outside any range of days."""

    date_from: PlainText | None = Field(
        None,
        validation_alias=AliasChoices("from", "date_from"),
        description="First day that counts: `2021-10-13`, `2021-10` or `2021`.",
    )
    date_to: PlainText | None = Field(
        None, validation_alias=AliasChoices("to", "date_to"), description="Last day that counts."
    )
    source: PlainText | None = Field(None, description="Only files whose path has these words.")
    title: PlainText | None = Field(None, description="Only articles whose title has these words.")
    byline: PlainText | None = Field(None, description="Only articles whose byline has these words.")

    def filters(self) -> Filters:
        """Return them checked; ``FilterError`` for what is no date."""
        return parse_filters(
            date_from=self.date_from, date_to=self.date_to, source=self.source, title=self.title, byline=self.byline
        )


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
    date_from: PlainText | None = Field(None, description="First day that counts: `2021-10-13`, `2021-10` or `2021`.")
    date_to: PlainText | None = Field(None, description="Last day that counts, written alike.")
    source: PlainText | None = Field(None, description="Only sources whose path has these words.")
    title: PlainText | None = Field(None, description="Only articles whose title has these words.")
    byline: PlainText | None = Field(None, description="Only articles whose byline has these words.")


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


class AddRequest(BaseModel):
    """A document as text."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={"examples": [{"name": "2021-10-13.txt", "text": "# 会议\n\n甲会昨日召开,乙某主持。"}]},
    )

    name: PlainText = Field(description="A file name with the ending of its format, without folders.")
    text: PlainText


class CitationBody(BaseModel):
    """Where an item stands; offsets are code points into the original, half-open, and lines count from 1."""

    document_id: str
    source: str
    sha256: str = Field(description="Of the file's bytes.")
    title: str
    byline: str | None
    date: str | None = Field(description="ISO 8601.")
    line_start: int
    line_end: int
    unit: Literal["codepoint"]
    start: int
    end: int
    quote: str = Field(description="The sentence or list item, exactly `original[start:end]`.")
    answer_start: int
    answer_end: int
    page: str | None = Field(description="The paper's, where the source names it.")
    day: str | None = Field(description="ISO 8601: the day that the answer's words (`昨日`, `8日`) mean on this date.")
    record: str | None = Field(description="The record's id, in a file of many.")
    record_line: int | None = Field(description="The line of the file that the record begins on, where it has lines.")


class ItemBody(BaseModel):
    """One answer in the source's words."""

    text: str
    confidence: float = Field(ge=0, le=1)
    citations: list[CitationBody] = Field(min_length=1)


class PassageBody(BaseModel):
    """A passage that was considered, answered or not."""

    chunk_id: str
    document_id: str
    score: float
    start: int
    end: int


class AnswerBody(BaseModel):
    """The reply to one question; without items, and `answer` null, when the archive does not say."""

    model_config = ConfigDict(json_schema_extra={"examples": [ANSWER_EXAMPLE]})

    id: str | None = Field(None, description="As given; absent when none was.")
    question: str
    answered: bool
    answer: str | None
    confidence: float = Field(ge=0, le=1)
    items: list[ItemBody]
    passages: list[PassageBody]
    timings_ms: dict[str, float]


class ChatCitationBody(CitationBody):
    """A citation with the id by which a conversation may refer to it."""

    citation_id: str = Field(description="Turn, item and place, each from 1, such as `1-2-1`.")


class ChatItemBody(ItemBody):
    """One answer in the source's words."""

    citations: list[ChatCitationBody] = Field(min_length=1)  # type: ignore[assignment]


class ChatAnswerBody(AnswerBody):
    """An answer with an id for every citation."""

    items: list[ChatItemBody]  # type: ignore[assignment]


class TurnBody(BaseModel):
    """A question and its answer in a conversation."""

    turn: int = Field(ge=1)
    question: str
    understood: str = Field(description="The question on its own, as it was searched for.")
    answer: ChatAnswerBody


class ChatBody(TurnBody):
    """The turn that has been added."""

    session_id: str


class ChatTurnsBody(BaseModel):
    """A conversation."""

    session_id: str
    turns: list[TurnBody]


class FoundBody(BaseModel):
    """A passage near a query; offsets are code points into the original."""

    chunk_id: str
    document_id: str
    title: str
    source: str
    date: str | None
    start: int
    end: int
    score: float = Field(description="Orders the passages of one query only.")
    text: str


class SearchBody(BaseModel):
    """Passages, the nearest first."""

    query: str
    passages: list[FoundBody]


class SummaryBody(BaseModel):
    """A document in a list."""

    id: str
    source: str
    title: str | None
    date: str | None
    articles: int


class DocumentsBody(BaseModel):
    """Some of the documents."""

    total: int
    documents: list[SummaryBody]


class ArticleBody(BaseModel):
    """An article; offsets are code points into the original, half-open, and lines count from 1.

    `page` is the paper's; `continued_from` and `continues_on` are the pages that jump lines name, and `continues_in` is
    the document that holds the rest, if the archive has it.
    """

    title: str
    byline: str | None
    date: str | None
    page: str | None
    continued_from: str | None
    continues_on: str | None
    continues_in: str | None
    start: int
    end: int
    line_start: int


class DocumentBody(BaseModel):
    """A document without its words."""

    id: str
    source: str
    sha256: str
    title: str | None
    date: str | None
    length: int
    articles: list[ArticleBody]


class TextBody(BaseModel):
    """The words of a document from `start` up to `end`."""

    document_id: str
    source: str
    sha256: str
    start: int
    end: int
    line_start: int
    text: str


class AddedBody(BaseModel):
    """The index's revision after the addition, and the ids of the file's documents."""

    revision: int
    documents: list[str]


class IndexBody(BaseModel):
    """The index that is asked."""

    name: str
    revision: int
    documents: int
    articles: int
    chunks: int
    encoder: str


class InfoBody(BaseModel):
    """What answers, and from what."""

    version: str
    index: IndexBody
    model: str
    languages: list[str]


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

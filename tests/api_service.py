"""A plain service for the tests of the HTTP side: what it answers is set, what it was asked is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from qa.errors import QuestionError
from qa.retrieve import EVERYTHING
from qa.types import Answer, Citation, Filters, Item, Passage

TITLE = "洛阳市人大常委会任免名单"
SOURCE = "seeds/page 1.txt"


def citation(quote: str, answer: str, *, line: int, start: int) -> Citation:
    answer_start = start + quote.index(answer)
    return Citation(
        document_id="d",
        source=SOURCE,
        sha256="ab" * 32,
        title=TITLE,
        byline=None,
        date="2021-10-13",
        line_start=line,
        line_end=line,
        start=start,
        end=start + len(quote),
        quote=quote,
        answer_start=answer_start,
        answer_end=answer_start + len(answer),
    )


LI = citation("李新建为洛阳市人民政府副市长;", "李新建", line=134, start=5106)
SUN = citation("孙延文为洛阳市人民政府副市长;", "孙延文", line=135, start=5124)
ANSWERED = Answer(
    question="",
    items=(Item("李新建", 0.95, (LI,)), Item("孙延文", 0.9, (SUN,))),
    confidence=0.9,
    passages=(Passage("d:5:0", "d", 1.62, 5043, 5342),),
    timings_ms={"encode": 3.0, "total": 45.9},
)
DECLINED = replace(ANSWERED, items=(), confidence=0.05)


@dataclass
class PlainService:
    """Answers every question with ``answer``, or fails with ``error``; ``before`` runs first, in the worker thread."""

    answer: Answer = ANSWERED
    error: Exception | None = None
    before: Callable[[], object] = bool
    model: str = "e5-small+reader"
    index: str = "archive"
    asked: list[tuple[str, str | None, int | None]] = field(default_factory=list)
    filters: Filters = field(default_factory=Filters)
    closed: int = 0

    def ask(
        self,
        question: str,
        *,
        id: str | None = None,  # noqa: A002
        top_k: int | None = None,
        filters: Filters = EVERYTHING,
    ) -> Answer:
        self.asked.append((question, id, top_k))
        self.filters = filters
        self.before()
        if self.error is not None:
            raise self.error
        if not question.strip():
            raise QuestionError("the question is empty")
        if len(question) > 1000:
            raise QuestionError(f"the question has {len(question)} characters, at most 1000 are read")
        return replace(self.answer, question=question, id=id)

    def close(self) -> None:
        self.closed += 1

"""What stands in for the models in the tests of the HTTP side, and the application over it.

``PlainService`` answers what it is told to; ``archive_service`` is the real service over a real index of small
documents, with an encoder and a reader that take no time.
"""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self, cast

from fastapi.testclient import TestClient

from api.app import create_app
from api.service import Service as AnyService
from api.settings import ServerSettings
from embeddings.encoder import Kind, Vectors
from qa.config import Settings
from qa.errors import QuestionError, SourceError
from qa.indexing import ingest
from qa.read.calibration import Calibration
from qa.read.model import CharSpan, Reader, Reading
from qa.read.told import Told
from qa.service import Models, Service, open_service
from qa.store import EncoderIdentity, Snapshot, State, VectorSearch
from qa.types import EVERYTHING, Answer, Citation, Filters, Hit, Item, Passage
from tests.fakes import FakeEncoder

TITLE = "洛阳市人大常委会任免名单"
REFUSED = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "5xx"]
"""Statuses with which what breaks the OpenAPI document may be refused; a body breaks it by its size alone, too."""
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


def token_ends(text: str) -> list[int]:
    """A token is a run of ASCII letters and digits, or any other character that is not a blank."""
    return [found.end() for found in re.finditer(r"[A-Za-z0-9]+|\S", text)]


ENCODER = EncoderIdentity("fake", "", 8)


@dataclass
class PlainService:
    """Answers every question with ``answer``, or fails with ``error``; ``before`` runs first, in the worker thread."""

    answer: Answer = ANSWERED
    error: Exception | None = None
    fails_after_retrieval: Exception | None = None
    before: Callable[[], object] = bool
    asked: list[tuple[str, str | None, int | None]] = field(default_factory=list)
    filters: Filters = field(default_factory=Filters)
    closed: int = 0

    @property
    def opened(self) -> Snapshot:
        state = State(7, ENCODER, {}, 0, 0, 0, VectorSearch("none", 1.0))
        return cast("Snapshot", SimpleNamespace(state=state))

    def ask(
        self,
        question: str,
        *,
        id: str | None = None,  # noqa: A002
        top_k: int | None = None,
        filters: Filters = EVERYTHING,
        retrieved: Callable[[Sequence[Hit]], None] = lambda hits: None,
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
        retrieved([])
        if self.fails_after_retrieval is not None:
            raise self.fails_after_retrieval
        return replace(self.answer, question=question, id=id)

    def search(self, query: str, *, top_k: int | None = None, filters: Filters = EVERYTHING) -> Sequence[Hit]:
        raise AssertionError("no archive here")

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        return FakeEncoder(8).encode([f"{kind}: {text}" for text in texts], kind)

    def token_count(self, text: str) -> int:
        return len(token_ends(text))

    def token_ends(self, text: str) -> Sequence[int]:
        return token_ends(text)

    def add(self, name: str, data: bytes, folder: Path, report: Callable[[SourceError], None]) -> Sequence[str]:
        raise AssertionError("no archive here")

    def remove(self, document_id: str, folder: Path) -> bool:
        raise AssertionError("no archive here")

    def renewed(self) -> Self | None:
        return None

    def close(self) -> None:
        self.closed += 1


def _tokens(text: str, *, add_special_tokens: bool) -> SimpleNamespace:
    offsets = [(0, end) for end in token_ends(text)]
    return SimpleNamespace(offsets=offsets, ids=[0] * len(offsets))


class NameReader:
    """Reads the names before 为 or 主持 as answers, in passages that share two characters with the question."""

    calibration = Calibration(slope=1.0, offset=0.0, threshold=0.5, item_threshold=0.5)
    tokenizer = SimpleNamespace(encode=_tokens)

    def read(self, question: str, passages: Sequence[Told]) -> list[Reading | None]:
        return [self._read(question, passage.text) for passage in passages]

    def _read(self, question: str, text: str) -> Reading | None:
        pairs = {question[at : at + 2] for at in range(len(question) - 1)}
        near = sum(pair in text for pair in pairs) >= 2
        spans = tuple(CharSpan(*found.span(1), 4.0) for found in re.finditer(r"(\w{2,3}?)(?=为|主持)", text))
        return Reading(spans[0], spans, 1.0) if near and spans else None


ARCHIVE = {
    "2021-10-13 任免.txt": "# 甲市任免名单\n\n本报讯 会议决定任命:\n\n李新建为甲市副市长;\n\n孙延文为甲市副市长。\n",
    "2021-10-14 会议.txt": "# 乙县会议\n\n记者 张三\n\n乙县教育会议昨日召开,王某某主持。\n",
}


def archive_service(folder: Path) -> Service:
    """Index ``ARCHIVE`` under ``folder`` and open it."""
    sources = folder / "sources"
    sources.mkdir(parents=True, exist_ok=True)
    for name, text in ARCHIVE.items():
        (sources / name).write_text(text, "utf-8")
    models = Models(FakeEncoder(), cast("Reader", NameReader()))
    settings = Settings(folder / "index")
    ingest([sources], directory=settings.index, encoder=models.encoder)
    return open_service(settings, models)


@contextmanager
def running(
    service: AnyService | Callable[[], AnyService], settings: ServerSettings | None = None, **parameters: Any
) -> Iterator[TestClient]:
    """Run the application over ``service`` and wait until it answers questions."""
    load = service if callable(service) else lambda: service
    app = create_app(load, settings, **{"understand": lambda question, turns: question, **parameters})
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        wait_until_ready(client)
        yield client


def wait_until_ready(client: TestClient) -> None:
    for _ in range(500):
        if client.get("/readyz").status_code == 200:
            return
        time.sleep(0.01)
    raise AssertionError(client.get("/readyz").text)

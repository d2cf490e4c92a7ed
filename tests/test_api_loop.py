"""The event loop is never held up for long, and memory is bounded, whatever is sent."""

import asyncio
import gc
import json
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import thread_time
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pydantic import BaseModel, ValidationError
from starlette.types import Message

from api.app import LOOKUPS
from api.bodies import Bodies
from api.guard import CALLER
from api.openai_completions import CompletionRequest
from api.openai_embeddings import EmbeddingRequest
from api.openai_parameters import MOST_ENTRIES
from api.openai_responses import ResponseRequest
from api.openai_schemas import ChatRequest
from api.room import FullError, Room
from api.schemas import AddRequest, AskRequest, ChatTurnRequest
from api.settings import ServerSettings
from api.uploaded import MOST_JSON
from qa.announced import Announcer
from qa.cli import running as serving
from qa.store import Snapshot
from tests.api_service import PlainService, archive_service, running, token_ends

SIZE = ServerSettings().max_body
QUICK = 0.1
"""Seconds of processor time for a body of the largest size: no health check may wait longer."""


def filled(template: str, entry: str) -> str:
    """Return JSON of the largest size: ``entry`` over and over in place of the dots."""
    return template.replace("…", ",".join([entry] * ((SIZE - len(template)) // (len(entry) + 1))))


FULL = [
    (ChatRequest, filled('{"messages":[…]}', "0")),
    (ChatRequest, filled('{"messages":[…]}', "{}")),
    (ChatRequest, filled('{"messages":[…]}', '{"role":"user"}')),
    (ChatRequest, filled('{"messages":[{"role":"user","content":[…]}]}', "0")),
    (ChatRequest, filled('{"messages":[{"role":"user","content":[…]}]}', '{"type":"text"}')),
    (ChatRequest, filled('{"messages":[],"stop":[…]}', "0")),
    (ChatRequest, filled('{"messages":[],"modalities":[…]}', "0")),
    (ResponseRequest, filled('{"input":[…]}', "0")),
    (ResponseRequest, filled('{"input":[{"content":[…]}]}', "{}")),
    (ResponseRequest, filled('{"input":"","include":[…]}', "0")),
    (CompletionRequest, filled('{"prompt":[…]}', "0")),
    (EmbeddingRequest, filled('{"input":[…]}', "0")),
]
NAMED = ",".join(f'"{number:x}":0' for number in range(SIZE // 9))


@pytest.mark.parametrize(
    ("model", "body"),
    [*FULL, *((model, "{" + NAMED + "}") for model in (AskRequest, ChatTurnRequest, AddRequest, ChatRequest))],
)
def test_the_largest_body_is_looked_through_at_once(model: type[BaseModel], body: str) -> None:
    assert SIZE * 0.8 < len(body) <= SIZE
    quickest, told = float("inf"), 0
    for _ in range(3):
        began = thread_time()
        try:
            model.model_validate(json.loads(body))
        except ValidationError as error:
            told = len(error.errors())
        quickest = min(quickest, thread_time() - began)
        if quickest < QUICK:
            break
    assert quickest < QUICK
    assert told <= 10


def test_a_conversation_has_a_number_of_messages() -> None:
    message = {"role": "user", "content": "谁?"}
    with running(PlainService()) as client:
        for number, status in ((MOST_ENTRIES, 200), (MOST_ENTRIES + 1, 400)):
            reply = client.post("/v1/chat/completions", json={"messages": [message] * number})
            assert reply.status_code == status
        reply = client.post("/api/ask", json={f"a{number}": 0 for number in range(101)})
        assert (reply.status_code, reply.json()["detail"]) == (422, "body: Value error, has 101 fields, more than 100")


def test_room_is_for_all_together_and_half_for_each() -> None:
    room = Room(100, largest=30)
    with room.held("a") as first, room.held("a") as second, room.held("b") as third, room.held("c") as fourth:
        first(30)
        second(20)
        with pytest.raises(FullError):
            second(1)
        third(40)
        with pytest.raises(FullError):
            fourth(11)
        fourth(10)
        assert room.taken == 100
    assert room.taken == 0
    with Room(10, largest=30).held("a") as take:
        take(30)


def test_bodies_that_are_received_together_have_a_limit() -> None:
    waiting, statuses = asyncio.Event(), list[int]()

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await waiting.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def post(bodies: Bodies, caller: str) -> None:
        CALLER.set(caller)
        sent = False

        async def receive() -> Message:
            nonlocal sent
            if sent:
                await asyncio.Event().wait()
            sent = True
            return {"type": "http.request", "body": b"x" * 2000, "more_body": False}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        head = [(b"content-type", b"multipart/form-data; boundary=x")]
        scope = {"type": "http", "method": "POST", "path": "/api/documents", "headers": head, "state": {}}
        await bodies(scope, receive, send)

    async def main() -> None:
        settings = ServerSettings(max_bodies=8000, max_document=2000)
        bodies = Bodies(app, settings=settings)
        begun = [asyncio.create_task(post(bodies, caller)) for caller in "aaabbbc"]
        await asyncio.sleep(0.05)
        assert statuses == [503] * 3  # the third of a, the third of b, and c
        waiting.set()
        await asyncio.gather(*begun)
        await post(bodies, "c")

    asyncio.run(main())
    assert statuses == [503] * 3 + [200] * 5


def test_a_large_document_is_sent_as_a_form(tmp_path: Path) -> None:
    line = "会议由张三主持。\n"
    text = line * (MOST_JSON // len(line.encode()) + 1)
    settings = ServerSettings(index=tmp_path / "index", documents=tmp_path / "kept")
    with running(PlainService(), settings) as client:
        reply = client.post("/api/documents", json={"name": "a.txt", "text": text})
        assert (reply.status_code, reply.json()["detail"]) == (
            413,
            f"the body has more than {MOST_JSON:,} bytes: send a document of that size as multipart/form-data",
        )


def test_documents_are_looked_up_by_few_threads() -> None:
    here, most, lock = set[int](), list[int](), threading.Lock()

    def summaries(after: object, limit: int) -> list[Any]:
        with lock:
            here.add(threading.get_ident())
            most.append(len(here))
        time.sleep(0.05)
        with lock:
            here.discard(threading.get_ident())
        return []

    class Listing(PlainService):
        @property
        def opened(self) -> Snapshot:
            return cast("Snapshot", SimpleNamespace(state=SimpleNamespace(documents=0), summaries=summaries))

    with running(Listing(), ServerSettings(queue=64)) as client, ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda _: client.get("/api/documents").status_code, range(16)))
    assert replies == [200] * 16
    assert max(most) == LOOKUPS


def test_tokens_are_counted_as_they_are_told(tmp_path: Path) -> None:
    with archive_service(tmp_path) as service:
        for text in ("", "李新建 [1]", "a b c" * 100):
            assert service.token_count(text) == len(service.token_ends(text)) == len(token_ends(text))


def test_what_is_loaded_is_not_looked_through_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object) -> None:
        pass

    models = SimpleNamespace(encoder=SimpleNamespace(fingerprint="e"), reader=SimpleNamespace(identity="r"))
    loaded = SimpleNamespace(models=models)
    ready: Callable[[object], SimpleNamespace] = lambda settings: loaded  # noqa: E731
    monkeypatch.setattr(serving, "ready_service", ready)
    monkeypatch.setattr("qa.uploads.finish_interrupted", nothing)
    try:
        assert serving._loaded(ServerSettings(), Announcer(Path("announced"), "", 0, held=False)) is cast("Any", loaded)
        assert gc.get_freeze_count() > 1000
    finally:
        gc.unfreeze()

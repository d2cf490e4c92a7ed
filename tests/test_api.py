"""The HTTP application as a whole: life, health, and its own description."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import Any, Self

import pytest
from fastapi.testclient import TestClient

from api.app import Service, create_app
from api.openai_schemas import ChatRequest
from api.schemas import ANSWER_EXAMPLE, AnswerBody, AskRequest
from api.settings import ServerSettings
from qa.answer.citations import verify
from qa.errors import StoreUnreachable
from qa.wire import answer_from_json, answer_to_json
from tests.api_service import PlainService, running, wait_until_ready
from tests.ingest_oracle import document as original

SEED = Path(__file__).parent.parent / "seeds" / "000_2e366aedca82a0c9.txt"


def test_the_service_is_loaded_once_and_closed_once() -> None:
    loaded: list[PlainService] = []

    def load() -> Service:
        assert current_thread() is not main_thread()
        loaded.append(PlainService())
        return loaded[-1]

    with running(load) as client:
        for _ in range(3):
            assert client.post("/api/ask", json={"question": "谁?"}).status_code == 200
        assert [service.closed for service in loaded] == [0]
    assert [service.closed for service in loaded] == [1]


def test_while_the_models_load_everything_but_questions_is_answered() -> None:
    release = Event()

    def load() -> Service:
        release.wait(timeout=30)
        return PlainService()

    with TestClient(create_app(load), base_url="http://localhost") as client:
        try:
            assert client.get("/v1/models").json()["data"][0]["id"] == "gazette"
            assert client.get("/healthz").json() == {"status": "ok"}
            waiting = client.get("/readyz")
            assert (waiting.status_code, waiting.json()["detail"]) == (503, "the models are being loaded")
            for path, body in (
                ("/api/ask", {"question": "谁?"}),
                ("/api/chat", {"question": "谁?", "stream": True}),
                ("/v1/chat/completions", {"messages": [{"role": "user", "content": "谁?"}]}),
            ):
                reply = client.post(path, json=body)
                assert (reply.status_code, reply.headers["retry-after"]) == (503, "3")
            assert client.get("/api/documents").status_code == client.get("/api/info").status_code == 503
        finally:
            release.set()
        wait_until_ready(client)
        assert client.post("/api/ask", json={"question": "谁?"}).status_code == 200


def test_while_the_store_does_not_answer_questions_are_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.reloading._LOOK_EVERY", 0.01)
    down, reason = Event(), "milvus://db:19530/news: the server does not answer (refused); see that it runs"

    class Remote(PlainService):
        def renewed(self) -> Self | None:
            if down.is_set():
                raise StoreUnreachable(reason)
            return None

    def turned(status: int) -> Any:
        for _ in range(500):
            reply = client.get("/readyz")
            if reply.status_code == status:
                return reply.json()
            time.sleep(0.01)
        raise AssertionError(client.get("/readyz").text)

    service = Remote(error=StoreUnreachable(reason))
    with running(service) as client:
        found = client.post("/api/ask", json={"question": "谁?"})
        assert (found.status_code, found.json()["detail"], found.headers["retry-after"]) == (503, reason, "3")
        down.set()
        assert turned(503) == {"status": "not ready", "detail": reason}
        for path, body in (
            ("/api/ask", {"question": "谁?"}),
            ("/v1/chat/completions", {"messages": [{"role": "user", "content": "谁?"}]}),
        ):
            assert client.post(path, json=body).status_code == 503
        service.error = None
        assert client.post("/api/ask", json={"question": "谁?"}).json()["detail"] == reason
        assert client.get("/healthz").status_code == 200
        down.clear()
        assert turned(200)["status"] == "ready"
        assert client.post("/api/ask", json={"question": "谁?"}).status_code == 200


def test_a_service_that_does_not_load_is_reported_and_never_ready() -> None:
    failures: list[Exception] = []
    failed = Event()

    def load() -> Service:
        raise OSError("no index here")

    def note(error: Exception) -> None:
        failures.append(error)
        failed.set()

    with TestClient(create_app(load, failed=note), base_url="http://localhost") as client:
        assert failed.wait(timeout=30)
        assert "could not be loaded" in client.get("/readyz").json()["detail"]
        assert "no index here" not in client.get("/readyz").text
    assert [str(error) for error in failures] == ["no index here"]


def test_a_service_that_has_loaded_when_the_application_stops_is_closed() -> None:
    loading, service = Event(), PlainService()

    def load() -> Service:
        loading.set()
        return service

    with TestClient(create_app(load), base_url="http://localhost"):
        assert loading.wait(timeout=30)
    assert service.closed == 1


def test_health_and_models_answer_while_every_worker_reads_and_the_queue_is_full() -> None:
    reading, release = Event(), Event()

    def block() -> None:
        reading.set()
        release.wait(timeout=30)

    settings = ServerSettings(concurrency=2, queue=3)
    with ThreadPoolExecutor(8) as pool, running(PlainService(before=block), settings) as client:
        asked = [pool.submit(client.post, "/api/ask", json={"question": "谁?"}) for _ in range(8)]
        try:
            assert reading.wait(timeout=30)
            while sum(reply.done() for reply in asked) < 3:
                time.sleep(0.005)
            assert client.get("/healthz").status_code == client.get("/v1/models").status_code == 200
            metrics = client.get("/metrics").text
            assert "gazette_questions_running 2.0" in metrics
            assert "gazette_questions_waiting 3.0" in metrics
            assert "gazette_index_revision 7.0" in metrics
        finally:
            release.set()
        replies = [reply.result() for reply in asked]
    assert sorted(reply.status_code for reply in replies) == [200] * 5 + [503] * 3
    assert all(int(reply.headers["retry-after"]) >= 1 for reply in replies if reply.status_code == 503)


def test_a_question_that_takes_too_long_is_a_504() -> None:
    release = Event()
    settings = ServerSettings(answer_timeout=0.05)
    try:
        with running(PlainService(before=lambda: release.wait(timeout=30)), settings) as client:
            reply = client.post("/api/ask", json={"question": "谁?"})
            streamed = client.post("/api/chat", json={"question": "谁?", "stream": True})
            release.set()
    finally:
        release.set()
    assert [reply.status_code, streamed.status_code] == [504, 504]
    assert reply.json()["title"] == "Gateway Timeout"


@pytest.fixture
def document() -> dict[str, Any]:
    document: dict[str, Any] = create_app(PlainService).openapi()
    return document


class TestOpenApi:
    def test_lists_every_path(self, document: dict[str, Any]) -> None:
        assert {path: sorted(methods) for path, methods in document["paths"].items()} == {
            "/api/articles": ["get"],
            "/api/ask": ["post"],
            "/api/changelog": ["get"],
            "/api/chat": ["post"],
            "/api/chat/{session_id}": ["delete", "get"],
            "/api/documents": ["get", "post"],
            "/api/documents/{document_id}": ["delete", "get"],
            "/api/documents/{document_id}/pages/{number}.png": ["get"],
            "/api/documents/{document_id}/text": ["get"],
            "/api/info": ["get"],
            "/api/suggestions": ["get"],
            "/api/search": ["get"],
            "/healthz": ["get"],
            "/metrics": ["get"],
            "/readyz": ["get"],
            "/v1/chat/completions": ["post"],
            "/v1/completions": ["post"],
            "/v1/embeddings": ["post"],
            "/v1/models": ["get"],
            "/v1/models/{model}": ["get"],
            "/v1/responses": ["post"],
        }

    def test_describes_errors_as_they_are(self, document: dict[str, Any]) -> None:
        native = document["paths"]["/api/ask"]["post"]["responses"]
        kinds = {status: list(reply["content"]) for status, reply in native.items()}
        assert kinds.pop("200") == ["application/json"]
        assert {"400", "401", "413", "422", "429", "500", "503"} <= set(kinds)
        assert all(kind == ["application/problem+json"] for kind in kinds.values())
        chat = document["paths"]["/v1/chat/completions"]["post"]["responses"]
        assert sorted(chat) == ["200", "4XX", "5XX"]

    def test_every_reference_leads_somewhere(self, document: dict[str, Any]) -> None:
        references = set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(document)))
        assert references <= set(document["components"]["schemas"])
        assert "HTTPValidationError" not in references

    def test_is_served_and_loads_nothing_from_elsewhere(self, document: dict[str, Any]) -> None:
        with TestClient(create_app(PlainService), base_url="http://localhost") as client:
            assert client.get("/openapi.json").json() == document
            assert client.get("/redoc").status_code == 404
            page = client.get("/docs").text
        assert "<script" not in page
        assert re.findall(r'(?:src|href)="(?:\w+:)?//[^"]*"', page) == []

    def test_its_example_answer_is_true(self, document: dict[str, Any]) -> None:
        (shown,) = document["components"]["schemas"]["AnswerBody"]["examples"]
        # FastAPI leaves nulls out of what it shows.
        shown["items"][0]["citations"][0] |= dict.fromkeys(
            ("byline", "page", "day", "record", "record_line", "publication", "edition", "shown")
        )
        shown["items"][0]["part"] = shown["closest"] = None
        assert shown == ANSWER_EXAMPLE
        answer = answer_from_json(ANSWER_EXAMPLE)
        assert (
            answer_to_json(answer)
            == ANSWER_EXAMPLE
            == AnswerBody.model_validate(ANSWER_EXAMPLE).model_dump(mode="json")
        )
        verify(answer.items[0].citations[0], original(SEED.read_bytes().decode()), answer.items[0].text)

    def test_its_example_requests_are_valid(self, document: dict[str, Any]) -> None:
        for model in (AskRequest, ChatRequest):
            (example,) = document["components"]["schemas"][model.__name__]["examples"]
            assert model.model_validate(example).model_dump(exclude_none=True) == example


def test_metrics_may_need_a_key_and_say_so() -> None:
    replies = create_app(PlainService).openapi()["paths"]["/metrics"]["get"]["responses"]
    assert {"200", "401", "429"} <= set(replies)

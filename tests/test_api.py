"""The HTTP application as a whole: life, health, and its own description."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, current_thread, main_thread
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import Service, create_app
from api.openai_schemas import ChatRequest
from api.schemas import ANSWER_EXAMPLE, AnswerBody, AskRequest
from qa.citations import verify
from qa.wire import answer_from_json, answer_to_json
from tests.api_service import PlainService

SEED = Path(__file__).parent.parent / "seeds" / "000_2e366aedca82a0c9.txt"


def test_the_service_is_loaded_once_and_closed_once() -> None:
    loaded: list[PlainService] = []

    def load() -> Service:
        assert current_thread() is not main_thread()
        loaded.append(PlainService())
        return loaded[-1]

    app = create_app(load)
    assert loaded == []
    with TestClient(app) as client:
        for _ in range(3):
            assert client.post("/api/ask", json={"question": "谁?"}).status_code == 200
        assert [service.closed for service in loaded] == [0]
    assert [service.closed for service in loaded] == [1]


def test_a_service_that_does_not_load_stops_the_start() -> None:
    def load() -> Service:
        raise OSError("no index here")

    with pytest.raises(OSError, match="no index here"), TestClient(create_app(load)):
        pass


def test_health_names_the_model_and_the_index() -> None:
    with TestClient(create_app(PlainService)) as client:
        reply = client.get("/healthz")
    assert (reply.status_code, reply.json()) == (200, {"status": "ok", "model": "e5-small+reader", "index": "archive"})


def test_health_and_models_answer_while_every_worker_thread_reads() -> None:
    reading, release = Event(), Event()

    def block() -> None:
        reading.set()
        release.wait(timeout=30)

    questions = 60  # more than there are worker threads
    with (
        ThreadPoolExecutor(questions) as pool,
        TestClient(create_app(lambda: PlainService(before=block))) as client,
    ):
        asked = [pool.submit(client.post, "/api/ask", json={"question": "谁?"}) for _ in range(questions)]
        try:
            assert reading.wait(timeout=30)
            assert client.get("/healthz").status_code == 200
            assert client.get("/v1/models").status_code == 200
            assert not any(reply.done() for reply in asked)
        finally:
            release.set()
        assert [reply.result().status_code for reply in asked] == [200] * questions


@pytest.fixture
def document() -> dict[str, Any]:
    document: dict[str, Any] = create_app(PlainService).openapi()
    return document


class TestOpenApi:
    def test_lists_every_path(self, document: dict[str, Any]) -> None:
        assert {path: sorted(methods) for path, methods in document["paths"].items()} == {
            "/api/ask": ["post"],
            "/healthz": ["get"],
            "/v1/chat/completions": ["post"],
            "/v1/models": ["get"],
        }

    def test_describes_errors_as_they_are(self, document: dict[str, Any]) -> None:
        native = document["paths"]["/api/ask"]["post"]["responses"]
        assert {status: list(reply["content"]) for status, reply in native.items()} == {
            "200": ["application/json"],
            "400": ["application/problem+json"],
            "422": ["application/problem+json"],
            "500": ["application/problem+json"],
        }
        chat = document["paths"]["/v1/chat/completions"]["post"]["responses"]
        assert sorted(chat) == ["200", "4XX", "5XX"]

    def test_every_reference_leads_somewhere(self, document: dict[str, Any]) -> None:
        references = set(re.findall(r"'\$ref': '#/components/schemas/(\w+)'", str(document)))
        assert references <= set(document["components"]["schemas"])
        assert "HTTPValidationError" not in references

    def test_is_served_and_loads_nothing_from_elsewhere(self, document: dict[str, Any]) -> None:
        with TestClient(create_app(PlainService)) as client:
            assert client.get("/openapi.json").json() == document
            assert client.get("/docs").status_code == 404

    def test_its_example_answer_is_true(self, document: dict[str, Any]) -> None:
        (shown,) = document["components"]["schemas"]["AnswerBody"]["examples"]
        shown["items"][0]["citations"][0]["byline"] = None  # FastAPI leaves nulls out of what it shows
        assert shown == ANSWER_EXAMPLE
        answer = answer_from_json(ANSWER_EXAMPLE)
        assert answer_to_json(answer) == ANSWER_EXAMPLE == AnswerBody.model_validate(ANSWER_EXAMPLE).model_dump()
        verify(answer.items[0].citations[0], SEED.read_bytes().decode(), answer.items[0].text)

    def test_its_example_requests_are_valid(self, document: dict[str, Any]) -> None:
        for model in (AskRequest, ChatRequest):
            (example,) = document["components"]["schemas"][model.__name__]["examples"]
            assert model.model_validate(example).model_dump(exclude_none=True) == example

"""``POST /api/ask``: the design's JSON, and a problem for every mistake."""

import json
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from fastapi.testclient import TestClient

from qa.errors import CitationError
from qa.types import Filters
from qa.wire import answer_from_json
from tests.api_service import ANSWERED, DECLINED, PlainService, running


@pytest.fixture
def service() -> PlainService:
    return PlainService()


@pytest.fixture
def client(service: PlainService) -> Iterator[TestClient]:
    with running(service) as client:
        yield client


def post(client: TestClient, body: bytes | str) -> tuple[int, str, dict[str, Any]]:
    reply = client.post("/api/ask", content=body, headers={"content-type": "application/json"})
    return reply.status_code, reply.headers["content-type"], json.loads(reply.content)


def test_an_answer_is_the_designs_json(client: TestClient, service: PlainService) -> None:
    status, kind, body = post(client, '{"question": "谁被任命?", "top_k": 3, "id": "q1"}')
    assert (status, kind) == (200, "application/json")
    assert list(body) == [
        *("id", "question", "answered", "answer", "confidence", "items", "passages", "timings_ms"),
        *("closest", "superseded", "more_passages"),
    ]
    assert (body["id"], body["question"], body["answer"]) == ("q1", "谁被任命?", "李新建、孙延文")
    assert answer_from_json(body).items == ANSWERED.items
    assert service.asked == [("谁被任命?", "q1", 3)]


def test_only_the_question_is_required(client: TestClient, service: PlainService) -> None:
    _, _, body = post(client, '{"question": "谁被任命?"}')
    assert "id" not in body
    assert service.asked == [("谁被任命?", None, None)]


def test_filters_reach_the_service(client: TestClient, service: PlainService) -> None:
    body = {"question": "谁?", "date_from": "2021-10", "date_to": "2021", "source": "a", "title": "b", "byline": "c"}
    assert client.post("/api/ask", json=body).status_code == 200
    assert service.filters == Filters("2021-10-01", "2021-12-31", "a", "b", "c")


def test_a_date_that_is_none_is_a_problem_of_its_field(client: TestClient, service: PlainService) -> None:
    reply = client.post("/api/ask", json={"question": "谁?", "date_to": "2021-13"})
    assert (reply.status_code, service.asked) == (422, [])
    assert reply.json()["errors"][0]["pointer"] == "#/date_to"
    assert "2021-13" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"from": "2021-13"}, "#/from"),
        ({"date_from": "2021-13"}, "#/date_from"),
        ({"from": None, "to": "someday"}, "#/to"),
        ({"from": "2022", "to": "2021"}, "#/to"),
    ],
)
def test_a_wrong_date_is_named_as_it_was_spelled(
    client: TestClient, given: dict[str, str | None], pointer: str
) -> None:
    replies = [
        client.post("/api/ask", json={"question": "谁?", **given}),
        client.get("/api/search", params={"q": "谁", **{name: value for name, value in given.items() if value}}),
    ]
    assert [(each.status_code, each.json()["errors"][0]["pointer"]) for each in replies] == [(422, pointer)] * 2


def test_an_abstention_is_a_success(client: TestClient, service: PlainService) -> None:
    service.answer = DECLINED
    status, _, body = post(client, '{"question": "何时开工?"}')
    assert (status, body["answered"], body["answer"], body["items"]) == (200, False, None, [])
    assert len(body["passages"]) == 1


@pytest.mark.parametrize(
    ("body", "pointer", "detail"),
    [
        ("{}", "#/question", "Field required"),
        ('{"question": 3}', "#/question", "Input should be a valid string"),
        ('{"question": null}', "#/question", "Input should be a valid string"),
        ('{"question": ["谁"]}', "#/question", "Input should be a valid string"),
        ('{"question": "谁", "top_k": 0}', "#/top_k", "Input should be greater than or equal to 1"),
        ('{"question": "谁", "top_k": 51}', "#/top_k", "Input should be less than or equal to 50"),
        ('{"question": "谁", "top_k": "5"}', "#/top_k", "Input should be a valid integer"),
        ('{"question": "谁", "top_k": true}', "#/top_k", "Input should be a valid integer"),
        ('{"question": "谁", "top_k": 1.5}', "#/top_k", "Input should be a valid integer"),
        ('{"question": "谁", "id": 7}', "#/id", "Input should be a valid string"),
        (f'{{"question": "谁", "id": "{"x" * 201}"}}', "#/id", "String should have at most 200 characters"),
        ('{"question": "谁", "a/~b": 5}', "#/a~1~0b", "Extra inputs are not permitted"),
        ('{"question": "a\\u0000b"}', "#/question", "Value error, holds a null character at position 1"),
        ('{"question": "\\udc00"}', "#/question", "Value error, holds half of a surrogate pair at position 0"),
        ('{"question": "谁", "id": "\\ud83d"}', "#/id", "Value error, holds half of a surrogate pair at position 0"),
        ('{"question": ""}', "#/question", "the question is empty"),
        ('{"question": " \u3000\\n"}', "#/question", "the question is empty"),
        (b'{"question": "\xed\xa0\x80"}', "#/question", "Value error, holds half of a surrogate pair at position 0"),
        (f'{{"question": "{"谁" * 1001}"}}', "#/question", "the question has 1001 characters, at most 1000 are read"),
    ],
)
def test_a_wrong_field_is_a_problem_that_points_at_it(
    client: TestClient, body: bytes | str, pointer: str, detail: str
) -> None:
    status, kind, problem = post(client, body)
    assert (status, kind) == (422, "application/problem+json")
    assert (problem["type"], problem["title"], problem["status"]) == (
        "about:blank",
        HTTPStatus.UNPROCESSABLE_ENTITY.phrase,
        422,
    )
    assert problem["errors"] == [{"pointer": pointer, "detail": detail}]
    assert detail in problem["detail"]


@pytest.mark.parametrize("body", ["", "[]", '"谁"', "3", "null", '{"question": "谁", "\\ud800": 5}'])
def test_a_body_that_is_no_object_of_text_is_a_problem(client: TestClient, body: str) -> None:
    status, kind, problem = post(client, body)
    assert (status, kind) == (422, "application/problem+json")
    assert [error["pointer"] for error in problem["errors"]] == ["#"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"question=x",
        b'{"question": "\xff"}',
        b"[" * 100_000,
        b'{"question": "x", "top_k": ' + b"9" * 5000 + b"}",
    ],
)
def test_a_body_that_is_not_json_is_a_problem(client: TestClient, service: PlainService, body: bytes) -> None:
    status, kind, problem = post(client, body)
    assert (status, kind, problem["title"]) == (400, "application/problem+json", "Bad Request")
    assert service.asked == []


def test_json_under_another_content_type_is_refused(client: TestClient, service: PlainService) -> None:
    reply = client.post("/api/ask", content='{"question": "谁"}', headers={"content-type": "text/plain"})
    assert (reply.status_code, service.asked) == (422, [])
    assert "content-type: application/json" in reply.json()["detail"]


def test_a_body_in_another_encoding_is_told_so(client: TestClient) -> None:
    status, _, problem = post(client, '{"question": "谁被任命?"}'.encode("gb18030"))
    assert (status, problem["detail"]) == (400, "the body is not UTF-8")


def test_many_mistakes_make_a_short_problem(client: TestClient) -> None:
    body = {"question": "谁"} | {f"{number:01000d}": number for number in range(50)}
    reply = client.post("/api/ask", json=body)
    assert len(reply.json()["errors"]) == 10
    assert len(reply.content) < 5000


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [("GET", "/api/ask", 405, "Method Not Allowed"), ("GET", "/api/nothing", 404, "Not Found")],
)
def test_other_paths_and_methods_are_problems(
    client: TestClient, method: str, path: str, status: int, title: str
) -> None:
    reply = client.request(method, path)
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")
    assert reply.json()["title"].startswith(title)
    assert reply.headers.get("allow") == ("POST" if status == 405 else None)


def test_what_is_not_there_is_told_with_what_is(client: TestClient) -> None:
    for path in ("/api/nothing", "/chat/completions", "/assets/nothing.js"):
        assert client.get(path).json()["detail"] == "there is nothing at this address: /docs lists what there is"
    assert client.get("/api/ask").json()["detail"] == "this address takes POST, not GET"
    page = client.request("TRACE", "/")
    assert (page.status_code, page.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/ask/"), ("GET", "/api/info//"), ("GET", "/healthz/")])
def test_a_slash_too_many_is_no_redirection(client: TestClient, method: str, path: str) -> None:
    reply = client.request(method, path, json={"question": "谁?"}, follow_redirects=False)
    assert (reply.status_code, "location" in reply.headers) == (404, False)
    assert reply.json()["detail"] == "there is nothing at this address: leave out the slash at its end"
    nothing = client.get("/api/nothing/").json()["detail"]
    assert nothing == "there is nothing at this address: /docs lists what there is"


@pytest.mark.parametrize("number", ["3.0", "3e0"])
def test_a_whole_number_may_be_written_as_a_fraction(client: TestClient, service: PlainService, number: str) -> None:
    json_header = {"content-type": "application/json"}
    reply = client.post("/api/ask", content=f'{{"question": "谁?", "top_k": {number}}}', headers=json_header)
    assert (reply.status_code, service.asked) == (200, [("谁?", None, 3)])
    for wrong in ("3.5", "1e400", "0.0", "51.0", "true", '"3"'):
        reply = client.post("/api/ask", content=f'{{"question": "谁?", "top_k": {wrong}}}', headers=json_header)
        assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/top_k"), wrong


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/openapi.json", "/v1/models", "/"])
def test_head_is_answered_as_get_without_its_content(client: TestClient, path: str) -> None:
    whole, head = client.get(path), client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert int(head.headers["content-length"]) > 0


def test_head_is_no_way_to_ask(client: TestClient, service: PlainService) -> None:
    reply = client.head("/api/ask")
    assert (reply.status_code, reply.headers["allow"], reply.content) == (405, "POST", b"")
    assert service.asked == []


@pytest.mark.parametrize("error", [RuntimeError("secret"), CitationError("secret"), KeyError("secret")])
def test_a_failure_is_a_500_without_particulars(client: TestClient, service: PlainService, error: Exception) -> None:
    service.error = error
    status, kind, problem = post(client, '{"question": "谁?"}')
    assert (status, kind) == (500, "application/problem+json")
    assert problem == {
        "type": "about:blank",
        "title": "Internal Server Error",
        "status": 500,
        "detail": "the server failed to answer; its log says why",
    }


def test_a_failure_reaches_the_servers_log(service: PlainService, caplog: pytest.LogCaptureFixture) -> None:
    service.error = RuntimeError("secret")
    with running(service) as client:
        post(client, '{"question": "谁?"}')
    (record,) = (record for record in caplog.records if record.name == "api.observe")
    assert record.exc_info
    assert str(record.exc_info[1]) == "secret"

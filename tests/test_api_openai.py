"""``/v1``: what OpenAI's clients send and read."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.openai_schemas import ChatCompletion, ErrorBody, ModelList
from tests.api_service import DECLINED, LI, SUN, PlainService

CONTENT = "\n".join(
    [
        "李新建 [1]、孙延文 [2]",
        "",
        "1. 李新建为洛阳市人民政府副市长;  ",
        "   洛阳市人大常委会任免名单 · seeds/page 1.txt:134",
        "2. 孙延文为洛阳市人民政府副市长;  ",
        "   洛阳市人大常委会任免名单 · seeds/page 1.txt:135",
    ]
)


@pytest.fixture
def service() -> PlainService:
    return PlainService()


@pytest.fixture
def client(service: PlainService) -> Iterator[TestClient]:
    with TestClient(create_app(lambda: service), raise_server_exceptions=False) as client:
        yield client


def chat(client: TestClient, *messages: dict[str, Any], **parameters: object) -> dict[str, Any]:
    reply = client.post("/v1/chat/completions", json={"model": "any", "messages": messages, **parameters})
    assert reply.status_code == 200
    body: dict[str, Any] = reply.json()
    ChatCompletion.model_validate(body)
    return body


def refused(client: TestClient, body: bytes | str) -> dict[str, Any]:
    reply = client.post("/v1/chat/completions", content=body, headers={"content-type": "application/json"})
    assert reply.headers["content-type"] == "application/json"
    error: dict[str, Any] = json.loads(reply.content)["error"]
    ErrorBody.model_validate({"error": error})
    return {"status": reply.status_code, **error}


def user(content: object) -> dict[str, Any]:
    return {"role": "user", "content": content}


def test_an_answer_is_markdown_with_its_quotes_and_source_lines(client: TestClient) -> None:
    body = chat(client, user("谁被任命?"))
    (choice,) = body["choices"]
    assert choice["message"]["content"] == CONTENT
    assert (choice["message"]["role"], choice["finish_reason"], choice["index"]) == ("assistant", "stop", 0)
    assert (body["object"], body["model"]) == ("chat.completion", "e5-small+reader")
    assert body["id"].startswith("chatcmpl-")
    assert body["usage"] == {
        "prompt_tokens": 5,
        "completion_tokens": len(CONTENT),
        "total_tokens": 5 + len(CONTENT),
    }


def test_annotations_point_at_the_items(client: TestClient) -> None:
    message = chat(client, user("谁被任命?"))["choices"][0]["message"]
    assert message["annotations"] == [
        {
            "type": "url_citation",
            "url_citation": {"start_index": start, "end_index": end, "url": url, "title": "洛阳市人大常委会任免名单"},
        }
        for start, end, url in [(0, 3, "seeds/page%201.txt#L134"), (8, 11, "seeds/page%201.txt#L135")]
    ]
    assert [message["content"][start:end] for start, end in [(0, 3), (8, 11)]] == ["李新建", "孙延文"]


def test_the_native_answer_comes_along(client: TestClient) -> None:
    native = client.post("/api/ask", json={"question": "谁被任命?"}).json()
    assert chat(client, user("谁被任命?"))["gazette"] == native
    assert [item["citations"][0]["start"] for item in native["items"]] == [LI.start, SUN.start]


@pytest.mark.parametrize(
    ("question", "content"),
    [("何时开工?", "档案中没有找到这个问题的答案。"), ("When does it open?", "The archive does not say.")],
)
def test_an_abstention_is_said_in_the_questions_language(
    client: TestClient, service: PlainService, question: str, content: str
) -> None:
    service.answer = DECLINED
    body = chat(client, user(question))
    assert body["choices"][0]["message"]["content"] == content
    assert body["choices"][0]["message"]["annotations"] == []
    assert body["gazette"]["answered"] is False


@pytest.mark.parametrize(
    ("messages", "question"),
    [
        ([user("谁?")], "谁?"),
        (
            [
                {"role": "system", "content": "be brief"},
                user("谁?"),
                {"role": "assistant", "content": "甲"},
                user("啥?"),
            ],
            "啥?",
        ),
        ([user("谁?"), {"role": "assistant", "content": None, "tool_calls": []}], "谁?"),
        ([user([{"type": "text", "text": "谁"}, {"type": "text", "text": "来?"}])], "谁\n来?"),
        ([user([{"type": "image_url", "image_url": {"url": "x"}}]), user("谁?")], "谁?"),
    ],
)
def test_the_last_user_message_is_the_question(
    client: TestClient, service: PlainService, messages: list[dict[str, Any]], question: str
) -> None:
    chat(client, *messages)
    assert service.asked == [(question, None, None)]


def test_other_parameters_make_no_difference(client: TestClient) -> None:
    body = chat(
        client,
        user("谁被任命?") | {"name": "me"},
        temperature=0.7,
        top_p="high",
        n=3,
        stream=False,
        stream_options=None,
        tools=[{"type": "function"}],
        user=5,
        max_completion_tokens=1,
    )
    assert [choice["message"]["content"] for choice in body["choices"]] == [CONTENT]


def test_the_one_model_is_listed(client: TestClient) -> None:
    body = client.get("/v1/models").json()
    (model,) = ModelList.model_validate(body).data
    assert (model.id, model.index, model.owned_by) == ("e5-small+reader", "archive", "gazette")
    assert model.created > 1_700_000_000


def test_streaming_is_refused_plainly(client: TestClient, service: PlainService) -> None:
    body = json.dumps({"model": "any", "messages": [user("谁?")], "stream": True})
    assert refused(client, body) == {
        "status": 400,
        "message": "streaming is not there yet: send stream false",
        "type": "invalid_request_error",
        "param": "stream",
        "code": "unsupported_value",
    }
    assert service.asked == []


@pytest.mark.parametrize(
    ("messages", "param", "message"),
    [
        ("[]", "messages", "List should have at least 1 item"),
        ('"谁"', "messages", "Input should be a valid list"),
        ("[3]", "messages.0", "Input should be a valid dictionary"),
        ('[{"content": "谁"}]', "messages.0.role", "Field required"),
        ('[{"role": "user", "content": 3}]', "messages.0.content.str", "Input should be a valid string"),
        ('[{"role": "system", "content": "谁"}]', "messages", "there is no message with the role user"),
        ('[{"role": "user"}]', "messages", "the question is empty"),
        ('[{"role": "user", "content": " "}]', "messages", "the question is empty"),
        ('[{"role": "user", "content": []}]', "messages", "the question is empty"),
        (f'[{{"role": "user", "content": "{"x" * 1001}"}}]', "messages", "the question has 1001 characters"),
        (
            '[{"role": "user", "content": [{"type": "text", "text": "谁"}, {"type": "image_url"}]}]',
            "messages.0.content",
            "only parts of type text can be read",
        ),
        ('[{"role": "user", "content": [{"type": "text"}]}]', "messages.0.content", "only parts of type text"),
        ('[{"role": "user", "content": "a\\u0000"}]', "messages.0.content", "the question holds a null character"),
        ('[{"role": "user", "content": "\\ud800"}]', "messages.0.content", "the question holds half of a surrogate"),
    ],
)
def test_a_wrong_message_is_an_error_in_openais_envelope(
    client: TestClient, messages: str, param: str, message: str
) -> None:
    error = refused(client, f'{{"model": "any", "messages": {messages}}}')
    assert (error["status"], error["type"], error["param"]) == (400, "invalid_request_error", param)
    assert message in error["message"]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"stream": "maybe"}', b"null"])
def test_a_wrong_body_is_an_error_in_openais_envelope(client: TestClient, body: bytes) -> None:
    error = refused(client, body)
    assert (error["status"], error["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(("path", "status"), [("/v1/chat/completions", 405), ("/v1/embeddings", 404), ("/v1/", 404)])
def test_other_paths_and_methods_are_errors_in_openais_envelope(client: TestClient, path: str, status: int) -> None:
    reply = client.get(path)
    assert reply.status_code == status
    assert ErrorBody.model_validate(reply.json()).error.type == "invalid_request_error"


def test_a_failure_is_a_500_without_particulars(client: TestClient, service: PlainService) -> None:
    service.error = RuntimeError("secret")
    assert refused(client, json.dumps({"messages": [user("谁?")]})) == {
        "status": 500,
        "message": "the server failed to answer; its log says why",
        "type": "server_error",
        "param": None,
        "code": None,
    }

"""``/v1``: what OpenAI's clients send and read."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.openai_schemas import ChatCompletion, ErrorBody, ModelList
from qa.chat import Exchange
from qa.chat import understand as rules
from tests.api_service import DECLINED, LI, SUN, PlainService, running, token_ends

LINKS = [
    f"http://localhost/#d=d&s={start}&e={end}&as={start}&ae={start + 3}&h=abababababab"
    for start, end in ((5106, 5121), (5124, 5139))
]
CONTENT = "\n".join(
    [
        "李新建 [1]、孙延文 [2]",
        "",
        "1. 李新建为洛阳市人民政府副市长;  ",
        f"   [洛阳市人大常委会任免名单 · seeds/page 1.txt:134]({LINKS[0]})",
        "2. 孙延文为洛阳市人民政府副市长;  ",
        f"   [洛阳市人大常委会任免名单 · seeds/page 1.txt:135]({LINKS[1]})",
    ]
)


@pytest.fixture
def service() -> PlainService:
    return PlainService()


@pytest.fixture
def client(service: PlainService) -> Iterator[TestClient]:
    with running(service) as client:
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
    assert (body["object"], body["model"]) == ("chat.completion", "gazette")
    assert body["id"].startswith("chatcmpl-")
    said = len(token_ends(CONTENT))
    assert body["usage"] == {"prompt_tokens": 5, "completion_tokens": said, "total_tokens": 5 + said}
    assert body["citations"] == LINKS


def test_annotations_point_at_the_items(client: TestClient) -> None:
    message = chat(client, user("谁被任命?"))["choices"][0]["message"]
    assert message["annotations"] == [
        {
            "type": "url_citation",
            "url_citation": {"start_index": start, "end_index": end, "url": url, "title": "洛阳市人大常委会任免名单"},
        }
        for start, end, url in [(0, 3, LINKS[0]), (8, 11, LINKS[1])]
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
        n=1,
        stream=False,
        stream_options=None,
        tools=[{"type": "function"}],
        tool_choice="auto",
        response_format={"type": "text"},
        logprobs=False,
        user=5,
        max_completion_tokens=1000,
    )
    assert [choice["message"]["content"] for choice in body["choices"]] == [CONTENT]


def test_the_one_model_is_listed(client: TestClient) -> None:
    body = client.get("/v1/models").json()
    (model,) = ModelList.model_validate(body).data
    assert (model.id, model.index, model.owned_by) == ("gazette", "index", "gazette")
    assert model.created > 1_700_000_000


def test_a_model_is_described_by_its_name_alone(client: TestClient) -> None:
    assert client.get("/v1/models/gazette").json() == client.get("/v1/models").json()["data"][0]
    reply = client.get("/v1/models/gpt-9")
    assert (reply.status_code, reply.json()["error"]["code"]) == (404, "model_not_found")
    owned = client.get("/v1/models/owner%2Fgpt-9")
    assert (owned.status_code, owned.json()["error"]["code"]) == (404, "model_not_found")


def events(reply: Any) -> list[dict[str, Any]]:
    assert reply.headers["content-type"].startswith("text/event-stream")
    *lines, done = [line.removeprefix("data: ") for line in reply.text.split("\n\n") if line]
    assert done == "[DONE]"
    return [json.loads(line) for line in lines]


def stream(client: TestClient, *messages: dict[str, Any], **parameters: object) -> list[dict[str, Any]]:
    body = {"model": "any", "messages": messages, "stream": True, **parameters}
    return events(client.post("/v1/chat/completions", json=body))


def test_a_stream_says_the_same_as_the_whole(client: TestClient) -> None:
    whole = chat(client, user("谁被任命?"))
    chunks = stream(client, user("谁被任命?"))
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks]
    assert deltas[0]["role"] == "assistant"
    assert "".join(delta.get("content", "") for delta in deltas) == CONTENT
    assert "content" not in deltas[-1]
    assert deltas[-1]["annotations"] == whole["choices"][0]["message"]["annotations"]
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]
    assert chunks[-1]["gazette"] == whole["gazette"]
    assert chunks[-1]["citations"] == whole["citations"]
    assert len({chunk["id"] for chunk in chunks}) == 1


def test_a_stream_tells_its_usage_when_asked(client: TestClient) -> None:
    *parts, last = stream(client, user("谁被任命?"), stream_options={"include_usage": True})
    assert last["choices"] == []
    assert [part["usage"] for part in parts] == [None] * len(parts)  # as OpenAI sends it
    assert last["usage"] == chat(client, user("谁被任命?"))["usage"]
    assert not any("usage" in chunk for chunk in stream(client, user("谁被任命?")))


def test_what_fails_before_the_first_word_of_a_stream_is_a_status(client: TestClient, service: PlainService) -> None:
    for question, error, status in (("  ", None, 400), ("谁?", RuntimeError("secret"), 500)):
        service.error = error
        body = json.dumps({"messages": [user(question)], "stream": True})
        assert refused(client, body)["status"] == status


def test_what_fails_later_ends_the_stream_with_an_error(client: TestClient, service: PlainService) -> None:
    service.fails_after_retrieval = RuntimeError("secret")
    reply = client.post("/v1/chat/completions", json={"messages": [user("谁?")], "stream": True})
    assert reply.status_code == 200
    *_, last = (json.loads(line.removeprefix("data: ")) for line in reply.text.split("\n\n") if line)
    assert ErrorBody.model_validate(last).error.type == "server_error"
    assert "secret" not in reply.text


def test_turns_before_are_what_a_follow_up_refers_to(service: PlainService) -> None:
    given: list[tuple[str, Sequence[Exchange]]] = []

    def understand(question: str, turns: Sequence[Exchange]) -> str:
        given.append((question, turns))
        return f"李新建{question}" if turns else question

    with running(service, understand=understand) as client:
        first = chat(client, user("谁被任命?"))["choices"][0]["message"]["content"]
        second = chat(client, user("谁被任命?"), {"role": "assistant", "content": first}, user("何时?"))
        content = second["choices"][0]["message"]["content"]
        chat(client, user("何时?"), {"role": "assistant", "content": content}, user("谁?"))
    assert content.startswith("> 问题理解为:李新建何时?\n\n李新建 [1]、孙延文 [2]\n")
    (first_mark, _) = second["choices"][0]["message"]["annotations"]
    start, end = (first_mark["url_citation"][f"{edge}_index"] for edge in ("start", "end"))
    assert content[start:end] == "李新建"
    assert given == [
        ("谁被任命?", ()),
        ("何时?", (Exchange("谁被任命?", ("李新建", "孙延文"), "谁被任命?"),)),
        ("谁?", (Exchange("李新建何时?", ("李新建", "孙延文"), "何时?"),)),
    ]
    assert [question for question, _, _ in service.asked] == ["谁被任命?", "李新建何时?", "李新建谁?"]


def test_a_history_that_does_not_say_how_it_was_understood_is_understood_again(service: PlainService) -> None:
    said = [user("2018年沙溪镇有多少户?"), {"role": "assistant", "content": "810户"}, user("2019年呢?")]
    with running(service, understand=rules) as client:
        chat(client, *said, {"role": "assistant", "content": "790户"}, user("石门镇呢?"))
        chat(client, *said, user("石门镇呢?"))
    assert [question for question, _, _ in service.asked] == ["2019年石门镇有多少户?"] * 2


@pytest.mark.parametrize(
    ("messages", "param", "message"),
    [
        ("[]", "messages", "List should have at least 1 item"),
        ('"谁"', "messages", "Input should be a valid list"),
        ("[3]", "messages.0", "Input should be an object"),
        ('[{"content": "谁"}]', "messages.0.role", "Field required"),
        ('[{"role": "user", "content": 3}]', "messages.0.content", "Input should be a valid string"),
        ('[{"role": "system", "content": "谁"}]', "messages", "there is no message with the role user"),
        ('[{"role": "user"}]', "messages", "the question is empty"),
        ('[{"role": "user", "content": " "}]', "messages", "the question is empty"),
        ('[{"role": "user", "content": []}]', "messages", "the question is empty"),
        (f'[{{"role": "user", "content": "{"x" * 1001}"}}]', "messages", "the question has 1,001 characters"),
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


@pytest.mark.parametrize(
    ("messages", "param", "message"),
    [
        (
            '[{"role": "user", "content": 5}]',
            "messages.0.content",
            "messages.0.content: Input should be a valid string; messages.0.content: Input should be a valid list",
        ),
        (
            '[{"role": "user", "content": ["谁?"]}]',
            "messages.0.content.0",
            "messages.0.content.0: Input should be an object",
        ),
        (
            '[{"role": "user", "content": [{"type": "text", "text": "谁?"}, {"text": "?"}]}]',
            "messages.0.content.1.type",
            "messages.0.content.1.type: Field required",
        ),
        ('["谁?"]', "messages.0", "messages.0: Input should be an object"),
    ],
)
def test_what_is_wrong_is_named_as_the_body_has_it(client: TestClient, messages: str, param: str, message: str) -> None:
    error = refused(client, f'{{"messages": {messages}}}')
    assert (error["status"], error["param"], error["message"]) == (400, param, message)


def test_a_value_of_the_right_type_is_not_told_of_the_other(client: TestClient) -> None:
    error = client.post("/v1/embeddings", json={"input": ""}).json()["error"]
    assert (error["param"], error["message"]) == ("input", "input: String should have at least 1 character")


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"from": "someday"}, "from"),
        ({"date_from": "someday"}, "date_from"),
        ({"from": "2021", "date_from": "2020"}, "date_from"),
    ],
)
def test_a_filter_is_given_once_and_named_as_it_was_spelled(
    client: TestClient, given: dict[str, str], param: str
) -> None:
    error = refused(client, json.dumps({"messages": [user("谁?")], **given}))
    assert (error["status"], error["param"]) == (400, param)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b'{"stream": "maybe"}', b"null"])
def test_a_wrong_body_is_an_error_in_openais_envelope(client: TestClient, body: bytes) -> None:
    error = refused(client, body)
    assert (error["status"], error["type"]) == (400, "invalid_request_error")


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/chat/completions", 405), ("/v1/embeddings", 405), ("/v1/audio", 404), ("/v1/", 404)]
)
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


@pytest.mark.parametrize("streamed", [False, True])
def test_a_front_ends_own_prompt_is_answered_without_searching(
    client: TestClient, service: PlainService, streamed: bool
) -> None:
    prompt = user('Reply as JSON: { "tags": ["tag1"] }\n<chat_history>\nUSER: 谁?\n</chat_history>')
    if streamed:
        chunks = stream(client, prompt)
        assert "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks) == '{"tags": []}'
    else:
        body = chat(client, prompt)
        assert body["choices"][0]["message"]["content"] == '{"tags": []}'
        assert body["gazette"] is None
    assert service.asked == []

"""Parameters of ``/v1`` that change the shape of a reply: honoured, or refused by name."""

import json
from collections.abc import Iterator
from time import process_time
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.openai_completions import Completion
from api.openai_embeddings import MOST_TEXTS, EmbeddingList
from api.openai_responses import ResponseBody
from api.openai_schemas import ChatCompletion, ErrorBody
from tests.api_service import PlainService, running, token_ends

QUESTION = "谁被任命?"
CHAT = {"messages": [{"role": "user", "content": QUESTION}]}
SCHEMA = {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}


@pytest.fixture(scope="module")
def service() -> PlainService:
    return PlainService()


@pytest.fixture(scope="module")
def client(service: PlainService) -> Iterator[TestClient]:
    with running(service) as client:
        yield client


def posted(client: TestClient, route: str, **body: object) -> dict[str, Any]:
    reply = client.post(f"/v1/{route}", json=body)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


def content_of(client: TestClient, **body: object) -> str:
    content: str = posted(client, "chat/completions", **CHAT, **body)["choices"][0]["message"]["content"]
    return content


@pytest.mark.parametrize(
    ("route", "asked"),
    [("chat/completions", CHAT), ("completions", {"prompt": QUESTION}), ("responses", {"input": QUESTION})],
)
@pytest.mark.parametrize(
    ("param", "value", "only"),
    [
        ("n", 2, ""),
        ("n", 0, ""),
        ("stop", ["a", "b", "c", "d", "e"], ""),
        ("stop", "", ""),
        ("response_format", SCHEMA, "chat"),
        ("response_format", {"type": "grammar"}, "chat"),
        ("tool_choice", "required", "chat responses"),
        ("tool_choice", {"type": "function", "function": {"name": "a"}}, "chat responses"),
        ("tool_choice", {"type": "allowed_tools", "mode": "required", "tools": []}, "responses"),
        ("function_call", {"name": "a"}, "chat"),
        ("logprobs", True, "chat"),
        ("logprobs", 0, "completions"),
        ("top_logprobs", 3, "chat responses"),
        ("modalities", ["text", "audio"], "chat"),
        ("audio", {"voice": "a"}, "chat"),
        ("web_search_options", {}, "chat"),
        ("best_of", 2, "completions"),
        ("echo", True, "completions"),
        ("suffix", "a", "completions"),
        ("text", {"format": SCHEMA}, "responses"),
        ("include", ["message.output_text.logprobs"], "responses"),
        ("background", True, "responses"),
        ("previous_response_id", "resp_1", "responses"),
        ("conversation", "conv_1", "responses"),
    ],
)
def test_what_cannot_be_had_is_a_400_that_names_it(
    client: TestClient, route: str, asked: dict[str, Any], param: str, value: object, only: str
) -> None:
    if only and route.partition("/")[0] not in only.split():
        return
    reply = client.post(f"/v1/{route}", json={**asked, param: value})
    error = ErrorBody.model_validate(reply.json()).error
    assert reply.status_code == 400
    assert (error.param or "").partition(".")[0] == param
    assert (error.code, error.type) == ("unsupported_value", "invalid_request_error")
    assert param in error.message


@pytest.mark.parametrize(
    "body",
    [
        {"tools": [{"type": "function", "function": {"name": "a"}}], "tool_choice": "auto"},
        {"tool_choice": {"type": "allowed_tools", "allowed_tools": {"mode": "auto", "tools": []}}},
        {"tool_choice": "none", "function_call": "auto", "modalities": ["text"], "logprobs": False, "top_logprobs": 0},
        {"n": 1, "stop": None, "response_format": {"type": "text"}, "max_tokens": 100_000, "stream": False},
        {"stop": ["\nObservation:", "Nobody writes this"]},
    ],
)
def test_what_changes_nothing_is_accepted(client: TestClient, body: dict[str, Any]) -> None:
    assert content_of(client, **body) == content_of(client)


def test_a_reply_ends_before_the_first_stop(client: TestClient) -> None:
    body = posted(client, "chat/completions", **CHAT, stop=["文", "、孙"])
    (choice,) = body["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("李新建 [1]", "stop")
    assert [mark["url_citation"]["end_index"] for mark in choice["message"]["annotations"]] == [3]
    assert body["usage"]["completion_tokens"] == len(token_ends("李新建 [1]"))
    assert content_of(client, stop="李") == ""


@pytest.mark.parametrize(
    ("route", "asked", "name"),
    [
        ("chat/completions", CHAT, "max_tokens"),
        ("chat/completions", CHAT, "max_completion_tokens"),
        ("completions", {"prompt": QUESTION}, "max_tokens"),
        ("responses", {"input": QUESTION}, "max_output_tokens"),
    ],
)
def test_numbers_of_tokens_may_be_written_as_fractions(
    client: TestClient, route: str, asked: dict[str, Any], name: str
) -> None:
    whole = posted(client, route, **asked, **{name: 7, "n": 1})["usage"]
    assert posted(client, route, **asked, **{name: 7.0, "n": 1.0})["usage"] == whole
    assert 7 in whole.values()
    reply = client.post(f"/v1/{route}", json={**asked, name: 7.5})
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, name)


def test_a_response_has_the_instructions_and_metadata_that_were_sent(client: TestClient) -> None:
    said = {"instructions": "be brief", "metadata": {"desk": "城市", "": "1"}}
    body = posted(client, "responses", input=QUESTION, **said)
    ResponseBody.model_validate(body)
    assert {name: body[name] for name in said} == said
    plain = posted(client, "responses", input=QUESTION, instructions=None, metadata=None)
    assert (plain["instructions"], plain["metadata"]) == (None, {})
    streamed = client.post("/v1/responses", json={"input": QUESTION, **said, "stream": True}).text
    events = [json.loads(line.removeprefix("data: ")) for line in streamed.splitlines() if line.startswith("data: {")]
    assert [event["response"]["metadata"] for event in events if "response" in event] == [said["metadata"]] * 3


def test_no_text_that_is_echoed_makes_a_failure(client: TestClient) -> None:
    content = f'{{"input": "{QUESTION}", "instructions": "\\ud800\\u0000", "metadata": {{"\\udfff": "\\u2028"}}}}'
    reply = client.post("/v1/responses", content=content, headers={"content-type": "application/json"})
    assert reply.status_code in (200, 400)
    assert "\u2028" not in reply.text


@pytest.mark.parametrize(
    "metadata", [{str(number): "" for number in range(17)}, {"a" * 65: ""}, {"a": "b" * 513}, {"a": 1}, ["a"]]
)
def test_metadata_that_openai_would_refuse(client: TestClient, metadata: object) -> None:
    reply = client.post("/v1/responses", json={"input": QUESTION, "metadata": metadata})
    assert reply.status_code == 400
    assert (ErrorBody.model_validate(reply.json()).error.param or "").startswith("metadata")


def test_metadata_of_many_wrong_entries_is_refused_at_once(client: TestClient) -> None:
    body = {"input": QUESTION, "metadata": {f"k{number}": 1 for number in range(15_000)}}
    begun = process_time()
    reply = client.post("/v1/responses", json=body)
    assert (reply.status_code, process_time() - begun < 2) == (400, True)
    assert reply.json()["error"]["message"] == "metadata: Value error, has 15,000 entries, more than 16"


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_a_reply_ends_after_so_many_tokens(client: TestClient, name: str) -> None:
    body = posted(client, "chat/completions", **CHAT, **{name: 7})
    (choice,) = body["choices"]
    assert (choice["message"]["content"], choice["finish_reason"]) == ("李新建 [1]、", "length")
    assert body["usage"]["completion_tokens"] == 7
    ChatCompletion.model_validate(body)
    streamed = client.post("/v1/chat/completions", json={**CHAT, name: 7, "stream": True}).text
    assert '"finish_reason":"length"' in streamed.replace(" ", "")


def test_the_content_may_be_the_answers_json(client: TestClient) -> None:
    body = posted(client, "chat/completions", **CHAT, response_format={"type": "json_object"})
    (choice,) = body["choices"]
    assert json.loads(choice["message"]["content"]) == body["gazette"]
    assert choice["message"]["annotations"] == []
    assert len(body["citations"]) == 2


def test_every_message_counts_in_the_tokens_of_the_prompt(client: TestClient) -> None:
    messages = [{"role": "system", "content": "be brief"}, *CHAT["messages"]]
    assert posted(client, "chat/completions", messages=messages)["usage"]["prompt_tokens"] == 2 + 5


def test_a_completion_is_the_chats_answer(client: TestClient, service: PlainService) -> None:
    body = posted(client, "completions", prompt=[QUESTION], max_tokens=7, source="a")
    Completion.model_validate(body)
    assert body["choices"] == [{"text": "李新建 [1]、", "index": 0, "logprobs": None, "finish_reason": "length"}]
    assert service.filters.source == "a"
    assert (body["gazette"]["answered"], len(body["citations"])) == (True, 2)


@pytest.mark.parametrize("prompt", [[], ["a", "b"], [1, 2], "\0", 3, " "])
def test_prompts_that_are_not_one_question(client: TestClient, prompt: object) -> None:
    reply = client.post("/v1/completions", json={"prompt": prompt})
    assert reply.status_code == 400
    assert (ErrorBody.model_validate(reply.json()).error.param or "").partition(".")[0] == "prompt"


def test_a_response_cites_in_its_own_form(client: TestClient, service: PlainService) -> None:
    body = posted(client, "responses", input=QUESTION, **{"from": "2021"}, instructions="be brief")
    ResponseBody.model_validate(body)
    assert service.filters.date_from == "2021-01-01"
    (message,) = body["output"]
    (part,) = message["content"]
    assert part["text"] == content_of(client)
    first, second = part["annotations"]
    assert list(first) == ["type", "start_index", "end_index", "url", "title"]
    assert [part["text"][mark["start_index"] : mark["end_index"]] for mark in (first, second)] == ["李新建", "孙延文"]
    assert [first["url"], second["url"]] == body["citations"]
    assert (body["status"], body["store"]) == ("completed", False)
    usage = body["usage"]
    assert (usage["input_tokens"], usage["total_tokens"]) == (5, 5 + usage["output_tokens"])


def test_a_response_that_is_cut_off_says_so(client: TestClient) -> None:
    body = posted(client, "responses", input=QUESTION, max_output_tokens=1)
    assert (body["status"], body["incomplete_details"]) == ("incomplete", {"reason": "max_output_tokens"})
    assert body["output"][0]["content"][0]["text"] == "李"
    assert body["output"][0]["content"][0]["annotations"] == []


def test_the_input_of_a_response_may_be_a_conversation() -> None:
    service, asked = PlainService(), []

    def understand(question: str, turns: Any) -> str:
        asked.append((question, [turn.items for turn in turns]))
        return question

    with running(service, understand=understand) as client:
        posted(
            client,
            "responses",
            input=[
                {"role": "user", "content": [{"type": "input_text", "text": QUESTION}]},
                {"type": "reasoning", "summary": []},
                {
                    "type": "message",
                    "role": "assistant",
                    "content": [{"type": "output_text", "text": "李新建 [1]\n\n1. x", "annotations": []}],
                },
                {"role": "user", "content": "何时?"},
            ],
        )
    assert asked == [("何时?", [("李新建",)])]


@pytest.mark.parametrize(
    "given", [[], " ", 3, [{"role": "assistant", "content": "a"}], [{"role": "user", "content": 3}]]
)
def test_inputs_without_a_question(client: TestClient, given: object) -> None:
    reply = client.post("/v1/responses", json={"input": given})
    assert reply.status_code == 400
    assert (ErrorBody.model_validate(reply.json()).error.param or "").partition(".")[0] == "input"


def test_a_stream_of_a_response_that_fails_ends_with_an_error(client: TestClient, service: PlainService) -> None:
    service.fails_after_retrieval = RuntimeError("secret")
    try:
        reply = client.post("/v1/responses", json={"input": QUESTION, "stream": True})
    finally:
        service.fails_after_retrieval = None
    assert reply.status_code == 200
    assert "the server failed to answer" in reply.text.strip().rsplit("\n\n", 1)[-1]
    assert "secret" not in reply.text


def test_embeddings_tell_their_encoder_and_tokens(client: TestClient) -> None:
    body = posted(client, "embeddings", input=["谁?", "AI 龙"], dimensions=8)
    EmbeddingList.model_validate(body)
    assert (body["model"], body["usage"]) == ("fake", {"prompt_tokens": 4, "total_tokens": 4})
    query, passage = (
        posted(client, "embeddings", input="谁?", input_type=kind)["data"][0]["embedding"]
        for kind in ("query", "passage")
    )
    assert body["data"][0]["embedding"] == query != passage


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["a"] * (MOST_TEXTS + 1)}, "input"),
        ({"input": ["a", " "]}, "input.1"),
        ({"input": [5, 6]}, "input.0"),
        ({"input": [[5, 6]]}, "input.0"),
        ({"input": "\0"}, "input.0"),
        ({"input": "谁" * 501}, "input"),
        ({"input": "谁", "dimensions": 9}, "dimensions"),
        ({"input": "谁", "encoding_format": "hex"}, "encoding_format"),
        ({"input": "谁", "input_type": "title"}, "input_type"),
    ],
)
def test_what_cannot_be_encoded(client: TestClient, body: dict[str, Any], param: str) -> None:
    reply = client.post("/v1/embeddings", json=body)
    assert reply.status_code == 400
    assert (ErrorBody.model_validate(reply.json()).error.param or "").startswith(param)

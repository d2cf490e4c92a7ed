"""Clients that others have made, against a running server."""

import asyncio
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import openai
import pytest
from openai.types.chat import ChatCompletionStreamOptionsParam, ChatCompletionUserMessageParam
from openai.types.responses import Response, ResponseOutputMessage, ResponseOutputText
from openai.types.responses.response_output_text import Annotation

from api.app import create_app
from api.keys import Keys
from api.settings import ServerSettings
from tests.api_service import DECLINED, PlainService, token_ends
from tests.servers import listening

QUESTION: ChatCompletionUserMessageParam = {"role": "user", "content": "谁被任命?"}


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys") / "keys.json"


@pytest.fixture(scope="module")
def key(key_file: Path) -> str:
    return Keys(key_file).create("tests", "read")


@pytest.fixture(scope="module")
def service() -> PlainService:
    return PlainService()


@pytest.fixture(scope="module")
def address(service: PlainService, key_file: Path) -> Iterator[str]:
    settings = ServerSettings(keys=key_file, anonymous="none", max_body=4000, body_timeout=0.5)
    with listening(create_app(lambda: service, settings)) as address:
        yield address


@pytest.fixture
def client(address: str, key: str) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0) as client:
        yield client


def test_models(client: openai.OpenAI) -> None:
    (model,) = client.models.list()
    assert client.models.retrieve(model.id) == model


def test_an_answer_with_its_citations(client: openai.OpenAI) -> None:
    completion = client.chat.completions.create(model="gazette", messages=[QUESTION], temperature=0.1, seed=3)
    message = completion.choices[0].message
    assert message.content
    assert message.content.startswith("李新建 [1]、孙延文 [2]\n")
    assert message.annotations
    marked = [annotation.url_citation for annotation in message.annotations]
    assert [message.content[mark.start_index : mark.end_index] for mark in marked] == ["李新建", "孙延文"]
    assert marked[0].title == "洛阳市人大常委会任免名单"
    assert marked[0].url.startswith("http://127.0.0.1:")
    assert f"]({marked[0].url})" in message.content
    assert completion.usage
    assert completion.usage.total_tokens == 5 + len(token_ends(message.content))


def test_a_stream(client: openai.OpenAI) -> None:
    whole = client.chat.completions.create(model="gazette", messages=[QUESTION]).choices[0].message
    options: ChatCompletionStreamOptionsParam = {"include_usage": True}
    chunks = list(
        client.chat.completions.create(
            model="gazette",
            messages=[QUESTION],
            stream=True,
            stream_options=options,
        )
    )
    *said, last, usage = chunks
    assert "".join(chunk.choices[0].delta.content or "" for chunk in said) == whole.content
    assert (last.choices[0].finish_reason, last.choices[0].delta.content) == ("stop", None)
    assert last.choices[0].delta.model_extra
    assert len(last.choices[0].delta.model_extra["annotations"]) == 2
    assert usage.usage
    assert usage.choices == []


def test_the_helper_that_gathers_a_stream(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(model="gazette", messages=[QUESTION]) as stream:
        completion = stream.get_final_completion()
    assert (completion.choices[0].message.content or "").startswith("李新建 [1]")


def test_the_asynchronous_client(address: str, key: str) -> None:
    async def ask() -> list[str]:
        async with openai.AsyncOpenAI(base_url=f"{address}/v1", api_key=key, max_retries=0) as client:
            replies = await asyncio.gather(
                *(client.chat.completions.create(model="gazette", messages=[QUESTION]) for _ in range(4))
            )
            stream = await client.chat.completions.create(model="gazette", messages=[QUESTION], stream=True)
            streamed = "".join([chunk.choices[0].delta.content or "" async for chunk in stream])
        return [*(reply.choices[0].message.content or "" for reply in replies), streamed]

    said = asyncio.run(ask())
    assert len(said) == 5
    assert len(set(said)) == 1


def test_content_in_parts(client: openai.OpenAI) -> None:
    parts = [{"type": "text", "text": "谁被"}, {"type": "text", "text": "任命?"}]
    reply = client.chat.completions.create(model="x", messages=[{"role": "user", "content": parts}])  # type: ignore[list-item,misc]
    assert (reply.choices[0].message.content or "").startswith("李新建")


def test_the_route_for_responses(client: openai.OpenAI) -> None:
    response = client.responses.create(model="gazette", input="谁被任命?")
    assert response.output_text.startswith("李新建 [1]、孙延文 [2]\n")
    marks = [mark for mark in annotations(response) if mark.type == "url_citation"]
    assert [response.output_text[mark.start_index : mark.end_index] for mark in marks] == ["李新建", "孙延文"]
    with client.responses.stream(model="gazette", input=[{"role": "user", "content": "谁被任命?"}]) as stream:
        kinds = [event.type for event in stream]
        final = stream.get_final_response()
    assert (kinds[0], kinds[-1]) == ("response.created", "response.completed")
    assert final.output_text == response.output_text
    assert annotations(final) == marks


def annotations(response: Response) -> list[Annotation]:
    (message,) = response.output
    assert isinstance(message, ResponseOutputMessage)
    (part,) = message.content
    assert isinstance(part, ResponseOutputText)
    return part.annotations


def test_embeddings(client: openai.OpenAI) -> None:
    reply = client.embeddings.create(
        model="gazette", input=["谁被任命?", "谁来?", "谁被任命?"]
    )  # as base64, unless told
    first, second, third = (each.embedding for each in reply.data)
    assert first == third != second
    assert (len(first), reply.usage.prompt_tokens) == (8, 5 + 3 + 5)
    assert sum(value * value for value in first) == pytest.approx(1)
    (plain,) = client.embeddings.create(model="gazette", input="谁被任命?", encoding_format="float").data
    assert plain.embedding == pytest.approx(first)


def test_the_older_route(client: openai.OpenAI) -> None:
    whole = client.completions.create(model="gazette", prompt="谁被任命?").choices[0].text
    assert whole.startswith("李新建 [1]、孙延文 [2]\n")
    chunks = client.completions.create(model="gazette", prompt="谁被任命?", stream=True)
    assert "".join(chunk.choices[0].text for chunk in chunks) == whole


def test_what_cannot_be_had_is_named(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as wrong:
        client.chat.completions.create(model="gazette", messages=[QUESTION], n=2)
    assert (wrong.value.param, wrong.value.code) == ("n", "unsupported_value")


def test_errors_are_the_clients_own(client: openai.OpenAI, address: str) -> None:
    with pytest.raises(openai.BadRequestError) as wrong:
        client.chat.completions.create(model="gazette", messages=[{"role": "user", "content": " "}])
    assert wrong.value.param == "messages"
    with pytest.raises(openai.NotFoundError) as missing:
        client.models.retrieve("gpt-9")
    assert missing.value.code == "model_not_found"
    with (
        openai.OpenAI(base_url=f"{address}/v1", api_key="sk-wrong", max_retries=0) as stranger,
        pytest.raises(openai.AuthenticationError),
    ):
        stranger.models.list()


def test_an_error_within_a_stream_is_raised(client: openai.OpenAI, service: PlainService) -> None:
    service.fails_after_retrieval = RuntimeError("secret")
    try:
        stream = client.chat.completions.create(model="gazette", messages=[QUESTION], stream=True)
        with pytest.raises(openai.APIError, match="failed to answer"):
            list(stream)
    finally:
        service.fails_after_retrieval = None


@pytest.mark.parametrize("declined", [False, True])
@pytest.mark.parametrize("option", ["--no-stream", "--stream"])
def test_the_llm_command(
    address: str, key: str, service: PlainService, tmp_path: Path, option: str, declined: bool
) -> None:
    model = {"model_id": "gazette", "model_name": "gazette", "api_base": f"{address}/v1", "api_key_name": "gazette"}
    (tmp_path / "extra-openai-models.yaml").write_text(json.dumps([model]), "utf-8")
    (tmp_path / "keys.json").write_text(json.dumps({"gazette": key}), "utf-8")
    environment = {**os.environ, "LLM_USER_PATH": str(tmp_path)}
    command = [sys.executable, "-m", "llm", "-m", "gazette", "谁被任命?"]
    if option == "--no-stream":
        command.append(option)
    answer = service.answer
    service.answer = DECLINED if declined else answer
    try:
        finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    finally:
        service.answer = answer
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("档案中没有找到" if declined else "李新建 [1]、孙延文 [2]\n")


def raw(address: str, data: bytes) -> bytes:
    """Send ``data`` and nothing more, and return what comes until the server closes."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=20) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(4096), b""))


def head(key: str, length: int) -> bytes:
    lines = ["POST /api/ask HTTP/1.1", "Host: localhost", f"Authorization: Bearer {key}", f"Content-Length: {length}"]
    return "\r\n".join([*lines, "Content-Type: application/json", "", ""]).encode()


def test_a_body_that_does_not_arrive_is_not_waited_for(address: str, key: str) -> None:
    reply = raw(address, head(key, 100) + b'{"question"')
    assert reply.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in reply


def test_a_body_that_is_too_large_is_refused_before_it_is_sent(address: str, key: str) -> None:
    assert raw(address, head(key, 10**12)).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize("announced", [True, False])
def test_who_sends_too_large_a_body_to_its_end_is_told_so(address: str, key: str, *, announced: bool) -> None:
    body = b"x" * 8_000_000
    framing = b"Content-Length: 8000000" if announced else b"Transfer-Encoding: chunked"
    sent = head(key, 0).replace(b"Content-Length: 0", framing) + (body if announced else chunks(body))
    for _ in range(5):
        headers, _, said = raw(address, sent).partition(b"\r\n\r\n")
        assert headers.startswith(b"HTTP/1.1 413 ")
        assert b"the body has more than" in said


def chunks(body: bytes) -> bytes:
    pieces = [body[at : at + 50_000] for at in range(0, len(body), 50_000)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def test_a_stranger_is_refused_before_the_body_is_sent(address: str) -> None:
    reply = raw(address, head("sk-wrong", 100).replace(b"Content-Length", b"Connection: close\r\nContent-Length"))
    assert reply.startswith(b"HTTP/1.1 401 ")


@pytest.mark.parametrize("data", [b"\0\0\0\0\r\n\r\n", b"GET /\xff HTTP/1.1\r\n\r\n", b"GET / HTTP/9\r\n\r\n"])
def test_what_is_not_http_is_a_400(address: str, data: bytes) -> None:
    assert raw(address, data).startswith(b"HTTP/1.1 400 ")

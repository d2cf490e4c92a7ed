"""``gazette mcp`` as an assistant meets it: the official client, over stdio and over streamable HTTP."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import anyio
import pytest
from jsonschema import validate
from mcp import Client, MCPError, StdioServerParameters

from qa import __version__
from qa.answer.citations import verify
from qa.cli import run
from qa.wire import answer_from_json
from tests.conftest import SEEDS
from tests.ingest_oracle import document

PAGE = next(SEEDS.glob("*.txt"))
ORIGINAL = PAGE.read_bytes().decode("utf-8")
QUESTION = "谁被任命为洛阳市人民政府副市长?"
T = TypeVar("T")


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "GAZETTE_HOME": str(home)}


def command(index: Path, *more: str) -> list[str]:
    return [sys.executable, "-m", "qa", "mcp", "--index", str(index), *more]


def talk(server: StdioServerParameters | str, say: Callable[[Client], Awaitable[T]]) -> T:
    async def session() -> T:
        async with Client(server) as client:
            return await say(client)

    return anyio.run(session)


@pytest.fixture(scope="module")
def said(index: Path, environment: dict[str, str]) -> dict[str, Any]:
    """One session over stdio; anything but the protocol on stdout would end it."""
    program, *arguments = command(index)

    async def say(client: Client) -> dict[str, Any]:
        calls: dict[str, tuple[str, dict[str, Any]]] = {
            "ask": ("ask", {"question": QUESTION}),
            "declined": ("ask", {"question": "李新建毕业于哪所大学?", "top_k": 3}),
            "search": ("search", {"query": "静脉产业园", "top_k": 2}),
            "show": ("show", {"document": PAGE.name, "first_line": 133, "last_line": 135}),
            "empty": ("ask", {"question": " ?! "}),
            "too many": ("search", {"query": "会议", "top_k": 51}),
            "elsewhere": ("show", {"document": "../../../../etc/passwd"}),
            "beyond": ("show", {"document": PAGE.name, "first_line": 100_000}),
            "article": ("show", {"document": PAGE.name, "article": 6}),
            "no article": ("show", {"document": PAGE.name, "article": 9}),
            "documents": ("documents", {"from": "2021", "limit": 5}),
            "other": ("documents", {"publication": "没有"}),
            "filtered": ("search", {"query": "副市长", "title": "任免名单"}),
        }
        found: dict[str, Any] = {"tools": (await client.list_tools()).tools, "server": client.server_info}
        source = (await client.call_tool("ask", {"question": QUESTION})).structured_content
        assert source
        for name in ("show", "beyond", "article", "no article"):
            calls[name][1]["document"] = source["items"][0]["citations"][0]["source"]
        found["resources"] = (await client.list_resources()).resources
        found["templates"] = (await client.list_resource_templates()).resource_templates
        whole = found["resources"][0].uri
        found["read"] = [(await client.read_resource(uri)).contents for uri in (whole, f"{whole}/articles/6")]
        for uri in ("gazette://documents/..%2F..%2Fetc%2Fpasswd", f"{whole}/articles/9", f"{whole}/articles/x"):
            with pytest.raises(MCPError):
                await client.read_resource(uri)
        for name, (tool, arguments) in calls.items():
            found[name] = await client.call_tool(tool, arguments)
        return found

    return talk(StdioServerParameters(command=program, args=arguments, env=environment), say)


def test_tools_that_only_read(said: dict[str, Any]) -> None:
    assert (said["server"].name, said["server"].version) == ("gazette", __version__)
    assert [tool.name for tool in said["tools"]] == ["ask", "search", "show", "documents"]
    for tool in said["tools"]:
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.open_world_hint is False
        assert tool.description
        assert all("description" in field for field in tool.input_schema["properties"].values())


def test_answers_with_citations_that_hold(said: dict[str, Any]) -> None:
    result = said["ask"]
    assert not result.is_error
    answer = answer_from_json(result.structured_content)
    assert [item.text for item in answer.items] == ["李新建", "孙延文", "张武清"]
    for item in answer.items:
        for citation in item.citations:
            verify(citation, document(ORIGINAL), item.text)
    (content,) = result.content
    assert content.text.startswith("李新建 [1]、孙延文 [2]、张武清 [3]\n")
    assert PAGE.name.replace("_", "\\_") in content.text


def test_what_the_archive_does_not_say(said: dict[str, Any]) -> None:
    result = said["declined"]
    assert not result.is_error
    assert result.structured_content["answered"] is False
    assert len(result.structured_content["passages"]) == 3
    assert "没有" in result.content[0].text


def test_structured_output_keeps_to_its_schema(said: dict[str, Any]) -> None:
    schemas = {tool.name: tool.output_schema for tool in said["tools"]}
    for name, tool in (
        ("ask", "ask"),
        ("declined", "ask"),
        ("search", "search"),
        ("show", "show"),
        ("article", "show"),
        ("documents", "documents"),
    ):
        validate(said[name].structured_content, schemas[tool])


def test_passages(said: dict[str, Any]) -> None:
    passages = said["search"].structured_content["passages"]
    assert len(passages) == 2
    assert passages[0]["title"] == "全省静脉产业园建设工作现场会在洛召开"
    assert passages[0]["line"] == ORIGINAL.count("\n", 0, passages[0]["start"]) + 1
    assert "静脉产业园" in ORIGINAL[passages[0]["start"] : passages[0]["end"]]
    assert passages[0]["score"] >= passages[1]["score"]


def test_lines_of_a_document(said: dict[str, Any]) -> None:
    shown = said["show"].structured_content
    lines = ORIGINAL.split("\n")
    assert (shown["first_line"], shown["last_line"], shown["lines"]) == (133, 135, len(lines))
    assert shown["text"].split("\n") == lines[132:135]
    assert f"   133  {lines[132]}" in said["show"].content[0].text
    assert "洛阳市人大常委会任免名单" in [article["title"] for article in shown["articles"]]


def test_one_article_of_a_document(said: dict[str, Any]) -> None:
    shown = said["article"].structured_content
    titles = [article["title"] for article in shown["articles"]]
    number = titles.index("洛阳市人大常委会任免名单")
    assert [article["number"] for article in shown["articles"]] == list(range(9))
    assert shown["first_line"] == shown["articles"][6]["line"]
    assert shown["text"].split("\n") == ORIGINAL.split("\n")[shown["first_line"] - 1 : shown["last_line"]]
    assert number == 6
    assert "李新建为洛阳市人民政府副市长" in shown["text"]
    assert shown["last_line"] < shown["articles"][7]["line"]


def test_documents_are_listed(said: dict[str, Any]) -> None:
    listed = said["documents"].structured_content
    (only,) = listed["documents"]
    dated = [each for each in said["article"].structured_content["articles"] if each["date"]]
    assert 0 < len(dated) < 9
    assert (listed["total"], only["articles"]) == (1, len(dated))  # an article without a date passes no range
    assert only["source"].endswith(PAGE.name)
    assert said["other"].structured_content == {"total": 0, "documents": []}
    assert said["other"].content[0].text == "No documents."
    assert {each["title"] for each in said["filtered"].structured_content["passages"]} == {"洛阳市人大常委会任免名单"}


def test_documents_are_resources_with_their_words(said: dict[str, Any]) -> None:
    (resource,) = said["resources"]
    assert resource.name.endswith(PAGE.name)
    assert [template.uri_template for template in said["templates"]] == [
        "gazette://documents/{document_id}",
        "gazette://documents/{document_id}/articles/{number}",
    ]
    (whole,), (article,) = said["read"]
    assert (whole.text, whole.mime_type) == (ORIGINAL, "text/plain")
    assert article.text in ORIGINAL
    assert "李新建为洛阳市人民政府副市长" in article.text


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("no article", "has 9, counted from 0"),
        ("empty", "question is empty"),
        ("too many", "50"),
        ("elsewhere", "no document"),
        ("beyond", "has lines 1 to"),
    ],
)
def test_mistakes_are_told_to_the_assistant(said: dict[str, Any], call: str, words: str) -> None:
    assert said[call].is_error
    assert words in said[call].content[0].text


@pytest.fixture
def address(index: Path, environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(command(index, "--http", str(port)), env=environment, stderr=subprocess.PIPE) as process:
        try:
            until = time.monotonic() + 120
            while process.poll() is None and time.monotonic() < until:
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            process.terminate()
            process.wait(30)


def test_the_same_over_http(address: str, said: dict[str, Any]) -> None:
    async def say(client: Client) -> Any:
        return await client.call_tool("ask", {"question": QUESTION})

    answer = talk(address, say).structured_content
    expected = said["ask"].structured_content
    assert answer["items"] == expected["items"]


def test_a_page_elsewhere_cannot_reach_it(address: str) -> None:
    import httpx2

    refused = httpx2.post(address, json={}, headers={"Host": "evil.example", "Accept": "application/json"})
    assert refused.status_code == 421


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for module in ("qa.cli.mcp_server", "qa.cli.mcp_resources"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    assert run(["mcp"]) == 2
    assert "pip install 'mcp>=2.3,<3'" in capsys.readouterr().err

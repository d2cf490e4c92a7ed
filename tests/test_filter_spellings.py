"""Every way to write a filter, on every way to ask: one table, and the filters that the service is given."""

import inspect
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, cast

import anyio
import pytest
from fastapi.testclient import TestClient
from mcp import Client

from api.filters import query_filters
from api.schemas import FilterFields
from qa.cli import asking, run
from qa.cli.mcp_server import create_server
from qa.filters import FILTERS
from qa.service import Models, Service
from qa.types import EVERYTHING, Filters, Hit
from tests.api_service import PlainService, running

Spelled = Mapping[str, str]
Ask = Callable[[Spelled], bool]
"""Asks with filters; whether that was accepted."""

SPELLINGS: Sequence[tuple[Spelled, Filters]] = [
    ({}, Filters()),
    ({"from": "2021"}, Filters("2021-01-01")),
    ({"to": "2021"}, Filters(None, "2021-12-31")),
    ({"from": "2021-10", "to": "2021-10"}, Filters("2021-10-01", "2021-10-31")),
    ({"from": "2021-10-13", "to": "2021-10-14"}, Filters("2021-10-13", "2021-10-14")),
    ({"from": "2021年9月", "to": "2024.2"}, Filters("2021-09-01", "2024-02-29")),
    ({"date_from": "2021", "date_to": "2021"}, Filters("2021-01-01", "2021-12-31")),
    ({"date_from": "2021-10", "to": "2021-10-14"}, Filters("2021-10-01", "2021-10-14")),
    ({"source": "要闻 a"}, Filters(source="要闻 a")),
    ({"title": "任免"}, Filters(title="任免")),
    ({"byline": " 张三 "}, Filters(byline="张三")),
    (
        {"publication": "日报", "edition": "要闻", "page": "第02版"},
        Filters(publication="日报", edition="要闻", page="2"),
    ),
    (
        {"from": "2021", "to": "2022-3", "source": "a", "title": "b", "byline": "c"},
        Filters("2021-01-01", "2022-03-31", "a", "b", "c"),
    ),
]
REFUSED: Sequence[Spelled] = [
    {"from": "2021-13"},
    {"date_from": "2021-02-30"},
    {"to": "yesterday"},
    {"from": "2021-11", "to": "2021-10"},
]
ROUTES = (
    "GET /api/search",
    "POST /api/ask",
    "POST /api/chat",
    "POST /v1/chat/completions",
    "POST /v1/completions",
    "POST /v1/responses",
    "mcp ask",
    "mcp search",
    "gazette ask",
    "gazette search",
)


@dataclass
class Recorder(PlainService):
    """Finds nothing, and keeps the filters it was given."""

    def search(self, query: str, *, top_k: int | None = None, filters: Filters = EVERYTHING) -> Sequence[Hit]:
        self.filters = filters
        return []

    def __enter__(self) -> "Recorder":
        return self

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def service() -> Recorder:
    return Recorder()


@pytest.fixture(scope="module")
def client(service: Recorder) -> Iterator[TestClient]:
    with running(service) as client:
        yield client


@pytest.fixture(params=ROUTES)
def ask(request: pytest.FixtureRequest, service: Recorder, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Ask:
    by, route = request.param.split()
    if by == "GET":
        return lambda spelled: accepted(client.get(route, params={"q": "谁?", **spelled}).status_code)
    if by == "POST":
        fields: dict[str, Any] = {"chat/completions": "messages", "completions": "prompt", "responses": "input"}
        field = fields.get(route.partition("/v1/")[2], "question")
        asked = {field: [{"role": "user", "content": "谁?"}] if field == "messages" else "谁?"}
        return lambda spelled: accepted(client.post(route, json={**asked, **spelled}).status_code)
    if by == "mcp":
        name = {"ask": "question", "search": "query"}[route]
        return lambda spelled: call_tool(service, route, {name: "谁?", **spelled})
    monkeypatch.setattr("qa.service.load_models", lambda *_: cast("Models", None))
    monkeypatch.setattr(asking, "ready_service", lambda *_: service)
    monkeypatch.setattr("qa.service.open_service", lambda settings, models: service)
    return lambda spelled: run([route, "谁?", "--json", *options(spelled)]) == 0


def accepted(status: int) -> bool:
    assert status in (200, 400, 422)
    return status == 200


def call_tool(service: Recorder, tool: str, arguments: dict[str, Any]) -> bool:
    server = create_server(lambda: cast("Service", service))

    async def call() -> bool:
        async with Client(server) as client:
            return not (await client.call_tool(tool, arguments)).is_error

    return anyio.run(call)


def options(spelled: Spelled) -> list[str]:
    """The command line has one spelling, ``--from`` for ``date_from`` too."""
    return [word for name, value in spelled.items() for word in (f"--{name.removeprefix('date_')}", value)]


@pytest.mark.parametrize(("spelled", "expected"), SPELLINGS, ids=[json.dumps(each) for each, _ in SPELLINGS])
def test_a_filter_reaches_the_service(ask: Ask, service: Recorder, spelled: Spelled, expected: Filters) -> None:
    service.filters = Filters(title="not asked yet")
    assert ask(spelled)
    assert service.filters == expected


def test_every_way_to_ask_knows_every_filter() -> None:
    assert [each.name for each in fields(Filters)] == list(FILTERS)
    assert list(FilterFields.model_fields) == list(FILTERS) == list(asking.FILTER_OPTIONS)
    assert set(inspect.signature(query_filters).parameters) == {"first", "last", *FILTERS}
    assert list(inspect.signature(asking.ask).parameters)[4:-2] == list(FILTERS)


@pytest.mark.parametrize("spelled", REFUSED, ids=json.dumps)
def test_what_is_no_range_is_refused(ask: Ask, service: Recorder, spelled: Spelled) -> None:
    service.filters = untouched = Filters(title="not asked yet")
    assert not ask(spelled)
    assert service.filters == untouched


@pytest.mark.parametrize("route", ["GET /api/search", "POST /api/ask", "POST /api/chat"])
@pytest.mark.parametrize("field", ["from", "to"])
def test_both_spellings_at_once_are_refused(client: TestClient, route: str, field: str) -> None:
    method, path = route.split()
    both = {field: "2021", f"date_{field}": "2021"}
    if method == "GET":
        reply = client.get(path, params={"q": "谁?", **both})
    else:
        reply = client.post(path, json={"question": "谁?", **both})
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, f"#/date_{field}")

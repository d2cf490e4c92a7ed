"""``/docs``, the keys that operations need, and the history of the API: all made from the routes there are."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.openapi import ApiChangelog
from api.settings import Permission, ServerSettings
from tests.api_service import PlainService, running


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with running(PlainService()) as client:
        yield client


def operations(client: TestClient) -> set[str]:
    paths = client.get("/openapi.json").json()["paths"]
    return {f"{method.upper()} {path}" for path, each in paths.items() for method in each}


def test_every_operation_is_in_the_history_once_as_new(client: TestClient) -> None:
    history = ApiChangelog.model_validate(client.get("/api/changelog").json())
    assert history.versions[0].version == client.get("/openapi.json").json()["info"]["version"]
    changes = [change for version in reversed(history.versions) for change in version.changes]
    added = {change.operation for change in changes if change.kind == "added"}
    assert {change.operation for change in changes} == added == operations(client)


@pytest.mark.parametrize(
    ("permission", "ask", "add"),
    [
        ("write", [{}, {"key": []}], [{}, {"key": []}]),
        ("read", [{}, {"key": []}], [{"key": []}]),
        ("none", [{"key": []}], [{"key": []}]),
    ],
)
def test_the_document_says_which_operations_need_a_key(
    permission: Permission, ask: list[dict[str, list[str]]], add: list[dict[str, list[str]]]
) -> None:
    schema = create_app(PlainService, ServerSettings(anonymous=permission)).openapi()
    scheme = schema["components"]["securitySchemes"]["key"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    paths = schema["paths"]
    assert paths["/api/ask"]["post"]["security"] == ask
    assert paths["/api/documents"]["get"]["security"] == ask
    assert paths["/api/documents"]["post"]["security"] == add
    assert paths["/healthz"]["get"]["security"] == []


def test_the_page_has_every_operation_and_loads_nothing_from_elsewhere(client: TestClient) -> None:
    reply = client.get("/docs")
    assert reply.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert set(re.findall(r"<h3><code>(.*?)</code>", reply.text)) == operations(client)
    assert re.findall(r"<script|\sstyle=|\son\w+=", reply.text) == []
    loaded = re.findall(r'(?:src|href)="([^"#]+)"', reply.text)
    assert set(loaded) == {"assets/docs.css", "openapi.json", "api/changelog"}  # relative: it may stand under a prefix
    assert [client.get(f"/{address}").status_code for address in loaded] == [200] * 3
    links = re.findall(r'href="#([^"]+)"', reply.text)
    assert sorted(links) == sorted(re.findall(r'<section id="([^"]+)"', reply.text))
    for words in ("<code>from</code>", "<code>items.citations.quote</code>", "&quot;passage&quot;"):
        assert words in reply.text
    assert "Needs an API key." not in reply.text  # on this machine none is needed

"""Keys, limits, other sites' pages, bodies: what is decided before a question is looked at."""

import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.keys import Keys
from api.settings import ServerSettings, read_settings
from qa.errors import InputError
from tests.api_service import PlainService, running

ASK = {"question": "谁?"}
PUBLIC = {"host": "192.0.2.1"}


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys.json")


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


class TestKeys:
    def test_a_key_is_found_and_no_other(self, keys: Keys) -> None:
        first, second = keys.create("newsroom", "read"), keys.create("desk", "write")
        found = keys.find(first), keys.find(second)
        assert [(key.name, key.permission) for key in found if key] == [("newsroom", "read"), ("desk", "write")]
        for wrong in ("", first[:-1], first + "x", first[:-1] + ("A" if first[-1] != "A" else "B"), "gz__", "sk-1"):
            assert keys.find(wrong) is None

    def test_only_a_hash_is_kept_in_a_file_for_its_owner(self, keys: Keys, tmp_path: Path) -> None:
        key = keys.create("newsroom", "read")
        file = tmp_path / "keys.json"
        assert key.rpartition("_")[2] not in file.read_text("utf-8")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600

    def test_a_revoked_key_is_gone_for_whoever_has_the_file_open(self, keys: Keys, tmp_path: Path) -> None:
        key = keys.create("newsroom", "read")
        other = Keys(tmp_path / "keys.json")
        found = other.find(key)
        assert found
        keys.revoke(found.id)
        assert other.find(key) is None
        with pytest.raises(InputError, match="no key with the id"):
            keys.revoke(found.id)

    @pytest.mark.parametrize("content", ["{", "[1]", '[{"id": 3}]', "null", "\xff"])
    def test_a_damaged_file_lets_nobody_in(self, tmp_path: Path, content: str) -> None:
        file = tmp_path / "keys.json"
        file.write_text(content, "latin-1")
        with pytest.raises(InputError, match=r"keys\.json"):
            Keys(file).find("gz_12345678_" + "A" * 43)

    @pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "\x1b[31m"])
    def test_a_key_has_a_printable_name(self, keys: Keys, name: str) -> None:
        with pytest.raises(InputError, match="name"):
            keys.create(name, "read")


class TestPermissions:
    @pytest.fixture
    def client(self, keys: Keys, tmp_path: Path) -> Iterator[TestClient]:
        settings = ServerSettings(host="192.0.2.1", keys=tmp_path / "keys.json")
        with running(PlainService(), settings) as client:
            yield client

    def test_beyond_this_machine_a_key_is_needed(self, client: TestClient, keys: Keys) -> None:
        for headers in ({}, bearer("sk-guess"), {"authorization": "Basic eDp5"}):
            reply = client.post("/api/ask", json=ASK, headers=headers)
            assert (reply.status_code, reply.headers["content-type"]) == (401, "application/problem+json")
            assert reply.headers["www-authenticate"].startswith("Bearer")
        error = client.get("/v1/models").json()["error"]
        assert (error["type"], error["code"]) == ("authentication_error", "invalid_api_key")
        assert client.post("/api/ask", json=ASK, headers=bearer(keys.create("a", "read"))).status_code == 200

    def test_what_tells_nothing_needs_none(self, client: TestClient) -> None:
        for path in ("/healthz", "/readyz", "/openapi.json"):
            assert client.get(path).status_code == 200

    @pytest.mark.parametrize("path", ["/metrics", "/api/info", "/api/documents", "/nothing", "/api", "/v1/"])
    def test_everything_else_does(self, client: TestClient, path: str) -> None:
        assert client.get(path).status_code == 401

    def test_reading_and_writing_are_told_apart(self, client: TestClient, keys: Keys) -> None:
        reader = bearer(keys.create("a", "read"))
        for method, path in (("POST", "/api/documents"), ("DELETE", "/api/documents/d"), ("PUT", "/api/documents/d")):
            reply = client.request(method, path, headers=reader)
            assert (reply.status_code, reply.json()["detail"]) == (403, "this key may read, not write")
        writer = bearer(keys.create("b", "write"))
        assert client.post("/api/documents", content=b"{", headers=writer).status_code == 415

    def test_conversations_belong_to_their_key(self, client: TestClient, keys: Keys) -> None:
        mine, yours = bearer(keys.create("a", "read")), bearer(keys.create("b", "write"))
        identifier = client.post("/api/chat", json=ASK, headers=mine).json()["session_id"]
        assert client.get(f"/api/chat/{identifier}", headers=mine).status_code == 200
        assert client.get(f"/api/chat/{identifier}", headers=yours).status_code == 404
        assert client.delete(f"/api/chat/{identifier}", headers=yours).status_code == 404
        other = client.post("/api/chat", json={**ASK, "session_id": identifier}, headers=yours).json()
        assert (other["turn"], other["session_id"] != identifier) == (1, True)


class TestThisMachine:
    @pytest.fixture
    def client(self) -> Iterator[TestClient]:
        with running(PlainService(), ServerSettings(cors_origins=("https://desk.example",))) as client:
            yield client

    def test_no_key_is_needed_and_any_is_accepted(self, client: TestClient) -> None:
        for headers in ({}, bearer("sk-anything")):
            assert client.post("/v1/chat/completions", json=CHAT, headers=headers).status_code == 200

    @pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "localhost.evil.example", ""])
    def test_another_name_that_leads_here_is_refused(self, client: TestClient, host: str) -> None:
        assert client.post("/api/ask", json=ASK, headers={"host": host}).status_code == 421

    @pytest.mark.parametrize("host", ["localhost", "LOCALHOST:8000", "127.0.0.1:80", "[::1]:8000", "[::1]"])
    def test_its_own_names_are_not(self, client: TestClient, host: str) -> None:
        assert client.post("/api/ask", json=ASK, headers={"host": host}).status_code == 200

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example"])
    def test_pages_of_other_sites_may_not_ask(self, client: TestClient, origin: str) -> None:
        reply = client.post("/api/ask", json=ASK, headers={"origin": origin})
        assert reply.status_code == 403
        assert "access-control-allow-origin" not in reply.headers

    def test_its_own_page_and_named_origins_may(self, client: TestClient) -> None:
        assert client.post("/api/ask", json=ASK, headers={"origin": "http://localhost"}).status_code == 200
        reply = client.post("/api/ask", json=ASK, headers={"origin": "https://desk.example"})
        assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, "https://desk.example")

    def test_openais_client_may_ask_from_the_page_of_a_named_origin(self, client: TestClient) -> None:
        headers = {
            "origin": "https://desk.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": "authorization,content-type,x-stainless-lang,x-stainless-retry-count",
        }
        allowed = client.options("/v1/chat/completions", headers=headers)
        assert allowed.status_code == 200
        assert "x-stainless-retry-count" in allowed.headers["access-control-allow-headers"]
        other = client.options("/v1/chat/completions", headers=headers | {"origin": "https://evil.example"})
        assert (other.status_code, "access-control-allow-origin" in other.headers) == (400, False)


CHAT = {"messages": [{"role": "user", "content": "谁?"}]}


def test_a_limit_holds_for_each_key_and_each_address(tmp_path: Path, keys: Keys) -> None:
    settings = ServerSettings(host="192.0.2.1", keys=tmp_path / "keys.json", key_rate="2/hour", address_rate="5/hour")
    first, second = (bearer(keys.create(name, "read")) for name in "ab")
    with running(PlainService(), settings) as client:
        statuses = [client.get("/v1/models", headers=first).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        limited = client.get("/v1/models", headers=first)
        assert limited.json()["error"]["type"] == "rate_limit_error"
        assert 1 <= int(limited.headers["retry-after"]) <= 3600
        assert client.get("/v1/models", headers=second).status_code == 200
        assert client.get("/v1/models", headers=second).status_code == 429  # the address's sixth
        assert client.get("/healthz").status_code == 200


class TestBodies:
    @pytest.fixture
    def client(self) -> Iterator[TestClient]:
        with running(PlainService(), ServerSettings(max_body=2000, max_document=4000)) as client:
            yield client

    @pytest.mark.parametrize("chunked", [False, True])
    def test_a_large_one_is_refused_announced_or_not(self, client: TestClient, chunked: bool) -> None:
        body = json.dumps({"question": "x" * 3000}).encode()
        content: Any = (body[at : at + 100] for at in range(0, len(body), 100)) if chunked else body
        reply = client.post("/api/ask", content=content, headers={"content-type": "application/json"})
        assert (reply.status_code, reply.json()["detail"]) == (413, "the body has more than 2,000 bytes")

    def test_in_openais_envelope_too(self, client: TestClient) -> None:
        reply = client.post("/v1/chat/completions", content=b"x" * 3000)
        assert (reply.status_code, reply.json()["error"]["type"]) == (413, "invalid_request_error")

    def test_documents_may_be_larger(self, client: TestClient) -> None:
        assert client.post("/api/documents", content=b"x" * 3000).status_code == 415
        assert client.post("/api/documents", content=b"x" * 5000).status_code == 413

    @pytest.mark.parametrize("length", ["9" * 30, "-1", "x"])
    def test_a_length_that_is_none_does_no_harm(self, client: TestClient, length: str) -> None:
        reply = client.post("/api/ask", content=b"{}", headers={"content-length": length})
        assert 400 <= reply.status_code < 500


class TestLog:
    def lines(self, caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
        return [vars(record) for record in caplog.records if record.name == "api.requests"]

    def test_a_request_is_one_line_without_its_question(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO), running(PlainService()) as client:
            caplog.clear()
            reply = client.post("/api/ask", json={"question": "机密问题?"}, headers={"x-request-id": "abc-1"})
            client.get("/api/search", params={"q": "机密问题?"})
            client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "机密问题?"}]})
        assert reply.headers["x-request-id"] == "abc-1"
        first, second, third = self.lines(caplog)
        assert (first["method"], first["path"], first["status"], first["outcome"]) == (
            "POST",
            "/api/ask",
            200,
            "answered",
        )
        assert (second["path"], third["path"]) == ("/api/search", "/v1/chat/completions")
        assert "机密问题" not in caplog.text + repr(self.lines(caplog))

    def test_no_id_of_a_conversation_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO), running(PlainService()) as client:
            identifier = client.post("/api/chat", json={"question": "谁?"}).json()["session_id"]
            caplog.clear()
            for path in (identifier, f"{identifier}/", f"{identifier}/x", f"%0A{identifier}"):
                client.get(f"/api/chat/{path}")
            client.delete(f"/api/chat/{identifier}")
        assert {line["path"] for line in self.lines(caplog)} == {"/api/chat/{session_id}"}
        assert identifier not in repr(self.lines(caplog))

    def test_the_question_is_there_when_asked_for(self, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.INFO), running(PlainService(), ServerSettings(log_questions=True)) as client:
            caplog.clear()
            client.post("/api/chat", json={"question": "谁?", "stream": True})
        assert [line["question"] for line in self.lines(caplog)] == ["谁?"]

    def test_an_id_that_could_forge_a_line_is_replaced(self) -> None:
        with running(PlainService()) as client:
            for given in ("a b", "x" * 65, '"}', ""):
                assert client.get("/healthz", headers={"x-request-id": given}).headers["x-request-id"] != given


def test_metrics_count_requests_answers_and_stages() -> None:
    with running(PlainService()) as client:
        client.post("/api/ask", json=ASK)
        client.post("/v1/chat/completions", json={**CHAT, "stream": True})
        client.request("BREW", "/nothing/of/this/kind")
        client.head("/v1/models")
        text = client.get("/metrics").text
    assert 'gazette_requests_total{method="POST",route="/api/ask",status="200"} 1.0' in text
    assert 'gazette_requests_total{method="other",route="none",status="404"} 1.0' in text
    assert 'gazette_requests_total{method="HEAD",route="/v1/models",status="200"} 1.0' in text
    assert 'gazette_answers_total{outcome="answered"} 2.0' in text
    assert 'gazette_answers_total{outcome="abstained"} 0.0' in text
    assert 'gazette_stage_seconds_count{stage="encode"} 2.0' in text
    assert "of/this/kind" not in text


class TestSettings:
    def test_flags_come_before_the_environment_and_that_before_the_file(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        file = tmp_path / "gazette.toml"
        file.write_text('port = 1\nqueue = 2\nconcurrency = 3\ncors_origins = ["https://a"]\n', "utf-8")
        monkeypatch.setenv("GAZETTE_PORT", "4")
        monkeypatch.setenv("GAZETTE_QUEUE", "5")
        monkeypatch.setenv("GAZETTE_ALLOWED_HOSTS", "a.example, b.example")
        read = read_settings(file, port=6, host=None)
        assert (read.port, read.queue, read.concurrency, read.host) == (6, 5, 3, "127.0.0.1")
        assert (read.cors_origins, read.allowed_hosts) == (("https://a",), ("a.example", "b.example"))

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("prot = 3", "gazette.toml: no setting is called prot; did you mean port"),
            ("port = 70000", "GAZETTE_PORT"),
            ('address_rate = "many"', "GAZETTE_ADDRESS_RATE"),
            ("port =", "gazette.toml"),
        ],
    )
    def test_a_wrong_one_is_named(self, tmp_path: Path, content: str, message: str) -> None:
        file = tmp_path / "gazette.toml"
        file.write_text(content, "utf-8")
        with pytest.raises(InputError, match=message.replace(".", r"\.")):
            read_settings(file)
        with pytest.raises(InputError, match="no such file"):
            read_settings(tmp_path / "none.toml")

    @pytest.mark.parametrize(
        ("host", "permission", "limit"),
        [
            ("127.0.0.1", "write", "off"),
            ("::1", "write", "off"),
            ("localhost", "write", "off"),
            ("0.0.0.0", "none", "300/minute"),
            ("::", "none", "300/minute"),
            ("localhost.example", "none", "300/minute"),
        ],
    )
    def test_what_anyone_may_do_follows_the_address(self, host: str, permission: str, limit: str) -> None:
        settings = ServerSettings(host=host)
        assert (settings.permission, settings.address_limit) == (permission, limit)


def test_a_misspelt_name_in_the_file_of_settings_is_named_with_the_file(tmp_path: Path) -> None:
    file = tmp_path / "gazette.toml"
    for name, told in (("prot", "did you mean port?"), ("zzz", ".github/SETTINGS.md")):
        file.write_text(f"{name} = 8080\n", "utf-8")
        with pytest.raises(InputError) as raised:
            read_settings(file)
        assert str(raised.value).startswith(f"{file}: no setting is called {name}; ")
        assert told in str(raised.value)

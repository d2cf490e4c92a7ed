"""Documents, search, revisions: the real service over a real index, with an encoder and a reader that take no time."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.settings import ServerSettings
from qa.config import Settings, local_folder
from qa.indexing import ingest
from qa.read.model import Reader
from qa.service import Models, Service, open_service
from tests.api_service import ARCHIVE, NameReader, archive_service, running
from tests.fakes import FakeEncoder

LIST, MEETING = ARCHIVE.values()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """An archive that nobody changes."""
    with archive_service(tmp_path_factory.mktemp("archive")) as opened:
        yield opened


@pytest.fixture(scope="module")
def reader(shared: Service) -> Iterator[TestClient]:
    with running(shared, ServerSettings(index=shared.settings.index)) as client:
        yield client


@pytest.mark.parametrize(
    "identifier",
    ["a\nb", "a\n", "\r\n", "of/text", "text", "/text", "text/text/", "甲" * 500, "a b?#", "..", "../x", "\u2028"],
)
def test_a_document_of_any_id_opens(tmp_path: Path, identifier: str) -> None:
    records = [{"id": identifier, "text": "任命张三为局长。"}, {"id": "of", "text": "另一篇。"}]
    dump, index = tmp_path / "dump.jsonl", tmp_path / "index"
    dump.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    ingest([dump], directory=index, encoder=FakeEncoder())
    with (
        open_service(Settings(index), Models(FakeEncoder(), cast(Reader, NameReader()))) as service,
        running(service, ServerSettings(index=index)) as client,
    ):
        listed = client.get("/api/documents").json()["documents"]
        (found,) = [each["id"] for each in listed if each["id"].endswith(f":{identifier}")]
        address = f"/api/documents/{quote(found, safe='')}"
        assert client.get(address).json()["id"] == found
        window = client.get(f"{address}/text", params={"start": 0, "end": 9}).json()
        assert (window["document_id"], window["text"]) == (found, "任命张三为局长。")


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with archive_service(tmp_path) as opened:
        yield opened


@pytest.fixture
def settings(service: Service) -> ServerSettings:
    return ServerSettings(index=service.settings.index)


@pytest.fixture
def client(service: Service, settings: ServerSettings) -> Iterator[TestClient]:
    """A client of an archive that is the test's own."""
    with running(service, settings) as client:
        yield client


def documents(client: TestClient) -> dict[str, str]:
    """Return the id of each document by the name of its file."""
    return {Path(each["source"]).name: each["id"] for each in client.get("/api/documents").json()["documents"]}


def test_info_describes_the_index_without_its_path(reader: TestClient, shared: Service) -> None:
    reply = reader.get("/api/info")
    assert reply.json()["index"] == {
        "name": "index",
        "revision": 1,
        "documents": 2,
        "files": 2,
        "records": 0,
        "articles": 2,
        "chunks": shared.opened.state.chunks,
        "encoder": "fake/hashed-characters",
    }
    assert (reply.json()["model"], reply.json()["languages"]) == ("gazette", ["zh", "en"])
    assert str(local_folder(shared.settings.index).parent) not in reply.text


def test_documents_are_listed_by_source_a_page_at_a_time(reader: TestClient) -> None:
    whole = reader.get("/api/documents").json()
    assert whole["total"] == 2
    assert [(Path(each["source"]).name, each["date"], each["articles"]) for each in whole["documents"]] == [
        ("2021-10-13 任免.txt", "2021-10-13", 1),
        ("2021-10-14 会议.txt", "2021-10-14", 1),
    ]
    page = reader.get("/api/documents", params={"offset": 1, "limit": 1}).json()
    assert page == {"total": 2, "documents": whole["documents"][1:]}
    assert reader.get("/api/documents", params={"offset": 9}).json() == {"total": 2, "documents": []}


def test_a_document_is_described_with_its_articles(reader: TestClient) -> None:
    document = reader.get(f"/api/documents/{quote(documents(reader)['2021-10-14 会议.txt'], safe='')}").json()
    (article,) = document["articles"]
    assert document["length"] == len(MEETING)
    assert (article["title"], article["byline"], article["line_start"]) == ("乙县会议", "记者 张三", 1)
    assert MEETING[article["start"] : article["end"]].strip().endswith("主持。")


@pytest.mark.parametrize(("start", "end"), [(0, 3), (2, 9), (12, 10_000), (len(MEETING) - 1, len(MEETING))])
def test_a_window_of_a_text_is_the_original_there(reader: TestClient, start: int, end: int) -> None:
    path = f"/api/documents/{quote(documents(reader)['2021-10-14 会议.txt'], safe='')}/text"
    window = reader.get(path, params={"start": start, "end": end}).json()
    assert (window["start"], window["end"]) == (start, min(end, len(MEETING)))
    assert window["text"] == MEETING[start:end]
    assert window["line_start"] == MEETING[:start].count("\n") + 1


def test_without_offsets_the_text_is_an_article(reader: TestClient) -> None:
    name = documents(reader)["2021-10-13 任免.txt"]
    window = reader.get(f"/api/documents/{quote(name, safe='')}/text", params={"start": 20}).json()
    assert window["text"] in LIST
    assert window["text"].startswith("甲市任免名单")


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("start=9&end=9", "#/end"),
        ("start=9&end=3", "#/end"),
        (f"start={10**9}", "#/start"),
        ("start=-1", "#/query/start"),
        ("start=x", "#/query/start"),
    ],
)
def test_a_window_that_is_none_is_a_problem(reader: TestClient, query: str, pointer: str) -> None:
    reply = reader.get(f"/api/documents/{quote(documents(reader)['2021-10-14 会议.txt'], safe='')}/text?{query}")
    assert reply.status_code == 422
    assert [error["pointer"] for error in reply.json()["errors"]] == [pointer]


@pytest.mark.parametrize(
    "document_id",
    [
        "nothing",
        "../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "%00",
        "a%0a",
        "'; DROP TABLE documents; --",
        "%ff",
        "x" * 900,
    ],
)
def test_an_id_of_nothing_is_a_404_whatever_it_looks_like(reader: TestClient, document_id: str) -> None:
    for path in (f"/api/documents/{document_id}", f"/api/documents/{document_id}/text"):
        reply = reader.get(path)
        assert reply.status_code == 404
        assert "root:" not in reply.text
    assert reader.delete(f"/api/documents/{document_id}").status_code == 404
    assert reader.get("/api/documents").json()["total"] == 2


def test_search_finds_passages_with_their_words(reader: TestClient) -> None:
    reply = reader.get("/api/search", params={"q": "甲市副市长", "top_k": 1}).json()
    (passage,) = reply["passages"]
    assert reply["query"] == "甲市副市长"
    assert passage["title"] == "甲市任免名单"
    assert passage["text"] == LIST[passage["start"] : passage["end"]]
    assert Path(passage["source"]).name == "2021-10-13 任免.txt"
    assert reader.get("/api/search", params={"q": " "}).status_code == 422
    assert reader.get("/api/search").status_code == 422
    assert reader.get("/api/search?q=a%00").status_code == 422


def added(client: TestClient, name: str, text: str) -> Any:
    return client.post("/api/documents", json={"name": name, "text": text})


def test_a_document_is_added_found_replaced_and_removed(
    client: TestClient, settings: ServerSettings, tmp_path: Path
) -> None:
    text = "# 丙镇通报\n\n丙镇教育会议由赵某某主持。\n"
    reply = added(client, "丙镇.txt", text)
    assert reply.status_code == 201
    (identifier,) = reply.json()["documents"]
    assert reply.json()["revision"] == client.get("/api/info").json()["index"]["revision"] == 2
    answer = client.post("/api/ask", json={"question": "丙镇教育会议由谁主持?"}).json()
    assert answer["answer"] == "赵某某"
    (citation,) = answer["items"][0]["citations"]
    assert citation["document_id"] == identifier
    assert text[citation["answer_start"] : citation["answer_end"]] == "赵某某"
    assert (settings.documents_folder / "丙镇.txt").read_text("utf-8") == text

    files = {"file": ("丙镇.txt", text.replace("赵某某", "钱某某").encode())}
    assert client.post("/api/documents", files=files).json() == {
        "revision": 3,
        "documents": [identifier],
        "skipped": [],
    }
    assert client.post("/api/ask", json={"question": "丙镇教育会议由谁主持?"}).json()["answer"] == "钱某某"

    assert client.delete(f"/api/documents/{quote(identifier)}").status_code == 204
    assert client.get(f"/api/documents/{quote(identifier)}").status_code == 404
    assert not (settings.documents_folder / "丙镇.txt").exists()
    assert client.delete(f"/api/documents/{quote(identifier)}").status_code == 404


def test_a_document_from_elsewhere_is_removed_and_its_file_stays(client: TestClient, service: Service) -> None:
    identifier = documents(client)["2021-10-14 会议.txt"]
    assert client.delete(f"/api/documents/{quote(identifier)}").status_code == 204
    assert list(documents(client)) == ["2021-10-13 任免.txt"]
    assert (local_folder(service.settings.index).parent / "sources" / "2021-10-14 会议.txt").exists()


@pytest.mark.parametrize(
    "name",
    [
        "../x.txt",
        "a/b.txt",
        "/etc/x.txt",
        "..",
        ".",
        "",
        ".hidden.txt",
        "a\\b.txt",
        "a\n.txt",
        "x.exe",
        "x",
        "字" * 90 + ".txt",
    ],
)
def test_a_name_that_is_no_files_is_refused_and_nothing_is_written(
    reader: TestClient, shared: Service, name: str
) -> None:
    folder = local_folder(shared.settings.index).parent

    def files() -> set[str]:
        return {path.name for path in folder.rglob("*.*") if path.is_file()}

    before = files()
    reply = added(reader, name, "文")
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/name")
    assert files() == before


@pytest.mark.parametrize("data", [b"", b" \n", bytes(range(256)) * 4])
def test_a_file_that_cannot_be_read_is_not_kept(client: TestClient, settings: ServerSettings, data: bytes) -> None:
    reply = client.post("/api/documents", files={"file": ("x.txt", data)})
    assert reply.status_code == 422
    assert str(local_folder(settings.index).parent) not in reply.text
    assert not (settings.documents_folder / "x.txt").exists()
    added(client, "y.txt", "会议由甲某某主持。")
    assert client.post("/api/documents", files={"file": ("y.txt", data)}).status_code == 422
    assert (settings.documents_folder / "y.txt").read_text("utf-8") == "会议由甲某某主持。"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"name": "x.txt"}', "application/json", 422),
        (b'{"name": "x.txt", "text": "\\ud800"}', "application/json", 400),
        (b"x", "text/plain", 415),
        (b"", "multipart/form-data", 400),
        (b"--b\r\n", "multipart/form-data; boundary=b", 422),
        (b"--b--\r\n", "multipart/form-data; boundary=b", 422),
    ],
)
def test_a_body_that_is_no_document_is_a_problem(reader: TestClient, content: bytes, kind: str, status: int) -> None:
    reply = reader.post("/api/documents", content=content, headers={"content-type": kind})
    assert (reply.status_code, reply.headers["content-type"]) == (status, "application/problem+json")


def test_markup_in_questions_and_documents_comes_back_as_it_is(client: TestClient) -> None:
    script = "<script>alert(1)</script>"
    identifier = added(client, "丁.txt", f"# {script}\n\n丁乡教育会议由周某某主持。{script}").json()["documents"][0]
    question = f"丁乡教育会议由谁主持?{script}"
    answer = client.post("/api/ask", json={"question": question})
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["question"] == question
    assert script in client.get(f"/api/documents/{quote(identifier)}/text").json()["text"]
    reply = client.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": question}]}).json()
    assert "<script>" not in reply["choices"][0]["message"]["content"]


def test_a_revision_from_outside_is_picked_up_without_a_restart(client: TestClient, service: Service) -> None:
    sources = local_folder(service.settings.index).parent / "sources"
    (sources / "2021-10-15 戊.txt").write_text("# 戊\n\n戊县教育会议由吴某某主持。\n", "utf-8")
    ingest([sources], directory=service.settings.index, encoder=service.models.encoder)
    cast("FastAPI", client.app).state.server.live.renew()
    assert client.get("/api/info").json()["index"]["revision"] == 2
    assert client.post("/api/ask", json={"question": "戊县教育会议由谁主持?"}).json()["answer"] == "吴某某"
    assert "gazette_index_revision 2.0" in client.get("/metrics").text


def test_a_search_for_nothing_names_the_parameter_of_the_address(reader: TestClient) -> None:
    reply = reader.get("/api/search", params={"q": " "})
    assert (reply.status_code, reply.json()["errors"][0]["pointer"]) == (422, "#/q")


def test_a_file_without_a_name_is_told_so(client: TestClient) -> None:
    reply = added(client, "", "会议由甲某某主持。")
    assert (reply.status_code, reply.json()["detail"][:27]) == (422, "name: not the name of a fil")


def test_a_record_that_cannot_be_read_is_told_when_the_rest_is_added(client: TestClient) -> None:
    good = json.dumps({"id": "a/1", "text": "丙镇教育会议由赵某某主持。"}, ensure_ascii=False)
    reply = added(client, "records.jsonl", f"{good}\n{{half\n")
    assert reply.status_code == 201
    told = "line 2, column 2: not JSON: Expecting property name enclosed in double quotes"
    assert reply.json()["skipped"] == [told]
    assert added(client, "whole.jsonl", f"{good}\n").json()["skipped"] == []


def test_while_another_process_writes_an_addition_is_a_conflict(client: TestClient, settings: ServerSettings) -> None:
    from qa.store.files import writer_lock

    with writer_lock(local_folder(settings.index)):
        reply = added(client, "x.txt", "会议由甲某某主持。")
    assert (reply.status_code, reply.headers["retry-after"]) == (409, "1")
    assert not (settings.documents_folder / "x.txt").exists()

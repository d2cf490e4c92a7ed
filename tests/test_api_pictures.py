"""Boxes and pictures of pages over HTTP: a real service over an archive with a scanned page, a PDF and a text."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image, ImageDraw

from api import drawing
from api.drawing import Pictures
from api.settings import ServerSettings
from api.workers import BusyError
from qa.config import Settings
from qa.errors import SourceError
from qa.indexing import ingest
from qa.ingest import worker
from qa.read.model import Reader
from qa.service import Models, Service, open_service
from tests.api_service import ARCHIVE, NameReader, running
from tests.fakes import FakeEncoder
from tests.print_shop import pdf

LINES = ["甲市任免名单", "本报讯会议决定任命:", "李新建为甲市副市长;", "孙延文为甲市副市长。"]
SIZE = (600, 800)


def scanned(folder: Path) -> None:
    """An ALTO page, and its scan with a black bar for each character."""
    page = Image.new("L", SIZE, 255)
    draw, rows = ImageDraw.Draw(page), list[str]()
    for row, line in enumerate(LINES):
        top, width = 100 + 60 * row, 30 * len(line)
        for at in range(len(line)):
            draw.rectangle((52 + 30 * at, top + 3, 77 + 30 * at, top + 27), fill=0)
        rows.append(
            f'<TextLine HPOS="50" VPOS="{top}" WIDTH="{width}" HEIGHT="30">'
            f'<String CONTENT="{line}" HPOS="50" VPOS="{top}" WIDTH="{width}" HEIGHT="30"/></TextLine>'
        )
    page.save(folder / "scan.png")
    folder.joinpath("page.xml").write_text(
        "<alto><Description><sourceImageInformation><fileName>scan.png</fileName></sourceImageInformation>"
        f'</Description><Layout><Page WIDTH="{SIZE[0]}" HEIGHT="{SIZE[1]}"><TextBlock>'
        f"{''.join(rows)}</TextBlock></Page></Layout></alto>",
        "utf-8",
    )


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    (folder / "page").mkdir()
    scanned(folder / "page")
    (folder / "bridge.pdf").write_bytes(pdf([[(50, 60, 24, "City opens a bridge")], [(50, 60, 24, "More news")]]))
    (folder / "会议.txt").write_text(list(ARCHIVE.values())[1], "utf-8")
    return folder


@pytest.fixture(scope="module")
def service(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    index = tmp_path_factory.mktemp("archive") / "index"
    ingest(
        [sources / "page" / "page.xml", sources / "bridge.pdf", sources / "会议.txt"],
        directory=index,
        encoder=FakeEncoder(),
    )
    with open_service(Settings(index), Models(FakeEncoder(), cast(Reader, NameReader()))) as opened:
        yield opened


@pytest.fixture(scope="module")
def client(service: Service) -> Iterator[TestClient]:
    with running(service, ServerSettings(index=service.settings.index)) as client:
        yield client


def identifier(client: TestClient, name: str) -> str:
    documents = client.get("/api/documents").json()["documents"]
    return str(next(each["id"] for each in documents if each["source"].endswith(name)))


def address(client: TestClient, name: str, page: int) -> str:
    return f"/api/documents/{quote(identifier(client, name), safe='')}/pages/{page}.png"


def test_the_boxes_of_an_answer_are_where_its_words_are_printed(client: TestClient) -> None:
    answer: dict[str, Any] = client.post("/api/ask", json={"question": "谁是甲市副市长?"}).json()
    assert [item["text"] for item in answer["items"]] == ["李新建", "孙延文"]
    for row, item in enumerate(answer["items"], 2):
        (citation,) = item["citations"]
        (box,) = citation["boxes"]
        assert citation["quote"] == LINES[row]
        assert (box["page"], box["page_width"], box["page_height"]) == (1, 600, 800)
        place = [box["x"] * 600, box["y"] * 800, box["width"] * 600, box["height"] * 800]
        assert place == pytest.approx([50, 100 + 60 * row, 30 * len(LINES[row]), 30], abs=0.1)
        shown = client.get(address(client, "page.xml", box["page"]), params={"side": 400})
        ink = np.asarray(Image.open(io.BytesIO(shown.content)).convert("L")) < 128
        top, left = round(box["y"] * 400), round(box["x"] * 300)
        inside = ink[top : top + round(box["height"] * 400), left : left + round(box["width"] * 300)]
        assert inside.sum() / ink.sum() == pytest.approx(len(LINES[row]) / sum(map(len, LINES)), abs=0.01)


def test_the_same_boxes_come_by_every_way(client: TestClient) -> None:
    question = "谁是甲市副市长?"
    boxes = client.post("/api/ask", json={"question": question}).json()["items"][0]["citations"][0]["boxes"]
    assert boxes
    chat = client.post("/api/chat", json={"question": question}).json()
    assert chat["answer"]["items"][0]["citations"][0]["boxes"] == boxes
    completion = client.post(
        "/v1/chat/completions", json={"model": "gazette", "messages": [{"role": "user", "content": question}]}
    ).json()
    assert completion["gazette"]["items"][0]["citations"][0]["boxes"] == boxes


def test_a_source_without_pages_has_no_boxes(client: TestClient) -> None:
    answer = client.post("/api/ask", json={"question": "谁主持乙县教育会议?"}).json()
    assert [citation["boxes"] for item in answer["items"] for citation in item["citations"]] == [[]]
    described = client.get(f"/api/documents/{quote(identifier(client, '会议.txt'), safe='')}").json()
    assert described["pages"] == []


def test_pages_and_their_pictures(client: TestClient) -> None:
    described = client.get(f"/api/documents/{quote(identifier(client, 'bridge.pdf'), safe='')}").json()
    assert described["pages"] == [{"number": n, "width": 595.0, "height": 842.0} for n in (1, 2)]
    first = client.get(address(client, "bridge.pdf", 1))
    assert (first.status_code, first.headers["content-type"]) == (200, "image/png")
    assert Image.open(io.BytesIO(first.content)).size == (1131, 1600)
    assert Image.open(io.BytesIO(client.get(address(client, "bridge.pdf", 2), params={"side": 100}).content)).size == (
        71,
        100,
    )
    again = client.get(address(client, "bridge.pdf", 1), headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("name", "page", "reason"),
    [
        ("bridge.pdf", 3, "no picture of the page: has no page 3"),
        ("会议.txt", 1, "no picture of the page: a .txt file has no pages to show"),
    ],
)
def test_there_is_a_reason_where_there_is_no_picture(client: TestClient, name: str, page: int, reason: str) -> None:
    reply = client.get(address(client, name, page))
    assert (reply.status_code, reply.json()["detail"]) == (404, reason)


def test_what_is_asked_wrongly(client: TestClient) -> None:
    assert client.get("/api/documents/none/pages/1.png").json()["detail"] == "no document of that id"
    assert client.get(address(client, "bridge.pdf", 0)).status_code == 422
    assert client.get(address(client, "bridge.pdf", 1), params={"side": 4001}).status_code == 422
    escaped = f"/api/documents/{quote('none/pages/1.png', safe='')}"
    assert client.get(escaped).json()["detail"] == "no document of that id"


def test_a_file_that_has_changed_or_is_gone_is_not_shown(tmp_path: Path) -> None:
    path, index = tmp_path / "a.pdf", tmp_path / "index"
    path.write_bytes(pdf([[(50, 60, 24, "City opens a bridge")]]))
    ingest([path], directory=index, encoder=FakeEncoder())
    with (
        open_service(Settings(index), Models(FakeEncoder(), cast(Reader, NameReader()))) as service,
        running(service, ServerSettings(index=index)) as client,
    ):
        wanted = address(client, "a.pdf", 1)
        assert client.get(wanted).status_code == 200
        path.write_bytes(pdf([[(50, 60, 24, "City closes a bridge")]]))
        assert client.get(wanted).json()["detail"].endswith("has changed since it was ingested: ingest it again")
        path.unlink()
        assert client.get(wanted).json()["detail"].endswith("the file is no longer where it was ingested from")


def test_pictures_are_kept_within_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = list[tuple[int, int]]()

    def draw(path: Path, sha256: str, number: int, side: int) -> bytes:
        drawn.append((number, side))
        return bytes(400 * number)

    monkeypatch.setattr("qa.ingest.picture_apart", draw)
    monkeypatch.setattr(drawing, "CACHED", 1200)
    (tmp_path / "a.pdf").touch()
    pictures = Pictures()
    for number in (1, 1, 2, 1, 3, 3, 2, 4, 4):
        assert len(pictures.page(tmp_path / "a.pdf", "ab", number, 100)) == 400 * number
    assert [number for number, _ in drawn] == [1, 2, 3, 2, 4, 4]
    with pytest.raises(SourceError, match="no longer where it was ingested from"):
        pictures.page(tmp_path / "b.pdf", "ab", 1, 100)


def test_more_pages_at_once_than_there_are_turns_are_put_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures = Pictures()

    def draw(*_: object) -> bytes:
        if pictures._turns.acquire(blocking=False):
            return pictures.page(tmp_path / "a.pdf", "ab", 2, 100)
        pictures.page(tmp_path / "a.pdf", "ab", 3, 100)
        raise AssertionError("there was no turn left")

    monkeypatch.setattr("qa.ingest.picture_apart", draw)
    monkeypatch.setattr(drawing, "WAIT", 0.01)
    (tmp_path / "a.pdf").touch()
    with pytest.raises(BusyError, match="too many pages at once"):
        pictures.page(tmp_path / "a.pdf", "ab", 1, 100)


def test_what_another_system_says_is_for_the_log(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It names hosts, accounts and folders of the server, and callers may be anyone."""

    @contextmanager
    def denied(_: object) -> Iterator[Path]:
        raise SourceError("s3://news/a.pdf", "cannot be read: /home/me/.aws: key AKIA1234 of db.internal is denied")
        yield Path()  # type: ignore[unreachable]

    monkeypatch.setattr("qa.ingest.at_hand", denied)
    found = client.get(f"/api/documents/{identifier(client, 'bridge.pdf')}/pages/1.png?side=777")
    assert found.status_code == 404
    assert found.json()["detail"] == (
        "no picture of the page: its file cannot be fetched from where it was; the server's log says why"
    )
    assert "key AKIA1234 of db.internal is denied" in caplog.text


def test_a_picture_that_may_not_be_opened_says_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> bytes:
        raise PermissionError(13, "Permission denied", "/srv/private/scan.png")

    monkeypatch.setattr("qa.ingest.worker.picture", denied)
    monkeypatch.setattr("qa.ingest.worker.load", denied)
    refusal, _ = worker._read(Path("page.xml"), ("ab" * 32, 1, 800), 1 << 30, lambda message: None)
    assert refusal is not None
    assert refusal[1] == "cannot be read: PermissionError: Permission denied"
    refusal, _ = worker._read(Path("page.xml"), ("documents", None), 1 << 30, lambda message: None)
    assert refusal is not None
    assert "/srv/private/scan.png" in refusal[1]

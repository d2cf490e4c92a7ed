"""``.github/TROUBLESHOOTING.md``: every message is the code's, and what is provoked is found in it."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from qa.addresses import parse_address
from qa.answer.citations import verify
from qa.cli import run
from qa.config import Settings
from qa.errors import GazetteError
from qa.evaluate.compare import load_thresholds
from qa.evaluate.gold import gold_format
from qa.filters import parse_filters
from qa.ingest import ocr
from qa.ingest.sources import load
from qa.question.check import check_question
from qa.store import check_index, find_document, open_index, read_manifest, update
from qa.store.files import writer_lock
from qa.types import Document
from tests.api_service import ANSWERED, LI, PlainService, running
from tests.fakes import FakeEncoder, entry
from tests.messages import is_said, pattern

PAGE = Path(__file__).parent.parent / ".github" / "TROUBLESHOOTING.md"
CHUNKING = {"target": 1}


def rows() -> list[tuple[str, list[str]]]:
    """Return the rows of the page's tables, each with the first word of its table's head."""
    found, head = list[tuple[str, list[str]]](), ""
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("|") else []
        if not cells:
            head = ""
        elif not head:
            head = cells[0]
        elif not set(line) <= set("|- "):
            found.append((head, cells))
    return found


ROWS = rows()
QUOTED = [cells[0].strip("`") for head, cells in ROWS if head == "message"]


def test_every_row_has_a_cause_and_a_way_out() -> None:
    assert len(QUOTED) > 100
    assert [cells for _, cells in ROWS if len(cells) != 3 or not all(cells)] == []
    assert [cells[0] for head, cells in ROWS if head == "message" and not re.fullmatch(r"`[^`]+`", cells[0])] == []
    assert sorted({quoted for quoted in QUOTED if QUOTED.count(quoted) > 1}) == []


@pytest.mark.parametrize("quoted", QUOTED)
def test_every_message_is_the_codes(quoted: str) -> None:
    assert is_said(quoted)


def explained(message: str) -> bool:
    """Whether the page has a message that was really said, with or without the file or place before it."""
    starts = [0, *(found.end() for found in re.finditer(": ", message))]
    return any(pattern(quoted).fullmatch(message[start:]) for quoted in QUOTED for start in starts)


def test_what_was_never_explained_is_found() -> None:
    assert not explained("the moon is full")
    assert explained("a/b.txt: the file holds nothing but blanks")


def file(name: str, data: bytes | str) -> Callable[[Path], object]:
    """Return what reads a file of these bytes."""

    def read(folder: Path) -> object:
        (folder / name).write_bytes(data.encode() if isinstance(data, str) else data)
        return list(load(folder / name))

    return read


def made(folder: Path, encoder: FakeEncoder | None = None) -> Path:
    update(folder / "index", encoder or FakeEncoder(), CHUNKING, add=[entry("a", "李新建为副市长。")])
    return folder / "index"


def changed(folder: Path, **fields: object) -> None:
    """Open an index whose manifest says something else."""
    path = made(folder) / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | fields), "utf-8")
    open_index(path.parent, FakeEncoder())


def other_encoder(folder: Path) -> None:
    open_index(made(folder), FakeEncoder(32))


def other_chunking(folder: Path) -> None:
    update(made(folder), FakeEncoder(), {"target": 2}, add=[])


def second_writer(folder: Path) -> None:
    with writer_lock(made(folder)), writer_lock(folder / "index"):
        pass


def foreign_folder(folder: Path) -> None:
    (folder / "notes.txt").write_text("mine", "utf-8")
    update(folder, FakeEncoder(), CHUNKING, add=[])


def foreign_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{}", "utf-8")
    read_manifest(folder)


def cut_manifest(folder: Path) -> None:
    path = made(folder) / "manifest.json"
    path.write_text(path.read_text("utf-8")[:40], "utf-8")
    read_manifest(path.parent)


def without_manifest(folder: Path) -> None:
    index = made(folder)
    update(index, FakeEncoder(), CHUNKING, add=[entry("b", "孙延文为副市长。")])
    (index / "manifest.json").unlink()
    update(index, FakeEncoder(), CHUNKING, add=[])


def lost_revision(folder: Path) -> None:
    index = made(folder)
    (index / "revision-000001" / "archive-000001.sqlite").unlink()
    check_index(index, FakeEncoder())


def unknown_document(folder: Path) -> None:
    find_document(made(folder), "nothing")


def bad_citation(_: Path) -> None:
    verify(LI, Document("d", LI.source, "/x", LI.sha256, "x" * 6000), "李新建")


def locked_book(folder: Path) -> object:
    with zipfile.ZipFile(folder / "a.epub", "w") as packed:
        method = '<EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
        packed.writestr("META-INF/encryption.xml", f"<encryption>{method}</encryption>")
    return list(load(folder / "a.epub"))


def recognition_missing(folder: Path) -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ocr, "find_spec", lambda name: None)
        return file("a.png", b"x")(folder)


def threshold(folder: Path) -> None:
    (folder / "t.toml").write_text("[minimum]\nbeauty = 1\n", "utf-8")
    load_thresholds(folder / "t.toml")


def gold(folder: Path) -> None:
    (folder / "g.jsonl").write_text('{"question": "谁?"}\n', "utf-8")
    gold_format(folder / "g.jsonl")


PROVOKED: dict[str, Callable[[Path], object]] = {
    "no index": lambda folder: open_index(folder / "none", FakeEncoder()),
    "format": lambda folder: changed(folder, format=1),
    "metric": lambda folder: changed(folder, metric="cosine"),
    "encoder": other_encoder,
    "chunking": other_chunking,
    "writer": second_writer,
    "folder of others": foreign_folder,
    "manifest of others": foreign_manifest,
    "cut manifest": cut_manifest,
    "no manifest": without_manifest,
    "path": lambda folder: Settings(folder / "\udcff"),
    "store elsewhere": lambda _: parse_address("postgresql://user@host/news"),
    "store unknown": lambda _: parse_address("gopher://host/news"),
    "suffix": file("a.rtf", "x"),
    "xml": file("a.xml", "<news/>"),
    "not well-formed": file("a.xml", "<alto>"),
    "entity": file("a.xml", '<!DOCTYPE alto [<!ENTITY e "x">]><alto>&e;</alto>'),
    "blanks": file("a.txt", " \n"),
    "bytes": file("a.txt", "Привет, мир".encode("cp1251") * 9),
    "columns": file("a.csv", "name,age\nx,1\n"),
    "only names": file("a.csv", "text\n"),
    "cells": file("a.csv", "text\na,b\n"),
    "no record": file("a.json", "[1]"),
    "twice": file("a.jsonl", '{"id":"1","text":"甲"}\n{"id":"1","text":"乙"}\n'),
    "gzip": file("a.jsonl.gz", b"x"),
    "word": file("a.docx", b"x"),
    "old word": file("a.docx", bytes.fromhex("d0cf11e0a1b11ae1")),
    "pdf": file("a.pdf", b"x"),
    "book": locked_book,
    "page": file("a.html", "<script>1</script>"),
    "recognition": recognition_missing,
    "date": lambda _: parse_filters(date_from="yesterday"),
    "range": lambda _: parse_filters(date_from="2022", date_to="2021"),
    "long": lambda _: check_question("字" * 1001),
    "citation": bad_citation,
    "threshold": threshold,
    "gold": gold,
}


@pytest.mark.parametrize("case", PROVOKED)
def test_what_is_really_said_is_explained(case: str, tmp_path: Path) -> None:
    with pytest.raises(GazetteError) as said:
        PROVOKED[case](tmp_path)
    assert explained(str(said.value)), said.value


def test_what_the_command_line_really_says_is_explained(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = tmp_path / "answers.jsonl"
    saved.write_text("{}\n", "utf-8")
    monkeypatch.setenv("GAZETTE_PORT", "high")
    for arguments in (
        ["ask", "谁?", "--index", str(tmp_path / "none")],
        ["read", "passages.jsonl"],
        ["verify", str(saved)],
        ["serve"],
        ["forget", "x", "--index", str(made(tmp_path))],
    ):
        assert run(arguments) == 2
        (line,) = capfd.readouterr().err.splitlines()
        assert explained(line.removeprefix("error: ")), line


def test_what_the_service_really_says_is_explained() -> None:
    chat = {"messages": [{"role": "user", "content": "谁?"}]}
    with running(PlainService(ANSWERED)) as client:
        replies = [
            client.get("/api/chat/none"),
            client.get("/v1/models/other"),
            client.post("/v1/chat/completions", json={"messages": [{"role": "system", "content": "x"}]}),
            client.post("/v1/chat/completions", json=chat | {"n": 2}),
            client.post("/v1/chat/completions", json=chat | {"tool_choice": "required"}),
            client.post("/v1/chat/completions", json=chat | {"response_format": {"type": "json_schema"}}),
            client.post("/api/ask", content=b"x" * (300 << 10)),
            client.get("/api/documents", headers={"host": "elsewhere.example"}),
            client.get("/api/documents", headers={"origin": "https://elsewhere.example"}),
        ]
    for reply in replies:
        assert 400 <= reply.status_code < 500
        body = reply.json()
        assert explained(body["error"]["message"] if "error" in body else body["detail"]), body

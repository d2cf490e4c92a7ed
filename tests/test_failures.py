"""Failures nobody foresaw: of one file or record, each costs no other; of the rest, one line and exit code 2."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embeddings.errors import EncoderError
from embeddings.models import ModelFolder, provision, torch_weights
from embeddings.openvino_encoder import load_tokenizer
from qa.cli import run
from qa.config import Settings
from qa.errors import InputError, SourceError
from qa.indexing import ingest
from qa.ingest import segment, sources
from qa.ingest.files import Report
from qa.store import document_states, open_index
from qa.types import Document
from tests.conftest import SEEDS
from tests.fakes import FakeEncoder


def _fail() -> Document:
    raise MemoryError("of the font")


def broken(path: Path, _: Report) -> Iterator[Document]:
    yield from (_fail() for _ in [0])


def test_a_file_that_breaks_its_reader_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pages, index = tmp_path / "pages", tmp_path / "index"
    pages.mkdir()
    for name in ("a.txt", "b.html", "c.txt"):
        (pages / name).write_text(f"<p>{name} 任命张三为局长。", encoding="utf-8")
    assert ingest([pages], directory=index, encoder=FakeEncoder()).documents == 3
    (pages / "b.html").write_text("<p>改过了。", encoding="utf-8")
    (pages / "d.txt").write_text("任命李四为局长。", encoding="utf-8")
    monkeypatch.setattr(sources, "READERS", {**sources.READERS, ".html": broken})
    report = ingest([pages], directory=index, encoder=FakeEncoder())
    (skipped,) = report.skipped
    assert skipped.source == (pages / "b.html").as_posix()
    assert skipped.reason == "cannot be read: MemoryError: of the font"
    names = {Path(state.path).name for state in document_states(index).values()}
    assert names == {"a.txt", "b.html", "c.txt", "d.txt"}  # what the index held of it stays


def test_a_document_that_cannot_be_divided_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[segment.__module__], "MAX_ARTICLES", 1)
    for name, text in (("a", "# 一\n\n甲。\n\n# 二\n\n乙。\n"), ("b", "丙。\n")):
        (tmp_path / f"{name}.md").write_text(text, encoding="utf-8")
    report = ingest([tmp_path], directory=tmp_path / "index", encoder=FakeEncoder())
    assert report.documents == 1
    (skipped,) = report.skipped
    assert skipped.reason == "2 articles, more than 1: split the file"


@pytest.mark.parametrize(
    "extra",
    ['"\\ud800 of": "x"', '"of": "\\ud800"', '"of": {"\\udfff": ["\\ud800"]}', '"date": "\\ud83d\\ude00"'],
)
def test_half_a_surrogate_pair_in_a_field_of_no_meaning(tmp_path: Path, extra: str) -> None:
    dump, index = tmp_path / "dump.jsonl", tmp_path / "index"
    dump.write_text(f'{{"id": "1", "text": "任命张三为局长。", {extra}}}\n', encoding="utf-8")
    assert ingest([dump], directory=index, encoder=FakeEncoder()).skipped == ()
    with open_index(index, FakeEncoder()) as opened:
        (document,) = opened.documents()
        assert document.text == "任命张三为局长。"
        json.dumps(dict(document.metadata), ensure_ascii=False).encode()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"version": "1.0"}'])
def test_a_damaged_tokenizer_names_its_folder_alone(tmp_path: Path, content: bytes) -> None:
    folder = ModelFolder(tmp_path / "models" / "encoder", "0" * 64)
    folder.path.mkdir(parents=True)
    folder.tokenizer.write_bytes(content)
    with pytest.raises(EncoderError) as caught:
        load_tokenizer(folder)
    assert f"remove {folder.path}, which is written again" in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"\xff" * 64])
def test_damaged_weights_name_their_folder_alone(tmp_path: Path, content: bytes) -> None:
    folder = ModelFolder(tmp_path / "models" / "encoder", "0" * 64)
    folder.path.mkdir(parents=True)
    folder.weights.write_bytes(content)
    with pytest.raises(EncoderError) as caught:
        torch_weights(folder)
    assert f"remove {folder.path}, which is written again" in str(caught.value)


def test_a_damaged_model_in_the_cache_is_an_error_and_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    models, mine = provision().path, tmp_path / "mine.txt"
    home = tmp_path / "home"
    shutil.copytree(models, home / "models" / models.name)
    (home / "models" / models.name / "pieces.txt").write_text("{")
    mine.write_text("mine")
    monkeypatch.setenv("GAZETTE_HOME", str(home))
    assert run(["ask", "谁?"]) == 2
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert f"remove {home / 'models' / models.name}, " in line
    assert f"remove {home}," not in line


def test_an_index_path_that_is_not_utf_8(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match=r"bad\\udcff: the path of the index is not UTF-8"):
        Settings(Path("bad\udcff"))
    assert run(["ingest", str(SEEDS), "--index", "bad\udcff"]) == 2
    assert "not UTF-8" in capfd.readouterr().err


def test_what_nobody_foresaw_is_one_line_and_not_the_code_of_an_honest_no(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by\nnothing")

    monkeypatch.setattr("qa.store.read_state", fails)
    assert run(["show", "page"]) == 2
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert line == "error: unexpected ZeroDivisionError: by nothing; GAZETTE_TRACEBACK=1 shows where, for a report"
    monkeypatch.setenv("GAZETTE_TRACEBACK", "1")
    assert run(["show", "page"]) == 2
    assert "Traceback" in capfd.readouterr().err


def test_no_file_that_can_be_read_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.html").write_text("<p>甲。", encoding="utf-8")
    monkeypatch.setattr(sources, "READERS", {**sources.READERS, ".html": broken})
    with pytest.raises(SourceError, match="MemoryError"):
        ingest([tmp_path], directory=tmp_path / "index", encoder=FakeEncoder())

"""``from qa import Archive``: the way in for programs."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

import qa
from qa import Archive
from qa.errors import FilterError, IndexMissing, QuestionError
from qa.read.model import Reader
from qa.service import Models
from tests.api_service import ARCHIVE, NameReader
from tests.conftest import SEEDS
from tests.fakes import FakeEncoder
from tests.test_readme import BLOCKS


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    encoder = FakeEncoder()
    monkeypatch.setattr("qa.service.load_models", lambda name: Models(encoder, cast("Reader", NameReader())))
    monkeypatch.setattr("qa.service.load_only_encoder", lambda name: encoder)
    (tmp_path / "in").mkdir()
    for name, text in ARCHIVE.items():
        (tmp_path / "in" / name).write_text(text, "utf-8")
    with Archive(tmp_path / "index") as archive:
        yield archive


def test_files_in_answers_out(archive: Archive, tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        archive.ask("谁被任命为副市长?")
    stages: list[str] = []
    report = archive.ingest(tmp_path / "in", progress=lambda what, done, total: stages.append(what))
    assert (report.files, report.documents, report.skipped, set(stages)) == (2, 2, (), {"files", "passages"})
    answer = archive.ask("谁被任命为甲市副市长?", id="q")
    assert (answer.id, [item.text for item in answer.items]) == ("q", ["李新建", "孙延文"])
    assert not archive.ask("谁被任命为甲市副市长?", date_to="2020").answered
    assert not archive.ask("谁被任命为甲市副市长?", source="会议").answered


def test_search_and_documents_take_the_same_filters(archive: Archive, tmp_path: Path) -> None:
    archive.ingest(str(tmp_path / "in"))
    found = archive.search("教育会议", top_k=1)
    assert [(each.title, each.line) for each in found] == [("乙县会议", 1)]
    assert archive.search("教育会议", title="任免")[0].title == "甲市任免名单"
    assert [each.title for each in archive.documents()] == ["甲市任免名单", "乙县会议"]
    assert [each.title for each in archive.documents(byline="张三")] == ["乙县会议"]
    with pytest.raises(FilterError):
        archive.search("会议", date_from="yesterday")
    with pytest.raises(QuestionError):
        archive.ask(" ")


def test_what_is_added_is_asked_at_once(archive: Archive, tmp_path: Path) -> None:
    archive.ingest(tmp_path / "in")
    assert len(archive.search("教育会议", source="丙")) == 0
    (tmp_path / "in" / "丙.txt").write_text("# 丙镇会议\n\n丙镇会议今日召开,周某主持。\n", "utf-8")
    archive.ingest(tmp_path / "in")
    assert [each.title for each in archive.search("会议", source="丙")] == ["丙镇会议"]
    archive.close()
    assert len(archive.search("会议", source="丙")) == 1  # it opens again


def test_a_filter_that_is_none_is_told_with_those_there_are(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text("# 开馆\n\n图书馆昨日开馆。", encoding="utf-8")
    archive.ingest(tmp_path / "page.txt")
    with pytest.raises(TypeError, match="'from' is no filter: there are date_from, date_to, source"):
        archive.ask("谁?", **cast("dict[str, Any]", {"from": "2021"}))


def test_the_way_in_is_listed_before_it_is_used() -> None:
    assert {"Archive", "__version__"} <= set(dir(qa))


def test_importing_it_is_quick() -> None:
    assert {"qa.archive", "qa.config", "numpy", "typing_extensions"} & imported("import qa") == set()
    heavy = {"faiss", "openvino", "torch", "tantivy", "fastapi", "typer", "qa.store", "qa.service"}
    assert heavy & imported("from qa import Archive; Archive('x')") == set()
    assert "qa.archive" in imported("from qa import Archive")
    with pytest.raises(AttributeError, match="nothing"):
        _ = cast("Any", qa).nothing


def imported(code: str) -> set[str]:
    command = [sys.executable, "-c", f"import sys; {code}; print(*sys.modules)"]
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_the_example_of_the_readme_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (example,) = (block for kind, block in BLOCKS if kind == "python")
    (tmp_path / "my-archive").mkdir()
    for page in SEEDS.glob("*.txt"):
        shutil.copy(page, tmp_path / "my-archive")
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "README.md", "exec"), {})
    names = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert names == ["李新建", "孙延文", "张武清"]

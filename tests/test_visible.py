"""What is shown of a page in markup: its words, tied to the lines and the offsets of its source."""

import json
from pathlib import Path

import pytest

from qa.cli import run
from qa.indexing import ingest
from qa.ingest import load
from qa.types import Document
from qa.wire import shown_lines, shown_part
from tests.fakes import FakeEncoder

SOURCE = """<html><body><article>
<h1 class="t">水电费公告</h1>
<p class="x">自<b>四月</b>起，水费上调<i>一成</i>。</p>
<p>公告由<em>水务局</em>&amp;供电局发布。</p>
</article></body></html>
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Document:
    path = tmp_path_factory.mktemp("visible") / "notice.html"
    path.write_text(SOURCE, encoding="utf-8")
    (document,) = load(path)
    return document


def test_lines_carry_the_numbers_of_the_source(page: Document) -> None:
    lines = {text.lstrip("# "): number for number, text in shown_lines(page) if text.strip()}
    assert lines == {"水电费公告": 2, "自四月起，水费上调一成。": 3, "公告由水务局&供电局发布。": 4}


def test_a_part_is_what_stands_between_two_offsets_of_the_source(page: Document) -> None:
    start, end = SOURCE.index("四月"), SOURCE.index("成</i>")
    text, runs = shown_part(page, start, end)
    assert text == page.visible(start, end) == "四月起，水费上调一"
    assert [
        (SOURCE[original : original + length], text[shown : shown + length]) for shown, original, length, _ in runs
    ] == [(part, part) for part in ("四月", "起，水费上调", "一")]
    assert runs[0][0] == 0


def test_an_entity_is_one_character_that_stands_for_several(page: Document) -> None:
    at = SOURCE.index("&amp;")
    text, runs = shown_part(page, at, at + 5)
    assert (text, runs) == ("&", ((0, at, 1, 5),))


def test_a_text_without_markup_is_what_it_shows() -> None:
    plain = Document("d", "d.txt", "/d.txt", "", "甲\n乙\n")
    assert shown_part(plain, 1, 4) == ("\n乙\n", ())
    assert plain.visible(0, 3) == "甲\n乙"
    assert list(shown_lines(plain)) == [(1, "甲"), (2, "乙"), (3, "")]


def test_the_command_line_shows_no_tags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notice.html").write_text(SOURCE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    ingest([tmp_path / "notice.html"], directory=tmp_path / "index", encoder=FakeEncoder())
    assert run(["show", "notice.html", "--index", str(tmp_path / "index")]) == 0
    shown = capfd.readouterr().out
    assert "<" not in shown
    assert "     3  自四月起，水费上调一成。" in shown.splitlines()
    assert run(["show", "notice.html", "--index", str(tmp_path / "index"), "--json"]) == 0
    record = json.loads(capfd.readouterr().out)
    assert record["text"] == SOURCE
    assert "自四月起，水费上调一成。" in record["shown"]

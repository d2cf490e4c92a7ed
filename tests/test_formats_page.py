"""``.github/FORMATS.md``: it is current, it has every format, and what it quotes is said."""

import inspect
import re
from pathlib import Path

import pytest

from qa.cli.format_facts import FACTS
from qa.cli.formats_page import PAGE, formats_page, suffixes_of
from qa.ingest import sources, xml
from qa.ingest.sources import READERS, load
from tests.messages import is_said

ROOT = Path(__file__).parent.parent
PAGE_TEXT = (ROOT / PAGE).read_text("utf-8")


def test_the_page_is_what_the_readers_say() -> None:
    assert formats_page() == PAGE_TEXT, "run: python -m qa.cli.formats_page"


def test_every_reader_is_told_of() -> None:
    read = {inspect.getmodule(reader) for reader in READERS.values() if reader not in (sources.read_page, xml.read)}
    read |= {inspect.getmodule(kind) for kind in xml.KINDS.values()}
    assert read <= set(FACTS)
    named = " ".join(suffixes_of(module) for module in FACTS)
    assert [suffix for suffix in READERS if f"`{suffix}`" not in named] == []
    assert [root for root in xml.KINDS if f"`<{root}>`" not in named] == []


def test_every_format_has_a_name_and_says_what_a_document_is() -> None:
    table = PAGE_TEXT.partition("## What is read")[2].partition("\n## ")[0]
    rows = [line.split(" | ") for line in table.splitlines() if line.startswith("| ")][2:]
    assert len(rows) == len(FACTS)
    assert [row for row in rows if not all(cell.strip("| ") for cell in row)] == []
    assert [row[2] for row in rows if "document" not in row[2]] == []


MESSAGES = sorted({message for facts in FACTS.values() for message in (*facts.refused, *facts.reported)})


@pytest.mark.parametrize("quoted", MESSAGES)
def test_what_is_quoted_is_said(quoted: str) -> None:
    assert is_said(quoted)


def test_what_nobody_says_is_found() -> None:
    assert not is_said("the file holds nothing but air")
    assert not is_said("…: …")
    assert is_said("page …: the file is empty")


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("a.md", "---\ntitle: 标题\ndesk: 要闻\n---\n正文在此。\n", "desk", "要闻"),
        ("a.csv", "正文,版次,desk\n正文在此。,4,要闻\n", "page", "4"),
        ("a.csv", "正文,版次,desk\n正文在此。,4,要闻\n", "desk", "要闻"),
        ("a.jsonl", '{"正文": "正文在此。", "刊名": "甲报"}\n', "publication", "甲报"),
        ("a.html", '<html><head><meta name="author" content="张三"></head><p>正文在此。</p></html>', "byline", "张三"),
    ],
)
def test_what_is_kept_beside_the_text(tmp_path: Path, name: str, text: str, field: str, value: str) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    (document,) = load(tmp_path / name)
    assert document.metadata[field] == value


@pytest.mark.parametrize(("name", "offset"), [("2021-10-13.md", 18), ("a.html", 3), ("a.csv", 0)])
def test_what_offsets_count_in(tmp_path: Path, name: str, offset: int) -> None:
    texts = {".md": "---\ntitle: 标题\n---\n正文在此。\n", ".html": "<p>正文在此。</p>", ".csv": "正文\n正文在此。\n"}
    (tmp_path / name).write_text(texts[Path(name).suffix], "utf-8")
    (document,) = load(tmp_path / name)
    assert document.text.index("正文在此") == offset
    dated = re.match(r"\d{4}-\d{2}-\d{2}", name)
    assert document.date == (dated.group() if dated else None)

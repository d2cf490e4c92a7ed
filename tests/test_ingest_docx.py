"""Word files, made with python-docx; and archives that are no Word files."""

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answer.citations import cite
from qa.errors import SourceError
from qa.indexing import cited_document
from qa.ingest import load, segment
from qa.types import Document, Span
from tests.ingest_oracle import read_or_refuse


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def notice() -> bytes:
    document = docx.Document()
    document.core_properties.title = "任免名单"
    document.add_heading("市人大常委会任免名单", 1)
    document.add_paragraph("决定任命:")
    document.add_paragraph("李新建为副市长;", style="List Bullet")
    document.add_paragraph("孙延文为副市长。", style="List Bullet")
    table = document.add_table(2, 3)
    for cell, words in zip(table._cells, ["姓名", "性别", "职务", "王五", "男", "局长"], strict=True):
        cell.text = words
    document.add_paragraph("")
    document.add_paragraph("记者 张三").add_run("\n2021年10月13日")
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


NOTICE = notice()
TEXT = """# 市人大常委会任免名单

决定任命:

- 李新建为副市长;

- 孙延文为副市长。

姓名，性别，职务
王五，男，局长

记者 张三
2021年10月13日"""


def read(data: bytes, name: str = "notice.docx") -> Document:
    Path(name).write_bytes(data)
    (document,) = load(Path(name))
    return document


def test_headings_lists_and_tables_keep_their_order() -> None:
    document = read(NOTICE, "notice_2021-10-14.docx")
    assert document.text == TEXT
    assert (document.title, document.date) == ("任免名单", "2021-10-14")
    (article,) = segment(document).articles
    assert (article.title, article.byline, article.date) == ("市人大常委会任免名单", "记者 张三", "2021-10-13")


def test_a_citation_is_verified_against_the_file() -> None:
    document = read(NOTICE)
    segmentation = segment(document)
    (chunk,) = segmentation.chunks
    start = chunk.text.index("孙延文")
    citation = cite(Span(chunk, start, start + 3, 0.0), document=document, article=segmentation.articles[0])
    original = cited_document(citation).text
    assert original[citation.answer_start : citation.answer_end] == "孙延文"
    assert original[citation.start : citation.end] == "孙延文为副市长。"


def test_merged_cells_are_read_once() -> None:
    document = docx.Document()
    table = document.add_table(1, 3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "任命"
    table.cell(0, 2).text = "局长"
    data = io.BytesIO()
    document.save(data)
    assert read(data.getvalue()).text == "任命，局长"


def packed(**parts: bytes) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return data.getvalue()


def empty() -> bytes:
    data = io.BytesIO()
    docx.Document().save(data)
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the file is empty"),
        (b"plain words", "not a readable Word file"),
        (NOTICE[:-30], "not a readable Word file"),
        (packed(a=b"x"), "not a readable Word file"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "protected by a password"),
        (packed(a=bytes(40 << 20)), "unpacks to more than 16 MB"),
        (empty(), "the document holds no text"),
    ],
    ids=["empty", "text", "cut", "zip", "locked", "bomb", "blank"],
)
def test_what_cannot_be_read(data: bytes, expected: str) -> None:
    with pytest.raises(SourceError, match=re.escape(expected)):
        read(data)


PARTS = {
    name: zipfile.ZipFile(io.BytesIO(NOTICE)).read(name) for name in zipfile.ZipFile(io.BytesIO(NOTICE)).namelist()
}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["[Content_Types].xml", "_rels/.rels", "word/document.xml", "word/styles.xml"]),
    st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=8)), max_size=4),
    st.lists(st.tuples(st.integers(0, 50_000), st.binary(max_size=4)), max_size=2),
)
def test_damaged_files_are_read_or_refused(
    part: str, inside: list[tuple[int, bytes]], outside: list[tuple[int, bytes]]
) -> None:
    xml = _patched(PARTS[part], inside)
    path = Path("fuzz.docx")
    path.write_bytes(_patched(packed(**PARTS | {part: xml}), outside))
    assert all(segment(document).chunks for document in read_or_refuse(path))


def _patched(data: bytes, patches: list[tuple[int, bytes]]) -> bytes:
    patched = bytearray(data)
    for offset, patch in patches:
        patched[offset % len(data) : offset % len(data) + len(patch)] = patch
    return bytes(patched)


@pytest.mark.parametrize(("style", "level"), [("Title", 1), ("Heading 3", 3), ("标题 2", 2), ("Normal", 0)])
def test_headings_are_known_by_the_name_of_their_style(style: str, level: int) -> None:
    document = docx.Document()
    if style not in [known.name for known in document.styles]:
        document.styles.add_style(style, WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("会议召开", style=style)
    data = io.BytesIO()
    document.save(data)
    assert read(data.getvalue()).text == "#" * level + " " * bool(level) + "会议召开"

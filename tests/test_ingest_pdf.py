"""PDF files: words and their order, boxes, damaged and locked files."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answer.citations import cite
from qa.errors import SourceError
from qa.indexing import cited_document
from qa.ingest import load, ocr, segment
from qa.types import Document, Span
from tests.ingest_oracle import read_or_refuse
from tests.page_layout import placed_lines
from tests.print_shop import columns, pdf, picture

LEFT = ["The mayor said on Monday", "that the new bridge will", "carry trains and buses."]
RIGHT = ["The bridge is 420 metres", "long and cost 12.5 million", "yuan, the city reported."]
PAGE = [(50.0, 60.0, 24.0, "City opens a bridge"), *columns(LEFT, RIGHT, top=100)]


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(data: bytes, name: str = "page.pdf") -> tuple[list[Document], list[str]]:
    path, errors = Path(name), list[SourceError]()
    path.write_bytes(data)
    return list(load(path, errors.append)), [error.reason for error in errors]


def test_columns_are_read_one_after_the_other() -> None:
    (document,), errors = read(pdf([PAGE]), "news_2021-10-14.pdf")
    assert document.text == "## City opens a bridge\n\n" + "\n".join(LEFT) + "\n\n" + "\n".join(RIGHT)
    assert (document.date, errors) == ("2021-10-14", [])
    (article,) = segment(document).articles
    assert article.title == "City opens a bridge"


def test_every_line_keeps_its_page_and_box() -> None:
    (document,), _ = read(pdf([PAGE, columns(RIGHT, top=700)]))
    first, second = (match.start() for match in re.finditer("420 metres", document.text))
    (place,) = placed_lines(document, first, first + 3)
    assert place.page == 1
    assert document.text[place.start : place.end] == RIGHT[0]
    assert place.box.left == pytest.approx(300, abs=2)
    assert place.box.top < 100 < place.box.bottom
    assert place.box.height == pytest.approx(13, abs=3)
    (place,) = placed_lines(document, second, second + 3)
    assert (place.page, place.box.top < 700 < place.box.bottom) == (2, True)
    assert [p.page for p in placed_lines(document, 0, len(document.text))] == [1] * 7 + [2] * 3


def test_a_sentence_over_a_column_break_is_cited_and_verified() -> None:
    left, right = [*LEFT[:2], "carry trains and"], ["buses, the city reported.", "It is 420 metres long."]
    (document,), _ = read(pdf([[(50, 60, 24, "City opens a bridge"), *columns(left, right, top=100)]]))
    segmentation = segment(document)
    (chunk,) = segmentation.chunks
    start = chunk.text.index("trains and")
    end = chunk.text.index("buses") + 5
    citation = cite(Span(chunk, start, end, 0.0), document=document, article=segmentation.articles[0])
    assert re.sub(r"\s+", " ", document.text[citation.answer_start : citation.answer_end]) == "trains and buses"
    assert cited_document(citation).text == document.text


def test_pages_go_on_without_a_blank_line() -> None:
    (document,), _ = read(pdf([columns(LEFT, top=100), columns(RIGHT, top=100)]))
    assert document.text == "\n".join(LEFT) + "\n\f" + "\n".join(RIGHT)


def test_a_scanned_page_needs_the_extra_and_costs_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ocr, "find_spec", lambda name: None)
    ocr._engine.cache_clear()
    data = pdf([PAGE], picture=picture([(40, 40, 20, "Scanned words")], 600, 120))
    (document,), errors = read(data)
    assert "420 metres" in document.text
    assert len(errors) == 1
    assert errors[0].startswith("page 2: a scan without text; install")


def locked(data: bytes) -> bytes:
    """The same file with a trailer that names an encryption which no empty password opens."""
    entry = b"<</Filter/Standard/V 2/R 3/Length 128/P -4/O(%s)/U(%s)>>" % (b"o" * 32, b"u" * 32)
    return re.sub(
        rb"trailer\s*<<", b"trailer\n<</Encrypt " + entry + b"/ID[(0123456789abcdef)(0123456789abcdef)]", data
    )


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"%PDF-1.7\n", "not a readable PDF"),
        (b"\x00\x01\x02 not a pdf", "not a readable PDF"),
        (b"", "the file is empty"),
        (locked(pdf([PAGE])), "protected by a password: save a copy without one"),
        (pdf([[]]), "no page with text"),
    ],
    ids=["header", "binary", "empty", "locked", "blank"],
)
def test_what_cannot_be_read(data: bytes, expected: str) -> None:
    with pytest.raises(SourceError, match=re.escape(expected)):
        read(data)


WHOLE = pdf([PAGE])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(max_size=6)), max_size=8), st.booleans())
def test_a_damaged_file_is_read_or_refused(damage: list[tuple[int, bytes]], cut: bool) -> None:
    data = bytearray(WHOLE)
    for offset, patch in damage:
        data[offset : offset + len(patch)] = patch
    path = Path("fuzz.pdf")
    path.write_bytes(data[: damage[0][0]] if cut and damage else data)
    assert all(segment(document).chunks for document in read_or_refuse(path))

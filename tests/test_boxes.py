"""The boxes of a citation: on generated pages whose words' places are known, they are exactly those of the quote."""

import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answer.citations import cite, verify
from qa.errors import CitationError
from qa.ingest import load, segment
from qa.ingest.placing import placed
from qa.ingest.reading_order import Box
from qa.pages import STEPS, PageBox, PlacedLine, PlacedPage, boxes_of
from qa.types import Document, Span
from qa.wire.records import from_json, to_json
from tests.print_shop import HEIGHT, WIDTH, columns, pdf

STORED = settings(max_examples=60, deadline=None)
FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(name: str, data: bytes | str) -> Document:
    Path(name).write_bytes(data if isinstance(data, bytes) else data.encode())
    (document,) = load(Path(name))
    return document


@st.composite
def pages(draw: st.DrawFn) -> list[PlacedLine]:
    """Lines of a page in order, each with its knots."""
    lines, at = list[PlacedLine](), draw(st.integers(0, 50))
    for _ in range(draw(st.integers(1, 8))):
        left, top = draw(st.integers(0, STEPS - 2)), draw(st.integers(0, STEPS - 2))
        right, bottom = draw(st.integers(left + 1, STEPS)), draw(st.integers(top + 1, STEPS))
        vertical = draw(st.booleans())
        low, high = (top, bottom) if vertical else (left, right)
        count = draw(st.integers(1, 30))
        inner = sorted(draw(st.sets(st.integers(1, count - 1), max_size=4))) if count > 1 else []
        steps = draw(st.lists(st.integers(low, high), min_size=len(inner) + 2, max_size=len(inner) + 2))
        at += draw(st.integers(0, 5))
        knots = tuple(zip((0, *inner, count), sorted(steps, reverse=draw(st.booleans())), strict=True))
        lines.append(PlacedLine(at, at + count, (left, top, right, bottom), knots, vertical))
        at += count
    return lines


@STORED
@given(pages())
def test_lines_come_back_as_they_were_kept(lines: list[PlacedLine]) -> None:
    page = PlacedPage.of(3, 595.0, 842.0, lines)
    assert list(page.lines()) == lines
    assert (page.start, page.end) == (lines[0].start, lines[-1].end)


@STORED
@given(pages(), st.integers(0, 200), st.integers(1, 60))
def test_a_span_has_a_box_for_each_line_that_it_touches(lines: list[PlacedLine], start: int, length: int) -> None:
    page = PlacedPage.of(2, 300.0, 400.0, lines)
    found = boxes_of([page], start, start + length)
    touched = [line for line in lines if any(line.start <= at < line.end for at in range(start, start + length))]
    assert len(found) == len(touched)
    for box, line in zip(found, touched, strict=True):
        left, top, right, bottom = (edge / STEPS for edge in line.edges)
        assert (box.page, box.page_width, box.page_height) == (2, 300.0, 400.0)
        assert left <= box.x <= box.x + box.width <= right + 1e-9
        assert top <= box.y <= box.y + box.height <= bottom + 1e-9
        assert from_json(PageBox, to_json(box)) == box


@STORED
@given(st.lists(st.floats(0.5, 30), min_size=1, max_size=40), st.booleans())
def test_every_character_is_found_where_it_was_printed(widths: list[float], vertical: bool) -> None:
    limits = [20.0]
    for width in widths:
        limits.append(limits[-1] + width)
    box = Box(40, 20, 52, limits[-1]) if vertical else Box(20, 40, limits[-1], 52)
    side = limits[-1] + 30
    line = placed(7, "x" * len(widths), box, limits, (side, side), vertical=vertical)
    assert line is not None
    for at, (low, high) in enumerate(pairwise(limits)):
        left, top, right, bottom = line.part(7 + at, 8 + at)
        found = (top, bottom) if vertical else (left, right)
        assert [step * side / STEPS for step in found] == pytest.approx([low, high], abs=0.15 * 12 + 0.1)


WORDS = st.text("abcdefghijklmnoprstuvwxyz", min_size=2, max_size=9)
LINES = st.lists(st.lists(WORDS, min_size=3, max_size=5).map(" ".join), min_size=2, max_size=12)


@FEW
@given(LINES, st.integers(0, 10**6))
def test_the_boxes_of_a_quote_in_a_pdf_are_those_of_its_words(lines: list[str], seed: int) -> None:
    """The oracle prints single words at places of its own choice; their places are known without any font."""
    numbered = [f"w{number} {line}" for number, line in enumerate(lines)]
    rng = random.Random(seed)
    places = {f"w{number}": (rng.uniform(40, 80), 80 + 22.0 * number) for number in range(len(lines))}
    document = read("page.pdf", pdf([[(*places[line.split()[0]], 12, line) for line in numbered]]))
    for number, line in enumerate(numbered):
        x, baseline = places[f"w{number}"]
        start = document.text.index(f"w{number} ")
        (box,) = boxes_of(document.pages, start, start + len(f"w{number}"))
        assert box.x * WIDTH == pytest.approx(x, abs=2)
        assert box.y * HEIGHT < baseline - 4 < (box.y + box.height) * HEIGHT < baseline + 6
        (whole,) = boxes_of(document.pages, start, start + len(line))
        assert (whole.x, whole.y, whole.height) == (box.x, box.y, box.height)
        assert box.width < whole.width


def test_a_citation_over_two_columns_carries_the_boxes_of_both_parts() -> None:
    left = ["The council met on Monday. The mayor", "said that the new bridge will carry", "trains and"]
    right = ["buses. It is long."]
    document = read("page.pdf", pdf([[(50, 60, 24, "City opens a bridge"), *columns(left, right, top=100)]]))
    segmentation = segment(document)
    (chunk,) = segmentation.chunks
    start = chunk.text.index("trains and")
    span = Span(chunk, start, start + len("trains and"), 0.0)
    citation = cite(span, document=document, article=segmentation.articles[0])
    assert citation.quote.startswith("The mayor")
    first, second, third, fourth = citation.boxes
    lines = {box.y for box in citation.boxes}
    assert {box.page for box in citation.boxes} == {1}
    assert len(lines) == 3
    assert fourth.y == first.y
    # "The mayor" is the last quarter of its line, "buses." the first third of its.
    whole = boxes_of(document.pages, citation.start - 27, citation.end)[0]
    assert first.x > whole.x + 0.6 * whole.width
    assert [second.x * WIDTH, third.x * WIDTH, fourth.x * WIDTH] == pytest.approx([50, 50, 300], abs=2)
    assert fourth.width < 0.1
    verify(citation, document, "trains and")
    moved = replace(citation, boxes=(replace(first, x=0.0), *citation.boxes[1:]))
    with pytest.raises(CitationError, match="the boxes are not those of"):
        verify(moved, document, "trains and")
    verify(replace(citation, boxes=()), document, "trains and")  # of a time when citations had none


@pytest.mark.parametrize(
    ("crop", "x", "baseline", "size"),
    [(b"", 100, 200, (595, 842)), (b"/CropBox[50 42 545 792]", 50, 150, (495, 750))],
    ids=["whole", "cropped"],
)
def test_boxes_are_those_of_the_page_as_it_is_shown(crop: bytes, x: float, baseline: float, size: object) -> None:
    data = pdf([[(100, 200, 12, "Bridge opened by the mayor")]])
    document = read("page.pdf", data.replace(b"/MediaBox", crop + b"/MediaBox"))
    (box,) = boxes_of(document.pages, 0, 6)
    assert (box.page_width, box.page_height) == size
    assert box.x * box.page_width == pytest.approx(x, abs=2)
    assert box.y * box.page_height < baseline < (box.y + box.height) * box.page_height + 4


def test_a_turned_page_is_read_and_boxed_as_it_is_shown() -> None:
    lines = ["Bridge opened by the mayor", "It carries trains and buses"]
    # Set sideways, from the foot upwards, on a sheet that is turned to the right when it is shown.
    words = [(142.0, 100.0 + 20 * row, 12.0, line) for row, line in enumerate(lines)]
    document = read("page.pdf", pdf([words], turned=True))
    assert document.text == "\n".join(lines)
    (box,) = boxes_of(document.pages, 0, 6)
    assert (box.page_width, box.page_height) == (842, 595)
    assert box.x * 842 == pytest.approx(142, abs=2)
    assert box.y * 595 < 100 < (box.y + box.height) * 595 + 4
    assert 6 < box.height * 595 < 20


ALTO_LINE = '<TextLine ID="L{n}" HPOS="{left}" VPOS="{top}" WIDTH="{width}" HEIGHT="40">{words}</TextLine>'


@FEW
@given(
    st.lists(
        st.lists(st.text("县长桥通车渡口新米行", min_size=1, max_size=4), min_size=1, max_size=6),
        min_size=1,
        max_size=5,
    )
)
def test_the_boxes_of_words_in_alto_and_hocr_are_theirs(rows: list[list[str]]) -> None:
    at, alto, hocr, printed = 0, list[str](), list[str](), list[tuple[int, int, tuple[int, int, int, int]]]()
    for n, row in enumerate(rows):
        top, left, words, spans = 100 + 60 * n, 200, list[str](), list[str]()
        for word in row:
            width = 37 * len(word)
            words.append(f'<String CONTENT="{word}" HPOS="{left}" VPOS="{top}" WIDTH="{width}" HEIGHT="40"/>')
            spans.append(f"<span class='ocrx_word' title='bbox {left} {top} {left + width} {top + 40}'>{word}</span>")
            printed.append((at, at + len(word), (left, top, width, 40)))
            at, left = at + len(word), left + width + 11
        at += 1
        alto.append(ALTO_LINE.format(n=n, left=200, top=top, width=left - 211, words="".join(words)))
        bbox = f"bbox 200 {top} {left - 11} {top + 40}"
        hocr.append(f"<span class='ocr_line' title='{bbox}'>{''.join(spans)}</span>")
    documents = [
        read(
            "p.xml",
            '<alto><Layout><Page WIDTH="3000" HEIGHT="4000"><PrintSpace><TextBlock ID="B">'
            f"{''.join(alto)}</TextBlock></PrintSpace></Page></Layout></alto>",
        ),
        read(
            "p.hocr",
            f"<html><body><div class='ocr_page' title='bbox 0 0 3000 4000'>{''.join(hocr)}</div></body></html>",
        ),
    ]
    for document in documents:
        assert document.text == "\n".join("".join(row) for row in rows)
        for start, end, (x, y, width, height) in printed:
            (box,) = boxes_of(document.pages, start, end)
            found = (box.x * 3000, box.y * 4000, box.width * 3000, box.height * 4000)
            assert found == pytest.approx(
                (x, y, width, height), abs=25
            )  # less than a character: white between two has no offset


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("p.txt", "渡口新桥通车，县长主持典礼。"),
        ("p.hocr", "<div class='ocr_page'><span class='ocr_line' title='bbox 1 1 90 20'>渡口新桥通车。</span></div>"),
        ("p.xml", "<alto><Page><TextBlock><TextLine><String CONTENT='渡口新桥'/></TextLine></TextBlock></Page></alto>"),
    ],
    ids=["text", "no size of the page", "no boxes"],
)  # fmt: skip
def test_a_source_that_does_not_tell_has_no_boxes(name: str, source: str) -> None:
    document = read(name, source)
    assert boxes_of(document.pages, 0, len(document.text)) == ()

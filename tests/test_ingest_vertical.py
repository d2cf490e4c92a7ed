"""Vertical print: columns are read from right to left, whatever order a file draws them in, or the page is reported."""

import random
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import SourceError
from qa.ingest import load, ocr, segment
from qa.ingest.direction import PrintedLine, directed_blocks
from qa.ingest.reading_order import Box
from qa.pages import boxes_of
from qa.types import Document
from tests.print_shop import HEIGHT, WIDTH, Words, hanzi_pdf

FEW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HANZI = (
    "渡口新桥昨日落成由县长樊世桢主持典礼造价二万六千元工程师闻人俊米行公会改选宓德润当选席委员任期一年会址仍在鼓楼街"
)
TEXTS = st.lists(st.text(HANZI, min_size=30, max_size=90), min_size=1, max_size=3)
TOP, RIGHT = 80.0, 540.0


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(data: bytes) -> tuple[Document, list[str]]:
    errors = list[SourceError]()
    Path("page.pdf").write_bytes(data)
    (document,) = load(Path("page.pdf"), errors.append)
    return document, [error.reason for error in errors]


def seen(text: str) -> str:
    return re.sub(r"[\s#]", "", text)


def glyphs(texts: Sequence[str], *, rows: int, size: float, pitch: float, leading: float) -> list[Words]:
    """Set texts in columns from right to left, a glyph at a time, in the order they are read."""
    found = list[Words]()
    column = 0
    for text in texts:
        for start in range(0, len(text), rows):
            x = RIGHT - column * size * leading
            found += [(x, TOP + row * size * pitch, size, one) for row, one in enumerate(text[start : start + rows])]
            column += 1
    return found


@FEW
@given(
    TEXTS,
    st.integers(9, 16),
    st.floats(1.0, 1.15),
    st.floats(1.5, 2.0),
    st.sampled_from(["by column", "by row", "anyhow"]),
    st.integers(0, 10**6),
)
def test_columns_are_read_whatever_order_they_are_drawn_in(
    texts: list[str], rows: int, pitch: float, leading: float, order: str, seed: int
) -> None:
    printed = glyphs(texts, rows=rows, size=10, pitch=pitch, leading=leading)
    drawn = list(printed)
    if order == "by row":
        drawn.sort(key=lambda one: (one[1], one[0]))
    elif order == "anyhow":
        random.Random(seed).shuffle(drawn)
    document, errors = read(hanzi_pdf([drawn]))
    assert errors == []
    assert seen(document.text) == "".join(texts)
    places = [at for at, character in enumerate(document.text) if character not in "\n# \u3000"]
    for at, (x, baseline, size, character) in zip(places, printed, strict=True):
        assert document.text[at] == character
        (box,) = boxes_of(document.pages, at, at + 1)
        assert box.x * WIDTH == pytest.approx(x, abs=1)
        assert box.y * HEIGHT < baseline - 0.3 * size < (box.y + box.height) * HEIGHT
        assert (box.width * WIDTH, box.height * HEIGHT) == pytest.approx((size, size * pitch), abs=0.4 * size)


@FEW
@given(TEXTS, st.integers(9, 16), st.floats(1.4, 2.0))
def test_the_fonts_own_columns_are_read(texts: list[str], rows: int, leading: float) -> None:
    lines = [text[start : start + rows] for text in texts for start in range(0, len(text), rows)]
    words = [(RIGHT - n * 12 * leading, TOP, 12.0, line) for n, line in enumerate(lines)]
    document, errors = read(hanzi_pdf([words], columns=True))
    assert (seen(document.text), errors) == ("".join(texts), [])


@FEW
@given(TEXTS, st.integers(12, 20), st.floats(1.3, 2.0))
def test_lines_stay_lines(texts: list[str], length: int, leading: float) -> None:
    lines = [text[start : start + length] for text in texts for start in range(0, len(text), length)]
    words = [(50.0, TOP + n * 12 * leading, 12.0, line) for n, line in enumerate(lines)]
    document, errors = read(hanzi_pdf([words]))
    assert (seen(document.text), errors) == ("".join(texts), [])


@pytest.mark.parametrize("by_column", [False, True])
def test_cells_of_a_table_are_no_columns_of_print(by_column: bool) -> None:
    rows = [
        ("宓德润", "男", "主席"),
        ("闻人俊", "女", "委员"),
        ("樊世桢", "男", "委员"),
        ("明若愚", "男", "会计"),
        ("邝幼卿", "女", "监事"),
    ]
    cells: list[Words] = [
        (x, 100 + 18 * n, 12, row[m]) for n, row in enumerate(rows) for m, x in enumerate((50, 150, 250))
    ]
    cells.sort(key=lambda cell: cell[0] if by_column else 0)
    document, errors = read(hanzi_pdf([[(50, 60, 24, "当选名单"), *cells]]))
    assert errors == []
    assert [line for line in document.text.split("\n") if line in ("男女男男女", "男女")] == []
    for row in rows:
        for cell in row:
            assert re.search(rf"(?m)^\u3000*{cell}$", document.text)


def test_articles_headlines_and_bands() -> None:
    first = ["渡口新桥昨日落成由县长", "樊世桢主持典礼造价二万", "六千元工程师闻人俊。"]
    second = ["米行公会昨日改选宓德润", "当选主席任期一年会址仍", "在鼓楼街。"]
    printed = list[Words]()
    for band, (title, body) in enumerate((("新桥落成", first), ("公会改选", second))):
        top = TOP + band * 220
        printed += [(520, top + row * 23, 22, one) for row, one in enumerate(title)]
        printed += [
            (480 - n * 20, top + row * 12.6, 12, one) for n, line in enumerate(body) for row, one in enumerate(line)
        ]
    random.Random(5).shuffle(printed)
    document, errors = read(hanzi_pdf([printed]))
    assert document.text == "## 新桥落成\n\n" + "".join(first) + "\n\n## 公会改选\n\n" + "".join(second)
    assert [article.title for article in segment(document).articles] == ["新桥落成", "公会改选"]
    assert errors == []


def test_a_headline_across_the_page_comes_before_its_columns_and_a_boxed_column_keeps_its_own_order() -> None:
    body = ["渡口新桥昨日落成由县长", "樊世桢主持典礼造价二万"]
    across: list[Words] = [(300, 60, 24, "县城新闻")]
    down = [(500 - n * 20, 100 + row * 12.6, 12.0, one) for n, line in enumerate(body) for row, one in enumerate(line)]
    document, _ = read(hanzi_pdf([[*down, *across]]))
    assert document.text == "## 县城新闻\n\n" + "".join(body)

    lines = [
        "米行公会昨日改选宓德润当选主席",
        "任期一年会址仍在鼓楼街委员五人",
        "会址仍在鼓楼街主席任期一年不变",
        "委员五人由会员大会投票选举产生",
    ]
    flat: list[Words] = [(50, 100 + 20 * n, 12, line) for n, line in enumerate(lines * 3)]
    document, _ = read(hanzi_pdf([[*flat, *down]]))
    assert "\n".join(lines * 3) in document.text
    assert "".join(body) in document.text


def test_numbers_names_and_marks_in_columns() -> None:
    printed = glyphs(["主席王海︵任期一年︶", "会员"], rows=10, size=12, pitch=1.05, leading=1.7)
    wide = [(x, y + 12.6 * (row > 2) * (x > 530), size, one) for row, (x, y, size, one) in enumerate(printed)]
    x, y, size, _ = wide[-1]
    two = [(x, y + 12.6, size, "1"), (x + 6, y + 12.6, size, "0"), (x, y + 25.2, size, "人")]
    document, _ = read(hanzi_pdf([[*wide, *two]]))
    assert document.text == "主席王 海（任期一年）会员10人"


def test_full_columns_are_one_text_and_short_ones_are_not() -> None:
    names = [[(500 - n * 20, 100 + row * 12.6, 12.0, one) for row, one in enumerate(name)]
             for n, name in enumerate(["宓德润", "闻人俊", "樊世桢"])]  # fmt: skip
    document, _ = read(hanzi_pdf([[glyph for name in names for glyph in name]]))
    assert document.text == "宓德润\n闻人俊\n樊世桢"
    printed = glyphs(
        ["米行公会昨日改选宓德润当选。主席任期一年", "会址仍在鼓楼街"], rows=7, size=12, pitch=1.05, leading=1.7
    )
    document, _ = read(hanzi_pdf([printed]))
    assert document.text == "米行公会昨日改选宓德润当选。\n主席任期一年\n会址仍在鼓楼街"
    # Two columns are one line of the text, and have a box each.
    right, left = boxes_of(document.pages, 0, document.text.index("。"))
    assert (right.x - left.x) * WIDTH == pytest.approx(12 * 1.7, abs=0.1)
    assert right.y == left.y
    assert (right.height, left.height) == pytest.approx([12 * 1.05 * rows / HEIGHT for rows in (7, 6)], abs=0.003)


def test_a_page_whose_order_cannot_be_told_is_reported() -> None:
    # As far from the one below as from the one beside it, and further than in any line or column.
    scattered = [(40.0 + 40 * n, 60.0 + 40 * m, 10.0, HANZI[7 * n + m]) for n in range(6) for m in range(6)]
    document, errors = read(hanzi_pdf([[(50, 60, 12, "米行公会昨日改选宓德润当选")], scattered]))
    assert document.text == "米行公会昨日改选宓德润当选"
    assert errors == ["page 2: its letters stand in no lines or columns that could be told, so it is not read"]


def test_recognised_columns_are_read_from_the_right() -> None:
    texts = ["由县长主持", "典礼", "新桥落成"]
    boxes = [Box(200, 100, 230, 300), Box(150, 100, 180, 190), Box(260, 90, 320, 260)]
    lines = [ocr._line(text, box) for text, box in zip(texts, boxes, strict=True)]
    assert [line.vertical for line in lines] == [True] * 3
    order = [line.text for block in directed_blocks(lines) for line, _ in block]
    assert order == ["新桥落成", "由县长主持", "典礼"]
    assert ocr._line("落成’到会者三百余人°", Box(0, 0, 10, 90)) == PrintedLine(
        "落成，到会者三百余人。", Box(0, 0, 10, 90), vertical=True
    )
    assert ocr._line("’余款由县库拨付°", Box(0, 0, 10, 80)).text == "，余款由县库拨付。"
    assert ocr._line("它’s 30°", Box(0, 0, 90, 10)).text == "它’s 30°"


BOXES = st.lists(
    st.tuples(
        st.floats(0, 500), st.floats(0, 700), st.floats(1, 90), st.floats(1, 90), st.booleans(), st.integers(1, 9)
    ),
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(BOXES)
def test_every_line_is_read_once(places: list[tuple[float, float, float, float, bool, int]]) -> None:
    lines = [
        PrintedLine("字" * length, Box(x, y, x + width, y + height), (), vertical)
        for x, y, width, height, vertical, length in places
    ]
    read_lines = [line for block in directed_blocks(lines) for line, _ in block]
    assert sorted(map(id, read_lines)) == sorted(map(id, lines))

"""Pages whose order is known because they were laid out in it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.ingest.reading_order import Box, reading_order

LINE, LEAD = 10.0, 14.0


def column(left: float, top: float, lines: int, width: float = 90) -> list[Box]:
    return [Box(left, top + LEAD * n, left + width, top + LEAD * n + LINE) for n in range(lines)]


def headline(left: float, top: float, width: float) -> list[Box]:
    return [Box(left, top, left + width, top + 24)]


def two_columns() -> list[Box]:
    return [*headline(0, 0, 190), *column(0, 40, 6), *column(100, 40, 6)]


def headline_between_columns() -> list[Box]:
    upper = [*column(0, 0, 3), *column(100, 0, 3)]
    return [*upper, *headline(0, 52, 190), *column(0, 86, 3), *column(100, 86, 3)]


def modules() -> list[Box]:
    """One article over four columns; below it two with two columns each."""
    top = [*headline(0, 0, 390), *(box for n in range(4) for box in column(100 * n, 40, 5))]
    lower = 150.0
    left = [*headline(0, lower, 190), *column(0, lower + 34, 4), *column(100, lower + 34, 4)]
    right = [*headline(200, lower, 190), *column(200, lower + 34, 4), *column(300, lower + 34, 4)]
    return [*top, *left, *right]


def aligned_paragraphs() -> list[Box]:
    """Two columns in which a blank line stands at the same height, below a headline."""
    return [*headline(0, 0, 190), *(b for x in (0, 100) for top in (50, 110) for b in column(x, top, 3))]


def tight_headline() -> list[Box]:
    return [*headline(0, 0, 190), *column(0, 27, 4), *column(100, 27, 4)]


LAYOUTS = [two_columns, headline_between_columns, modules, aligned_paragraphs, tight_headline]


@pytest.mark.parametrize("layout", LAYOUTS)
@settings(max_examples=20)
@given(data=st.data())
def test_a_page_is_read_as_it_was_laid_out(layout: object, data: st.DataObject) -> None:
    assert callable(layout)
    boxes: list[Box] = layout()
    order = data.draw(st.permutations(range(len(boxes))))
    shaken = [_shaken(boxes[i], data.draw(st.tuples(*[st.floats(-0.8, 0.8)] * 4))) for i in order]
    found = [index for block in reading_order(shaken) for index in block]
    assert [order[index] for index in found] == list(range(len(boxes)))


def _shaken(box: Box, by: tuple[float, ...]) -> Box:
    return Box(box.left + by[0], box.top + by[1], box.right + by[2], box.bottom + by[3])


@given(st.lists(st.tuples(*[st.integers(0, 60)] * 2, *[st.integers(0, 30)] * 2), max_size=40))
def test_any_boxes_are_each_read_once(places: list[tuple[int, int, int, int]]) -> None:
    boxes = [Box(x, y, x + w, y + h) for x, y, w, h in places]
    order = [index for block in reading_order(boxes) for index in block]
    assert sorted(order) == list(range(len(boxes)))


def test_a_table_of_thousands_of_lines_takes_no_thousands_of_comparisons_each() -> None:
    boxes = [Box(0, 2 * n, 50, 2 * n + 3) for n in range(3000)]
    assert reading_order(boxes) == [list(range(3000))]

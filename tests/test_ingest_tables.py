"""Tables that OCR left as blank-separated fields: their rows, and what heads them in every chunk."""

import pytest

from qa.ingest import ChunkingParameters, segment
from qa.ingest.lines import Role, split_lines
from qa.ingest.roles import with_roles
from qa.ingest.tables import is_row
from tests.ingest_oracle import document, verify

CAPTION = "附表 全县各乡镇小麦产量(单位:吨)"
HEADER = "乡镇 上年 今年 增幅"
ROWS = [f"第{number}乡 {1000 + number} {1100 + number} 9.{number}%" for number in range(8)]
TABLE = "\n\n".join([CAPTION, "\n".join([HEADER, *ROWS[:3]]), "\n".join(ROWS[3:6]), "\n".join(ROWS[6:])])
PAGE = "## 小麦丰收\n\n全县小麦总产比上年增长一成,副县长钱有粮昨日说。\n\n" + TABLE + "\n\n明年面积不减。"


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("东岭乡 7.3 412.6 8.1", True),
        ("大葱 0.35(0.41) 黄瓜 1.60(1.35)", True),
        ("二等奖 163注 每注50元 三等奖 2946注", True),
        ("城东 昨日 失火", False),
        ("全县 2020年 增长 8%，2021年 增长 9%", False),
        ("主任 张 三 李 四。 2 3", False),
    ],
)
def test_a_row(line: str, row: bool) -> None:
    assert is_row(line) is row


def test_rows_and_their_head_stand_alone() -> None:
    lines = with_roles(list(split_lines(PAGE)))
    assert [line.text for line in lines if line.role is Role.TABLE_ROW] == [HEADER, *ROWS]


def test_a_row_alone_is_text() -> None:
    lines = with_roles(list(split_lines("会议召开。\n\n电话 3312017 传真 3312018\n\n会议闭幕。")))
    assert [line.role for line in lines] == [Role.TEXT] * 3


def test_a_table_that_fits_is_in_one_chunk_with_its_caption() -> None:
    page = document(PAGE)
    for target in (120, 200, 300):
        found = segment(page, ChunkingParameters(target, 420))
        verify(page, found)
        (chunk,) = [chunk for chunk in found.chunks if HEADER in chunk.text]
        assert "\n".join([CAPTION, HEADER, *ROWS]) in chunk.text


def test_each_row_of_a_long_table_has_its_caption_and_header() -> None:
    page = document(PAGE)
    parameters = ChunkingParameters(60, 100)
    found = segment(page, parameters)
    verify(page, found, parameters)
    head = f"{CAPTION}\n{HEADER}"
    holding = [chunk for chunk in found.chunks if any(row in chunk.text for row in ROWS)]
    assert len(holding) > 2
    assert all(head in chunk.text or chunk.context.endswith(head) for chunk in holding)

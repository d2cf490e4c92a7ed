"""Tables that OCR left as blank-separated fields: their rows, and what heads them in every chunk."""

import pytest

from qa.ingest import ChunkingParameters, segment
from qa.ingest.lines import Role, split_lines
from qa.ingest.roles import with_roles
from qa.ingest.tables import is_row
from qa.read.told import Told
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


def told(text: str, **about: str) -> list[str]:
    """The lines of a page as they are read: each cell behind its heads."""
    page = document(text, **about)
    found = segment(page)
    verify(page, found)
    return "\n".join(Told("", chunk.text, chunk.heads).told()[0] for chunk in found.chunks).split("\n")


def test_each_cell_is_read_under_its_row_and_column() -> None:
    page = "菜价\n\n昨日市场零售价如下：\n\n品名 城北市场 万泉市场\n黄瓜 2.80 3.00\n青椒 3.10 3.40\n\n记者 张三"
    lines = told(page)
    assert lines[2:5] == [
        "品名 城北市场 万泉市场",
        "黄瓜 黄瓜城北市场：2.80 黄瓜万泉市场：3.00",
        "青椒 青椒城北市场：3.10 青椒万泉市场：3.40",
    ]
    (chunk,) = segment(document(page)).chunks
    assert "品名 城北市场 万泉市场\n黄瓜 2.80 3.00\n青椒 3.10 3.40" in chunk.text


def test_a_table_of_names_has_heads_and_a_list_of_people_none() -> None:
    words = (
        "各项目前三名如下：\n\n"
        "项目　　　冠军　　亚军\n"
        "跳高　　　鲁一鸣　贺斌\n"
        "跳远　　　桑榆　　柯蕾\n"
        "铅球　　　佟佳妮　米家骏\n"
    )
    assert told(words)[2:4] == ["跳高　跳高冠军：鲁一鸣　跳高亚军：贺斌", "跳远　跳远冠军：桑榆　跳远亚军：柯蕾"]
    people = "获奖名单如下：\n\n鲁一鸣　　贺斌　　蒲小川\n桑榆　　佟佳妮　　柯蕾\n米家骏　　段子昂　　周三三\n"
    assert "：鲁" not in "".join(told(people)[1:])
    assert not any("：" in line for line in told(people)[1:])


def test_a_sentence_names_no_columns() -> None:
    words = "水位公报\n\n二十时 水势减弱，白天平均十九毫米。\n石龙闸 24.71 涨0.33\n梁家渡 19.05 涨0.13\n"
    assert not any("：" in line for line in told(words))


def test_days_beside_one_another_are_no_heads() -> None:
    assert not any(
        "：" in line
        for line in told(
            "停靠点\n\n周三　　书店　　周六　　广场\n周四　　学院　　周日　　北口\n周五　　管委会　　周一　　检修\n"
        )
    )


def test_a_blank_corner_and_groups_of_columns() -> None:
    corner = (
        "花价\n\n"
        "　　　　　　南关花市　　翠苑　　邮购\n"
        "水仙(头)　　3—5　　4—6　　5\n"
        "金橘(盆)　　60—160　　70—180　　不供\n"
    )
    assert told(corner)[2] == "水仙(头)　水仙(头)南关花市：3—5　水仙(头)翠苑：4—6　水仙(头)邮购：5"
    groups = (
        "成绩\n\n"
        "　　　　男子　　　　　　　　女子\n"
        "第一　　骆驰　2:19:07　　　汪雨桐　2:41:50\n"
        "第二　　应国强　2:21:33　　计晓蓉　2:44:18\n"
    )
    assert told(groups)[2] == "第一　第一男子：骆驰　第一男子：2:19:07　第一女子：汪雨桐　第一女子：2:41:50"


def test_marks_in_a_field_do_not_end_a_table() -> None:
    page = (
        "航班\n\n"
        "目的地　　起飞　　　执行日\n"
        "北京　　　7:40　　　每天\n"
        "海口　　　9:15　　　周一、三、五\n"
        "昆明　　　14:30　　　周二、四\n"
    )
    assert told(page)[3] == "海口　海口起飞：9:15　海口执行日：周一、三、五"


def test_markdown_and_ranks() -> None:
    page = "# 积分榜\n\n| 名次 | 球队 | 胜 |\n|---|---|---|\n| 1 | 江铝 | 9 |\n| 2 | 棉纺 | 8 |\n"
    assert told(page)[3] == "| 1 | 江铝 | 江铝胜：9 |"


DRAWN = (
    """
┌────┬────┬────┐
│品种│城北│城南│
├────┼────┼────┤
│黄瓜│时令│2.60│
├────┼────┼────┤
│土豆│1.50│1.40│
└────┴────┴────┘
""",
    """
┏━━━━┳━━━━┳━━━━┓
┃品种┃城北┃城南┃
┣━━━━╋━━━━╋━━━━┫
┃黄瓜┃时令┃2.60┃
┃土豆┃1.50┃1.40┃
┗━━━━┻━━━━┻━━━━┛
""",
    """
+------+------+------+
| 品种 | 城北 | 城南 |
+======+======+======+
| 黄瓜 | 时令 | 2.60 |
+------+------+------+
| 土豆 | 1.50 | 1.40 |
+------+------+------+
""",
)


@pytest.mark.parametrize("table", DRAWN)
def test_a_table_that_is_drawn_with_characters(table: str) -> None:
    page = document(f"今日菜价\n{table}以上价格由物价局公布，每日更新。\n")
    found = segment(page)
    verify(page, found)
    read = Told("", found.chunks[0].text, found.chunks[0].heads).told()[0]
    for words in ("黄瓜城北：时令", "黄瓜城南：2.60", "土豆城北：1.50", "土豆城南：1.40"):
        assert words in read
    assert found.chunks[0].text.endswith("\n以上价格由物价局公布，每日更新。")
    assert not {"─", "━", "+"} & set(found.chunks[0].text)

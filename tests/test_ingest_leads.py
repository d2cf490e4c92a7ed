"""Items of lists are read under their leads, and values in brackets under what says what they are."""

import pytest

from qa.ingest import segment
from qa.read.told import Told
from tests.ingest_oracle import document, verify


def told(text: str) -> list[str]:
    """The lines of a page as they are read."""
    page = document(text)
    found = segment(page)
    verify(page, found)
    return "\n".join(Told("", chunk.text, chunk.heads).told()[0] for chunk in found.chunks).split("\n")


def test_each_item_is_read_under_all_its_leads() -> None:
    page = (
        "# 评选结果\n\n评选结果如下。\n\n一、先进班组\n1. 锅炉二班\n2. 铸造一班\n\n"
        "二、先进工人\n（一）铸造车间（2人）：\n1．车友善\n2．端木晴\n（二）锅炉车间：\n①甄不移\n②仲孙慈\n"
    )
    assert told(page)[2:] == [
        "一、先进班组",
        "1. 先进班组：锅炉二班",
        "2. 先进班组：铸造一班",
        "二、先进工人",
        "（一）先进工人：铸造车间（2人）：",
        "1．先进工人铸造车间（2人）：车友善",
        "2．先进工人铸造车间（2人）：端木晴",
        "（二）先进工人：锅炉车间：",
        "①先进工人锅炉车间：甄不移",
        "②先进工人锅炉车间：仲孙慈",
    ]


def test_lines_without_marks_stand_under_the_lead_above() -> None:
    lines = told("# 名单\n\n一、木工组：\n车友善　一车间\n端木晴　二车间\n\n会议还讨论了明年的计划。各组都要参加。\n")
    assert lines[1:] == [
        "一、木工组：",
        "木工组：车友善　一车间",
        "木工组：端木晴　二车间",
        "会议还讨论了明年的计划。各组都要参加。",
    ]


@pytest.mark.parametrize(
    "body",
    [
        "一、会议要求各班组认真总结。\n1. 加强领导。\n2. 落实责任。",
        "1. 锅炉二班\n2. 铸造一班",
        "一、先进班组\n\n## 附则\n\n1. 本办法自公布之日起施行。",
        "一、因故未到的有车友善，\n1. 端木晴",
    ],
)
def test_what_is_no_lead(body: str) -> None:
    text = f"# 通知\n\n各班组：\n\n{body}\n"
    assert all(not chunk.heads for chunk in segment(document(text)).chunks)


def test_marked_lists_are_nested_by_their_columns() -> None:
    page = "# 会演\n\n节目单如下。\n\n- 独唱\n  - 车友善\n  - 端木晴\n- 合唱\n    * 锅炉二班\n- 相声\n"
    assert told(page)[2:] == ["独唱", "独唱：车友善", "独唱：端木晴", "合唱", "合唱：锅炉二班", "相声"]


def test_values_in_brackets_as_the_caption_says() -> None:
    page = (
        "# 菜价\n\n河东市场昨日价格（单位：元，括号内为上月同日）\n\n黄瓜 2.80(3.10) 青椒 3.10(3.40)\n"
        "大葱 0.35(0.4O) 土豆 0.62(0.58)\n"
    )
    assert told(page)[2:] == [
        "黄瓜 2.80(黄瓜上月同日：3.10) 青椒 3.10(青椒上月同日：3.40)",
        "大葱 0.35(大葱上月同日：0.40) 土豆 0.62(土豆上月同日：0.58)",
    ]


def test_values_in_brackets_as_the_head_of_the_column_says() -> None:
    page = "# 粮价\n\n昨日价格如下：\n\n品名 批发价(上周) 零售价(元)\n小麦 1.20(1.18) 1.45\n玉米 0.98(0.95) 1.10\n"
    assert told(page)[2:] == [
        "品名 批发价(上周) 零售价(元)",
        "小麦 小麦批发价：1.20(小麦批发价上周：1.18) 小麦零售价(元)：1.45",
        "玉米 玉米批发价：0.98(玉米批发价上周：0.95) 玉米零售价(元)：1.10",
    ]
    assert told(page.replace("上周", "元/斤"))[3] == "小麦 小麦批发价(元/斤)：1.20(1.18) 小麦零售价(元)：1.45"


def test_rows_above_a_heading_are_no_kickers() -> None:
    page = "# 菜价\n\n昨日价格\n\n黄瓜 2.80 3.10\n大葱 0.35 0.40\n\n# 粮价\n\n小麦昨日涨价。\n"
    found = segment(document(page))
    verify(document(page), found)
    assert [article.title for article in found.articles] == ["菜价", "粮价"]
    assert "大葱 0.35 0.40" in found.chunks[0].text


def test_neither_a_credit_nor_ornaments_are_leads() -> None:
    page = "# 湿地开放\n\n■本报记者 涂 圆 文/图\n湿地公园今日开放。\n▲▲▲\n◆油价上调\n◆桥梁合龙\n▲观鸟点\n◆苇子荡\n"
    assert told(page)[1:] == [
        "■本报记者 涂圆 文/图",
        "湿地公园今日开放。",
        "▲▲▲",
        *("◆油价上调", "◆桥梁合龙", "▲观鸟点", "◆观鸟点：苇子荡"),
    ]

"""What each line of a page is: by its own words, and by what stands around it."""

import pytest

from qa.ingest.lines import Line, Role, split_lines
from qa.ingest.roles import with_roles


def classified(page: str) -> list[Line]:
    return with_roles(list(split_lines(page)))


def roles(page: str) -> list[Role]:
    return [line.role for line in classified(page)]


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("本报记者 张三", Role.CREDIT),
        ("(记者 张三)", Role.CREDIT),
        ("2021年10月13日", Role.DATE_LINE),
        ("(2021年10月13日)", Role.DATE_LINE),
        ("(上接01版)", Role.JUMP),
        ("(上接01版)会议指出", Role.TEXT),
        ("(经会议通过)", Role.NOTE),
        ("会场一角。李四 摄", Role.CAPTION),
        ("本报讯 昨日,会议召开。", Role.DATELINE),
        ("|甲|乙|", Role.TABLE_ROW),
        ("- 甲", Role.LIST_ITEM),
        ("1. 甲", Role.LIST_ITEM),
        ("1.5亿元", Role.TEXT),
        ("张三,男,45岁,局长", Role.TEXT),
        ("会议召开。", Role.TEXT),
    ],
)
def test_a_line_by_its_own_words(line: str, role: Role) -> None:
    assert roles(f"会议开始。\n\n{line}\n\n会议结束。") == [Role.TEXT, role, Role.TEXT]


def test_rows_of_fields_are_told_by_their_neighbours() -> None:
    page = "决定任命:\n张三,男,45岁,局长\n李四,女,40岁,副局长\n\n王五,男,50岁,处长"
    assert roles(page) == [Role.TEXT, Role.TABLE_ROW, Role.TABLE_ROW, Role.TEXT]


def test_the_lines_of_a_run_of_headings_have_their_places() -> None:
    page = "城市日报\n\n# 要闻\n\n## 全省现场会召开\n## 何雄讲话\n\n全省现场会昨日召开。何雄讲话。"
    page += "\n\n## 一、要求\n\n正文。"
    assert [(line.role, line.opens) for line in classified(page)] == [
        (Role.MASTHEAD, True),
        (Role.MASTHEAD, False),
        (Role.HEADING, False),
        (Role.DECK, False),
        (Role.TEXT, False),
        (Role.SUBHEADING, False),
        (Role.TEXT, False),
    ]


def test_a_jump_line_opens_an_article_and_keeps_its_role() -> None:
    lines = classified("会议召开。\n\n(上接01版)\n会议指出。\n\n【上接02版】他说。")
    assert [(line.role, line.opens, line.jump) for line in lines] == [
        (Role.TEXT, False, ""),
        (Role.JUMP, True, "(上接01版)"),
        (Role.TEXT, False, ""),
        (Role.TEXT, True, "【上接02版】"),
    ]


def test_an_item_keeps_its_mark_whatever_its_role() -> None:
    lines = classified("名单如下:\n(一)张三(5票)\n- (记者 李四)\n甲。")
    assert [(line.role, line.item) for line in lines] == [
        (Role.TEXT, False),
        (Role.NOTE, True),
        (Role.CREDIT, True),
        (Role.TEXT, False),
    ]


def test_a_page_without_words_has_no_lines() -> None:
    assert classified("\n---\n \n") == []

"""Columns that blanks set side by side in plain text, and tables that are left as they are."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.ingest import load, segment
from qa.ingest.gutters import in_reading_order
from tests.ingest_oracle import verify, write

LEFT = (
    *(
        "渔政站新船试航",
        "本报讯（记者 骆一帆）昨日，渔",
        "政站的新船在白沙港试航，全程",
        "四十二海里，用时三个半小时。",
    ),
    *("新船造价七百六十万元，可在六", "级风浪中作业，站长辛海平说，", "休渔期里每天巡航两次。"),
)
RIGHT = (
    *(
        "粮站旧仓改成书屋",
        "本报讯（通讯员 单小满）城关粮",
        "站的一座旧仓昨天改成书屋，藏",
        "书九千册，早八点开到晚九点。",
    ),
    *("书屋由退休教师艾青松看管，他", "说，桌椅是镇上木匠送的，一共", "二十六套。"),
)
HEAD = "白沙日报   2008年5月6日 星期二   第3版\n\n"


def width(line: str) -> int:
    return sum(1 + (character > "\u2e80") for character in line)


def beside(*columns: tuple[str, ...], at: int = 40) -> str:
    """The lines of columns as a layout export prints them, each ``at`` columns of print from the one before."""
    rows = zip(*(column + ("",) * (max(map(len, columns)) - len(column)) for column in columns), strict=True)
    return "".join("".join(f"{cell}{' ' * (at - width(cell))}" for cell in row).rstrip() + "\n" for row in rows)


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    [page] = load(write(str(tmp_path / "page.txt"), HEAD + beside(LEFT, RIGHT)))
    page = replace(page, id="page")
    result = segment(page)
    verify(page, result)
    assert page.text == HEAD + "\n".join(LEFT) + "\n\n" + "\n".join(RIGHT) + "\n\n"
    found = [(article.title, article.byline, article.page, article.date) for article in result.articles]
    assert found == [
        ("渔政站新船试航", "记者 骆一帆", "3", "2008-05-06"),
        ("粮站旧仓改成书屋", "通讯员 单小满", "3", "2008-05-06"),
    ]
    assert "渔政站的新船在白沙港试航，全程四十二海里" in result.chunks[0].text
    assert "藏书九千册" in result.chunks[1].text


def test_three_columns_of_english_with_words_cut_at_line_ends() -> None:
    printed = (
        "Snow closes|the pass road||Two feet of snow|closed the Alder|Pass road Friday|to all but emer-|gency traffic.",
        "Depot to be|torn down||The rail depot,|built in 1891, is|to be torn down|in May. A parking|lot will follow.",
        "School adds|a Latin class||The high school|will offer Latin|this fall, taught|by Hugh Prentis,|46, of Dover.",
    )
    columns = [tuple(column.split("|")) for column in printed]
    text = in_reading_order(beside(*columns, at=24))
    assert text == "\n\n".join("\n".join(column) for column in columns) + "\n\n"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + beside(LEFT, RIGHT)[:90],  # too short to tell
        "景区            接待人次        门票收入\n"
        + "".join(f"石林公园{at}       3200{at}           160万元\n" for at in range(8)),
        "".join(f"Redwood            14     {at}    2     7\n" for at in range(9)),
        "问：票价多少？          答：两元。\n" * 8,
        "".join(f"{line}\n" for line in LEFT),
        "  ".join(LEFT) * 20,
    ],
)
def test_what_is_not_set_in_columns_stays_as_it_is(text: str) -> None:
    assert in_reading_order(text) == text


def test_a_line_over_all_columns_parts_them() -> None:
    text = in_reading_order(beside(LEFT, RIGHT) + "全市渔业和粮食工作会议昨日召开，各县区负责人参加会议并发言。\n")
    assert text.endswith("二十六套。\n\n全市渔业和粮食工作会议昨日召开，各县区负责人参加会议并发言。\n")


@given(st.text("字一 \t\u3000\n，。ab.", max_size=400))
def test_no_character_that_is_seen_is_lost(text: str) -> None:
    assert sorted(re.sub(r"\s", "", in_reading_order(text))) == sorted(re.sub(r"\s", "", text))


def test_the_same_file_gives_the_same_text(tmp_path: Path) -> None:
    path = write(str(tmp_path / "page.txt"), HEAD + beside(LEFT, RIGHT))
    [first], [second] = load(path), load(path)
    assert first.text == second.text
    assert first.sha256 == second.sha256

"""What is left out of articles, and that nothing else is."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.answer.citations import matches_print
from qa.ingest import segment
from qa.ingest.furniture import furniture
from tests.ingest_oracle import MARKS, document, is_visible, positions, uncovered, verify


def left_out(text: str) -> list[str]:
    page = document(text)
    result = segment(page)
    verify(page, result)
    assert set(uncovered(page, result)) <= MARKS
    return [text[start:end] for start, end in result.outside]


def texts(text: str) -> list[str]:
    return [chunk.text for chunk in segment(document(text)).chunks]


@pytest.mark.parametrize(
    ("page", "out", "kept"),
    [
        ("会议召开。返回搜狐，查看更多责任编辑：", ["返回搜狐，查看更多责任编辑："], "会议召开。"),
        ("会议召开。返回搜狐，查看更多      责任编辑：", ["返回搜狐，查看更多      责任编辑："], "会议召开。"),
        ("原标题：会议召开\n会议召开了。", ["原标题："], "会议召开\n会议召开了。"),
        ("2023-08-12 19:48，正文：原标题：会议", ["，正文：", "原标题："], "2023-08-12 19:48会议"),
        ("会议召开。\n责任编辑：", ["责任编辑："], "会议召开。"),
        ("会议召开。\n责任编辑：王勇", [], "会议召开。\n责任编辑：王勇"),
        ("会议召开。\n[查看原文](https://example.org/a)", ["[查看原文](https://example.org/a)"], "会议召开。"),
        ("会议召开。\nhttps://example.org/a.html", ["https://example.org/a.html"], "会议召开。"),
        ("网址是 https://example.org 。", [], "网址是 https://example.org 。"),
        ("会议召开。\n- 3 -\n会议闭幕。", ["- 3 -"], "会议召开。\n会议闭幕。"),
        ("会议召开。\n第3页 共12页", ["第3页 共12页"], "会议召开。"),
        ("会议召开。\nPage 3 of 12", ["Page 3 of 12"], "会议召开。"),
        ("晴。\n会议指出,要推\n第3版\n动发展。", ["第3版"], "晴。\n会议指出,要推动发展。"),
        ("会议召开。\n12\n人。", [], "会议召开。\n12\n人。"),
        ("据第3版报道。", [], "据第3版报道。"),
        ("会议召开。更多精彩内容请进入国内新闻", ["更多精彩内容请进入国内新闻"], "会议召开。"),
    ],
)
def test_furniture(page: str, out: list[str], kept: str) -> None:
    assert left_out(page) == out
    assert "\n".join(texts(page)) == kept


def test_running_heads_and_numbers_at_the_edges_of_pages() -> None:
    pages = [
        f"城市日报\n2021年10月14日 星期四 第0{n}版\n第{n}篇报道写道,市里今年\n新修了{n}座桥,还要再修几座。\n{n}"
        for n in (1, 2, 3)
    ]
    text = "\n\f".join(pages).replace("第1篇", "## 桥梁\n第1篇")
    out = [text[start:end] for start, end in furniture(text)]
    assert out == [part for n in (1, 2, 3) for part in ("城市日报", f"2021年10月14日 星期四 第0{n}版", str(n))]
    assert texts(text) == [
        "桥梁\n" + "\n".join(f"第{n}篇报道写道,市里今年新修了{n}座桥,还要再修几座。" for n in (1, 2, 3))
    ]


def test_blanks_soft_hyphens_and_what_shows_nothing() -> None:
    assert texts("会议   由市长\u3000\u3000主\u200b持。") == ["会议 由市长\u3000主持。"]
    assert texts("会议 \xad  由市长\u200b \u2060 主持。") == ["会议 由市长 主持。"]
    assert texts("Rain.\nThe govern\xad\nment met, and the may\xador spoke.") == [
        "Rain.\nThe government met, and the mayor spoke."
    ]
    assert matches_print("govern\xad\nment", "government")
    assert matches_print("副 \xad \u2060市长", "副 市长")
    assert matches_print("王\u3000\u3000伟", "王\u3000伟")
    assert not matches_print("大\u3000\u3000会", "大会")


def test_width_stays_as_printed() -> None:
    assert texts("２０２１年Ａ队胜。") == ["２０２１年Ａ队胜。"]


PARTS = [
    *("市长", "会议召开", "，", "。", "\n", "\n\n", " ", "   ", "\u3000\u3000", "ab", "12", "\n\f"),
    *("\xad", "\u200b", "\u2060"),
    *("原标题：", "返回搜狐，查看更多", "责任编辑：", "\n第3版\n", "\n- 4 -\n", "## ", "- ", "\nhttps://a.b/c\n"),
]


@settings(max_examples=150)
@given(st.one_of(st.lists(st.sampled_from(PARTS), max_size=40).map("".join), st.text(max_size=120)), st.data())
def test_every_clean_span_shows_what_its_original_shows(text: str, data: st.DataObject) -> None:
    page = document(text)
    result = segment(page)
    verify(page, result)
    if not result.chunks:
        return
    chunk = data.draw(st.sampled_from(result.chunks))
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(chunk.text))] * 2)))
    end = min(end + 1, len(chunk.text))
    start = min(start, end - 1)
    first, last = chunk.alignment.to_original(start, end)
    aside = {at for a, b in result.outside for at in range(a, b)}
    cited = set(positions(chunk))
    dropped = "".join(text[at] for at in range(first, last) if at not in cited | aside and is_visible(text[at]))
    assert set(dropped) <= MARKS
    shown = "".join(text[at] for at in range(first, last) if at in cited and is_visible(text[at]))
    assert shown == "".join(filter(is_visible, chunk.text[start:end]))
    if not dropped and aside.isdisjoint(range(first, last)) and not chunk.text[start:end][0].isspace():
        item = chunk.text[start:end].rstrip()
        printed = text[first : chunk.alignment.to_original(start, start + len(item))[1]]
        assert matches_print(printed, item)


@pytest.mark.parametrize(
    "text", ["，正文：" * 9000, "责任编辑：" * 9000, "[" * 30_000, "\f" * 9000, "- " * 20_000, " " * 60_000]
)
def test_hostile_lines(text: str) -> None:
    spans = furniture(text)
    assert all(start < end for start, end in spans)
    assert spans == sorted(spans)
    assert re.sub(r"\s", "", text) or not spans


@pytest.mark.parametrize("line", [",. ~ . - __ -", "~~~~ .. ~~~~", "*. - = ^ ,"])
def test_a_rule_that_ocr_garbled(line: str) -> None:
    text = f"昨日有雨\n{line}\n今日多云。"
    assert [text[start:end] for start, end in furniture(text)] == [line]


@pytest.mark.parametrize("line", ["......", "- 5 -%", "* * * *", "|---|---|", "。。。", "-.-"])
def test_marks_that_are_no_garbled_rule(line: str) -> None:
    assert furniture(f"昨日有雨\n{line}\n今日多云。") == []

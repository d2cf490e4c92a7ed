"""Web pages of kinds that old and new sites have: no headings, several articles, linked data, tools beside the text."""

from dataclasses import replace
from pathlib import Path
from time import process_time

import pytest

from qa.ingest import load, segment
from qa.ingest.furniture import furniture
from qa.ingest.html import _chosen
from qa.ingest.markup import Block, Character
from qa.types import Article
from tests.ingest_oracle import write


def articles(tmp_path: Path, source: str) -> tuple[Article, ...]:
    [page] = load(write(str(tmp_path / "page.html"), source))
    return segment(replace(page, id="page")).articles


@pytest.mark.parametrize(
    "title",
    [
        "<center><b>柳湾水库开始加固</b><br>2005年11月2日</center>",
        "<td align=center><font size=5><b>柳湾水库开始加固</b></font></td></tr><tr><td>",
        '<div class="news_title">柳湾水库开始加固</div>',
    ],
)
def test_a_title_that_is_only_set_as_one(tmp_path: Path, title: str) -> None:
    source = (
        f"<html><head><title>柳湾报</title></head><body><table><tr><td>{title}<p>本报讯（记者岑静）柳湾水库加固工程昨日动工，"
        "概算四千一百万元，工期十八个月。<p>水库建于1958年，坝高三十一米。</td></tr></table></body></html>"
    )
    assert [(one.title, one.byline) for one in articles(tmp_path, source)] == [("柳湾水库开始加固", "记者岑静")]


def test_several_articles_of_a_page_keep_their_headlines_and_bylines(tmp_path: Path) -> None:
    source = (
        "<html><head><title>The Tully Echo</title></head><body><h1>The Tully Echo</h1><p>Tuesday, June 3, 1952</p>"
        "<article><h2>Dairy strike ends</h2><p class=byline>By Ann Holt</p><p>Drivers at three dairies went back to "
        "work Monday after a nine-day strike, with six cents more an hour.</p></article>"
        "<article><h2>Bridge closed for repairs</h2><p>The Mill Road bridge will be closed until June 20 while "
        "its deck is replaced.</p></article></body></html>"
    )
    assert [(one.title, one.byline, one.date) for one in articles(tmp_path, source)] == [
        ("Dairy strike ends", "By Ann Holt", "1952-06-03"),
        ("Bridge closed for repairs", None, "1952-06-03"),
    ]


def test_linked_data_names_who_wrote_and_for_whom(tmp_path: Path) -> None:
    linked = (
        '{"@graph": [{"@type": "NewsArticle", "author": [{"name": "Nora Lind"}, {"name": "Bo Ek"}], '
        '"publisher": {"name": "The Bay Sentinel"}}]}'
    )
    source = (
        f'<html><head><title>Fares rise</title><script type="application/ld+json">{linked}</script></head><body>'
        "<article><h1>Fares rise</h1><p>Ferry fares will rise 12 percent on June 1, the transit board decided in a "
        "6-3 vote on Wednesday.</p></article></body></html>"
    )
    [article] = articles(tmp_path, source)
    assert (article.byline, article.publication) == ("Nora Lind, Bo Ek", "The Bay Sentinel")


@pytest.mark.parametrize(
    ("line", "left_out"),
    [
        ("岭南晚报社版权所有 未经授权不得转载 粤ICP备05000001号", True),
        ("返回 打印本页 关闭窗口", True),
        ("上一页 1 2 3 下一页", True),
        ("© 2019 The Bay Sentinel. All rights reserved.", True),
        ("Subscribe to continue reading. Already a subscriber? Log in.", True),
        ("14 5 2 7", False),
        ("大 中 小 三种规格", False),
        ("他说，版权所有者应当受到保护。", False),
        ("Subscribers rose to 4,000.", False),
    ],
)
def test_what_a_site_says_of_itself_is_no_text(line: str, left_out: bool) -> None:
    text = f"昨日，桥通车。\n{line}\n"
    assert [text[start:end] for start, end in furniture(text)] == ([line] if left_out else [])


def test_blocks_are_found_in_an_article_in_time_that_grows_with_its_length() -> None:
    def seconds(count: int) -> float:
        words = [
            text for at in range(count) for text in (f"段{at}", f"正文第{at}段有一些字，今天下雨明天晴，路{at}号通车。")
        ]
        blocks = [Block([Character(one, at, at + 1) for at, one in enumerate(text)]) for text in words]
        began = process_time()
        chosen = _chosen(blocks, [text for text in words if len(text) > 8], None)
        taken = process_time() - began
        assert chosen == [len(text) > 8 for text in words]
        return taken

    shorter, longer = (min(seconds(count) for _ in range(3)) for count in (1_000, 4_000))
    assert longer < 8 * shorter


def test_short_items_of_lists_below_a_table_are_of_the_article(tmp_path: Path) -> None:
    source = (
        "<html><head><title>全县技能比武揭晓</title></head><body><article><h1>全县技能比武揭晓</h1><p>本报讯（记者宁远）县总工会昨日"
        "公布技能比武结果，裁判长为岳守成。</p><table><tr><th>工种</th><th>第一名</th></tr><tr><td>焊工</td><td>冷铁山</td></tr>"
        "<tr><td>钳工</td><td>宫小满</td></tr></table><h2>最佳班组</h2><ul><li>机修<ul><li>一班</li><li>三班</li></ul></li></ul>"
        "<h2>特别奖</h2><dl><dt>新人奖</dt><dd>干一鸣</dd><dd>兰晓星</dd></dl></article></body></html>"
    )
    [page] = load(write(str(tmp_path / "page.html"), source))
    assert page.view is not None
    shown = page.view.text
    assert shown.split("\n\n")[5:] == [
        "## 最佳班组",
        "- 机修",
        "- 一班",
        "- 三班",
        "## 特别奖",
        "新人奖",
        "干一鸣",
        "兰晓星",
    ]
    assert {shown[at : at + 3]: head for at, head in page.heads if head == "新人奖"} == {
        "干一鸣": "新人奖",
        "兰晓星": "新人奖",
    }

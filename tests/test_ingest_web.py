"""Web pages of kinds that old and new sites have: no headings, several articles, linked data, tools beside the text."""

import re
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


FOUNDER = """<html><head><meta charset="utf-8"><title>芦塘日报数字报-织席社三年卖出六万张</title></head><body>
<table><tr><td><a href="node_1.htm">第01版：要闻</a></td></tr><tr><td><strong>第03版：乡村</strong></td></tr></table>
<table><tr><td>2013年04月17日 星期三</td><td><a href="#">上一期</a></td></tr></table>
<table><tr><td><founder-pretitle>老手艺有了新销路</founder-pretitle></td></tr>
<tr><td><founder-title>织席社三年卖出六万张</founder-title></td></tr>
<tr><td><founder-author>本报记者 闻人骏 通讯员 车小满</founder-author></td></tr></table>
<div id="ozoom"><founder-content><!--enpproperty <date>2013-04-16 23:10:11.0</date><title>织席社</title>/enpproperty-->
<!--enpcontent--><P>&nbsp;&nbsp;&nbsp;&nbsp;织席社理事长柯望舒说，三年来卖出草席六万零三百张。<br><br>
&nbsp;&nbsp;&nbsp;&nbsp;社员由17户增加到64户。</P><!--/enpcontent--></founder-content></div>
<table><tr><td>下一篇：<a href="c4.htm">乡道拓宽工程月底开工</a></td></tr></table></body></html>"""


@pytest.mark.parametrize(("stated", "date"), [("<date>2013-04-16 23:10:11.0</date>", "2013-04-16"), ("", "2013-04-17")])
def test_a_page_of_founders_system_for_printed_papers(tmp_path: Path, stated: str, date: str) -> None:
    page = re.sub("<date>.*</date>", stated, FOUNDER)
    (tmp_path / "content_7.htm").write_bytes(page.encode("gb18030"))  # which its meta does not say
    [document] = load(tmp_path / "content_7.htm")
    [article] = segment(replace(document, id="page")).articles
    assert (article.title, article.byline, article.date) == (
        "织席社三年卖出六万张",
        "本报记者 闻人骏 通讯员 车小满",
        date,
    )
    assert document.view is not None
    assert document.view.text.splitlines()[4:] == [
        *(
            "本报记者 闻人骏 通讯员 车小满",
            "",
            "织席社理事长柯望舒说，三年来卖出草席六万零三百张。",
            "社员由17户增加到64户。",
        ),
    ]


BRIEFS = (
    ("水厂更换老旧管网", "（记者 季若愚）水厂昨日起更换管网12.6公里。"),
    ("小学新建操场", "（通讯员 温乐）操场上周五封顶。"),
)


@pytest.mark.parametrize("mark", ["<p><strong>　　{}</strong></p><p>　　{}</p>", "<p>{}</p><p>{}</p>"])
def test_briefs_below_one_title_have_headlines_and_bylines_of_their_own(tmp_path: Path, mark: str) -> None:
    body = "".join(mark.format(title, f"本报讯 {text}") for title, text in BRIEFS)
    source = f"<html><title>简讯</title><body><h1>简讯</h1><p>2016-08-02 08:12</p><div>{body}</div></body></html>"
    found = [(one.title, one.byline, one.date) for one in articles(tmp_path, source)]
    assert found[-2:] == [
        *(("水厂更换老旧管网", "记者 季若愚", "2016-08-02"), ("小学新建操场", "通讯员 温乐", "2016-08-02")),
    ]


def test_text_that_is_set_as_it_stands_keeps_its_lines(tmp_path: Path) -> None:
    lines = (
        *("<HTML><TITLE>江口通讯</TITLE><CENTER>江口通讯<BR>1999年11月3日</CENTER><PRE>", "      渡口老船工退休", ""),
        *(
            "　　本报讯　撑船三十七年的老",
            "船工阮福海，昨天退休。",
            "　　接替他的是饶新，二十六岁。",
            "        （施一凡）",
            "",
        ),
        *(
            "      粮站开秤收晚稻",
            "",
            "　　本报讯　江口粮站前天开秤",
            "收购晚稻，每百斤六十二元。",
            "        （谷雨）",
            "</PRE>",
        ),
    )
    [page] = load(write(str(tmp_path / "page.html"), "\n".join(lines)))
    found = segment(replace(page, id="page"))
    assert [(one.title, one.byline) for one in found.articles[-2:]] == [
        ("渡口老船工退休", "施一凡"),
        ("粮站开秤收晚稻", "谷雨"),
    ]
    assert found.chunks[-2].text.splitlines()[1:] == [
        *("本报讯　撑船三十七年的老船工阮福海，昨天退休。", "接替他的是饶新，二十六岁。", "（施一凡）"),
    ]


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


def test_short_blocks_that_follow_one_another_are_found_in_a_line_that_has_them_all() -> None:
    words = ["本报讯（记者宁远）县总工会昨日公布技能比武结果。", "特别奖", "新人奖", "干一鸣", "兰晓星", "首页"]
    blocks = [Block([Character(one, at, at + 1) for at, one in enumerate(text)]) for text in words]
    assert _chosen(blocks, ["".join(words[:-1])], None) == [True] * 5 + [False]

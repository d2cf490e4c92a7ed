"""Pages with readings over characters and struck out words; what sites say in their markup of author, day and place."""

import io
import zipfile
from pathlib import Path

import pytest

from qa.answer.citations import cite
from qa.ingest import load, segment
from qa.ingest.markup import parse, view, without_unread
from qa.ingest.page_facts import author, body, published, stamped
from qa.types import Document, Span
from tests.ingest_oracle import write


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(source: str, name: str = "page.html") -> Document:
    (document,) = load(write(name, source))
    return document


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("<ruby>厍<rp>（</rp><rt>shè</rt><rp>）</rp></ruby>鹤年", "厍鹤年"),
        ("<ruby><rb>厍</rb><rt>shè</rt></ruby>鹤年", "厍鹤年"),
        ("<ruby>厍<rt>shè鹤<rt>hè</ruby>年", "厍年"),
        ("<ruby>厍<rtc><rt>shè</rt></rtc></ruby>鹤年", "厍鹤年"),
        ("<RUBY>厍<RT class='a>b'>shè</RT></RUBY>鹤年", "厍鹤年"),
        ("要<del>三十天</del>四十天", "要四十天"),
        ("要<s>三<span>十</span>天</s><strike>五十天</strike>四十天", "要四十天"),
        ("要<ins>四十天</ins>", "要四十天"),
        ("<strong>四</strong><span>十</span><small>天</small>", "四十天"),
        ("要<s>四十天", "要四十天"),
        ("四十</s>天</rt>", "四十天"),
        ("四<rt>十天", "四十天"),
    ],
)
def test_readings_and_struck_words_are_not_shown(markup: str, shown: str) -> None:
    assert view(parse(markup).blocks).text == shown
    assert view(parse(without_unread(markup, parse(markup).unread)).blocks).text == shown


@pytest.mark.parametrize("piece", ["<rt>", "<s>", "<del>", "<rt", "<ruby><rt>", "<rtc><rt>"])
def test_readings_without_end_are_read_in_time(piece: str) -> None:
    assert view(parse(piece * 40_000 + "渡口</rt></s></del>复航").blocks).text.endswith("复航")


PAGE = """<html><head><title>渡口复航</title></head><body><article><h1>渡口复航</h1>
<p>本报讯（记者 程远）渡口昨日复航，船长
<ruby>厍<rp>（</rp><rt>shè</rt><rp>）</rp></ruby>鹤年表示，票价由<s>五元</s>改为四元。</p>
<p>渡口停航了两个多月，其间检修了两条船，更换了全部的救生衣，并新设了三处栏杆。</p></article></body></html>"""


def test_a_name_with_its_reading_is_cited_without_it() -> None:
    document = read(PAGE)
    result = segment(document)
    (chunk,) = result.chunks
    assert "船长厍鹤年表示，票价由改为四元。" in chunk.text
    start = chunk.text.index("厍鹤年")
    citation = cite(Span(chunk, start, start + 3, 0.0), document=document, article=result.articles[0])
    assert document.text[citation.answer_start : citation.answer_end].startswith("厍<rp>（</rp><rt>shè</rt>")
    assert citation.quote == document.text[citation.start : citation.end]


def test_a_book_is_read_without_readings() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as packed:
        packed.writestr("META-INF/container.xml", '<c><rootfiles><rootfile full-path="b.opf"/></rootfiles></c>')
        package = '<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/></manifest>'
        packed.writestr("b.opf", f'{package}<spine><itemref idref="a"/></spine></package>')
        packed.writestr("a.xhtml", PAGE)
    (document,) = load(write("book.epub", data.getvalue()))
    assert "船长厍鹤年表示，票价由改为四元。" in document.text


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<meta property="og:article:author" content="程远" />', "程远"),
        ('<meta content="程远 &amp; 魏然" name="Author">', "程远 & 魏然"),
        ("<meta name='author' content='admin'><meta property='article:author' content='程远'>", "程远"),
        ('<meta property="article:author" content="https://example.invalid/a"/>', None),
        ('<meta name="keywords" content="author">', None),
    ],
)
def test_authors(head: str, name: str | None) -> None:
    assert author(f"<html><head>{head}</head></html>") == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<meta property="og:site_name" content="Gull Point Herald">', "Gull Point Herald"),
        ("<meta name='publisher' content='渡口晚报'><meta property='og:site_name' content='渡口网'>", "渡口网"),
        ('<meta property="og:site_name" content="https://example.invalid/">', None),
        ('<meta name="application-name" content="渡口">', None),
    ],
)
def test_papers(head: str, name: str | None) -> None:
    page = write(
        "page.html", f"<html><head>{head}</head><body><p>船长厍鹤年表示，票价由三元改为四元。</p></body></html>"
    )
    (document,) = load(page)
    assert document.metadata.get("publication") == name
    assert {article.publication for article in segment(document).articles} == {name}


@pytest.mark.parametrize(
    ("source", "day"),
    [
        ('<meta property="article:published_time" content="2022-07-01T09:15:00+08:00">', "2022-07-01"),
        ('<meta name="PubDate" content="20220701">', "2022-07-01"),
        ('<div id="js_content"></div><script>var ct = "1656691200";</script>', "2022-07-02"),
        ("<div id='js_content'></div><script>createTime = '2022-07-01 12:00'</script>", "2022-07-01"),
        ('<script>var ct = "1656691200";</script>', None),
        ('<meta name="pubdate" content="昨日">', None),
    ],
)
def test_days(source: str, day: str | None) -> None:
    assert published(source) == day


@pytest.mark.parametrize(
    ("script", "day"),
    [
        ('{"publishTime": 1656691200000}', "2022-07-02"),
        ("pubtime:'2022/7/1'", "2022-07-01"),
        ('var ct = "0000000000";', None),
        ('"datePublished" : "2022-13-45"', None),
        ("direct = 1656691200", None),
    ],
)
def test_stamps(script: str, day: str | None) -> None:
    assert stamped(f"<script>{script}</script>") == day


def test_what_stands_around_an_article_of_wechat_is_not_read() -> None:
    page = """<html><head><meta property="og:title" content="渡口今晚复航"/><title></title></head><body>
<h1 id="activity-name"> 渡口今晚复航 </h1><div id="meta_content"><span>原创</span></div>
<div class="rich_media_content" id="js_content" style="visibility: hidden">
<section><div><p><span>今晚六点，停航两个</span>
<span>多月的渡口复航。</span></p></div></section><p>船长为厍鹤年。</p></div>
<div><a>阅读原文</a></div><div>微信扫一扫<br>关注该公众号</div><script>var ct = "1656648000";</script></body></html>"""
    document = read(page)
    result = segment(document)
    assert [chunk.text for chunk in result.chunks] == [
        "渡口今晚复航\n今晚六点，停航两个多月的渡口复航。\n船长为厍鹤年。"
    ]
    assert document.date == "2022-07-01"


def test_the_place_of_an_article() -> None:
    page = '<div><div class="x TRS_Editor"><div>甲</div>乙</div><div>丙</div></div>'
    (start, end), certain = body(page) or ((0, 0), True)
    assert page[start:end] == '<div class="x TRS_Editor"><div>甲</div>乙'
    assert not certain
    assert body("<div id='zoomed'>甲</div>") is None

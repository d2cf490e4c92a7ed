"""Web pages: the article is found, and every character that it shows is found again in the source."""

import re
from html import escape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from qa.answer.citations import cite, verify
from qa.errors import CitationError, SourceError
from qa.indexing import cited_document
from qa.ingest import load, segment
from qa.ingest.markup import parse, view
from qa.types import Document, Span
from tests.ingest_oracle import read_or_refuse, visible, write

PAGE = """<!DOCTYPE html><html><head><title>市人大常委会任免名单_城市日报</title>
<meta property="article:published_time" content="2021-10-14T08:00:00+08:00"></head><body>
<nav><ul><li><a href="/">首页</a></li><li><a href="/n">新闻</a></li></ul></nav>
<div class="article"><h1>市人大常委会任免名单</h1>
<p>10月13日，市十五届人大常委会第二十八次会议在我市召开，决定任命<b>李新建</b>为副市长&amp;局长<!-- 编者 -->。</p>
<p>&ldquo;要把人民放在心中&rdquo;，会议强调，要坚持党的领导，
   不断推进各项工作，努力开创新局面。<br>本次会议由市人大常委会主任主持，各委员出席会议并发言。</p>
<p>The council met on Wednesday and
approved a list of names, the city&#39;s paper reported; R&D was not discussed at all.</p>
<ul><li>孙延文被任命为市人民政府副市长；</li><li>张武清被任命为市人民政府副市长。</li></ul>
</div><footer><p>版权所有 城市日报社 联系电话 0379-1234567</p></footer>
<script>document.write("<p>广告位招租，欢迎各界朋友来电洽谈</p>");</script></body></html>"""
SHOWN = """市人大常委会任免名单
10月13日，市十五届人大常委会第二十八次会议在我市召开，决定任命李新建为副市长&局长。
“要把人民放在心中”，会议强调，要坚持党的领导，不断推进各项工作，努力开创新局面。
本次会议由市人大常委会主任主持，各委员出席会议并发言。
The council met on Wednesday and approved a list of names, the city's paper reported; R&D was not discussed at all.
孙延文被任命为市人民政府副市长；
张武清被任命为市人民政府副市长。"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(source: str | bytes, name: str = "page.html") -> Document:
    Path(name).write_bytes(source if isinstance(source, bytes) else source.encode())
    (document,) = load(Path(name))
    return document


def test_the_article_is_read_and_what_stands_around_it_is_not() -> None:
    document = read(PAGE)
    assert (document.text, document.date) == (PAGE, "2021-10-14")
    segmentation = segment(document)
    (article,), (chunk,) = segmentation.articles, segmentation.chunks
    assert chunk.text == SHOWN
    assert article.title == "市人大常委会任免名单"
    assert document.text[article.start :].startswith("市人大常委会任免名单</h1>")
    assert document.text[: article.end].endswith("张武清被任命为市人民政府副市长。")


@pytest.mark.parametrize(
    ("item", "printed"),
    [
        ("李新建", "李新建"),
        ("李新建为副市长", "李新建</b>为副市长"),
        ("副市长&局长", "副市长&amp;局长"),
        ("“要把人民放在心中”", "&ldquo;要把人民放在心中&rdquo;"),
        ("党的领导，不断推进", "党的领导，\n   不断推进"),
        ("Wednesday and approved", "Wednesday and\napproved"),
        ("city's", "city&#39;s"),
        ("R&D", "R&D"),
    ],
)
def test_items_are_cited_in_the_source(item: str, printed: str) -> None:
    document = read(PAGE)
    segmentation = segment(document)
    (chunk,) = segmentation.chunks
    start = chunk.text.index(item)
    citation = cite(Span(chunk, start, start + len(item), 0.0), document=document, article=segmentation.articles[0])
    original = cited_document(citation).text
    assert original[citation.answer_start : citation.answer_end] == printed
    assert original[citation.start : citation.end] == citation.quote


def test_another_item_is_not_taken_for_the_markup() -> None:
    document = read(PAGE)
    segmentation = segment(document)
    (chunk,) = segmentation.chunks
    start = chunk.text.index("李新建为")
    other = Span(chunk, start, start + 4, 0.0)
    citation = cite(other, document=document, article=segmentation.articles[0])
    with pytest.raises(CitationError, match="the answer reads"):
        verify(citation, document, "李新建b为")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>甲</p><p>乙", "甲\n\n乙"),
        ("甲<br>乙<br/><br>丙", "甲\n乙\n丙"),
        ("<h2>甲</h2>乙", "## 甲\n\n乙"),
        ("<ul><li>甲<li>乙</ul>", "- 甲\n\n- 乙"),
        ("<table><tr><td>甲</td><td>乙</td></tr><tr><td>丙</td></tr></table>", "甲 乙\n\n丙"),
        ("甲&nbsp;&nbsp; 乙", "甲 乙"),
        ("甲&#x4e59;&#19993;&hearts;", "甲乙丙♥"),
        ("a &lt;b&gt; c", "a <b> c"),
        ("甲<style>p{}</style><script>if (a<b) x();</script>乙", "甲乙"),
        ("fish & chips &unknown; 5 < 6", "fish & chips &unknown; 5 < 6"),
        ("soft\u00adhyphen", "softhyphen"),
        ("<p>A\u3000\u3000B</p>", "A\u3000\u3000B"),
        ("<!-- <p>甲</p> -->乙", "乙"),
        ("<b></b>", ""),
    ],
)
def test_what_markup_shows(source: str, text: str) -> None:
    assert view(parse(source).blocks).text == text


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("甲", "甲"),
        ("乙</b>&amp;丙", "乙&丙"),
        ("&amp;", "&"),
        ("丙</p><ul><li>丁", "丙\n丁"),
        ("丁<td>戊", "丁 戊"),
        ("丙<", ""),
        ("丁<", ""),
        ("&am", ""),
        (";丙", ""),
        ("<b>乙", ""),
        ("乙</b>", ""),
        ("<li>丁", ""),
        ("</b>", ""),
    ],
)
def test_what_a_piece_of_the_source_prints(printed: str, shown: str) -> None:
    source = "<p>甲<b>乙</b>&amp;丙</p><ul><li>丁<td>戊</ul>"
    start = source.index(printed)
    assert view(parse(source).blocks).shown(start, start + len(printed)) == shown


def test_what_the_view_leaves_out_is_not_printed_around() -> None:
    source = "<p>甲</p><nav>乙</nav><p>丙</p><p>丁</p>"
    found = view(parse(source).blocks, [True, False, True, True])
    assert found.text == "甲\n\n丙\n\n丁"
    assert found.shown(source.index("丙"), source.index("丁") + 1) == "丙\n丁"
    assert found.shown(source.index("甲"), source.index("丙") + 1) == ""


words = st.text("市长会议“”&<>\"'ab1 \u00a0éЖ𠮷", min_size=1, max_size=12).map(
    lambda text: " ".join(text.replace("\u00a0", " ").split())
)
inline = st.sampled_from(["{}", "<b>{}</b>", "<a href='x>y'>{}</a>", '<span class="c">{}</span>', "{}<!-- x -->"])
block = st.sampled_from(["<p>{}</p>", "<div>{}</div>", "{}<br>", "<li>{}</li>", "<td>{}</td><p>"])


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(block, st.lists(st.tuples(inline, words), min_size=1, max_size=4)), max_size=6), st.data())
def test_every_span_of_a_page_is_cited_with_the_words_it_shows(
    blocks: list[tuple[str, list[tuple[str, str]]]], data: st.DataObject
) -> None:
    source = "".join(
        outer.replace("{}", "".join(tag.replace("{}", escape(text)) for tag, text in parts)) for outer, parts in blocks
    )
    assume(any(text.strip() for _, parts in blocks for _, text in parts))
    document = Document("page", "page.html", "/page.html", "0", source, view=view(parse(source).blocks))
    segmentation = segment(document)
    expected = re.sub(r"\s+", "", "".join(text for _, parts in blocks for _, text in parts))
    found = re.sub(r"\s+", "", "".join(chunk.text for chunk in segmentation.chunks))
    assert found == expected
    chunk = data.draw(st.sampled_from(segmentation.chunks))
    places = [at for at, character in enumerate(chunk.text) if not character.isspace()]
    start, end = sorted((data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))))
    article = segmentation.articles[chunk.article]
    citation = cite(Span(chunk, start, end + 1, 0.0), document=document, article=article)
    shown = visible(source[citation.answer_start : citation.answer_end])
    assert re.sub(r"\s+", "", shown) == re.sub(r"\s+", "", chunk.text[start : end + 1])


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ('<meta charset="gb2312"><p>徐堃</p>'.encode("gb18030"), "徐堃"),
        ('<meta http-equiv=Content-Type content="text/html; charset=big5"><p>臺北</p>'.encode("big5"), "臺北"),
        ('<meta charset="gb2312"><p>甲</p>'.encode(), "甲"),
        ("<p>café</p><meta charset=iso-8859-1>".encode("latin-1"), "café"),
    ],
)
def test_the_declared_encoding_is_used_where_it_is_not_utf8(data: bytes, text: str) -> None:
    (chunk,) = segment(read(data)).chunks
    assert chunk.text == text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the file is empty"),
        (b"<p> </p><script>x()</script>", "the page shows no text"),
        (b"<p>caf\xe9</p>", "not UTF-8 at byte 6"),
        (b"<meta charset=nonsense>\xff", "not UTF-8 at byte 23"),
    ],
)
def test_what_cannot_be_read(data: bytes, expected: str) -> None:
    with pytest.raises(SourceError, match=re.escape(expected)):
        read(data)


def test_a_page_that_is_no_article_is_read_without_its_navigation() -> None:
    (chunk,) = segment(read("<nav>首页</nav><p>短讯一则。</p><footer>版权</footer>")).chunks
    assert chunk.text == "短讯一则。"


@pytest.mark.parametrize(
    "source",
    [
        "<div>" * 3000 + "甲",
        "<p>甲" * 3000,
        "&" * 9000,
        "<a " * 99_999,
        "甲<!--" * 9000,
        '<a "' * 9000 + ">",
        "<script>" * 9000,
    ],
)
def test_hostile_markup_is_read_or_refused(source: str) -> None:
    Path("hostile.html").write_text(source, "utf-8")
    read_or_refuse(Path("hostile.html"))


SOUP = [
    *"<>&/!-=\"' \n",
    "<p>",
    "</p>",
    "<div",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "&amp",
    "&#",
    "市长",
    "<![CDATA[",
]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.lists(st.sampled_from(SOUP), max_size=40).map("".join), st.text(max_size=80)))
def test_any_soup_is_read_or_refused_and_aligned(source: str) -> None:
    Path("soup.html").write_text(source, "utf-8", errors="replace", newline="")
    for document in read_or_refuse(Path("soup.html")):
        shown = document.view
        assert shown is not None
        assert shown.alignment.length == len(shown.text)
        for chunk in segment(document).chunks:
            cited = document.text[chunk.start : chunk.end]
            assert cited[0] == chunk.text[0] or cited[0] == "&"


TABLE = "<table><tr><th rowspan=2>乡镇</th><th colspan=2>小麦</th></tr><tr><th>上年</th><th>今年</th></tr>{}</table>"
ROW = "<tr><td>双桥镇</td><td>5275</td><td>5310</td></tr>"


@pytest.mark.parametrize("below", ["", "<p>县农业局说，明年全县小麦的种植面积不会减少。</p>"])
def test_a_table_of_the_article_is_whole(below: str) -> None:
    story = "<p>本报讯 全县粮食增产，副县长钱有粮昨日公布了各乡产量。</p>" + TABLE.format(ROW)
    (document,) = load(write("t.html", f"<h1>全县粮食增产</h1>{story}{below}"))
    assert document.view is not None
    shown = document.view.text
    assert [(shown[at:].split()[0], words) for at, words in document.heads] == [
        ("5275", "双桥镇小麦上年"),
        ("5310", "双桥镇小麦今年"),
    ]
    assert "乡镇" in shown


def test_columns_that_a_table_sets_lose_none_of_their_words() -> None:
    left = "<h2>Tides</h2><p>High water at the <i>Staithe</i> this week will be as follows:</p>"
    table = "<table><tr><th>Day</th><th>Morning</th></tr><tr><td>Monday</td><td>6.12</td></tr></table>"
    below = "<p>All in BST.</p><h2>Wardens</h2><p>Chosen at the meeting on 3 May:</p><ul><li>R. Tuck</li></ul>"
    right = "<h3>Lost</h3><p>One oar, near the slip. Ring Mr Oyelaran, 5511.</p>"
    (document,) = load(write("t.html", f"<table><tr><td>{left}{table}{below}</td><td>{right}</td></tr></table>"))
    assert document.view is not None
    assert [line for line in document.view.text.split("\n") if line] == [
        *("## Tides", "High water at the Staithe this week will be as follows:", "Day Morning", "Monday 6.12"),
        *("All in BST.", "## Wardens", "Chosen at the meeting on 3 May:", "- R. Tuck", "### Lost"),
        "One oar, near the slip. Ring Mr Oyelaran, 5511.",
    ]


@pytest.mark.parametrize(
    ("headline", "title"),
    [
        ("全市防汛指挥部<br/>启动四级响应", "全市防汛指挥部启动四级响应"),
        ("Ferry returns<br>to Gull Point", "Ferry returns to Gull Point"),
        ("渡口<br>\n 复航", "渡口复航"),
    ],
)
def test_a_headline_over_two_lines_is_one(headline: str, title: str) -> None:
    page = f"<html><body><h2>{headline}</h2><p>渡口昨日复航。<br>票价四元。</p></body></html>"
    shown = view(parse(page).blocks)
    assert shown.text.split("\n") == [f"## {title}", "", "渡口昨日复航。", "票价四元。"]

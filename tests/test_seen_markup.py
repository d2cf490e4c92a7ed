"""Web pages and what is made of them: all that is shown is in the text once, in order, and nothing that is hidden."""

import json
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.ingest import load, segment
from qa.ingest.markup import parse, view
from qa.types import Document, View
from tests.ingest_oracle import MARKS, is_visible, uncovered, verify, write
from tests.marked_up import pages
from tests.test_ingest_formats import book

MANY = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
FEW = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
TITLE = "任免名单今日公布"
FIRST, LAST = "昨日上午九时会议在市府礼堂召开，到会三百人。", "散会后委员们参观了新落成的图书馆和博物馆，下午三时返回。"
ENCODINGS = (
    ("utf-8", ""),
    ("utf-8-sig", ""),
    ("utf-16", ""),
    ("gb18030", '<meta charset="gb2312">'),
    ("big5", "<meta http-equiv=Content-Type content='text/html; charset=big5'>"),
    ("iso-8859-1", "<meta charset=ISO-8859-1>"),
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def seen(text: str) -> str:
    """What a reader sees, without blanks and the marks of headings and items, which no word of ours has."""
    return "".join(character for character in text if is_visible(character) and character not in "#-")


def assert_is_cut_in_passages(document: Document) -> None:
    """All that it shows is in a passage once, or stated as being outside; the text of each is at its offsets."""
    page = replace(document, id="page", text=document.view.text if document.view else document.text, view=None)
    result = segment(page)
    verify(page, result)
    assert set(uncovered(page, result)) <= MARKS


def assert_is_in_the_source(shown: View, source: str) -> None:
    """Each character that is shown is what its place in the source says; marks and breaks stand for none."""
    added = {at for start, end in shown.added for at in range(start, end)}
    for at, character in enumerate(shown.text):
        start, end = shown.alignment.to_original(at, at + 1)
        if at not in added and not character.isspace():
            assert unescape(source[start:end]) == character


@MANY
@given(pages())
def test_markup_shows_every_word_once_in_order_and_no_other(drawn: tuple[str, list[str]]) -> None:
    source, words = drawn
    shown = view(parse(source).blocks)
    assert seen(shown.text) == seen("".join(words))
    assert_is_in_the_source(shown, source)
    assert_is_cut_in_passages(Document("page", "p.html", "/p.html", "0", source, "", view=shown))


@settings(FEW, derandomize=True)  # the library that finds the article has its own ways with the rarest of pages
@given(pages(article=True), st.sampled_from(ENCODINGS))
def test_a_page_shows_its_article_whatever_its_encoding(
    drawn: tuple[str, list[str]], encoding: tuple[str, str]
) -> None:
    (inner, words), (codec, stated) = drawn, encoding
    head = f"<head>{stated}<title>{TITLE}</title><script>var lost</script></head>"
    article = f"<article><h1>{TITLE}</h1><p>{FIRST}</p>{inner}<p>{LAST}</p></article>"
    source = f"<!DOCTYPE html><html>{head}<body><nav><a href='/'>lost</a></nav>{article}</body></html>"
    (document,) = load(write("p.html", source.encode(codec, "xmlcharrefreplace")))
    assert document.view is not None
    assert seen(document.view.text) == seen("".join((TITLE, FIRST, *words, LAST)))
    assert_is_in_the_source(document.view, document.text)
    assert_is_cut_in_passages(document)


@FEW
@given(st.lists(pages(), min_size=1, max_size=2))
def test_a_book_shows_every_word_of_its_chapters(drawn: list[tuple[str, list[str]]]) -> None:
    html = "<?xml version='1.0'?><html><head><title>lost</title><style>lost</style></head><body>{}</body></html>"
    files = {f"OEBPS/c{number}.xhtml": html.format(inner) for number, (inner, _) in enumerate(drawn)}
    documents = list(load(write("b.epub", book([("", []) for _ in drawn], **files))))
    assert [seen(document.text) for document in documents] == [seen("".join(words)) for _, words in reversed(drawn)]
    for document in documents:
        assert_is_cut_in_passages(document)


@FEW
@given(pages())
def test_a_record_with_markup_shows_every_word(drawn: tuple[str, list[str]]) -> None:
    inner, words = drawn
    (document,) = load(write("r.json", json.dumps([{"text": f"<div>{inner}</div>"}])))
    assert seen(document.text) == seen("".join(words))
    assert_is_cut_in_passages(document)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("甲<video src=a><source src=b>您的浏览器不支持播放</video>乙", "甲乙"),
        ("甲<audio>不支持</audio><canvas>不支持</canvas><datalist><option>丙</datalist>乙", "甲乙"),
        ("甲<!-->乙<!--->丙<!-- x --!>丁", "甲乙丙丁"),
        ("甲</>乙</ 丙", "甲乙</ 丙"),
        ("<details><summary>The mayor</summary>Monday</details>", "The mayor\n\nMonday"),
        ("<fieldset><legend>Mayor</legend>Monday</fieldset>", "Mayor\n\nMonday"),
        ("&copy2021 &nbspJohn &notit; R&D &amp", "©2021 John ¬it; R&D &"),
        ("甲&#31;乙&#x7;", "甲乙"),
        ("<p hidden>甲<p>乙<p style='display:none'>丙<div>丁</div>", "乙\n\n丁"),
        ("<div hidden>甲<div>乙</div>丙</div>丁<div style='visibility:hidden'>戊</div>己", "丁\n\n己"),
        ("甲<span hidden>乙</div>丙</span>丁", "甲丁"),
        ("<ul><li>甲<li hidden>乙<ul><li>丙</ul>丁<li>戊</ul>", "- 甲\n\n- 戊"),
        ("<table><tr><td>甲<td hidden>乙<td>丙<tr hidden><td>丁<tr><td>戊</table>", "甲 丙\n\n戊"),
        ("<b hidden>甲<p>乙</b>丙</p>丁", "丙\n\n丁"),
        ("<div style='visibility:hidden'>甲<p style='visibility:visible'>乙</p>丙</div>丁", "乙\n\n丁"),
        ("<div style='display:none'>甲<p style='display:block;visibility:visible'>乙</p></div>丁", "丁"),
        ("<p style='/* display:none */ color: red'>甲</p><p style='display:none;display:block'>乙</p>", "甲\n\n乙"),
        ("<dialog>甲</dialog><dialog open>乙</dialog><input hidden>丙", "乙\n\n丙"),
        ("<body style='visibility:hidden'>甲<p hidden=until-found>乙", "甲"),
        ("<p>甲<p hidden>乙", "甲"),
        ("甲<![CDATA[乙 > 丙]]>丁", "甲 丙]]>丁"),
    ],
)
def test_what_markup_shows(source: str, text: str) -> None:
    shown = view(parse(source).blocks)
    assert shown.text == text
    assert_is_in_the_source(shown, source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>甲<![CDATA[<乙> &amp; ]]>丙</p>", "甲<乙> &amp; 丙"),
        ("<p hidden='hidden'/><p>甲<![CDATA[乙", "甲乙"),
        ("<p hidden='hidden'><![CDATA[甲</p>]]></p><p>乙</p>", "乙"),
    ],
)
def test_what_markup_shows_that_is_sent_as_xml(source: str, text: str) -> None:
    assert view(parse(source, xml=True).blocks).text == text


def test_a_page_and_a_book_in_xml_show_what_their_character_data_says() -> None:
    told = "“R&D<二处>”昨日上午改组，新处长由李新建担任，旧处长另有任用。"
    inner = f"<h1>{TITLE}</h1><p>{FIRST}</p><p><![CDATA[{told}]]></p><p>{LAST}</p>"
    source = f"<?xml version='1.0'?><html><head><title>{TITLE}</title></head><body>{inner}</body></html>"
    (page,) = load(write("p.xhtml", source))
    assert page.view is not None
    (chapter,) = load(write("b.epub", book([("", [])], **{"OEBPS/c0.xhtml": source})))
    for text in (page.view.text, chapter.text):
        assert f"{FIRST}\n\n{told}\n\n{LAST}" in text
    assert_is_cut_in_passages(page)


@pytest.mark.parametrize("hiding", ["<div id='js_content' style='visibility: hidden'>", "<div hidden><div id='zoom'>"])
def test_an_article_that_a_script_shows_is_read(hiding: str) -> None:
    inner = f"{hiding}<p>{FIRST}</p><p hidden>另一段文字在此，读者看不到它，它也不在文中。</p><p>{LAST}</p></div>"
    (document,) = load(write("p.html", f"<html><body><p>点击上方关注我们的公众号</p>{inner}</body></html>"))
    assert document.view is not None
    assert FIRST in document.view.text
    assert LAST in document.view.text
    assert "看不到" not in document.view.text
    (document,) = load(write("q.html", f"<html><body><div hidden><p>{FIRST}</p></div></body></html>"))
    assert document.view is not None
    assert document.view.text == FIRST


def test_heads_of_cells_leave_out_hidden_cells() -> None:
    source = (
        "<table><tr><th>区<th style='display:none'>旧名<th>2020年</tr>"
        "<tr><td>河东<td style='display:none'>东关<td>340</tr></table>"
    )
    parsed = parse(source)
    shown = view(parsed.blocks)
    assert [(shown.text[at:].split()[0], words) for at, words in parsed.structure.heads(shown)] == [
        ("340", "河东2020年")
    ]


def test_a_menu_is_of_no_article_and_what_follows_a_list_in_a_paragraph_is() -> None:
    inner = (
        "<P>会议决定任命李新建为副市长，张三为局长，李四为处长。<ol><li>会议由市人大常委会主任主持，各委员出席。</ol>"
    )
    page = f"<article><h1>{TITLE}</h1><p>{FIRST}</p>{inner}<p>{LAST}</p></article>"
    (document,) = load(write("p.html", f"<html><body><nav><a href='/'>首页</a></nav>{page}</body></html>"))
    assert document.view is not None
    assert document.view.text == view(parse(page).blocks).text


@pytest.mark.parametrize(
    "inner",
    [
        "会议决定<template>另一段文字在此</template>任命李新建为副市长，张三为局长，李四为处长，王五为科长。",
        "会议决定任命李新建为副市长，<svg><text>图中的文字在此</text></svg>张三为局长，李四为处长，王五为科长。",
        "所谓&amp;lt;任免名单&amp;gt;，就是会议决定任命李新建为副市长。",
    ],
)
def test_a_paragraph_is_of_the_article_although_what_finds_the_article_reads_it_otherwise(inner: str) -> None:
    source = f"<html><body><article><h1>{TITLE}</h1><p>{FIRST}</p><p>{inner}</p><p>{LAST}</p></article></body></html>"
    (document,) = load(write("p.html", source))
    assert document.view is not None
    (shown,) = (block.text for block in parse(f"<p>{inner}</p>").blocks)
    assert document.view.text == f"# {TITLE}\n\n{FIRST}\n\n{shown}\n\n{LAST}"

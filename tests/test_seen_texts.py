"""Plain text, Markdown, JSON Lines, METS and WARC: what is told is in one passage, in order, nothing else."""

import gzip
import json
import re
from html import escape, unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import SourceError
from qa.ingest import load, segment
from qa.types import Document
from tests.ingest_oracle import write
from tests.marked_up import pages
from tests.test_ingest_formats import warc
from tests.test_seen_markup import ENCODINGS, FIRST, LAST, TITLE, assert_is_cut_in_passages, seen
from tests.test_seen_prints import ODD, Printed

FEW = settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
FEWER = settings(FEW, max_examples=10, derandomize=True)
CODECS = ("utf-8", "utf-8-sig", "utf-16", "gb18030")
NEWLINES = ("\n", "\n", "\r\n", "\r")
# Of no article: {} is a number that stands nowhere else.
MASTHEADS = (
    "榆溪日报\n2021年10月13日 星期三 第{}期 第3版\n\n",
    "# 榆溪日报\n\n2021年10月13日　星期三　农历九月初八　总第{}期\n\n",
    "榆溪日报 | 要闻 | 03版 | 2021年10月13日 | 第{}期\n\n",
)
BYLINES = ("本报记者 张三\n", "本报记者 张三 通讯员 李四\n\n", "□ 本报记者 王小明\n\n", "□记者 欧阳晓 文/图\n\n")
OPENINGS = ("", "", "本报讯（记者 张三）", "新华社北京10月12日电 ", "本报讯 ", "　　")
ENDS = ("", "\n（记者 张三）", "（张三 李四）")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(document: Document) -> str:
    """What the passages of the articles say, one after the other."""
    return seen("".join(chunk.text for chunk in segment(document).chunks))


# Plain text and Markdown: mastheads, titles with and without marks, bylines, wrapped lines, list items.


class Told(Printed):
    """Draws the articles of a page; ``seen`` is what they say."""

    def kept(self, words: str) -> str:
        self.seen.append(words)
        return words

    def story(self, mark: str) -> str:
        number = len(self.seen)
        title = self.kept(f"{self.one_of('县里举行', '市民热议', '水库建成')}{100 + number}处工程")
        byline = self.kept(self.one_of("", *BYLINES)) if self.draw(st.booleans()) else ""
        blocks = "".join(self.block() for _ in self.times(3))
        return f"{mark}{title}\n\n{byline}{blocks}"

    def block(self) -> str:
        kind = self.one_of("text", "text", "wrapped", "items", "numbered", "bold")
        if kind == "items":
            items = (f"- {self.sentence('；')}\n" for _ in self.times(3))
            return f"{self.sentence('：')}\n{''.join(items)}\n"
        if kind == "numbered":
            marks = self.draw(
                st.sampled_from([("一、", "二、", "三、"), ("1. ", "2. ", "3. "), ("（1）", "（2）", "（3）")])
            )
            return "".join(f"{self.kept(marks[n])}{self.sentence()}\n" for n in self.times(3)) + "\n"
        if kind == "bold":
            return f"**{self.sentence()}**{self.sentence()}\n\n"
        opening = self.kept(self.one_of(*OPENINGS))
        text = f"{opening}{''.join(self.sentence() for _ in self.times(3))}{self.kept(self.one_of(*ENDS))}"
        if kind == "wrapped":
            units = re.findall(r"&\w+;|.", text)  # nobody breaks a line in the middle of a character
            text = "\n".join("".join(units[at : at + 18]) for at in range(0, len(units), 18))
        return f"{text}\n\n"

    def sentence(self, end: str = "。") -> str:
        word = self.word(tuple(odd for odd in ODD if odd != "乙。"))
        self.seen[-1] = f"昨日上午，全县干部群众来到{word}工地参加劳动{end}"
        return self.seen[-1]


@st.composite
def papers(draw: st.DrawFn, *, marked: bool, mastheads: tuple[str, ...] = MASTHEADS) -> tuple[str, list[str], str]:
    """Return the text of a page, what its articles say, and the number of its masthead."""
    page, number = Told(draw), str(draw(st.integers(20000, 30000)))
    head = page.one_of("", *(one for one in mastheads if marked or not one.startswith("#"))).format(number)
    mark = page.one_of("## ", "# ", "### ") if marked else ""
    gap = page.one_of("\n", "") if marked else "\n\n"
    stories = gap.join(page.story("## " if head.startswith("#") and marked else mark) for _ in page.times(3))
    return head + stories, page.seen, number


@FEW
@given(papers(marked=True) | papers(marked=False), st.sampled_from(CODECS), st.sampled_from(NEWLINES))
def test_plain_text(drawn: tuple[str, list[str], str], codec: str, newline: str) -> None:
    text, words, masthead = drawn
    (document,) = load(write("2021-10-13.txt", text.replace("\n", newline).encode(codec)))
    assert document.text == text.replace("\n", newline)
    assert told(document) == seen("".join(words))
    assert masthead not in "".join(article.title for article in segment(document).articles)
    assert_is_cut_in_passages(document)


FIELDS = (
    "title: 榆溪日报 lost",
    "author: 'lost: lost'",
    "# lost",
    "tags:\n  - lost\n  - lost",
    "summary: >\n  lost\n\n  lost",
    'page: "A2"',
    "lost:",
)


@FEW
@given(papers(marked=True), st.permutations(FIELDS), st.integers(0, 7), st.sampled_from(["\n", "\r\n"]))
def test_markdown(drawn: tuple[str, list[str], str], fields: list[str], number: int, newline: str) -> None:
    text, words, _ = drawn
    front = "\n".join(["---", "date: 2021-10-13", *fields[:number], "---", "", ""]) if number else ""
    (document,) = load(write("p.md", (front + text).replace("\n", newline)))
    assert document.date == ("2021-10-13" if front else None)
    assert document.metadata.get("page") == ("A2" if 'page: "A2"' in fields[:number] else None)
    assert told(document) == seen("".join(words))
    assert all("lost" not in chunk.text for chunk in segment(document).passages)


# JSON Lines.


@FEW
@given(
    st.lists(papers(marked=False, mastheads=()) | pages().map(lambda drawn: (*drawn, "")) | st.none(), max_size=3),
    st.sampled_from(CODECS[:3]),
    st.booleans(),
    st.booleans(),
)
def test_json_lines(drawn: list[tuple[str, list[str], str] | None], codec: str, packed: bool, escaped: bool) -> None:
    lines, wanted, bad = ['{"text": "首篇"}'], [("line-1", "首篇")], list[str]()
    for number, record in enumerate(drawn):
        lines += [" "] * (number % 2)  # a line that holds nothing
        if record is None:
            lines.append('{"text": "lost"')
            bad.append(f"line {len(lines)}")
        else:
            body, words, plain = record
            text = body if plain else f"<div>{body}</div>"
            lines.append(json.dumps({"about": "lost", "id": number, "Full_Text": text}, ensure_ascii=escaped))
            said = "".join(words)
            wanted.append((str(number), seen(unescape(said) if plain else said)))  # programs export characters so
    errors = list[SourceError]()
    data = "\n".join(lines).encode(codec)
    name = "p.jsonl.gz" if packed and codec != "utf-16" else "p.jsonl"
    documents = list(load(write(name, gzip.compress(data) if name.endswith("gz") else data), errors.append))
    assert [document.metadata["record"] for document in documents] == [record for record, _ in wanted]
    assert [error.reason.partition(",")[0] for error in errors] == bad
    for document, (_, said) in zip(documents, wanted, strict=True):
        assert "lost" not in document.text
        assert seen(document.text).replace("*", "") == said.replace("*", "")
        assert_is_cut_in_passages(document)


# METS and its ALTO pages: articles over several pages, in an order of their own; what is in none is read page by page.


@st.composite
def issues(draw: st.DrawFn) -> tuple[list[str], str, list[list[str]]]:
    """Return the pages, the METS file, and the words of each document."""
    page, sheets = Printed(draw), list[str]()
    articles: dict[int, list[tuple[str, str, str]]] = {}
    rest = list[list[str]]()
    for sheet in page.times(3):
        blocks, loose = list[str](), list[str]()
        for at in range(draw(st.integers(1, 4))):
            words = [page.word() for _ in page.times(2)]
            line = "".join(f'<String CONTENT="{escape(word)}"/>' for word in words)
            blocks.append(f'<TextBlock ID="S{sheet}B{at}"><TextLine>{line}</TextLine></TextBlock>')
            article = draw(st.integers(-1, 3))
            if article < 0:
                loose += words
            else:
                articles.setdefault(article, []).append((f"F{sheet}", f"S{sheet}B{at}", "".join(words)))
        sheets.append(f"<alto><Layout><Page><PrintSpace>{''.join(blocks)}</PrintSpace></Page></Layout></alto>")
        rest.append(loose)
    divs, documents = list[str](), list[list[str]]()
    for parts in articles.values():
        ordered = draw(st.permutations(parts))
        areas = (f'<fptr><area FILEID="{file}" BEGIN="{block}"/></fptr>' for file, block, _ in ordered)
        kind = page.one_of("ARTICLE", "ADVERTISEMENT", "Article")
        inner = "".join(f"<div TYPE='{page.one_of('BODY', 'TEXT')}'>{area}</div>" for area in areas)
        divs.append(f"<div TYPE='{kind}'>{inner}</div>")
        documents.append([words for *_, words in ordered])
    files = "".join(f'<file ID="F{n}"><FLocat x:href="p{n}.xml"/></file>' for n in range(len(sheets)))
    logical = f"<structMap TYPE='LOGICAL'><div TYPE='ISSUE'>{''.join(divs)}</div></structMap>"
    mets = f"<mets xmlns:x='http://www.w3.org/1999/xlink'><fileSec>{files}</fileSec>{logical}</mets>"
    return sheets, mets, documents + [loose for loose in rest if loose]


@FEW
@given(issues())
def test_mets(drawn: tuple[list[str], str, list[list[str]]]) -> None:
    sheets, mets, words = drawn
    for number, sheet in enumerate(sheets):
        write(f"p{number}.xml", sheet)
    documents = list(load(write("mets.xml", mets)))
    assert [seen(document.text) for document in documents] == [seen("".join(one)) for one in words]
    for document in documents:
        assert_is_cut_in_passages(document)


# WARC.


@FEWER
@given(st.lists(st.tuples(pages(article=True), st.sampled_from(ENCODINGS)), min_size=1, max_size=2), st.booleans())
def test_web_archives(drawn: list[tuple[tuple[str, list[str]], tuple[str, str]]], packed: bool) -> None:
    records, wanted = list[tuple[str, bytes, str]](), list[str]()
    for number, ((inner, words), (codec, stated)) in enumerate(drawn):
        article = f"<article><h1>{TITLE}</h1><p>{FIRST}</p>{inner}<p>{LAST}</p></article>"
        source = f"<html><head>{stated}<title>{TITLE}</title></head><body><p hidden>lost</p>{article}</body></html>"
        records += [
            (f"http://a.invalid/{number}.js", b"lost", "text/javascript"),
            (f"http://a.invalid/{number}", source.encode(codec, "xmlcharrefreplace"), "text/html"),
        ]
        wanted.append(seen("".join((TITLE, FIRST, *words, LAST))))
    name = "c.warc.gz" if packed else "c.warc"
    documents = list(load(write(name, warc(records, packed=packed))))
    assert [seen(document.text) for document in documents] == wanted
    for document in documents:
        assert_is_cut_in_passages(document)

"""ALTO, hOCR, TEI and PDF: all that is printed is in the text once, in order, and nothing that is not."""

from html import escape
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.ingest import load
from tests.ingest_oracle import write
from tests.page_layout import placed_lines
from tests.print_shop import hanzi_pdf, pdf
from tests.test_ingest_formats import tei
from tests.test_seen_markup import assert_is_cut_in_passages, seen

FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
ODD = ("", "", "", "&", "<新>", '"甲"', "R&D", "&amp;", "é", "𠮷", "…", "Ａ１", "'", "%20", "乙。")
LATIN = ("", "", "", " The mayor", " R&D", " 12.5%", " (a)", ", said", " caf\xe9", " <b>", " &amp;", " 'a'")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


class Printed:
    """Draws words, each of which stands once."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self._number = count(100)
        self.seen = list[str]()

    def word(self, odd: tuple[str, ...] = ODD) -> str:
        self.seen.append(f"{next(self._number)}号{self.draw(st.sampled_from(odd))}")
        return self.seen[-1]

    def times(self, most: int) -> range:
        return range(self.draw(st.integers(1, most)))

    def one_of(self, *ways: str) -> str:
        return self.draw(st.sampled_from(ways))


# ALTO: nested blocks, several pages, words in pieces, and what is no text of the page.


@st.composite
def altos(draw: st.DrawFn) -> tuple[str, list[str]]:
    page = Printed(draw)
    pages = "".join(f"<Page WIDTH='2000' HEIGHT='3000'>{_alto_page(page)}</Page>" for _ in page.times(2))
    start = page.one_of("<alto>", '<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#">', "<!-- lost --><alto>")
    about = "<Description><sourceImageInformation><fileName>lost</fileName></sourceImageInformation></Description>"
    return f"{start}{about}<Layout>{pages}</Layout></alto>", page.seen


def _alto_page(page: Printed) -> str:
    parts = list[str]()
    for margin in ("TopMargin", "PrintSpace", "BottomMargin"):
        blocks = "".join(_alto_block(page, 0) for _ in page.times(2)) if margin == "PrintSpace" else ""
        parts.append(f"<{margin}>{blocks}<Illustration ID='lost'/><GraphicalElement/></{margin}>")
    return "".join(parts)


def _alto_block(page: Printed, depth: int) -> str:
    if depth < 2 and page.draw(st.booleans()):
        return f"<ComposedBlock>{''.join(_alto_block(page, depth + 1) for _ in page.times(2))}</ComposedBlock>"
    lines = list[str]()
    for _ in page.times(3):
        words = list[str]()
        for _ in page.times(3):
            word = escape(page.word())
            more = page.one_of("", "<ALTERNATIVE>lost</ALTERNATIVE>", "<Glyph CONTENT='lost'/>", "<!-- lost -->")
            about = page.one_of("", 'SUBS_CONTENT="lost"', 'WC="0.3" CC="0 0"', 'WC="lost"', 'HPOS="lost"')
            blank = page.one_of("", "<SP/>", "<SP WIDTH='9'/>")
            words.append(f'<String CONTENT="{word}" {about}>{more}</String>{blank}')
        lines.append(f"<TextLine>{page.one_of('', '<Shape/>')}{''.join(words)}</TextLine>")
    return f"<TextBlock>{''.join(lines)}</TextBlock>"


@FEW
@given(altos())
def test_alto(drawn: tuple[str, list[str]]) -> None:
    source, words = drawn
    (document,) = load(write("p.xml", source))
    assert seen(document.text) == seen("".join(words))
    assert_is_cut_in_passages(document)


# hOCR: areas in areas, words in spans in spans, words outside lines, and what is no text of the page.


@st.composite
def hocrs(draw: st.DrawFn) -> tuple[str, list[str]]:
    page = Printed(draw)
    areas = ["".join(_area(page, 0) for _ in page.times(2)) for _ in page.times(2)]
    pages = "".join(f"<div class='ocr_page' title='image lost; bbox 0 0 9 9'>{one}</div>" for one in areas)
    head = "<head><title>lost</title><meta name='ocr-system' content='lost'/><style>lost</style></head>"
    return f"<html>{head}<body><!-- lost -->{pages}{page.one_of('', '<script>lost</script>')}</body></html>", page.seen


def _area(page: Printed, depth: int) -> str:
    if depth < 2 and page.draw(st.booleans()):
        inner = "".join(_area(page, depth + 1) for _ in page.times(2))
        return f"<div class='{page.one_of('ocr_carea', 'ocr_column', 'other ocrx_block', '')}'>{inner}</div>"
    lines = list[str]()
    for _ in page.times(3):
        words = "".join(_hocr_word(page) + page.one_of("", " ", "\n") for _ in page.times(3))
        tag = page.one_of("span class='ocr_line'", "span class='ocr_header' title='bbox 1'", "div class='ocrx_line'")
        lines.append(f"<{tag}>{words}</{tag.split()[0]}>{page.one_of('', '<br/>', ' ')}")
    tag = page.one_of("p class='ocr_par'", "div class='ocr_par'", "h2", "p", "td")
    return f"<{tag}>{''.join(lines)}</{tag.split()[0]}>"


def _hocr_word(page: Printed) -> str:
    word = page.word()
    way = page.one_of(
        "<span class='ocrx_word' title='bbox 1 2 3 4; x_wconf 9'>{}</span>",
        "<span class='ocrx_word' title=''><strong><em>{}</em></strong></span>",
        "<span class='ocr_word'><span class='ocrx_cinfo'>{}</span></span>",
        "<span class='ocrx_word' lang=zh><!-- lost -->{}</span>",
        "{}",
        "<b>{}</b>",
        "<template>lost</template>{}",
        "<del>lost</del>{}",
        "<ruby>{}<rp>(</rp><rt>lost</rt><rp>)</rp></ruby>",
    )
    written = page.draw(st.sampled_from([escape, lambda text: "".join(f"&#{ord(one)};" for one in text)]))
    return way.format(written(word))


@FEW
@given(hocrs(), st.sampled_from(["p.hocr", "p.html"]), st.sampled_from(["utf-8", "utf-16"]))
def test_hocr(drawn: tuple[str, list[str]], name: str, encoding: str) -> None:
    source, words = drawn
    name = "p.hocr" if encoding == "utf-16" else name  # in which no mark of hOCR would be found
    declared = f"<?xml version='1.0' encoding='{encoding}'?>\n"
    (document,) = load(write(name, (declared + source).encode(encoding, "xmlcharrefreplace")))
    assert seen(document.text) == seen("".join(words))
    assert_is_cut_in_passages(document)


# TEI: divisions in divisions, lists, tables, verse, notes, and the editors' words.

PRINTED = (
    "{}",
    "<hi rend='bold'>{}</hi>",
    "<persName><ref target='lost'>{}</ref></persName>",
    "<choice><sic>{}</sic><corr>lost</corr></choice>",
    "<choice><corr>lost</corr><sic>{}</sic></choice>",
    "<choice><orig>{}</orig><reg>lost</reg></choice>",
    "<choice><abbr>{}</abbr><expan>lost</expan></choice>",
    "<corr>{}</corr>",
    "<subst><del>lost</del><add>{}</add></subst>",
    "<app><lem>{}</lem><rdg>lost</rdg></app>",
    "<unclear>{}</unclear><gap reason='lost'/>",
    "<supplied>{}</supplied>",
    "<!-- lost -->{}<?lost lost?>",
    "<del>lost<hi>lost</hi></del>{}",
    "<![CDATA[{}]]>",
    "{}<lb/>",
    "{}<pb n='7' facs='lost'/>",
    "<note place='foot'>{}</note>",
    "<fw>lost</fw>{}",
    "<figure><figDesc>lost</figDesc><head>{}</head></figure>",
    "<q>{}</q><index><term>lost</term></index>",
)


@st.composite
def editions(draw: st.DrawFn) -> tuple[str, list[str]]:
    page = Printed(draw)
    return "".join(_division(page, 0) for _ in page.times(2)), page.seen


def _division(page: Printed, depth: int) -> str:
    head, kind = _tei_words(page), page.one_of("", " type='section'", " n='1'")
    blocks = "".join(_tei_block(page, depth) for _ in page.times(3))
    return f"<div{kind}><head>{head}</head>{blocks}</div>"


def _tei_block(page: Printed, depth: int) -> str:
    kind = page.one_of("p", "list", "table", "lg", "sp", "closer", *(["div"] if depth < 2 else []))
    if kind == "div":
        return _division(page, depth + 1)
    if kind == "list":
        items = "".join(f"<item>{_tei_words(page)}</item>" for _ in page.times(3))
        return f"<list>{items}</list>"
    if kind == "table":
        cells = [[f"<cell cols='2'>{_tei_words(page)}</cell>" for _ in page.times(3)] for _ in page.times(2)]
        return f"<table>{''.join(f'<row>{chr(10).join(row)}</row>' for row in cells)}</table>"
    if kind == "lg":
        return f"<lg>{''.join(f'<l>{_tei_words(page)}</l>' for _ in page.times(3))}</lg>"
    if kind == "sp":
        return f"<sp><speaker>{_tei_words(page)}</speaker><p>{_tei_words(page)}</p></sp>"
    return f"<{kind}>{_tei_words(page)}</{kind}>"


def _tei_words(page: Printed) -> str:
    parts = list[str]()
    for _ in page.times(3):
        way = page.one_of(*PRINTED)
        word = page.word()
        parts.append(way.format(word if "CDATA" in way else escape(word)) + page.one_of("", " ", "\n  "))
    return "".join(parts)


@FEW
@given(editions(), st.sampled_from(["utf-8", "utf-16", "gb18030"]))
def test_tei(drawn: tuple[str, list[str]], encoding: str) -> None:
    body, words = drawn
    source = tei(body, "<title>lost</title>").replace('version="1.0"', f'version="1.0" encoding="{encoding}"')
    (document,) = load(write("p.xml", source.encode(encoding)))
    assert seen(document.text) == seen("".join(words))
    assert_is_cut_in_passages(document)


# PDF: columns under a headline, several pages, odd characters, each line with its place.


@st.composite
def sheets(draw: st.DrawFn) -> tuple[list[list[tuple[float, float, float, str]]], list[list[str]]]:
    page = Printed(draw)
    pages, lines = list[list[tuple[float, float, float, str]]](), list[list[str]]()
    for _ in page.times(2):
        words, order, size = list[tuple[float, float, float, str]](), list[str](), draw(st.sampled_from([9.0, 12.0]))
        if draw(st.booleans()):
            order.append("Headline " + _latin(page))
            words.append((50, 60, 24, order[0]))
        columns, rows = draw(st.integers(1, 3)), draw(st.integers(2, 6))
        for column in range(columns):
            for row in range(rows):
                order.append(_latin(page))
                words.append((50 + 180 * column, 110 + row * size * 1.4, size, order[-1]))
        pages.append(draw(st.permutations(words)) if draw(st.booleans()) else words)
        lines.append(order)
    return pages, lines


def _latin(page: Printed) -> str:
    return page.word(LATIN).replace("号", " yuan")


@FEW
@given(sheets(), st.booleans())
def test_pdf(drawn: tuple[list[list[tuple[float, float, float, str]]], list[list[str]]], turned: bool) -> None:
    pages, lines = drawn
    (document,) = load(write("p.pdf", pdf(pages, turned=turned)))
    assert seen(document.text) == seen("".join(line for page in lines for line in page))
    places = placed_lines(document, 0, len(document.text))
    assert [(one.page, document.text[one.start : one.end]) for one in places] == [
        (number, line) for number, page in enumerate(lines, 1) for line in page
    ]
    assert_is_cut_in_passages(document)


@FEW
@given(st.lists(st.text("市长会议报纸商公司电灯轮渡米价开班", min_size=6, max_size=14), min_size=2, max_size=8))
def test_pdf_in_chinese(lines: list[str]) -> None:
    words = [(60.0, 80 + 18.0 * number, 12.0, f"{number}{line}。") for number, line in enumerate(lines, 10)]
    (document,) = load(write("p.pdf", hanzi_pdf([words])))
    assert seen(document.text) == seen("".join(text for *_, text in words))
    assert_is_cut_in_passages(document)

"""Page formats, editions, web archives, books and tables: what each shows is in the text once, in order, alone."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.answer.citations import cite
from qa.errors import SourceError, UnknownFormat
from qa.filters import parse_filters
from qa.indexing import cited_document
from qa.ingest import discover, fingerprint, load, segment, unpack
from qa.types import Document, Span
from tests.ingest_oracle import is_visible, read_or_refuse, write
from tests.page_layout import placed_lines

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Words that no format gives a meaning to; each ends so that it is none of the page's furniture.
HANZI = st.text("市长会议报纸商公司电灯轮渡米价开班人员登记山水田", min_size=2, max_size=12)
LATIN = st.text("abcdefghkmnprstuvwy", min_size=2, max_size=8)
SENTENCES = st.builds("".join, st.tuples(HANZI, st.sampled_from(["，", ""]), HANZI, st.just("。")))
PARAGRAPHS = st.lists(SENTENCES, min_size=1, max_size=6)
AMPERSANDS = st.sampled_from(["甲&乙公司<新>开业。", "R&D 二处“改组”。", "他说：'好'。"])


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(name: str, content: str | bytes) -> list[Document]:
    return list(load(write(name, content)))


def reason(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        list(load(path))
    assert caught.value.source == path.as_posix()
    return caught.value.reason


def seen(text: str) -> str:
    """What a reader sees: no blanks, and no Markdown marks, which the formats' own words above do not contain."""
    return "".join(character for character in text if is_visible(character) and character != "#")


def offsets_hold(document: Document) -> None:
    for chunk in segment(document).chunks:
        places = [run.original + at for run in chunk.alignment.runs for at in range(run.length)]
        assert "".join(document.text[at] for at in places) == chunk.text


# ALTO and METS.


def alto(
    blocks: Iterable[tuple[str, list[str]]], *, namespace: str = "http://www.loc.gov/standards/alto/ns-v4#"
) -> str:
    """A page with blocks of lines, each a row of boxes, 40 units high."""
    printed, top = list[str](), 100
    for identifier, lines in blocks:
        rows = list[str]()
        for number, line in enumerate(lines):
            left, strings = 100, list[str]()
            for word in line.split(" "):
                width = 40 * len(word)
                content = escape(word)
                strings.append(f'<String CONTENT="{content}" HPOS="{left}" VPOS="{top}" WIDTH="{width}" HEIGHT="40"/>')
                left += width + 10
            joined = "<SP/>".join(strings)
            rows.append(
                f'<TextLine ID="{identifier}L{number}" HPOS="100" VPOS="{top}" WIDTH="{left - 110}" HEIGHT="40">'
                f"{joined}</TextLine>"
            )
            top += 60
        printed.append(f'<TextBlock ID="{identifier}">{"".join(rows)}</TextBlock>')
    declared = f' xmlns="{namespace}"' if namespace else ""
    return (
        f'<?xml version="1.0"?><alto{declared}><Layout><Page ID="P" WIDTH="2000" HEIGHT="3000"><PrintSpace>'
        f"{''.join(printed)}</PrintSpace></Page></Layout></alto>"
    )


@FEW
@given(
    st.lists(st.lists(st.one_of(SENTENCES, AMPERSANDS), min_size=1, max_size=4), min_size=1, max_size=5),
    st.sampled_from(
        ["", *(f"http://www.loc.gov/standards/alto/ns-v{n}#" for n in "234"), "http://schema.ccs-gmbh.com/ALTO"]
    ),
)
def test_alto_is_read_once_in_order(blocks: list[list[str]], namespace: str) -> None:
    page = alto(((f"B{n}", lines) for n, lines in enumerate(blocks)), namespace=namespace)
    (document,) = read("p.xml", page)
    assert seen(document.text) == seen("".join(line for lines in blocks for line in lines))
    offsets_hold(document)
    printed = [line for lines in blocks for line in lines]
    places = placed_lines(document, 0, len(document.text))
    assert [seen(document.text[place.start : place.end]) for place in places] == list(map(seen, printed))
    assert [place.box.top for place in places] == [100 + 60 * n for n in range(len(printed))]


def test_words_of_a_line() -> None:
    line = (
        '<TextLine><String CONTENT="The" HPOS="0" VPOS="0" WIDTH="30" HEIGHT="10"/><SP/><String CONTENT="exam"/>'
        '<HYP CONTENT="-"/></TextLine><TextLine><String CONTENT="ple"/><String CONTENT="was"/>'
        '<String CONTENT=","/></TextLine>'
        '<TextLine><String CONTENT="俞" HPOS="0" VPOS="0" WIDTH="10" HEIGHT="10"/><SP/>'
        '<String CONTENT="伯" HPOS="12" VPOS="0" WIDTH="10" HEIGHT="10"/><SP/>'
        '<String CONTENT="会长" HPOS="60" VPOS="0" WIDTH="20" HEIGHT="10"/></TextLine>'
    )
    (document,) = read(
        "1924-03-05/alto/0001.xml",
        f"<alto><Layout><Page PRINTED_IMG_NR='3'><TextBlock>{line}</TextBlock></Page></Layout></alto>",
    )
    assert document.text == "The exam\xad\nple was,\n俞伯 会长"
    assert (document.date, document.metadata["page"]) == ("1924-03-05", "3")


def test_alto_states_its_reading_order_and_its_headlines() -> None:
    page = (
        "<alto><Styles><TextStyle ID='S' FONTSIZE='9'/><TextStyle ID='H' FONTSIZE='20'/></Styles><Layout><Page>"
        "<ReadingOrder><OrderedGroup><ElementRef REF='B2'/><ElementRef REF='B1'/></OrderedGroup></ReadingOrder>"
        "<PrintSpace><TextBlock ID='B1' STYLEREFS='S'><TextLine><String CONTENT='商会昨日开会，到会九十三人。'/>"
        "</TextLine></TextBlock><TextBlock ID='B2' STYLEREFS='H'><TextLine><String CONTENT='商会改选'/></TextLine>"
        "</TextBlock></PrintSpace></Page></Layout></alto>"
    )
    (document,) = read("p.xml", page)
    assert document.text == "## 商会改选\n\n商会昨日开会，到会九十三人。"


METS = """<mets:mets xmlns:mets="http://www.loc.gov/METS/" xmlns:xlink="http://www.w3.org/1999/xlink"
 xmlns:mods="http://www.loc.gov/mods/v3"><mets:dmdSec ID="D1"><mets:mdWrap MDTYPE="MODS"><mets:xmlData><mods:mods>
<mods:titleInfo><mods:title>榆溪日报</mods:title></mods:titleInfo><mods:originInfo>
<mods:dateIssued>19240305</mods:dateIssued></mods:originInfo></mods:mods></mets:xmlData></mets:mdWrap></mets:dmdSec>
<mets:fileSec><mets:fileGrp><mets:file ID="F2"><mets:FLocat xlink:href="file://./alto/b.xml"/></mets:file>
<mets:file ID="F1"><mets:FLocat xlink:href="alto/a%20.xml"/></mets:file>
<mets:file ID="I1"><mets:FLocat xlink:href="img/a.png"/></mets:file>
<mets:file ID="X"><mets:FLocat xlink:href="../secret.xml"/></mets:file></mets:fileGrp></mets:fileSec>
<mets:structMap TYPE="PHYSICAL"><mets:div><mets:div TYPE="page" ORDER="1"><mets:fptr FILEID="F1"/></mets:div>
<mets:div TYPE="page" ORDER="2"><mets:fptr><mets:area FILEID="F2"/></mets:fptr></mets:div></mets:div></mets:structMap>
<mets:structMap TYPE="LOGICAL"><mets:div TYPE="Newspaper" DMDID="D1" LABEL="榆溪日报"><mets:div TYPE="CONTENT">
<mets:div ID="A1" TYPE="ARTICLE" LABEL="商会改选"><mets:div TYPE="HEADING"><mets:fptr>
<mets:area FILEID="F1" BEGIN="H1"/></mets:fptr></mets:div>
<mets:div TYPE="BODY"><mets:fptr><mets:seq><mets:area FILEID="F1" BEGIN="B2"/>
<mets:area FILEID="F2" BEGIN="B1"/></mets:seq></mets:fptr></mets:div></mets:div>
<mets:div ID="A2" TYPE="Advertisement" LABEL="米市近闻"><mets:fptr><mets:area FILEID="F1" BEGIN="H2"/></mets:fptr>
</mets:div>
</mets:div></mets:div></mets:structMap></mets:mets>"""
FIRST = alto(
    [("M", ["榆溪日报"]), ("H1", ["商会改选"]), ("B2", ["商会昨日开会，"]), ("H2", ["米市近闻"]), ("B3", ["米价涨。"])]
)
SECOND = alto([("B1", ["俞伯陶当选会长。"]), ("B2", ["本页余文。"])])


def issue() -> Path:
    write("secret.xml", alto([("S", ["别处的文字。"])]))
    write("issue/alto/a .xml", FIRST)
    write("issue/alto/b.xml", SECOND)
    write("issue/img/a.png", b"picture")
    write("issue/alto/c.xml", alto([("B1", ["另一期。"])]))
    return write("issue/mets.xml", METS)


def test_mets_gives_articles_their_pages_and_the_rest() -> None:
    path = issue()
    errors: list[SourceError] = []
    documents = list(load(path, errors.append))
    assert [(d.id.partition(":")[2], d.title, d.date, d.metadata.get("page"), d.text) for d in documents] == [
        ("A1", "商会改选", "1924-03-05", "1", "## 商会改选\n\n商会昨日开会，\n\f俞伯陶当选会长。"),
        ("A2", "米市近闻", "1924-03-05", "1", "## 米市近闻\n\n米价涨。"),
        ("page-1", None, "1924-03-05", "1", "榆溪日报"),
        ("page-2", None, "1924-03-05", "2", "本页余文。"),
    ]
    assert {d.metadata["publication"] for d in documents} == {"榆溪日报"}
    assert [str(error) for error in errors] == ["issue/mets.xml: names ../secret.xml, which is not in its folder"]
    (place,) = placed_lines(documents[0], documents[0].text.index("俞伯陶"), len(documents[0].text))
    assert (place.page, place.box.top) == (2, 100)


def test_what_mets_names_is_no_file_of_its_own_and_changes_with_it() -> None:
    path = issue()
    assert [str(one) for one in discover([Path("issue")])] == ["issue/alto/c.xml", "issue/mets.xml"]
    before = fingerprint(path)
    assert {d.sha256 for d in load(path, lambda error: None)} == {before}
    write("issue/alto/b.xml", SECOND.replace("俞伯陶", "宗仲衡"))
    assert fingerprint(path) != before
    Path("issue/alto/b.xml").unlink()
    errors: list[SourceError] = []
    assert next(iter(load(path, errors.append))).text == "## 商会改选\n\n商会昨日开会，"
    assert errors[0].reason == "names file://./alto/b.xml, which is not in its folder"


@FEW
@given(st.lists(st.lists(SENTENCES, min_size=2, max_size=3), min_size=1, max_size=4))
def test_every_block_of_an_issue_is_in_one_document(articles: list[list[str]]) -> None:
    blocks = [(f"A{a}B{b}", [text]) for a, texts in enumerate(articles) for b, text in enumerate(texts)]
    write("i/p.xml", alto(blocks))
    areas = [
        "".join(f'<fptr><area FILEID="F" BEGIN="A{a}B{b}"/></fptr>' for b in range(len(texts) - 1))
        for a, texts in enumerate(articles)
    ]
    divs = "".join(f'<div TYPE="ARTICLE">{pointers}</div>' for pointers in areas)
    mets = (
        f'<mets xmlns:x="http://www.w3.org/1999/xlink"><fileSec><file ID="F"><FLocat x:href="p.xml"/></file></fileSec>'
        f'<structMap TYPE="LOGICAL"><div TYPE="ISSUE">{divs}</div></structMap></mets>'
    )
    documents = read("i/m.xml", mets)
    wanted = ["".join(texts[:-1]) for texts in articles] + ["".join(texts[-1] for texts in articles)]
    assert [seen(document.text) for document in documents] == list(map(seen, wanted))


# hOCR.


def hocr(pages: list[list[list[str]]], *, spaced: bool) -> str:
    """Pages of paragraphs of lines, a span for each character or word."""
    blank = "\n" if spaced else ""
    printed = list[str]()
    for paragraphs in pages:
        printed.append("<div class='ocr_page' title='image \"a.tif\"; bbox 0 0 2000 3000; ppageno 0'>")
        top = 100
        for lines in paragraphs:
            printed.append("<div class='ocr_carea'><p class='ocr_par'>")
            for line in lines:
                left, spans = 100, list[str]()
                for word in line:
                    box = f"bbox {left} {top} {left + 38} {top + 40}; x_wconf 91"
                    spans.append(f"<span class='ocrx_word' title='{box}'>{escape(word)}</span>")
                    left += 40
                box = f"bbox 100 {top} {left} {top + 40}"
                printed.append(f"<span class='ocr_line' title='{box}'>{blank.join(spans)}</span>{blank}")
                top += 60
            printed.append("</p></div>")
        printed.append("</div>")
    return f"<!DOCTYPE html><html><head><title>a.tif</title></head><body>{''.join(printed)}</body></html>"


@FEW
@given(
    st.lists(st.lists(PARAGRAPHS, min_size=1, max_size=3), min_size=1, max_size=2),
    st.booleans(),
    st.sampled_from(["p.hocr", "p.html"]),
)
def test_hocr_is_read_once_in_order(pages: list[list[list[str]]], spaced: bool, name: str) -> None:
    (document,) = read(name, hocr(pages, spaced=spaced))
    lines = [line for paragraphs in pages for block in paragraphs for line in block]
    assert [line for line in document.text.replace("\f", "").split("\n") if line] == lines
    offsets_hold(document)
    places = placed_lines(document, 0, len(document.text))
    assert [document.text[place.start : place.end] for place in places] == lines
    assert {place.page for place in places} == set(range(1, len(pages) + 1))


def test_hocr_without_words_or_boxes_and_words_outside_lines() -> None:
    (document,) = read(
        "p.hocr",
        "<html><head><title>no</title><style>no</style></head><body><div class='ocr_page'><h1>商会&nbsp;&amp; 公所</h1>"
        "<span class='ocr_line' title='bbox x y'>The vice <b>mayor</b></span><span class='ocr_line'>said so.</span>"
        "余文<script>no</script></div>页外</body></html>",
    )
    assert document.text == "## 商会 & 公所\n\nThe vice mayor\nsaid so.\n余文\n\f页外"


def test_what_hocr_hides_is_not_read() -> None:
    line = "<span class='ocr_line'>甲<del>乙</del><ruby>丙<rp>(</rp><rt>bǐng</rt><rp>)</rp></ruby>丁</span>"
    (document,) = read("p.hocr", f"<html><body><div class='ocr_page'>{line}</div></body></html>")
    assert document.text == "甲丙丁"


@pytest.mark.parametrize(
    ("codec", "head"),
    [
        ("gb18030", "<meta charset='gb18030'>"),
        ("gb18030", "<meta http-equiv='Content-Type' content='text/html;charset=gb2312' />"),
        ("big5", "<meta charset=big5>"),
        ("euc_jp", "<meta charset='EUC-JP'>"),
        ("gb18030", "<?xml version='1.0' encoding='GBK'?>"),
        ("big5", '<?xml version="1.0" encoding="Big5"?>'),
    ],
)
@pytest.mark.parametrize("name", ["p.hocr", "p.html"])
def test_hocr_is_in_the_encoding_that_it_declares(codec: str, head: str, name: str) -> None:
    words = "刁龢" if codec == "gb18030" else "刁翊"  # too few and too rare to be told from another encoding's
    page = hocr([[[words]]], spaced=True).replace("<!DOCTYPE html>", "")
    source = head + page if head.startswith("<?xml") else page.replace("<head>", f"<head>{head}")
    (document,) = read(name, source.encode(codec))
    assert document.text == words
    (document,) = read(name, source.encode())
    assert document.text == words, "UTF-8 is told by its bytes, whatever a converter left in the head"


# TEI.


def tei(body: str, header: str = "<title>榆溪日报 1924-03-06</title>") -> str:
    return (
        '<?xml version="1.0"?><TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt>'
        f"{header}</titleStmt></fileDesc></teiHeader><text><body>{body}</body></text></TEI>"
    )


@FEW
@given(
    st.lists(
        st.tuples(HANZI, st.lists(st.one_of(SENTENCES, AMPERSANDS), min_size=1, max_size=4)), min_size=1, max_size=4
    )
)
def test_tei_is_read_once_in_order(articles: list[tuple[str, list[str]]]) -> None:
    body = "".join(
        f'<div type="article"><head>{head}</head><p>{"<lb/>".join(map(escape, lines))}</p></div>'
        for head, lines in articles
    )
    documents = read("p.xml", tei(f"<p>卷首语。</p>{body}<trailer>卷尾语。</trailer>"))
    assert [seen(d.text) for d in documents] == [
        *(seen(head + "".join(lines)) for head, lines in articles),
        "卷首语。卷尾语。",
    ]
    assert [d.title for d in documents] == [*(head for head, _ in articles), None]
    assert {(d.date, d.metadata["publication"]) for d in documents} == {("1924-03-06", "榆溪日报")}
    for document in documents:
        offsets_hold(document)


def test_tei_takes_what_is_printed() -> None:
    (document,) = read(
        "p.xml",
        tei(
            '<pb n="2"/><div><head>商会</head><fw>榆溪日报 第二版</fw><p><choice><sic>俞白陶</sic>'
            "<corr>俞伯陶</corr></choice>"
            "当选<del>副</del><add>会</add>长，ex-<lb break='no'/>ample<note>按：任期二年。</note></p>"
            "<figure><figDesc>一张照片</figDesc></figure><list><item>甲</item><item>乙</item></list>"
            "<table><row><cell>米</cell><cell>九元</cell></row></table></div>"
        ),
    )
    shown = document.text
    assert shown.startswith("# 商会\n\n俞白陶当选会长，example")
    assert [word in shown for word in ("任期二年", "- 甲", "- 乙", "米", "九元")] == [True] * 5
    assert [word in shown for word in ("俞伯陶", "副", "照片", "第二版", "1924")] == [False] * 5


# Web archives.


def warc(pages: Iterable[tuple[str, bytes, str]], *, packed: bool = True) -> bytes:
    """A record a page, as ISO 28500 lays them out; each a gzip member of its own."""
    records = list[bytes]()
    for number, (url, payload, kind) in enumerate(pages):
        fields = f"Content-Type: {kind}\r\nContent-Length: {len(payload)}\r\n\r\n"
        answer = f"HTTP/1.1 200 OK\r\n{fields}".encode() + payload
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2022-09-01T00:00:00Z\r\n"
            f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-{number:012}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
        )
        records.append(head.encode() + answer + b"\r\n\r\n")
    return b"".join(gzip.compress(record, mtime=0) if packed else record for record in records)


def page(title: str, paragraphs: Iterable[str], charset: str = "utf-8") -> bytes:
    text = "".join(f"<p>{escape(one)}</p>" for one in paragraphs)
    head, body = f"<head><title>{title}</title></head>", f"<body><article><h1>{title}</h1>{text}</article></body>"
    return f"<html>{head}{body}</html>".encode(charset)


@FEW
@given(st.lists(st.tuples(HANZI, PARAGRAPHS), min_size=1, max_size=3, unique_by=lambda one: one[0]), st.booleans())
def test_web_archives_are_read_once_in_order(pages: list[tuple[str, list[str]]], packed: bool) -> None:
    data = warc(
        ((f"http://a.invalid/2022/08/{n}.html", page(*one), "text/html") for n, one in enumerate(pages, 10)),
        packed=packed,
    )
    name = "crawl.warc.gz" if packed else "crawl.warc"
    documents = read(name, data)
    assert [seen(d.text) for d in documents] == [seen(title + "".join(texts)) for title, texts in pages]
    assert len({d.id for d in documents}) == len(pages)
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr(f"archive/{name}", data)
        archive.writestr("datapackage.json", "{}")
    assert [d.text for d in read("crawl.wacz", zipped.getvalue())] == [d.text for d in documents]


def test_a_web_archive_names_what_it_does_not_read() -> None:
    data = warc(
        [
            (
                "http://a.invalid/2022/08/20/1.html",
                page("县博物馆", ["覃雪舫宣布征集报纸。"], "gb18030"),
                "text/html; charset=gbk",
            ),
            ("http://a.invalid/a.pdf", b"%PDF", "application/pdf"),
            ("http://a.invalid/a.png", b"PNG", "image/png"),
            ("http://a.invalid/b.html", b"<html><body></body></html>", "text/html"),
        ]
    )
    errors: list[SourceError] = []
    (document,) = load(write("crawl.warc.gz", data), errors.append)
    assert document.metadata["url"] == "http://a.invalid/2022/08/20/1.html"
    assert (document.title, document.date) == ("县博物馆", "2022-08-20")
    assert document.text == "# 县博物馆\n\n覃雪舫宣布征集报纸。"
    assert [error.reason for error in errors] == [
        "record 4 (http://a.invalid/b.html): the page shows no text",
        "documents that are no web pages are not read: 1 application/pdf",
    ]


def test_a_part_of_a_wacz_file_that_is_not_where_its_list_says() -> None:
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("a.warc", warc([("http://a.invalid/", page("甲", ["乙。"]), "text/html")], packed=False))
    data = zipped.getvalue()
    errors: list[SourceError] = []
    with pytest.raises(SourceError, match="no web page with text in it"):
        list(load(write("c.wacz", b"XX" + data[2:]), errors.append))
    assert [error.reason for error in errors] == ["a.warc cannot be unpacked: Bad magic number for file header"]


def test_a_web_archive_that_breaks_off_keeps_what_came_before() -> None:
    pages = [(f"http://a.invalid/{n}", page("县博物馆", [f"第{n}号消息。"]), "text/html") for n in range(3)]
    errors: list[SourceError] = []
    documents = list(load(write("c.warc.gz", warc(pages)[:-60]), errors.append))
    assert [document.text for document in documents] == ["# 县博物馆\n\n第0号消息。", "# 县博物馆\n\n第1号消息。"]
    assert "breaks off after record" in errors[0].reason


# Books.


def book(chapters: list[tuple[str, list[str]]], **further: str | bytes) -> bytes:
    names = [f"c{n}.xhtml" for n in range(len(chapters))]
    items = "".join(
        f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(names)
    )
    spine = "".join(f'<itemref idref="c{n}"/>' for n in reversed(range(len(chapters))))
    opf = (
        '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<dc:title>榆溪周刊</dc:title><dc:date>2020-05-01</dc:date></metadata><manifest>"
        '<item id="nav" properties="nav" href="nav.xhtml" media-type="application/xhtml+xml"/>'
        f'{items}</manifest><spine><itemref idref="nav"/>{spine}</spine></package>'
    )
    container = '<container><rootfiles><rootfile full-path="OEBPS/p.opf"/></rootfiles></container>'
    files: dict[str, str | bytes] = {"META-INF/container.xml": container, "OEBPS/p.opf": opf, "OEBPS/nav.xhtml": "目录"}
    files |= {f"OEBPS/{name}": page(*chapter) for name, chapter in zip(names, chapters, strict=True)}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (files | further).items():
            archive.writestr(name, content)
    return data.getvalue()


@FEW
@given(st.lists(st.tuples(HANZI, PARAGRAPHS), min_size=1, max_size=3))
def test_books_are_read_once_in_the_order_of_the_spine(chapters: list[tuple[str, list[str]]]) -> None:
    documents = read("b.epub", book(chapters))
    assert [seen(d.text) for d in documents] == [seen(title + "".join(texts)) for title, texts in reversed(chapters)]
    assert [d.title for d in documents] == [title for title, _ in reversed(chapters)]
    assert {(d.date, d.metadata["publication"]) for d in documents} == {("2020-05-01", "榆溪周刊")}
    for document in documents:
        offsets_hold(document)


def test_books_that_are_protected_or_lack_a_chapter() -> None:
    locked = '<encryption><EncryptedData><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></EncryptedData></encryption>'
    path = write("b.epub", book([("甲", ["乙。"])], **{"META-INF/encryption.xml": locked}))
    assert reason(path) == "protected against reading (DRM)"
    errors: list[SourceError] = []
    whole = book([("甲乙", ["丙。"]), ("丁戊", ["己。"])])
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as before, zipfile.ZipFile(data, "w") as after:
        for name in before.namelist():
            if name != "OEBPS/c1.xhtml":
                after.writestr(name, before.read(name))
    (document,) = load(write("c.epub", data.getvalue()), errors.append)
    assert document.text == "# 甲乙\n\n丙。"
    assert [error.reason for error in errors] == ["OEBPS/c1.xhtml is not in it"]


# Tables and JSON.

CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=20).map(str.strip)
BODIES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters='\n",;'), min_size=1, max_size=60
).filter(lambda text: any(map(is_visible, text)) and "<" not in text and "\r" not in text)


@FEW
@given(st.lists(st.tuples(CELLS, BODIES, CELLS), min_size=1, max_size=6), st.sampled_from([",", ";", "\t"]))
def test_rows_are_read_as_they_stand(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    import csv

    written = io.StringIO(newline="")
    table = csv.writer(written, delimiter=delimiter, lineterminator="\n")
    table.writerow(["标题", "正文", "作者"])
    lines = [written.getvalue().count("\n") + 1]
    for row in rows:
        table.writerow(row)
        lines.append(written.getvalue().count("\n") + 1)
    documents = read("t.csv", written.getvalue())
    assert [(d.title, d.text, d.metadata.get("byline")) for d in documents] == [
        (title or None, text, author or None) for title, text, author in rows
    ]
    assert [d.metadata["record_line"] for d in documents] == [str(line) for line in lines[:-1]]


def test_columns_of_a_table() -> None:
    (document,) = read(
        "t.csv", "\ufeff编号,报纸,日期,版次,标题,作者,正文,栏目\n7,榆溪日报,2022/8/2,A2,绿道,张三,全长21公里。,要闻\n"
    )
    assert document.id.endswith(":7")
    assert (document.title, document.date, document.text) == ("绿道", "2022-08-02", "全长21公里。")
    assert document.metadata == {
        "publication": "榆溪日报",
        "page": "A2",
        "byline": "张三",
        "栏目": "要闻",
        "record": "7",
        "record_line": "2",
    }
    (article,) = segment(document).articles
    assert (article.page, article.byline) == ("A2", "张三")


@pytest.mark.parametrize(
    ("content", "texts", "errors"),
    [
        ("id,text\n1,甲\n1,乙\n", ["甲"], ["line 3: id '1' was used on line 2 already"]),
        ("id,text\n1,甲,乙\n2,丙\n", ["丙"], ["line 2: 3 cells, and 2 columns have names"]),
        ("id,text\n1,\n2,丙\n", ["丙"], ['line 2: "text" is empty']),
        (
            'id,text\n1,甲\n2,"乙\n3,丙\n',
            ["甲"],
            ["line 3: not a row of a table, nor what its quotes enclose: unexpected end of data"],
        ),
    ],
)
def test_bad_rows(content: str, texts: list[str], errors: list[str]) -> None:
    found: list[SourceError] = []
    assert [d.text for d in load(write("t.csv", content), found.append)] == texts
    assert [error.reason for error in found] == errors


def test_a_table_without_texts() -> None:
    assert "the first row reads id, size" in reason(write("t.csv", "id,size\n1,2\n"))


def test_records_of_trove() -> None:
    article = {
        "id": "9001",
        "title": {"id": "11", "title": "The Canberra Times"},
        "heading": "路灯",
        "date": "1922-08-21",
        "page": 3,
        "articleText": "<p>路灯改造由<b>付家瑜</b>负责。</p><p>R&amp;D &lt;一期&gt;</p>",
    }
    nested = {"category": [{"code": "newspaper", "records": {"article": [article, {"id": "9002", "heading": "无文"}]}}]}
    errors: list[SourceError] = []
    (document,) = load(write("t.json", json.dumps(nested)), errors.append)
    assert document.text == "路灯改造由付家瑜负责。\n\nR&D <一期>"
    assert (document.title, document.date, document.metadata) == (
        "路灯",
        "1922-08-21",
        {"publication": "The Canberra Times", "page": "3", "record": "9001"},
    )
    assert [error.reason for error in errors] == ['record 2: the record has no "text"']
    (packed,) = read("t.json.gz", gzip.compress(json.dumps([article]).encode()))
    assert (packed.text, packed.metadata) == (document.text, document.metadata)


STORY = "渡口昨日复航，站长沈予安说，首日有三百人过江。"


@pytest.mark.parametrize(
    ("record", "title", "date", "about"),
    [
        (  # of a database: its own types, HTML, people as objects
            {
                "_id": {"$oid": "5f1a"},
                "headline": "渡口复航",
                "pubDate": {"$date": "2021-10-13T16:00:00Z"},
                "content_html": f"<p>{STORY}</p>",
                "author": [{"name": "卞若虚"}, {"name": "程远"}],
            },
            "渡口复航",
            "2021-10-14",
            {"byline": "卞若虚、程远", "record": "5f1a"},
        ),
        (  # of WordPress: the author is a number
            {"id": 17, "title": {"rendered": "渡口&amp;航线"}, "content": {"rendered": f"<p>{STORY}</p>"}, "author": 3},
            "渡口&航线",
            None,
            {"author": "3", "record": "17"},
        ),
        (  # of a search engine: an envelope around each
            {
                "_id": "77",
                "_source": {"title": "渡口", "publish_time": 1634169600, "content": STORY, "source": "榆溪报"},
            },
            "渡口",
            "2021-10-14",
            {"publication": "榆溪报", "record": "77"},
        ),
        (
            {
                "news_id": 9,
                "news_title": "渡口",
                "news_content": [STORY],
                "news_date": "14/10/2021",
                "Page": ["A3"],
            },
            "渡口",
            "2021-10-14",
            {"page": "A3", "record": "9"},
        ),
        (
            {"headline": {"main": "渡口"}, "byline": {"original": "By Ann Lee"}, "lead_paragraph": STORY},
            "渡口",
            None,
            {"byline": "By Ann Lee", "record": "line-1"},
        ),
        ({"id": 1, "title": {"zh": "渡口"}, "text": STORY}, None, None, {"title": '{"zh": "渡口"}', "record": "1"}),
        ({"id": 1, "text": STORY.replace("，", "&#65292;")}, None, None, {"record": "1"}),
    ],
    ids=range(7),
)
def test_records_as_programs_export_them(
    record: dict[str, object], title: str | None, date: str | None, about: dict[str, str]
) -> None:
    (document,) = read("d.jsonl", json.dumps(record, ensure_ascii=False))
    about |= {"record_line": "1"}
    assert (document.text, document.title, document.date, document.metadata) == (STORY, title, date, about)


@pytest.mark.parametrize(
    ("record", "text", "title", "about"),
    [
        (
            {"title": "On the <i>Maud</i> &amp;<br/>her crew", "text": "She sank.\n\nThe <em>Maud</em> &lt; 3 t."},
            "She sank.\n\nThe Maud < 3 t.",
            "On the Maud & her crew",
            {},
        ),
        ({"text": STORY, "author": '<a href="/w/7">Ann <b>Lee</b></a>'}, STORY, None, {"byline": "Ann Lee"}),
        ({"text": STORY, "paper": "<榆溪报>"}, STORY, None, {"publication": "<榆溪报>"}),
        ({"text": STORY, "authors": ["方 平", "马兰花"]}, STORY, None, {"byline": "方平、马兰花"}),
        ({"text": "a < b, and <b of c> too."}, "a < b, and <b of c> too.", None, {}),
    ],
    ids=range(5),
)
def test_what_fields_show(record: dict[str, object], text: str, title: str | None, about: dict[str, str]) -> None:
    (document,) = read("d.jsonl", json.dumps(record))
    about |= {"record": "line-1", "record_line": "1"}
    assert (document.text, document.title, document.metadata) == (text, title, about)


@pytest.mark.parametrize(
    ("stated", "page"),
    [("A03", "A3"), ("07", "7"), ("p. 5, col. 2", "5"), ("第 三 版", "3"), ("Page 12", "12"), ("5-6", "5-6")],
)
def test_the_page_of_a_record_is_named_as_filters_name_it(stated: str, page: str) -> None:
    (document,) = read("d.jsonl", json.dumps({"text": STORY, "page": stated}))
    (article,) = segment(document).articles
    assert article.page == page == parse_filters(page=page).page


def test_an_envelope_of_many_is_not_one_record() -> None:
    content = {"site": {"title": "榆溪报", "content": "报社介绍。"}, "articles": [{"title": "渡口", "content": STORY}]}
    assert [document.text for document in read("t.json", json.dumps(content))] == ["报社介绍。", STORY]


def test_a_table_in_a_record_is_read_under_its_heads() -> None:
    table = "<table><tr><th>渡口</th><th>人次</th></tr><tr><td>榆溪</td><td>300</td></tr></table>"
    html = f"<h2>各渡口</h2><p>{STORY}</p>{table}"
    (document,) = read("d.jsonl", json.dumps({"title": "渡口复航", "text": html}))
    segmentation = segment(document)
    assert [article.title for article in segmentation.articles] == ["渡口复航"]
    heads = [(chunk.text[at:], words) for chunk in segmentation.chunks for at, words in chunk.heads]
    assert heads == [("300", "榆溪人次")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", f"sep=;\nTitle;Date;Body\n渡口;14.10.2021;{STORY}\n"),
        ("a.csv", f"榆溪日报导出,,,\n\n标题,日期,版次,正文\n渡口,44483,3,{STORY},,\n"),
        ("a.csv", f"榆溪日报导出\n标题\t日期\t正文\n渡口\t2021-10-14T16:20\t{STORY}\n"),
    ],
)
def test_what_stands_above_the_names_of_columns(name: str, content: str) -> None:
    (document,) = read(name, content)
    assert (document.title, document.date, document.text) == ("渡口", "2021-10-14", STORY)


def test_quotes_between_tabs_may_be_marks() -> None:
    rows = f'title\ttext\n"渡口"复航\t"好"，{STORY}\n3.5" 屏\t{STORY}\n'
    assert [(d.title, d.text) for d in read("a.tsv", rows)] == [('"渡口"复航', f'"好"，{STORY}'), ('3.5" 屏', STORY)]
    assert [(d.title, d.text) for d in read("a.tsv", f'title\ttext\n"渡口"\t"一。\n{STORY}"\n')] == [
        ("渡口", f"一。\n{STORY}")
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"a": 1}', 'no record with a "text" in it'),
        ('[{"text": "a"', "line 1, column 14: not JSON"),
        ("[" * 100_000, "not usable JSON"),
    ],
)
def test_json_that_is_no_archive(content: str, expected: str) -> None:
    assert expected in reason(write("t.json", content))


def test_a_citation_of_a_record_names_it() -> None:
    path = write("d.jsonl", '\n{"id": "a1", "title": "甲乙", "content": "李新建任局长。"}\n')
    (document,) = load(path)
    segmentation = segment(document)
    (chunk,) = segmentation.chunks
    citation = cite(Span(chunk, 0, 3, 0.0), document=document, article=segmentation.articles[0])
    assert (citation.record, citation.record_line, citation.where) == ("a1", 2, "d.jsonl:2 (a1)")
    assert cited_document(citation).text == "李新建任局长。"


# Damage and malice.


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.xml", "<rss><channel/></rss>", "XML with the root <rss>; read are ALTO, METS and TEI"),
        ("a.xml", "<alto><Layout>", "not well-formed XML: "),
        ("a.xml", "<alto/>", "an ALTO file without text"),
        ("a.xml", "<mets/>", "a METS file that names no ALTO page with text"),
        ("a.xml", "<TEI><teiHeader/></TEI>", "a TEI file without text"),
        ("a.xml", "<TEI>" * 1_000_000, "not well-formed XML: Excessive depth"),
        (
            "a.xml",
            '<!DOCTYPE TEI [<!ENTITY a SYSTEM "/etc/passwd">]><TEI><text>&a;</text></TEI>',
            "uses an entity of its own",
        ),
        ("a.hocr", "<div class='ocr_page'>" * 1_000_000, ""),
        ("a.epub", b"PK\x03\x04 no", "not a readable EPUB file: "),
        ("a.wacz", b"no zip", "not a readable WACZ file: "),
        ("a.warc", b"no archive", "not readable: "),
        ("a.warc.gz", b"no archive", "not a whole gzip file"),
        ("a.warc", b"", "the file is empty"),
    ],
    ids=range(13),
)
def test_what_is_refused(name: str, content: str | bytes, expected: str) -> None:
    assert expected in reason(write(name, content))


def test_xml_of_another_kind_is_of_an_unknown_format() -> None:
    with pytest.raises(UnknownFormat):
        list(load(write("a.xml", "<rss/>")))


def test_entities_do_not_multiply() -> None:
    bomb = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE TEI [<!ENTITY e0 "哈哈">{bomb}]><TEI><text><p>&e9;</p></text></TEI>'
    assert "Maximum entity amplification factor exceeded" in reason(write("a.xml", text))


def test_what_unpacks_to_absurd_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "UNSUSPICIOUS", 1 << 20)
    monkeypatch.setattr(unpack, "MAX_MEMBER", 1 << 20)
    bomb = warc([("http://a.invalid/", b" " * (8 << 20), "text/html")])
    assert "unpacks to more than 1 MB" in reason(write("a.warc.gz", bomb))
    errors: list[SourceError] = []
    documents = list(load(write("a.epub", book([("甲乙", ["丙。"]), ("丁", ["戊" * (1 << 20)])])), errors.append))
    assert [d.text for d in documents] == ["# 甲乙\n\n丙。"]
    assert [error.reason for error in errors] == ["OEBPS/c1.xhtml unpacks to more than 1 MB"]


SAMPLES = {
    "a.xml": FIRST.encode(),
    "m.xml": METS.encode(),
    "t.xml": tei("<div type='article'><head>甲</head><p>乙。</p></div>").encode(),
    "a.hocr": hocr([[["昨日米价。"]]], spaced=True).encode(),
    "a.warc.gz": warc([("http://a.invalid/", page("甲乙", ["丙丁。"]), "text/html")] * 2),
    "a.warc": warc([("http://a.invalid/", page("甲乙", ["丙丁。"]), "text/html")] * 2, packed=False),
    "a.epub": book([("甲", ["乙。"])]),
    "a.csv": "id,标题,正文\n1,甲,乙。\n2,丙,丁。\n".encode(),
    "a.json": b'[{"id": 1, "text": "a"}, {"id": 2, "text": "b"}]',
}


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(sorted(SAMPLES)),
    st.sampled_from(["cut", "flip", "double"]),
    st.floats(0, 1, exclude_max=True),
    st.integers(0, 7),
)
def test_damaged_files_are_read_or_refused(name: str, damage: str, where: float, bit: int) -> None:
    data = bytearray(SAMPLES[name])
    at = int(where * len(data))
    if damage == "cut":
        data = data[:at]
    elif damage == "flip":
        data[at] ^= 1 << bit
    else:
        data = data[:at] + data
    for document in read_or_refuse(write(name, bytes(data))):
        segment(document)

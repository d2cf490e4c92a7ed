"""Word files from raw XML: tracked changes, boxes, controls, notes, headers, lists, and what is not read."""

import re
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa.errors import SourceError
from qa.ingest import load, segment
from qa.ingest.records import PUBLICATION
from qa.ingest.word_styles import numeral
from qa.types import Document
from tests.ingest_oracle import MARKS, uncovered, verify
from tests.word_maker import (
    cell,
    control,
    deleted,
    element,
    field_of,
    ins,
    note_mark,
    notes,
    paragraph,
    row,
    run,
    section,
    table,
    text_box,
    word,
)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def read(data: bytes, name: str = "page.docx") -> tuple[Document, list[str]]:
    Path(name).write_bytes(data)
    reported: list[SourceError] = []
    (document,) = load(Path(name), reported.append)
    return document, [error.reason for error in reported]


MOVED = '<w:moveFromRangeStart w:id="7" w:name="m"/><w:moveFrom w:id="8">{}</w:moveFrom><w:moveFromRangeEnd w:id="7"/>'
ARRIVED = '<w:moveToRangeStart w:id="9" w:name="m"/><w:moveTo w:id="10">{}</w:moveTo><w:moveToRangeEnd w:id="9"/>'
RUBY = "<w:r><w:ruby><w:rubyPr/><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>"


def equation_of(code: str) -> str:
    """A field whose code is in pieces, and that has no result."""
    pieces = "".join(f"<w:r><w:instrText>{code[at : at + 7]}</w:instrText></w:r>" for at in range(0, len(code), 7))
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return begin + pieces + end


WORDS = [
    ("an insertion", paragraph("渡口", ins(run("昨日")), "复航。"), "渡口昨日复航。"),
    ("a deletion", paragraph("船长为", deleted("厍鹤年"), ins(run("卞若虚")), "。"), "船长为卞若虚。"),
    ("inserted and deleted", paragraph("票价", ins(run("四元") + deleted("五元")), "。"), "票价四元。"),
    ("a whole paragraph deleted", paragraph(deleted("旧。"), mark="del") + paragraph("新。"), "新。"),
    ("a mark deleted", paragraph("船票", mark="del") + paragraph("四元。"), "船票四元。"),
    ("two marks deleted", paragraph("甲", mark="del") + paragraph("乙", mark="del") + paragraph("丙"), "甲乙丙"),
    (
        "a heading that a paragraph is joined to",
        paragraph("船票", mark="del") + paragraph("涨价", style="1"),
        "# 船票涨价",
    ),
    (
        "the last paragraph deleted",
        paragraph("船票涨价", style="1", mark="del") + paragraph(deleted("旧。")),
        "# 船票涨价",
    ),
    ("a mark before a table", paragraph("甲", mark="del") + table(row(cell("乙"), cell("丙"))), "甲\n\n乙，丙"),
    (
        "a mark before a table that is deleted",
        paragraph("甲", mark="del") + table(row(cell("子"), properties='<w:del w:id="5"/>')) + paragraph("乙"),
        "甲乙",
    ),
    (
        "a mark before the mark of a range",
        paragraph("甲", mark="moveFrom") + '<w:moveFromRangeEnd w:id="7"/>' + paragraph("乙"),
        "甲乙",
    ),
    ("a mark before a control", paragraph("甲", mark="del") + control(paragraph("乙")), "甲乙"),
    ("a mark in a control", control(paragraph("甲", mark="del")) + paragraph("乙"), "甲乙"),
    (
        "a large initial",
        paragraph("渡", properties='<w:framePr w:dropCap="drop" w:lines="2"/>') + paragraph("口昨日复航。"),
        "渡口昨日复航。",
    ),
    ("a mark inserted", paragraph("甲", mark="ins") + paragraph("乙"), "甲\n\n乙"),
    (
        "moved words",
        paragraph("第一。", MOVED.format(run("第二。"))) + paragraph("第三。", ARRIVED.format(run("第二。"))),
        "第一。\n\n第三。第二。",
    ),
    (
        "a moved paragraph",
        paragraph(MOVED.format(run("搬走。")), mark="moveFrom")
        + paragraph("留下。")
        + paragraph(ARRIVED.format(run("搬走。")), mark="moveTo"),
        "留下。\n\n搬走。",
    ),
    (
        "former properties",
        paragraph("会议召开", properties='<w:pPrChange w:id="1"><w:pPr><w:pStyle w:val="1"/></w:pPr></w:pPrChange>'),
        "会议召开",
    ),
    (
        "a deleted row",
        table(row(cell("甲"), cell("乙")), row(cell("丙"), cell("丁"), properties='<w:del w:id="5"/>')),
        "甲，乙",
    ),
    (
        "a moved row",
        table(row(cell("甲"), cell("乙")), row(cell("丙"), cell("丁"), properties='<w:moveFrom w:id="5"/>')),
        "甲，乙",
    ),
    ("an inserted row", table(row(cell("甲"), cell("乙"), properties='<w:ins w:id="5"/>')), "甲，乙"),
    ("a deleted cell", table(row(cell("甲"), cell("乙", properties='<w:cellDel w:id="4"/>'), cell("丙"))), "甲，丙"),
    ("a box, written twice", paragraph("正文。", text_box(paragraph("框内。"))), "正文。\n\n框内。"),
    (
        "changes in a box",
        paragraph("正文。", text_box(paragraph("框", deleted("外"), ins(run("内"))), old=paragraph("框外"))),
        "正文。\n\n框内",
    ),
    (
        "a deleted box",
        paragraph("正文。", f'<w:del w:id="6">{text_box(paragraph("框内。"))}</w:del>'),
        "正文。",
    ),
    (
        "a box of before 2010",
        paragraph(
            "<w:r><w:pict><v:textbox><w:txbxContent>"
            + paragraph("旧框")
            + "</w:txbxContent></v:textbox></w:pict></w:r>"
        ),
        "旧框",
    ),
    ("lettering", paragraph('<w:r><w:pict><v:shape><v:textpath string="号外"/></v:shape></w:pict></w:r>'), "号外"),
    ("a control around words", paragraph("船长", control(run("卞若虚")), "。"), "船长卞若虚。"),
    ("a control around paragraphs", control(paragraph("甲。") + paragraph("乙。")), "甲。\n\n乙。"),
    ("a control around rows", table(control(row(cell("甲"), control(cell("乙"))))), "甲，乙"),
    ("a prompt", paragraph("甲。") + control(paragraph("单击此处输入文字。"), "<w:showingPlcHdr/>"), "甲。"),
    ("a link", paragraph("见", f'<w:hyperlink r:id="x">{run("公告")}</w:hyperlink>', "。"), "见公告。"),
    ("a field", paragraph("见", field_of(run("公告")), "。"), "见公告。"),
    (
        "a field in the code of another",
        paragraph(field_of(run("甲"), "</w:instrText></w:r>" + field_of(run("乙")) + "<w:r><w:instrText>")),
        "甲",
    ),
    (
        "a field that never ends",
        paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r>', "甲") + paragraph("乙"),
        "甲\n\n乙",
    ),
    ("a simple field", paragraph(f'<w:fldSimple w:instr="TITLE">{run("甲")}</w:fldSimple>'), "甲"),
    ("a reading over a character", paragraph(RUBY.format(run("shè"), run("厍")), "鹤年"), "厍鹤年"),
    ("hidden words", paragraph("甲", run("乙", "<w:vanish/>"), run("丙", '<w:vanish w:val="0"/>')), "甲丙"),
    (
        "struck words",
        paragraph("三十天", run("四十天", "<w:strike/>"), run("五十天", '<w:rStyle w:val="gone"/>')),
        "三十天",
    ),
    (
        "a reading over a character, as a field",
        paragraph(equation_of(r'EQ \* jc2 \* "Font:宋体" \* hps16 \o \ad(\s \up 15(shè),厍)'), "鹤年"),
        "厍鹤年",
    ),
    ("a character in a circle", paragraph("见", equation_of(r"eq \o\ac(○,5)"), "号"), "见5号"),
    ("a fraction", paragraph("增长", equation_of(r"EQ \f(1,3)"), "。"), "增长1/3。"),
    ("a field without a result", paragraph("第", equation_of("PAGE"), "页"), "第页"),
    ("hidden by the style of the paragraph", paragraph("甲", style="unseen") + paragraph("乙"), "乙"),
    ("a formula", paragraph("面积", "<m:oMath><m:r><m:t>x+y</m:t></m:r></m:oMath>"), "面积x+y"),
    (
        "breaks and tabs",
        paragraph("甲", "<w:r><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t><w:noBreakHyphen/></w:r>"),
        "甲\n乙\t丙-",
    ),
    ("tab stops", paragraph("甲", properties="<w:tabs><w:tab w:val='left' w:pos='9'/></w:tabs>"), "甲"),
    ("a sign", paragraph('<w:r><w:sym w:font="SimSun" w:char="25A0"/></w:r>', "甲"), "■甲"),
    ("XML with line breaks", "<w:p>\n <w:r>\n <w:t>\n  甲\n </w:t>\n </w:r>\n</w:p>", "甲"),
    ("an element that is not known", f"<w:future><w:more>{paragraph('甲')}</w:more></w:future>", "甲"),
    ("a heading by its outline", paragraph("要闻", style="a4"), "## 要闻"),
    ("a heading below those of Markdown", paragraph("要闻", style="h8"), "###### 要闻"),
    ("a heading of its own", paragraph("要闻", properties='<w:outlineLvl w:val="2"/>'), "### 要闻"),
    ("body text by its outline", paragraph("要闻", style="a4", properties='<w:outlineLvl w:val="9"/>'), "要闻"),
    (
        "a nested table",
        table(row(cell("甲", table(row(cell("子"), cell("丑"))), "乙"), cell("丙"))),
        "甲\n子，丑\n乙，丙",
    ),
    (
        "cells that go on",
        table(
            row(cell("一组", properties='<w:vMerge w:val="restart"/>'), cell("张三")),
            row(cell("", properties="<w:vMerge/>"), cell("李四")),
        ),
        "一组，张三\n李四",
    ),
    (
        "a table that lays out a page",
        table(
            row(
                cell(paragraph("渡口复航", style="1"), "渡口昨日复航。"),
                cell(paragraph("船票涨价", style="1"), "四元。"),
            )
        ),
        "# 渡口复航\n\n渡口昨日复航。\n\n# 船票涨价\n\n四元。",
    ),
    ("a boxed item", table(row(cell("甲。", "乙。"))), "甲。\n\n乙。"),
]


@pytest.mark.parametrize(("body", "text"), [case[1:] for case in WORDS], ids=[case[0] for case in WORDS])
def test_what_a_reader_sees(body: str, text: str) -> None:
    document, reported = read(word(body))
    assert document.text == text
    assert reported == []


def set_in(words: str, size: int, *, bold: bool = False, centred: bool = False) -> str:
    look = run(words, ("<w:b/>" if bold else "") + f'<w:sz w:val="{size}"/>')
    return paragraph(look, properties='<w:jc w:val="center"/>' if centred else "")


def test_titles_that_only_their_look_tells() -> None:
    body = "县剧团前日起招新，联系人为佴小满，名额十二个，报名截止本月底。"
    text = (
        set_in("榆溪日报", 72, centred=True)
        + set_in("2022年10月8日 星期六 第2版", 28, centred=True)
        + set_in("便民惠民在行动", 32, centred=True)
        + set_in("青衣老生虚位以待", 44, bold=True, centred=True)
        + set_in("名额十二个", 32, centred=True)
        + set_in("本报记者 程远", 24, bold=True, centred=True)
        + set_in(body, 24)
        + set_in("谁能报名", 28, bold=True)
        + set_in(body, 24)
        + set_in("夜航灯亮了", 24, bold=True, centred=True)
        + set_in(body, 24)
        + table(
            row(cell(set_in("镇名", 24, bold=True, centred=True)), cell(set_in("早稻", 24, bold=True, centred=True)))
        )
    )
    document, _ = read(word(text))
    found = [(one.title, one.deck, one.byline, one.date, one.page) for one in segment(document).articles]
    assert found == [
        ("青衣老生虚位以待", "名额十二个", "本报记者 程远", "2022-10-08", "2"),
        ("夜航灯亮了", None, None, "2022-10-08", "2"),
    ]
    assert [line for line in document.text.split("\n\n") if line.startswith("#")] == [
        *("# 青衣老生虚位以待", "## 谁能报名", "# 夜航灯亮了"),
    ]
    assert document.text.endswith("镇名，早稻")
    styled, _ = read(word(paragraph("县剧团招新", style="1") + text))
    assert styled.text.count("#") == 1  # styles tell, so looks do not


def bold(words: str) -> str:
    return paragraph(run(words, "<w:b/>"))


@pytest.mark.parametrize(
    ("text", "titles", "marks"),
    [
        (
            bold("渡口昨日复航")
            + paragraph("本报讯（记者 程远）渡口昨日复航。")
            + bold("票价怎么算")
            + paragraph("大人四元，小孩两元。")
            + bold("剧团招新")
            + paragraph("本报讯（记者 魏然）剧团前日起招新，名额十二个。"),
            ["渡口昨日复航", "剧团招新"],
            ["# 渡口昨日复航", "## 票价怎么算", "# 剧团招新"],
        ),
        (
            bold("Ferry returns to Gull Point")
            + paragraph("The ferry came back to Gull Point on Monday after nine weeks.")
            + bold("Millbrook school moves")
            + paragraph("The school of Millbrook moved to Hill Street on Friday.")
            + bold("How to get there")
            + paragraph("Buses leave from the market on the hour."),
            ["Ferry returns to Gull Point", "Millbrook school moves"],
            ["# Ferry returns to Gull Point", "# Millbrook school moves", "## How to get there"],
        ),
        (paragraph("甲昨日到任。") + paragraph("乙昨日离任。") + bold("完"), ["page"], []),
    ],
)
def test_titles_that_only_bold_print_tells(text: str, titles: list[str], marks: list[str]) -> None:
    document, _ = read(word(text))
    assert [one.title for one in segment(document).articles] == titles
    assert [line for line in document.text.split("\n\n") if line.startswith("#")] == marks


def test_a_look_that_most_paragraphs_have_tells_nothing() -> None:
    document, _ = read(word(set_in("甲", 24, bold=True, centred=True) + set_in("乙", 24, bold=True, centred=True)))
    assert document.text == "甲\n\n乙"


def test_numbered_headings_with_bylines_are_titles() -> None:
    titled = [paragraph(f"{number}、{title}", style="1") for number, title in (("一", "渡口复航"), ("二", "剧团招新"))]
    plain, signed = (
        "".join(one + credit + paragraph("昨日开始。") for one in titled) for credit in ("", paragraph("本报记者 程远"))
    )
    assert [one.title for one in segment(read(word(signed))[0]).articles] == ["一、渡口复航", "二、剧团招新"]
    assert [one.title for one in segment(read(word(plain))[0]).articles] == ["一、渡口复航"]


def test_notes_follow_what_refers_to_them() -> None:
    item = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    body = (
        paragraph("渡口", note_mark(1), "复航。")
        + paragraph("任命:")
        + paragraph("甲为船长;", note_mark(2), properties=item)
        + paragraph("乙为大副。", note_mark(1, "endnote"), properties=item)
        + paragraph("完。", f'<w:del w:id="9">{note_mark(3)}</w:del>')
    )
    parts = {
        "footnotes": notes(
            "footnote", paragraph("<w:r><w:footnoteRef/></w:r>", " 旧称石渡。"), paragraph("代理。"), paragraph("删。")
        ),
        "endnotes": notes("endnote", paragraph("试用", deleted("一年"), ins(run("半年")), "。")),
    }
    document, reported = read(word(body, parts))
    assert document.text.split("\n\n") == [
        *("渡口复航。", " 旧称石渡。", "任命:", "- 甲为船长;", "- 乙为大副。", "代理。", "试用半年。", "完。"),
    ]
    assert reported == []


def test_headers_give_paper_date_and_page_and_are_no_article() -> None:
    parts = {
        "header1": element(
            "hdr", paragraph("渡口日报", "<w:r><w:tab/></w:r>", "2022年10月8日 星期六", "<w:r><w:tab/></w:r>", "第2版")
        ),
        "header2": element("hdr", paragraph("首页才有")),
        "header3": element("hdr", paragraph("偶数页才有")),
        "footer1": element("ftr", paragraph("第 ", field_of(run("1"), "PAGE"), " 页")),
    }
    edges = (
        *(("header", "default", "header1"), ("header", "first", "header2"), ("header", "even", "header3")),
        ("footer", "default", "footer1"),
    )
    body = paragraph("渡口复航", style="1") + paragraph("渡口昨日复航，船长为卞若虚。") + section(*edges)
    document, _ = read(word(body, parts), "2022-10-10.docx")
    assert document.text == (
        "渡口日报\t2022年10月8日 星期六\t第2版\n\n# 渡口复航\n\n渡口昨日复航，船长为卞若虚。\n\n第 1 页"
    )
    assert (document.date, document.metadata[PUBLICATION]) == ("2022-10-08", "渡口日报")
    result = segment(document)
    (article,) = result.articles
    assert (article.title, article.date, article.page) == ("渡口复航", "2022-10-08", "2")
    assert [chunk.text for chunk in result.chunks] == ["渡口复航\n渡口昨日复航，船长为卞若虚。"]
    first, _ = read(word(body.replace("</w:sectPr>", "<w:titlePg/></w:sectPr>"), parts))
    assert first.text.startswith("首页才有\n\n渡口日报")


@pytest.mark.parametrize(
    ("header", "publication", "edition", "page"),
    [
        ("A07 民生 | 2022年10月8日 | 责编 魏然", None, "民生", "A7"),
        ("第3版  要闻  渡口日报", "渡口日报", "要闻", "3"),
        ("综合新闻\t2022年10月8日 星期六\t3", None, None, None),
        ("THE RIVERSIDE HERALD, SATURDAY, OCTOBER 8, 2022\tPage 3A", "THE RIVERSIDE HERALD", None, "3A"),
        ("《渡口日报》2022年第3期", "渡口日报", None, None),
    ],
)
def test_what_a_header_names(header: str, publication: str | None, edition: str | None, page: str | None) -> None:
    parts = {"header1": element("hdr", paragraph(header))}
    document, _ = read(word(paragraph("昨日复航。") + section(("header", "default", "header1")), parts))
    (article,) = segment(document).articles
    assert (article.publication, article.edition, article.page) == (publication, edition, page)


def test_each_section_has_its_page() -> None:
    parts = {f"header{number}": element("hdr", paragraph(f"渡口日报 2022年10月8日 第{number}版")) for number in (1, 2)}
    parts["header3"] = parts["header2"]
    break_ = paragraph("昨日复航。", properties=section(("header", "default", "header1")))
    body = (
        paragraph("渡口复航", style="1")
        + break_
        + paragraph("船票涨价", style="1")
        + paragraph("四元。", properties=section(("header", "default", "header2")))
        + paragraph("船长换人", style="1")
        + paragraph("卞若虚。")
        + section(("header", "default", "header3"))
    )
    document, _ = read(word(body, parts))
    assert document.text.count("渡口日报") == 2  # the third prints what stood there before
    articles = segment(document).articles
    assert [(article.title, article.page) for article in articles] == [
        ("渡口复航", "1"),
        ("船票涨价", "2"),
        ("船长换人", "2"),
    ]


def test_a_box_in_a_header_is_no_article_either() -> None:
    parts = {"header1": element("hdr", paragraph(text_box(paragraph("渡口晚报"), paragraph("2022年10月8日"))))}
    document, _ = read(word(paragraph("昨日复航。") + section(("header", "default", "header1")), parts))
    assert document.text == "渡口晚报\n\n2022年10月8日\n\n昨日复航。"
    assert [chunk.text for chunk in segment(document).chunks] == ["昨日复航。"]
    assert (document.date, document.metadata) == ("2022-10-08", {PUBLICATION: "渡口晚报"})


def level(depth: int, form: str, pattern: str, further: str = "") -> str:
    return f'<w:lvl w:ilvl="{depth}"><w:numFmt w:val="{form}"/>{further}<w:lvlText w:val="{pattern}"/></w:lvl>'


LEVELS = (
    level(0, "chineseCounting", "%1、", '<w:start w:val="1"/><w:suff w:val="nothing"/>'),
    level(1, "decimal", "%1.%2", '<w:start w:val="3"/><w:isLgl/>'),
    level(2, "bullet", "\uf0b7"),
    level(3, "lowerLetter", "%1.%4)"),
)
NUMBERING = element(
    "numbering",
    f'<w:abstractNum w:abstractNumId="5">{"".join(LEVELS)}</w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="5"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="5"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="5"/><w:lvlOverride w:ilvl="0"/></w:num>',
)


def item(words: str, depth: int = 0, number: int = 1, style: str = "") -> str:
    return paragraph(
        words, style=style, properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'
    )


def test_items_have_the_numbers_that_word_prints() -> None:
    body = (
        *(
            item("甲"),
            item("子", 1),
            item("丑", 1),
            item("寅", 2),
            item("乙"),
            item("卯", 1),
            item("辰", 3),
            item("丙", 0, 2),
        ),
        *(item("丁", 0, 3), item("戊", 0, 0), item("己", 0, 9), item("庚", 0, 1, "1")),
    )
    document, _ = read(word("".join(body), {"numbering": NUMBERING}))
    assert document.text.split("\n\n") == [
        *("- 一、甲", "- 1.3 子", "- 1.4 丑", "- 寅", "- 二、乙", "- 2.3 卯", "- 二.a) 辰", "- 三、丙"),
        *("- 一、丁", "戊", "- 己", "# 四、庚"),
    ]


def test_items_stand_under_those_that_they_are_parts_of() -> None:
    body = (
        *(item("先进班组："), item("锅炉车间", 1), item("二班", 2), item("铸造一班", 3), item("要求各班组学习。")),
        *(item("加强领导", 1), item("先进工人"), item("车友善", 2), paragraph("其他。"), item("深", 999_999_999)),
    )
    document, _ = read(word("".join(body), {"numbering": NUMBERING}))
    assert {document.text[at:].split("\n")[0]: words for at, words in document.heads} == {
        "锅炉车间": "先进班组",
        "二班": "先进班组锅炉车间",
        "铸造一班": "先进班组锅炉车间二班",
        "车友善": "先进工人",
    }


@pytest.mark.parametrize(
    ("form", "numerals"),
    [
        ("decimal", ["1", "10", "27", "110"]),
        ("chineseCountingThousand", ["一", "十", "二十七", "一一〇"]),
        ("lowerRoman", ["i", "x", "xxvii", "cx"]),
        ("upperLetter", ["A", "J", "AA", "FFFFF"]),
        ("decimalEnclosedCircle", ["①", "⑩", "27", "110"]),
        ("decimalFullWidth", ["１", "１０", "２７", "１１０"]),
        ("ordinalText", ["1", "10", "27", "110"]),
    ],
)
def test_numerals(form: str, numerals: list[str]) -> None:
    assert [numeral(number, form) for number in (1, 10, 27, 110)] == numerals


CHART = '<w:r><w:drawing><a:graphic><a:graphicData><c:chart r:id="c"/></a:graphicData></a:graphic></w:drawing></w:r>'
OBJECT = '<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12" r:id="o"><o:LockedField/></o:OLEObject></w:object></w:r>'


@pytest.mark.parametrize(
    ("inner", "reported"),
    [
        ('<w:altChunk r:id="x"/>', "a document inside it in it is not read"),
        (paragraph(CHART, CHART), "a chart in it is not read (2 times)"),
        (paragraph(OBJECT), "an embedded object (Excel.Sheet.12) in it is not read"),
        (
            paragraph('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>'),
            "a sign of the font Wingdings in it is not read",
        ),
        (paragraph('<w:r><w:drawing><dgm:relIds r:dm="x"/></w:drawing></w:r>'), "a diagram in it is not read"),
    ],
)
def test_what_is_not_read_is_reported(inner: str, reported: str) -> None:
    document, told = read(word(paragraph("甲。") + inner + paragraph("乙。")))
    assert document.text == "甲。\n\n乙。"
    assert told == [reported]


def test_the_words_of_a_diagram_are_read() -> None:
    def node(words: str) -> str:
        return f"<dgm:pt><dgm:t><a:p><a:r><a:t>{words}</a:t></a:r></a:p></dgm:t></dgm:pt>"

    points = element("x", node("报名") + node("考试"))
    body = paragraph('<w:r><w:drawing><dgm:relIds r:dm="diagramData1"/></w:drawing></w:r>')
    document, told = read(word(body, {"diagramData1": points}))
    assert document.text == "报名\n\n考试"
    assert told == []


def test_a_damaged_part_costs_only_itself() -> None:
    document, told = read(word(paragraph("甲。", note_mark(1)), {"footnotes": "<w:foot"}))
    assert document.text == "甲。"
    (reason,) = told
    assert reason.startswith("word/footnotes.xml in it is not read: not well-formed XML")


def test_a_reference_to_nothing_is_passed_over() -> None:
    nothing = '<Relationship Id="x" Type="http://a/image" Target="NULL"/><Relationship Id="y" Type="t/header"/>'
    document, told = read(word(paragraph("甲。"), relations=nothing))
    assert (document.text, told) == ("甲。", [])


def test_only_pictures() -> None:
    body = paragraph("<w:r><w:drawing><a:blip/></w:drawing></w:r>")
    with pytest.raises(SourceError, match="the document holds no text, only pictures"):
        read(word(body))


class Story:
    """Draws blocks of a document, with the words that a reader sees of them, in order; each word stands once."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._words = (f"{number}号" for number in count(100))
        self.seen = list[str]()

    def blocks(self, depth: int = 0) -> str:
        kinds = [self.plain, self.heading, self.joined, self.gone, self.controlled]
        kinds += [self.boxed, self.tabled] if depth < 2 else []
        return "".join(self._draw(st.sampled_from(kinds))(depth) for _ in range(self._draw(st.integers(1, 4))))

    def plain(self, depth: int) -> str:
        return paragraph(*self.runs())

    def heading(self, depth: int) -> str:
        return paragraph(*self.runs(), style="1")

    def joined(self, depth: int) -> str:
        return paragraph(*self.runs(), mark="del") + paragraph(*self.runs())

    def gone(self, depth: int) -> str:
        return paragraph(deleted(next(self._words)), mark="del") + paragraph(*self.runs())

    def controlled(self, depth: int) -> str:
        return control(paragraph(*self.runs())) + control(paragraph(next(self._words)), "<w:showingPlcHdr/>")

    def boxed(self, depth: int) -> str:
        runs = self.runs()
        return paragraph(*runs, text_box(self.blocks(depth + 1), old=paragraph(next(self._words))))

    def tabled(self, depth: int) -> str:
        rows = [[self.blocks(depth + 1) for _ in range(2)] for _ in range(self._draw(st.integers(1, 2)))]
        hidden = row(cell(next(self._words)), properties='<w:del w:id="1"/>')
        return table(*(row(*(cell(one) for one in cells)) for cells in rows), hidden)

    def runs(self) -> list[str]:
        ways = (
            run,
            lambda word: ins(run(word)),
            lambda word: ARRIVED.format(run(word)),
            lambda word: field_of(run(word)),
        )
        lost = (deleted, lambda word: MOVED.format(run(word)), lambda word: run(word, "<w:vanish/>"), reading_only)
        found = list[str]()
        for kept in (*self._draw(st.lists(st.booleans(), min_size=1, max_size=4)), True):
            word = next(self._words)
            found.append(self._draw(st.sampled_from(ways if kept else lost))(word))
            self.seen += [word] if kept else []
        return found


def reading_only(word: str) -> str:
    return RUBY.format(word, "")


@st.composite
def stories(draw: st.DrawFn) -> tuple[str, list[str]]:
    story = Story(draw)
    return story.blocks(), story.seen


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stories())
def test_all_that_is_seen_is_in_the_text_once_and_in_order_and_nothing_else(story: tuple[str, list[str]]) -> None:
    body, seen = story
    document, reported = read(word(body))
    assert re.findall(r"[0-9]+号", document.text) == seen
    assert set(re.sub(r"[0-9]+号", "", document.text)) <= set("# \n，")
    assert reported == []
    result = segment(replace(document, id="page"))
    verify(replace(document, id="page"), result)
    assert set(uncovered(document, result)) <= MARKS


def test_cells_have_the_heads_of_merged_cells() -> None:
    down, on = '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    body = table(
        row(
            cell("片区", properties=down),
            cell("乡镇", properties=down),
            cell("收入", properties='<w:gridSpan w:val="2"/>'),
        ),
        row(cell("", properties=on), cell("", properties=on), cell("今年"), cell("去年")),
        row(cell("河东", properties=down), cell("柳泉镇"), cell(""), cell("29")),
        row(cell("", properties=on), cell("石门乡"), cell("14"), cell("15")),
    )
    document, _ = read(word(paragraph("各乡镇收入") + body))
    heads = {re.split("[，\n]", document.text[at:])[0]: words for at, words in document.heads}
    assert heads == {
        "29": "河东柳泉镇收入去年",
        "石门乡": "河东",
        "14": "河东石门乡收入今年",
        "15": "河东石门乡收入去年",
    }

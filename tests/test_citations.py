"""Citations: the quote is the printed sentence, and nothing that differs from the original passes."""

import re
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qa.answer.ask import _parts
from qa.answer.citations import (
    LONGEST_QUOTE,
    cite,
    cite_parts,
    matches_print,
    same_span_in,
    sentence_bounds,
    verify,
)
from qa.errors import CitationError
from qa.read.calibration import Calibration
from qa.store import Snapshot
from qa.types import Article, Chunk, Citation, Document, Span
from tests.fakes import align

NOTICE = (
    "## 任免名单\n\n"
    "- 1. 决定任命:**  \n"
    "李新建为洛阳市人民政府副市长;  \n"
    "孙延文为洛阳市人民政府副市长;  \n"
    "张武清为洛阳市人民政府副市长,洛阳市公安局局长。\n"
)
BROKEN = "会议召开。依托龙\n\n头企业开展招商,总投资12.8亿元。后来又说。\n"


def document_of(text: str) -> Document:
    return Document(id="d", source="seeds/page.txt", path="page.txt", sha256="0" * 64, text=text, date="2021-10-13")


def article_of(text: str) -> Article:
    return Article(document_id="d", number=0, title="任免名单", start=0, end=len(text), byline="本报记者 智慧")


def chunk_without(original: str, dropped: str) -> Chunk:
    """A chunk over all of ``original`` but what the pattern ``dropped`` matches."""
    gone = {at for match in re.finditer(dropped, original) for at in range(*match.span())}
    kept = [at for at in range(len(original)) if at not in gone]
    return Chunk("d:0:0", "d", 0, "任免名单", "".join(original[at] for at in kept), align(kept))


def cited(original: str, chunk: Chunk, answer: str) -> Citation:
    start = chunk.text.index(answer)
    span = Span(chunk, start, start + len(answer), 1.0)
    return cite(span, document=document_of(original), article=article_of(original))


HEAD = "江浦晚报 1996年11月7日 第5版\n"
TURNED = f"甲镇修路。乙镇架桥。\n丙镇通车。\n{HEAD}丁镇停水。\n戊镇开学。\n"


class TestParts:
    """A span over what a passage leaves out of its middle."""

    def parts(self, original: str, dropped: str, first: str, last: str) -> list[tuple[str, str, int]]:
        chunk, document = chunk_without(original, dropped), document_of(original)
        span = Span(chunk, chunk.text.index(first), chunk.text.index(last) + len(last), 1.0)
        found = cite_parts(span, document=document, article=article_of(original))
        for part, citation in found:
            verify(citation, document, part.text)
        return [(part.text, citation.quote, citation.line_start) for part, citation in found]

    def test_what_is_printed_in_one_piece_is_one_part(self) -> None:
        assert self.parts(TURNED, HEAD, "架桥", "丙镇") == [("架桥。\n丙镇", "乙镇架桥。\n丙镇通车。", 1)]

    def test_each_side_of_a_page_head_is_quoted_by_itself(self) -> None:
        assert self.parts(TURNED, HEAD, "架桥", "戊镇") == [
            ("架桥。\n丙镇通车。", "乙镇架桥。\n丙镇通车。", 1),
            ("丁镇停水。\n戊镇", "丁镇停水。\n戊镇开学。", 4),
        ]

    def test_what_is_in_no_piece_as_it_is_is_refused(self) -> None:
        with pytest.raises(CitationError, match="the answer reads"):
            self.parts(TURNED.replace("停水", "不停水"), f"{HEAD}|不", "丙镇", "停水")
        with pytest.raises(CitationError, match="the answer reads"):
            self.parts("甲镇不修路。\n", "不", "甲镇", "修路")

    def test_an_answer_is_given_in_these_parts_or_not_at_all(self) -> None:
        chunk = chunk_without(TURNED, HEAD)
        span = Span(chunk, chunk.text.index("丙镇"), chunk.text.index("停水") + 2, 2.0)
        index = cast(
            Snapshot, SimpleNamespace(document=lambda _: document_of(TURNED), article=lambda *_: article_of(TURNED))
        )
        items = _parts((span,), Calibration(1.0, 0.0, 0.5, 0.5), index)
        assert [(item.text, round(item.confidence, 3)) for item in items] == [
            ("丙镇通车。", 0.881),
            ("丁镇停水", 0.881),
        ]
        chunk = chunk_without("甲镇不修路。\n", "不")
        index = cast(
            Snapshot,
            SimpleNamespace(
                document=lambda _: document_of("甲镇不修路。\n"), article=lambda *_: article_of("甲镇不修路。\n")
            ),
        )
        assert _parts((Span(chunk, 0, 4, 2.0),), Calibration(1.0, 0.0, 0.5, 0.5), index) == ()


@pytest.fixture
def notice() -> Chunk:
    return chunk_without(NOTICE, r"## .*\n\n|- 1\. |\*\*|  (?=\n)")


class TestCite:
    def test_a_list_item_is_quoted_with_its_mark_and_without_markdown_or_trailing_blanks(self, notice: Chunk) -> None:
        assert cited(NOTICE, notice, "李新建") == Citation(
            document_id="d",
            source="seeds/page.txt",
            sha256="0" * 64,
            title="任免名单",
            byline="本报记者 智慧",
            date="2021-10-13",
            line_start=4,
            line_end=4,
            start=NOTICE.index("李新建"),
            end=NOTICE.index("李新建") + 15,
            quote="李新建为洛阳市人民政府副市长;",
            answer_start=NOTICE.index("李新建"),
            answer_end=NOTICE.index("李新建") + 3,
        )

    def test_days_are_those_of_the_papers_date(self) -> None:
        text = "昨日下午,会议在我市召开,2人参加。"
        chunk = chunk_without(text, "(?!)")
        assert cited(text, chunk, "昨日下午").day == "2021-10-12"
        assert cited(text, chunk, "我市").day is None

    @pytest.mark.parametrize(
        ("answer", "quote", "line"),
        [
            ("孙延文", "孙延文为洛阳市人民政府副市长;", 5),
            ("张武清", "张武清为洛阳市人民政府副市长,洛阳市公安局局长。", 6),
            ("决定任命", "决定任命:", 3),
        ],
    )
    def test_every_line_is_its_own_quote(self, notice: Chunk, answer: str, quote: str, line: int) -> None:
        citation = cited(NOTICE, notice, answer)
        assert (citation.quote, citation.line_start, citation.line_end) == (quote, line, line)

    def test_a_sentence_across_a_column_break_is_quoted_as_printed(self) -> None:
        chunk = chunk_without(BROKEN, r"\n\n")
        citation = cited(BROKEN, chunk, "龙头企业")
        assert citation.quote == "依托龙\n\n头企业开展招商,总投资12.8亿元。"
        assert BROKEN[citation.answer_start : citation.answer_end] == "龙\n\n头企业"
        assert (citation.start, citation.line_start, citation.line_end) == (5, 1, 3)

    def test_an_answer_over_two_sentences_has_both_quoted(self) -> None:
        citation = cited(BROKEN, chunk_without(BROKEN, r"\n\n"), "亿元。后来")
        assert citation.quote == "依托龙\n\n头企业开展招商,总投资12.8亿元。后来又说。"

    def test_crlf_counts_as_one_line_break(self) -> None:
        original = "题目\r\n\r\n甲为市长。\r\n"
        assert cited(original, chunk_without(original, r"题目\s+|\r"), "甲").line_start == 3

    def test_the_articles_date_goes_before_the_documents(self, notice: Chunk) -> None:
        article = replace(article_of(NOTICE), date="2021-10-14")
        assert cite(Span(notice, 0, 4, 0.0), document=document_of(NOTICE), article=article).date == "2021-10-14"

    @pytest.mark.parametrize(
        ("document", "article"),
        [({"id": "e"}, {}), ({}, {"document_id": "e"}), ({}, {"number": 1})],
    )
    def test_another_documents_article_is_refused(
        self, notice: Chunk, document: dict[str, str], article: dict[str, str]
    ) -> None:
        with pytest.raises(CitationError, match="cited from article"):
            cite(
                Span(notice, 0, 3, 0.0),
                document=replace(document_of(NOTICE), **document),  # type: ignore[arg-type]
                article=replace(article_of(NOTICE), **article),  # type: ignore[arg-type]
            )

    @pytest.mark.parametrize(("start", "end"), [(3, 3), (-1, 2), (0, 1000), (4, 2)])
    def test_a_span_outside_its_chunk_is_refused(self, notice: Chunk, start: int, end: int) -> None:
        with pytest.raises(CitationError, match=rf"span \[{start}, {end}\)"):
            cite(Span(notice, start, end, 0.0), document=document_of(NOTICE), article=article_of(NOTICE))

    def test_an_original_that_changed_is_refused(self, notice: Chunk) -> None:
        changed = NOTICE.replace("李新建", "李建新")
        start = notice.text.index("李新建")
        with pytest.raises(CitationError, match="the answer reads '李建新', given as '李新建'"):
            cite(Span(notice, start, start + 3, 0.0), document=document_of(changed), article=article_of(changed))

    def test_an_original_that_became_shorter_is_refused(self, notice: Chunk) -> None:
        with pytest.raises(CitationError, match=r"outside \[0, 20\)"):
            cite(Span(notice, 8, 11, 0.0), document=document_of(NOTICE[:20]), article=article_of(NOTICE[:20]))


class TestSentence:
    @pytest.mark.parametrize(
        ("text", "answer", "expected"),
        [
            ("会议召开。市委书记主持会议!散会", "主持", "市委书记主持会议!"),
            ("甲。\u3000 乙到会。\u3000", "乙", "乙到会。"),
            ("  本报记者 陈曦\n下一行。", "陈曦", "本报记者 陈曦"),
            ("总投资12.8亿元。后来", "12.8亿元", "总投资12.8亿元。"),
            ("审议《甲;乙条例》。丙", "乙条例", "审议《甲;乙条例》。"),
            ("(他说。)会议结束。丙", "会议", "(他说。)会议结束。"),
            ("他说:“甲来。乙去。”会议结束。", "乙", "他说:“甲来。乙去。”"),
            ("他说:“甲来。乙去。”会议结束。", "会议", "会议结束。"),
            ("“甲来。乙去。”市长周文表示。丙", "周文", "“甲来。乙去。”市长周文表示。"),
            ("前。“没有合上。乙去。丙来。", "乙", "乙去。"),
            ("前。没有打开。”乙去。丙来。", "打开", "没有打开。”"),
            ("a) 甲来。b) 乙去。", "乙", "b) 乙去。"),
            ("真的吗?!是的。", "真", "真的吗?!"),
            ("Mr. Lee met Dr. Sun at 5 p.m. on Monday. He left.", "Sun", "Mr. Lee met Dr. Sun at 5 p.m. on Monday."),
            ('He said "Leave." Then he left.', "left", "Then he left."),
            ("He paid 12.8 yuan. It was 2021. Then Rome fell.", "It", "It was 2021."),
            ("1. Item one\n2. Item two", "two", "2. Item two"),
            ("It was the vice\nmayor who came. Then", "mayor", "It was the vice\nmayor who came."),
            ("Appointed:\nli ming as mayor", "li", "li ming as mayor"),
            ("These goods are for sale at the new market hall:\ntea\nhoney and jam\nfish", "honey", "honey and jam"),
            ("He went to the\nharbour with us\nand a crew. Then", "us", "He went to the\nharbour with us\nand a crew."),
        ],
    )
    def test_limits(self, text: str, answer: str, expected: str) -> None:
        at = text.index(answer)
        start, end = sentence_bounds(text, at, at + len(answer))
        assert text[start:end] == expected

    def test_a_long_quotation_falls_back_to_the_sentence_inside(self) -> None:
        long = "“" + "甲来了又去。" * (LONGEST_QUOTE // 6) + "乙在《丙;丁》中说。”周文表示。"
        for answer, expected in [("乙", "乙在《丙;丁》中说。”"), ("周文", "周文表示。")]:
            at = long.index(answer)
            start, end = sentence_bounds(long, at, at + len(answer))
            assert long[start:end] == expected

    def test_a_quotation_of_just_the_longest_length_stays_whole(self) -> None:
        text = "“" + "甲。" * ((LONGEST_QUOTE - 2) // 2) + "”"
        assert len(text) == LONGEST_QUOTE
        assert sentence_bounds(text, 5, 6) == (0, LONGEST_QUOTE)

    def test_blanks_of_the_answer_itself_stay(self) -> None:
        assert sentence_bounds("甲。 乙 ", 2, 5) == (2, 5)

    @pytest.mark.parametrize(
        ("answer", "quote"),
        [
            ("Staithe Row", "The lending library has been moved from Staithe Row to Custom\nHouse Lane."),
            (
                "Miss Pym",
                "Miss Pym, who has kept it since the war, thanked\nMr. Odell and the £30 fund of Drapers for a gift.",
            ),
            ("Hours", "Hours of the library from Monday"),
            ("Mon and", "Mon and Wed, ten to four, all the summer long and in May"),
            ("Fri", "Fri and Sat, ten to one, but not in August or September"),
        ],
    )
    def test_a_quote_goes_over_the_lines_that_a_wrapped_sentence_takes(self, answer: str, quote: str) -> None:
        text = (
            "The lending library has been moved from Staithe Row to Custom\n"
            "House Lane. Miss Pym, who has kept it since the war, thanked\n"
            "Mr. Odell and the £30 fund of Drapers for a gift.\n"
            "Hours of the library from Monday\n"
            "Mon and Wed, ten to four, all the summer long and in May\n"
            "Fri and Sat, ten to one, but not in August or September"
        )
        at = text.index(answer)
        start, end = sentence_bounds(text, at, at + len(answer))
        assert text[start:end] == quote


class TestReads:
    @pytest.mark.parametrize(
        ("printed", "item", "expected"),
        [
            ("李新建", "李新建", True),
            ("龙\n\n头", "龙头", True),
            ("龙  \r\n\u3000\u3000头", "龙头", True),
            ("vice \n mayor", "vice mayor", True),
            ("vice\nmayor", "vice\nmayor", True),
            ("投资**5**亿元", "投资5亿元", True),
            ("免去:**  \r\n\r\n- 3. 李保兴", "免去:\n3. 李保兴", True),
            ("压舱石\n\n## ——访某某", "压舱石\n——访某某", True),
            ("免去:\n- 李保兴", "免去:\n- 李保兴", True),
            ("降到\n-5度", "降到\n5度", False),
            ("降到 - 5度", "降到 5度", False),
            ("- 李保兴", "李保兴", False),
            ("张**强**任职", "张**强任职", True),
            ("投资5亿元", "投资**5亿元", False),
            ("投资*5亿元", "投资5亿元", False),
            ("投资**6亿元", "投资5亿元", False),
            ("副 市长", "副市长", False),
            ("副市长", "副 市长", False),
            ("副\n市长", "副\t市长", False),
            ("李新建", "李新", False),
            ("李新", "李新建", False),
            ("\n李新建", "李新建", False),
            ("李新建\n", "李新建", False),
            ("", "", False),
            # Each line of print in its own way:
            ("发 放 苗 木\n记者 苗 青 报道", "发放苗木\n记者 苗青 报道", True),
            ("任命名单\n- 甲\n- 乙", "任命名单\n- 甲\n乙", True),
            ("发 放 苗 木\n记者 苗 青 报道", "发放苗 木\n记者 苗青 报道", False),
        ],
    )
    def test_only_blanks_and_marks_of_print_may_be_left_out(self, printed: str, item: str, expected: bool) -> None:
        assert matches_print(printed, item) is expected

    def test_a_padded_name_is_seen_by_what_stands_around_it_on_its_line(self) -> None:
        printed, item = "长 金 山致辞", "长 金山致辞"
        assert matches_print(printed, item, before="县")
        assert not matches_print(printed, item, before="县\n")
        assert not matches_print(printed, item)

    def test_a_name_cited_from_within_the_word_before_it(self) -> None:
        page = "市园林局局长 苗 青说，今年植树两万株。\n"
        chunk = chunk_without(page, r"(?<=苗) |\n")
        citation = cited(page, chunk, "长 苗青说")
        assert page[citation.answer_start : citation.answer_end] == "长 苗 青说"

    def test_a_page_of_blanks_is_read_in_linear_time(self) -> None:
        assert not matches_print("甲" + " " * 200_000 + "乙", "甲" + " " * 199_999 + "乙")


class TestVerify:
    @pytest.fixture
    def citation(self, notice: Chunk) -> Citation:
        return cited(NOTICE, notice, "李新建")

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"unit": "byte"}, "offsets in 'byte'"),
            ({"start": -1}, r"quote \[-1, 39\) is empty or outside"),
            ({"end": 10_000}, "is empty or outside"),
            ({"start": 39}, "is empty or outside"),
            ({"quote": "李新建为洛阳市人民政府市长;"}, "cited as '李新建为洛阳市人民政府市长;'"),
            ({"answer_start": 23}, r"answer \[23, 27\) is empty or outside its quote \[24, 39\)"),
            ({"answer_end": 40}, "outside its quote"),
            ({"answer_end": 24}, "outside its quote"),
            ({"line_start": 3}, "lines 4 to 4, cited as 3 to 4"),
            ({"line_end": 5}, "lines 4 to 4, cited as 4 to 5"),
            ({"answer_end": 28}, "the answer reads '李新建为', given as '李新建'"),
        ],
    )
    def test_says_what_differs(self, citation: Citation, changes: dict[str, object], message: str) -> None:
        assert (citation.start, citation.end, citation.answer_end) == (24, 39, 27)
        with pytest.raises(CitationError, match=f"seeds/page.txt:[0-9]+: .*{message}"):
            verify(replace(citation, **changes), document_of(NOTICE), "李新建")  # type: ignore[arg-type]

    def test_long_text_is_cut_in_the_message(self) -> None:
        original = "甲" * 500
        citation = cited(original, chunk_without(original, "乙"), original)
        with pytest.raises(CitationError) as error:
            verify(replace(citation, quote="乙" * 500), document_of(original), original)
        assert len(str(error.value)) < 300


TEXTS = st.text(alphabet="张李为长。;；!“”《》() 　\n\n\r\tab.1A", min_size=1, max_size=60)


@st.composite
def spans(draw: st.DrawFn) -> tuple[str, Span]:
    """Any text, cleaned of any of the white space at its line breaks, and any span of it without blanks at its ends."""
    original = draw(TEXTS)
    breaks = [at for gap in re.finditer(r"\s*\n\s*", original) for at in range(*gap.span())]
    gone = draw(st.sets(st.sampled_from(breaks))) if breaks else set()
    kept = [at for at in range(len(original)) if at not in gone]
    clean = "".join(original[at] for at in kept)
    edges = [at for at, character in enumerate(clean) if not character.isspace()]
    assume(edges)
    first, last = sorted((draw(st.sampled_from(edges)), draw(st.sampled_from(edges))))
    chunk = Chunk("d:0:0", "d", 0, "", clean, align(kept))
    return original, Span(chunk, first, last + 1, 0.0)


@given(spans())
def test_any_span_is_cited_truly(case: tuple[str, Span]) -> None:
    original, span = case
    citation = cite(span, document=document_of(original), article=article_of(original))
    assert original[citation.start : citation.end] == citation.quote
    assert citation.start <= citation.answer_start < citation.answer_end <= citation.end
    printed = original[citation.answer_start : citation.answer_end]
    assert re.sub(r"\s", "", printed) == re.sub(r"\s", "", span.text)
    assert citation.quote == citation.quote.strip()
    assert citation.line_start == len(re.split(r"\r\n|\n|\r", original[: citation.start + 1]))
    assert citation.line_end == len(re.split(r"\r\n|\n|\r", original[: citation.end]))


@given(
    spans(),
    st.sampled_from(["start", "end", "answer_start", "answer_end", "line_start", "line_end"]),
    st.sampled_from([-1, 1]),
)
def test_one_offset_off_by_one_is_caught(case: tuple[str, Span], field: str, step: int) -> None:
    original, span = case
    citation = cite(span, document=document_of(original), article=article_of(original))
    wrong = replace(citation, **{field: getattr(citation, field) + step})
    with pytest.raises(CitationError):
        verify(wrong, document_of(original), span.text)


@given(spans(), st.sampled_from([("start", "end"), ("answer_start", "answer_end")]), st.sampled_from([-1, 1]))
def test_a_shift_by_one_is_caught_where_the_characters_differ(
    case: tuple[str, Span], fields: tuple[str, str], step: int
) -> None:
    original, span = case
    citation = cite(span, document=document_of(original), article=article_of(original))
    wrong = replace(citation, **{field: getattr(citation, field) + step for field in fields})
    first, last = (getattr(wrong, field) for field in fields)
    right = original[getattr(citation, fields[0]) : getattr(citation, fields[1])]
    assume(first < 0 or re.sub(r"\s", "", original[first:last]) != re.sub(r"\s", "", right))
    with pytest.raises(CitationError):
        verify(wrong, document_of(original), span.text)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("会议召开。市长“李 某”主持会议。", 6),
        ("市长“李 某”主持会议", 2),
        ("市长 “李 某”主持 会议！", 3),
        ("市长“李 某”缺席会议。", None),
        ("市长「李 某」主持会议。", None),
        ("", None),
    ],
)
def test_an_echo_is_the_same_words_of_the_same_sentence(printed: str, expected: int | None) -> None:
    text = "昨日雨。市长“李 某”主持会议。"
    start = text.index("“")
    span = Span(Chunk("a", "d", 0, "", text, align(range(len(text)))), start, start + 5, 1.0)
    found = same_span_in(span, Chunk("b", "e", 0, "", printed, align(range(len(printed)))))
    assert (found and found.start) == (expected if expected is None else printed.index("“"))
    if found:
        assert (found.text, found.chunk.id) == (span.text, "b")

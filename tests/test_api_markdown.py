"""Answers as chat messages: quotes numbered once, hostile text harmless, offsets right."""

from dataclasses import replace

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st

from api.markdown import escaped, render
from api.permalinks import permalink, public_address
from api.settings import ServerSettings
from qa.types import Answer, Item
from tests.api_service import ANSWERED, LI, SUN, citation


def answer_of(*items: Item) -> Answer:
    return replace(ANSWERED, items=items)


def test_a_quote_that_several_items_share_is_shown_once() -> None:
    quote = "接受王琰君、李保兴同志辞去副市长职务。"
    first, second = (citation(quote, name, line=9, start=70) for name in ("王琰君", "李保兴"))
    message = render(answer_of(Item("王琰君", 0.9, (first,)), Item("李保兴", 0.9, (second, LI))))
    assert message.content.split("\n\n")[0] == "王琰君 [1]、李保兴 [1][2]"
    assert message.content.count(quote) == 1
    assert [(mark.start, mark.end, mark.citation) for mark in message.marks] == [
        (0, 3, first),
        (8, 11, second),
        (8, 11, LI),
    ]


def test_a_column_break_does_not_break_the_list() -> None:
    quote = "依托龙\n\n头企业招商。"
    message = render(answer_of(Item("龙头企业", 0.9, (replace(LI, quote=quote),))))
    assert message.content.splitlines()[2:] == [
        "1. 依托龙头企业招商。  ",
        "   洛阳市人大常委会任免名单 · seeds/page 1.txt:134",
    ]


def test_offsets_count_escapes() -> None:
    message = render(answer_of(Item("<b>", 0.9, (LI,)), Item("甲*", 0.9, (SUN,))))
    assert [message.content[mark.start : mark.end] for mark in message.marks] == [r"\<b\>", r"甲\*"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("李新建为洛阳市人民政府副市长;", "李新建为洛阳市人民政府副市长;"),
        ("<script>alert(1)</script>", r"\<script\>alert(1)\</script\>"),
        ("[x](javascript:1) ![y]", r"\[x\](javascript:1) !\[y\]"),
        ("&lt;b&gt; A&B &#60;", r"\&lt;b\&gt; A&B \&#60;"),
        ("`code` *a* _b_ ~c~ | \\", r"\`code\` \*a\* \_b\_ \~c\~ \| " + "\\\\"),
        ("# a #", r"\# a #"),
        ("- a - b", r"\- a - b"),
        ("1. a 2. b", r"1\. a 2. b"),
        ("12) a", r"12\) a"),
        ("12.8亿元", r"12\.8亿元"),
        ("2021.10", "2021.10"),
        ("123. a", r"123\. a"),
        ("2021. a", r"2021\. a"),
        ("123456789) a", r"123456789\) a"),
        ("1234567890. a", "1234567890. a"),
        ("123.", r"123\."),
        ("+ a", r"\+ a"),
        ("* a", r"\* a"),
        ("\u202egnol\u202c \u2066a\u2069\u200f", "\ufffdgnol\ufffd \ufffda\ufffd\ufffd"),
        ("> a", r"\> a"),
        ("甲 \r\n\u3000乙", "甲乙"),
        ("to\nbe", "to be"),
        ("AI\n龙", "AI 龙"),
        ("\n甲\n", "甲"),
    ],
)
def test_text_is_shown_as_it_is(text: str, expected: str) -> None:
    assert escaped(text) == expected


@given(st.text(max_size=30))
def test_escaped_text_is_one_line_without_live_syntax(text: str) -> None:
    shown = escaped(text)
    assert "\n" not in shown
    assert "\r" not in shown
    bare = [at for at, character in enumerate(shown) if character in "<>`*_[]~|" and shown[at - 1 : at] != "\\"]
    assert bare == []


@pytest.mark.parametrize(
    ("document", "written"),
    [("d41f", "d41f"), ("报/一 #1?&a=(b)", "%E6%8A%A5%2F%E4%B8%80+%231%3F%26a%3D%28b%29"), ("\udcff", "%ED%B3%BF")],
)
def test_a_quote_has_an_address_that_nothing_in_it_can_break(document: str, written: str) -> None:
    url = permalink(replace(LI, document_id=document), "https://example.org/gazette/")
    assert url == f"https://example.org/gazette/#d={written}&s=5106&e=5121&as=5106&ae=5109&h=abababababab"


def test_source_lines_lead_to_their_quotes() -> None:
    message = render(answer_of(Item("甲", 0.9, (replace(LI, title="a](b)"),))), link=lambda citation: "https://x/#1")
    assert message.content.splitlines()[-1] == r"   [a\](b) · seeds/page 1.txt:134](https://x/#1)"
    assert [source.start for source in message.sources] == [LI.start]


@pytest.mark.parametrize(
    ("setting", "host", "root", "address"),
    [
        (None, "archive.example:8443", "", "https://archive.example:8443/"),
        (None, "[::1]:8000", "/gazette", "https://[::1]:8000/gazette/"),
        (None, "a) [b](c", "/gazette/", "https://localhost:8000/gazette/"),
        ("http://example.org/press/", "other", "/gazette", "http://example.org/press/"),
    ],
)
def test_addresses_begin_with_the_setting_or_where_the_request_went(
    setting: str | None, host: str, root: str, address: str
) -> None:
    scope = {"type": "http", "scheme": "https", "root_path": root, "headers": [(b"host", host.encode())]}
    assert public_address(Request(scope), ServerSettings(public_url=setting)) == address

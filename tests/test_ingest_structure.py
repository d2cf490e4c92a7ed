"""What cells and items of web pages stand under."""

import pytest

from qa.ingest.markup import parse, view

MERGED = (
    "<table><tr><th rowspan=2>片区</th><th rowspan=2>乡镇</th><th colspan=2>收入</th></tr>"
    "<tr><th>今年</th><th>去年</th></tr>"
    "<tr><td rowspan=2>河东</td><td>柳泉镇</td><td>31</td><td>29</td></tr>"
    "<tr><td>石门乡</td><td>14</td><td>15</td></tr></table>"
)


def told(source: str) -> dict[str, str]:
    """The word that each of the heads is read before, and the heads."""
    parsed = parse(source)
    shown = view(parsed.blocks)
    return {shown.text[at:].split()[0]: words for at, words in parsed.structure.heads(shown)}


def test_merged_cells() -> None:
    assert told(MERGED) == {
        "31": "河东柳泉镇收入今年",
        "29": "河东柳泉镇收入去年",
        "石门乡": "河东",
        "14": "河东石门乡收入今年",
        "15": "河东石门乡收入去年",
    }


@pytest.mark.parametrize(
    ("source", "heads"),
    [
        ("<table><tr><td>姓名<td>年龄<tr><td>张三<td>45</table>", {"45": "张三年龄"}),
        ("<table><thead><tr><td>学校<td>校长<tbody><tr><td>一中<td>李四</table>", {"李四": "一中校长"}),
        ("<table><tr><td>左栏的文章<td>右栏的文章</table>", {}),
        ("<table><tr><td>" + "文章。" * 60 + "<td>1<tr><td>甲<td>2</table>", {}),
        (
            "<table><tr><th>校<th>长<tr><td>一中<td><table><tr><th>甲<th>乙<tr><td>丙<td>3</table></table>",
            {"3": "丙乙"},
        ),
        ("<table><tr><td><b>姓名</b><td><b>职务</b><tr><td>张三<td>馆长</table>", {"馆长": "张三职务"}),
        (
            "<table><tr><td>年份<td>2020<td>2021<tr><td>产值<td>13.1<td>14</table>",
            {"13.1": "产值2020", "14": "产值2021"},
        ),
        (
            "<table><tr><td>Seats<td>Full<td>Over 60<tr><td>Stalls<td>£4<td>£2.50<tr><td>Circle<td>£6<td>£3</table>",
            {"£4": "Stalls Full", "£2.50": "Stalls Over 60", "£6": "Circle Full", "£3": "Circle Over 60"},
        ),
        ("<table><tr><td>Row 1<td>Miss Orr<td>free<tr><td>Row 2<td>Mr Lum<td>£2<tr><td>Row 3<td>-<td>£2</table>", {}),
        ("<table><tr><td>甲<td>2020<td>2021<tr><td>乙<td>2019<td>2022</table>", {}),  # numbers alone
        (
            "<table><tr><td colspan=2>各乡产量<tr><td>乡镇<td>吨<tr><td colspan=2>河东片<tr><td>双桥镇<td>52</table>",
            {"双桥镇": "河东片", "52": "河东片双桥镇吨"},
        ),
        (
            "<table><tr><th>名次<th>姓名<th>成绩<tr><td colspan=3>男子100米<tr><td>1<td>苗青<td>10.52</table>",
            {"1": "男子100米", "10.52": "男子100米苗青成绩"},
        ),
        (
            "<table><tr><th>乡<th>书记<th>乡长<tr><td rowspan=2>双桥<td>张三<td>李四<tr><td><td>王五</table>",
            {"张三": "双桥书记", "李四": "双桥乡长", "王五": "双桥乡长"},
        ),
        ("<ul><li>诚信<ol><li>甲<li>乙</ol><li>孝亲<ul><li>丙</ul></ul>", {"甲": "诚信", "乙": "诚信", "丙": "孝亲"}),
        ("<ul><li>市级<ul><li>诚信<ul><li>甲</ul></ul></ul>", {"诚信": "市级", "甲": "市级诚信"}),
        ("<dl><dt>局长<dd>张三<dt>副局长<dd>李四<dd>王五</dl>", {"张三": "局长", "李四": "副局长", "王五": "副局长"}),
        ("<ul><li>甲</li><li>乙</li></ul>", {}),
        ("<li>甲<td>乙</dl></table></ul><dd>丙", {}),
    ],
)
def test_markup_of_all_kinds(source: str, heads: dict[str, str]) -> None:
    assert told(source) == heads

"""Pages of print without marks: their articles, titles, decks, bylines and dates, as a person reads them."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from qa.ingest import Segmentation, segment
from qa.types import Document
from tests.ingest_oracle import MARKS, document, uncovered, verify

PAGES = Path(__file__).parent / "pages"
NAMES = sorted(path.stem for path in PAGES.glob("*.txt"))
SHARED = Path(os.environ.get("GAZETTE_DATA", "absent")).parent / "pages"


def page(name: str) -> Document:
    return document((PAGES / f"{name}.txt").read_text(encoding="utf-8"))


def read(found: Segmentation) -> list[dict[str, Any]]:
    return [
        {"title": a.title, "deck": a.deck, "byline": a.byline, "date": a.date, "page": a.page} for a in found.articles
    ]


@pytest.mark.parametrize("name", NAMES)
def test_the_articles_of_a_page(name: str) -> None:
    expected = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    rows = [{"deck": None, "page": expected["page"], **row} for row in expected["articles"]]
    found = segment(page(name))
    verify(page(name), found)
    assert read(found) == rows
    assert set(uncovered(page(name), found)) <= MARKS


@pytest.mark.parametrize("name", NAMES)
def test_line_ends_do_not_matter(name: str) -> None:
    text = page(name).text
    for ends in ("\r\n", "\r"):
        assert read(segment(document(text.replace("\n", ends)))) == read(segment(document(text)))


@pytest.mark.parametrize("name", NAMES)
def test_the_paper_and_its_page_are_in_no_article(name: str) -> None:
    expected = json.loads((PAGES / f"{name}.json").read_text(encoding="utf-8"))
    found = segment(page(name))
    assert re.sub(r"\s", "", page(name).text[: found.articles[0].start]).startswith(expected["publication"])
    assert not any(expected["publication"] in chunk.text for chunk in found.chunks)
    assert {(a.publication, a.edition) for a in found.articles} == {(expected["publication"], expected["edition"])}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared pages are not here")
@pytest.mark.parametrize(
    ("name", "marked", "count"),
    [("page_b", True, 23), ("page_b", False, 21), ("page_d", True, 14), ("page_d", False, 14)],
)
def test_the_shared_pages(name: str, marked: bool, count: int) -> None:
    """Marked or not, the articles are those that the questions about the page name, and the masthead is none.

    Without its marks, page_b shows nothing that would tell two columns inside a feature from parts of it, and a letter
    stands under its own title, not under the column's.
    """
    text = (SHARED / f"{name}.txt").read_text(encoding="utf-8")
    gold = [json.loads(line) for line in (SHARED / f"{name}_gold.jsonl").read_text(encoding="utf-8").splitlines()]
    wanted = {record["article"] for record in gold} - {None}
    found = segment(document(text if marked else re.sub("(?m)^#+ ", "", text)))
    titles = [article.title for article in found.articles]
    assert {title for title in wanted if not any(one.startswith(title) for one in titles)} == (
        set() if marked or name == "page_d" else {"读者来信"}
    )
    assert len(titles) == count
    assert {article.page for article in found.articles} == {{"page_b": "A7", "page_d": "5"}[name]}
    dates = {article.date for article in found.articles}
    assert dates == ({"2008-11-06"} if name == "page_b" else {"2023-10-19", "2023-10-18", "2023-10-16"})


ISSUED = {"page_b": "2008-11-06", "page_d": "2023-10-19"}
# Of each shared page, what its articles are titled, who signs them, and the date of those that have one of their own.
ARTICLES: dict[str, tuple[tuple[str, str | None, str | None], ...]] = {
    "page_b": (
        ("page", None, None),
        ("半年掏空63台变压器", "记者 乔梁 通讯员 史建平", None),
        ('冒充"表叔"骗走养老钱', "记者 乔梁", None),
        ("大运高速汾曲段三车追尾 司机被困两小时", "记者 高原", None),
        ("五岁男童吞下十一颗磁珠", "本报记者 谷雨", None),
        ("冬储菜开锣 白菜一毛八", "记者 阴丽娟 实习生 贺敏", None),
        ("10月楼市:卖了1843套 均价4216元", "记者 康庄", None),
        ("暖气不热找谁? 供热企业上门测温", "记者 解凤", None),
        ("省城至乌泉班车票价回落两元", "通讯员 东明", None),
        ("电暖器抽检 五成不合格", "记者 阴丽娟", None),
        ('老字号"聚盛斋"要搬家', "本报记者 辛苗", None),
        ('上夜班的刷马桶工当上"状元"', "本报记者 贺敏", None),
        ("健康门诊", None, None),
        ("法官说案", None, None),
        ("读者来信", None, None),
        ("省业余足球联赛昨战罢第14轮", None, None),
        ("彩市快讯", None, None),
        ("便民价目(11月6日执行)", None, None),
        ("协查通报", None, None),
        ("荧屏导视 今天(11月6日)", None, None),
        ("招聘启事", None, None),
        ("寻物", None, None),
        ("更正", None, None),
    ),
    "page_d": (
        ("“电池不是仓库，是一门慢生意”", "本报记者 柯一鸣", None),
        ("前三季度云汀规上工业增加值增长6.4%", "记者 师大壮", None),
        ("小家电协会：三季度厨电出货环比降5.8%", "记者 舒立言", None),
        ("云汀市共享电动自行车管理条例将实施", "记者 舒立言", None),
        ("海岳新材料股份有限公司2023年第二次临时股东大会决议公告", None, "2023-10-18"),
        ("第八届“金犁”农业科技奖揭晓", "记者 贡静", None),
        ("科学家给稻根装上“耳朵”", "记者 温斯年 通讯员 茹可", None),
        ("三问“账期一百二十天”", "本报评论员 喻石", None),
        ("智利小港的“绿铜”等一张船票", "记者 金若虚", "2023-10-16"),
        ("一家县城面馆的数字账", "本报记者 柯一鸣 通讯员 蒲小楠", None),
        ("两部规章下月起生效", None, None),
        ("财经短波", None, None),
        ("图片新闻", None, None),
        ("更正", None, None),
    ),
}


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared pages are not here")
@pytest.mark.parametrize("name", sorted(ARTICLES))
def test_titles_bylines_and_dates_of_the_shared_pages(name: str) -> None:
    found = segment(document((SHARED / f"{name}.txt").read_text(encoding="utf-8")))
    rows = [(title, byline, date or ISSUED[name]) for title, byline, date in ARTICLES[name]]
    assert [(article.title, article.byline, article.date) for article in found.articles] == rows


def test_a_title_below_the_masthead_may_number_something() -> None:
    text = "榆溪日报\n2021年10月13日 星期三 第3版\n\n第9号台风今日登陆\n\n昨日上午，全县渔船回港避风。\n"
    (article,) = segment(document(text)).articles
    assert (article.title, article.page) == ("第9号台风今日登陆", "3")


def test_a_paragraph_that_is_signed_is_no_kicker_however_short() -> None:
    text = "## 水库建成\n\n昨日，水库开始蓄水。（张三 李四）\n\n## 市民热议\n\n昨日上午，座谈会在县里举行。\n"
    result = segment(document(text))
    assert [article.title for article in result.articles] == ["水库建成", "市民热议"]
    assert result.outside == ()


ROSTER = """海澄日报

1991年6月7日 星期五 第二版

渔业协会昨日换届

本报讯 市渔业协会昨天选出新一届负责人，名单如下：

会长 罗海生
副会长 贝文、车玉兰
秘书长 秦帆

协会还决定在秋汛前办两期船员培训班。

灯塔今起维修

本报讯 南礁灯塔今天起停灯维修十天，过往船只请注意。船期有变：

船名 开往 时间
海丰号 东屿 七日上午八时
海安号 西屿 八日上午九时
海宁号 北礁 九日下午两时

本报讯 灯塔管理处说，维修费用十一万元。
"""


def test_neither_what_a_colon_leads_to_nor_a_row_of_a_table_is_a_headline() -> None:
    found = segment(document(ROSTER))
    verify(document(ROSTER), found)
    assert [one.title for one in found.articles] == ["渔业协会昨日换届", "灯塔今起维修"]
    assert {one.publication for one in found.articles} == {"海澄日报"}


LISTED = """梅江日报 2021年7月9日 星期五 第3版

今年劳动模范名单公布
本报讯 7月8日，市总工会公布了今年的劳动模范名单，获得称号的有：
市公交公司 卫红霞
市自来水厂 郎玉珍
青峰煤矿 邓立人

口袋公园新建十二个
本报讯（记者 高原）昨日，记者从市园林局获悉，今年新建口袋公园十二个，
最大的一个在河口，占地六亩。
市公交公司 卫红霞
市自来水厂 郎玉珍
青峰煤矿 邓立人
白塔镇小学 单秀丽
河口林场 米文英
图书馆昨日重新开放
本报讯（记者 高原）昨日，市图书馆重新开放。
市公交公司 卫红霞
市自来水厂 郎玉珍
青峰煤矿 邓立人
白塔镇小学 单秀丽
河口林场 米文英
（上接第二版）
项目总投资三亿六千万元，年底投产。
"""


def test_names_at_the_end_of_an_article_are_no_headlines_of_the_next() -> None:
    found = segment(document(LISTED))
    verify(document(LISTED), found)
    assert [(one.title, one.byline, one.continued_from) for one in found.articles] == [
        ("今年劳动模范名单公布", None, None),
        ("口袋公园新建十二个", "记者 高原", None),
        ("图书馆昨日重新开放", "记者 高原", None),
        ("（上接第二版）", None, "2"),
    ]
    assert [LISTED[start:end] for start, end in found.outside] == ["梅江日报 2021年7月9日 星期五 第3版"]
    assert [chunk.text.rpartition("\n")[2] for chunk in found.chunks[:3]] == [
        "青峰煤矿 邓立人",
        "河口林场 米文英",
        "河口林场 米文英",
    ]


COUNTY = """石梁县报
1996年5月3日  第18期（总第362期）

全县春茶产量创新高
今年我县春茶喜获丰收。截止四月底，全县春茶总产一千二百四
十吨，比去年同期增长一成多，产值四千一百二十万元。
县农业局局长说，今年增产的原因，一是雨水足，二是推广了良
种，面积达九千六百亩。
（农业局 舒文）

县政府任免一批干部
县人民政府四月二十六日决定：
任命：
江永福为县土地管理局局长；
免去：
胡中和县土地管理局局长职务。

科技窗
早稻秧田要防烂秧
近期气温忽高忽低，早稻秧田容易烂秧。农技站建议：
一、晴天满沟水，阴天半沟水，雨天排干水。
二、二叶一心时每亩追施尿素四公斤，连追两次，
两次相隔七天。

【简讯】
●四月二十日，县剧团到柳溪乡演出。
●四月二十二日，县图书馆新添藏书三千册。
电影　今晚七点，县影院，《红日》

招聘启事
县水泥厂招聘化验员两名，五月二十日前报名。
周一 红烧肉 冬瓜汤
周二 酱鸭 紫菜汤

更正　本报四月十九日第一版《柳溪大桥通车》一文中，“全长
一百六十八米”应为“一百八十六米”。
"""


def test_blank_lines_between_articles_alone_tell_them_apart() -> None:
    found = segment(document(COUNTY))
    verify(document(COUNTY), found)
    assert [(one.title, one.byline) for one in found.articles] == [
        ("全县春茶产量创新高", "农业局 舒文"),
        ("县政府任免一批干部", None),
        ("早稻秧田要防烂秧", None),
        ("简讯", None),
        ("招聘启事", None),
        ("更正", None),
    ]
    assert found.chunks[-2].text.endswith("周二 酱鸭 紫菜汤")


def test_a_label_begins_a_paragraph_of_its_own() -> None:
    text = "寻物　昨日在五路车上遗失提包一个，拾到者请与本报联系　失主　简宁\n寻人　老人汤桂英，七十一岁，前日走失。\n"
    [chunk] = segment(document(text)).chunks
    assert chunk.text.split("\n")[1] == "寻人　老人汤桂英，七十一岁，前日走失。"


def test_a_date_is_no_name_of_a_page() -> None:
    text = "香江晨報\n中華民國五十四年三月十二日　星期五　第三版　零售一毫\n\n旺角大火\n\n【本報訊】昨晨大火。\n"
    [article] = segment(document(text)).articles
    assert (article.publication, article.date, article.page, article.edition) == ("香江晨報", "1965-03-12", "3", None)


MENU = """长岭石化报  2017年6月22日  第24期  03版

动力部开展应急演练
六月十五日，动力部开展锅炉给水中断应急演练，六十三人参加，
用时二十二分钟，比上一次缩短了四分钟，没有人受伤。
（董力）

本周食堂菜谱
周一 红烧肉 清炒菜心
周二 酱鸭 麻婆豆腐
周三 糖醋鱼 蒜蓉油麦菜
周四 回锅肉 手撕包菜

招聘启事
长岭石化技工学校招聘化工工艺教师两名，七月十日前报名。
"""


def test_a_headline_below_a_list_is_none_of_its_lines() -> None:
    found = segment(document(MENU))
    verify(document(MENU), found)
    assert [one.title for one in found.articles] == ["动力部开展应急演练", "招聘启事"]
    assert found.chunks[0].text.endswith("周四 回锅肉 手撕包菜")


def test_a_page_that_is_all_masthead_is_in_no_article() -> None:
    text = "第42号  2021年10月13日\n"
    found = segment(document(text))
    assert found.articles == ()
    assert "".join(text[start:end] for start, end in found.outside) == text.strip()


def test_a_number_above_the_masthead_is_in_no_article() -> None:
    text = "2\n龙 川 晚 报\n2003 年 3 月 28 日 星 期 五\n\n市场下月搬迁\n\n市场将于四月十八日搬迁到北环路。\n"
    [article] = segment(document(text)).articles
    assert (article.title, article.publication, article.date) == ("市场下月搬迁", "龙川晚报", "2003-03-28")
    [chunk] = segment(document("2\n\n市场将于四月十八日搬迁到北环路。\n")).chunks
    assert chunk.text.startswith("2\n")

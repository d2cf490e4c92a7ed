"""Articles, decks, bylines, dates and joints on pages made for the purpose."""

import pytest

from qa.ingest import segment
from qa.ingest.bylines import find_byline, is_byline, is_credit
from qa.ingest.dates import file_date, full_date, is_date_line, stated_date
from qa.ingest.decks import shared
from qa.ingest.jumps import is_jump
from tests.ingest_oracle import document, verify


def titles(text: str) -> list[tuple[str, str | None]]:
    page = document(text)
    result = segment(page)
    verify(page, result)
    return [(article.title, article.deck) for article in result.articles]


def texts(text: str) -> list[str]:
    page = document(text)
    result = segment(page)
    verify(page, result)
    return [chunk.text for chunk in result.chunks]


def test_masthead_kicker_title_and_deck() -> None:
    page = (
        "# 城市日报\n\n2021年10月14日 星期四\n\n第123期\n\n## 全市经济工作会议召开\n\n### 张江讲话 王显主持\n\n"
        "昨日,全市经济工作会议召开。张江出席会议并讲话,王显主持会议。\n\n"
        "## 地铁2号线开通\n\n## ——全长18公里\n\n昨日,地铁开通。"
    )
    assert titles(page) == [("全市经济工作会议召开", "张江讲话 王显主持"), ("地铁2号线开通", "——全长18公里")]


def test_a_slogan_below_a_kicker_is_the_title() -> None:
    page = "## 市委常委会召开会议强调\n\n## 坚定信心 稳中求进\n\n昨日,市委常委会召开会议。"
    assert titles(page) == [("坚定信心 稳中求进", None)]


def test_who_did_what_is_the_title_where_no_event_is_named_above() -> None:
    page = "## 建强副中心\n\n## 张江主持会议\n\n昨日,市委召开会议。张江主持会议。"
    assert titles(page) == [("张江主持会议", None)]


def test_a_deck_may_be_a_plain_line() -> None:
    assert titles("## 实干担当\n\n——访县委书记张江\n\n昨日,记者走访。") == [("实干担当", "——访县委书记张江")]


def test_deeper_headings_divide_an_article_and_datelines_open_one() -> None:
    guide = "# 县域观察\n\n导语介绍背景。\n\n## 产业\n\n产业兴旺。\n\n## 民生\n\n民生改善。"
    assert titles(guide) == [("县域观察", None)]
    assert texts(guide) == ["县域观察\n导语介绍背景。\n产业\n产业兴旺。\n民生\n民生改善。"]
    paper = (
        "# 城市日报\n\n本报为城市日报,刊号为一。\n\n## 甲\n\n本报讯(记者 张三)晴。\n\n## 乙\n\n本报讯(记者 李四)雨。"
    )
    assert [title for title, _ in titles(paper)] == ["城市日报", "甲", "乙"]


def test_numbered_headings_are_parts_of_an_article() -> None:
    assert titles("## 规划发布\n\n## 一、背景\n\n背景良好。\n\n## 二、目标\n\n目标明确。") == [("规划发布", None)]


def test_headings_without_a_body_belong_to_no_article() -> None:
    page = document("## 甲\n\n晴。\n\n## 今日关注\n\n## 要闻")
    result = segment(page)
    assert [article.title for article in result.articles] == ["甲"]
    assert [page.text[start:end] for start, end in result.outside] == ["今日关注", "要闻"]
    assert titles("## 只有标题") == [("只有标题", None)]


@pytest.mark.parametrize("mark", ["(上接01版)", "（上接第一版）", "上接A3版", "【紧接第2版】", "(上接01版《春天》)"])
def test_jump_lines_open_articles(mark: str) -> None:
    assert is_jump(mark)
    assert titles(f"## 甲\n\n晴。\n\n{mark}\n\n他指出,要落实。") == [("甲", None), (mark, None)]
    assert titles(f"## 甲\n\n晴。\n\n## 乙\n\n{mark}\n\n他指出,要落实。") == [("甲", None), ("乙", None)]


def test_a_jump_mark_may_open_a_paragraph() -> None:
    assert titles("## 甲\n\n晴。\n\n(上接01版)在城东,张江走访企业。") == [("甲", None), ("(上接01版)", None)]


def test_text_without_headings() -> None:
    def title(text: str, given: str | None = None) -> str:
        (article,) = segment(document(text, title=given)).articles
        return article.title

    assert title("短标题\n\n正文一句。") == "短标题"
    assert title("正文一句。\n\n正文两句。") == "page"
    assert title("短标题\n\n正文一句。", "记录标题") == "记录标题"
    long = "正文" * 30
    assert title(f"{long}\n\n正文两句。") == "page"


def test_a_record_title_is_context_and_never_text() -> None:
    page = document("正文一句。", title="记录标题")
    (chunk,) = segment(page).chunks
    assert (chunk.context, chunk.text) == ("记录标题", "正文一句。")
    (chunk,) = segment(document("正文一句。")).chunks
    assert chunk.context == ""  # the file's name says nothing of the article


@pytest.mark.parametrize(
    ("page", "joined"),
    [
        ("会议指出,要推\n\n动发展。", "会议指出,要推动发展。"),
        ("会议指出,要推\r\n\r\n动发展。", "会议指出,要推动发展。"),
        ("会议指出，\n要推动发展。", "会议指出，要推动发展。"),
        ("会议审议了《条例\n\n》和报告。", "会议审议了《条例》和报告。"),
        ("会议结束\n\n。随后散会。", "会议结束。随后散会。"),
        ("The mayor said, on\n\nTuesday, that it rained.", "The mayor said, on\nTuesday, that it rained."),
        ("The mayor said, on \nTuesday, that it rained.", "The mayor said, on Tuesday, that it rained."),
        ("产量增长,总投资达10\n\n95亿元。", "产量增长,总投资达1095亿元。"),
        ("企业增长,\n\n2021年再增。", "企业增长,2021年再增。"),
    ],
)
def test_joints(page: str, joined: str) -> None:
    assert texts("正文。\n\n" + page) == ["正文。\n" + joined]


@pytest.mark.parametrize(
    "page",
    [
        "会议结束。\n会议指出,要推动。",
        "决定任命:\n张三为局长。",
        "第42号\n\n经研究,决定如下。",
        "市政府,办公室  \n张三,李四。",
        "特此通知,请执行\n\n2021年10月13日",
        "会议指出,要推\n\n本报记者 张三",
        "图为工人在忙碌,喜获丰收 记者 张三 摄\n\n据了解,今年丰收。",
        "会议指出,要推\n\n一、任命张三,李四。",
        "会议指出,要推\n\n本报讯(记者 张三)昨日,晴。",
        "(二次会议通过,有效)\n\n经研究,决定如下。",
        "张三,男,局长\n李四,女,局长\n\n公示期,五天。",
        "会议指出,要推\n\n　　据介绍,已建成。",
    ],
)
def test_what_is_not_joined(page: str) -> None:
    paragraphs = [line.strip() for line in page.split("\n") if line.strip()]
    assert texts("正文。\n\n" + page) == ["\n".join(["正文。", *paragraphs])]


def test_list_items_are_not_joined() -> None:
    assert texts("## 甲\n\n- 张三,局长\n- 李四,局长\n* 王五,局长") == ["甲\n张三,局长\n李四,局长\n王五,局长"]


def test_marks_are_cleaned_away_but_withheld_names_are_kept() -> None:
    assert texts("## **甲** ##\n\n- **张三**为局长;\n\n___\n\n嫌疑人张**、王某,电话138****5678。") == [
        "甲\n张三为局长;\n嫌疑人张**、王某,电话138****5678。"
    ]
    assert texts("嫌疑人张**、李**被捕。") == ["嫌疑人张**、李**被捕。"]
    assert texts("任命**张三**、**李四**为局长。") == ["任命张三、李四为局长。"]


def test_hashtags_and_long_headings_are_text() -> None:
    page = document("#城市# 很美。\n\n# " + "长" * 200)
    (article,) = segment(page).articles
    assert article.title == "page"
    assert "长" * 200 in segment(page).chunks[0].text


@pytest.mark.parametrize(
    ("line", "byline", "credit"),
    [
        ("本报记者 陈曦 通讯员 王燕飞", True, True),
        ("记者李三旺 见习记者谢娜", True, True),
        ("（本报记者 张三 李四）", True, True),
        ("By John Smith", True, True),
        ("记者 张三 摄", False, True),
        ("记者 张三 文/摄", True, True),
        ("文/张三 图/李四海", True, True),
        ("本报通讯员 红旗公社报道组", True, True),
        ("责任编辑:张三 校对:李四", False, True),
        ("本报记者", False, False),
        ("记者了解到,项目已开工。", False, False),
        ("记者从市政府", False, False),
        ("会议由市长主持", False, False),
    ],
)
def test_bylines(line: str, byline: bool, credit: bool) -> None:
    assert (is_byline(line), is_credit(line)) == (byline, credit)


@pytest.mark.parametrize(
    ("lines", "byline"),
    [
        (["新华社乌鲁木齐10月13日电（努尔古丽·木萨 张旭）记者从自治区获悉"], "努尔古丽·木萨 张旭"),
        (["中新社北京10月13日电 (综合)据报道"], None),
        (["中新网北京10月13日电 (记者 阮煜琳)国务院"], "记者 阮煜琳"),
        (["据中新社北京10月13日(张旭)报道"], None),
        (["晴。", "本报记者 陈曦"], "本报记者 陈曦"),
        (["本报记者 陈曦", "晴。", "雨。"], "本报记者 陈曦"),
        (["新华社北京10月13日电（记者 张三）晴。"], "记者 张三"),
        (["昨日晴。(记者 张三 通讯员 李四)"], "记者 张三 通讯员 李四"),
        (["本报讯(图片由市局提供)晴。"], None),
        (["本报讯（记者 凌 云霄 通讯员 苗 可）晴。"], "记者 凌云霄 通讯员 苗 可"),
        (["本报记者 方 大同 余晖", "晴。"], "本报记者 方大同 余晖"),
        (["闫洁(女)任局长。"], None),
        (["晴。", "本报记者 张三 文/摄"], "本报记者 张三"),
        (["□ 秦 望", "五月的麦子"], "秦望"),
        (["■相关链接", "晴。"], None),
        (["晴。", "（县农机厂报道组）"], "县农机厂报道组"),
        ([], None),
    ],
)
def test_where_bylines_stand(lines: list[str], byline: str | None) -> None:
    assert find_byline(lines) == byline


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2021年10月13日", "2021-10-13"),
        ("２０２１年１０月１３日", "2021-10-13"),
        ("二〇二一年十月三十一日", "2021-10-31"),
        ("二○二一年一月二十日", "2021-01-20"),
        ("2023-07-05T11:49", "2023-07-05"),
        ("2023/7/5", "2023-07-05"),
        ("2021年2月30日", None),
        ("10月13日", None),
        ("12021年10月13日", None),
        ("中華民國卅五年八月七日", "1946-08-07"),
        ("民國一百一十年元月三日", "2021-01-03"),
        ("民国一一〇年1月3日", "2021-01-03"),
        ("民国年1月3日", None),
        ("康德八年十二月八日", "1941-12-08"),
        ("2000年元月1日", "2000-01-01"),
        ("2021年十月十三日", "2021-10-13"),
        ("二00八年五月十二日", "2008-05-12"),
        ("2 0 2 1 年 1 0 月 1 3 日", "2021-10-13"),
        ("二 〇 二 一 年 十 月 三 十 一 日", "2021-10-31"),
        ("２００８．５．１２", "2008-05-12"),
        ("农历二〇二一年八月十五日", None),
        ("2024年2月29日", "2024-02-29"),
    ],
)
def test_full_dates(text: str, date: str | None) -> None:
    assert full_date(text) == date


@pytest.mark.parametrize(
    ("name", "date"),
    [
        ("20211014", "2021-10-14"),
        ("a_2021-10-14_02", "2021-10-14"),
        ("2e366aedca82a0c9", None),
        ("20211350", None),
        ("2021101401", "2021-10-14"),
        ("20211014093000", "2021-10-14"),
        ("20211014093", None),
        ("2021 10 14", "2021-10-14"),
        ("民國35年8月7日 一版", "1946-08-07"),
        ("2021年10月14日", "2021-10-14"),
        ("2021-2-3", "2021-02-03"),
    ],
)
def test_dates_in_file_names(name: str, date: str | None) -> None:
    assert file_date(name) == date


@pytest.mark.parametrize(
    ("lines", "date"),
    [
        (["经研究决定。", "市政府", "2021年10月13日"], "2021-10-13"),
        (["(2021年10月13日会议通过)", "一。", "二。", "三。", "四。"], "2021-10-13"),
        (["新华社北京2021年10月13日电 晴。"], "2021-10-13"),
        (["确保2021年12月31日前完成。"], None),
        (["晴。", "截至2021年12月31日,全市。"], None),
    ],
)
def test_the_date_an_article_gives_itself(lines: list[str], date: str | None) -> None:
    assert stated_date(lines) == date
    assert is_date_line("发布时间:2021-10-13 11:20")


def test_the_date_of_the_document_comes_second() -> None:
    page = document("## 甲\n\n晴。\n\n## 乙\n\n雨。\n\n2021年10月13日", date="2020-01-01")
    assert [article.date for article in segment(page).articles] == ["2020-01-01", "2021-10-13"]


def test_shared_pairs() -> None:
    assert shared("会议", "会议") == 1.0
    assert shared("一把手", "会议") == 0.0
    assert shared("一", "一") == 0.0


def test_the_masthead_dates_articles_without_a_date_of_their_own() -> None:
    page = "# 城市日报\n\n2021年10月14日 星期四\n\n## 甲会召开\n\n晴。\n\n## 乙会召开\n\n雨。\n\n2021年10月13日"
    assert [article.date for article in segment(document(page)).articles] == ["2021-10-14", "2021-10-13"]
    (first, _) = segment(document(page, date="2020-01-01")).articles
    assert first.date == "2020-01-01"


def test_the_name_of_the_page_on_a_line_of_its_own() -> None:
    head = "岭南日报/2019年/5月/7日/第006版\n"
    body = "河堤合龙\n本报记者 云白\n\n城北河堤昨日合龙，全长九百米。"
    for between, edition in (("经济\n\n", "经济"), ("\n经济\n\n", None), ("", None)):
        articles = segment(document(head + between + body)).articles
        assert [(a.title, a.page, a.edition) for a in articles] == [("河堤合龙", "6", edition)]


def test_the_name_of_the_paper_below_that_line_is_no_name_of_the_page() -> None:
    page = document("第 2 版   2001 年 3 月 8 日   星期四\n山 南 晚 报\n\n春茶开采\n\n本报讯 昨天，全县春茶开采。\n")
    (article,) = segment(page).articles
    assert (article.title, article.page, article.publication, article.edition) == ("春茶开采", "2", "山南晚报", None)


@pytest.mark.parametrize("title", ["影讯", "招領失物", "失物招领"])
def test_a_small_item_behind_a_brief_is_an_article(title: str) -> None:
    briefs = "△ 县图书馆从六月一日起延长开放时间。\n△ 邮局迁到解放路办公。"
    items = "东风剧院：歌剧《洪湖水》 十八日、十九日、二十日晚七点半\n工人俱乐部：杂技 十九日晚八点"
    text = f"岭 北 报\n一九八三年五月十七日 星期二 第二版\n\n简讯\n{briefs}\n\n{title}\n{items}\n"
    found = segment(document(text))
    assert [article.title for article in found.articles] == ["简讯", title]
    assert found.chunks[-1].text == f"{title}\n{items}"


@pytest.mark.parametrize(
    ("page", "joined"),
    [
        ("公园每天上午8：\n30开门，晚上关门。", "公园每天上午8：30开门，晚上关门。"),
        ("开放时间8:00—18:\n00,免费。", "开放时间8:00—18:00,免费。"),
        ("票价2：\n100元。", "票价2：\n100元。"),
        ("时间：\n30分钟。", "时间：\n30分钟。"),
    ],
)
def test_a_time_of_day_that_a_line_break_cuts(page: str, joined: str) -> None:
    assert texts(page) == [joined]


@pytest.mark.parametrize(
    ("head", "edition"),
    [
        ("江城日报 2021年10月14日 星期四 3版\n责编：程远   社会新闻", "社会新闻"),
        ("社会新闻\t责编：程远\tA3版\n2021年10月14日 星期四", "社会新闻"),
        ("江城日报 2021年10月14日 星期四 3版\n责编：程远   校对：方圆", None),
        ("江城日报 2021年10月14日 星期四 3版\n责编：程远   魏然", None),
        ("江城日报 2021年10月14日 星期四 3版   民生\n责编：程远   社会新闻", "民生"),
    ],
)
def test_the_section_beside_who_made_the_page_up(head: str, edition: str | None) -> None:
    page = document(f"{head}\n\n渡口昨日复航\n\n本报讯（记者 厍鹤年）渡口昨日复航，票价由三元改为四元，每日十班。\n")
    (article,) = segment(page).articles
    assert (article.title, article.edition) == ("渡口昨日复航", edition)


STORY = "市政府昨日召开会议，部署秋季森林防火工作。城东小学昨日迁入新址，教学楼共四层。"


@pytest.mark.parametrize(
    ("headlines", "title", "deck"),
    [
        ("市政府召开会议\n部署秋季森林\n防火工作", "市政府召开会议部署秋季森林防火工作", None),  # a word, and as wide
        ("城东小学\n迁入新址", "城东小学迁入新址", None),
        ("城东小学\n\n迁入新址", "迁入新址", None),
        ("城东小学迁入新址\n教学楼四层", "城东小学迁入新址", "教学楼四层"),
        ("民生\n教学楼四层", "教学楼四层", None),
    ],
)
def test_a_title_over_several_lines(headlines: str, title: str, deck: str | None) -> None:
    page = f"江城日报 2021年10月14日 星期四\n\n{headlines}\n\n本报讯（记者 程远）{STORY}\n"
    assert titles(page) == [(title, deck)]


@pytest.mark.parametrize("mark", ["", "# "])
def test_boxes_beside_an_article_are_none_of_it(mark: str) -> None:
    page = (
        f"江城日报 2021年10月14日 星期四\n\n{mark}渡口昨日复航\n\n本报讯（记者 程远）渡口复航，每日十班。\n\n"
        "【相关链接】\n\n石渡建于清代，旧称石门渡，民国时曾停航十年。\n\n今日导读\n\n02版 剧团招新\n\n秋粮收购 04版\n"
    )
    assert titles(page) == [("渡口昨日复航", None), ("相关链接", None), ("今日导读", None)]


def test_a_marked_title_over_two_lines() -> None:
    assert titles(f"## 市政府部署秋季森林\n\n## 防火工作\n\n{STORY}") == [("市政府部署秋季森林防火工作", None)]


def test_each_issue_of_a_file_dates_its_articles_and_names_its_paper() -> None:
    page = document(
        "青岚日报\n2001年2月3日 星期六 第1版\n\n灯会昨夜开幕\n本报讯（记者 左岸）灯会昨晚在公园开幕，展出花灯。\n\n"
        "青岚日报\n2001年2月4日 星期日 第1版\n\n灯会首日游人八万\n本报讯（记者 左岸）灯会昨日接待游人八万。\n\n"
        "青岚晚报 2001年2月5日 星期一 A3 社会\n\n窃贼昨被擒\n本报讯（记者 池鱼）昨日，两名窃贼在公交车上被擒。\n"
    )
    result = segment(page)
    verify(page, result)
    assert [(one.title, one.date, one.publication, one.page) for one in result.articles] == [
        ("灯会昨夜开幕", "2001-02-03", "青岚日报", "1"),
        ("灯会首日游人八万", "2001-02-04", "青岚日报", "1"),
        ("窃贼昨被擒", "2001-02-05", "青岚晚报", "A3"),
    ]


def test_a_running_head_numbers_its_page_by_a_bare_field() -> None:
    head = "泾水日报                 2006年4月18日 星期二                 {}\n\n"
    page = document(
        head.format(1)
        + "县医院新楼启用\n本报讯 县医院新楼17日启用，共六层。\n\n"
        + head.format(2)
        + "环山路修通\n本报讯（通讯员 师光明）环山路日前通车，全长8.4公里。\n"
    )
    assert [(one.title, one.page) for one in segment(page).articles] == [("县医院新楼启用", "1"), ("环山路修通", "2")]


def test_flags_before_headlines_of_old_print_are_no_items_of_a_list() -> None:
    page = (
        "嶺東新報  中華民國二十三年五月十二日  星期六\n\n▲市府籌建醫院\n▲經費十二萬元\n〔本報訊〕市政府昨開會議、"
        "議決由市府籌建醫院一所、定六月動工、\n\n▲電車工人要求加薪\n資方允予考慮\n〔本報訊〕電車公司工人代表五人、"
        "昨往公司謁見經理、要求加薪二元、\n"
    )
    assert titles(page) == [("市府籌建醫院", "▲經費十二萬元"), ("電車工人要求加薪", "資方允予考慮")]


def test_a_small_ad_with_its_telephone_is_no_kicker() -> None:
    page = (
        "江州晚报 2003年8月21日 星期四 A5 社区\n\n井盖丢了十九个\n本报讯（记者 宁馨）井盖半年丢了十九个。\n\n"
        "铺面转让\n中山路78号铺面65平方米低价转让，电话05550123456\n\n"
        "老人学电脑\n本报讯（通讯员 谭志）社区教老人用电脑。\n"
    )
    assert [title for title, _ in titles(page)] == ["井盖丢了十九个", "铺面转让", "老人学电脑"]
    assert any("低价转让，电话05550123456" in text for text in texts(page))


def test_a_narrow_column_is_joined_where_no_mark_shows_that_it_goes_on() -> None:
    page = (
        "渔港的黄昏\n　　太阳落到防波堤后面的时候，船一\n条一条地回来了。老陈站在船头，手里\n"
        "攥着缆绳，嘴里叼着没有点的烟。\n"
        "　　码头上等着收鱼的女人们喊他的名\n字。他把缆绳甩过去，缆绳画了个圈。\n"
    )
    assert "喊他的名字。他把" in texts(page)[0]


def test_lines_of_verse_are_not_joined() -> None:
    assert "城南的灯\n一盏一盏地亮了\n我还在路上" in "\n".join(
        texts("城南的灯\n一盏一盏地亮了\n我还在路上\n没有人喊我的名字。\n")
    )


def test_three_characters_that_print_parts_are_a_name_before_what_they_became() -> None:
    [text] = texts("任命名单\n\n任命：\n赵 小 兰 为市卫生局局长；\n欧阳 志 远为市审计局局长。\n")
    assert "赵小兰 为市卫生局局长；\n欧阳志远为市审计局局长。" in text


PAPERS = (
    (
        "# 沱南都市报\n\n2008年11月26日 星期三 A05版\n\n## 今冬供暖期延长10天\n\n### 采暖费不涨\n\n"
        "市供热办昨日宣布，今冬供暖期延长10天，采暖费不涨。\n\n## 其他\n\n昨日有雨。\n"
    ),
    (
        "# Otter Bay Tribune\n\nThursday, October 16, 2003\n\n## School levy fails by 312 votes\n\n"
        "### District now faces cuts\n\n### Board to meet\n\nVoters rejected a school levy, by 312 votes.\n"
    ),
)


def test_a_title_above_smaller_headings_below_the_name_of_the_paper() -> None:
    firsts = [segment(document(text)).articles[0] for text in PAPERS]
    assert [(first.title, first.deck) for first in firsts] == [
        ("今冬供暖期延长10天", "采暖费不涨"),
        ("School levy fails by 312 votes", "District now faces cuts Board to meet"),
    ]

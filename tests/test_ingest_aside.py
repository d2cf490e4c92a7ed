"""What stands beside articles and can be asked for, and what stands in them and is none of their text."""

from qa.answer.citations import cite
from qa.ingest import Segmentation, segment
from qa.types import Span
from tests.ingest_oracle import MARKS, document, uncovered, verify

HEAD = (
    "临江晚报  第3版 社会\n2011年5月4日 星期三   责编:连 城 校对:方圆\n"
    "新闻热线 0999-2204411   国内统一刊号:CN 00-0017\n\n"
)
BODY = "## 渡船换新\n\n本报讯(记者 向晚)昨日,城东渡口的渡船换新,船长为苗青山。\n\n## 老井复流\n\n城西老井前日复流。\n"


def read(text: str, **about: str) -> Segmentation:
    page = document(text, **about)
    found = segment(page)
    verify(page, found)
    assert set(uncovered(page, found)) <= MARKS
    return found


def test_the_imprint_is_a_passage_without_the_date() -> None:
    found = read(HEAD + BODY)
    (masthead,) = found.mastheads
    assert masthead.text == "责编:连城 校对:方圆\n新闻热线 0999-2204411 国内统一刊号:CN 00-0017"
    assert (masthead.context, masthead.article, masthead.id) == ("临江晚报 3版 社会", 0, f"page#{len(found.chunks)}")
    assert found.passages == (*found.chunks, masthead)
    assert not any("0999" in chunk.text for chunk in found.chunks)
    assert [article.title for article in found.articles] == ["渡船换新", "老井复流"]


def test_what_cites_the_imprint_names_the_paper() -> None:
    page = document(HEAD + BODY)
    found = segment(page)
    (masthead,) = found.mastheads
    start = masthead.text.index("0999")
    citation = cite(Span(masthead, start, start + 12, 1.0), document=page, article=found.articles[masthead.article])
    assert (citation.title, citation.byline, citation.date) == ("临江晚报", None, "2011-05-04")
    assert page.text[citation.answer_start : citation.answer_end] == "0999-2204411"


def test_it_is_told_by_the_date_of_the_issue() -> None:
    dated = BODY.replace("本报讯(记者 向晚)昨日", "新华社北京4月30日电 昨日")
    found = read(HEAD + dated)
    assert [article.date for article in found.articles] == ["2011-04-30", "2011-05-04"]
    assert [masthead.article for masthead in found.mastheads] == [1]


def test_a_masthead_without_facts_makes_no_passage() -> None:
    assert read("临江晚报 2011年5月4日 星期三 第3版\n\n" + BODY).mastheads == ()
    assert read(BODY).mastheads == ()


def test_a_colophon_and_each_page_have_their_own() -> None:
    foot = "\n社址:临江市塔前街9号 邮编:990017 零售价:五角\n"
    (masthead,) = read(BODY + foot).mastheads
    assert masthead.text == "社址:临江市塔前街9号 邮编:990017 零售价:五角"
    second = "临江晚报 2011年5月4日 星期三 第4版 责编:鲁一白\n\n## 桥灯亮了\n\n城南桥的灯前晚亮了。\n"
    both = read(HEAD + BODY + "\n" + second).mastheads
    assert [(one.context, one.text.split("\n")[0]) for one in both] == [
        ("临江晚报 3版", "责编:连城 校对:方圆"),
        ("临江晚报 4版", "责编:鲁一白"),
    ]


def test_an_imprint_that_comes_again_is_read_where_it_stands_first() -> None:
    first, second = "社址:临江市塔前街9号 邮编:990017 零售价:五角", "新闻热线 0999-2204411   国内统一刊号:CN 00-0017"
    page = f"临江晚报  第3版 社会\n2011年5月4日 星期三\n{first}\n{second}\n\n{BODY}\n{first}\n"
    (masthead,) = read(page).mastheads
    assert masthead.text == f"{first}\n{second}".replace("   ", " ")


def test_the_stamp_below_a_title_dates_the_article_and_is_not_read() -> None:
    for stamp, kept in (
        ("2019-08-12 记者 云白", "记者 云白"),
        ("来源 临江网 2019-08-12 09:15", "来源 临江网"),
        ("发布时间：2019年8月12日", ""),
        ("2019-08-12 09:15", ""),
    ):
        page = f"# 河堤合龙\n\n{stamp}\n\n城北河堤昨日合龙，全长九百米。\n"
        found = read(page)
        (article,), (chunk,) = found.articles, found.chunks
        assert article.date == "2019-08-12"
        assert chunk.text.split("\n") == ["河堤合龙", *filter(None, [kept]), "城北河堤昨日合龙，全长九百米。"]
        assert [page[start:end] for start, end in found.outside] == [stamp.replace(kept, "").strip() if kept else stamp]


def test_a_date_that_is_signed_or_decided_is_read() -> None:
    page = "# 通告\n\n（2019年8月12日通过）\n\n城北河堤即日起封闭。\n\n市水务局\n\n2019年8月13日\n"
    assert "（2019年8月12日通过）" in read(page).chunks[0].text
    assert read(page).chunks[0].text.endswith("2019年8月13日")
    assert "2019年8月12日" in read("# 通告\n\n2019年8月12日\n\n城北河堤即日起封闭。\n").chunks[0].text
    assert "2019-08-12" in read("# 通告\n\n2019-08-12\n").chunks[0].text

"""Articles that continue on another page: their jump lines, and their halves found for each other."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.indexing import ingest
from qa.ingest import segment
from qa.ingest.jumps import continued_from, continues_on, page_named
from qa.retrieve import retrieve
from qa.store import Index, find_document, open_index
from qa.store.jumps import MOST_ON_A_PAGE, Half, match_halves
from qa.types import Article, ArticleId, Document
from tests.fakes import FakeEncoder

FRONT = (
    "洛阳日报 2021年10月14日 星期四 01版\n\n## 何雄调研产业集聚\n\n"
    "何雄在高新区调研。会议任命了以下人员:\n\n张大山为局长;\n\n(下转04版)\n"
)
BACK = "洛阳日报 2021年10月14日 星期四 04版\n\n## (上接01版)\n\n李小川为副局长;\n\n王远为主任。\n"


@pytest.mark.parametrize(
    ("line", "page"),
    [
        ("第04版:要闻", "4"),
        ("A02版", "A2"),
        ("洛阳日报 2021年10月14日 星期四 第三版", "3"),
        ("０８版 广告", "8"),
        ("他说改版了", None),
        ("再版", None),
    ],
)
def test_pages_named_at_the_edge_of_a_page(line: str, page: str | None) -> None:
    assert page_named(line) == page


@pytest.mark.parametrize("mark", ["(下转04版)", "（下转第四版）", "【下转第 4 版】", "(下转０４版《春天》)"])
def test_marks_at_the_end_of_a_first_half(mark: str) -> None:
    assert continues_on(f"何雄在高新区调研。{mark} ") == "4"
    assert continues_on(f"{mark}何雄在高新区调研。") is None
    assert continued_from(mark) is None


@pytest.mark.parametrize(
    ("line", "page"),
    [
        *[(mark, "1") for mark in ("（上接第一版）", "上接①版", "（上接①）", "（接1版）", "（上接头版）", "上接1版")],
        *[(mark, "1") for mark in ("上接第一版会议指出,要加快建设。", "（上接第1版）会议指出。", "上接今日一版 春天")],
        *[(mark, "1①") for mark in ("①（上接第一版）", "（上接第一版①）", "（上接第一版）①", "①上接1版")],
        *[
            (mark, "A1")
            for mark in ("（上接A1）", "Continued from Page A1", "(CONTINUED FROM A1)", "MAYOR: Continued from A1")
        ],
        *[("（上接第十四版）", "14"), ("（上接要闻４版）会议指出", "4")],
        *[(mark, "1") for mark in ("◀上接01版", "「上接第一版」", "接第一版", "续一版", "上接01版▶")],
        ("上接2—3版", "2、3"),
        *[
            (mark, "1")
            for mark in (
                "Continued from Page One",
                "CONTINUED FROM PAGE 1, COLUMN 6",
                "From the front page",
                "From page 1",
            )
        ],
        *[(mark, "A1") for mark in ("From A1", "MAYOR: From A1", "Mayor, from Page A1", "◄ MAYOR | FROM PAGE A1")],
        *[(words, None) for words in ("From page 1 he read on.", "From 1990", "from page 1", "From A1 to Z")],
        *[
            (words, None)
            for words in ("上接地气,下接民心", "（接电话）", "Continued from last year", "会议（上接01版）指出")
        ],
    ],
)
def test_marks_at_the_start_of_a_later_part(line: str, page: str | None) -> None:
    assert continued_from(line) == page
    assert continues_on(line) is None


@pytest.mark.parametrize(
    ("line", "page"),
    [
        *[
            (mark, "4")
            for mark in (
                "下转④版",
                "（下转④）",
                "▶下转4版",
                "下转第四版",
                "（转第四版）",
                "（文转4版）",
                "（下轉第四版）",
            )
        ],
        *[(mark, "4") for mark in ("要加快，下转第四版", "Continued on page 4", "See MAYOR, page 4", "Turn to Page 4")],
        *[(mark, "4①") for mark in ("（下转第四版①）", "（下转第四版）①", "（①下转4版）", "（下转④版①）")],
        *[
            ("（下转第二、三版）", "2、3"),
            ("下转2版、3版", "2、3"),
            ("he said. (Continued on A4)", "A4"),
            ("→下转T03", "T3"),
        ],
        *[("（下转要闻·4版）", "4"), ("（下转第十二版）", "12"), ("（下转3版《春天》）", "3")],
        *[
            ("（下接第2版）", "2"),
            ("下转02-03版", "2、3"),
            ("轉第三版", "3"),
            ("（下转A03版→）", "A3"),
            ("「下轉A3」", "A3"),
        ],
        *[
            (mark, "7")
            for mark in (
                "Continued on Page 7, Col. 1",
                "CONTINUED ON PAGE SEVEN.",
                "See MAYOR on Page 7",
                "» MAYOR, Page 7",
            )
        ],
        *[("Turn to MAYOR, page 3A", "3A"), ("Please see MAYOR, A07", "A7"), ("▶ Continued on P4", "4")],
        *[(words, None) for words in ("Mayor of London, page 4", "he turned to page 4", "See the mayor on page 4")],
        *[
            (words, None)
            for words in ("（转自人民日报4版）", "他说改版了", "Continued on 14 May", "下转运站", "see you on page 4")
        ],
    ],
)
def test_marks_at_the_end_of_a_part(line: str, page: str | None) -> None:
    assert continues_on(line) == page
    assert continued_from(line) is None


def parts(text: str) -> list[tuple[str, str | None, str | None]]:
    page = Document("page", "page.txt", "/p/page.txt", "0" * 64, text)
    return [(article.title, article.continued_from, article.continues_on) for article in segment(page).articles]


def test_a_jump_line_below_title_and_credits_belongs_to_them() -> None:
    rest = "## 渡口复航之后\n\n本报记者 程远\n\n（上接第一版）\n\n渡口昨日又有两条船复航。\n"
    other = "## 船票涨价\n\n上接第一版会议指出,船票四元。\n\n## 船长换人（上接A2版）\n\n卞若虚任船长。\n"
    assert parts(rest + other) == [
        ("渡口复航之后", "1", None),
        ("船票涨价", "1", None),
        ("船长换人（上接A2版）", "A2", None),
    ]


def test_the_head_of_a_page_dates_what_a_jump_line_opens() -> None:
    head, rest = "洛阳日报 2021年10月14日 星期四 第3版\n\n", "渡口复航\n\n□ 本报记者 程远\n\n上接第2版\n\n船已到。\n"
    text = f"{head}上接头版①\n\n票价四元。\n\n{rest}"
    page = Document("page", "page.txt", "/p/page.txt", "0" * 64, text)
    found = [(one.title, one.byline, one.date, one.page, one.continued_from) for one in segment(page).articles]
    assert found == [
        ("上接头版①", None, "2021-10-14", "3", "1①"),
        ("渡口复航", "本报记者 程远", "2021-10-14", "3", "2"),
    ]


@pytest.mark.parametrize("below", ["", "\n\n本报记者 程远", "\n\n渡口昨日复航。程远 摄", "\n\n2022年10月8日"])
def test_credits_and_captions_may_stand_below_a_jump_line(below: str) -> None:
    assert parts(f"## 渡口复航\n\n渡口昨日复航,船长表示\n\n下转④版{below}\n") == [("渡口复航", None, "4")]


def test_a_jump_line_is_no_part_of_a_sentence() -> None:
    page = Document("page", "page.txt", "/p", "0" * 64, "## 渡口复航\n\n渡口昨日复航,船长表示,要\n\n下转第四版\n")
    (chunk,) = segment(page).chunks
    assert chunk.text.splitlines() == ["渡口复航", "渡口昨日复航,船长表示,要", "下转第四版"]


@given(st.text(max_size=80))
def test_any_text_is_looked_at(text: str) -> None:
    assert continues_on(f"{text}(下转3版)") == "3"
    page_named(text)
    continued_from(text)


def half(title: str, path: str = "/p/1.txt", **fields: str | None) -> Half:
    return Half(Article(path, 0, title, 0, 9, **fields), path)


HEAD = half("何雄调研", continues_on="4", page="1")
TAIL = half("(上接01版)", "/p/4.txt", continued_from="1", page="4")


def test_two_halves_find_each_other() -> None:
    day = [TAIL, HEAD, half("丙", "/p/2.txt", continues_on="5", page="2")]
    assert match_halves(day) == [(HEAD.article, TAIL.article)]


@pytest.mark.parametrize(
    ("named", "page", "back", "tail_page", "found"),
    [
        ("4", "A1", "1", "A4", True),
        ("4", "A1", "A1", "4", True),
        ("B4", "A1", "1", "B4", True),  # the front page
        ("4", "B1", "1", "B4", True),
        ("4", "B1", "1", "A4", False),
        ("4", "1", "1", "A4", False),  # whose page 4 is not known
    ],
)
def test_pages_named_without_their_section(named: str, page: str, back: str, tail_page: str, found: bool) -> None:
    head = half("Ferry returns", continues_on=named, page=page)
    tail = half("FERRY", "/p/4.txt", continued_from=back, page=tail_page)
    assert match_halves([head, tail]) == [(head.article, tail.article)] * found


@pytest.mark.parametrize(
    "other",
    [
        half("乙", "/p/1b.txt", continues_on="4", page="1"),  # two articles of page 1 go on on page 4
        half("(上接01版)", "/p/4b.txt", continued_from="1", page="4"),  # two rests of page 1 are on page 4
    ],
)
def test_what_is_not_certain_is_left_apart(other: Half) -> None:
    assert match_halves([HEAD, TAIL, other]) == []


def test_a_repeated_title_decides() -> None:
    other = half("春天来了", "/p/1b.txt", continues_on="4", page="1")
    spring = half("(上接01版《春天来了》)", "/p/4b.txt", continued_from="1", page="4")
    research = half("(上接01版《何雄调研》)", "/p/4.txt", continued_from="1", page="4")
    day = [HEAD, other, spring, research]
    assert match_halves(day) == [(HEAD.article, research.article), (other.article, spring.article)]


@pytest.mark.parametrize(
    "tail",
    [
        half("(上接02版)", "/p/4.txt", continued_from="2", page="4"),
        half("(上接01版)", "/p/5.txt", continued_from="1", page="5"),
        half("(上接01版)", "/other/4.txt", continued_from="1", page="4"),
        half("(上接01版《春天》)", "/p/4.txt", continued_from="1", page="4"),
    ],
    ids=["another page before", "another page", "another paper", "another title"],
)
def test_halves_that_do_not_fit(tail: Half) -> None:
    assert match_halves([HEAD, tail]) == []


def test_a_sign_tells_the_jumps_of_two_pages_apart() -> None:
    first, second = half("甲", continues_on="4①", page="1"), half("乙", "/p/1b.txt", continues_on="4②", page="1")
    rests = [
        half(f"（上接第一版）{sign}", f"/p/4{at}.txt", continued_from=f"1{sign}", page="4")
        for at, sign in enumerate("②①")
    ]
    assert match_halves([first, second, *rests]) == [
        (first.article, rests[1].article),
        (second.article, rests[0].article),
    ]
    assert match_halves([first, rests[0]]) == []  # another sign


def test_ornaments_need_not_be_the_same() -> None:
    head, tail = half("甲", continues_on="4▼", page="1"), half("乙", "/p/4.txt", continued_from="1▲", page="4")
    assert match_halves([head, tail]) == [(head.article, tail.article)]


def test_a_title_that_is_the_same_tells_jumps_apart() -> None:
    spring, research = (
        half(title, f"/p/{title}.txt", continues_on="4", page="1") for title in ("春天来到渡口", "何雄调研产业")
    )
    rests = [
        half(title, f"/p/4{title}.txt", continued_from="1", page="4")
        for title in ("何雄调研产业 （上接第一版）", "（上接第一版）")
    ]
    found = match_halves([spring, research, *rests])
    assert found == [(spring.article, rests[1].article), (research.article, rests[0].article)]


@pytest.mark.parametrize(
    ("titles", "rests"),
    [
        (("渡口停航三年今复航", "县剧团面向全县招收新学员"), ("剧团招新（上接第1版）", "渡口复航")),
        (
            ("渡口停航三年今复航", "县剧团面向全县招收新学员"),
            ("（上接第一版《剧团招新》）", "（上接第一版《渡口复航》）"),
        ),
        (("Ferry service resumes", "Mayor picks new police chief"), ("MAYOR: From A1", "FERRY: Boats to run daily")),
    ],
)
def test_shortened_titles_tell_jumps_apart(titles: tuple[str, str], rests: tuple[str, str]) -> None:
    heads = [half(title, f"/p/{title}.txt", continues_on="4", page="1") for title in titles]
    tails = [half(rest, f"/p/4{at}.txt", continued_from="1", page="4") for at, rest in enumerate(rests)]
    assert match_halves([*heads, *tails]) == [
        (heads[0].article, tails[1].article),
        (heads[1].article, tails[0].article),
    ]


def test_an_article_of_three_parts() -> None:
    first = half("何雄调研产业集聚", continues_on="2", page="1")
    second = half("（上接第一版）", "/p/2.txt", continued_from="1", continues_on="3", page="2")
    for back in ("2", "1"):  # the page before, or that of the beginning
        third = half(f"（上接{back}版）", "/p/3.txt", continued_from=back, page="3")
        found = [(first.article, second.article), (second.article, third.article)]
        assert match_halves([third, second, first]) == found[::-1] or match_halves([first, second, third]) == found


def test_an_article_that_goes_on_on_two_pages() -> None:
    first = half("何雄调研产业集聚", continues_on="2、3", page="1")
    rests = [half("（上接第一版）", f"/p/{page}.txt", continued_from="1", page=page) for page in "23"]
    assert match_halves([first, *rests]) == [(first.article, rest.article) for rest in rests]


def test_parts_that_lead_in_a_circle_are_left_apart() -> None:
    one = half("（上接2版）", "/p/1.txt", continued_from="2", continues_on="2", page="1")
    two = half("（上接1版）", "/p/2.txt", continued_from="1", continues_on="1", page="2")
    assert match_halves([one, two]) == []


def test_unknown_pages_do_not_part_what_fits() -> None:
    head, tail = (Half(replace(each.article, page=None), each.path) for each in (HEAD, TAIL))
    assert match_halves([head, tail]) == [(head.article, tail.article)]


def test_more_jump_lines_than_a_page_has_are_not_compared() -> None:
    others = [half("(上接03版)", f"/p/{number}.txt", continued_from="3", page="4") for number in range(MOST_ON_A_PAGE)]
    assert match_halves([HEAD, TAIL, *others[1:]]) == [(HEAD.article, TAIL.article)]
    assert match_halves([HEAD, TAIL, *others]) == []


def test_an_archive_joins_both_halves_whenever_the_second_comes(tmp_path: Path) -> None:
    pages, index, encoder = tmp_path / "pages", tmp_path / "index", FakeEncoder()
    pages.mkdir()
    for name, text in (("04.txt", BACK), ("01.txt", FRONT)):
        (pages / name).write_text(text, encoding="utf-8")
        ingest([pages], directory=index, encoder=encoder)
        with open_index(index, encoder) as opened:
            documents = {Path(document.source).name: document.id for document in opened.documents()}
            back = opened.article(documents["04.txt"], 0)
            assert (back.date, back.page, back.continued_from) == ("2021-10-14", "4", "1")
            joined = name == "01.txt"
            assert back.title == ("何雄调研产业集聚 (上接01版)" if joined else "(上接01版)")
            assert wholes(opened, encoder)[documents["04.txt"]] == {(documents[name], 0)}
    _, (front,), further = find_document(index, documents["01.txt"])
    assert (front.page, front.continues_on) == ("1", "4")
    assert [(number, rest.document_id) for number, rest in further.items()] == [(0, documents["04.txt"])]


def test_an_archive_joins_three_parts(tmp_path: Path) -> None:
    pages, index, encoder = tmp_path / "pages", tmp_path / "index", FakeEncoder()
    pages.mkdir()
    mast = "洛阳日报 2021年10月14日 星期四 0{}版\n\n"
    texts = {
        "1.txt": mast.format(1) + "## 何雄调研产业集聚\n\n何雄在高新区调研。张大山为局长;\n\n下转②版\n",
        "2.txt": mast.format(2) + "## （上接第一版）\n\n李小川为副局长;\n\n▶下转第三版\n",
        "3.txt": mast.format(3) + "## 上接②版\n\n王远为主任。\n",
    }
    for name, text in texts.items():
        (pages / name).write_text(text, encoding="utf-8")
    ingest([pages], directory=index, encoder=encoder)
    with open_index(index, encoder) as opened:
        opened.check()
        ids = {Path(document.source).name: document.id for document in opened.documents()}
        titles = {name: getattr(opened.article(identifier, 0), "title", None) for name, identifier in ids.items()}
        assert titles == {
            "1.txt": "何雄调研产业集聚",
            "2.txt": "何雄调研产业集聚 （上接第一版）",
            "3.txt": "何雄调研产业集聚 上接②版",
        }
        assert wholes(opened, encoder) == {identifier: {(ids["1.txt"], 0)} for identifier in ids.values()}
        further = {name: opened.halves(identifier) for name, identifier in ids.items()}
        assert {name: [each.document_id for each in found.values()] for name, found in further.items()} == {
            "1.txt": [ids["2.txt"]],
            "2.txt": [ids["3.txt"]],
            "3.txt": [],
        }


def wholes(index: Index, encoder: FakeEncoder) -> dict[str, set[ArticleId]]:
    """Which articles the hits of each document belong to."""
    question = "李小川任什么职务?"
    found: dict[str, set[ArticleId]] = {}
    for hit in retrieve(question, encoder.encode([question], "query")[0], index=index, k=50):
        found.setdefault(hit.chunk.document_id, set()).add(hit.article_id)
    return found


def test_what_comes_and_goes_links_and_unlinks_others(tmp_path: Path) -> None:
    pages, index, encoder = tmp_path / "pages", tmp_path / "index", FakeEncoder()
    pages.mkdir()
    other = FRONT.replace("何雄调研产业集聚", "乙县修路")
    # Each step: what is written (None: removed), and whether the rest on page 4 is known to be that of page 1.
    steps: list[tuple[dict[str, str | None], bool]] = [
        ({"04.txt": BACK, "01.txt": FRONT}, True),
        ({"01b.txt": other}, False),  # two articles of page 1 continue on page 4
        ({"01b.txt": other.replace("10月14日", "10月15日")}, True),  # one of them the day after
        ({"01.txt": None}, False),
        ({"01b.txt": other}, True),
    ]
    for written, joined in steps:
        for name, text in written.items():
            (pages / name).unlink(missing_ok=True)
            if text:
                (pages / name).write_text(text, encoding="utf-8")
        ingest([pages], directory=index, encoder=encoder)
        with open_index(index, encoder) as opened:
            opened.check()
            documents = {Path(document.source).name: document.id for document in opened.documents()}
            first = documents[next(name for name in ("01.txt", "01b.txt") if name in documents)]
            back = documents["04.txt"]
            assert wholes(opened, encoder)[back] == {(first if joined else back, 0)}
            assert {key: each.document_id for key, each in opened.halves(first).items()} == (
                {0: back} if joined else {}
            )


@pytest.mark.parametrize(
    ("line", "onward", "back"),
    [
        ("*下转A06版*", "A6", None),
        ("*（下转第四版）*", "4", None),
        ("*See LEVY, page B4*", "B4", None),
        ("*上接A05版*", None, "A5"),
        ("*（上接第一版）*", None, "1"),
        ("*Continued from Page 1*", None, "1"),
    ],
)
def test_jump_lines_that_markdown_emphasises(line: str, onward: str | None, back: str | None) -> None:
    assert (continues_on(line), continued_from(line)) == (onward, back)

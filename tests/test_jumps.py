"""Articles that continue on another page: their jump lines, and their halves found for each other."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.indexing import ingest
from qa.ingest.jumps import continued_from, continues_on, page_named
from qa.retrieve import retrieve
from qa.store import Index, find_document, open_index
from qa.store.jumps import MOST_ON_A_PAGE, Half, match_halves
from qa.types import Article, ArticleId
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
            assert {key: each.document_id for key, each in opened.second_halves(first).items()} == (
                {0: back} if joined else {}
            )

"""Articles that go on on another page: their jump lines, and their halves found for each other."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.archive import ingest
from qa.ingest.jumps import continued_from, continues_on, page_named
from qa.store import find_document, open_index
from qa.store.jumps import MOST_ON_A_PAGE, Day, Half, first_half, second_half
from qa.types import Article
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
    day = Day([TAIL, HEAD, half("丙", "/p/2.txt", continues_on="5", page="2")])
    assert first_half(TAIL.article, day) == HEAD.article
    assert second_half(HEAD.article, day) == TAIL.article


@pytest.mark.parametrize(
    "other",
    [
        half("乙", "/p/1b.txt", continues_on="4", page="1"),  # two articles of page 1 go on on page 4
        half("(上接01版)", "/p/4b.txt", continued_from="1", page="4"),  # two rests of page 1 are on page 4
    ],
)
def test_what_is_not_certain_is_left_apart(other: Half) -> None:
    day = Day([HEAD, TAIL, other])
    assert first_half(TAIL.article, day) is None
    assert second_half(HEAD.article, day) is None


def test_a_repeated_title_decides() -> None:
    other = half("春天来了", "/p/1b.txt", continues_on="4", page="1")
    spring = half("(上接01版《春天来了》)", "/p/4b.txt", continued_from="1", page="4")
    research = half("(上接01版《何雄调研》)", "/p/4.txt", continued_from="1", page="4")
    day = Day([HEAD, other, spring, research])
    assert first_half(spring.article, day) == other.article
    assert second_half(HEAD.article, day) == research.article


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
    assert first_half(tail.article, Day([HEAD, tail])) is None


def test_unknown_pages_do_not_part_what_fits() -> None:
    head, tail = (Half(replace(each.article, page=None), each.path) for each in (HEAD, TAIL))
    assert first_half(tail.article, Day([head, tail])) == head.article


def test_more_jump_lines_than_a_page_has_are_not_compared() -> None:
    others = [half("丙", f"/p/{number}.txt", continues_on="5", page="1") for number in range(MOST_ON_A_PAGE)]
    assert first_half(TAIL.article, Day([HEAD, TAIL, *others[1:]])) == HEAD.article
    assert first_half(TAIL.article, Day([HEAD, TAIL, *others])) is None


def test_an_archive_joins_both_halves_whenever_the_second_comes(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    index, encoder = tmp_path / "index", FakeEncoder()
    for name, text in (("04.txt", BACK), ("01.txt", FRONT)):
        (tmp_path / "pages" / name).write_text(text, encoding="utf-8")
        ingest([tmp_path / "pages"], directory=index, encoder=encoder)
        with open_index(index, encoder) as opened:
            documents = {Path(document.source).name: document.id for document in opened.documents()}
            back = opened.article(documents["04.txt"], 0)
            assert (back.date, back.page, back.continued_from) == ("2021-10-14", "4", "1")
            joined = name == "01.txt"
            assert back.title == ("何雄调研产业集聚 (上接01版)" if joined else "(上接01版)")
            first = opened.first_half(back.document_id, 0)
            assert (first.title if first else None) == ("何雄调研产业集聚" if joined else None)
    _, (front,), further = find_document(index, documents["01.txt"])
    assert (front.page, front.continues_on) == ("1", "4")
    assert [(number, rest.document_id) for number, rest in further.items()] == [(0, documents["04.txt"])]

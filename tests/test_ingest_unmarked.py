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

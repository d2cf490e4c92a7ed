"""Articles by words and filters: what is found, in which order, how it is counted, and what is marked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.settings import ServerSettings
from qa.config import Settings
from qa.filters import parse_filters
from qa.indexing import ingest
from qa.retrieve.articles import ArticleQuery, find_articles
from qa.service import Models, open_service
from qa.store import Index
from qa.text.highlights import excerpt, marks
from qa.types import Filters
from tests.api_service import NameReader, running
from tests.fakes import FakeEncoder
from tests.finding import nearest

RECORDS = [
    ("a", "东港水库开工", "2020-03-01", "记者 张三 通讯员 李四", "东港日报", "要闻", "东港水库昨日开工，市长到场。"),
    ("b", "水库移民安置", "2020-03-15", "记者 张三", "东港日报", "都市", "安置工作由东港市政府负责。水库移民已迁出。"),
    (
        "c",
        "图书馆延长开放",
        "2021-07-02",
        "By Ann Lee and Bo Chan",
        "江城晚报",
        "都市",
        "图书馆每晚开放到九点。The mayor agreed.",
    ),
    ("d", "東港大橋通車", None, None, "江城晚报", None, "大桥昨日通车，东港居民步行过桥。"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    names = ("id", "title", "date", "byline", "publication", "section", "text")
    lines = [json.dumps(dict(zip(names, record, strict=True)), ensure_ascii=False) for record in RECORDS]
    (folder / "dump.jsonl").write_text("\n".join(lines), encoding="utf-8")
    (folder / "page.html").write_text(
        '<html><body><article><h1>水电费公告</h1><p class="x">自<b>四月</b>起，水费上调一成。</p></article></body>',
        encoding="utf-8",
    )
    ingest([folder / "dump.jsonl", folder / "page.html"], directory=folder / "index", encoder=FakeEncoder())
    return folder


@pytest.fixture(scope="module")
def index(folder: Path) -> Iterator[Index]:
    from qa.store import open_index

    with open_index(folder / "index", FakeEncoder()) as index:
        yield index


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    service = open_service(Settings(folder / "index"), Models(FakeEncoder(), NameReader()))  # type: ignore[arg-type]
    with running(service, ServerSettings(index=folder / "index", public_url="https://example.org/g")) as client:
        yield client


def titles(index: Index, query: ArticleQuery) -> list[str]:
    found = find_articles(query, index)
    return [index.article(each.document_id, each.number).title for each in found.articles]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("水库", {"东港水库开工", "水库移民安置"}),
        ("水库 安置", {"水库移民安置"}),
        ("東港", {"东港水库开工", "水库移民安置", "東港大橋通車"}),
        ("mayor", {"图书馆延长开放"}),
        ("MAYOR 图书馆", {"图书馆延长开放"}),
    ],
)
def test_articles_have_all_words_wherever_these_stand(index: Index, text: str, found: set[str]) -> None:
    result = find_articles(ArticleQuery(text), index)
    assert (result.match, result.total) == ("words", len(found))
    assert set(titles(index, ArticleQuery(text))) == found


def test_what_no_article_has_as_a_whole_is_taken_apart(index: Index) -> None:
    result = find_articles(ArticleQuery("移民水库"), index)
    assert (result.match, result.total, set(result.words)) == ("parts", 1, {"移民", "水库"})
    assert find_articles(ArticleQuery("火星"), index).match == "nearest"
    assert find_articles(ArticleQuery("火星"), index).total == 0


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (parse_filters(publication="东港日报"), ["水库移民安置", "东港水库开工"]),
        (parse_filters(byline="Ann Lee"), ["图书馆延长开放"]),
        (parse_filters(byline="張三"), ["水库移民安置", "东港水库开工"]),
        (parse_filters(edition="都市"), ["图书馆延长开放", "水库移民安置"]),
        (parse_filters(date_from="2020-03-10", date_to="2021"), ["图书馆延长开放", "水库移民安置"]),
        (parse_filters(title="东港大桥"), ["東港大橋通車"]),
        (parse_filters(source="page.html"), ["水电费公告"]),
        (parse_filters(title="无"), []),
    ],
)
def test_filters_narrow_as_they_do_for_questions(index: Index, filters: Filters, found: list[str]) -> None:
    assert titles(index, ArticleQuery(filters=filters)) == found
    chunks = nearest(index, FakeEncoder().encode(["水"], "query")[0], 50, filters)
    assert {chunk.document_id for chunk, _ in chunks} == {
        each.document_id for each in find_articles(ArticleQuery(filters=filters), index).articles
    }


def test_orders_and_pages(index: Index) -> None:
    newest = titles(index, ArticleQuery())
    assert newest[:3] == ["图书馆延长开放", "水库移民安置", "东港水库开工"]
    assert titles(index, ArticleQuery(order="oldest"))[:3] == newest[2::-1]
    assert titles(index, ArticleQuery(order="source"))[:2] == ["东港水库开工", "水库移民安置"]
    pages = [titles(index, ArticleQuery(offset=offset, limit=2)) for offset in (0, 2, 4, 6)]
    assert [title for page in pages for title in page] == newest
    assert [len(page) for page in pages] == [2, 2, 1, 0]


def test_a_field_counts_what_passes_the_other_filters(index: Index) -> None:
    facets = find_articles(
        ArticleQuery(filters=parse_filters(publication="东港日报", date_from="2020-03-10")), index
    ).facets
    assert dict(facets.fields["publication"].values) == {"东港日报": 1, "江城晚报": 1}
    assert dict(facets.fields["edition"].values) == {"都市": 1}
    assert dict(facets.fields["byline"].values) == {"张三": 1}
    assert facets.months == (("2020-03", 2),)
    assert facets.days == (("2020-03-15", 1),)
    everything = find_articles(ArticleQuery(), index).facets
    assert dict(everything.fields["byline"].values) == {"张三": 2, "李四": 1, "Ann Lee": 1, "Bo Chan": 1}
    assert everything.months == (("2020-03", 2), ("2021-07", 1))
    assert (everything.days, everything.undated) == ((), 2)
    assert sum(dict(everything.fields["source"].values).values()) == 5


def test_the_words_are_marked_over_http(client: TestClient) -> None:
    found = client.get("/api/articles", params={"q": "東港 水库", "limit": 1, "order": "oldest"}).json()
    (article,) = found["articles"]
    assert (found["total"], article["title"], article["record"]) == (2, "东港水库开工", "a")
    assert [article["title"][start:end] for start, end in article["title_marks"]] == ["东港水库"]
    assert [article["excerpt"][start:end] for start, end in article["marks"]] == ["东港水库"]
    assert found["facets"]["publication"] == {"values": [{"value": "东港日报", "count": 2}], "distinct": 1}


def test_no_tag_is_shown_of_a_page_in_markup(client: TestClient) -> None:
    (article,) = client.get("/api/articles", params={"q": "水费"}).json()["articles"]
    assert article["excerpt"] == "自四月起，水费上调一成。"
    text = client.get(
        f"/api/documents/{article['document_id']}/text", params={"start": article["start"], "end": article["end"]}
    ).json()
    assert "<b>" in text["text"]
    assert "<" not in text["shown"]
    assert "自四月起，水费上调一成。" in text["shown"]
    for shown, original, length, width in text["runs"]:
        if not width:
            part = text["text"][original - text["start"] :][:length]
            pairs = zip(text["shown"][shown : shown + length], part, strict=True)
            assert all(seen == source for seen, source in pairs if seen not in "#- \n")  # these stand for tags
    passages: list[dict[str, Any]] = client.get("/api/search", params={"q": "水费上调"}).json()["passages"]
    assert all("<" not in passage["text"] for passage in passages)


@pytest.mark.parametrize(
    "parameters", [{"order": "worst"}, {"limit": 0}, {"offset": -1}, {"q": "x" * 1001}, {"from": "soon"}]
)
def test_what_cannot_be_is_refused(client: TestClient, parameters: dict[str, object]) -> None:
    assert client.get("/api/articles", params=parameters).status_code == 422  # type: ignore[arg-type]


def test_info_counts_files_and_records_and_says_what_may_be_done(client: TestClient) -> None:
    found = client.get("/api/info").json()
    counts = {name: found["index"][name] for name in ("documents", "files", "records", "articles")}
    assert counts == {"documents": 5, "files": 2, "records": 4, "articles": 5}
    assert (found["permission"], found["address"]) == ("write", "https://example.org/g/")


def test_a_turn_keeps_its_filters(client: TestClient) -> None:
    body = {"question": "谁?", "from": "2020-03", "publication": "东港"}
    turn = client.post("/api/chat", json=body).json()
    kept = client.get(f"/api/chat/{turn['session_id']}").json()
    assert turn["filters"] == kept["turns"][0]["filters"] == {"from": "2020-03-01", "publication": "东港"}


def test_marks_are_those_of_whole_words() -> None:
    assert marks("May mayor MAY.", ["may"]) == ((0, 3), (10, 13))
    assert marks("㈱东港東港", ["东港"]) == ((1, 5),)
    long = "甲" * 200 + "。乙在东港。" + "丙" * 200
    part = excerpt(long, ["东港"], 50)
    assert part.text.startswith("乙在东港。")
    assert long[part.start : part.start + 50] == part.text
    assert [part.text[start:end] for start, end in part.marks] == ["东港"]

"""What every store does, whatever holds it: the promises of ``qa.store.protocol``, asked of each kind that there is.

A kind is an address to ingest into. The embedded store is asked twice: as it divides itself into segments, which for
archives as small as these is one, and with a segment for each update. Milvus is asked as ``milvus-lite server``, with
both halves of a search; as the server of 2.3.5, which has no sparse vectors, for what takes none; and as any server, of
which ``GAZETTE_TEST_STORE`` is the address.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from embeddings.encoder import Kind, Vectors
from qa.addresses import Address, MilvusAddress, parse_address
from qa.errors import IndexMismatch, InputError, StoreUnreachable
from qa.pages import PlacedPage
from qa.retrieve import retrieve
from qa.retrieve.articles import ArticleQuery, Order, find_articles
from qa.store import Entry, Snapshot, UpdateReport, open_index, reencode, update
from qa.types import Article, Filters
from tests.fakes import FakeEncoder, entry
from tests.finding import matching, nearest
from tests.milvus_servers import LiteServer, missing_lite, missing_old, old_server

if TYPE_CHECKING:
    from pymilvus import MilvusClient

    from qa.store.milvus.client import Server

WIRE = (
    "新华社北京电 国务院昨日任命李某某为某某局局长。会议指出,改革进入关键阶段。会议强调,各地要抓好落实。"
    "与会代表一致认为,报告总结了五年来的工作。会议由张某某主持。"
)
ENCODER = FakeEncoder()


EMBEDDED, SEGMENTS = "embedded", "embedded, a segment for each update"
LITE, OLD, GIVEN = "milvus-lite", "milvus 2.3.5, vectors alone", "GAZETTE_TEST_STORE"
NUMBERS = count()


@pytest.fixture(scope="session")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    server = LiteServer(tmp_path_factory.mktemp("lite") / "data")
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="session")
def old(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with old_server(tmp_path_factory.mktemp("old") / "data") as port:
        yield port


def milvus(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MilvusAddress]:
    """Yield the address of a collection of this test alone, and remove it afterwards."""
    from qa.store.milvus import client

    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GAZETTE_OBJECTS", str(tmp_path / "objects"))
    monkeypatch.setattr("qa.store.milvus.state.SETTLES", 0.0)  # nobody else writes here
    found = parse_address(address)
    assert isinstance(found, MilvusAddress)
    found = replace(found, collection=f"{found.collection}_{os.getpid()}_{next(NUMBERS)}")
    yield found
    for collection in (found, beside(found)):
        assert isinstance(collection, MilvusAddress)
        drop(client.server_at(collection))


def drop(server: "Server") -> None:
    name = server.address.collection
    with suppress(StoreUnreachable):
        if server.resolved(name):
            server.ask(lambda client: client.drop_alias(name))
        for each in server.ask(lambda client: client.list_collections()):
            if each.startswith(f"{name}_"):
                server.ask(partial(_drop, each))


def _drop(collection: str, client: "MilvusClient") -> None:
    client.drop_collection(collection)


def beside(store: Address) -> Address:
    """Return the address of another store of the same kind."""
    return (
        replace(store, collection=f"{store.collection}b") if isinstance(store, MilvusAddress) else store.with_name("b")
    )


@pytest.fixture(params=[EMBEDDED, SEGMENTS, LITE, GIVEN])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Address]:
    kind = request.param
    if kind in (EMBEDDED, SEGMENTS):
        if kind == SEGMENTS:
            monkeypatch.setattr("qa.store.database_writer.staying", len)
        yield tmp_path / "index"
        return
    if kind == GIVEN:
        address = os.environ.get("GAZETTE_TEST_STORE") or pytest.skip("GAZETTE_TEST_STORE names no server")
    elif kind == OLD:
        if reason := missing_old():
            pytest.skip(reason)
        address = f"milvus://127.0.0.1:{request.getfixturevalue('old')}/contract?sparse=no"
    else:
        if reason := missing_lite():
            pytest.skip(reason)
        address = f"milvus://127.0.0.1:{request.getfixturevalue('lite').port}/contract"
    yield from milvus(address, tmp_path, monkeypatch)


without_words = pytest.mark.parametrize("store", [EMBEDDED, SEGMENTS, LITE, OLD, GIVEN], indirect=True)
"""What is asked of a server without sparse vectors as well."""


def put(store: Address, *entries: Entry, remove: tuple[str, ...] = ()) -> UpdateReport:
    return update(store, ENCODER, {}, add=entries, remove=remove)


def opened(store: Address) -> Snapshot:
    return open_index(store, ENCODER)


def matched(store: Address, query: str) -> set[str]:
    """Ids of the documents that the words find, or where these are not searched for, a scan; everything is checked."""
    with opened(store) as index:
        index.check()
        if not has_words(store):
            return {document.id for document in index.documents() if query in document.text}
        return {chunk.document_id for chunk, _ in matching(index, query, 50)}


def has_words(store: Address) -> bool:
    """Whether words are searched for there."""
    return not isinstance(store, MilvusAddress) or store.sparse


def has_patterns(filters: Filters) -> bool:
    return any((filters.source, filters.title, filters.byline, filters.publication, filters.edition))


def near(store: Address, query: str) -> set[str]:
    with opened(store) as index:
        vector = ENCODER.encode([query], "query")[0]
        return {chunk.document_id for chunk, _ in nearest(index, vector, 50)}


def listed(store: Address, text: str = "", filters: Filters = Filters(), order: Order = "source") -> list[str]:  # noqa: B008
    """Ids of the documents of the articles that have all words."""
    with opened(store) as index:
        found = find_articles(ArticleQuery(text, filters, order), index)
        assert found.total == len(found.articles)
        return [each.document_id for each in found.articles]


def dated(name: str, text: str, *, source: str = "", **fields: str | None) -> Entry:
    document, (article,), chunks = entry(name, text, source=source)
    return document, (replace(article, **fields),), chunks  # type: ignore[arg-type]


def test_what_is_put_in_comes_out(store: Address) -> None:
    page = entry("page", "李新建为洛阳市副市长", "孙延文为洛阳市公安局局长", context="任免")
    put(store, page)
    put(store, entry("news", "文博会十月开幕"))
    with opened(store) as index:
        assert index.document("page") == page[0]
        assert index.articles("page") == page[1]
        assert index.article("page", 0) == page[1][0]
        assert [document.id for document in index.documents()] == ["news", "page"]
        assert (index.state.generation, index.state.encoder.dimension) == (2, 64)
        assert (index.state.documents, index.state.articles, index.state.chunks) == (2, 2, 3)
        assert [chunk for chunk, _ in matching(index, "公安局", 5)] == [page[2][1]]
        assert index.articles("other") == ()
        assert index.halves("page") == {}
        with pytest.raises(InputError, match="no document 'other'"):
            index.document("other")
        with pytest.raises(InputError, match="no article 1 in document 'page'"):
            index.article("page", 1)
    index.close()  # a second time, which harms nothing


def test_candidates_have_exact_cosines_and_scores_of_both_halves(store: Address) -> None:
    texts = [f"第{number}号公告 任命张{number}为局长" for number in range(12)]
    put(store, *(entry(f"a{number}", text) for number, text in enumerate(texts[:6])))
    put(store, *(entry(f"b{number}", text) for number, text in enumerate(texts[6:])))
    vector = ENCODER.encode(["张7局长"], "query")[0]
    with opened(store) as index:
        words = {"公告": 1.0, "7": 2.0}
        found = {each.chunk.text: each for each in index.candidates(vector, words, 3)}
        cosines = {text: float(ENCODER.encode([text], "passage")[0] @ vector) for text in texts}
        assert {text: each.cosine for text, each in found.items()} == pytest.approx(
            {text: cosines[text] for text in found}, abs=1e-6
        )
        assert set(sorted(texts, key=lambda text: -cosines[text])[:3]) <= set(found)
        assert found[texts[7]].lexical == max(each.lexical for each in found.values()) > 0
        alone = {each.chunk.text: each for each in index.candidates(None, words, 20)}
        assert (len(alone), {each.cosine for each in alone.values()}) == (12, {0.0})
        assert alone[texts[7]].lexical == pytest.approx(found[texts[7]].lexical)
        assert {each.lexical for each in index.candidates(vector, {}, 20)} == {0.0}


def test_frequencies_count_the_chunks_that_have_a_token(store: Address) -> None:
    put(store, entry("a", "洛阳市", "洛阳"), entry("b", "甲市"))
    put(store, entry("c", "洛阳"))
    with opened(store) as index:
        assert index.frequencies(["洛阳", "甲市", "没有"]) == (4, {"洛阳": 3, "甲市": 1, "没有": 0})


FILTERED: tuple[tuple[Filters, set[str]], ...] = (
    (Filters(), {"old", "new", "undated"}),
    (Filters(date_from="2021-10-13"), {"new"}),
    (Filters(date_to="2021-10-12"), {"old"}),
    (Filters(date_from="2019-05-01", date_to="2021-10-13"), {"old", "new"}),
    (Filters(date_from="0001-01-01"), {"old", "new"}),
    (Filters(source="100%"), {"new"}),
    (Filters(source="a_b"), {"old"}),
    (Filters(source="%"), {"new"}),
    (Filters(source="_"), {"old"}),
    (Filters(source="a.b"), set()),
    (Filters(source='"'), set()),
    (Filters(title="TITLE of new"), {"new"}),
    (Filters(byline="赵六"), {"new"}),
    (Filters(publication="甲城日报"), {"new"}),
    (Filters(page="A7"), {"new"}),
    (Filters(page="a7"), set()),
    (Filters(edition="要聞"), {"old"}),
    (Filters(edition="要闻", date_from="2020-01-01"), set()),
    (Filters(title="' OR 1=1 --"), set()),
)


@without_words
def test_filters_limit_both_halves_and_leave_out_what_has_no_date(store: Address) -> None:
    put(store, dated("old", "张一为甲市市长", source="报/a_b.txt", date="2019-05-01", edition="要闻"))
    put(
        store,
        dated(
            "new", "李二为甲市市长", source="报/100%.txt", date="2021-10-13", byline="記者 趙六",
            publication="甲城日報", page="A7",
        ),
        dated("undated", "赵四为甲市市长", source="报/axb.txt", date=None, byline=None),
    )  # fmt: skip
    # A server without sparse vectors knows no patterns for words either.
    cases = [each for each in FILTERED if has_words(store) or not has_patterns(each[0])]
    assert len(cases) >= 7
    with opened(store) as index:
        index.check()
        vector = ENCODER.encode(["甲市市长"], "query")[0]
        for filters, expected in cases:
            assert {chunk.document_id for chunk, _ in nearest(index, vector, 50, filters)} == expected, filters
            if has_words(store):
                assert {chunk.document_id for chunk, _ in matching(index, "甲市市长", 50, filters)} == expected, filters
                found = find_articles(ArticleQuery(filters=filters), index)
                assert {each.document_id for each in found.articles} == expected, filters


def test_filters_change_no_score(store: Address) -> None:
    put(store, dated("old", "张一为甲市市长", date="2019-05-01"), dated("new", "李二为甲市市长", date="2021-10-13"))
    put(store, dated("newer", "王二为甲市市长", date="2021-11-13"))
    with opened(store) as index:
        everything = matching(index, "甲市市长李二", 10)
        assert matching(index, "甲市市长李二", 10, Filters(date_from="2021-10")) == [
            pair for pair in everything if pair[0].document_id != "old"
        ]
        assert len(everything) == 3


@without_words
def test_a_document_with_fewer_chunks_takes_the_place_of_one_with_more(store: Address) -> None:
    put(store, entry("page", "李新建为副市长", "孙延文为副市长", "张武清为副市长"), entry("other", "王某为副市长"))
    report = put(store, entry("page", "周某为局长"))
    assert (report.replaced, report.encoded) == (1, 1)
    assert matched(store, "副市长") == {"other"}
    assert matched(store, "局长") == {"page"}
    with opened(store) as index:
        assert index.state.chunks == 2
        assert index.document("page").text == "周某为局长"
    put(store, entry("page", "吴某为院长", "郑某为院长"))
    assert (matched(store, "局长"), matched(store, "院长")) == (set(), {"page"})
    assert near(store, "局长") == {"page", "other"}


@without_words
def test_what_is_deleted_is_found_nowhere_and_may_come_back(store: Address) -> None:
    page = entry("page", "李新建为副市长")
    put(store, page, entry("other", "王某为副市长"))
    assert put(store, remove=("page", "never there")).removed == 1
    assert matched(store, "副市长") == near(store, "副市长") == {"other"}
    with opened(store) as index:
        assert (index.state.documents, index.state.chunks) == (1, 1)
        assert [each.id for each in index.summaries(None, 5)] == ["other"]
        with pytest.raises(InputError):
            index.document("page")
    report = put(store, page)
    assert (report.added, report.unchanged) == (1, 0)
    assert matched(store, "副市长") == near(store, "副市长") == {"page", "other"}
    assert put(store, page).unchanged == 1


def test_simplified_and_traditional_characters_find_each_other(store: Address) -> None:
    put(store, entry("traditional", "國慶節洛陽接待遊客"))
    put(store, entry("simplified", "国庆节洛阳接待游客"), entry("other", "别的"))
    assert matched(store, "國慶遊客") == matched(store, "国庆游客") == {"traditional", "simplified"}


@without_words
def test_near_duplicates_are_one_story_whenever_they_come(store: Address) -> None:
    put(store, dated("a", WIRE, date="2021-10-13"), entry("letter", WIRE.replace("李某某", "王某某")))
    put(store, dated("b", "本报综合消息。" + WIRE, date="2021-10-15"))
    put(store, dated("c", WIRE, date="2021-10-14"), entry("short", "会议召开。"))
    vector = ENCODER.encode(["谁任命李某某为局长?"], "query")[0]

    def told() -> dict[str, list[str]]:
        with opened(store) as index:
            index.check()
            hits = retrieve("谁任命李某某为局长?", vector, index=index, k=9)
            return {hit.chunk.document_id: [twin.document_id for twin in hit.twins] for hit in hits}

    found = told()
    (first,) = found.keys() & {"a", "b", "c"}
    assert found == {first: [name for name in ("b", "c", "a") if name != first], "letter": [], "short": []}
    with opened(store) as index:
        (story,) = {each.story for each in index.candidates(vector, {}, 9) if each.story is not None}
        assert [chunk.document_id for chunk in index.twins(story, 2)] == ["b", "c"]
        early = index.twins(story, 9, Filters(date_to="2021-10-14"))
        assert [chunk.document_id for chunk in early] == ["c", "a"]
    put(store, entry("b", "别的"))
    assert told() == {"c": ["a"], "letter": [], "short": [], "b": []}


def test_continued_articles_are_linked_and_unlinked_across_updates(store: Address) -> None:
    def page(name: str, title: str, number: str, **jump: str) -> Entry:
        document, _, chunks = entry(name, f"{title}的正文{name}")
        article = Article(name, 0, title, 0, len(document.text), date="2021-10-14", page=number, **jump)
        return document, (article,), chunks

    def links() -> tuple[str, dict[int, str], set[tuple[str, int] | None]]:
        with opened(store) as index:
            index.check()
            rest = {number: each.document_id for number, each in index.halves("front").items()}
            found = index.candidates(None, {"正文": 1.0}, 9)
            title = index.article("back", 0).title
            return title, rest, {each.continues for each in found if each.chunk.document_id == "back"}

    front, back = page("front", "修路", "1", continues_on="4"), page("back", "(上接01版)", "4", continued_from="1")
    put(store, back)
    assert links() == ("(上接01版)", {}, {None})
    put(store, front)
    assert links() == ("修路 (上接01版)", {0: "back"}, {("front", 0)})
    put(store, page("other", "开会", "1", continues_on="4"))
    assert links() == ("(上接01版)", {}, {None})
    put(store, remove=("other",))
    assert links() == ("修路 (上接01版)", {0: "back"}, {("front", 0)})
    put(store, page("front", "修桥", "1", continues_on="4"))
    assert links() == ("修桥 (上接01版)", {0: "back"}, {("front", 0)})
    put(store, page("back", "完全别的", "4"))
    assert links() == ("完全别的", {}, {None})


@without_words
def test_summaries_go_on_after_a_document(store: Address) -> None:
    put(store, *(entry(f"d{number}", f"第{number}篇", source=f"{number % 2}.txt") for number in range(4)))
    put(
        store,
        *(entry(f"e{number}", f"第{number}篇", source=f"{number % 2}.txt") for number in range(3)),
        remove=("d2",),
    )
    with opened(store) as index:
        headline = index.article("d0", 0).title
        everything = [each.id for each in index.summaries(None, 99)]
        assert everything == ["d0", "e0", "e2", "d1", "d3", "e1"]
        after, found = None, list[str]()
        while page := index.summaries(after, 2):
            found += [each.id for each in page]
            after = page[-1].source, page[-1].id
        assert found == everything
        assert index.summaries(None, 1)[0] == ("d0", "0.txt", None, None, 1, headline)


def test_articles_are_listed_counted_and_found_wherever_they_are(store: Address) -> None:
    put(
        store,
        dated("b", "水库开工", source="1.txt", date="2020-03-01", publication="东港日报", byline="记者 张三"),
        dated("gone", "水库旧闻", source="1.txt", date="2020-04-01", publication="旧报"),
        dated("d", "水库旧稿", source="2.txt", date="2020-05-01", publication="旧报"),
    )
    first, second = "水库移民 安置开始", "水库移民已经迁出,水库移民 安置在新村,水库移民"
    document, (article,), chunks = entry("a", first, second, source="2.txt", date="2021-07-02", byline=None)
    put(
        store,
        (document, (replace(article, publication="江城晚报"),), chunks),
        dated("d", "大桥通车", source="2.txt", date=None, publication="江城晚报", byline="张三 李四"),
        remove=("gone",),
    )
    put(store, dated("c", "水库 移民 安置", source="0.txt", date="2020-03-15", publication="东港日报", edition="都市"))
    assert listed(store) == ["c", "b", "a", "d"]
    assert listed(store, order="newest") == ["a", "c", "b", "d"]
    assert listed(store, "水库") == ["c", "b", "a"]
    assert listed(store, "移民 安置", Filters(publication="江城")) == ["a"]
    assert listed(store, filters=Filters(title="title of d")) == ["d"]
    with opened(store) as index:
        columns, facets = index.columns, find_articles(ArticleQuery(), index).facets
        assert [columns.article(place)[0] for place in range(len(columns))] == ["c", "b", "a", "d"]
        assert (columns.place("a", 0), columns.files, columns.records) == (2, 3, 0)
        assert facets.fields["publication"].values == (("东港日报", 2), ("江城晚报", 2))
        assert facets.fields["byline"].values == (("张三", 2), ("李记者", 1), ("李四", 1))
        assert (facets.months, facets.undated) == ((("2020-03", 2), ("2021-07", 1)), 1)
        assert index.titles_where("OF A").tolist() == [False, False, True, False]
        assert index.having(["水库", "移民"]).places.tolist() == [0, 2]
        assert index.having([]).places.tolist() == []
        assert index.passage(2) == chunks[0]
        assert index.passage(2, ["移民"]) == max(chunks, key=lambda chunk: scored(index, "移民")[chunk.id])
        assert index.passage(2, ["迁出"]) == chunks[1]
        assert index.passage(3, ["水库"]) is None
        assert index.origin("a") == ("2.txt", None, None)
        with pytest.raises(InputError, match="no document 'gone'"):
            index.origin("gone")


def scored(index: Snapshot, query: str) -> dict[str, float]:
    return {chunk.id: score for chunk, score in matching(index, query, 50)}


def test_pages_and_heads_come_back(store: Address) -> None:
    page, heads = PlacedPage(2, 595.0, 842.0, 0, 8, "packed"), ((0, "年份"), (5, "人数"))
    document, articles, (chunk,) = entry("a", "李新建为副市长。")
    placed = replace(document, pages=(page,))
    put(store, (placed, articles, (replace(chunk, heads=heads),)), entry("b", "没有"))
    put(store, entry("c", "也没有"))
    put(store, entry("b", "还是没有"))
    with opened(store) as index:
        assert [each.pages for each in map(index.document, ("a", "b", "c"))] == [(page,), (), ()]
        assert {each.chunk.id: each.chunk.heads for each in index.candidates(None, {"新建": 1.0}, 9)} == {
            chunk.id: heads
        }


@pytest.fixture
def kept(store: Address) -> Iterator[Snapshot]:
    put(store, entry("page", "李新建为副市长"), entry("gone", "王某为副市长"))
    with opened(store) as index:
        yield index


@without_words
def test_a_snapshot_stays_what_it_was(store: Address, kept: Snapshot) -> None:
    def seen() -> tuple[object, ...]:
        words = matching(kept, "副市长", 9) if has_words(store) else []
        return nearest(kept, ENCODER.encode(["副市长"], "query")[0], 9), words, kept.state

    before = seen()
    put(store, entry("page", "周某为局长"), entry("new", "郑某为副市长"), remove=("gone",))
    assert kept.document("page").text == "李新建为副市长"
    assert seen() == before
    assert matched(store, "副市长") == {"new"}


@without_words
def test_an_id_of_a_passage_belongs_to_one_document(store: Address) -> None:
    put(store, entry("a", "甲"))
    document, articles, (chunk,) = entry("b", "乙")
    with pytest.raises(ValueError, match="its id or a chunk's is taken"):
        put(store, (document, articles, (replace(chunk, id="a-0"),)))
    assert matched(store, "甲") == {"a"}
    put(store, remove=("a",))
    assert put(store, (document, articles, (replace(chunk, id="a-0"),))).added == 1
    assert matched(store, "乙") == {"b"}


@without_words
def test_many_small_updates_equal_one_large(store: Address) -> None:
    texts = [f"第{number}号公告:任命张{number}为局长" for number in range(30)]
    entries = [entry(f"d{number}", text) for number, text in enumerate(texts)]
    put(beside(store), *entries[5:])
    put(store, *entries[:10])
    put(store, *entries[10:20], remove=("d0", "d1"))
    put(store, *entries[20:], remove=("d2", "d3", "d4"))
    vector = ENCODER.encode(["张17局长"], "query")[0]
    scores, counts = list[dict[str, float]](), list[int]()
    for place in (beside(store), store):
        with opened(place) as index:
            index.check()
            scores.append({chunk.id: score for chunk, score in nearest(index, vector, 30)})
            counts.append(index.state.chunks)
    assert scores[0] == pytest.approx(scores[1])
    assert len(scores[0]) == 25
    assert counts == [25, 25]


servers = pytest.mark.parametrize("store", [LITE, OLD, GIVEN], indirect=True)
"""What only servers do."""


@servers
def test_another_encoder_has_a_collection_of_its_own_to_which_the_address_leads_at_once(store: Address) -> None:
    other, vector = FakeEncoder(dimension=32), ENCODER.encode(["副市长"], "query")[0]
    put(store, dated("a", WIRE, date="2021-10-13"), entry("page", "李新建为副市长", "周某为局长"))
    put(store, dated("b", WIRE, date="2021-10-14"))
    with opened(store) as kept:
        before = nearest(kept, vector, 9)
        report = reencode(store, other)
        assert (report.revision, report.added, report.encoded) == (3, 3, 3)  # "a" and "b" have one text
        assert nearest(kept, vector, 9) == before
        assert kept.document("page").text == "李新建为副市长\n周某为局长"
    for refused in (lambda: opened(store), lambda: put(store, entry("c", "丙"))):
        with pytest.raises(IndexMismatch, match="made with the encoder"):
            refused()
    with pytest.raises(InputError, match="already"):
        reencode(store, other)
    with open_index(store, other) as index:
        index.check()
        assert (index.state.encoder.dimension, index.state.documents, index.state.chunks) == (32, 3, 4)
        query = other.encode(["谁为副市长"], "query")[0]
        texts = {chunk.text: cosine for chunk, cosine in nearest(index, query, 9)}
        cosines = {text: float(other.encode([text], "passage")[0] @ query) for text in texts}
        assert texts == pytest.approx(cosines, abs=1e-6)
        assert len(texts) == 3
        (story,) = {each.story for each in index.candidates(query, {}, 9) if each.story is not None}
        assert [chunk.document_id for chunk in index.twins(story, 2)] == ["b", "a"]
    update(store, other, {}, add=[entry("c", "丙为院长")], remove=["a"])
    report = reencode(store, ENCODER)  # back: what is known of the first is not encoded again
    assert (report.revision, report.added, report.removed, report.unchanged, report.encoded) == (5, 1, 1, 2, 1)
    assert near(store, "院长") == {"b", "page", "c"}
    assert matched(store, "院长") == {"c"}


@servers
def test_until_another_encoder_has_encoded_all_the_address_leads_to_what_is_there(store: Address) -> None:
    class Failing(FakeEncoder):
        def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
            if len(self.encoded["passage"]) >= 256:
                raise KeyboardInterrupt
            return super().encode(texts, kind)

    put(store, entry("page", *(f"第{number}号公告" for number in range(300))))
    with pytest.raises(KeyboardInterrupt):
        reencode(store, Failing(dimension=32))
    with opened(store) as index:
        index.check()
        assert (index.state.generation, index.state.chunks) == (1, 300)
    assert put(store, entry("b", "乙")).added == 1  # and it is written there
    report = reencode(store, FakeEncoder(dimension=32))
    assert (report.revision, report.added) == (3, 2)
    with open_index(store, FakeEncoder(dimension=32)) as index:
        index.check()
        assert (index.state.documents, index.state.chunks) == (2, 301)

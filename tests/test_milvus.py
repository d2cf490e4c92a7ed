"""The store in Milvus, beyond what every store does: servers that fail, several writers, what a row may hold."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from qa.addresses import MilvusAddress, parse_address
from qa.errors import IndexDirectoryError, IndexMismatch, StoreUnreachable
from qa.store import Entry, VectorSearch, document_states, measured_search, open_index, read_state, update
from qa.types import Filters
from tests.fakes import FakeEncoder, entry
from tests.finding import matching, nearest
from tests.milvus_servers import LiteServer, missing_lite

if missing_lite() is None:
    from pymilvus import MilvusException

    from qa.store.milvus.client import Server, server_at
    from qa.store.milvus.recall import measured_recall
    from qa.store.milvus.schema import Row, records_of
    from qa.store.milvus.state import read_current

pytestmark = pytest.mark.skipif(missing_lite() is not None, reason=missing_lite() or "")
ENCODER = FakeEncoder()
DOCTESTS = ("expressions", "frequencies", "sparse")


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    server = LiteServer(tmp_path_factory.mktemp("lite") / "data")
    server.start()
    yield server
    server.kill()


@pytest.fixture
def store(
    lite: LiteServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> MilvusAddress:
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GAZETTE_OBJECTS", str(tmp_path / "objects"))
    monkeypatch.setattr("qa.store.milvus.state.SETTLES", 0.0)
    name = f"t{abs(hash(request.node.name)):x}"
    found = parse_address(f"milvus://127.0.0.1:{lite.port}/{name}")
    assert isinstance(found, MilvusAddress)
    return found


def texts(store: MilvusAddress) -> set[str]:
    with open_index(store, ENCODER) as index:
        index.check()
        return {document.text for document in index.documents()}


@pytest.mark.parametrize("module", DOCTESTS)
def test_the_examples_hold(module: str) -> None:
    import doctest
    from importlib import import_module

    result = doctest.testmod(import_module(f"qa.store.milvus.{module}"))
    assert result.attempted > 0
    assert result.failed == 0


def test_nothing_of_it_is_imported_for_a_directory(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from tests.fakes import FakeEncoder, entry\n"
        "from qa.store import open_index, update\n"
        "import api.app, qa.service, qa.cli, qa.indexing\n"
        f"index = pathlib.Path({str(tmp_path / 'index')!r})\n"
        "update(index, FakeEncoder(), {}, add=[entry('a', '李新建为副市长')])\n"
        "open_index(index, FakeEncoder()).close()\n"
        "names = {name.partition('.')[0] for name in sys.modules}\n"
        "print(sorted(names & {'pymilvus', 'grpc', 'ray', 'pandas'}),"
        " 'qa.store.milvus' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[] False\n"


def test_a_text_that_would_end_a_literal_is_a_text(store: MilvusAddress) -> None:
    names = ['a"b', "a'b", "a\\b", "100%", "a_b", "甲\n乙", 'x" or since >= 0 or "']
    update(store, ENCODER, {}, add=[entry(f"d{n}", "张一为市长", source=name) for n, name in enumerate(names)])
    with open_index(store, ENCODER) as index:
        for number, name in enumerate(names):
            found = matching(index, "市长", 20, Filters(source=name))
            assert [chunk.document_id for chunk, _ in found] == [f"d{number}"]
            assert [each.source for each in index.summaries(None, 9) if each.id == f"d{number}"] == [name]
    assert set(document_states(store)) == {f"d{number}" for number in range(len(names))}


def test_a_chunk_that_is_too_long_for_a_row_is_read_from_the_original(store: MilvusAddress) -> None:
    document, articles, (chunk,) = entry("a", "李新建为副市长")
    long = replace(chunk, heads=((0, "长" * 40_000),))
    update(store, ENCODER, {}, add=[(document, articles, (long,)), entry("b", "别的")])
    with open_index(store, ENCODER) as index:
        assert [chunk for chunk, _ in matching(index, "副市长", 5)] == [long]


def test_an_original_that_is_altered_or_gone_is_told(store: MilvusAddress, tmp_path: Path) -> None:
    update(store, ENCODER, {}, add=[entry("a", "李新建为副市长"), entry("b", "别的")])
    (original,) = (tmp_path / "objects" / "documents" / "a").iterdir()
    other = next((tmp_path / "objects" / "documents" / "b").iterdir()).read_bytes()
    with open_index(store, ENCODER) as index:
        assert index.document("b").text == "别的"
        original.write_bytes(other)
        with pytest.raises(IndexDirectoryError, match=r"document a in .* is altered: it is not what was ingested"):
            index.document("a")
        original.write_bytes(b"no")
        with pytest.raises(IndexDirectoryError, match=r"document a in .* is altered"):
            index.document("a")
        original.unlink()
        with pytest.raises(IndexDirectoryError, match=r"is missing; .*GAZETTE_OBJECTS"):
            index.document("a")


def test_encoders_and_chunkings_are_never_mixed(store: MilvusAddress) -> None:
    update(store, ENCODER, {"size": 1}, add=[entry("a", "甲")])
    other = FakeEncoder(dimension=32)
    with pytest.raises(IndexMismatch, match="made with the encoder"):
        open_index(store, other)
    with pytest.raises(IndexMismatch, match="made with the encoder"):
        update(store, other, {"size": 1}, add=[entry("b", "乙")])
    with pytest.raises(IndexMismatch, match="cut by other rules"):
        update(store, ENCODER, {"size": 2}, add=[entry("b", "乙")])
    with pytest.raises(IndexMismatch, match="with sparse vectors"):
        open_index(replace(store, sparse=False), ENCODER)
    assert texts(store) == {"甲"}


def test_what_is_over_is_swept_and_a_document_that_came_back_stays(
    store: MilvusAddress, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.store.milvus.sweeping.KEPT", -1.0)
    page, folder = entry("page", "李新建为副市长"), tmp_path / "objects" / "documents" / "page"
    update(store, ENCODER, {}, add=[page])
    (first,) = folder.iterdir()
    update(store, ENCODER, {}, add=[entry("page", "周某为局长")])
    assert first not in set(folder.iterdir())
    update(store, ENCODER, {}, add=[page])
    assert list(folder.iterdir()) == [first]
    assert texts(store) == {"李新建为副市长"}
    update(store, ENCODER, {}, remove=["page"])
    assert list(folder.iterdir()) == []


def test_a_writer_that_died_leaves_nothing_and_costs_no_text_to_be_encoded_again(store: MilvusAddress) -> None:
    update(store, ENCODER, {}, add=[entry("a", "甲公告"), entry("b", "乙公告")])

    def dying() -> Iterator[Entry]:
        yield entry("a", *(f"第{number}号" for number in range(300)))
        yield entry("c", "丙公告")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(store, ENCODER, {}, add=dying(), remove=["b"])
    assert texts(store) == {"甲公告", "乙公告"}
    report = update(store, ENCODER, {}, add=[entry("a", *(f"第{number}号" for number in range(300)))])
    assert report.encoded == 0
    with open_index(store, ENCODER) as index:
        index.check()
        assert index.state.chunks == 301


def test_three_writers_of_the_same_documents_leave_none_twice(
    store: MilvusAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.store.milvus.state.SETTLES", 0.5)
    entries, failed = [entry(f"d{number}", f"第{number}号公告", "正文") for number in range(20)], list[Exception]()

    def write() -> None:
        while True:
            try:
                update(store, FakeEncoder(), {}, add=entries)
            except IndexDirectoryError as error:
                if "another process" not in str(error):
                    failed.append(error)
                    return
            except Exception as error:
                failed.append(error)
                return
            else:
                return

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failed == []
    assert len(texts(store)) == 20
    with open_index(store, ENCODER) as index:
        assert (index.state.generation, index.state.documents, index.state.chunks) == (1, 20, 40)
        assert len(nearest(index, ENCODER.encode(["公告"], "query")[0], 99)) == 40


def test_a_server_killed_in_mid_write_loses_nothing_that_was_acknowledged_and_recovers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("qa.store.milvus.state.SETTLES", 0.0)
    monkeypatch.setattr("qa.store.milvus.client.WRITE", 3.0)
    monkeypatch.setattr("qa.store.milvus.client.READ", 3.0)
    server = LiteServer(tmp_path / "data")
    server.start()
    store = parse_address(f"milvus://127.0.0.1:{server.port}/killed?objects={tmp_path / 'objects'}")
    acknowledged = list[str]()
    try:
        for number in range(3):
            update(store, ENCODER, {}, add=[entry(f"d{number}", f"第{number}号公告")])
            acknowledged.append(f"第{number}号公告")

        def dying() -> Iterator[Entry]:
            yield entry("d0", *(f"新{number}" for number in range(300)))
            server.kill()
            yield entry("d9", *(f"后{number}" for number in range(300)))

        opened = open_index(store, ENCODER)
        with pytest.raises(StoreUnreachable, match="the server does not answer"):
            update(store, ENCODER, {}, add=dying())
        began = time.monotonic()
        with pytest.raises(StoreUnreachable):
            read_state(store, timeout=1.0)
        assert time.monotonic() - began < 2
        with pytest.raises(StoreUnreachable):
            opened.candidates(None, {"公告": 1.0}, 9)
        server.start()
        deadline = time.monotonic() + 60
        while True:  # the same snapshot, with nothing done to it
            try:
                found = {chunk.text for chunk, _ in matching(opened, "公告", 9)}
                break
            except StoreUnreachable:
                assert time.monotonic() < deadline
        assert found == set(acknowledged)
        assert isinstance(store, MilvusAddress)
        assert texts(store) == set(acknowledged)
        update(store, ENCODER, {}, add=[entry("d4", "第4号公告")])
        assert texts(store) == {*acknowledged, "第4号公告"}
    finally:
        server.kill()


def test_recall_is_told_as_it_is_measured_and_not_otherwise(
    store: MilvusAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry(f"d{number}", *(f"第{number}号公告{line}" for line in range(4))) for number in range(50)]
    update(store, ENCODER, {}, add=entries)
    assert read_state(store).vectors == VectorSearch("Milvus HNSW", None)
    assert str(read_state(store).vectors) == "Milvus HNSW, recall not measured"
    assert measured_search(store, ENCODER) == VectorSearch("Milvus HNSW", 1.0)
    narrow = Filters(date_from="2021-10-13", title="title of d7")
    assert measured_recall(store, ENCODER, ["第7号", "公告"], narrow) == [1.0, 1.0]
    assert measured_recall(store, ENCODER, ["第7号"], Filters(date_from="2022")) == []
    whole = Server.search

    def forgetful(server: Server, *asked: Any) -> list[tuple[Row, float]]:
        found = whole(server, *asked)
        scores = sorted((score for _, score in found), reverse=True)
        return [pair for pair in found if pair[1] in scores[:7]][:7]

    monkeypatch.setattr(Server, "search", forgetful)
    assert measured_search(store, ENCODER) == VectorSearch("Milvus HNSW", 0.7)


def test_what_conditions_look_up_has_an_index(store: MilvusAddress) -> None:
    update(store, ENCODER, {}, add=[entry("a", "甲")])
    server = server_at(store)
    passages = str(server.resolved(store.collection))
    there = {
        name: set(server.ask(lambda client, name=name: client.list_indexes(name)))  # type: ignore[misc]
        for name in (passages, records_of(passages))
    }
    assert there[passages] >= {"dense", "sparse", "date", "page", "chunk", "document", "embedded", "band0", "band7"}
    assert there[records_of(passages)] >= {"anchor", "name", "document", "other", "path"}


def test_where_few_pass_all_are_compared_whatever_the_graph_finds(
    store: MilvusAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(store, ENCODER, {}, add=[entry(f"d{number}", f"第{number}号公告") for number in range(9)])
    vector, page = ENCODER.encode(["第3号公告"], "query")[0], Filters(date_from="2021-10-13")
    with open_index(store, ENCODER) as index:
        before = nearest(index, vector, 4, page)
        assert before[0][0].document_id == "d3"
        monkeypatch.setattr(Server, "search", lambda *asked: [])
        assert nearest(index, vector, 4, page) == before
        assert nearest(index, vector, 4) == []
        monkeypatch.setattr("qa.store.milvus.collection.FEW", 8)
        assert nearest(index, vector, 4, page) == []


def test_once_enough_was_written_the_server_is_told_to_build_its_graph(
    store: MilvusAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = list[str]()
    monkeypatch.setattr("qa.store.milvus.draft.LOOSE", 3)
    monkeypatch.setattr(Server, "seal", lambda server, collection: told.append(collection))
    for number, sealed in enumerate([0, 1, 1, 2]):
        update(store, ENCODER, {}, add=[entry(f"d{number}", "甲", "乙")])
        assert len(told) == sealed
    monkeypatch.undo()
    with monkeypatch.context() as patch:
        patch.setattr("pymilvus.MilvusClient.flush", refuse)
        server_at(store).seal(told[0])  # costs nothing but time
    server_at(store).seal(told[0])


def test_what_readers_see_is_in_the_graph_before_many_rows_are_in_none(
    store: MilvusAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = list[int]()

    def seal(server: Server, collection: str) -> None:
        current = read_current(server, collection)
        sealed.append(current.generation if current else 0)

    def put(*names: str, remove: tuple[str, ...] = ()) -> None:
        update(store, ENCODER, {}, add=[entry(name, f"{name}甲", f"{name}乙") for name in names], remove=remove)

    monkeypatch.setattr(Server, "seal", seal)
    monkeypatch.setattr("qa.store.milvus.draft.LOOSE", 4)
    put("a", "b", "c")
    assert sealed == [0]  # before anyone sees it
    put("d")
    put("e", "f")
    assert sealed == [0, 2]  # of which some are seen, while others are written
    put("g")
    put(remove=("a",))
    assert sealed == [0, 2, 4]
    put(remove=("b",))
    assert sealed == [0, 2, 4]
    put(remove=("c",))
    assert sealed == [0, 2, 4, 6]  # rows that go are written again, and seen until then


def test_what_an_interrupted_update_has_left_counts(store: MilvusAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> Iterator[Entry]:
        yield entry("a", "丙", "丁", "戊")
        raise KeyboardInterrupt

    update(store, ENCODER, {}, add=[entry("a", "甲", "乙")])
    monkeypatch.setattr("qa.store.milvus.draft.ENCODE_AT_ONCE", 1)
    with pytest.raises(KeyboardInterrupt):
        update(store, ENCODER, {}, add=interrupted())
    update(store, ENCODER, {}, add=[entry("b", "己")])
    current = read_current(server_at(store), str(server_at(store).resolved(store.collection)))
    assert current is not None
    # Two at first, three that are taken back, two that were to go and stay after all, and one.
    assert current.loose == 8
    assert texts(store) == {"甲\n乙", "己"}


def refuse(*asked: object, **options: object) -> None:
    raise MilvusException(message="rate limit exceeded")

"""Opening an index: every kind of damage is named with the way out, and threads may share what opens."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.errors import VectorIndexError
from qa.errors import IndexCorrupt, IndexMismatch, IndexMissing, InputError
from qa.store import document_states, open_index, read_manifest, update
from qa.store.manifest import FORMAT
from tests.fakes import FakeEncoder, entry
from tests.finding import matching, nearest

ENTRIES = [entry("page", "李新建为洛阳市人民政府副市长", "孙延文为洛阳市公安局局长"), entry("news", "文博会十月开幕")]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    update(tmp_path / "index", FakeEncoder(), {"size": 200}, add=ENTRIES)
    return tmp_path / "index"


def test_what_was_put_in_comes_out(directory: Path) -> None:
    with open_index(directory, FakeEncoder()) as index:
        assert list(index.documents()) == [ENTRIES[1][0], ENTRIES[0][0]]
        assert index.document("page") == ENTRIES[0][0]
        assert index.articles("page") == ENTRIES[0][1]
        assert index.article("page", 0) == ENTRIES[0][1][0]
        assert [chunk for chunk, _ in matching(index, "公安局局长", 5)] == [ENTRIES[0][2][1]]
        with pytest.raises(InputError, match="no document 'other'"):
            index.document("other")
        with pytest.raises(InputError, match="no article 7 in document 'page'"):
            index.article("page", 7)


def test_dense_search_gives_the_inner_product_with_the_stored_vectors(directory: Path) -> None:
    encoder = FakeEncoder()
    vector = encoder.encode(["公安局局长"], "query")[0]
    with open_index(directory, encoder) as index:
        found = nearest(index, vector, 10)
        passages = encoder.encode([chunk.embedded for chunk, _ in found], "passage")
        assert len(found) == 3
        np.testing.assert_array_equal([score for _, score in found], np.vecdot(passages, vector))
        assert nearest(index, vector, 1) == found[:1]
        with pytest.raises(VectorIndexError, match=r"shape \(1, 3\) for an index of dimension 64"):
            index.candidates(np.ones(3, np.float32), {}, 5)


def test_no_index(tmp_path: Path) -> None:
    for place in (tmp_path / "none", tmp_path):
        with pytest.raises(IndexMissing, match=f"{place}: no index there; run: gazette ingest PATH --index {place}"):
            open_index(place, FakeEncoder())
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(IndexMissing, match="no index there"):
        open_index(tmp_path / "file", FakeEncoder())


def test_an_index_of_another_encoder(directory: Path) -> None:
    with pytest.raises(IndexMismatch) as caught:
        open_index(directory, FakeEncoder(name="fake/other"))
    message = str(caught.value)
    assert all(
        part in message for part in (str(directory), "fake/hashed-characters", "fake/other", "gazette ingest PATH")
    )
    with pytest.raises(IndexMismatch, match=r"64 dimensions.*32 dimensions"):
        open_index(directory, FakeEncoder(32))


def test_the_same_encoder_under_another_name_will_do(directory: Path) -> None:
    encoder = FakeEncoder()
    encoder.name = "a folder with the same model"
    with open_index(directory, encoder) as index:
        assert index.state.encoder.name == "fake/hashed-characters"


def parts(directory: Path) -> list[Path]:
    folder = directory / "revision-000001"
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".lock"]


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def emptied(_: bytes) -> bytes:
    return b""


def altered(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


@pytest.mark.parametrize("harm", [cut, emptied, altered])
def test_a_damaged_part_is_named(directory: Path, harm: Callable[[bytes], bytes]) -> None:
    assert {"archive-000001.sqlite", "vectors-000001.faiss", "meta.json"} <= {path.name for path in parts(directory)}
    for path in parts(directory):
        whole = path.read_bytes()
        path.write_bytes(harm(whole))
        name = path.relative_to(directory / "revision-000001").as_posix()
        with pytest.raises(IndexCorrupt, match=f"{directory}: {name} (altered|[0-9]+ bytes, not [0-9]+)") as caught:
            open_index(directory, FakeEncoder())
        assert ("in a new folder" in str(caught.value)) == (name == "archive-000001.sqlite")
        assert f"gazette ingest PATH --index {directory}" in str(caught.value)
        path.write_bytes(whole)
    open_index(directory, FakeEncoder()).close()


def test_a_missing_part_is_named(directory: Path) -> None:
    for path in parts(directory):
        whole = path.read_bytes()
        path.unlink()
        with pytest.raises(IndexCorrupt, match=f"{path.name} missing"):
            open_index(directory, FakeEncoder())
        path.write_bytes(whole)


def test_a_manifest_cut_anywhere_is_refused(directory: Path) -> None:
    path = directory / "manifest.json"
    whole = path.read_bytes()
    for length in range(0, len(whole) - 1, 10):
        path.write_bytes(whole[:length])
        with pytest.raises(IndexCorrupt, match=r"manifest\.json: truncated or altered"):
            read_manifest(directory)
    with pytest.raises(IndexCorrupt, match="make an index in a new folder"):
        open_index(directory, FakeEncoder())
    with pytest.raises(IndexCorrupt, match="make an index in a new folder"):
        document_states(directory)


@pytest.mark.parametrize(
    "harm",
    [
        {"revision": "1"},
        {"chunks": -1},
        {"parts": {}},
        {"vectors": {}},
        {"parts": []},
        {"encoder": {"name": "only"}},
        {"unknown": 1},
        {"documents": None},
    ],
)
def test_an_altered_manifest_is_refused(directory: Path, harm: dict[str, Any]) -> None:
    path = directory / "manifest.json"
    fields = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(fields | harm), encoding="utf-8")
    with pytest.raises(IndexCorrupt, match="truncated or altered"):
        open_index(directory, FakeEncoder())


def test_another_format_and_another_revision(directory: Path) -> None:
    path = directory / "manifest.json"
    fields = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(fields | {"format": 99}), encoding="utf-8")
    with pytest.raises(IndexMismatch, match=f"index format 99, this version reads {FORMAT}; make an index"):
        open_index(directory, FakeEncoder())
    path.write_text(json.dumps(fields | {"metric": "cosine"}), encoding="utf-8")
    with pytest.raises(IndexMismatch, match="by cosine, this version compares by inner product; make an index"):
        open_index(directory, FakeEncoder())
    path.write_text(json.dumps(fields | {"revision": 2}), encoding="utf-8")
    with pytest.raises(IndexCorrupt, match=r"archive-000001\.sqlite missing"):
        open_index(directory, FakeEncoder())


def test_large_parts_are_hashed_by_check_alone(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = directory / "revision-000001" / "archive-000001.sqlite"
    data = archive.read_bytes()
    place = data.index("李新建".encode())
    archive.write_bytes(data[:place] + "李旧建".encode() + data[place + 9 :])
    monkeypatch.setattr("qa.store.manifest.HASHED_AT_OPEN", 0)
    with (
        open_index(directory, FakeEncoder()) as index,
        pytest.raises(IndexCorrupt, match=r"archive-000001\.sqlite altered; make an index"),
    ):
        index.check()


def test_check_counts_what_hashes_cannot_know(directory: Path) -> None:
    path = directory / "manifest.json"
    fields = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(fields | {"documents": 3, "chunks": 4}), encoding="utf-8")
    with open_index(directory, FakeEncoder()) as index, pytest.raises(IndexCorrupt) as caught:
        index.check()
    assert "2 documents, not 3; 3 chunks, not 4; 3 vectors, not 4; 3 lexical entries, not 4" in str(caught.value)


def test_threads_share_an_index(directory: Path) -> None:
    encoder = FakeEncoder()
    vector = encoder.encode(["副市长"], "query")[0]
    with open_index(directory, encoder) as index, ThreadPoolExecutor(8) as threads:

        def ask(_: int) -> object:
            return nearest(index, vector, 3), matching(index, "副市长", 3), index.document("page").text

        assert all(answer == ask(0) for answer in threads.map(ask, range(400)))


def test_a_revision_published_while_opening_is_opened_instead(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = FakeEncoder()
    stale = read_manifest(directory)
    update(directory, encoder, {"size": 200}, remove=["news"])
    manifests = iter([stale, read_manifest(directory)])
    monkeypatch.setattr("qa.store.index.read_manifest", lambda _: next(manifests))
    with open_index(directory, encoder) as index:
        assert index.state.generation == 2
        assert [document.id for document in index.documents()] == ["page"]

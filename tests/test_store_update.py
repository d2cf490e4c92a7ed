"""Updates: only what changed is encoded, what is removed is found nowhere, and one writer at a time."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from embeddings.encoder import Kind, Vectors
from embeddings.errors import EncoderError
from qa.errors import IndexCorrupt, IndexDirectoryError, IndexMismatch, IndexUnwritable
from qa.store import (
    DocumentState,
    Entry,
    UpdateReport,
    VectorSearch,
    document_states,
    kept_passages,
    open_index,
    read_manifest,
    update,
)
from tests.fakes import FakeEncoder, entry
from tests.finding import matching, nearest

CHUNKING = {"size": 200, "overlap": 0}
PAGE = entry("page", "李新建为洛阳市人民政府副市长", "孙延文为洛阳市人民政府副市长")
NEWS = entry("news", "文博会十月开幕", context="文博会")


def put(directory: Path, encoder: FakeEncoder, *entries: Entry, remove: Iterable[str] = ()) -> UpdateReport:
    return update(directory, encoder, CHUNKING, add=entries, remove=list(remove))


def found(directory: Path, encoder: FakeEncoder, query: str) -> tuple[set[str], set[str]]:
    """The chunks that either search finds among its ten best."""
    with open_index(directory, encoder) as index:
        index.check()
        vector = encoder.encode([query], "query")[0]
        dense, lexical = nearest(index, vector, 10), matching(index, query, 10)
    return {chunk.id for chunk, _ in dense}, {chunk.id for chunk, _ in lexical}


def test_a_first_update_makes_an_index_that_answers(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    done: list[tuple[int, int]] = []
    report = update(tmp_path / "index", encoder, CHUNKING, add=[PAGE, NEWS], progress=lambda *now: done.append(now))
    assert report == UpdateReport(revision=1, added=2, replaced=0, removed=0, unchanged=0, encoded=3)
    assert done == [(3, 3)]
    assert found(tmp_path / "index", encoder, "副市长") == ({"page-0", "page-1", "news-0"}, {"page-0", "page-1"})
    manifest = read_manifest(tmp_path / "index")
    assert (manifest.documents, manifest.articles, manifest.chunks) == (2, 2, 3)
    assert manifest.chunking == CHUNKING
    assert manifest.encoder.name == encoder.name
    assert set(manifest.libraries) == {"faiss-cpu", "rjieba", "tantivy"}


def test_what_is_encoded_is_the_context_with_the_text(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, NEWS)
    assert encoder.encoded == {"query": [], "passage": ["文博会\n文博会十月开幕"]}


def test_unchanged_documents_are_not_encoded_again(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, PAGE, NEWS)
    report = put(tmp_path, encoder, PAGE, NEWS)
    assert report == UpdateReport(revision=1, added=0, replaced=0, removed=0, unchanged=2, encoded=0)
    assert len(encoder.encoded["passage"]) == 3


def test_a_changed_document_is_replaced_and_only_its_new_text_encoded(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, PAGE, NEWS)
    report = put(tmp_path, encoder, entry("page", "张武清为洛阳市人民政府副市长", "孙延文为洛阳市人民政府副市长"), NEWS)
    assert report == UpdateReport(revision=2, added=0, replaced=1, removed=0, unchanged=1, encoded=1)
    assert encoder.encoded["passage"][3:] == ["张武清为洛阳市人民政府副市长"]
    assert found(tmp_path, encoder, "李新建") == ({"page-0", "page-1", "news-0"}, set())
    with open_index(tmp_path, encoder) as index:
        assert index.document("page").text == "张武清为洛阳市人民政府副市长\n孙延文为洛阳市人民政府副市长"


def test_a_moved_document_is_not_encoded_again(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, PAGE)
    moved = entry("elsewhere", *(chunk.text for chunk in PAGE[2]))
    report = put(tmp_path, encoder, moved, remove=["page"])
    assert report == UpdateReport(revision=2, added=1, replaced=0, removed=1, unchanged=0, encoded=0)
    assert document_states(tmp_path) == {
        "elsewhere": DocumentState("elsewhere.txt", "/archive/elsewhere.txt", PAGE[0].sha256)
    }


def test_equal_texts_are_encoded_once(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    report = put(tmp_path, encoder, entry("a", "同样的话", "同样的话"), entry("b", "同样的话"))
    assert (report.added, report.encoded) == (2, 1)
    assert found(tmp_path, encoder, "同样的话")[1] == {"a-0", "a-1", "b-0"}


def test_a_removed_document_is_found_nowhere(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, PAGE, NEWS)
    report = put(tmp_path, encoder, remove=["page", "never there"])
    assert report == UpdateReport(revision=2, added=0, replaced=0, removed=1, unchanged=0, encoded=0)
    assert found(tmp_path, encoder, "副市长") == ({"news-0"}, set())
    assert list(document_states(tmp_path)) == ["news"]


def test_the_last_document_can_go(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, NEWS)
    put(tmp_path, encoder, remove=["news"])
    assert found(tmp_path, encoder, "文博会") == (set(), set())


def test_an_update_of_nothing_makes_an_empty_index(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    assert put(tmp_path, encoder).revision == 1
    assert found(tmp_path, encoder, "文博会") == (set(), set())


def test_states_of_no_index(tmp_path: Path) -> None:
    assert document_states(tmp_path / "none") == {}


def test_many_small_updates_equal_one_large(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    texts = [f"第{number}号公告:任命张{number}为局长" for number in range(30)]
    entries = [entry(f"d{number}", text) for number, text in enumerate(texts)]
    put(tmp_path / "one", encoder, *entries[5:])
    put(tmp_path / "many", encoder, *entries[:10])
    put(tmp_path / "many", encoder, *entries[10:20], remove=["d0", "d1"])
    put(tmp_path / "many", encoder, *entries[20:], remove=["d2", "d3", "d4"])
    vector = encoder.encode(["张17局长"], "query")[0]
    with open_index(tmp_path / "one", encoder) as one, open_index(tmp_path / "many", encoder) as many:
        many.check()
        ranked = [[(chunk.id, score) for chunk, score in nearest(index, vector, 30)] for index in (one, many)]
        assert dict(ranked[0]) == pytest.approx(dict(ranked[1]))
        assert len(ranked[0]) == 25


def test_a_snapshot_stays_what_it_was(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, PAGE)
    with open_index(tmp_path, encoder) as index:
        put(tmp_path, encoder, NEWS, remove=["page"])
        vector = encoder.encode(["副市长"], "query")[0]
        assert {chunk.id for chunk, _ in nearest(index, vector, 10)} == {"page-0", "page-1"}
        assert len(matching(index, "副市长", 10)) == 2
        assert [document.id for document in index.documents()] == ["page"]
    assert found(tmp_path, encoder, "副市长") == ({"news-0"}, set())


def test_only_the_current_revision_is_kept(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    for number in range(3):
        put(tmp_path, encoder, entry(f"d{number}", f"第{number}篇"))
    assert {path.name for path in tmp_path.iterdir()} == {"manifest.json", "revision-000003", "writer.lock"}


def test_a_second_writer_is_told_who_writes(tmp_path: Path) -> None:
    encoder = FakeEncoder()

    def entries() -> Iterable[Entry]:
        with pytest.raises(IndexDirectoryError, match=r"process \d+ on .+ is writing to it; wait until it is done"):
            put(tmp_path, encoder, NEWS)
        yield PAGE

    assert update(tmp_path, encoder, CHUNKING, add=entries()).added == 1
    with FileLock(tmp_path / "writer.lock"), pytest.raises(IndexDirectoryError, match="another process is writing"):
        put(tmp_path, encoder, NEWS)
    assert put(tmp_path, encoder, NEWS).added == 1


def test_another_encoder_or_chunking_is_refused(tmp_path: Path) -> None:
    put(tmp_path, FakeEncoder(), PAGE)
    with pytest.raises(
        IndexMismatch, match=r"made with encoder fake/hashed-characters \(64 .*not other \(32 .*gazette ingest"
    ):
        put(tmp_path, FakeEncoder(32, name="other"), PAGE)
    with pytest.raises(IndexMismatch, match=r"chunked with \{'size': 200, 'overlap': 0\}, not \{'size': 100\}"):
        update(tmp_path, FakeEncoder(), {"size": 100}, add=[PAGE])


def test_one_id_for_two_contents_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, NEWS)
    with pytest.raises(ValueError, match=r"document page \(page\.txt\) is given twice, with different content"):
        put(tmp_path, encoder, PAGE, entry("page", "另一篇"))
    assert put(tmp_path, encoder, NEWS, NEWS).unchanged == 1
    assert found(tmp_path, encoder, "副市长") == ({"news-0"}, set())


class Failing(FakeEncoder):
    """Encodes as many texts as it is told, then fails."""

    def __init__(self, texts: int) -> None:
        super().__init__()
        self.left = texts

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        self.left -= len(texts)
        if self.left < 0:
            raise KeyboardInterrupt
        return super().encode(texts, kind)


def test_an_interrupted_update_leaves_the_old_revision_and_is_not_paid_for_twice(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, NEWS)
    long = [entry(f"d{number}", *(f"第{number}篇第{line}行" for line in range(96))) for number in range(8)]
    for _ in range(2):  # each time 256 of the 768 texts are encoded before it fails
        with pytest.raises(KeyboardInterrupt):
            put(tmp_path, Failing(300), *long, remove=["news"])
        assert found(tmp_path, encoder, "文博会") == ({"news-0"}, {"news-0"})
        assert not (tmp_path / "next").exists()
    report = put(tmp_path, encoder, *long[::-1], remove=["news"])
    assert report == UpdateReport(revision=2, added=8, replaced=0, removed=1, unchanged=0, encoded=256)
    assert not (tmp_path / "encoded.sqlite").exists()
    assert found(tmp_path, encoder, "第3篇第50行")[1] >= {"d3-50"}


def test_a_damaged_file_of_an_interrupted_update_is_begun_anew(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    (tmp_path / "encoded.sqlite").write_bytes(b"SQLite format 3\x00 but not really")
    assert put(tmp_path, encoder, PAGE).encoded == 2
    assert not (tmp_path / "encoded.sqlite").exists()


def test_vectors_that_do_not_fit_are_refused_at_once(tmp_path: Path) -> None:
    class Short(FakeEncoder):
        def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
            return super().encode(texts, kind)[:, :-1]

    class Lost(FakeEncoder):
        def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
            return super().encode(texts, kind) * np.float32("nan")

    for encoder in (Short(), Lost()):
        with pytest.raises(
            EncoderError, match=r"2 texts of dimension 64 came back in shape \(2, 6[34]\), or not all finite"
        ):
            put(tmp_path, encoder, PAGE)


def test_damaged_derived_parts_are_made_again_from_the_archive(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, PAGE, NEWS)
    expected = found(tmp_path, encoder, "副市长")
    folder = tmp_path / "revision-000001"
    (folder / "vectors-000001.faiss").write_bytes(b"")
    for path in (folder / "lexical").iterdir():
        path.unlink()
    with pytest.raises(IndexCorrupt, match=r"vectors-000001\.faiss 0 bytes.*gazette ingest PATH"):
        open_index(tmp_path, encoder)
    report = put(tmp_path, encoder)
    assert report == UpdateReport(revision=2, added=0, replaced=0, removed=0, unchanged=0, encoded=0)
    assert found(tmp_path, encoder, "副市长") == expected


def test_a_damaged_archive_is_not_built_upon(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    put(tmp_path, encoder, PAGE)
    archive = tmp_path / "revision-000001" / "archive-000001.sqlite"
    archive.write_bytes(archive.read_bytes()[:5000])
    with pytest.raises(IndexCorrupt, match=r"archive-000001\.sqlite 5000 bytes, not \d+; make an index"):
        put(tmp_path, encoder, NEWS)


def test_a_folder_in_use_for_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "next").mkdir()
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(IndexDirectoryError, match=r"letters\.txt"):
        update(tmp_path, FakeEncoder(), {}, add=[entry("a", "甲")])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters.txt", "next"]


def test_a_large_index_is_approximate_with_its_recall_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.index.EXACT_UP_TO", 200)
    encoder = FakeEncoder()
    many = [entry(f"d{number}", *(f"第{number}篇第{line}行" for line in range(30))) for number in range(12)]
    put(tmp_path, encoder, *many[:6])
    assert read_manifest(tmp_path).state.vectors == VectorSearch("IDMap2,Flat", 1.0)
    put(tmp_path, encoder, *many[:10])
    grown = read_manifest(tmp_path).state.vectors
    assert grown.kind.startswith("IVF17,RaBitQfs")
    assert grown.recall is not None
    assert 0.99 <= grown.recall <= 1
    put(tmp_path, encoder, *many, remove=["d0"])
    assert read_manifest(tmp_path).state.vectors.kind.startswith("IVF18,RaBitQfs")
    dense, _ = found(tmp_path, encoder, "第11篇第7行")
    assert "d11-7" in dense
    put(tmp_path, encoder, remove=[f"d{number}" for number in range(2, 12)])
    assert read_manifest(tmp_path).state.vectors == VectorSearch("IDMap2,Flat", 1.0)


def test_a_disk_that_is_full_at_any_point_is_said_and_leaves_the_old_revision(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.test_store_update", str(tmp_path / "index")]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    messages = done.stdout.splitlines()
    assert len(messages) > 3
    assert all("cannot be written" in message and "run the same command again" in message for message in messages)


def fill_the_disk(directory: Path) -> None:
    """Forbid files beyond a size, then beyond larger ones, until the update goes through; print what it said."""
    encoder = FakeEncoder()
    put(directory, encoder, NEWS)
    whole = found(directory, encoder, "文博会")
    long = [entry(f"d{number}", *(f"第{number}篇第{line}行" for line in range(150))) for number in range(4)]
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    for size in [0, 1 << 10, *(step << 14 for step in range(1, 400, 3))]:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
        try:
            put(directory, encoder, NEWS, *long)
        except IndexUnwritable as error:
            message = str(error)
        else:
            break
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        os.write(1, message.replace("\n", " ").encode() + b"\n")
        assert found(directory, encoder, "文博会") == whole
        assert not (directory / "next").exists()
    assert len(document_states(directory)) == 5
    found(directory, encoder, "文博会")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnwritable, match="cannot be written"):
        put(tmp_path / "file" / "index", FakeEncoder(), NEWS)


def test_entries_that_fail_leave_no_folder_behind(tmp_path: Path) -> None:
    def failing(number: int) -> Entry:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        update(tmp_path / "index", FakeEncoder(), {}, add=map(failing, [1]))
    assert not (tmp_path / "index").exists()


def test_passages_kept_are_counted(tmp_path: Path) -> None:
    assert kept_passages(tmp_path) == 0
    with pytest.raises(KeyboardInterrupt):
        put(tmp_path, Failing(256), entry("long", *(f"第{line}行" for line in range(300))))
    assert kept_passages(tmp_path) == 256
    (tmp_path / "encoded.sqlite").write_bytes(b"nonsense")
    assert kept_passages(tmp_path) == 0


if __name__ == "__main__":
    fill_the_disk(Path(sys.argv[1]))

"""Segments: an update writes what changes, there are few of them, and each part is made again alone."""

import os
from pathlib import Path

import pytest

from qa.errors import IndexCorrupt
from qa.store import open_index, update
from tests.fakes import FakeEncoder, entry
from tests.finding import matching, nearest

ENCODER = FakeEncoder()


def put(directory: Path, *numbers: int, remove: tuple[int, ...] = ()) -> None:
    """Documents of ten passages each."""
    entries = [entry(f"d{n}", *(f"第{n}篇第{line}行:会议听取了第{n}号报告" for line in range(10))) for n in numbers]
    update(directory, ENCODER, {}, add=entries, remove=[f"d{n}" for n in remove])


def files(directory: Path) -> dict[str, os.stat_result]:
    (folder,) = directory.glob("revision-*")
    return {path.relative_to(folder).as_posix(): path.stat() for path in folder.rglob("*") if path.is_file()}


def archives(directory: Path) -> list[str]:
    return sorted(name for name in files(directory) if name.startswith("archive-"))


def written_by(directory: Path, number: int) -> tuple[int, set[str]]:
    """Bytes of the files that one document more makes new, and the names of those that both revisions have."""
    before = files(directory)
    put(directory, number)
    after = files(directory)
    shared = {name for name, stat in after.items() if name in before and stat.st_ino == before[name].st_ino}
    return sum(stat.st_size for name, stat in after.items() if name not in shared), shared


def test_one_page_costs_as_much_whatever_the_size_of_the_index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.store.database_writer.SMALL", 1 << 17)
    costs = []
    for size in (100, 300):
        directory = tmp_path / str(size)
        put(directory, *range(size))
        cost, shared = written_by(directory, 1000)
        assert {"archive-000001.sqlite", "vectors-000001.faiss"} <= shared
        again, shared = written_by(directory, 1001)
        assert {"archive-000001.sqlite", "vectors-000001.faiss"} <= shared
        assert archives(directory) == ["archive-000001.sqlite", "archive-000003.sqlite"]
        costs.append((cost, again))
        with open_index(directory, ENCODER) as index:
            index.check()
            assert index.state.chunks == 10 * (size + 2)
            assert {chunk.document_id for chunk, _ in matching(index, "第1000号", 10)} == {"d1000"}
    assert costs[1][0] < 1.1 * costs[0][0]
    assert costs[1][1] < 1.1 * costs[0][1]


def test_segments_stay_few_and_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.store.database_writer.SMALL", 0)
    most = 0
    for number in range(24):
        put(tmp_path, number, *([number - 5] if number > 8 else []), remove=(number - 8,))
        most = max(most, len(archives(tmp_path)))
    assert 2 <= most <= 4
    with open_index(tmp_path, ENCODER) as index:
        index.check()
        assert {document.id for document in index.documents()} == {f"d{number}" for number in range(16, 24)}
        vector = ENCODER.encode(["第20篇第3行"], "query")[0]
        assert len(nearest(index, vector, 500)) == index.state.chunks == 80


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("qa.store.database_writer.staying", len)
    put(tmp_path, 1, 2)
    put(tmp_path, 3)
    return tmp_path


def test_a_damaged_part_of_a_segment_is_made_again_alone(two: Path) -> None:
    before = files(two)
    damaged = two / "revision-000002" / "vectors-000001.faiss"
    damaged.rename(two.parent / f"{two.name}-before")  # whose inode no other file can have then
    damaged.write_bytes(b"x" * before["vectors-000001.faiss"].st_size)
    with pytest.raises(IndexCorrupt, match=r"vectors-000001\.faiss altered; run: gazette ingest"):
        open_index(two, ENCODER)
    put(two)
    after = files(two)
    assert {"archive-000001.sqlite", "archive-000002.sqlite", "vectors-000002.faiss"} == {
        name for name in before if name in after and "/" not in name and before[name].st_ino == after[name].st_ino
    }
    with open_index(two, ENCODER) as index:
        index.check()


def test_an_update_of_nothing_finds_damage_of_large_parts(two: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qa.store.manifest.HASHED_AT_OPEN", 0)
    damaged = max((two / "revision-000002" / "lexical").glob("*.store"))
    whole = damaged.read_bytes()
    damaged.unlink()
    damaged.write_bytes(bytes([whole[0] ^ 1]) + whole[1:])
    with open_index(two, ENCODER) as index, pytest.raises(IndexCorrupt, match="store altered; run: gazette ingest"):
        index.check()
    put(two, 3)
    with open_index(two, ENCODER) as index:
        assert index.state.generation == 3
        index.check()


def test_rows_are_not_used_again_after_a_segment_has_lost_all_of_its_own(two: Path) -> None:
    put(two, remove=(3,))
    put(two, remove=(1, 2))
    put(two, 4)
    with open_index(two, ENCODER) as index:
        index.check()
        assert {chunk.document_id for chunk, _ in matching(index, "报告", 90)} == {"d4"}
        assert len(nearest(index, ENCODER.encode(["报告"], "query")[0], 90)) == 10

"""Letting go of mapped files: the memory goes, what is in the file stays."""

import mmap
import sys
from pathlib import Path

import pytest

from embeddings.mapped import release, watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")

SIZE = 8 << 20


def resident(file: Path) -> int:
    """Return the bytes of a file's mappings that are in memory, or of those of all files in a folder."""
    found, counted = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split(" ", 1)[0]:
            counted = line.endswith(f" {file}") or f" {file}/" in line
        elif counted and line.startswith("Rss:"):
            found += int(line.split()[1]) * 1024
    return found


def test_what_is_mapped_for_reading_is_let_go_of_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "weights of a graph.bin"
    file.write_bytes(b"ab" * (SIZE // 2))
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        assert mapped[:] == b"ab" * (SIZE // 2)
        assert resident(file) == SIZE
        release(file)
        assert resident(file) == 0
        assert mapped[SIZE // 2 : SIZE // 2 + 4] == b"abab"


def test_what_may_have_been_written_to_stays(tmp_path: Path) -> None:
    file = tmp_path / "copied.bin"
    file.write_bytes(b"a" * SIZE)
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY) as mapped:
        mapped[:] = b"b" * SIZE
        release(file)
        assert mapped[:] == b"b" * SIZE


def test_a_file_that_is_not_mapped_is_no_error(tmp_path: Path) -> None:
    release(tmp_path / "none")


def test_of_a_folder_only_what_was_mapped_meanwhile_is_let_go_of(tmp_path: Path) -> None:
    ours, theirs = tmp_path / "folder" / "ours", tmp_path / "folder-2"
    ours.parent.mkdir()
    for file in (ours, theirs):
        file.write_bytes(b"ab" * (SIZE // 2))
    with (
        ours.open("rb") as stream,
        theirs.open("rb") as beside,
        mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as before,
        mmap.mmap(beside.fileno(), 0, access=mmap.ACCESS_READ) as outside,
    ):
        mapped, mappings = watched(ours.parent, lambda: mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        with mapped:
            assert before[:] == outside[:] == mapped[:] == b"ab" * (SIZE // 2)
            assert resident(ours) == 2 * SIZE
            mappings.release(1 << 40)
            assert resident(ours) == 2 * SIZE
            mappings.release(SIZE)
            assert resident(ours) == resident(theirs) == SIZE
            assert mapped[-4:] == b"abab"


def test_a_folder_of_which_nothing_is_mapped_is_no_error(tmp_path: Path) -> None:
    found, mappings = watched(tmp_path / "none", lambda: 7)
    assert found == 7
    assert not mappings.places
    mappings.release(0)

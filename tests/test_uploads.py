"""Documents that are added and removed one by one: file and index agree, whatever fails and whenever it is killed."""

import multiprocessing
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from qa import uploads
from qa.errors import IndexDirectoryError, IndexMissing, SourceError
from qa.ingest.files import file_id, refuse
from qa.store import document_states
from qa.store.files import writer_lock
from tests import hostile
from tests.api_service import archive_service
from tests.benchmarks.upload_kills import agrees, kill_at_random
from tests.fakes import FakeEncoder

TEXT = "丙镇教育会议由{}主持。"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    archive_service(tmp_path).close()
    return tmp_path / "index"


def add(index: Path, name: str, data: bytes) -> list[str]:
    return uploads.add(name, data, refuse, folder=index.with_name("kept"), directory=index, encoder=FakeEncoder())


def remove(index: Path, identifier: str) -> bool:
    return uploads.remove(identifier, folder=index.with_name("kept"), directory=index, encoder=FakeEncoder())


def kept(index: Path) -> dict[str, str]:
    """The files of the folder, what is aside included."""
    folder = index.with_name("kept")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def indexed(index: Path) -> dict[str, str]:
    """The hash of each file of the folder, as the index has it."""
    states = document_states(index).values()
    return {Path(state.path).name: state.sha256 for state in states if Path(state.path).parent.name == "kept"}


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def test_a_file_is_kept_under_its_name_for_its_owner_alone(index: Path) -> None:
    text = TEXT.format("赵某某")
    (identifier,) = add(index, "2021-10-15.txt", text.encode())
    assert kept(index) == {"2021-10-15.txt": text}
    state = document_states(index)[identifier]
    assert (state.sha256, Path(state.path)) == (digest(text), index.with_name("kept") / "2021-10-15.txt")
    assert identifier == file_id(index.with_name("kept") / "2021-10-15.txt")
    folder = index.with_name("kept")
    assert stat.S_IMODE((folder / "2021-10-15.txt").stat().st_mode) == 0o600
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, index)] == [0o700, 0o700]


def test_a_file_of_several_documents_replaces_all_of_its_former_ones(index: Path) -> None:
    records = [f'{{"id": "{name}", "text": "{TEXT.format(name)}"}}\n' for name in "abc"]
    ids = add(index, "d.jsonl", "".join(records).encode())
    assert [identifier.rpartition(":")[2] for identifier in ids] == ["a", "b", "c"]
    assert add(index, "d.jsonl", records[1].encode()) == ids[1:2]
    assert {key for key, state in document_states(index).items() if state.path.endswith("d.jsonl")} == {ids[1]}
    assert kept(index) == {"d.jsonl": records[1]}


def test_a_file_of_others_goes_through_the_process_apart(index: Path) -> None:
    (identifier,) = add(index, "w.docx", hostile.word("<w:p><w:r><w:t>丙镇会议由钱某某主持。</w:t></w:r></w:p>"))
    assert Path(document_states(index)[identifier].path).name == "w.docx"


@pytest.mark.parametrize("data", [b"", b" \n", bytes(range(256)) * 4])
def test_what_cannot_be_read_changes_nothing(index: Path, data: bytes) -> None:
    text = TEXT.format("赵某某")
    add(index, "a.txt", text.encode())
    with pytest.raises(SourceError):
        add(index, "a.txt", data)
    assert (kept(index), indexed(index)) == ({"a.txt": text}, {"a.txt": digest(text)})


def test_an_index_that_has_vanished_is_not_made_anew_of_one_document(index: Path) -> None:
    (index / "manifest.json").rename(index.with_name("lost.json"))
    with pytest.raises(IndexMissing):
        add(index, "a.txt", TEXT.encode())
    assert not (index / "manifest.json").exists()
    assert (index / "revision-000001" / "archive-000001.sqlite").exists()
    index.with_name("lost.json").rename(index / "manifest.json")
    assert len(document_states(index)) == 2
    add(index, "a.txt", TEXT.encode())
    assert len(document_states(index)) == 3


def test_while_another_writes_nothing_is_touched(index: Path) -> None:
    text = TEXT.format("赵某某")
    (identifier,) = add(index, "a.txt", text.encode())
    with writer_lock(index):
        with pytest.raises(IndexDirectoryError):
            add(index, "a.txt", b"other")
        with pytest.raises(IndexDirectoryError):
            remove(index, identifier)
    assert (kept(index), indexed(index)) == ({"a.txt": text}, {"a.txt": digest(text)})


@pytest.mark.parametrize("fails", ["rename", "publish"])
def test_what_fails_on_the_way_leaves_both_old_or_both_new(
    index: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    old, new = TEXT.format("赵某某"), TEXT.format("钱某某")
    add(index, "a.txt", old.encode())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        if fails == "publish":
            patch.setattr("qa.store.manifest.replace_text", full)
        else:
            patch.setattr(Path, "replace", full)
        with pytest.raises(IndexDirectoryError):
            add(index, "a.txt", new.encode())
    if fails == "publish":
        assert (kept(index), indexed(index)) == ({"a.txt": old}, {"a.txt": digest(old)})
        return
    add(index, "b.txt", old.encode())
    expected = new if indexed(index)["a.txt"] == digest(new) else old
    assert kept(index) == {"a.txt": expected, "b.txt": old}


def test_a_removal_that_fails_keeps_file_and_document(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = TEXT.format("赵某某")
    (identifier,) = add(index, "a.txt", text.encode())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("qa.store.manifest.replace_text", full)
        with pytest.raises(IndexDirectoryError):
            remove(index, identifier)
    assert (kept(index), indexed(index)) == ({"a.txt": text}, {"a.txt": digest(text)})
    assert remove(index, identifier)
    assert (kept(index), indexed(index)) == ({}, {})
    assert not remove(index, identifier)


@pytest.mark.parametrize(("text", "belongs"), [("赵某某", True), ("钱某某", False)])
def test_what_a_crash_left_aside_goes_where_the_index_has_it(index: Path, text: str, belongs: bool) -> None:
    data = TEXT.format("赵某某")
    add(index, "a.txt", data.encode())
    folder = index.with_name("kept")
    (folder / "a.txt").unlink()
    (folder / ".incoming" / "a.txt").write_text(TEXT.format(text), "utf-8")
    uploads.finish_interrupted(folder, index)
    assert kept(index) == ({"a.txt": data} if belongs else {})


def _upload_all(index: Path, text: str, rounds: int) -> None:
    done = 0
    while done < rounds:
        try:
            add(index, "same.txt", f"{text} {done}".encode())
        except IndexDirectoryError:
            continue
        done += 1


def test_two_processes_leave_file_and_index_the_same(index: Path) -> None:
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_upload_all, args=(index, TEXT.format(name), 6)) for name in ("赵某某", "钱某某")]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert [process.exitcode for process in both] == [0, 0]
    ((name, text),) = kept(index).items()
    assert indexed(index) == {name: digest(text)}


def test_agreement_is_checked(index: Path) -> None:
    add(index, "a.txt", TEXT.encode())
    assert agrees(index, index.with_name("kept"))
    (index.with_name("kept") / "a.txt").write_text("other", "utf-8")
    assert not agrees(index, index.with_name("kept"))


def test_a_killed_upload_loses_and_doubles_nothing(tmp_path: Path) -> None:
    outcome = kill_at_random(tmp_path, kills=3, seed=1)
    assert outcome.killed == 3

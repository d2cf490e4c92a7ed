"""No code path removes what is a user's, no message advises it, and no reader sees damage while a writer publishes."""

import json
import re
import threading
from pathlib import Path

import pytest

from qa.cli import run
from qa.errors import IndexCorrupt, IndexDirectoryError
from qa.store import check_index, find_document, open_index, read_manifest
from tests.fakes import FakeEncoder, entry
from tests.test_store_update import NEWS, PAGE, put

ROOT = Path(__file__).parent.parent


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "name",
    ["revision-mydata", "revision-1", "revision-0000001", "revision-000002.bak", "revision-00000２", "nextcloud"],
)
def test_folders_of_like_names_in_an_index_stay(tmp_path: Path, name: str) -> None:
    put(tmp_path, FakeEncoder(), PAGE)
    mine = tmp_path / name
    mine.mkdir()
    (mine / "letters.txt").write_text("mine")
    put(tmp_path, FakeEncoder(), NEWS)
    assert read_manifest(tmp_path).revision == 2
    assert tree(mine) == {"letters.txt": b"mine"}


@pytest.mark.parametrize("name", ["next", "revision-000007", "revision-000001"])
@pytest.mark.parametrize("known", [True, False], ids=["index", "no index"])
def test_a_folder_of_our_name_with_other_things_is_refused_and_stays(tmp_path: Path, name: str, known: bool) -> None:
    if known:
        put(tmp_path, FakeEncoder(), PAGE)
    (tmp_path / name).mkdir(exist_ok=True)
    (tmp_path / name / "letters.txt").write_text("mine")
    before = tree(tmp_path)
    with pytest.raises(IndexDirectoryError):
        put(tmp_path, FakeEncoder(), NEWS)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("content", ['{"name": "an app", "icons": []}', "[1, 2]", '"text"', "3"])
def test_a_foreign_manifest_is_neither_replaced_nor_advised_away(
    tmp_path: Path, content: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "manifest.json").write_text(content)
    (tmp_path / "revision-000001").mkdir()
    (tmp_path / "revision-000001" / "archive-000001.sqlite").write_text("mine")
    before = tree(tmp_path)
    with pytest.raises(IndexDirectoryError, match="not made by gazette; choose another folder"):
        put(tmp_path, FakeEncoder(), PAGE)
    assert run(["show", "page", "--index", str(tmp_path)]) == 2
    assert "not made by gazette" in capfd.readouterr().err
    assert tree(tmp_path) == before


def test_a_lost_manifest_does_not_cost_the_archive(tmp_path: Path) -> None:
    put(tmp_path, FakeEncoder(), PAGE)
    put(tmp_path, FakeEncoder(), NEWS)
    manifest = (tmp_path / "manifest.json").read_bytes()
    (tmp_path / "manifest.json").unlink()
    before = tree(tmp_path)
    with pytest.raises(IndexCorrupt, match=r"manifest\.json is missing beside revision-000002"):
        put(tmp_path, FakeEncoder(), entry("a", "甲"))
    assert tree(tmp_path) == before
    (tmp_path / "manifest.json").write_bytes(manifest)
    with open_index(tmp_path, FakeEncoder()) as index:
        assert len(list(index.documents())) == 2


def test_what_an_interrupted_update_left_is_swept(tmp_path: Path) -> None:
    put(tmp_path, FakeEncoder(), PAGE)
    for name in ("next", "revision-000009"):
        (tmp_path / name / "lexical").mkdir(parents=True)
        (tmp_path / name / "archive-000002.sqlite").write_bytes(b"half")
    put(tmp_path, FakeEncoder(), NEWS)
    assert {path.name for path in tmp_path.iterdir() if path.is_dir()} == {"revision-000002"}


def test_no_message_advises_to_remove_a_folder_of_the_users() -> None:
    """Messages name what is written again: a graph, or the folder of a model in the cache."""
    said = [
        (path.relative_to(ROOT).as_posix(), named)
        for package in ("qa", "embeddings", "api")
        for path in (ROOT / package).rglob("*.py")
        for named in re.findall(r"(?:remove|delete|rm -r) \{([^}]+)\}", path.read_text(encoding="utf-8"))
    ]
    assert said
    assert {named for _, named in said} == {"graph", "folder.path"}


def test_readers_see_no_damage_while_a_writer_publishes(tmp_path: Path) -> None:
    encoder, done = FakeEncoder(), threading.Event()
    put(tmp_path, encoder, PAGE)
    failures: list[BaseException] = []
    opened = 0

    def write() -> None:
        try:
            for number in range(25):
                put(tmp_path, FakeEncoder(), entry("news", f"第{number}号公告"))
        finally:
            done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        try:
            with open_index(tmp_path, encoder) as index:
                assert index.document("page") == PAGE[0]
            find_document(tmp_path, "page")
            check_index(tmp_path, encoder)
            opened += 1
        except Exception as error:
            failures.append(error)
    writer.join()
    assert failures == []
    assert opened > 0
    assert read_manifest(tmp_path).revision == 26


def test_a_file_that_goes_while_it_is_opened_is_of_the_revision_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The race itself: the file is there when it is looked at, and gone when it is opened."""
    encoder = FakeEncoder()
    put(tmp_path, encoder, PAGE)
    stale = read_manifest(tmp_path)
    put(tmp_path, encoder, NEWS)
    manifests = iter([stale, read_manifest(tmp_path)])
    monkeypatch.setattr("qa.store.index.read_manifest", lambda _: next(manifests))

    def vanished(folder: Path, *_: object, **__: object) -> dict[str, str]:
        if folder.name == stale.folder:
            raise FileNotFoundError(2, "No such file or directory", str(folder / "archive-000001.sqlite"))
        return {}

    monkeypatch.setattr("qa.store.index.find_damage", vanished)
    with open_index(tmp_path, encoder) as index:
        assert index.state.generation == 2


def test_a_file_that_is_gone_for_good_is_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, FakeEncoder(), PAGE)

    def vanished(*_: object, **__: object) -> dict[str, str]:
        raise FileNotFoundError(2, "No such file or directory", "archive-000001.sqlite")

    monkeypatch.setattr("qa.store.index.find_damage", vanished)
    with pytest.raises(IndexCorrupt, match=r"archive-000001\.sqlite is missing"):
        open_index(tmp_path, FakeEncoder())


def altered(directory: Path, old: str, new: str) -> None:
    (archive,) = (directory / read_manifest(directory).folder).glob("archive-*.sqlite")
    data = archive.read_bytes()
    place = data.index(old.encode())
    archive.write_bytes(data[:place] + new.encode() + data[place + len(old.encode()) :])


@pytest.mark.parametrize(("old", "new"), [("page.txt", "pxge.txt"), ("副市长", "正市长")])
def test_what_is_cited_is_checked_against_its_hash_at_any_size(
    tmp_path: Path, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, FakeEncoder(), PAGE, NEWS)
    monkeypatch.setattr("qa.store.manifest.HASHED_AT_OPEN", 0)  # as if the archive were larger
    altered(tmp_path, old, new)
    with open_index(tmp_path, FakeEncoder()) as index:
        with pytest.raises(IndexCorrupt, match="document page is altered"):
            index.document("page")
        assert index.document("news") == NEWS[0]
    with pytest.raises(IndexCorrupt, match=r"archive-000001\.sqlite altered"):
        check_index(tmp_path, FakeEncoder())


def test_doctor_reads_every_document(tmp_path: Path) -> None:
    """Also where the manifest agrees with the file, as after an attack on both."""
    put(tmp_path, FakeEncoder(), PAGE, NEWS)
    altered(tmp_path, "副市长", "正市长")
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    from qa.store.manifest import parts_of

    part = parts_of(tmp_path / "revision-000001")["archive-000001.sqlite"]
    manifest["parts"]["archive-000001.sqlite"] = {"size": part.size, "sha256": part.sha256}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(IndexCorrupt, match="is altered"):
        check_index(tmp_path, FakeEncoder())

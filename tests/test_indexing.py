"""Bringing an index up to date with files, with a fake encoder: what is found is another test's matter."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from embeddings.home import DEFAULT_ENCODER
from embeddings.joined import running
from embeddings.runtime import Requests
from qa.errors import InputError, SourceError
from qa.indexing import cited_document, ingest
from qa.ingest import ChunkingParameters, Segmentation, load, segment
from qa.service import load_only_encoder
from qa.store import document_states
from qa.store.database import Database
from qa.store.lexical import LexicalIndex
from qa.store.tokens import tokens
from qa.types import Citation, Document
from tests.fakes import FakeEncoder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    archive = tmp_path / "archive"
    (archive / "2021").mkdir(parents=True)
    (archive / "a.txt").write_text("## 甲会召开\n\n昨日,甲会召开。", "utf-8")
    (archive / "2021" / "b.md").write_text("# 乙会召开\n\n昨日,乙会召开。", "utf-8")
    (archive / "c.jsonl").write_text('{"id":"1","title":"丙会","date":null,"text":"丙会召开。"}\n', "utf-8")
    return archive


def test_new_changed_and_removed_files_are_recognised(folder: Path, tmp_path: Path) -> None:
    index, encoder = tmp_path / "index", FakeEncoder()
    first = ingest([folder], directory=index, encoder=encoder)
    assert (first.files, first.articles, first.update.added) == (3, 3, 3)
    encoded = len(encoder.encoded["passage"])
    assert encoded == first.chunks == first.update.encoded

    again = ingest([folder], directory=index, encoder=encoder)
    assert (again.update.added, again.update.unchanged, again.update.encoded) == (0, 3, 0)
    assert len(encoder.encoded["passage"]) == encoded

    (folder / "a.txt").write_text("## 甲会召开\n\n昨日,甲会召开。丁某主持。", "utf-8")
    (folder / "2021" / "b.md").unlink()
    changed = ingest([folder], directory=index, encoder=encoder)
    assert (changed.update.replaced, changed.update.removed, changed.update.unchanged) == (1, 1, 1)
    assert len(encoder.encoded["passage"]) == encoded + 1
    assert {Path(state.source).name for state in document_states(index).values()} == {"a.txt", "c.jsonl"}


@pytest.mark.usefixtures("models")
def test_the_same_files_make_the_same_index_however_the_encoder_shares_its_work(tmp_path: Path) -> None:
    archive, sizes = tmp_path / "archive", (1, 3, 40, 9, 90, 17, 60, 2)
    archive.mkdir()
    for number, size in enumerate([*sizes, *sizes]):
        lines = [f"第{number % 8}号桥第{line}次检修已于周末完成,市政局派出{7 * line}名工人。" for line in range(size)]
        (archive / f"{number}.txt").write_text("\n".join([f"# 桥梁检修{number}", "", *lines]), "utf-8")
    encoder = load_only_encoder(DEFAULT_ENCODER)
    several, found = running(encoder, lambda it: replace(it, requests=Requests(it.requests.compiled, 3))), []
    for run, used in enumerate((encoder, several, several)):
        report = ingest([archive], directory=tmp_path / str(run), encoder=used)
        revision = tmp_path / str(run) / "revision-000001"
        with closing(Database.opened([revision / "archive-000001.sqlite"])) as database:
            rows = database.rows().tolist()
            texts = [chunk.embedded for chunk in database.chunks(rows)]
            stories = database.stories(rows)
        lexical = LexicalIndex(revision / "lexical")
        lists = [lexical.search({token: 1.0}, len(rows)) for text in texts[:9] for token in tokens(text)]
        parts = [(revision / name).read_bytes() for name in ("archive-000001.sqlite", "vectors-000001.faiss")]
        found.append((report.chunks, stories, lists, parts))
    assert found[0] == found[1] == found[2]
    assert len(found[0][1]) > 10
    assert max(map(len, found[0][2])) > 10


def test_files_elsewhere_stay_when_another_folder_is_ingested(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    ingest([folder / "a.txt"], directory=index, encoder=FakeEncoder())
    report = ingest([folder / "2021"], directory=index, encoder=FakeEncoder())
    assert (report.update.added, report.update.removed) == (1, 0)
    assert len(document_states(index)) == 2


def test_a_file_that_turned_bad_is_reported_and_what_was_known_of_it_stays(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    ingest([folder], directory=index, encoder=FakeEncoder())
    (folder / "a.txt").write_bytes(b"\x00\x01\x02binary")
    report = ingest([folder], directory=index, encoder=FakeEncoder())
    assert [Path(error.source).name for error in report.skipped] == ["a.txt"]
    assert (report.update.removed, len(document_states(index))) == (0, 3)


def test_a_bad_record_is_reported_and_the_rest_of_its_file_is_known_and_verified(folder: Path, tmp_path: Path) -> None:
    with (folder / "c.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id":"2"}\n{"id":"3","text":"丁会召开。"}\n')
    report = ingest([folder], directory=tmp_path / "index", encoder=FakeEncoder())
    assert [error.reason for error in report.skipped] == ['line 2: the record has no "text"']
    assert (report.files, report.update.added) == (3, 4)
    again = ingest([folder], directory=tmp_path / "index", encoder=FakeEncoder())
    assert [error.reason for error in again.skipped] == ['line 2: the record has no "text"']
    assert (again.update.added, again.update.unchanged) == (0, 4)
    *_, last = load(folder / "c.jsonl", lambda error: None)
    cited = Citation(last.id, last.source, last.sha256, "", None, None, 1, 1, 0, 5, "丁会召开。", 0, 1)
    assert cited_document(cited).text == "丁会召开。"


def test_a_bad_record_is_named_until_it_is_mended(folder: Path, tmp_path: Path) -> None:
    good = (folder / "c.jsonl").read_text(encoding="utf-8")
    (folder / "c.jsonl").write_text(good + "{oops}\n", encoding="utf-8")

    def bad() -> list[str]:
        report = ingest([folder], directory=tmp_path / "index", encoder=FakeEncoder())
        return [error.reason.partition(",")[0] for error in report.skipped]

    assert [bad(), bad(), bad()] == [["line 2"]] * 3
    (tmp_path / "index/faults.json").write_text("[", encoding="utf-8")
    assert bad() == []  # known no more, until the file is read again
    (folder / "c.jsonl").write_text(good + "\n{oops}\n", encoding="utf-8")
    assert bad() == bad() == ["line 3"]
    (folder / "c.jsonl").write_text(good, encoding="utf-8")
    assert [bad(), bad()] == [[], []]


def test_a_record_that_cannot_be_divided_is_named_on_every_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fragile(document: Document, parameters: ChunkingParameters) -> Segmentation:
        if document.id.endswith(":b"):
            raise RecursionError("too deep \ud800")
        return segment(document, parameters)

    monkeypatch.setattr("qa.ingest.contents.segment", fragile)
    dump, index = tmp_path / "dump.jsonl", tmp_path / "index"
    dump.write_text("".join(f'{{"id": "{name}", "text": "任命张三为局长。"}}\n' for name in "abc"), encoding="utf-8")
    for unchanged in (0, 2):
        report = ingest([dump], directory=index, encoder=FakeEncoder())
        assert (report.documents, report.update.unchanged) == (2, unchanged)
        assert [error.reason for error in report.skipped] == ["cannot be read: RecursionError: too deep \\ud800"]


def test_an_interrupted_first_run_leaves_nothing_in_the_way(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index/faults.json").write_text("{}", encoding="utf-8")
    assert ingest([folder], directory=tmp_path / "index", encoder=FakeEncoder()).files == 3


def test_an_issue_is_read_again_when_one_of_its_pages_changes(tmp_path: Path) -> None:
    block = "<TextBlock ID='B'><TextLine><String CONTENT='{}'/></TextLine></TextBlock>"
    page = f"<alto><Layout><Page>{block}</Page></Layout></alto>"
    files = "<fileSec><file ID='F'><FLocat x:href='p.xml'/></file></fileSec>"
    (tmp_path / "in").mkdir()
    (tmp_path / "in/mets.xml").write_text(f"<mets xmlns:x='http://www.w3.org/1999/xlink'>{files}</mets>", "utf-8")
    changed = list[int]()
    for words in ("甲会召开。", "甲会召开。", "乙会召开。"):
        (tmp_path / "in/p.xml").write_text(page.format(words), encoding="utf-8")
        report = ingest([tmp_path / "in"], directory=tmp_path / "index", encoder=FakeEncoder())
        changed.append(report.update.replaced)
        assert (report.files, report.documents) == (1, 1)
    assert changed == [0, 0, 1]


@pytest.mark.parametrize("content", [b"", b" \n", b"\x00\x01", b"\xff\xfe\xff"])
def test_nothing_readable_is_an_error_and_makes_no_index(tmp_path: Path, content: bytes) -> None:
    bad = tmp_path / "bad.txt"
    bad.write_bytes(content)
    with pytest.raises(SourceError, match=r"bad\.txt"):
        ingest([bad], directory=tmp_path / "index", encoder=FakeEncoder())
    assert not (tmp_path / "index").exists()


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no file of a supported format"):
        ingest([tmp_path], directory=tmp_path / "index", encoder=FakeEncoder())


def test_progress_counts_up_to_the_total(folder: Path, tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    report = ingest([folder], directory=tmp_path / "i", encoder=FakeEncoder(), progress=lambda *now: seen.append(now))
    assert seen == [*(("files", done, 3) for done in (1, 2, 3)), ("passages", report.chunks, report.chunks)]


def test_files_whose_bytes_are_known_are_not_read_again(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "index"
    first = ingest([folder], directory=index, encoder=FakeEncoder())
    (folder / "a.txt").write_text("## 甲会召开\n\n昨日,甲会休会。", "utf-8")
    read: list[str] = []

    def watched(file: Path, report: Callable[[SourceError], None], encoding: str | None) -> Iterator[Document]:
        read.append(file.name)
        return load(file, report, encoding)

    monkeypatch.setattr("qa.ingest.contents.load_apart", watched)
    monkeypatch.chdir(folder)  # where it is run from changes the names that people see, and no content
    report = ingest([Path()], directory=index, encoder=FakeEncoder())
    assert read == ["a.txt"]
    assert (report.update.unchanged, report.documents) == (2, first.documents)


def test_a_moved_file_is_reported_and_not_encoded_again(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    ingest([folder], directory=index, encoder=FakeEncoder())
    (folder / "a.txt").rename(folder / "2021" / "moved.txt")
    encoder = FakeEncoder()
    report = ingest([folder], directory=index, encoder=encoder)
    assert (report.moved, report.update.added, report.update.removed, report.update.encoded) == (1, 1, 1, 0)
    assert encoder.encoded["passage"] == []


def test_what_is_gone_from_every_file_is_an_error_and_stays(folder: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    ingest([folder], directory=index, encoder=FakeEncoder())
    for file in list(folder.rglob("*.*")):
        file.unlink()
    with pytest.raises(SourceError, match="no file of a supported format"):
        ingest([folder], directory=index, encoder=FakeEncoder())
    assert len(document_states(index)) == 3


def test_a_stated_encoding_reads_files_again(tmp_path: Path) -> None:
    index, source = tmp_path / "index", tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_bytes("渡口昨日复航，船票每张四元。".encode("gb18030"))
    ingest([source], directory=index, encoder=FakeEncoder(), encoding="latin-1")
    again = ingest([source], directory=index, encoder=FakeEncoder(), encoding="GBK")
    assert (again.update.replaced, again.update.unchanged) == (1, 0)
    assert ingest([source], directory=index, encoder=FakeEncoder()).update.unchanged == 1
    with pytest.raises(InputError, match="'klingon' is no encoding of text"):
        ingest([source], directory=index, encoder=FakeEncoder(), encoding="klingon")

"""Files of others in a process apart: what breaks a limit or its reader is reported, and the rest is ingested."""

import hashlib
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from qa.errors import SourceError, UnknownFormat
from qa.indexing import ingest
from qa.ingest import (
    apart,
    csv_records,
    discover,
    fingerprint,
    json_records,
    jsonl,
    load,
    load_apart,
    markdown,
    mets,
    ocr,
    plain,
)
from qa.ingest.pdf import _scale
from qa.ingest.scan import _too_large
from qa.ingest.sources import READERS
from qa.store import document_states
from tests import hostile
from tests.conftest import SEEDS
from tests.fakes import FakeEncoder
from tests.print_shop import pdf

PAGE = "<html><body><h1>任命名单</h1><p>昨日任命<b>张三</b>为副市长, 李四为局长。</p></body></html>"
linux = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the limit of memory is held on Linux")


@pytest.fixture(autouse=True)
def _own_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Start with no worker, so that each has this test's limits, and leave none."""
    monkeypatch.chdir(tmp_path)
    apart.close_all()
    yield
    apart.close_all()


def refused(path: Path) -> str:
    with pytest.raises(SourceError) as caught:
        list(load_apart(path))
    assert caught.value.source == path.name
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("p.html", PAGE.encode()),
        ("p.docx", hostile.word("<w:p><w:r><w:t>昨日任命张三为局长。</w:t></w:r></w:p>")),
        ("p.pdf", pdf([[(50, 80, 12, "The mayor said Monday")], [(50, 80, 12, "that the new bridge")]])),
        ("p.txt", "昨日任命张三为局长。".encode()),
    ],
)
def test_what_is_read_apart_is_what_is_read_here(name: str, data: bytes) -> None:
    path = Path(name)
    path.write_bytes(data)
    assert list(load_apart(path)) == list(load(path))


def test_the_starter_archive_needs_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def started() -> apart.Worker:
        raise AssertionError("a process was started")

    monkeypatch.setattr(apart, "Worker", started)
    (path,) = SEEDS.glob("*.txt")
    assert [document.path for document in load_apart(path)] == [path.as_posix()]


def test_one_process_reads_one_file_after_the_other() -> None:
    Path("p.html").write_text(PAGE, "utf-8")
    Path("bad.pdf").write_bytes(b"%PDF-1.4")
    list(load_apart(Path("p.html")))
    (first,) = apart._idle
    assert "not a readable PDF" in refused(Path("bad.pdf"))
    list(load_apart(Path("p.html")))
    assert apart._idle == [first]


def test_parts_that_cannot_be_read_are_reported_as_they_are_here() -> None:
    Path("in").mkdir()
    block = "<TextBlock ID='B'><TextLine><String CONTENT='昨日米价。'/></TextLine></TextBlock>"
    Path("in/a.xml").write_text(f"<alto><Layout><Page>{block}</Page></Layout></alto>", "utf-8")
    files = "<file ID='F'><FLocat x:href='a.xml'/></file><file ID='G'><FLocat x:href='gone.xml'/></file>"
    mets = Path("in/mets.xml")
    mets.write_text(f"<mets xmlns:x='http://www.w3.org/1999/xlink'><fileSec>{files}</fileSec></mets>", "utf-8")

    def read(loader: Callable[..., Iterator[object]]) -> list[object]:
        errors = list[SourceError]()
        return [*loader(mets, errors.append), *((error.source, error.reason) for error in errors)]

    assert read(load_apart) == read(load)
    assert len(read(load)) == 2
    with pytest.raises(SourceError, match=r"gone\.xml"):
        list(load_apart(mets))


def test_what_mets_names_is_found_out_apart_too(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("in").mkdir()
    Path("in/a.xml").write_text("<alto/>", "utf-8")
    Path("in/mets.txt").write_text("a", "utf-8")
    files = "<file ID='F'><FLocat x:href='a.xml'/></file><file ID='G'><FLocat x:href='mets.txt'/></file>"
    text = f"<m:mets xmlns:m='urn:m' xmlns:x='http://www.w3.org/1999/xlink'><fileSec>{files}</fileSec></m:mets>"
    Path("in/m.xml").write_text(text, "utf-16")
    Path("in/other.xml").write_text(f"<x>{text}</x>", "utf-8")
    Path("in/broken.xml").write_text(text[:-1], "utf-8")

    def here(*_: object) -> None:
        raise AssertionError("parsed in this process")

    monkeypatch.setattr(mets, "parse", here)
    assert [str(path).rpartition("/")[2] for path in discover([Path("in")])] == ["broken.xml", "m.xml", "other.xml"]
    inside = [hashlib.sha256(Path(name).read_bytes()) for name in ("in/m.xml", "in/a.xml", "in/broken.xml")]
    of_issue = hashlib.sha256(Path("in/m.xml").read_bytes() + inside[1].digest()).hexdigest()
    assert [fingerprint(Path(f"in/{name}.xml")) for name in ("m", "a", "broken")] == [
        of_issue,
        *(each.hexdigest() for each in inside[1:]),
    ]
    # A file that cannot be looked through in time belongs to itself: the child is told nothing, and says nothing.
    monkeypatch.setattr(apart, "MAX_SECONDS", 0.0)
    monkeypatch.setattr(apart.Worker, "_ask", lambda *_: None)
    assert len(list(discover([Path("in")]))) == 5


def test_only_readers_of_our_own_read_here() -> None:
    ours = {csv_records.read, json_records.read, jsonl.read, markdown.read, plain.read}
    assert set(READERS.values()) - ours == apart.FOREIGN


def test_a_type_that_is_not_read_is_one_apart_too() -> None:
    Path("feed.xml").write_text("<rss><channel/></rss>", "utf-8")
    with pytest.raises(UnknownFormat, match="root <rss>"):
        list(load_apart(Path("feed.xml")))


def test_a_reader_that_needs_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("p.html").write_text(PAGE, "utf-8")
    list(load_apart(Path("p.html")))
    (worker,) = apart._idle
    monkeypatch.setattr(apart, "MAX_SECONDS", 0.5)
    Path("long.html").write_bytes(hostile.long_page(8 << 20))
    monkeypatch.setattr(apart, "BYTES_A_SECOND", 1 << 30)
    begun = time.monotonic()
    assert refused(Path("long.html")).startswith("not read within 0.5 s, the most for a file or a page")
    assert time.monotonic() - begun < 10
    assert worker._process.poll() == -signal.SIGKILL
    assert apart._idle == []
    monkeypatch.setattr(apart, "MAX_SECONDS", 60.0)
    assert len(list(load_apart(Path("p.html")))) == 1


@linux
def test_a_reader_that_wants_too_much_memory_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MAX_MEMORY", 320 << 20)
    Path("long.html").write_bytes(hostile.long_page(14 << 20))
    assert refused(Path("long.html")) == "needs more than 0.312 GB of memory to be read: split it, or save it anew"
    assert apart._idle == []


def test_a_reader_that_dies_costs_one_file() -> None:
    for name in ("a.html", "b.html"):
        Path(name).write_text(PAGE, "utf-8")
    list(load_apart(Path("a.html")))
    (worker,) = apart._idle
    os.kill(worker._process.pid, signal.SIGSEGV)
    assert refused(Path("a.html")) == "its reader broke down (SIGSEGV): save the file anew"
    assert len(list(load_apart(Path("b.html")))) == 1


def test_who_stops_looking_leaves_a_reader_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_DRAINED", 10.0)
    Path("p.html").write_text(PAGE, "utf-8")
    for _ in load_apart(Path("p.html")):
        break
    (worker,) = apart._idle
    assert [document.title for document in load_apart(Path("p.html"))] == ["任命名单"]
    assert apart._idle == [worker]


def test_two_files_are_read_at_once_by_two() -> None:
    Path("p.html").write_text(PAGE, "utf-8")
    first, second = load_apart(Path("p.html")), load_apart(Path("p.html"))
    assert next(first) == next(second)
    assert [list(first), list(second)] == [[], []]
    assert len(apart._idle) == 2


def test_what_a_child_sends_makes_nothing_but_documents() -> None:
    import io
    import pickle

    assert apart._Records(io.BytesIO(pickle.dumps(("part", ("a", "b"))))).load() == ("part", ("a", "b"))
    for value in (os.system, Path("x"), SourceError("a", "b")):
        with pytest.raises(pickle.UnpicklingError, match="is no part of a document"):
            apart._Records(io.BytesIO(pickle.dumps(value))).load()


@pytest.mark.parametrize(
    ("pixels", "size", "reason"),
    [
        (60_000_000, 500_000, None),
        (19_000_000, 100, None),
        (144_000_000, 168_457, "144 million pixels from 168,457 bytes: blank, or no scan"),
        (151_000_000, 10**9, "more than 150 million pixels"),
    ],
)
def test_a_picture_is_looked_at_before_it_is_opened(pixels: int, size: int, reason: str | None) -> None:
    assert _too_large(pixels, size) == reason


def test_a_page_is_drawn_no_larger_than_it_is_recognised() -> None:
    assert _scale(595, 842, 1 << 20) == 200 / 72  # A4
    assert _scale(1080, 1638, 1 << 20) == ocr.MAX_SIDE / 1638  # a broadsheet
    side = 2_000_000
    assert side * _scale(side, side, 611) == pytest.approx(1000)
    assert side * _scale(1, side, 1 << 20) == pytest.approx(4000)


@linux
def test_hostile_files_cost_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MAX_SECONDS", 30.0)
    monkeypatch.setattr(apart, "MAX_MEMORY", 512 << 20)
    folder = Path("pages")
    folder.mkdir()
    (folder / "a.html").write_text(PAGE, "utf-8")
    (folder / "b.pdf").write_bytes(hostile.endless_page())
    (folder / "c.png").write_bytes(hostile.vast_picture())
    (folder / "d.html").write_bytes(hostile.long_page())
    (folder / "e.html").write_text(PAGE, "utf-8")
    (folder / "f.txt").write_text("昨日任命王五为局长。", "utf-8")
    report = ingest([folder], directory=Path("index"), encoder=FakeEncoder())
    assert {Path(error.source).name for error in report.skipped} == {"b.pdf", "c.png", "d.html"}
    assert {Path(state.path).name for state in document_states(Path("index")).values()} == {"a.html", "e.html", "f.txt"}

"""Files of other file systems: listed, read and cited under their URIs, and not fetched while they are the same."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from qa.answer.citations import verify
from qa.cli import run
from qa.errors import InputError, SourceError
from qa.indexing import IngestReport, cited_document, ingest
from qa.ingest import Remote, discover, origin_of
from qa.store import document_states, find_document
from qa.types import Answer, Citation, Item
from qa.wire import dumps
from tests.fakes import FakeEncoder

ROOT = Path(__file__).parent.parent
NOTICE = "关于任命的公告\n\n市政府决定任命王小明为市长,任期五年。\n"
PAGE = "# Market\n\nThe mayor of Oldtown is Jane Roe.\n"


class Counting(MemoryFileSystem):  # type: ignore[misc]
    """A file system without folders that counts what is fetched, and tells what a test says that it tells."""

    protocol = "counting"
    store: ClassVar[dict[str, Any]] = {}
    pseudo_dirs: ClassVar[list[str]] = [""]
    fetched: ClassVar[list[str]] = []
    stamps: ClassVar[dict[str, Mapping[str, object]]] = {}
    locked: ClassVar[set[str]] = set()

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(path.removeprefix(f"{cls.protocol}://")))

    def get_file(self, rpath: str, lpath: str, *args: Any, **kwargs: Any) -> None:
        path = self._strip_protocol(rpath)
        if path in self.locked:
            raise PermissionError(f"access to {path} is denied")
        self.fetched.append(path)
        super().get_file(rpath, lpath, *args, **kwargs)

    def find(self, path: str, maxdepth: int | None = None, withdirs: bool = False, **kwargs: Any) -> Any:
        found = super().find(path, maxdepth=maxdepth, withdirs=withdirs, detail=True)
        return {name: about | self.stamps.get(name, {}) for name, about in found.items()}

    def modified(self, path: str) -> datetime:
        raise NotImplementedError


class Folders(Counting):
    """One that lists folder by folder."""

    protocol = "folders"
    find = fsspec.AbstractFileSystem.find

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> Any:
        if self._strip_protocol(path) in self.locked:
            raise PermissionError("no right to list")
        return super().ls(path, detail=detail, **kwargs)


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for kind in (Counting, Folders):
        fsspec.register_implementation(kind.protocol, kind, clobber=True)
    for held in (MemoryFileSystem.store, Counting.store, Counting.fetched, Counting.stamps, Counting.locked):
        held.clear()
    yield
    MemoryFileSystem.store.clear()


def put(uri: str, content: str | bytes) -> None:
    files, path = fsspec.core.url_to_fs(uri)
    files.pipe_file(path, content.encode() if isinstance(content, str) else content)


def ingested(index: Path, *uris: str, encoding: str | None = None) -> IngestReport:
    return ingest(map(origin_of, uris), directory=index, encoder=FakeEncoder(), encoding=encoding)


def uris(index: Path) -> list[str]:
    return sorted(state.source for state in document_states(index).values())


def test_a_folder_of_memory_is_read_and_cited_by_its_uris(tmp_path: Path) -> None:
    put("memory://news/1998年10月1日/公告 1.txt", NOTICE)
    put("memory://news/b.md", PAGE)
    put("memory://news/.aside/c.txt", NOTICE)
    put("memory://news/d.odt", b"?")
    put("memory://news/empty.txt", b"")
    put("memory://news/bad.pdf", b"%PDF-1.7 no")
    report = ingested(tmp_path / "index", "memory://news")
    uri = "memory:///news/1998年10月1日/公告 1.txt"
    assert uris(tmp_path / "index") == [uri, "memory:///news/b.md"]
    assert [(error.source, error.reason.split(":")[0]) for error in report.skipped] == [
        ("memory:///news/d.odt", "not a supported format"),
        ("memory:///news/bad.pdf", "not a readable PDF"),
        ("memory:///news/empty.txt", "the file is empty"),
    ]
    document, articles, _ = find_document(tmp_path / "index", uri)
    assert document.id == hashlib.sha256(uri.encode()).hexdigest()
    assert (document.path, document.text) == (uri, NOTICE)
    assert document.sha256 == hashlib.sha256(NOTICE.encode()).hexdigest()
    assert [(article.title, article.document_id) for article in articles] == [("关于任命的公告", document.id)]


def test_a_file_uri_is_the_file_under_its_path(tmp_path: Path) -> None:
    page = tmp_path / "archive/10月 1%.txt"
    page.parent.mkdir()
    page.write_text(NOTICE, encoding="utf-8")
    first = ingested(tmp_path / "index", page.parent.as_uri())
    assert (first.documents, first.update.added) == (1, 1)
    for again in (page.as_uri(), str(page), f"file://localhost{page.as_uri().removeprefix('file://')}"):
        report = ingested(tmp_path / "index", again)
        assert (report.update.added, report.update.unchanged, report.update.encoded) == (0, 1, 0)
    document, _, _ = find_document(tmp_path / "index", next(iter(document_states(tmp_path / "index"))))
    assert (document.path, document.id) == (page.as_posix(), hashlib.sha256(page.as_uri().encode()).hexdigest())
    with pytest.raises(InputError, match=r"file:// is of this machine alone"):
        origin_of("file://other/news")


def test_what_is_unchanged_is_not_fetched_again(tmp_path: Path) -> None:
    put("counting://b/a.txt", NOTICE)
    put("counting://b/b.md", PAGE)
    Counting.stamps |= {"/b/a.txt": {"ETag": '"1"'}, "/b/b.md": {"LastModified": datetime(2020, 1, 2, tzinfo=UTC)}}
    assert ingested(tmp_path, "counting://b").update.added == 2
    assert Counting.fetched == ["/b/a.txt", "/b/b.md"]
    Counting.fetched.clear()
    again = ingested(tmp_path, "counting://b")
    assert (again.files, again.update.unchanged, again.update.encoded, Counting.fetched) == (2, 2, 0, [])
    put("counting://b/a.txt", NOTICE.replace("五", "三"))
    Counting.stamps["/b/a.txt"] = {"ETag": '"2"'}
    changed = ingested(tmp_path, "counting://b")
    assert (changed.update.replaced, changed.update.unchanged, Counting.fetched) == (1, 1, ["/b/a.txt"])
    Counting.fetched.clear()
    (tmp_path / "stamps.sqlite").write_bytes(b"damaged")
    assert ingested(tmp_path, "counting://b").update.unchanged == 2
    assert Counting.fetched == ["/b/a.txt", "/b/b.md"], "without stamps, the content's digest tells"
    Counting.fetched.clear()
    assert ingested(tmp_path, "counting://b").update.unchanged == 2
    assert Counting.fetched == []
    assert ingested(tmp_path, "counting://b", encoding="utf-8").files == 2
    assert Counting.fetched == ["/b/a.txt", "/b/b.md"], "in another encoding all is read again"


def test_where_nothing_tells_the_version_the_content_does(tmp_path: Path) -> None:
    put("counting://b/a.txt", NOTICE)
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    for stamp in ({}, {"LastModified": now}):  # the same second may bring another version
        Counting.stamps["/b/a.txt"] = stamp
        Counting.fetched.clear()
        for _ in range(2):
            assert ingested(tmp_path, "counting://b").documents == 1
        assert Counting.fetched == ["/b/a.txt"] * 2
    assert ingested(tmp_path, "counting://b").update.unchanged == 1


def test_what_is_gone_is_forgotten_and_what_cannot_be_reached_is_not(tmp_path: Path) -> None:
    for name in ("a.txt", "1998/b.txt", "1999/c.txt", "1999/d.txt"):
        put(f"folders://b/{name}", f"{name}\n\n{NOTICE}")
    put("counting://other/a.txt", NOTICE)
    ingested(tmp_path, "folders://b", "counting://other")
    assert len(uris(tmp_path)) == 5
    Counting.locked |= {"/b/1998", "/b/1999/c.txt"}
    fsspec.filesystem("folders").rm_file("/b/a.txt")
    report = ingested(tmp_path, "folders://b")
    assert [str(error) for error in report.skipped] == [
        "folders:///b/1998: cannot be listed: no right to list",
        "folders:///b/1999/c.txt: cannot be read: access to /b/1999/c.txt is denied",
    ]
    left = ["folders:///b/1998/b.txt", "folders:///b/1999/c.txt", "folders:///b/1999/d.txt"]
    assert uris(tmp_path) == ["counting:///other/a.txt", *left]


def test_records_of_questions_and_issues_are_told_apart_after_they_are_fetched(tmp_path: Path) -> None:
    put("memory://b/a.jsonl", json.dumps({"title": "公告", "text": NOTICE}) + "\n" + json.dumps({"text": PAGE}) + "\n")
    put("memory://b/gold.jsonl", json.dumps({"id": "1", "question": "谁?", "answers": [["王小明"]]}) + "\n")
    put("memory://b/other.jsonl", json.dumps({"count": 3}) + "\n")
    put("memory://b/issue.xml", '<mets xmlns="http://www.loc.gov/METS/"><fileSec/></mets>')
    report = ingested(tmp_path, "memory://b")
    assert uris(tmp_path) == ["memory:///b/a.jsonl"] * 2
    assert {error.source.rpartition("/")[2]: error.reason.split(":")[0] for error in report.skipped} == {
        "issue.xml": "a METS file is read with the pages that it names",
        "other.jsonl": "its first record holds no text (text, content, 正文 …)",
    }


def test_a_citation_is_checked_against_the_file_under_its_uri(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    put("memory://news/a.txt", NOTICE)
    ingested(tmp_path, "memory://news/a.txt")
    (identifier, state), *_ = document_states(tmp_path).items()
    start = NOTICE.index("市政府")
    quote = NOTICE[start : NOTICE.index("。") + 1]
    answer = start + quote.index("王小明")
    citation = Citation(
        document_id=identifier, source=state.source, sha256=state.sha256, title="", byline=None, date=None, quote=quote,
        start=start, end=start + len(quote), answer_start=answer, answer_end=answer + 3, line_start=3, line_end=3,
    )  # fmt: skip
    verify(citation, cited_document(citation), "王小明")
    saved = tmp_path / "answers.jsonl"
    saved.write_text(dumps(Answer("谁?", (Item("王小明", 0.9, (citation,)),), 0.9, (), {})), "utf-8")
    capfd.readouterr()
    assert run(["verify", str(saved), "--fetch"]) == 0
    assert run(["verify", str(saved)]) == 2  # the answers may be anyone's, and so may be where they lead
    assert "memory:///news/a.txt: not on this machine: if you trust it, add --fetch" in capfd.readouterr().err
    put("memory://news/a.txt", NOTICE.replace("五", "三"))
    with pytest.raises(SourceError, match=r"^memory:///news/a\.txt: has changed since it was cited"):
        cited_document(citation)


def test_files_are_found_once_under_one_name() -> None:
    put("memory://news/1998/a.txt", NOTICE)
    given = ["memory://news", "MEMORY:///news//1998/", "memory://news/1998/a.txt"]
    assert [origin.uri for origin in discover(map(origin_of, given)) if isinstance(origin, Remote)] == [
        "memory:///news/1998/a.txt"
    ]
    for missing in ("memory://news/b.txt", "memory://other"):
        with pytest.raises(SourceError, match="no such file or folder"):
            list(discover([origin_of(missing)]))


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("nothing://a/b", "no file system of this kind is known"),
        ("ftp://me:secret@host/b", "write no password into a URI"),
        ("zip://a.txt::memory://b.zip", "one file system inside another is not read"),
    ],
)
def test_what_cannot_be_opened_says_why(uri: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason) as refused:
        origin_of(uri)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("scheme", "module", "package"),
    [
        ("s3", "s3fs", "s3fs"),
        ("gs", "gcsfs", "gcsfs"),
        ("https", "aiohttp", "aiohttp"),
        ("sftp", "paramiko", "paramiko"),
    ],
)
def test_a_package_that_is_missing_is_named(
    scheme: str,
    module: str,
    package: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    assert run(["ingest", f"{scheme}://news/1998", "--index", str(tmp_path / "index")]) == 2
    told = " ".join(capsys.readouterr().err.split())
    assert f"pip install {package}" in told


def test_local_files_need_nothing_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(NOTICE, encoding="utf-8")
    program = (
        "import sys, pathlib\n"
        "from qa.ingest import origin_of\n"
        "from qa.ingest import discover, read_contents, ChunkingParameters\n"
        f"for file in discover([origin_of({str(tmp_path)!r})]): print(len(list(read_contents(file, (), "
        "ChunkingParameters()).parts)))\n"
        "print('qa.ingest.remote' in sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "1\nFalse\n"

"""Ingestion by a Ray cluster: nodes that die, runs that are interrupted, files that cannot be read."""

import json
import pickle
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from qa.addresses import Address, parse_address
from qa.cli import run
from qa.cli.dependencies import closure
from qa.errors import ClusterError, InputError, SourceError, UnknownFormat
from qa.indexing import IngestReport, Wanted, ingest
from qa.ingest import Contents, Origin, Remote, origin_of
from qa.store import check_index, kept_passages, open_index
from tests.fakes import FakeEncoder
from tests.milvus_servers import LiteServer, free_port, missing_lite
from tests.ray_clusters import Poison, TwoNodes, encoded_by, load, missing_ray, two_nodes
from tests.test_no_network import Outside

needs_ray = pytest.mark.skipif(missing_ray() is not None, reason=missing_ray() or "")
ROOT = Path(__file__).parent.parent
ENCODER = FakeEncoder()
FILES = 24


@pytest.fixture(scope="module")
def cluster() -> Iterator[TwoNodes]:
    from qa.cluster.connection import connected

    with two_nodes() as nodes, connected(nodes.address):
        yield nodes


@pytest.fixture(scope="module")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    server = LiteServer(tmp_path_factory.mktemp("lite") / "data")
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["directory", "milvus"])
def index(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Address:
    if request.param == "directory":
        return tmp_path / "index"
    if missing := missing_lite():
        pytest.skip(missing)
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GAZETTE_OBJECTS", str(tmp_path / "objects"))
    monkeypatch.setattr("qa.store.milvus.state.SETTLES", 0.0)
    lite: LiteServer = request.getfixturevalue("lite")
    return parse_address(f"milvus://127.0.0.1:{lite.port}/t{abs(hash(request.node.name)):x}")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = tmp_path / "archive"
    folder.mkdir()
    for number in range(FILES):
        text = "\n\n".join(f"第{number}号公告第{line}条:任命第{number * 10 + line}人为市长。" for line in range(3))
        (folder / f"{number:02}.txt").write_text(f"第{number}号公告\n\n{text}\n", encoding="utf-8")
    return folder


class Interrupted(Exception):
    """What ends a run."""


class Run:
    """One ingestion over a cluster; ``at`` is called when that many files are done."""

    def __init__(self, index: Address, archive: Origin, log: Path, pause: float = 0.0, together: int = 1) -> None:
        self._index, self._archive = index, archive
        self._load = partial(load, log=log, pause=pause, together=together)
        self.told = dict[str, list[tuple[int, int]]]()

    def __call__(self, at: int = 0, do: Callable[[], object] | None = None) -> IngestReport:
        from qa.cluster.reading import ClusterReader

        def progress(what: str, done: int, total: int) -> None:
            self.told.setdefault(what, []).append((done, total))
            if do and what == "files" and done == at:
                do()

        reader = ClusterReader(self._index, ENCODER, self._load, progress)
        return ingest([self._archive], directory=self._index, encoder=ENCODER, progress=progress, reader=reader)


def contents(index: Address) -> dict[str, tuple[str, ...]]:
    """Return the passages of each document, each as often as it is there."""
    check_index(index, ENCODER)
    with open_index(index, ENCODER) as opened:
        found = opened.candidates(ENCODER.encode(["市长"], "query")[0], {}, 10_000)
        passages = [each.chunk for each in found]
        return {
            document.id: tuple(sorted(chunk.text for chunk in passages if chunk.document_id == document.id))
            for document in opened.documents()
        }


def expected(archive: Path, tmp_path: Path) -> dict[str, tuple[str, ...]]:
    ingest([archive], directory=tmp_path / "alone", encoder=FakeEncoder())
    return contents(tmp_path / "alone")


@needs_ray
def test_a_node_that_is_killed_has_its_files_done_by_the_other(
    cluster: TwoNodes, index: Address, archive: Path, tmp_path: Path
) -> None:
    cluster.restore()
    log, killed = tmp_path / "log", set[int]()
    wanted = expected(archive, tmp_path)
    run_ = Run(index, archive, log, pause=0.1, together=2)
    report = run_(8, lambda: killed.update(cluster.kill_second()))
    work = encoded_by(log)
    assert killed & set(work), "the node that was killed had done nothing"
    assert set(work) - killed
    assert contents(index) == wanted
    assert (report.documents, report.chunks) == (FILES, sum(map(len, wanted.values())))
    assert report.update.encoded == report.chunks
    assert report.skipped == ()
    assert run_.told["files"] == [(done, FILES) for done in range(1, FILES + 1)]
    again = Run(index, archive, log)()
    assert (again.update.encoded, again.update.unchanged, again.update.added) == (0, FILES, 0)
    assert encoded_by(log) == work


@needs_ray
def test_an_interrupted_run_goes_on_with_what_is_missing(
    cluster: TwoNodes, index: Address, archive: Path, tmp_path: Path
) -> None:
    def interrupt() -> None:
        raise Interrupted

    first, second = tmp_path / "first", tmp_path / "second"
    wanted = expected(archive, tmp_path)
    with pytest.raises(Interrupted):
        Run(index, archive, first)(10, interrupt)
    kept = kept_passages(index)
    assert 0 < kept <= encoded_by(first).total()
    report = Run(index, archive, second)()
    assert report.update.encoded == encoded_by(second).total() == sum(map(len, wanted.values())) - kept
    assert contents(index) == wanted
    (archive / "00.txt").write_text("第0号公告\n\n任命某人为市长。\n", encoding="utf-8")
    (archive / "01.txt").rename(archive / "99.txt")
    changed = Run(index, archive, tmp_path / "third")()
    assert (changed.update.replaced, changed.update.added, changed.update.removed, changed.moved) == (1, 1, 1, 1)
    assert changed.update.encoded == encoded_by(tmp_path / "third").total() == 1


@needs_ray
def test_what_cannot_be_read_is_told_and_the_rest_done(cluster: TwoNodes, archive: Path, tmp_path: Path) -> None:
    (archive / "bad.pdf").write_bytes(b"%PDF-1.7 no")
    (archive / "empty.txt").write_bytes(b"")
    (archive / "other.xyz").write_bytes(b"?")
    report = Run(tmp_path / "index", archive, tmp_path / "log")()
    alone = ingest([archive], directory=tmp_path / "alone", encoder=FakeEncoder())
    assert [str(error) for error in report.skipped] == [str(error) for error in alone.skipped]
    assert sorted(Path(error.source).name for error in report.skipped) == ["bad.pdf", "empty.txt", "other.xyz"]
    assert (report.documents, report.chunks) == (alone.documents, alone.chunks)


@needs_ray
def test_files_of_uris_are_fetched_and_read_by_the_workers(cluster: TwoNodes, archive: Path, tmp_path: Path) -> None:
    """What ``file://`` names is a path; so that workers fetch from a file system, it is made one of others here."""
    cluster.restore()
    wanted = {text for texts in expected(archive, tmp_path).values() for text in texts}
    (archive / "bad.pdf").write_bytes(b"%PDF-1.7 no")
    for origin in (origin_of(archive.as_uri()), Remote(archive.as_uri())):
        index = tmp_path / type(origin).__name__
        report = Run(index, origin, tmp_path / "log")()
        assert (report.documents, [Path(error.source).name for error in report.skipped]) == (FILES, ["bad.pdf"])
        assert {text for texts in contents(index).values() for text in texts} == wanted
        again = Run(index, origin, tmp_path / "again")()
        assert (again.update.encoded, again.update.unchanged, again.update.added) == (0, FILES, 0)
    with open_index(index, ENCODER) as opened:
        sources = sorted(document.source for document in opened.documents())
    assert sources == [f"{archive.as_uri()}/{number:02}.txt" for number in range(FILES)]


@needs_ray
def test_what_workers_die_of_is_given_up_and_the_rest_done(cluster: TwoNodes, archive: Path, tmp_path: Path) -> None:
    from qa.cluster.pool import DEATHS, GivenUp, Pool, Task
    from qa.store import EncoderIdentity

    files = [Wanted(path, frozenset(), None) for path in sorted(archive.iterdir())]
    poison, tasks = Task("read", Poison()), [Task("read", file) for file in files]
    done = dict[Task, object]()
    with Pool(partial(load, log=tmp_path / "log"), EncoderIdentity.of(ENCODER)) as pool:
        pool.submit([tasks[0], poison, *tasks[1:]])
        while len(done) < len(files) + 1:
            done |= pool.results(1.0)
    assert isinstance(done[poison], GivenUp)
    assert poison.deaths == DEATHS
    for task in tasks:
        contents = done[task]
        assert isinstance(contents, Contents)
        assert contents.refused is None
        assert len(list(contents.parts)) == 1


@needs_ray
def test_a_node_with_another_encoder_is_refused(cluster: TwoNodes, archive: Path, tmp_path: Path) -> None:
    from qa.cluster.reading import ClusterReader

    reader = ClusterReader(tmp_path / "index", ENCODER, partial(load, log=tmp_path / "log", dimension=32))
    with pytest.raises(ClusterError, match="a node has another encoder"):
        ingest([archive], directory=tmp_path / "index", encoder=ENCODER, reader=reader)
    assert not (tmp_path / "log").exists()


@needs_ray
def test_addresses_that_lead_nowhere_are_told_at_once(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    from qa.cluster.connection import connected

    for address in ("", "nowhere", "http://host:1", "host:99999", "host"):
        with pytest.raises(InputError, match="is no address of a Ray cluster"), connected(address):
            pass
    for address in (f"127.0.0.1:{free_port()}", f"ray://127.0.0.1:{free_port()}"):
        with pytest.raises(ClusterError, match="no Ray cluster answers at"), connected(address):
            pass


def test_without_ray_the_way_out_is_told(
    capsys: pytest.CaptureFixture[str], archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa.cli.archives.find_spec", lambda name: None)
    assert run(["ingest", str(archive), "--index", str(tmp_path / "index"), "--ray", "local"]) == 2
    assert "pip install 'ray[client]>=2.60'" in capsys.readouterr().err.replace("\n", " ")


def test_nothing_of_it_is_imported_on_the_default_path(archive: Path, tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from tests.fakes import FakeEncoder\n"
        "import api.app, qa.service, qa.cli, qa.cli.archives\n"
        "from qa.indexing import ingest\n"
        f"ingest([pathlib.Path({str(archive)!r})], directory=pathlib.Path({str(tmp_path / 'index')!r}),"
        " encoder=FakeEncoder())\n"
        "print(sorted(name for name in sys.modules if name == 'ray' or name.startswith('qa.cluster')))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout == "[]\n"


def test_the_default_installation_does_not_bring_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = [requirement.split(">")[0].split("=")[0] for requirement in project["dependencies"]]
    brought = {name for name, _ in closure(names)}
    assert len(brought) > 40
    assert not brought & {"ray", "pymilvus"}


@pytest.mark.parametrize("error", [SourceError("a.txt", "is empty"), UnknownFormat("b.xyz", "not a supported format")])
def test_a_reason_arrives_as_it_was_sent(error: SourceError) -> None:
    arrived = pickle.loads(pickle.dumps(error))
    assert (type(arrived), arrived.source, arrived.reason, str(arrived)) == (
        type(error),
        error.source,
        error.reason,
        str(error),
    )


@needs_ray
def test_a_cluster_of_this_machine_asks_nobody_outside(archive: Path, tmp_path: Path) -> None:
    outside = Outside(tmp_path)
    for path in sorted(archive.iterdir())[2:]:
        path.unlink()
    command = [sys.executable, "-m", "qa", "ingest", str(archive), "--ray", "local"]
    done = outside.run([*command, "--index", str(tmp_path / "index"), "--json"])
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["documents"], report["encoded"]) == (2, report["chunks"])
    here = {each.address for addresses in psutil.net_if_addrs().values() for each in addresses} | {"0.0.0.0"}
    assert outside.wanted, "nothing was recorded, of a cluster that has addresses"
    assert [line for line in outside.wanted if line.split()[1] not in here] == []

"""A question through a running ``gazette serve``: the same bytes as in process, and in process where it must not be."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from embeddings.home import DEFAULT_ENCODER, cache_folder
from qa.announced import Announcement, announcing, ask_announced, find_announced
from qa.cli import run
from qa.config import Settings
from qa.read.released import released_identity, weights_sha256
from tests.test_cli_serve import SERVE

ASKED = ["Who was appointed vice mayor?", "谁被任命为郑州市副市长?", "谁被任命为洛阳市人民政府副市长?"]
CHECK = """
import sys
from qa.cli import run
code = run(sys.argv[1:])
print(*sorted({"openvino", "numpy", "faiss"} & set(sys.modules)), file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture(scope="module", autouse=True)
def _alone(home: Path) -> None:
    """Forget the services that other modules killed: they left their announcements."""
    shutil.rmtree(cache_folder() / "serving", ignore_errors=True)


@contextmanager
def served(index: Path, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run the real command until it has announced itself, or for as long as it takes to be ready without."""
    process = subprocess.Popen([*SERVE, "--port", "0", "--index", str(index), *options], stderr=subprocess.DEVNULL)
    try:
        while find_announced(Settings(index)) is None:
            assert process.poll() is None
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait()


def answered(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Run ``gazette ask`` and return its exit code and output, the times taken out."""
    code = run(["ask", *arguments])
    output = capfd.readouterr().out
    if "--json" in arguments:
        reply = json.loads(output)
        reply["timings_ms"] = dict.fromkeys(reply["timings_ms"], 0)
        return code, json.dumps(reply, ensure_ascii=False)
    return code, output


def test_a_running_service_gives_the_same_bytes(index: Path, capfd: pytest.CaptureFixture[str]) -> None:
    more: tuple[list[str], ...] = (["--json"], [], ["--json", "--top-k", "2", "--to", "2020", "--source", "txt"])
    arguments = [[question, "--index", str(index), *options] for question, options in zip(ASKED, more, strict=True)]
    expected = [answered(capfd, *each, "--in-process") for each in arguments]
    with served(index) as process:
        service = find_announced(Settings(index))
        assert service is not None
        assert service.pid == process.pid
        assert [answered(capfd, *each) for each in arguments] == expected
        reply = ask_announced(service, index, {"question": ASKED[0], "top_k": 5})
        assert reply is not None
        assert reply["items"][0]["text"] == "李新建"
        # It need load nothing: not one of the models' libraries is imported.
        finished = subprocess.run(
            [sys.executable, "-c", CHECK, "ask", *arguments[0]], capture_output=True, encoding="utf-8", check=False
        )
        assert (finished.returncode, json.loads(finished.stdout)["items"], finished.stderr.strip()) == (
            0,
            reply["items"],
            "",
        )
        # Whatever it refuses is said in process, in its own words.
        assert run(["ask", "  ", "--index", str(index)]) == 2
        assert "empty" in capfd.readouterr().err
        process.kill()
        process.wait()
        assert find_announced(Settings(index)) is None
        assert answered(capfd, *arguments[0]) == expected[0]


@pytest.fixture
def announced(index: Path) -> Iterator[Announcement]:
    """An announcement of a service that does not listen."""
    made_with = json.loads((index / "manifest.json").read_text("utf-8"))["encoder"]["fingerprint"]
    with announcing(index, "127.0.0.1", 9, wanted=True) as announcer:
        announcer.announce(encoder=DEFAULT_ENCODER, fingerprint=made_with, reader=released_identity())
        found = find_announced(Settings(index))
        assert found is not None
        yield found
    assert find_announced(Settings(index)) is None


def rewritten(announced: Announcement, **fields: object) -> None:
    (file,) = (cache_folder() / "serving").glob("*.json")
    said = json.loads(file.read_text("utf-8"))
    assert said["pid"] == announced.pid == os.getpid()
    file.write_text(json.dumps(said | fields), "utf-8")


@pytest.mark.parametrize("name", ["program", "encoder", "fingerprint", "reader"])
def test_another_program_or_model_is_not_asked(index: Path, announced: Announcement, name: str) -> None:
    rewritten(announced, **{name: "another"})
    assert find_announced(Settings(index)) is None


def test_the_same_reader_without_its_verifier_is_not_asked(index: Path, announced: Announcement) -> None:
    rewritten(announced, reader=weights_sha256())
    assert find_announced(Settings(index)) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"host": 1}'])
def test_a_damaged_announcement_is_none(index: Path, announced: Announcement, content: str) -> None:
    (file,) = (cache_folder() / "serving").glob("*.json")
    file.write_text(content)
    assert find_announced(Settings(index)) is None


def test_another_encoder_or_index_is_not_asked_for(index: Path, announced: Announcement, tmp_path: Path) -> None:
    assert find_announced(Settings(index, encoder="another")) is None
    assert find_announced(Settings(tmp_path)) is None


def test_a_service_that_cannot_be_reached_is_no_answer(
    index: Path, announced: Announcement, capfd: pytest.CaptureFixture[str]
) -> None:
    assert ask_announced(announced, index, {"question": ASKED[0]}) is None
    code, output = answered(capfd, ASKED[0], "--index", str(index))
    assert (code, output.splitlines()[0]) == (0, "李新建、孙延文、张武清")


def test_of_two_services_the_first_is_announced(index: Path, announced: Announcement) -> None:
    with announcing(index, "127.0.0.1", 10, wanted=True) as second:
        assert not second.held
        second.announce(encoder="x", fingerprint="x", reader="x")
        assert find_announced(Settings(index)) == announced
    assert find_announced(Settings(index)) == announced


def test_where_it_is_not_wanted_nothing_is_written(index: Path) -> None:
    with announcing(index, "0.0.0.0", 10, wanted=False) as announcer:
        announcer.announce(encoder="x", fingerprint="x", reader="x")
        assert not list((cache_folder() / "serving").glob("*.json"))


def test_a_lock_that_nobody_holds_is_of_a_service_that_died(index: Path, announced: Announcement) -> None:
    (file,) = (cache_folder() / "serving").glob("*.json")
    left = file.read_text("utf-8")
    lock = file.with_suffix(".lock")
    with pytest.raises(TimeoutError), FileLock(lock, timeout=0):
        pass
    other = index.parent / "home" / "serving" / file.name
    other.parent.mkdir(parents=True)
    other.write_text(left, "utf-8")
    other.with_suffix(".lock").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GAZETTE_HOME", str(index.parent / "home"))
        assert find_announced(Settings(index)) is None

"""Nothing phones home: every command is run with each connection that its processes try recorded."""

import ast
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest
import typer

from embeddings.models import provision
from qa.cli import application
from tests.conftest import SEEDS

QUESTION = "谁被任命为洛阳市人民政府副市长?"
MAIN = [sys.executable, "-m", "qa"]
ROOT = Path(__file__).parent.parent

# Python runs this before anything else, in every process that has its folder on the path, and forks keep the hook.
# Loopback is this machine; what a resolver is asked for leaves it.
RECORDER = """
import os, sys

def _record(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
    elif event == "socket.sendto" and isinstance(arguments[1], tuple):
        host = str(arguments[1][0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = str(arguments[0])
    else:
        return
    if host not in ("127.0.0.1", "::1", "localhost"):
        with open(os.environ["RECORDED"], "a") as file:
            file.write(f"{event} {host}\\n")

sys.addaudithook(_record)
"""


class Outside:
    """Runs programs in a home of their own, and knows what they wanted of the network."""

    def __init__(self, folder: Path) -> None:
        self.home, hooks, self._recorded = folder / "home", folder / "hooks", folder / "recorded"
        for made in (self.home, hooks):
            made.mkdir()
        (hooks / "sitecustomize.py").write_text(RECORDER)
        kept = {
            name: value
            for name, value in os.environ.items()
            # Each of these stops some library from reporting; a user has none of them.
            if name not in ("CI", "HF_HUB_OFFLINE", "TF_BUILD", "JENKINS_URL", "DO_NOT_TRACK", "XDG_CACHE_HOME")
            and not name.lower().endswith("_proxy")
        }
        self.environment = {
            **kept,
            "HOME": str(self.home),
            "PYTHONPATH": os.pathsep.join([str(hooks), str(ROOT)]),
            "RECORDED": str(self._recorded),
        }

    def run(self, command: list[str], stdin: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            env=self.environment,
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=250,
        )

    @property
    def wanted(self) -> list[str]:
        return self._recorded.read_text().splitlines() if self._recorded.exists() else []


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(tmp_path)


@pytest.fixture(scope="module")
def answers(index: Path, outside_of_module: Outside) -> Path:
    file = index.parent / "answers.jsonl"
    done = outside_of_module.run([*MAIN, "ask", QUESTION, "--json", "--index", str(index)])
    file.write_text(done.stdout, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def outside_of_module(tmp_path_factory: pytest.TempPathFactory) -> Outside:
    return Outside(tmp_path_factory.mktemp("outside"))


def commands(group: Any = None, *names: str) -> Iterator[tuple[str, ...]]:
    """Yield the name of every command there is."""
    group = group or typer.main.get_command(application(()))
    children = getattr(group, "commands", {})
    if not children:
        yield names
    for name, command in children.items():
        yield from commands(command, *names, name)


def test_the_recorder_sees_what_a_thread_in_a_child_process_tries(outside: Outside) -> None:
    tried = """
import multiprocessing, socket, threading, urllib.request
def call():
    try:
        socket.create_connection(("192.0.2.1", 9), timeout=0.01)
    except OSError:
        pass
    try:
        urllib.request.urlopen("http://usage.invalid/")
    except OSError:
        pass
def child():
    thread = threading.Thread(target=call)
    thread.start()
    thread.join()
process = multiprocessing.get_context("fork").Process(target=child)
process.start()
process.join()
"""
    assert outside.run([sys.executable, "-c", tried]).returncode == 0
    assert {"socket.connect 192.0.2.1", "socket.getaddrinfo usage.invalid"} <= set(outside.wanted)


def test_openvino_alone_would_have_reported(outside: Outside) -> None:
    """What the guard is for: without it, this recorder sees the event; when it no longer does, the guard can go."""
    outside.run([sys.executable, "-c", "import openvino, time; time.sleep(1)"])
    assert outside.wanted
    assert (outside.home / "intel").is_dir()


def test_every_import_of_openvino_goes_through_the_guard() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for package in ("qa", "embeddings", "api", "tests")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
        if name.partition(".")[0] == "openvino"
    }
    assert found == {"embeddings/inference.py"}


def test_help_of_every_command(outside: Outside) -> None:
    helped = [[*names, "--help"] for names in commands()] + [["--help"]]
    # In one process: the commands are one module tree, imported once.
    code = f"from qa.cli import run; import sys; sys.exit(any([run(arguments) for arguments in {helped!r}]))"
    done = outside.run([sys.executable, "-c", code])
    assert done.returncode == 0
    assert done.stdout.count("Usage: ") == len(helped)
    assert outside.wanted == []
    assert list(outside.home.iterdir()) == []


# What training does needs data sets and hours; its commands import the same libraries as those below, and --help them.
REAL: Final[dict[tuple[str, ...], tuple[list[str], int]]] = {
    ("ask",): (["QUESTION", "--index", "INDEX"], 0),
    ("chat",): (["--index", "INDEX"], 0),
    ("compare",): (["REPORT", "REPORT"], 0),
    ("completion",): (["bash"], 0),
    ("doctor",): (["--index", "INDEX"], 0),
    ("documents",): (["--index", "INDEX"], 0),
    ("forget",): (["nothing", "--index", "INDEX"], 2),
    ("eval",): (["--gold", "GOLD", "--index", "INDEX"], 0),
    ("gold", "check"): (["GOLD", "--index", "INDEX"], 0),
    ("gold", "new"): (["PAGE", "--out", "DRAFTS"], 0),
    ("ingest",): (["SEEDS", "--index", "NEW"], 0),
    ("keys", "create"): (["desk", "--keys", "KEYS"], 0),
    ("keys", "list"): (["--keys", "KEYS"], 0),
    ("keys", "revoke"): (["nobody", "--keys", "KEYS"], 2),
    ("mcp",): (["--index", "INDEX"], 0),
    ("plan",): (["--passages", "1000", "--rate", "50", "--index", "INDEX"], 0),
    ("read",): (["-", "--json"], 0),
    ("reencode",): (["--index", "INDEX"], 2),
    ("search",): (["QUESTION", "--index", "INDEX"], 0),
    ("show",): (["PAGE", "--index", "INDEX"], 0),
    ("verify",): (["ANSWERS"], 0),
}
STDIN: Final[dict[tuple[str, ...], str]] = {
    ("read",): json.dumps({"question": QUESTION, "context": "李新建为洛阳市人民政府副市长。"}),
    ("chat",): QUESTION,
}


def test_every_command_is_run() -> None:
    assert {names for names in commands() if names[0] != "train"} == {*REAL, ("serve",)}


@pytest.mark.parametrize("names", REAL, ids=" ".join)
def test_a_command_at_work(names: tuple[str, ...], outside: Outside, index: Path, answers: Path) -> None:
    gold, report = outside.home.parent / "gold.jsonl", outside.home.parent / "report"
    with (SEEDS / "gold.jsonl").open(encoding="utf-8") as lines:
        gold.write_text(next(lines), encoding="utf-8")
    if names == ("compare",):
        assert (
            outside.run([*MAIN, "eval", "--gold", str(gold), "--index", str(index), "--out", str(report)]).returncode
            == 0
        )
    places = {
        "QUESTION": QUESTION,
        "INDEX": index,
        "NEW": outside.home.parent / "new",
        "PAGE": next(SEEDS.glob("*.txt")).relative_to(ROOT),
        "SEEDS": SEEDS,
        "GOLD": gold,
        "DRAFTS": outside.home.parent / "drafts.jsonl",
        "REPORT": report,
        "KEYS": outside.home.parent / "keys.json",
        "ANSWERS": answers,
    }
    arguments, code = REAL[names]
    done = outside.run(
        [*MAIN, *names, *(str(places.get(argument, argument)) for argument in arguments)], STDIN.get(names, "")
    )
    assert done.returncode == code, done.stderr
    assert outside.wanted == []
    assert not (outside.home / "intel").exists()


@pytest.mark.parametrize("encoder", ["nobody/no-such-model", "FOLDER"])
def test_another_encoder_is_not_looked_for_elsewhere(outside: Outside, index: Path, encoder: str) -> None:
    encoder = str(provision().path) if encoder == "FOLDER" else encoder
    done = outside.run([*MAIN, "ask", QUESTION, "--encoder", encoder, "--index", str(index)])
    assert done.returncode == 2, done.stderr  # the index was made with the default one
    assert "Traceback" not in done.stderr
    assert outside.wanted == []


def test_the_service(outside: Outside, index: Path) -> None:
    said = outside.home.parent / "said"
    with said.open("w") as stream:
        process = subprocess.Popen(
            [*MAIN, "serve", "--port", "0", "--index", str(index)], env=outside.environment, stderr=stream
        )
    try:
        while " over the index " not in (text := said.read_text("utf-8")):
            assert process.poll() is None, text
            time.sleep(0.05)
        address = f"http://127.0.0.1:{text.split('http://127.0.0.1:')[1].split(' ')[0]}"
        while httpx2.get(f"{address}/readyz", timeout=60).status_code != 200:
            time.sleep(0.1)
        for path in ("/", "/openapi.json", "/healthz", "/metrics", "/v1/models"):
            assert httpx2.get(address + path, timeout=60).status_code == 200
        assert httpx2.post(f"{address}/api/ask", json={"question": QUESTION}, timeout=200).status_code == 200
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    finally:
        process.kill()
        process.wait()
    assert outside.wanted == []
    assert not (outside.home / "intel").exists()

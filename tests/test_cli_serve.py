"""``gazette serve`` and ``gazette keys``: what they say, what they refuse, and a stop that drops nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest
from filelock import FileLock

from qa.cli import run

SERVE = [sys.executable, "-m", "qa", "serve"]
QUESTION = "谁被任命为洛阳市人民政府副市长?"


def test_keys_are_made_listed_and_revoked(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = ["--keys", str(tmp_path / "keys.json")]
    assert run(["keys", "create", "newsroom", *file]) == run(["keys", "create", "desk", "--write", *file]) == 0
    first, second = capfd.readouterr().out.split()
    assert first.startswith("gz_")
    assert run(["keys", "list", "--json", *file]) == 0
    listed = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [(key["name"], key["permission"]) for key in listed] == [("newsroom", "read"), ("desk", "write")]
    assert not any(secret in json.dumps(listed) for secret in (first, second))
    assert run(["keys", "revoke", listed[0]["id"], *file]) == 0
    assert run(["keys", "list", *file]) == 0
    assert "newsroom" not in capfd.readouterr().out
    assert run(["keys", "revoke", "nothing", *file]) == 2


@pytest.mark.parametrize("file", ["/proc/keys.json", "/proc/none/keys.json", "blocked/keys.json"])
def test_keys_that_cannot_be_written_are_one_line(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("blocked").touch()
    assert run(["keys", "create", "desk", "--keys", file]) == 2
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert line.startswith(f"error: {file}: the keys cannot be written there (")
    assert line.endswith("; choose another file, with --keys or GAZETTE_KEYS")


def test_keys_that_another_process_changes_are_waited_for_and_not_without_end(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.keys.PATIENCE", 0.2)
    file = tmp_path / "keys.json"
    with FileLock(tmp_path / "keys.lock"):
        assert run(["keys", "create", "desk", "--keys", str(file)]) == 2
        assert capfd.readouterr().err == (
            f"error: {file}: another process has held keys.lock beside it for 0.2 s; end that one, and try again\n"
        )
    assert run(["keys", "create", "desk", "--keys", str(file)]) == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--host", "0.0.0.0"], "gazette keys create"),
        (["--config", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_what_cannot_be_served_is_one_line(capfd: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert run(["serve", *arguments]) == 2
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert words in line


def test_a_port_that_is_taken_is_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert run(["serve", "--port", str(port)]) == 2
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert f"cannot listen on 127.0.0.1, port {port}" in line


@pytest.fixture
def served(
    request: pytest.FixtureRequest, index: Path, tmp_path: Path
) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """The real command with the real model: the process, its address, and the file of its log.

    The parameter is how long it waits for its answers when it stops, in seconds.
    """
    log, drain = tmp_path / "log", getattr(request, "param", "200")
    environment = {**os.environ, "GAZETTE_QUEUE": "64", "GAZETTE_ANSWER_TIMEOUT": "200", "GAZETTE_DRAIN": drain}
    with log.open("w") as stream:
        process = subprocess.Popen(
            [*SERVE, "--port", "0", "--index", str(index)], stderr=stream, env=environment, text=True
        )
    try:
        while " over the index " not in (said := log.read_text("utf-8")):
            assert process.poll() is None, said
            time.sleep(0.05)
        port = said.split("gazette listens on http://127.0.0.1:")[1].split(" ")[0]
        yield process, f"http://127.0.0.1:{port}", log
    finally:
        process.kill()
        process.wait()


def test_it_says_where_it_listens_answers_and_drains(served: tuple[subprocess.Popen[str], str, Path]) -> None:
    process, address, log = served
    with httpx2.Client(base_url=address, timeout=200) as client:
        assert client.get("/v1/models").json()["data"][0]["id"] == "gazette"
        while client.get("/readyz").status_code != 200:
            time.sleep(0.05)
        answer = client.post("/api/ask", json={"question": QUESTION}).json()
    assert [item["text"] for item in answer["items"]] == ["李新建", "孙延文", "张武清"]

    def ask(number: int) -> int:
        return httpx2.post(f"{address}/api/ask", json={"question": f"{QUESTION}{number}"}, timeout=200).status_code

    with ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(ask, number) for number in range(12)]
        while sum(reply.done() for reply in asked) + accepted(address) < len(asked):
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        assert [reply.result() for reply in asked] == [200] * len(asked)
    assert process.wait() == -signal.SIGTERM  # done, and then passed on, as the system expects it
    printed = log.read_text("utf-8").splitlines()[1:]
    lines = [json.loads(line) for line in printed if not line.startswith("first use: ")]
    logged = [line for line in lines if line.get("path") == "/api/ask"]
    assert len(logged) == 1 + len(asked)
    assert all(line["status"] == 200 and "question" not in line for line in logged)


def accepted(address: str) -> int:
    """Return how many questions are being answered or wait."""
    lines = httpx2.get(f"{address}/metrics", timeout=200).text.splitlines()
    values = dict(line.split(" ") for line in lines if line.startswith("gazette_questions_"))
    return int(float(values["gazette_questions_running"]) + float(values["gazette_questions_waiting"]))


@pytest.mark.parametrize("served", ["0"], indirect=True)
def test_who_still_waits_when_it_stops_is_told_so(served: tuple[subprocess.Popen[str], str, Path]) -> None:
    process, address, log = served
    while httpx2.get(f"{address}/readyz").status_code != 200:
        time.sleep(0.05)

    def ask(number: int) -> httpx2.Response:
        return httpx2.post(f"{address}/api/ask", json={"question": f"{QUESTION}{number}"}, timeout=200)

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(ask, number) for number in range(4)]
        while sum(reply.done() for reply in asked) + accepted(address) < len(asked):
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        replies = [reply.result() for reply in asked]
    told = [reply for reply in replies if reply.status_code != 200]
    assert told
    for reply in told:
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "5")
        assert "the service is stopping" in reply.text
    process.wait()
    assert "Traceback" not in log.read_text("utf-8")

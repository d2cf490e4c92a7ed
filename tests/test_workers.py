"""``gazette serve --workers``: processes on one port that are one service."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from api.settings import ServerSettings
from qa.cli.workers import METRICS, WorkerError, serve_together
from tests.worker_app import refuse

SETTINGS = ServerSettings(workers=2, address_rate="1000/hour", drain=5)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The processes, and their address."""
    command = [sys.executable, "-m", "tests.worker_app", SETTINGS.model_dump_json()]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, text=True)
    assert process.stdout is not None
    try:
        yield process, f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


def asked(address: str, session: str | None = None) -> dict[str, object]:
    """Ask over a connection of its own, again where a process that was killed had taken it."""
    for _ in range(200):
        try:
            reply = httpx2.post(f"{address}/api/chat", json={"question": "谁?", "session_id": session}, timeout=60)
        except httpx2.TransportError:
            continue
        if reply.status_code == 200:
            found: dict[str, object] = reply.json()
            return found
        time.sleep(0.05)
    raise AssertionError("no answer")


def process_of(reply: dict[str, object]) -> int:
    return int(reply["answer"]["answer"])  # type: ignore[index]


def test_they_are_one_service_and_one_that_dies_is_replaced(
    served: tuple[subprocess.Popen[str], str], tmp_path: Path
) -> None:
    process, address = served
    first = asked(address)
    session = str(first["session_id"])
    turns = [first, asked(address, session)]
    while len({process_of(turn) for turn in turns}) < 2:  # who takes a connection is the system's choice
        turns.append(asked(address, session))
    os.kill(process_of(first), signal.SIGKILL)
    turns.append(asked(address, session))
    while len({process_of(turn) for turn in turns}) < 3:
        turns.append(asked(address, session))
    assert [turn["turn"] for turn in turns] == list(range(1, len(turns) + 1))
    lines = httpx2.get(f"{address}/metrics", timeout=60).text.splitlines()
    counted = dict(line.rsplit(" ", 1) for line in lines if line.startswith("gazette_"))
    assert float(counted['gazette_answers_total{outcome="answered"}']) >= len(turns)
    assert counted["gazette_sessions"] == "1.0"
    (folder,) = tmp_path.iterdir()
    assert (folder / "shared.sqlite").exists()
    process.terminate()
    assert process.wait(60) == -signal.SIGTERM
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(address)


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="told by Linux alone which children there are")
def test_ctrl_c_is_for_the_one_that_started_them(served: tuple[subprocess.Popen[str], str]) -> None:
    """It goes to all processes of a terminal, and each would show where its imports were interrupted."""
    process, _ = served
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    held = list[bool]()
    until = time.monotonic() + 60
    while len(held) < SETTINGS.workers and time.monotonic() < until:
        time.sleep(0.05)
        started = [Path("/proc", child) for child in children.read_text().split()]
        workers = [each for each in started if b"spawn_main" in (each / "cmdline").read_bytes()]
        blocked = [re.search(r"SigBlk:\s*(\w+)", (each / "status").read_text()) for each in workers]
        held = [bool(int(mask[1], 16) >> (signal.SIGINT - 1) & 1) for mask in blocked if mask]
    assert held == [True] * SETTINGS.workers


def test_what_none_of_them_can_mend_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(METRICS, "")
    with (
        socket.create_server(("127.0.0.1", 0)) as bound,
        pytest.raises(WorkerError, match=r"^the index is not there$"),
    ):
        serve_together(SETTINGS, bound, refuse)

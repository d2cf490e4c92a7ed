"""Processes of one service: what one counts and remembers, the others do too."""

import asyncio
import random
import shutil
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api import rates
from api.keys import Keys
from api.rates import LocalRates, RemoteRates, SharedRates
from api.sessions import MOST_TURNS, Session, size_of
from api.settings import ServerSettings
from api.shared import SharedFile
from api.shared_sessions import SharedSessions
from qa.chat import Turn
from qa.errors import InputError
from qa.types import Filters
from tests.api_service import ANSWERED, PlainService, running

TURN = Turn("谁?", "谁被任命?", ANSWERED, Filters(date_from="2021-10-13"))


@pytest.fixture
def files(tmp_path: Path) -> Iterator[list[SharedFile]]:
    """The same file, as two processes have it open."""
    opened = [SharedFile(tmp_path / "shared.sqlite") for _ in range(2)]
    yield opened
    for file in opened:
        file.close()


def test_it_is_its_owners_alone(files: list[SharedFile], tmp_path: Path) -> None:
    found = [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()]
    assert set(found) == {0o600}


def test_a_file_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no database, but a text that is long enough to be looked at" * 20)
    for path in (tmp_path, tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(InputError, match="what processes share"):
            SharedFile(path)


def test_what_one_keeps_another_finds_whole(files: list[SharedFile]) -> None:
    one, other = (SharedSessions(file, 10, 60) for file in files)
    session = one.resume(None, "key")
    assert [one.add(session, TURN), other.add(session, TURN)] == [1, 2]
    found = other.find(session.id, "key")
    assert found is not None
    assert found.numbered == [(1, TURN), (2, TURN)]
    assert other.resume(session.id, "key").numbered == found.numbered
    assert other.find(session.id, None) is None
    assert other.resume(session.id, None).id != session.id
    assert (len(one), other.forget(session.id, None), other.forget(session.id, "key")) == (1, False, True)
    assert (one.find(session.id, "key"), len(one)) == (None, 0)


def test_the_bounds_are_those_of_memory(files: list[SharedFile]) -> None:
    one, other = (SharedSessions(file, 2, 60) for file in files)
    first, second, third = (one.resume(None, None) for _ in range(3))
    assert [one.add(first, TURN) for _ in range(MOST_TURNS + 3)] == list(range(1, MOST_TURNS + 4))
    found = other.find(first.id, None)
    assert found is not None
    assert [number for number, _ in found.numbered] == list(range(4, MOST_TURNS + 4))
    other.add(second, TURN)
    one.add(first, TURN)
    other.add(third, TURN)
    assert [one.find(each.id, None) is not None for each in (first, second, third)] == [True, False, True]
    assert len(SharedSessions(files[0], 2, 0.000001)) == 0
    assert SharedSessions(files[0], 2, 0.000001).find(first.id, None) is None


def test_together_they_stay_within_their_room(files: list[SharedFile]) -> None:
    sessions = SharedSessions(files[0], 1000, 60, most_bytes=40 * size_of(TURN))
    for number in range(50):
        sessions.add(Session(f"s{number}", None), TURN)
    assert len(sessions) == 40
    assert [sessions.find(f"s{number}", None) is not None for number in (9, 10)] == [False, True]
    long = Session("long", None)
    assert [sessions.add(long, TURN) for _ in range(5)] == [1, 2, 3, 4, 5]
    found = sessions.find("long", None)
    assert found is not None
    assert [number for number, _ in found.numbered] == [4, 5]  # a twentieth of all: two turns


def test_a_file_counts_as_limits_does(files: list[SharedFile], monkeypatch: pytest.MonkeyPatch) -> None:
    chance, now, limit = random.Random(1), [1_000_000.0], parse("5/10second")
    monkeypatch.setattr(time, "time", lambda: now[0])
    monkeypatch.setattr(rates, "time", lambda: now[0])
    known = SlidingWindowCounterRateLimiter(MemoryStorage())
    counting = [SharedRates(file) for file in files]
    refused = 0
    for _ in range(200):
        now[0] += chance.expovariate(1.2)
        who = chance.choice("ab")
        allowed = known.hit(limit, who)
        wait = asyncio.run(chance.choice(counting).hit(limit, who))
        assert (wait is None) == allowed
        if wait is not None:
            refused += 1
            assert wait == pytest.approx(known.get_window_stats(limit, who).reset_time - now[0])
    assert 20 < refused < 180
    with files[0].reading() as connection:
        assert connection.execute("SELECT COUNT(*) FROM counts").fetchone()[0] <= 8  # what is over has gone


def test_conversations_limits_and_keys_hold_across_processes(tmp_path: Path) -> None:
    settings = ServerSettings(
        host="192.0.2.1", keys=tmp_path / "keys.json", key_rate="6/hour", shared=tmp_path / "shared.sqlite"
    )
    key = Keys(settings.keys).create("a", "read")
    headers = {"authorization": f"Bearer {key}"}
    with ExitStack() as stack:
        one, other = (stack.enter_context(running(PlainService(), settings)) for _ in range(2))
        begun = one.post("/api/chat", json={"question": "谁?"}, headers=headers).json()
        said = {"question": "还有谁?", "session_id": begun["session_id"]}
        assert other.post("/api/chat", json=said, headers=headers).json()["turn"] == 2
        turns = one.get(f"/api/chat/{begun['session_id']}", headers=headers).json()["turns"]
        assert [turn["question"] for turn in turns] == ["谁?", "还有谁?"]
        assert turns[0] == {name: begun[name] for name in turns[0]}
        assert "gazette_sessions 1.0" in other.get("/metrics", headers=headers).text
        assert one.delete(f"/api/chat/{begun['session_id']}", headers=headers).status_code == 204
        assert other.get(f"/api/chat/{begun['session_id']}", headers=headers).status_code == 404
        assert [each.get("/api/info", headers=headers).status_code for each in (one, other)] == [429, 429]
        Keys(settings.keys).revoke(key.split("_")[1])
        assert [each.get("/api/info", headers=headers).status_code for each in (one, other)] == [401, 401]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[str]:
    """The address of a server that counts; it stops with the test."""
    pytest.importorskip("redis", reason="the extra [redis] is not installed")
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}"
    finally:
        server.kill()
        server.wait()


def test_machines_count_at_one_server(redis: str) -> None:
    settings = ServerSettings(address_rate="5/hour", rate_storage=redis)
    with ExitStack() as stack:
        clients = [stack.enter_context(running(PlainService(), settings)) for _ in range(3)]
        replies = [client.get("/api/chat/none") for client in (*clients, *clients)]
        assert [reply.status_code for reply in replies] == [404] * 5 + [429]
        assert 1 <= int(replies[-1].headers["retry-after"]) <= 3600


def test_a_server_that_cannot_be_reached_leaves_each_to_count_alone() -> None:
    pytest.importorskip("redis", reason="the extra [redis] is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings = ServerSettings(address_rate="2/hour", rate_storage=f"redis://127.0.0.1:{free.getsockname()[1]}")
    with running(PlainService(), settings) as client:
        assert [client.get("/api/chat/none").status_code for _ in range(3)] == [404, 404, 429]


@pytest.mark.parametrize("storage", ["nowhere", "ftp://user:secret@host", "redis://user:secret@host:port"])
def test_what_cannot_count_is_one_line_without_its_password(storage: str) -> None:
    with pytest.raises(InputError, match="GAZETTE_RATE_STORAGE") as found:
        RemoteRates(storage)
    assert "secret" not in str(found.value)


def test_memory_says_when_to_try_again() -> None:
    counting, limit = LocalRates(), parse("1/hour")
    assert asyncio.run(counting.hit(limit, "a")) is None
    wait = asyncio.run(counting.hit(limit, "a"))
    assert wait is not None
    assert 0 <= wait <= 3600

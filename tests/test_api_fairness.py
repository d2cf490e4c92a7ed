"""Every caller is served, whatever the others do: shares of the queue, abandoned requests, connections, memory."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from threading import Event
from typing import Any

import pytest
import uvicorn

from api.app import create_app
from api.connections import bounded_protocol, most_connections
from api.sessions import Session, Sessions, size_of
from api.settings import ServerSettings
from api.workers import BusyError, Workers
from qa.chat import Turn
from tests.api_service import PlainService, running


def in_turn(asked: list[str], *, queue: int) -> tuple[list[str], list[str]]:
    """Ask with one worker while it is busy; return who was served, in order, and who was refused."""
    served, refused = list[str](), list[str]()

    async def main() -> None:
        workers, release = Workers(concurrency=1, queue=queue), Event()
        first = workers.submit(lambda: release.wait(30))
        waiting: list[tuple[str, asyncio.Future[None]]] = []
        for caller in asked:
            try:
                waiting.append((caller, workers.submit(partial(served.append, caller), caller)))
            except BusyError:
                refused.append(caller)
        assert workers.waiting <= queue
        release.set()
        await first
        for caller, result in waiting:
            try:
                await result
            except BusyError:
                refused.append(caller)
        await asyncio.to_thread(workers.close)

    asyncio.run(main())
    return served, refused


@pytest.mark.parametrize(
    ("asked", "served", "refused"),
    [
        ("aaab", "abaa", ""),
        ("aaabbc", "abcaba", ""),
        ("aaaaaaaa", "aaaaaa", "aa"),
        ("aaaaaabcd", "abcdaa", "aaa"),
        ("aabbccd", "abcdbc", "a"),
        ("abcdefg", "abcdef", "g"),
    ],
)
def test_callers_take_turns_and_none_fills_the_queue(asked: str, served: str, refused: str) -> None:
    assert in_turn(list(asked), queue=6) == (list(served), list(refused))


def test_a_task_that_nobody_waits_for_frees_its_place_and_does_not_begin() -> None:
    ran = list[int]()

    async def main() -> None:
        workers, release = Workers(concurrency=1, queue=2), Event()
        first = workers.submit(lambda: release.wait(30))
        dropped = [workers.submit(partial(ran.append, n)) for n in (1, 2)]
        for task in dropped:
            task.cancel()
        await asyncio.sleep(0)
        assert workers.waiting == 0
        last = [workers.submit(partial(ran.append, n)) for n in (3, 4)]
        release.set()
        await asyncio.gather(first, *last)
        assert (workers.running, workers.waiting) == (0, 0)
        await asyncio.to_thread(workers.close)

    asyncio.run(main())
    assert ran == [3, 4]


@pytest.mark.parametrize(("patience", "places"), [(0.35, 2), (0.25, 1), (0.15, 0), (60.0, 6)])
def test_nobody_waits_in_vain(patience: float, places: int) -> None:
    """A task is taken to last the tenth of a second that the average begins with."""

    async def main() -> None:
        workers, release = Workers(concurrency=1, queue=6, patience=patience), Event()
        running = workers.submit(lambda: release.wait(30))
        waiting = [workers.submit(lambda: True) for _ in range(places)]
        with pytest.raises(BusyError) as refused:
            workers.submit(lambda: True)
        assert refused.value.retry_after == 1
        release.set()
        assert await asyncio.gather(running, *waiting) == [True] * (1 + places)
        await asyncio.to_thread(workers.close)

    asyncio.run(main())


def test_the_pace_is_that_of_what_was_done() -> None:
    async def main() -> None:
        workers = Workers(concurrency=1, queue=100, patience=4)
        assert workers.places == 39
        await workers.submit(lambda: time.sleep(1.1))  # the average is two tenths now
        assert 15 <= workers.places <= 19
        with pytest.raises(ZeroDivisionError):
            await workers.submit(lambda: 1 // 0)
        assert 15 <= workers.places <= 19
        await asyncio.to_thread(workers.close)

    asyncio.run(main())


def turn(characters: int) -> Turn:
    return Turn("字" * characters, "问", PlainService().ask("谁?"))


def test_conversations_together_stay_within_their_memory() -> None:
    size = size_of(turn(10_000))
    assert 40_000 < size < 100_000
    sessions = Sessions(1000, 60, most_bytes=40 * size)
    for number in range(100):
        sessions.add(Session(f"s{number}", None), turn(10_000))
    assert len(sessions) == 40
    assert sessions.find("s59", None) is None
    assert sessions.find("s60", None) is not None
    long = Session("long", None)
    assert [sessions.add(long, turn(10_000)) for _ in range(5)] == [1, 2, 3, 4, 5]
    assert [number for number, _ in long.numbered] == [4, 5]  # a twentieth of all: two turns
    assert len(Sessions(3, 60)) == 0


@contextmanager
def serving(service: PlainService, *, most: int, head_timeout: float, **settings: Any) -> Iterator[tuple[str, int]]:
    app = create_app(lambda: service, ServerSettings(**settings), understand=lambda question, turns: question)
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(256)
        protocol = bounded_protocol(most=most, head_timeout=head_timeout)
        server = uvicorn.Server(uvicorn.Config(app, http=protocol, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        try:
            while not (server.started and app.state.server.live.is_ready):
                time.sleep(0.01)
                assert thread.is_alive()
            yield bound.getsockname()
        finally:
            server.should_exit = True
            thread.join()


def request(path: str, body: str = "") -> bytes:
    method = "POST" if body else "GET"
    head = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
    return f"{head}content-length: {len(body.encode())}\r\n\r\n{body}".encode()


def status(address: tuple[str, int], sent: bytes) -> bytes:
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(sent)
        return connection.recv(12)


def closed_after(connection: socket.socket) -> float:
    begun = time.monotonic()
    connection.settimeout(30)
    with suppress(ConnectionResetError):
        assert connection.recv(1) == b""
    return time.monotonic() - begun


@pytest.mark.parametrize("sent", [b"", b"GET /healthz HT", b"GET / HTTP/1.1\r\nhost: local"])
def test_the_head_of_a_request_has_a_deadline(sent: bytes) -> None:
    with (
        serving(PlainService(), most=50, head_timeout=0.3) as address,
        socket.create_connection(address, timeout=30) as connection,
    ):
        connection.sendall(sent)
        assert 0.1 < closed_after(connection) < 5


def test_the_head_of_the_next_request_has_a_deadline_too() -> None:
    with (
        serving(PlainService(), most=50, head_timeout=0.3) as address,
        socket.create_connection(address, timeout=30) as connection,
    ):
        connection.sendall(request("/healthz"))
        assert connection.recv(12) == b"HTTP/1.1 200"
        time.sleep(0.05)
        connection.setblocking(False)
        try:
            while connection.recv(4096):
                pass
        except BlockingIOError:
            connection.setblocking(True)
        connection.sendall(b"GET /hea")
        assert closed_after(connection) < 4  # uvicorn closes idle ones after 5


def test_half_open_connections_give_way_to_whole_requests() -> None:
    with serving(PlainService(), most=20, head_timeout=60) as address:
        held = [socket.create_connection(address, timeout=30) for _ in range(60)]
        try:
            for _ in range(10):
                begun = time.monotonic()
                assert status(address, request("/healthz")) == b"HTTP/1.1 200"
                assert time.monotonic() - begun < 5
        finally:
            for each in held:
                each.close()


def test_a_process_has_as_many_connections_as_the_system_lets_it() -> None:
    assert 1 <= most_connections(64) <= 64
    assert most_connections(10**9) < 10**9


def test_abandoned_questions_free_their_places() -> None:
    reading, release, begun = Event(), Event(), list[int]()

    def block() -> None:
        begun.append(1)
        reading.set()
        release.wait(30)

    body = '{"question": "谁?"}'
    with serving(PlainService(before=block), most=50, head_timeout=5, concurrency=1, queue=4) as address:
        held = [socket.create_connection(address, timeout=30) for _ in range(5)]
        for each in held:
            each.sendall(request("/api/ask", body))
        assert reading.wait(30)
        _until(lambda: b"waiting 4.0" in _metrics(address))
        for each in held:
            each.close()
        _until(lambda: b"waiting 0.0" in _metrics(address))
        release.set()
        assert status(address, request("/api/ask", body)) == b"HTTP/1.1 200"
    assert len(begun) == 2  # the one that had begun, and the last


def test_a_streamed_answer_is_whole_though_its_sender_is_watched() -> None:
    with running(PlainService()) as client:
        reply = client.post("/api/chat", json={"question": "谁?", "stream": True})
        assert reply.status_code == 200
        assert reply.text.rstrip().endswith("event: done\ndata: {}")


def _metrics(address: tuple[str, int]) -> bytes:
    with socket.create_connection(address, timeout=30) as connection:
        connection.sendall(request("/metrics").replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n"))
        parts = list(iter(lambda: connection.recv(65536), b""))
    return b"".join(parts).replace(b"gazette_questions_", b"")


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}, 200),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, 200),
        ({"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}, 200),
        ({}, 200),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "cors", "origin": "https://friend.example"}, 200),
    ],
)
def test_pages_of_other_sites_may_not_even_get(headers: dict[str, str], expected: int) -> None:
    with running(PlainService(), ServerSettings(cors_origins=("https://friend.example",))) as client:
        assert client.get("/v1/models", headers=headers).status_code == expected
        assert client.get("/healthz", headers=headers).status_code == 200
        post = client.post("/api/ask", json={"question": "谁?"}, headers=headers).status_code
        assert post == (200 if "origin" in headers or headers.get("sec-fetch-site") != "cross-site" else 403)

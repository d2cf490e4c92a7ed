"""Several replicas over one index, as processes: what is written appears in all, and nothing is lost meanwhile."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any

import httpx2
import pytest

from api.settings import ServerSettings
from qa.config import local_folder
from qa.indexing import ingest
from tests.api_service import ARCHIVE, archive_service, running
from tests.fakes import FakeEncoder

REPLICAS = 3
MOST_SECONDS = 5.0
"""After which all replicas have to be on a new generation."""
QUESTION = "甲市会议任命谁为副市长?"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    archive_service(tmp_path).close()
    return tmp_path / "index"


@pytest.fixture
def replicas(index: Path) -> Iterator[list[httpx2.Client]]:
    with started(index, "100000/hour") as clients:
        yield clients


@contextmanager
def started(index: Path, rate: str) -> Iterator[list[httpx2.Client]]:
    """Run replicas that let an address ask so often, and wait until they are ready."""
    settings = ServerSettings(
        index=index, shared=index.with_name("shared.sqlite"), keys=index.with_name("keys.json"), address_rate=rate
    )
    command = [sys.executable, "-m", "tests.replica", settings.model_dump_json()]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(REPLICAS)]
    with ExitStack() as stack:
        try:
            lines = [process.stdout.readline() for process in processes if process.stdout]
            clients = [httpx2.Client(base_url=f"http://127.0.0.1:{int(line)}", timeout=60) for line in lines]
            for client in clients:
                stack.enter_context(client)
                wait_for(lambda asked=client: asked.get("/readyz").status_code == 200, 60)
            yield clients
        finally:
            for process in processes:
                process.terminate()
                process.wait(60)
                if process.stdout:
                    process.stdout.close()


def wait_for(true: Any, seconds: float) -> float:
    """Return the seconds after which something is true."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds
        time.sleep(0.02)
    return time.monotonic() - begun


def generation(client: httpx2.Client) -> int:
    return int(client.get("/api/info").json()["index"]["revision"])


def page(number: int) -> tuple[str, str]:
    return (
        f"2021-11-{number:02d} 任免.txt",
        f"# 甲市任免名单之{number}\n\n会议决定任命:\n\n钱某{number}为甲市副市长。\n",
    )


def verify(answer: Mapping[str, Any], texts: Mapping[str, str]) -> int:
    """Return how many citations an answer has, each of which is what its source prints."""
    cited = [(item, citation) for item in answer["items"] for citation in item["citations"]]
    for item, citation in cited:
        text = texts[citation["sha256"]]
        assert text[citation["start"] : citation["end"]] == citation["quote"]
        assert text[citation["answer_start"] : citation["answer_end"]] == item["text"]
    return len(cited)


def test_they_answer_and_follow_while_a_writer_publishes(index: Path, replicas: list[httpx2.Client]) -> None:
    sources = index.with_name("sources")
    texts = {sha256(text.encode()).hexdigest(): text for text in ARCHIVE.values()}
    texts |= {sha256(text.encode()).hexdigest(): text for _, text in map(page, range(1, 4))}
    written = Event()

    def ask(first: int) -> tuple[int, int]:
        """Ask one replica after another in one conversation, until all is written."""
        session, cited, number = None, 0, 0
        for number in count(1):
            client = replicas[(first + number) % REPLICAS]
            reply = client.post("/api/chat", json={"question": QUESTION, "session_id": session})
            assert reply.status_code == 200, reply.text
            said = reply.json()
            session = session or said["session_id"]
            assert (said["session_id"], said["turn"]) == (session, number)
            cited += verify(said["answer"], texts)
            if written.is_set():
                break
        return number, cited

    with ThreadPoolExecutor(REPLICAS) as pool:
        asking = [pool.submit(ask, first) for first in range(REPLICAS)]
        try:
            for number in range(1, 4):
                name, text = page(number)
                (sources / name).write_text(text, "utf-8")
                ingest([sources], directory=index, encoder=FakeEncoder())
                wait_for(lambda new=number + 1: all(generation(each) == new for each in replicas), MOST_SECONDS)
        finally:
            written.set()
        asked = [each.result() for each in asking]
    assert all(turns >= REPLICAS and cited >= turns for turns, cited in asked)
    found = [
        client.post("/api/ask", json={"question": "谁为甲市副市长之3?", "top_k": 50}).json() for client in replicas
    ]
    assert [any(item["text"].endswith("钱某3") for item in each["items"]) for each in found] == [True] * REPLICAS


def test_a_limit_is_one_limit_whichever_replica_is_asked(index: Path) -> None:
    with started(index, "7/hour") as replicas:
        asked = [replicas[number % REPLICAS].get("/api/info").status_code for number in range(10)]
        assert asked == [200] * 7 + [429] * 3


def test_two_upload_at_once_and_nothing_is_lost_or_doubled(index: Path, replicas: list[httpx2.Client]) -> None:
    def upload(place: int) -> None:
        for number in range(3):
            body = {"name": f"{place}-{number}.txt", "text": f"丙镇第{place}次会议由赵某{number}主持。"}
            while (reply := replicas[place].post("/api/documents", json=body)).status_code == 409:
                time.sleep(0.05)  # one writes at a time: who comes second is told to try again
            assert reply.status_code == 201, reply.text

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(upload, place) for place in range(2)]:
            done.result()
    names = {f"{place}-{number}.txt" for place in range(2) for number in range(3)}

    def listed(client: httpx2.Client) -> list[str]:
        found = client.get("/api/documents").json()["documents"]
        return sorted(name for each in found if (name := Path(each["source"]).name) not in ARCHIVE)

    wait_for(lambda: all(listed(client) == sorted(names) for client in replicas), MOST_SECONDS)
    assert {path.name for path in index.with_name("index-documents").iterdir() if path.is_file()} == names


def test_a_replica_is_not_ready_while_the_index_cannot_be_read(tmp_path: Path, index: Path) -> None:
    aside = tmp_path / "aside"
    other = archive_service(tmp_path / "other")
    with running(other, ServerSettings(index=other.settings.index)) as client:
        kept = local_folder(other.settings.index)

        def state() -> tuple[int, str]:
            reply = client.get("/readyz")
            return reply.status_code, reply.json()["detail"]

        assert state() == (200, "ready")
        kept.rename(aside)
        wait_for(lambda: state() == (503, "the index cannot be read: it is not there, or cannot be reached"), 2.5)
        assert "gazette_ready 0.0" in client.get("/metrics").text
        ingest([tmp_path / "other" / "sources"], directory=kept, encoder=FakeEncoder(name="another"))
        ingest([index.with_name("sources")], directory=kept, encoder=FakeEncoder(name="another"))
        wait_for(lambda: state() == (503, "the index cannot be read: it has another encoder or format"), 2.5)
        kept.rename(tmp_path / "wrong")
        aside.rename(kept)
        wait_for(lambda: state() == (200, "ready"), 2.5)

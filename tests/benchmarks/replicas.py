"""Replicas with the real models under load while a writer publishes, by hand:

    python -m tests.benchmarks.replicas [--replicas 3] [--workers 1] [--clients 6] [--updates 5] [--pause 5]
        [--index milvus://HOST:PORT/COLLECTION]

Starts so many ``gazette serve`` over one new index of the starter archive, asks them in turn with so many clients, each
in a conversation of its own, and meanwhile ingests a page more, so many times. Prints JSON: questions, failures,
citations that hold and that do not, and the seconds after each publication until all replicas were on it.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Any, Final

import httpx2 as httpx

from tests.conftest import SEEDS

GAZETTE: Final = [sys.executable, "-m", "qa"]
QUESTIONS: Final = ("谁被任命为洛阳市人民政府副市长?", "还有谁?", "Who was appointed vice mayor?")
_LISTENS = re.compile(r"listens on (\S+)")


@contextmanager
def serving(index: str, shared: Path, *options: str) -> Iterator[httpx.Client]:
    """Run one ``gazette serve`` and wait until it is ready."""
    environment = {**os.environ, "GAZETTE_SHARED": str(shared)}
    command = [*GAZETTE, "serve", "--port", "0", "--index", index, *options]
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(command, stderr=log, env=environment)
        try:
            address = None
            while address is None:
                time.sleep(0.1)
                log.seek(0)
                said = log.read()
                if process.poll() is not None:
                    raise SystemExit(said)
                address = _LISTENS.search(said)
            with httpx.Client(base_url=address[1], timeout=120) as client:
                while client.get("/readyz").status_code != 200:
                    time.sleep(0.1)
                yield client
        finally:
            process.terminate()
            process.wait()


def holds(answer: dict[str, Any], texts: dict[str, str]) -> Iterator[bool]:
    """Yield for every citation whether the source prints what it says, where it says."""
    for item in answer["items"]:
        for citation in item["citations"]:
            text = texts.get(citation["sha256"], "")
            yield text[citation["start"] : citation["end"]] == citation["quote"] != ""


def revision(client: httpx.Client) -> int:
    """Return the generation that a replica answers from."""
    return int(client.get("/api/info").json()["index"]["revision"])


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, count in (("replicas", 3), ("workers", 1), ("clients", 6), ("updates", 5)):
        parser.add_argument(f"--{name}", type=int, default=count)
    parser.add_argument("--index", help="the address of a collection that is not there yet")
    parser.add_argument("--pause", type=float, default=5.0, help="seconds between two publications")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), chosen)


def run(folder: Path, chosen: argparse.Namespace) -> None:
    """Measure, and print."""
    archive, index = folder / "archive", chosen.index or str(folder / "index")
    archive.mkdir()
    texts = {}
    for path in SEEDS.glob("*.txt"):
        (archive / path.name).write_bytes(path.read_bytes())
        texts[sha256(path.read_bytes()).hexdigest()] = path.read_text("utf-8")
    ingested = [*GAZETTE, "ingest", str(archive), "--index", index]
    subprocess.run(ingested, check=True, capture_output=True)
    outcomes, cited, over = Counter[str](), Counter[bool](), Event()
    with _all(index, folder / "shared.sqlite", chosen) as clients, ThreadPoolExecutor(chosen.clients) as pool:

        def ask(first: int) -> None:
            session, number = None, 0
            while not over.is_set():
                body = {"question": QUESTIONS[number % len(QUESTIONS)], "session_id": session}
                reply = clients[(first + number) % len(clients)].post("/api/chat", json=body)
                number += 1
                said = reply.json()
                right = reply.status_code == 200 and session in (None, said["session_id"]) and said["turn"] == number
                outcomes["answered" if right else f"failed {reply.status_code}"] += 1
                if right:
                    session = said["session_id"]
                    cited.update(holds(said["answer"], texts))

        asking = [pool.submit(ask, first) for first in range(chosen.clients)]
        followed, begun = [], time.perf_counter()
        for number in range(1, chosen.updates + 1):
            text = f"# 甲市任免名单之{number}\n\n会议决定任命钱某{number}为甲市副市长。\n"
            texts[sha256(text.encode()).hexdigest()] = text
            (archive / f"2021-11-{number:02d}.txt").write_text(text, "utf-8")
            subprocess.run(ingested, check=True, capture_output=True)
            published = time.perf_counter()
            while any(revision(client) != number + 1 for client in clients):
                time.sleep(0.05)
            followed.append(round(time.perf_counter() - published, 2))
            time.sleep(chosen.pause)
        over.set()
        for done in asking:
            done.result()
        seconds = time.perf_counter() - begun
    print(
        json.dumps(
            {
                "replicas": chosen.replicas,
                "workers": chosen.workers,
                "questions": dict(outcomes),
                "per_second": round(outcomes.total() / seconds, 1),
                "citations_that_hold": cited[True],
                "citations_that_do_not": cited[False],
                "seconds_until_all_follow": followed,
            }
        )
    )


@contextmanager
def _all(index: str, shared: Path, chosen: argparse.Namespace) -> Iterator[list[httpx.Client]]:
    with ExitStack() as stack:
        options = ("--workers", str(chosen.workers))
        yield [stack.enter_context(serving(index, shared, *options)) for _ in range(chosen.replicas)]


if __name__ == "__main__":
    main()

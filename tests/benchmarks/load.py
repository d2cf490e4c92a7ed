"""How the HTTP service bears load, on loopback: throughput, latency, refusals and memory.

    python -m tests.benchmarks.load --index DIR [--seconds 60] [--clients 1 4 16 64] [--questions FILE]

Starts ``gazette serve`` on a free port and asks it, with each number of clients in turn, one question after another
for the given time; a client that is refused (503, 429) waits as long as ``Retry-After`` says, at most a second. Then it
asks with 16 clients once more, sends SIGTERM in the middle, and counts the questions that were accepted and not
answered. Questions are lines of JSON with ``question``, by default the gold set of the starter archive. Prints JSON
Lines.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import httpx2 as httpx
import numpy as np
import psutil

GOLD = Path(__file__).parents[2] / "seeds" / "gold.jsonl"
DRAINED_AT = 2.0
"""Seconds of load before SIGTERM."""


@dataclass
class Tally:
    """What became of the questions; ``seconds`` has one latency for each answer."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)

    def summary(self, elapsed: float) -> dict[str, object]:
        """Return numbers for people; latencies in milliseconds."""
        milliseconds = np.array(self.seconds or [np.nan]) * 1000
        quantiles = np.percentile(milliseconds, [50, 95, 99]).round(1).tolist()
        return {
            "answers": len(self.seconds),
            "per_second": round(len(self.seconds) / elapsed, 1),
            **dict(zip(("median_ms", "p95_ms", "p99_ms"), quantiles, strict=True)),
            "statuses": dict(self.statuses),
            "errors": sum(count for status, count in self.statuses.items() if status not in ("200", "429", "503")),
        }


async def ask(
    http: httpx.AsyncClient, questions: Sequence[str], until: float, tally: Tally, stopped: asyncio.Event
) -> None:
    """Ask one question after another until the time is over, or the service is stopped and refuses connections."""
    for question in cycle(questions):
        if time.perf_counter() >= until:
            return
        begun = time.perf_counter()
        try:
            reply = await http.post("/api/ask", json={"question": question})
        except httpx.ConnectError:
            if stopped.is_set():
                return
            tally.statuses["not connected"] += 1
        except httpx.HTTPError as error:
            # A connection that was kept open may be closed just as the next question is put on it: nothing was
            # accepted. Anything that breaks off later was.
            tally.statuses[type(error).__name__] += 1
            if stopped.is_set():
                return
        else:
            tally.statuses[str(reply.status_code)] += 1
            if reply.status_code == 200:
                tally.seconds.append(time.perf_counter() - begun)
            else:
                await asyncio.sleep(min(1.0, float(reply.headers.get("retry-after", 0.1))))


async def load(
    address: str, clients: int, seconds: float, questions: Sequence[str], stop: subprocess.Popen[bytes] | None
) -> Tally:
    """Have ``clients`` ask at once; with ``stop``, send that process SIGTERM in the middle."""
    tally, stopped = Tally(), asyncio.Event()
    until = time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=0 if stop else clients)
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as http:
        tasks = [
            asyncio.create_task(ask(http, questions[number % len(questions) :], until, tally, stopped))
            for number in range(clients)
        ]
        if stop:
            await asyncio.sleep(min(DRAINED_AT, seconds / 2))
            stopped.set()
            stop.send_signal(signal.SIGTERM)
        await asyncio.gather(*tasks)
    return tally


@asynccontextmanager
async def serving(index: Path) -> AsyncIterator[tuple[str, subprocess.Popen[bytes]]]:
    """Start ``gazette serve`` and wait until it answers questions."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "qa",
        "serve",
        "--port",
        str(port),
        "--index",
        str(index),
    ]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, env=os.environ)
    address = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    try:
        async with httpx.AsyncClient(base_url=address) as http:
            listed = ready = 0.0
            while not ready:
                if process.poll() is not None:
                    raise SystemExit("gazette serve has stopped: run it by hand to see why")
                try:
                    if not listed and (await http.get("/v1/models")).status_code == 200:
                        listed = time.perf_counter() - begun
                    if (await http.get("/readyz")).status_code == 200:
                        ready = time.perf_counter() - begun
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.02)
        print(json.dumps({"models_listed_after_s": round(listed, 2), "ready_after_s": round(ready, 2)}), flush=True)
        yield address, process
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait()


async def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 4, 16, 64])
    parser.add_argument("--questions", type=Path, default=GOLD)
    chosen = parser.parse_args()
    lines = chosen.questions.read_text("utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines if line.strip()]
    async with serving(chosen.index) as (address, process):
        memory = psutil.Process(process.pid).memory_info
        await load(address, 1, min(3, chosen.seconds), questions, None)  # what is loaded lazily has been by now
        for clients in chosen.clients:
            before, begun = memory().rss, time.perf_counter()
            tally = await load(address, clients, chosen.seconds, questions, None)
            elapsed = time.perf_counter() - begun
            grown = {"rss_mb": round(memory().rss / 1e6), "rss_grown_mb": round((memory().rss - before) / 1e6, 1)}
            print(json.dumps({"clients": clients, **tally.summary(elapsed), **grown}), flush=True)
        begun = time.perf_counter()
        tally = await load(address, 16, 2 * DRAINED_AT, questions, process)
        code = process.wait()
        drained = {"sigterm": True, **tally.summary(time.perf_counter() - begun), "exit_code": code}
        print(json.dumps(drained), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

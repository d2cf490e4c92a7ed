"""How the HTTP service bears a hostile client beside others: ``python -m tests.benchmarks.hostile_load --index DIR``.

Starts ``gazette serve`` on a free port and has ``--clients`` ask it for ``--seconds``, once alone and once with a
hostile client that holds half-open connections, sends long histories, and asks and hangs up. Prints JSON Lines: for
each time the latencies of the others, how many of them got no answer, the slowest ``/healthz``, and memory.
"""

import argparse
import asyncio
import contextlib
import json
import ssl
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import numpy as np
import psutil

from tests.benchmarks.load import GOLD, Tally, ask, serving

HALF_OPEN = 400
HISTORY = [{"role": role, "content": "1. **甲, " * 4000} for role in ("user", "assistant")]
HUNG_UP_AFTER = 0.05
"""Seconds."""
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""One for all clients, who would each take a while to make their own."""


async def half_open(host: str, port: int) -> None:
    """Keep connections whose request never comes whole."""
    while True:
        held = []
        with contextlib.suppress(OSError):
            for _ in range(HALF_OPEN):
                _, writer = await asyncio.open_connection(host, port)
                writer.write(b"GET /api/info HTTP/1.1\r\nhost: local")
                held.append(writer)
        await asyncio.sleep(2)
        for writer in held:
            writer.close()


async def long_histories(address: str) -> None:
    """Ask with a history as long as a body may be."""
    messages = [*HISTORY, {"role": "user", "content": "那免去了谁?"}]
    async with httpx.AsyncClient(base_url=address, timeout=120) as http:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                await http.post("/v1/chat/completions", json={"messages": messages})


async def hang_up(host: str, port: int) -> None:
    """Ask and do not wait for the answer."""
    body = json.dumps({"question": "谁被任命为副市长?"}).encode()
    head = b"POST /api/ask HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection(host, port)
            writer.write(head % len(body) + body)
            await writer.drain()
            await asyncio.sleep(HUNG_UP_AFTER)
            writer.close()


@asynccontextmanager
async def health(host: str, port: int) -> AsyncIterator[list[float]]:
    """Have another process ask for ``/healthz``; its milliseconds are there when the context has ended."""
    found = list[float]()
    command = (sys.executable, "-m", "tests.benchmarks.health", host, str(port))
    asking = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        yield found
    finally:
        output, _ = await asking.communicate(b"")
        found += map(float, output.split())


async def measure(
    address: str, clients: int, seconds: float, questions: list[str], *, hostile: bool
) -> dict[str, object]:
    """Return what ``clients`` met."""
    parts = urlsplit(address)
    host, port = str(parts.hostname), int(parts.port or 80)
    others = list[asyncio.Task[None]]()
    if hostile:
        beside = (half_open(host, port), long_histories(address), hang_up(host, port), hang_up(host, port))
        others += [asyncio.create_task(each) for each in beside]
    tallies, stopped = [Tally() for _ in range(clients)], asyncio.Event()
    async with health(host, port) as healths, contextlib.AsyncExitStack() as opened:
        limits = httpx.Limits(max_connections=1, max_keepalive_connections=1)
        https = [
            await opened.enter_async_context(
                httpx.AsyncClient(base_url=address, timeout=120, limits=limits, verify=NO_TLS)
            )
            for _ in range(clients)
        ]
        until = time.perf_counter() + seconds
        asking = [ask(http, questions, until, tally, stopped) for http, tally in zip(https, tallies, strict=True)]
        await asyncio.gather(*asking)
    for each in others:
        each.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    whole = Tally()
    for tally in tallies:
        whole.seconds += tally.seconds
        whole.statuses += tally.statuses
    return {
        "hostile": hostile,
        "clients": clients,
        **whole.summary(seconds),
        "without_an_answer": sum(not tally.seconds for tally in tallies),
        "healthz_asked": len(healths),
        "healthz_median_ms": round(float(np.median(healths)), 1),
        "healthz_p99_ms": round(float(np.percentile(healths, 99)), 1),
        "healthz_slowest_ms": round(max(healths), 1),
    }


async def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--clients", type=int, default=64)
    chosen = parser.parse_args()
    questions = [json.loads(line)["question"] for line in GOLD.read_text("utf-8").splitlines() if line.strip()]
    async with serving(chosen.index) as (address, process):
        memory = psutil.Process(process.pid).memory_info
        await measure(address, 1, 3, questions, hostile=False)
        for hostile in (False, True):
            found = await measure(address, chosen.clients, chosen.seconds, questions, hostile=hostile)
            print(json.dumps({**found, "rss_mb": round(memory().rss / 1e6)}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())

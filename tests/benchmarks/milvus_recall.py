"""What a Milvus server's graph finds of what is nearest: ``python -m tests.benchmarks.milvus_recall --help``.

Fills a collection with made-up passages, as ``tests.benchmarks.growth`` makes them, each of another day: their vectors
are random directions around those of real sentences. Then asks for the nearest of real headlines, and compares with all
vectors, under filters by date that let ever fewer pass: as soon as they are published, and again later. With
``--no-wait`` the server is not told to build its graph first, as when many small updates came. With ``--meanwhile``
some hundreds are published before, and asked for while the others are being written.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from embeddings.home import DEFAULT_ENCODER
from qa.addresses import MilvusAddress, parse_address
from qa.indexing import CHUNKING
from qa.service import load_only_encoder
from qa.store import Entry, update
from qa.store.milvus import draft
from qa.store.milvus.client import server_at
from qa.store.milvus.recall import measured_recall
from qa.store.milvus.state import require_current
from qa.types import EVERYTHING, Filters
from tests.benchmarks.growth import PASSAGES, ScatteredEncoder, _entries, _sentences
from tests.benchmarks.scale import titles

FIRST = date(1990, 1, 1)
DAYS = 10_000
FIRST_ONES = 900
"""Passages that are published while the server need not build its graph yet."""
NARROW = (1.0, 0.1, 0.01, 0.001)
"""Shares of the days that filters let pass."""


def main(
    store: Annotated[str, typer.Argument(help="milvus://HOST:PORT/COLLECTION, which is filled.")],
    files: Annotated[list[Path], typer.Argument(help="Articles, as JSON Lines.", exists=True)],
    passages: Annotated[int, typer.Option(help="How many.", min=1)] = 20_000,
    questions: Annotated[int, typer.Option(help="Headlines that are asked.", min=1)] = 100,
    wait: Annotated[
        bool, typer.Option(help="Have the server build its graph before publishing, as updates do.")
    ] = True,
    meanwhile: Annotated[bool, typer.Option(help="Publish a few first, and ask while the others are written.")] = False,
) -> None:
    """Fill, and print a line for each state and filter."""
    address = parse_address(store)
    if not isinstance(address, MilvusAddress):
        raise typer.BadParameter(f"{store} is no address of a Milvus server")
    sentences = _sentences(files)
    encoder = ScatteredEncoder(load_only_encoder(DEFAULT_ENCODER), sentences)
    if not wait:
        draft.LOOSE = passages + passages  # type: ignore[misc]
    asked, entries = titles(files, questions)[:questions], _dated(_entries(passages, sentences))
    began = time.perf_counter()
    if meanwhile:
        update(address, encoder, CHUNKING.as_dict(), add=islice(entries, FIRST_ONES // PASSAGES))
        entries = _then(entries, lambda: _measure("meanwhile", address, encoder, asked))
    report = update(address, encoder, CHUNKING.as_dict(), add=entries)
    print(f"{report.encoded:,} passages written in {time.perf_counter() - began:.0f} s", flush=True)
    _measure("at once" if wait else "growing", address, encoder, asked)
    if not wait:
        server = server_at(address)
        server.seal(require_current(server)[0])
    time.sleep(10.0)  # nodes take over what was built a little later
    _measure("later", address, encoder, asked)


def _then(entries: Iterator[Entry], last: Callable[[], None]) -> Iterator[Entry]:
    yield from entries
    last()


def _dated(entries: Iterator[Entry]) -> Iterator[Entry]:
    """Yield entries of which each is of the next day, round and round, so that any days have as many passages."""
    for number, (document, articles, chunks) in enumerate(entries):
        day = (FIRST + timedelta(days=number * 7919 % DAYS)).isoformat()
        yield document, [replace(each, date=day) for each in articles], chunks


def _measure(state: str, address: MilvusAddress, encoder: ScatteredEncoder, questions: list[str]) -> None:
    for share in NARROW:
        last = (FIRST + timedelta(days=int(share * DAYS) - 1)).isoformat()
        filters = EVERYTHING if share == 1 else Filters(date_from=FIRST.isoformat(), date_to=last)
        began = time.perf_counter()
        recalls = measured_recall(address, encoder, questions, filters)
        mean, least = (np.mean(recalls), np.min(recalls)) if recalls else (np.nan, np.nan)
        seconds = time.perf_counter() - began
        print(f"{state:9} {share:6.1%} of days: recall@10 {mean:.4f}, least {least:.1f}  ({seconds:.0f} s)", flush=True)


if __name__ == "__main__":
    typer.run(main)

"""What a Milvus server finds of what is in no graph yet: ``python -m tests.benchmarks.milvus_growing --help``.

Writes made-up passages, as ``tests.benchmarks.growth`` makes their vectors, straight into a collection as the store
makes it, and has no graph built. As the rows become more, asks for the nearest of real headlines among all of them,
and among the first ones, as readers do who do not see the others yet; compares with all vectors. The ``nprobe`` that
requests give changes nothing, as may be seen; the server's own setting does: start it with other ones.
"""

import time
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from pymilvus import MilvusClient

from embeddings.encoder import Vectors
from embeddings.home import DEFAULT_ENCODER
from qa.addresses import MilvusAddress, parse_address
from qa.service import load_only_encoder
from qa.store.milvus.client import AT_ONCE, EXPLORED, WRITE
from qa.store.milvus.expressions import visible
from qa.store.milvus.recall import NEAREST, POOL
from qa.store.milvus.schema import BANDS, FILTERED, FOREVER, KEY, SINCE, UNTIL, Row, create_passages
from tests.benchmarks.growth import CENTRES, NEAR, _sentences
from tests.benchmarks.scale import titles

FIRST = 900
"""Rows of the first generation; all others are of the second."""
LISTS = 128
"""Of a server's rough index, unless it is set otherwise."""


def main(
    store: Annotated[str, typer.Argument(help="milvus://HOST:PORT/COLLECTION, which is made anew.")],
    files: Annotated[list[Path], typer.Argument(help="Articles, as JSON Lines.", exists=True)],
    sizes: Annotated[list[int], typer.Option("--size", help="Rows at which it is asked.")] = [900, 4000, 6000, 12000],  # noqa: B006
    questions: Annotated[int, typer.Option(help="Headlines that are asked.", min=1)] = 100,
) -> None:
    """Write, and print a line for each number of rows, each generation, and each parameter of a request."""
    address = parse_address(store)
    if not isinstance(address, MilvusAddress):
        raise typer.BadParameter(f"{store} is no address of a Milvus server")
    encoder = load_only_encoder(DEFAULT_ENCODER)
    centres = encoder.encode(_sentences(files)[:CENTRES], "passage")
    queries = encoder.encode(titles(files, questions)[:questions], "query")
    client, name = MilvusClient(uri=address.uri), address.collection
    if client.has_collection(name):
        client.drop_collection(name)
    create_passages(client, name, encoder.dimension, sparse=False, timeout=WRITE)
    vectors, chosen = np.zeros((0, encoder.dimension), np.float32), np.random.default_rng(0)
    for size in sorted(sizes):
        while len(vectors) < size:
            new = _scattered(centres, min(AT_ONCE, size - len(vectors)), chosen)
            rows = [_row(len(vectors) + place, vector) for place, vector in enumerate(new)]
            client.upsert(name, rows, timeout=WRITE)
            vectors = np.vstack([vectors, new])
        for seen, generation in ((vectors[:FIRST], 1), (vectors, 2)):
            for parameters in ({"ef": EXPLORED}, {"ef": EXPLORED, "nprobe": LISTS}):
                began = time.perf_counter()
                found = _found(client, name, queries, generation, parameters)
                milliseconds = 1000 * (time.perf_counter() - began) / len(queries)
                recalls = [_recall(seen, query, keys) for query, keys in zip(queries, found, strict=True)]
                print(
                    f"{size:7,} rows, {len(seen):7,} seen, {parameters}: recall@{NEAREST} {np.mean(recalls):.4f}, "
                    f"least {min(recalls):.1f}  ({milliseconds:.0f} ms)",
                    flush=True,
                )
    client.drop_collection(name)


def _scattered(centres: Vectors, count: int, chosen: np.random.Generator) -> Vectors:
    noise = chosen.normal(0, centres.shape[1] ** -0.5, (count, centres.shape[1]))
    vectors = NEAR * centres[chosen.integers(len(centres), size=count)] + (1 - NEAR) * noise
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def _row(number: int, vector: Vectors) -> Row:
    texts = dict.fromkeys((*FILTERED, "chunk", "document", "payload", "embedded"), "")
    numbers = dict.fromkeys(("article", "place", *BANDS), number)
    times = {SINCE: 1 if number < FIRST else 2, UNTIL: FOREVER}
    return {KEY: str(number), **times, "dense": vector.tolist(), **texts, **numbers}


def _found(
    client: MilvusClient, name: str, queries: Vectors, generation: int, parameters: dict[str, int]
) -> list[list[int]]:
    """Return the numbers of the rows that are found for each query."""
    found = client.search(
        name,
        list(queries),
        filter=visible(generation),
        anns_field="dense",
        limit=POOL,
        output_fields=[KEY],
        search_params={"metric_type": "IP", "params": parameters},
        consistency_level="Strong",
        timeout=WRITE,
    )
    return [[int(hit["entity"][KEY]) for hit in hits] for hits in found]


def _recall(seen: Vectors, query: Vectors, found: list[int]) -> float:
    cosines = seen @ query
    least = np.sort(cosines)[-NEAREST] - 1e-6
    return min(NEAREST, int(np.sum(cosines[found] >= least))) / NEAREST


if __name__ == "__main__":
    typer.run(main)

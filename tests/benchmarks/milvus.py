"""The store in Milvus beside the embedded one: ``python -m tests.benchmarks.milvus --help``.

Both hold the passages of the CMRC 2018 dev set, with the same vectors: how often is the first hit the same, and how
often is it of the question's own passage, by each half and by both, or by the vectors alone where the server has no
others (``?sparse=no``)? And how long does a request take?
"""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Annotated, Any, cast

import numpy as np
import typer

from embeddings.encoder import Encoder, Kind, Vectors
from embeddings.home import DEFAULT_ENCODER
from qa.addresses import Address, MilvusAddress, parse_address
from qa.indexing import CHUNKING
from qa.retrieve import retrieve
from qa.service import load_only_encoder
from qa.store import Candidate, Snapshot, Tokens, open_index, update
from qa.types import EVERYTHING, Filters
from tests.benchmarks.retrieval import RANKINGS, Collection, cmrc, entries, limited

Firsts = dict[str, list[str]]


class Remembering:
    """A snapshot that is asked once for what all rankings rank."""

    def __init__(self, index: Snapshot) -> None:
        self._index = index
        self._last: tuple[object, list[Candidate]] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def candidates(self, vector: Vectors, tokens: Tokens, pool: int, filters: Filters = EVERYTHING) -> list[Candidate]:
        asked = vector.tobytes(), dict(tokens), pool, filters
        if self._last is None or self._last[0] != asked:
            self._last = asked, self._index.candidates(vector, tokens, pool, filters)
        return self._last[1]


class OnceEncoder:
    """Encodes each text once, of which two stores want the vector: that takes longer than all else here."""

    def __init__(self, real: Encoder) -> None:
        self.name, self.fingerprint, self.dimension = real.name, real.fingerprint, real.dimension
        self._real = real
        self._known: dict[tuple[Kind, str], Vectors] = {}

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return unit vectors. *Shape:* ``(len(texts), dimension)``."""
        if new := [text for text in dict.fromkeys(texts) if (kind, text) not in self._known]:
            self._known |= {(kind, text): each for text, each in zip(new, self._real.encode(new, kind), strict=True)}
        return np.array([self._known[kind, text] for text in texts], np.float32).reshape(-1, self.dimension)


def firsts(
    address: Address, collection: Collection, vectors: Vectors, encoder: Encoder, names: Sequence[str]
) -> tuple[Firsts, float]:
    """Return the documents of the first hits by each of some rankings, and the median milliseconds of the last one."""
    found: Firsts = {name: [] for name in names}
    times = list[float]()
    with open_index(address, encoder) as opened:
        index = cast(Snapshot, Remembering(opened))
        for question, vector in zip(collection.questions, vectors, strict=True):
            for name in reversed(names):  # the last one first: it asks the store, and is timed
                began = time.perf_counter()
                hits = retrieve(question.text, vector, index=index, k=1, weights=RANKINGS[name])
                if name == names[-1]:
                    times.append(1000 * (time.perf_counter() - began))
                found[name].append(hits[0].chunk.document_id if hits else "")
    return found, median(times)


def main(
    store: Annotated[str, typer.Argument(help="milvus://HOST:PORT/COLLECTION, which is filled.")],
    data: Annotated[Path, typer.Option(envvar="GAZETTE_DATA")],
    questions: Annotated[int | None, typer.Option(help="How many, from the beginning; all otherwise.")] = None,
) -> None:
    """Fill both stores, and print a line for each ranking."""
    collection = limited(cmrc(data), questions)
    encoder = OnceEncoder(load_only_encoder(DEFAULT_ENCODER))
    with tempfile.TemporaryDirectory() as folder:
        embedded, remote = Path(folder), parse_address(store)
        for address in (embedded, remote):
            began = time.perf_counter()
            report = update(address, encoder, CHUNKING.as_dict(), add=entries(collection.texts, CHUNKING))
            print(f"{address}: {report.added} documents in {time.perf_counter() - began:.1f} s", flush=True)
        vectors = encoder.encode([question.text for question in collection.questions], "query")
        names = list(RANKINGS) if not isinstance(remote, MilvusAddress) or remote.sparse else ["dense"]
        ours, ours_ms = firsts(embedded, collection, vectors, encoder, names)
        theirs, theirs_ms = firsts(remote, collection, vectors, encoder, names)
    for name in names:
        same = np.mean([one == other for one, other in zip(ours[name], theirs[name], strict=True)])
        right = [
            np.mean([hit in question.relevant for hit, question in zip(each[name], collection.questions, strict=True)])
            for each in (ours, theirs)
        ]
        print(f"{name:8} same first hit {same:.4f}  R@1 embedded {right[0]:.4f}, Milvus {right[1]:.4f}")
    count = len(collection.questions)
    print(f"{names[-1]}, median: embedded {ours_ms:.1f} ms, Milvus {theirs_ms:.1f} ms; {count} questions")


if __name__ == "__main__":
    typer.run(main)

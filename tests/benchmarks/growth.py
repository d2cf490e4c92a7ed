"""How questions, memory and disk grow with the archive: ``python -m tests.benchmarks.growth FILE… [--sizes 1000 …]``.

    python -m tests.benchmarks.growth DATA/news/scale_docs.jsonl.gz --sizes 1000 10000 100000 1000000

Archives of so many passages are made up of the sentences of the articles in the files (JSON Lines, plain or
compressed), each passage another choice of them. Their vectors are random directions around those of a few real ones,
since a million passages would take hours to encode: what is found is of no interest, how long it takes is. Questions
are titles, encoded and read as always. Prints a table in Markdown: passages, how long the index took to write, its size
for a passage, the median and the 95th percentile of a question and of retrieval alone, and the memory of the process.
"""

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

import numpy as np
import psutil

from embeddings.encoder import Encoder, Kind, Vectors
from embeddings.home import DEFAULT_ENCODER
from qa.config import Settings
from qa.indexing import CHUNKING
from qa.service import load_models, load_only_encoder, open_service
from qa.store import Entry, read_manifest, update
from tests.benchmarks.scale import _milliseconds, _p95, records, titles
from tests.benchmarks.update_cost import entry

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
QUESTIONS: Final = 100
PASSAGES: Final = 2
"""Of an article."""
SENTENCES: Final = 4
"""Of a passage, which makes it as long as those of real articles."""
CENTRES: Final = 512
"""Real vectors that the others lie around."""
NEAR: Final = 0.6
"""How much of a vector is that of its centre."""


def main() -> None:
    """Make each archive, measure, and print its line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--measure", type=Path, help="an index: ask it, and print what that took as JSON")
    chosen = parser.parse_args()
    if chosen.measure:
        print(json.dumps(measured(chosen.measure, titles(chosen.files, 1_000)[:QUESTIONS])))
        return
    sentences = _sentences(chosen.files)
    encoder = ScatteredEncoder(load_only_encoder(DEFAULT_ENCODER), sentences)
    print("| passages | written, s | kB a passage | question, ms (p95) | retrieval, ms (p95) | memory, MB |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for size in chosen.sizes:
        folder = Path(tempfile.mkdtemp())
        try:
            index, begun = folder / "index", perf_counter()
            update(index, encoder, CHUNKING.as_dict(), add=_entries(size, sentences))
            written, passages = perf_counter() - begun, read_manifest(index).chunks
            disk = sum(path.stat().st_size for path in index.rglob("*") if path.is_file()) / passages / 1e3
            command = [sys.executable, "-m", "tests.benchmarks.growth", *map(str, chosen.files), "--measure"]
            took = json.loads(subprocess.run([*command, str(index)], capture_output=True, check=True).stdout)
            print(
                f"| {passages:,} | {written:.0f} | {disk:.1f} | {took['ask'][0]:.0f} ({took['ask'][1]:.0f}) | "
                f"{took['search'][0]:.0f} ({took['search'][1]:.0f}) | {took['memory']} |",
                flush=True,
            )
        finally:
            shutil.rmtree(folder)


def measured(index: Path, questions: Sequence[str]) -> dict[str, object]:
    """Return the median and the 95th percentile of questions and of searches, in ms, and the memory held then, MB."""
    with open_service(Settings(index), load_models(DEFAULT_ENCODER)) as service:
        service.ask(questions[0])
        asked = [_milliseconds(lambda each=question: service.ask(each)) for question in questions]
        searched = [_milliseconds(lambda each=question: service.search(each)) for question in questions]
        memory = psutil.Process().memory_info().rss // 1_000_000
    times = {"ask": asked, "search": searched}
    return {"memory": memory, **{name: (median(each), _p95(each)) for name, each in times.items()}}


class ScatteredEncoder:
    """Encodes questions as the real encoder does, and passages to directions of their own, the same for each text."""

    def __init__(self, real: Encoder, sentences: Sequence[str]) -> None:
        self.name, self.fingerprint, self.dimension = real.name, real.fingerprint, real.dimension
        self._real = real
        self._centres = real.encode(sentences[:CENTRES], "passage")

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return unit vectors. *Shape:* ``(len(texts), dimension)``."""
        if kind == "query":
            return self._real.encode(texts, kind)
        seeds = [int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little") for text in texts]
        vectors = np.array([self._scattered(np.random.default_rng(seed)) for seed in seeds], np.float32)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)

    def _scattered(self, chosen: np.random.Generator) -> Vectors:
        centre = self._centres[chosen.integers(len(self._centres))]
        noise = chosen.normal(0, self.dimension**-0.5, self.dimension)
        return np.asarray(NEAR * centre + (1 - NEAR) * noise, np.float32)


def _sentences(files: Sequence[Path]) -> list[str]:
    texts = (str(record["text"]) for file in files for record in records(file, None))
    found = (f"{part.strip()}。" for text in texts for part in text.split("。"))
    return list(dict.fromkeys(sentence for sentence in found if 20 <= len(sentence) <= 120))


def _entries(size: int, sentences: Sequence[str]) -> Iterator[Entry]:
    """Yield made-up articles until they have so many passages."""
    chosen = random.Random(0)
    for number in range(-(-size // PASSAGES)):
        yield entry(number, ["".join(chosen.sample(sentences, SENTENCES)) for _ in range(PASSAGES)])


if __name__ == "__main__":
    main()

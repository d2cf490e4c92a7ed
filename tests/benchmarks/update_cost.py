"""What one page costs, put into archives of several sizes: seconds of the processor, and bytes written.

The texts are passages of the starter page with characters changed, the vectors random: ingestion without the encoder.

    python -m tests.benchmarks.update_cost --passages 4000 --passages 20000
"""

import hashlib
import random
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Annotated, Final

import numpy as np
import typer

from embeddings.encoder import Kind, Vectors
from qa.store import Entry, update
from qa.types import Alignment, Article, Chunk, Document, Run
from tests.conftest import SEEDS

PER_DOCUMENT: Final = 4
UPDATES: Final = 12
CHANGED: Final = 20
"""Characters of a passage that are others."""


class RandomEncoder:
    """A unit vector of 384 components for each text, always the same."""

    name, fingerprint, dimension = "random", "0" * 64, 384

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return one vector a text."""
        return np.array([self._vector(text) for text in texts], np.float32).reshape(len(texts), self.dimension)

    def _vector(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())
        vector = np.random.default_rng(seed).standard_normal(self.dimension, np.float32)
        return vector / np.float32(np.linalg.norm(vector))


def entry(number: int, texts: Sequence[str]) -> Entry:
    """Return a document of one article, with a passage for each of the texts."""
    identifier, text = f"{number:08d}", "\n".join(texts)
    source = f"{identifier}.txt"
    document = Document(identifier, source, f"/archive/{source}", hashlib.sha256(text.encode()).hexdigest(), text)
    date = f"20{number % 20:02d}-01-{number % 28 + 1:02d}"
    article = Article(identifier, 0, f"标题{number}", 0, len(text), date=date)
    chunks, start = list[Chunk](), 0
    for place, words in enumerate(texts):
        aligned = Alignment((Run(0, start, len(words)),))
        chunks.append(Chunk(f"{identifier}:{place}", identifier, 0, article.title, words, aligned))
        start += len(words) + 1
    return document, (article,), chunks


def _like(number: int, passages: Sequence[str]) -> Entry:
    chance = random.Random(number)
    return entry(number, [_changed(chance.choice(passages), chance) for _ in range(PER_DOCUMENT)])


def _changed(text: str, chance: random.Random) -> str:
    characters = list(text)
    for _ in range(CHANGED):
        characters[chance.randrange(len(characters))] = chr(0x4E00 + chance.randrange(3000))
    return "".join(characters)


def written() -> int:
    """Return how many bytes this process has written to files, as Linux counts them."""
    fields = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(fields["wchar"])


def main(
    passages: Annotated[list[int], typer.Option(help="Passages of an archive; several to compare.")],
) -> None:
    """Build archives and put single pages into them."""
    lines = (SEEDS / "000_2e366aedca82a0c9.txt").read_text("utf-8").splitlines()
    texts = [line[:300] for line in lines if len(line) > 60]
    encoder = RandomEncoder()
    for count in passages:
        with tempfile.TemporaryDirectory() as folder:
            index = Path(folder) / "index"
            update(index, encoder, {}, add=(_like(number, texts) for number in range(count // PER_DOCUMENT)))
            size = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
            print(f"{count:,} passages, {size / 1e6:.0f} MB")
            for number in range(UPDATES):
                before, began = written(), process_time()
                update(index, encoder, {}, add=[_like(10_000_000 + number, texts)])
                print(f"  one page: {process_time() - began:.2f} s, {(written() - before) / 1e6:.2f} MB written")


if __name__ == "__main__":
    typer.run(main)

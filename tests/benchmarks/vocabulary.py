"""What cutting the vocabulary changes: pieces, vectors and reader scores of passages and questions, before and after.

    python -m tests.benchmarks.vocabulary DATA [--texts 2000]

Passages and questions are drawn from every set in DATA/mrc. Texts with the same pieces are the same input to the same
model; those with other pieces are counted and encoded both ways, with a sample of the others, and read both ways.
"""

import argparse
import gzip
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from embeddings.models import PACKED_SHA256, packed_model, provision
from embeddings.openvino_encoder import load_openvino_encoder, load_tokenizer
from embeddings.packed import PackedWords, read_packed
from embeddings.tokenizer import build_tokenizer
from qa.read.model import load_reader
from qa.read.told import Told
from tests.test_packed import packed_file

SAMPLE = 40
"""Texts of the same pieces that are encoded and read all the same."""


class Asked(NamedTuple):
    question: str
    passage: str


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("data", type=Path)
    parser.add_argument("--texts", type=int, default=2000, help="passages and questions together")
    options = parser.parse_args()
    drawn = draw(options.data, options.texts // 2)
    whole, folder = read_packed(packed_file(), sha256=PACKED_SHA256), provision()
    before, after = build_tokenizer(whole.pieces), load_tokenizer(folder)
    print(f"pieces: {len(whole.pieces):,} before, {len(packed_model().pieces):,} after")

    def same(text: str) -> bool:
        one, other = before.encode(text), after.encode(text)
        return one.tokens == other.tokens and one.offsets == other.offsets

    kept = [(same(asked.question), same(asked.passage)) for asked in drawn]
    changed = [asked for asked, both in zip(drawn, kept, strict=True) if not all(both)]
    others = random.Random(2).sample([asked for asked, both in zip(drawn, kept, strict=True) if all(both)], SAMPLE)
    print(f"texts cut into other pieces: {sum(2 - sum(both) for both in kept)} of {2 * len(kept)}", flush=True)
    new = load_openvino_encoder(folder, after)
    old = replace(new, tokenizer=before, runtime=replace(new.runtime, words=PackedWords(whole.word_blocks)))
    reads = load_reader(folder, after)
    read = replace(reads, tokenizer=before, runtime=replace(reads.runtime, words=PackedWords(whole.word_blocks)))
    for name, group in (("same pieces", others), ("other pieces", changed)):
        if not group:
            continue
        passages = [asked.passage for asked in group]
        cosines = (old.encode(passages, "passage") * new.encode(passages, "passage")).sum(axis=1)
        pairs = [(read.read(q, [Told("", p)])[0], reads.read(q, [Told("", p)])[0]) for q, p in group]
        best = [(one.best, other.best) for one, other in pairs if one and other]
        moved = [abs(one.score - other.score) for one, other in best]
        spans = sum((one.start, one.end) == (other.start, other.end) for one, other in best)
        print(
            f"{name}: {len(group)} questions on passages; cosine at least {cosines.min():.6f}, mean "
            f"{cosines.mean():.6f}; best span the same in {spans} of {len(best)}, its score moved by at most "
            f"{max(moved):.4f}",
            flush=True,
        )


def draw(data: Path, count: int) -> list[Asked]:
    """Draw as many questions, with their passages, evenly from every set."""
    files = sorted((data / "mrc").glob("*.jsonl.gz"))
    chosen: list[Asked] = []
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines]
        sample = random.Random(1).sample(records, min(len(records), -(-count // len(files))))
        chosen.extend(Asked(record["question"], record["context"]) for record in sample)
    return chosen[:count]


if __name__ == "__main__":
    main()

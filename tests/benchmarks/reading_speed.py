"""How fast five passages are read, beside transformers' question-answering code in fp32 on the same weights.

    python -m tests.benchmarks.reading_speed [weights.safetensors]

Passages are cut from the starter page so that question and passage make inputs of the lengths shown. Ours is timed
first: torch's threads go on spinning after each call, and would take the cores from it.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Final

from tokenizers import Tokenizer
from transformers import AutoTokenizer

from embeddings.models import provision_torch
from embeddings.openvino_encoder import load_tokenizer
from qa.bench import timed
from qa.bench.plain import best_span, question_answering_model
from qa.read.inputs import tokenise, windows
from qa.read.model import load_reader
from qa.read.released import RELEASED
from qa.read.told import Told
from tests.conftest import SEEDS

QUESTION: Final = "谁被任命为洛阳市人民政府副市长?"
LENGTHS: Final = ((256,) * 5, (256, 220, 180, 140, 100))
"""Tokens of each input: all as long as can be, and as uneven as retrieved passages are."""
REPEATS: Final = 9


def main(weights: Path) -> None:
    """Print the medians and their ratio for each set of lengths."""
    folder = provision_torch()
    tokenizer, plain_tokenizer = load_tokenizer(folder), AutoTokenizer.from_pretrained(folder.path)
    reader, model = load_reader(folder, tokenizer, weights=weights), question_answering_model(folder, weights)

    def ours(passages: Sequence[str]) -> None:
        reader.read(QUESTION, [Told("", passage) for passage in passages])

    def plain(passages: Sequence[str]) -> None:
        for passage in passages:
            best_span(model, plain_tokenizer, QUESTION, passage)

    sets = [_passages(tokenizer, lengths) for lengths in LENGTHS]
    fast, slow = ([_median_ms(partial(way, passages)) for passages in sets] for way in (ours, plain))
    for lengths, a, b in zip(LENGTHS, fast, slow, strict=True):
        print(f"{len(lengths)} passages, {min(lengths)} to {max(lengths)} tokens each, median of {REPEATS}:")
        print(f"  gazette {a:.0f} ms, transformers fp32 {b:.0f} ms, {b / a:.1f} times as long")


def _median_ms(read: Callable[[], None]) -> float:
    read()
    return 1000 * median(timed(read) for _ in range(REPEATS))


def _passages(tokenizer: Tokenizer, lengths: Sequence[int]) -> list[str]:
    text = next(SEEDS.glob("*.txt")).read_text("utf-8")
    question, page = tokenise(tokenizer, QUESTION), tokenise(tokenizer, text)
    around = len(next(windows(tokenizer, question, tokenise(tokenizer, ""))).ids)
    first, passages = 0, []
    for length in lengths:
        last = first + length - around - 1
        passages.append(text[page.offsets[first][0] : page.offsets[last][1]])
        first = last + 1
    return passages


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("weights", type=Path, nargs="?", default=RELEASED, help="instead of the released reader")
    main(parser.parse_args().weights)

"""How fast five passages are read, beside transformers' question-answering code in fp32 on the same weights.

    python -m tests.benchmarks.reading_speed [weights.safetensors]

Passages are cut from the starter page so that question and passage make inputs of the lengths shown. Both ways are
timed in turn, so that whatever else the machine does slows both.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from tokenizers import Tokenizer
from transformers import AutoTokenizer

from embeddings.models import provision
from embeddings.openvino_encoder import load_tokenizer
from qa.bench import best_span, question_answering, timed
from qa.read.inputs import tokenise, windows
from qa.read.model import RELEASED, load_reader
from tests.conftest import SEEDS

QUESTION: Final = "谁被任命为洛阳市人民政府副市长?"
LENGTHS: Final = ((256,) * 5, (256, 220, 180, 140, 100))
"""Tokens of each input: all as long as can be, and as uneven as retrieved passages are."""
REPEATS: Final = 10


def main(weights: Path) -> None:
    """Print the medians and their ratio for each set of lengths."""
    folder = provision()
    tokenizer, plain_tokenizer = load_tokenizer(folder), AutoTokenizer.from_pretrained(folder.path)
    reader, model = load_reader(folder, tokenizer, weights=weights), question_answering(folder, weights)
    for lengths in LENGTHS:
        passages = _passages(tokenizer, lengths)

        def ours(passages: Sequence[str] = passages) -> None:
            reader.read(QUESTION, [("", passage) for passage in passages])

        def plain(passages: Sequence[str] = passages) -> None:
            for passage in passages:
                best_span(model, plain_tokenizer, QUESTION, passage)

        ours(), plain()
        times = [(1000 * timed(ours), 1000 * timed(plain)) for _ in range(REPEATS)]
        fast, slow = (median(side) for side in zip(*times, strict=True))
        print(
            f"{len(lengths)} passages of {min(lengths)} to {max(lengths)} tokens, median of {REPEATS}: "
            f"gazette {fast:.0f} ms, transformers fp32 {slow:.0f} ms, {slow / fast:.1f} times faster",
            flush=True,
        )


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
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else RELEASED)

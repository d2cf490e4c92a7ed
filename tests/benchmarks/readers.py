"""Readers side by side, to choose weights by: ``python -m tests.benchmarks.readers DATA [WEIGHTS ...] [--every 4]``.

Each reads every question's own passage and always answers: exact match and F1 on the dev sets by the rules of CMRC 2018
(in percent), exact match on notices of templates that no training has seen, and on those notices AUROC: the chance that
a question that can be answered scores higher than one that cannot. Prints a table with a row for each file of weights.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from embeddings.models import provision
from embeddings.openvino_encoder import load_tokenizer
from qa.evaluate.confidence import auroc
from qa.evaluate.metrics import cmrc_exact_match, cmrc_f1
from qa.read.model import RELEASED, Reader, load_reader
from qa.train.data import DEV_SETS, Example, from_notice, load_set
from qa.train.notices import generate

SEED = 991
"""Of the notices; no training uses it, and their templates are those of the dev split in any case."""


def best_answer(reader: Reader, example: Example) -> tuple[str, float]:
    """Return the best span and its confidence; nothing, with none, where no token can be an answer."""
    reading = reader.read(example.question, [(example.title, example.context)])[0]
    if not reading:
        return "", 0.0
    span = reading.best
    return example.context[span.start : span.end], reader.calibration.probability(span.score)


def overlap(examples: Sequence[Example], said: Sequence[str]) -> tuple[float, float]:
    """Return exact match and F1 over the questions that can be answered, in percent."""
    scores = []
    for example, answer in zip(examples, said, strict=True):
        if references := [text for text, _ in example.answers]:
            scores.append((cmrc_exact_match(answer, references), cmrc_f1(answer, references)))
    exact, f1 = np.mean(scores, axis=0) * 100
    return float(exact), float(f1)


def main(
    data: Annotated[Path, typer.Argument(help="The folder with mrc/.", exists=True, file_okay=False)],
    weights: Annotated[list[Path] | None, typer.Argument(help="The released reader, if none is given.")] = None,
    every: Annotated[int, typer.Option(help="Read every n-th question of the larger sets.", min=1)] = 1,
    notices: Annotated[int, typer.Option(help="Questions on notices.", min=2)] = 500,
) -> None:
    """Print a table with a row for each file of weights."""
    folder = provision()
    tokenizer = load_tokenizer(folder)
    sets = {name: load_set(data, name) for name in DEV_SETS}
    sets = {name: examples[::every] if len(examples) > 300 else examples for name, examples in sets.items()}
    made = [from_notice(notice) for notice in generate(notices, seed=SEED, split="dev")]
    columns = ("weights", *(f"{name} ({len(examples)})" for name, examples in sets.items()), "notices, EM", "AUROC")
    sys.stdout.write(f"| {' | '.join(columns)} |\n{'| --- ' * len(columns)}|\n")
    for file in weights or [RELEASED]:
        reader = load_reader(folder, tokenizer, weights=file)
        cells = []
        for examples in sets.values():
            exact, f1 = overlap(examples, [best_answer(reader, example)[0] for example in examples])
            cells.append(f"{exact:.1f} / {f1:.1f}")
        said, confidences = zip(*(best_answer(reader, example) for example in made), strict=True)
        answerable = [bool(example.answers) for example in made]
        cells += [f"{overlap(made, said)[0]:.1f}", f"{auroc(confidences, answerable).item():.3f}"]
        sys.stdout.write(f"| {file.name} | {' | '.join(cells)} |\n")
        sys.stdout.flush()


if __name__ == "__main__":
    typer.run(main)

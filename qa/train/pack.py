"""``python -m qa.train.pack --data DATA --out gpu``: the recipe as one folder that a GPU elsewhere trains from.

The folder travels with the working tree and needs nothing there but torch and numpy: weights in 8 bits, the word
embeddings that occur, windows as token ids, and one program.
"""

import argparse
import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, chain
from pathlib import Path
from typing import Final

import numpy as np
import torch
from tokenizers import Tokenizer

from embeddings.errors import EncoderError
from embeddings.models import ModelFolder, provision_torch
from qa.errors import GazetteError, InputError
from qa.train.data import ENGLISH_DEV, Example, load_set
from qa.train.features import encode_all, every_window, passage_tokens
from qa.train.gather import Gathering, renumbered, until_group
from qa.train.gpu import folder as packed
from qa.train.gpu.bert import WORDS, Sizes
from qa.train.gpu.windows import Marks, Windows
from qa.train.model import TrainableReader
from qa.train.program import write_program
from qa.train.reader import reader_from, starting_weights
from qa.train.recipe import Recipe, load_recipe
from qa.train.stages import default_encoder, stage_examples

Draw = Callable[[int, int], Sequence[Example]]
"""From the number of an epoch and of a stage to examples: other ones, or otherwise varied, in every epoch."""
MEBIBYTE: Final = 2**20
LIMIT: Final = 38.0
"""MiB that the folder may take: 64 may travel, and the tree takes 24 of them."""
EPOCHS: Final = 8


@dataclass(frozen=True, slots=True)
class Packed:
    """What was packed: epochs of every stage, windows of them in all, and bytes."""

    epochs: int
    windows: int
    size: int


def pack(
    draw: Draw,
    *,
    recipe: Recipe,
    encoder: ModelFolder,
    out: Path,
    dev: Mapping[str, Sequence[Example]],
    start: Path | None = None,
    epochs: int = EPOCHS,
    limit: int = round(LIMIT * MEBIBYTE),
    progress: Callable[[str], None] = lambda line: None,
) -> Packed:
    """Write the folder with ``epochs`` epochs of all stages, or as many as ``limit`` bytes have room for.

    ``start`` is the released reader that the recipe's ``gpu`` begins with; ``progress`` is told what is done. Raises
    ``InputError`` where not even one epoch has room.
    """
    tokenizer = Tokenizer.from_file(str(encoder.tokenizer))
    torch.manual_seed(recipe.seed)
    reader = reader_from(encoder, starting_weights(recipe.gpu.start, start), dropout=0.0)
    weights = packed.weight_bytes({name: value.numpy() for name, value in reader.trained_state().items()})
    watched, ends = _dev_windows(tokenizer, dev, recipe.training.max_length)
    gathering = Gathering()
    for epoch in range(epochs):
        for stage in range(len(recipe.stages)):
            _gather(gathering, tokenizer, draw(epoch, stage), recipe, epoch, stage)
            progress(f"epoch {epoch + 1} of {epochs}, stage {stage + 1}: encoded")
    every = gathering.windows()
    for count in range(epochs, 0, -1):
        train = until_group(every, count * len(recipe.stages))
        files = {packed.WEIGHTS: weights} | _files(
            reader, recipe, _marks(reader, tokenizer), train, watched, ends, count
        )
        size = sum(map(len, files.values()))
        progress(f"{count} epochs: {size / MEBIBYTE:.1f} MiB")
        if size <= limit:
            break
    else:
        raise InputError(f"one epoch takes {size / MEBIBYTE:.1f} MiB, more than {limit / MEBIBYTE:.1f}: raise --limit")
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    write_program(out / packed.PROGRAM)
    return Packed(count, len(train.group), size)


def _gather(
    gathering: Gathering, tokenizer: Tokenizer, examples: Sequence[Example], recipe: Recipe, epoch: int, stage: int
) -> None:
    group, rng = epoch * len(recipe.stages) + stage, random.Random(f"{recipe.seed} {epoch} {stage}")  # noqa: S311
    units = encode_all(tokenizer, examples, max_length=recipe.training.max_length, rng=rng)
    for example, unit in zip(examples, units, strict=True):
        gathering.add(unit, passage_tokens(tokenizer, example).ids, group=group)


def _files(
    reader: TrainableReader,
    recipe: Recipe,
    marks: Marks,
    train: Windows,
    watched: Windows,
    ends: Mapping[str, int],
    epochs: int,
) -> dict[str, bytes]:
    """Return the files but the weights, which are the same however many epochs there are."""
    frame = [marks.bos, marks.eos, marks.pad]
    ids = np.unique(np.concatenate([train.tokens, watched.tokens, frame])).astype(np.int64)
    plan = packed.Plan(
        seed=recipe.seed,
        training=recipe.training,
        gpu=recipe.gpu,
        sizes=_sizes(reader, len(ids)),
        marks=Marks(*np.searchsorted(ids, frame).tolist()),
        stages=tuple(sum(stage.counts().values()) / recipe.examples for stage in recipe.stages),
        epochs=epochs,
        dev=tuple(ends.items()),
    )
    return {
        packed.PLAN: plan.text().encode(),
        packed.WORDS: packed.weight_bytes({WORDS: reader.body.embeddings.word_embeddings.weight.numpy()[ids]}),
        packed.TRAIN: packed.compressed(renumbered(train, ids).arrays()),
        packed.DEV: packed.compressed(renumbered(watched, ids).arrays()),
    }


def _marks(reader: TrainableReader, tokenizer: Tokenizer) -> Marks:
    bos, eos = tokenizer.encode("").ids
    return Marks(bos, eos, reader.body.config.pad_token_id)


def _dev_windows(
    tokenizer: Tokenizer, dev: Mapping[str, Sequence[Example]], max_length: int
) -> tuple[Windows, dict[str, int]]:
    """Return all windows of dev sets, grouped by question, and the number after each set's last question."""
    gathering, ends = Gathering(), dict(zip(dev, accumulate(map(len, dev.values())), strict=True))
    for number, example in enumerate(chain.from_iterable(dev.values())):
        passage = passage_tokens(tokenizer, example).ids
        for feature in every_window(tokenizer, example, max_length=max_length):
            gathering.add((feature,), passage, group=number)
    return gathering.windows(), ends


def _sizes(reader: TrainableReader, vocabulary: int) -> Sizes:
    config = reader.body.config
    return Sizes(
        hidden=config.hidden_size,
        layers=config.num_hidden_layers,
        heads=config.num_attention_heads,
        feed_forward=config.intermediate_size,
        vocabulary=vocabulary,
        positions=config.max_position_embeddings,
        token_types=config.type_vocab_size,
        epsilon=config.layer_norm_eps,
    )


def dev_sets(data: Path) -> dict[str, list[Example]]:
    """Return what a run is watched on: our articles in both languages, every eighth question of CMRC's; no titles."""
    sets = {
        "authored": load_set(data, "gazette_authored_dev"),
        "cmrc": load_set(data, "cmrc2018_dev_public")[::8],
        "english": load_set(data, ENGLISH_DEV)[::2],
    }
    return {name: [replace(example, title="") for example in examples] for name, examples in sets.items()}


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def main() -> None:
    """Run the command line; exit 2 where something given cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m qa.train.pack", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with mrc/*.jsonl.gz")
    parser.add_argument("--out", type=Path, required=True, help="folder to write, ignored by git")
    parser.add_argument("--recipe", type=Path, help="another recipe than the package's")
    parser.add_argument("--start", type=Path, help="the released reader that the recipe's gpu begins with")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="of every stage, each drawn and varied anew")
    parser.add_argument("--limit", type=float, default=LIMIT, help="MiB that the folder may take")
    parser.add_argument("--work", type=Path, help="folder where the vectors of passages are kept between calls")
    given = parser.parse_args()
    if given.epochs < 1:
        parser.error("--epochs is 1 or more")
    try:
        recipe = load_recipe(given.recipe) if given.recipe else load_recipe()
        encoder = default_encoder()

        def draw(epoch: int, stage: int) -> list[Example]:
            # Notices are made from the seed plus the stage's number: a hundred apart, no two epochs have the same.
            other = replace(recipe, seed=recipe.seed + 100 * epoch)
            return stage_examples(other, stage, given.data, encoder=encoder, work=given.work)

        found = pack(
            draw,
            recipe=recipe,
            encoder=provision_torch(),
            out=given.out,
            dev=dev_sets(given.data),
            start=given.start,
            epochs=given.epochs,
            limit=round(given.limit * MEBIBYTE),
            progress=_say,
        )
    except (GazetteError, EncoderError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)
    sys.stdout.write(
        f"{given.out}: {found.epochs} epochs, {found.windows:,} windows, {found.size / MEBIBYTE:.1f} MiB\n"
        f"Carry this folder with the tree ({recipe.gpu.total_minutes:.1f} minutes and about one to start), and run:\n"
        f'python3 {given.out / packed.PROGRAM} {given.out} --out "$OUT"\n'
    )


if __name__ == "__main__":
    main()

"""``gazette train``: the reader by its recipe, the query projection, and what they measure.

``qa.train`` is imported where it is used: it brings torch.
"""

import os
import signal
from pathlib import Path
from typing import Annotated

import typer

from embeddings.models import provision, provision_torch
from qa.cli.output import counted, out, progress_bar
from qa.text.script import language

train = typer.Typer(help="Train the models. Needs the extra train.", no_args_is_help=True)
DataOption = Annotated[
    Path,
    typer.Option("--data", help="Folder with mrc/*.jsonl.gz.", envvar="GAZETTE_DATA", file_okay=False, exists=True),
]
OutOption = Annotated[Path, typer.Option("--out", help="Folder for checkpoints, log and weights.")]
RecipeOption = Annotated[
    Path | None, typer.Option("--recipe", help="Another recipe than the package's.", dir_okay=False, exists=True)
]
StartOption = Annotated[
    Path | None, typer.Option("--start", help="The released reader that the recipe begins with.", dir_okay=False)
]
ThreadsOption = Annotated[int, typer.Option(help="CPU threads.", min=1)]
CORES = os.cpu_count() or 1
TRAINED = "reader.pt"
RELEASE = "reader.safetensors"
SCORES = "scores.md"


@train.command("all")
def train_all(
    data: DataOption,
    out_folder: OutOption,
    recipe: RecipeOption = None,
    start: StartOption = None,
    threads: ThreadsOption = CORES,
) -> None:
    """Follow the recipe from the data to reader.safetensors and the tables of its card, scores.md.

    It can be stopped at any time: run again, it continues. Each stage is skipped once its file is there.
    """
    if not (out_folder / RELEASE).is_file():
        train_reader(data, out_folder, recipe, start, threads)
        release_reader(data, out_folder / TRAINED, out_folder / RELEASE)
    if not (out_folder / SCORES).is_file():
        lines = _measure(data, [out_folder / RELEASE])
        (out_folder / SCORES).write_text("\n".join(lines) + "\n", encoding="utf-8")


@train.command("reader")
def train_reader(
    data: DataOption,
    out_folder: OutOption,
    recipe: RecipeOption = None,
    start: StartOption = None,
    threads: ThreadsOption = CORES,
) -> None:
    """Train the reader by the recipe; run it again to continue where it stopped."""
    import torch

    from qa.train.memory import keep_freed_memory
    from qa.train.reader import train as run
    from qa.train.recipe import load_recipe
    from qa.train.stages import stage_examples

    # What stops a job on a shared machine is a polite signal: take it as Ctrl-C, which saves what has been learned.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    torch.set_num_threads(threads)
    keep_freed_memory()
    chosen = load_recipe(recipe) if recipe else load_recipe()
    with progress_bar("passages") as passages, progress_bar("examples") as examples:
        weights = run(
            lambda number: stage_examples(chosen, number, data, progress=passages),
            recipe=chosen,
            encoder=provision_torch(),
            out=out_folder,
            start=start,
            progress=lambda seen, total, loss: examples(seen, total),
        )
    out().print(f"trained on {chosen.examples:,} examples: {weights}")


@train.command("mean")
def mean_weights(
    target: Annotated[Path, typer.Argument(help="Where to write the mean (.pt).")],
    weights: Annotated[
        list[Path], typer.Argument(help="Files of trained weights (.pt, or .safetensors of a release).", exists=True)
    ],
) -> None:
    """Average weights: runs with other seeds, or one after the other, read better together than each alone."""
    from qa.train.reader import write_mean

    write_mean(weights, target)
    out().print(f"{target}: the mean of {counted(len(weights), 'file')}")


@train.command("queries")
def train_queries(
    data: DataOption,
    target: Annotated[Path, typer.Argument(help="Where to write the projection (.safetensors).")],
) -> None:
    """Learn to find Chinese passages for English questions, without touching the vectors of passages."""
    from qa.train.data import training_set
    from qa.train.queries import SHARES, encoded, save_projection, train_projection
    from qa.train.stages import default_encoder

    encoder = default_encoder()
    examples = [e for name in SHARES for e in training_set(data, name) if e.answers and language(e.question) == "en"]
    questions, passages, own = encoded(examples, encoder)
    shares = [SHARES[e.source] for e in examples]
    projection = train_projection(questions, passages, own, fingerprint=encoder.fingerprint, shares=shares)
    save_projection(projection, target)
    out().print(f"{target}: {target.stat().st_size:,} bytes, from {len(questions)} questions")


@train.command("directions")
def train_directions(
    data: DataOption,
    target: Annotated[Path, typer.Argument(help="Where to write the directions (.safetensors).")],
) -> None:
    """Find the directions in which the second encoder's vectors differ most; an index keeps these alone."""
    from embeddings.universal import load_universal_encoder
    from qa.train.directions import SETS, principal_directions, save_directions, texts_of

    texts = texts_of(data)
    whole = load_universal_encoder(bulk=True, directions=None)
    save_directions(principal_directions(whole.encode(texts)), SETS, target)
    out().print(f"{target}: {target.stat().st_size:,} bytes, from {len(texts):,} texts")


@train.command("words")
def train_words(
    data: DataOption,
    target: Annotated[Path, typer.Argument(help="Where to write the table of translations (.tsv.gz).")],
) -> None:
    """Learn which Chinese words the words of English questions may stand for."""
    from qa.train.translation import save_translations, translations

    table = translations(data)
    save_translations(table, target)
    out().print(f"{target}: {target.stat().st_size:,} bytes, {len(table):,} words")


@train.command("release")
def release_reader(
    data: DataOption,
    weights: Annotated[Path, typer.Argument(help="The reader.pt of a training run.", dir_okay=False, exists=True)],
    target: Annotated[Path, typer.Argument(help="Where to write the released weights (.safetensors).")],
) -> None:
    """Store trained weights in 8 bits, calibrated on held-out questions, as the package carries them."""
    from qa.train.release import release

    calibration = release(weights, target, data=data, encoder=provision())
    out().print(f"{target}: {target.stat().st_size:,} bytes, {calibration}")


@train.command("measure")
def measure(
    data: DataOption,
    weights: Annotated[list[Path] | None, typer.Argument(help="The released reader, if none is given.")] = None,
    every: Annotated[int, typer.Option(help="Read every n-th question of the larger sets.", min=1)] = 1,
    notices: Annotated[int, typer.Option(help="Questions on notices.", min=2)] = 500,
) -> None:
    """Measure released weights side by side on the development sets: a row for each file."""
    from qa.read.released import RELEASED

    _measure(data, weights or [RELEASED], every=every, notices=notices)


def _measure(data: Path, weights: list[Path], *, every: int = 1, notices: int = 500) -> list[str]:
    from qa.train.measure import measured_sets, score_table

    lines = []
    for line in score_table(weights, measured_sets(data, every=every, notices=notices), provision()):
        print(line, flush=True)
        lines.append(line)
    return lines

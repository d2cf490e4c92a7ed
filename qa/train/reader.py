"""Training the reader: from the encoder's body, or from a released reader, with checkpoints and resume."""

import json
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import file_digest
from itertools import islice
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from tokenizers import Tokenizer
from torch import Tensor, nn

from embeddings.models import ModelFolder
from qa.errors import InputError
from qa.read.quantised import unquantise
from qa.train.data import Example
from qa.train.dev_scores import DevScores, dev_scores
from qa.train.features import Unit, batches, collate, encode_all
from qa.train.gpu.fit import mean_state
from qa.train.losses import whole_loss
from qa.train.model import TrainableReader
from qa.train.precision import autocast
from qa.train.recipe import BODY, Recipe, Training, fingerprint
from qa.train.saved import load, load_weights, save

Draw = Callable[[int], Sequence[Example]]
"""From the number of a stage to its examples, always the same."""
TrainingProgress = Callable[[int, int, float], None]
"""Called with how many examples were seen, how many there are, and the loss."""


@dataclass(slots=True)
class _Run:
    model: TrainableReader
    average: dict[str, Tensor]
    optimiser: torch.optim.Optimizer
    step: int = 0
    seen: int = 0


def train(
    draw: Draw,
    *,
    recipe: Recipe,
    encoder: ModelFolder,
    out: Path,
    start: Path | None = None,
    dev: Sequence[Example] = (),
    dev_every: int = 1000,
    progress: TrainingProgress = lambda seen, examples, loss: None,
    stop_after: int | None = None,
) -> Path:
    """Train by the recipe, or continue from the checkpoint in ``out``; return the file of averaged weights.

    ``start`` is the released reader that the recipe begins with. ``progress`` is called with examples seen, their
    number and the loss; ``stop_after`` ends this call after so many steps, and a later one continues. Losses go to
    ``log.jsonl``, and so do the averaged weights' scores on ``dev`` every ``dev_every`` steps.

    Raises ``InputError`` where ``start`` is not what the recipe begins with, or the checkpoint is another recipe's.
    """
    out.mkdir(parents=True, exist_ok=True)
    settings = recipe.training
    tokenizer = Tokenizer.from_file(str(encoder.tokenizer))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(recipe.seed)
    starting = starting_weights(recipe.start, start)
    model = reader_from(encoder, starting, dropout=settings.dropout)
    initial = {name: value.clone() for name, value in model.trained_state().items()}
    model.freeze(settings.frozen)
    run = _start(model.to(device).train(), settings)
    _resume(run, out / "checkpoint.pt", recipe)
    pad: int = run.model.body.config.pad_token_id
    target = out / "reader.pt"
    try:
        with (out / "log.jsonl").open("a", encoding="utf-8") as log:
            for group in islice(_groups(tokenizer, draw, recipe, run.step), stop_after):
                loss = _step(run, group, pad, device, recipe)
                seconds = round(time.time(), 1)
                log.write(json.dumps({"step": run.step, "seen": run.seen, "loss": loss, "time": seconds}) + "\n")
                progress(run.seen, recipe.examples, loss)
                if dev and run.step % dev_every == 0:
                    scores = asdict(_averaged_scores(run, tokenizer, dev, settings))
                    log.write(json.dumps({"step": run.step, "seen": run.seen, **scores}) + "\n")
                if run.step % settings.checkpoint_every == 0:
                    log.flush()
                    _save(run, out / "checkpoint.pt", recipe)
                    save(initial | _with_kept(run.average, starting, settings.kept), target)
    finally:
        # Also on Ctrl-C: what has been learned is not lost.
        _save(run, out / "checkpoint.pt", recipe)
    save(initial | _with_kept(run.average, starting, settings.kept), target)
    return target


def _with_kept(learned: dict[str, Tensor], starting: dict[str, Tensor], share: float) -> dict[str, Tensor]:
    """Return the mean of what was learned and of the starting reader, which has so large a share.

    A head that the starting reader does not have is as it was learned.
    """
    return {
        name: value.lerp(starting[name].to(value), share) if name in starting else value
        for name, value in learned.items()
    }


def _groups(tokenizer: Tokenizer, draw: Draw, recipe: Recipe, done: int) -> Iterator[list[Unit]]:
    """Yield the batch of every step after the first ``done``; the same for the same examples and recipe."""
    settings = recipe.training
    for number in range(len(recipe.stages)):
        rng = random.Random(recipe.seed * 1000 + number)  # noqa: S311
        units = list(encode_all(tokenizer, draw(number), max_length=settings.max_length, rng=rng))
        groups = batches(units, size=settings.batch_size, rng=rng)
        for group in groups[done:]:
            yield [units[each] for each in group]
        done = max(0, done - len(groups))


def reader_from(encoder: ModelFolder, starting: dict[str, Tensor], *, dropout: float) -> TrainableReader:
    """Return a reader on the encoder's body with the weights that there are to begin with."""
    model = TrainableReader(encoder.path, dropout=dropout)
    if unknown := model.load_state_dict(starting, strict=False).unexpected_keys:
        raise InputError(f"weights of another model: {', '.join(unknown[:3])}")
    return model


def starting_weights(start: str, file: Path | None) -> dict[str, Tensor]:
    """Return the weights to begin with, by the names of ``TrainableReader``.

    There are none for the encoder's body; else they are those of the released reader with this SHA-256, ``file``.
    Raises ``InputError`` where the file is another.
    """
    if start == BODY:
        return {}
    if file is None:
        raise InputError(f"the recipe begins with the released reader {start[:12]}: name its file with --start")
    try:
        with file.open("rb") as stream:
            found = file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{file}: cannot be read ({error.strerror or error}); name another with --start") from error
    if found != start:
        raise InputError(f"{file}: this is {found[:12]}, but the recipe begins with {start[:12]}")
    return _released(file)


def _released(file: Path) -> dict[str, Tensor]:
    try:
        with safe_open(file, framework="np") as stored:
            weights = unquantise({name: stored.get_tensor(name) for name in stored.keys()})  # noqa: SIM118 (no mapping)
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise InputError(f"{file}: not the weights of a released reader ({error})") from error
    heads = ("span", "judge", "trim")
    return {name if name.startswith(heads) else f"body.{name}": torch.tensor(value) for name, value in weights.items()}


def _start(model: TrainableReader, settings: Training) -> _Run:
    decayed = [p for p in model.parameters() if p.requires_grad and p.dim() > 1]
    plain = [p for p in model.parameters() if p.requires_grad and p.dim() == 1]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=settings.learning_rate)
    return _Run(model, {n: v.clone() for n, v in model.trained_state().items()}, optimiser)


def learning_rate(seen: int, examples: int, settings: Training) -> float:
    """Linear warm-up, then linear decay to nothing, by examples seen of all.

    >>> [round(learning_rate(s, 100, Training(warm_up=0.1)) * 1e4, 2) for s in (0, 5, 10, 55, 99)]
    [0.1, 0.6, 1.0, 0.5, 0.01]
    """
    warm = max(1, round(settings.warm_up * examples))
    share = (seen + 1) / warm if seen < warm else max(0.0, examples - seen) / (examples - warm)
    return settings.learning_rate * share


def _step(run: _Run, units: list[Unit], pad: int, device: torch.device, recipe: Recipe) -> float:
    batch, settings = collate(units, pad=pad).to(device), recipe.training
    for group in run.optimiser.param_groups:
        group["lr"] = learning_rate(run.seen, recipe.examples, settings)
    with autocast(device):
        loss, answers = whole_loss(run.model(batch.ids, batch.mask), batch, settings)
    run.optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([p for p in run.model.parameters() if p.requires_grad], 1.0)
    run.optimiser.step()
    run.step += 1
    run.seen += len(batch.ids)
    # Averaging starts as a plain mean, so that the first steps do not linger.
    decay = min(settings.average_decay, run.step / (run.step + 10))
    for name, value in run.model.trained_state().items():
        run.average[name].lerp_(value, 1 - decay)
    return round(float(answers.item()), 5)


def _averaged_scores(run: _Run, tokenizer: Tokenizer, dev: Sequence[Example], settings: Training) -> DevScores:
    """Score the averaged weights, and put the current ones back."""
    current = {name: value.clone() for name, value in run.model.trained_state().items()}
    run.model.load_state_dict(run.average, strict=False)
    try:
        return dev_scores(run.model, tokenizer, dev, max_length=settings.max_length)
    finally:
        run.model.load_state_dict(current, strict=False)


def _save(run: _Run, file: Path, recipe: Recipe) -> None:
    state = {
        "model": run.model.trained_state(),
        "average": run.average,
        "optimiser": run.optimiser.state_dict(),
        "step": run.step,
        "seen": run.seen,
        "recipe": fingerprint(recipe),
    }
    save(state, file)


def _resume(run: _Run, file: Path, recipe: Recipe) -> None:
    if not file.is_file():
        return
    state = load(file)
    if state.keys() != {"model", "average", "optimiser", "step", "seen", "recipe"}:
        raise InputError(f"{file}: not the checkpoint of a run: choose another --out")
    if state["recipe"] != fingerprint(recipe):
        raise InputError(f"{file} was written under another recipe: choose another --out")
    run.model.load_state_dict(state["model"], strict=False)
    run.average = state["average"]
    run.optimiser.load_state_dict(state["optimiser"])
    run.step, run.seen = int(state["step"]), int(state["seen"])


def write_mean(weights: Sequence[Path], target: Path) -> None:
    """Write the mean of weights, parameter by parameter: trained ones (.pt), and those of releases (.safetensors).

    Raises ``InputError`` where one of them is no weights, or another model's than the first.
    """
    states = [_stored(file) for file in weights]
    shapes = [{name: value.shape for name, value in state.items()} for state in states]
    for file, each in zip(weights, shapes, strict=True):
        if each != shapes[0]:
            raise InputError(f"{file}: weights of another model than those of {weights[0]}")
    save(mean_state(states), target)


def _stored(file: Path) -> Mapping[str, Tensor]:
    return _released(file) if file.suffix == ".safetensors" else load_weights(file)

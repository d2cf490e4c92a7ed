"""``gazette train reader``: from the encoder's body to an extractive reader, with checkpoints and resume."""

import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from embeddings.models import ModelFolder
from qa.train.data import Example
from qa.train.dev_scores import DevScores, dev_scores
from qa.train.features import Batch, Feature, batches, collate, encode_all
from qa.train.model import Reader, span_loss


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """What a run is made of; a checkpoint resumes only under the same settings."""

    epochs: int = 2
    batch_size: int = 16
    learning_rate: float = 1e-4
    weight_decay: float = 0.01
    warm_up: float = 0.06
    max_length: int = 256
    dropout: float = 0.0  # on a CPU, drawing its random numbers takes longer than the model does
    average_decay: float = 0.99
    checkpoint_every: int = 100
    seed: int = 13


@dataclass(slots=True)
class _Run:
    model: Reader
    average: dict[str, Tensor]
    optimiser: torch.optim.Optimizer
    step: int = 0


Progress = Callable[[int, int, float], None]


def train(
    examples: list[Example],
    *,
    encoder: ModelFolder,
    out: Path,
    settings: TrainingSettings,
    start: Path | None = None,
    dev: Sequence[Example] = (),
    progress: Progress = lambda step, steps, loss: None,
    stop_after: int | None = None,
) -> Path:
    """Train, or go on from the checkpoint in ``out``; return the file of averaged weights.

    ``start`` gives weights to begin with, the encoder's body otherwise. ``progress`` is called with step, steps and
    loss; ``stop_after`` ends this call after so many steps, and a later one goes on. Losses go to ``log.jsonl``, and so
    do the averaged weights' scores on ``dev`` after each epoch.
    """
    out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(encoder.tokenizer))
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    torch.manual_seed(settings.seed)
    run = _start(encoder, settings, device, start)
    _resume(run, out / "checkpoint.pt", settings)
    steps = settings.epochs * math.ceil(len(examples) / settings.batch_size)
    pad: int = run.model.body.config.pad_token_id
    try:
        with (out / "log.jsonl").open("a", encoding="utf-8") as log:
            for group in islice(_groups(tokenizer, examples, settings, run.step), stop_after):
                loss = _step(run, group, pad, device, steps, settings)
                log.write(json.dumps({"step": run.step, "loss": round(loss, 5), "time": round(time.time(), 1)}) + "\n")
                progress(run.step, steps, loss)
                if dev and run.step % (steps // settings.epochs) == 0:
                    scores = asdict(_averaged_scores(run, tokenizer, dev, settings))
                    log.write(json.dumps({"step": run.step, **scores, "time": round(time.time(), 1)}) + "\n")
                if run.step % settings.checkpoint_every == 0:
                    log.flush()
                    _save(run, out / "checkpoint.pt", settings)
    finally:
        # Also on Ctrl-C: what has been learned is not lost.
        _save(run, out / "checkpoint.pt", settings)
    target = out / "reader.pt"
    torch.save(run.average, target)
    return target


def _groups(
    tokenizer: Tokenizer, examples: list[Example], settings: TrainingSettings, done: int
) -> Iterator[list[Feature]]:
    """Yield the batch of every step after the first ``done``; the same for the same examples and settings."""
    each = math.ceil(len(examples) / settings.batch_size)
    for epoch in range(done // each, settings.epochs):
        rng = random.Random(settings.seed * 1000 + epoch)  # noqa: S311
        features = list(encode_all(tokenizer, examples, max_length=settings.max_length, rng=rng))
        groups = batches(features, size=settings.batch_size, rng=rng)
        for group in groups[max(0, done - epoch * each) :]:
            yield [features[number] for number in group]


def _start(encoder: ModelFolder, settings: TrainingSettings, device: torch.device, weights: Path | None) -> _Run:
    model = Reader(encoder.path, dropout=settings.dropout).to(device).train()
    if weights:
        model.load_state_dict(torch.load(weights, map_location=device, weights_only=True), strict=False)
    decayed = [p for p in model.parameters() if p.requires_grad and p.dim() > 1]
    plain = [p for p in model.parameters() if p.requires_grad and p.dim() == 1]
    groups = [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": plain, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=settings.learning_rate)
    return _Run(model, {n: v.clone() for n, v in model.trained_state().items()}, optimiser)


def learning_rate(step: int, steps: int, settings: TrainingSettings) -> float:
    """Linear warm-up, then linear decay to nothing.

    >>> [round(learning_rate(s, 100, TrainingSettings(warm_up=0.1)) * 1e4, 2) for s in (0, 5, 10, 55, 99)]
    [0.1, 0.6, 1.0, 0.5, 0.01]
    """
    warm = max(1, round(settings.warm_up * steps))
    share = (step + 1) / warm if step < warm else (steps - step) / (steps - warm)
    return settings.learning_rate * share


def _step(
    run: _Run, features: list[Feature], pad: int, device: torch.device, steps: int, settings: TrainingSettings
) -> float:
    batch = collate(features, pad=pad)
    for group in run.optimiser.param_groups:
        group["lr"] = learning_rate(run.step, steps, settings)
    with torch.autocast(device.type, dtype=torch.bfloat16):
        loss = batch_loss(run.model, batch, device)
    run.optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([p for p in run.model.parameters() if p.requires_grad], 1.0)
    run.optimiser.step()
    run.step += 1
    # Averaging starts as a plain mean, so that the first steps do not linger.
    decay = min(settings.average_decay, run.step / (run.step + 10))
    for name, value in run.model.trained_state().items():
        run.average[name].lerp_(value, 1 - decay)
    return float(loss.item())


def batch_loss(model: Reader, batch: Batch, device: torch.device) -> Tensor:
    """Return the mean loss of a batch over starts and ends."""
    ids, mask, candidates, starts, ends = (
        t.to(device) for t in (batch.ids, batch.mask, batch.candidates, batch.starts, batch.ends)
    )
    start, end = model(ids, mask)
    return (span_loss(start, starts, candidates) + span_loss(end, ends, candidates)) / 2


def _averaged_scores(run: _Run, tokenizer: Tokenizer, dev: Sequence[Example], settings: TrainingSettings) -> DevScores:
    """Score the averaged weights, and put the current ones back."""
    current = {name: value.clone() for name, value in run.model.trained_state().items()}
    run.model.load_state_dict(run.average, strict=False)
    try:
        return dev_scores(run.model, tokenizer, dev, max_length=settings.max_length)
    finally:
        run.model.load_state_dict(current, strict=False)


def _save(run: _Run, file: Path, settings: TrainingSettings) -> None:
    aside = file.with_suffix(".tmp")
    state = {
        "model": run.model.trained_state(),
        "average": run.average,
        "optimiser": run.optimiser.state_dict(),
        "step": run.step,
        "settings": asdict(settings),
    }
    torch.save(state, aside)
    aside.replace(file)


def _resume(run: _Run, file: Path, settings: TrainingSettings) -> None:
    if not file.is_file():
        return
    state = torch.load(file, map_location="cpu", weights_only=True)
    if state["settings"] != asdict(settings):
        raise ValueError(f"{file} was written under other settings: {state['settings']}; choose another --out")
    run.model.load_state_dict(state["model"], strict=False)
    run.average = state["average"]
    run.optimiser.load_state_dict(state["optimiser"])
    run.step = int(state["step"])

"""Following the plan by the clock: the main run, those that branch from it, and the distillation of their mean."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from qa.train.batch import Batch
from qa.train.gpu.bert import GpuReader
from qa.train.gpu.folder import Plan
from qa.train.gpu.windows import Loader, grouped
from qa.train.losses import Scores, distillation_loss, whole_loss
from qa.train.precision import autocast

Pace = Callable[[int], float]
"""From the steps that a phase has done to the share of it that is over: by the clock, or by counting."""
Losses = Callable[[Scores, Batch], tuple[Tensor, Tensor]]
"""To what is made smaller, and the part of it that is reported."""


@dataclass(slots=True)
class State:
    """A reader in training, with the average of its weights."""

    model: GpuReader
    average: GpuReader
    optimiser: torch.optim.Optimizer
    steps: int = 0

    @classmethod
    def of(cls, model: GpuReader, plan: Plan) -> Self:
        """Begin to train a model."""
        trained = [value for value in model.parameters() if value.requires_grad]
        groups = [
            {"params": [value for value in trained if value.dim() > 1], "weight_decay": plan.training.weight_decay},
            {"params": [value for value in trained if value.dim() == 1], "weight_decay": 0.0},
        ]
        optimiser = torch.optim.AdamW(groups, lr=plan.gpu.learning_rate, fused=trained[0].is_cuda)
        return cls(model, deepcopy(model).eval(), optimiser)

    def copy(self, plan: Plan) -> "State":
        """Return a copy, to train further without changing this one."""
        other = replace(State.of(deepcopy(self.model), plan), average=deepcopy(self.average), steps=self.steps)
        other.optimiser.load_state_dict(deepcopy(self.optimiser.state_dict()))
        return other


@dataclass(frozen=True, slots=True)
class StepReport:
    """Progress of a phase: steps so far, the share of the phase that is done, and the recent loss and speed."""

    steps: int
    share: float
    loss: float
    examples_per_second: float


@dataclass(frozen=True, slots=True)
class FitContext:
    """What every phase needs; ``report`` is called every so many seconds, and at the end of a phase."""

    plan: Plan
    loader: Loader
    report: Callable[[StepReport, State], None]
    every: float = 60.0


def by_clock(minutes: float) -> Pace:
    """Return the pace of a phase of so many minutes, which begin now."""
    begun = time.monotonic()
    return lambda steps: (time.monotonic() - begun) / (60 * minutes)


def by_steps(count: int) -> Pace:
    """Return the pace of a phase of so many steps."""
    return lambda steps: steps / count


def rate(share: float, warm_up: float) -> float:
    """Return which share of the highest learning rate holds: warmed up to it, then falling to nothing.

    >>> [round(rate(share, 0.1), 2) for share in (0.0, 0.05, 0.1, 0.55, 1.0)]
    [0.0, 0.5, 1.0, 0.5, 0.0]
    """
    return min(share / warm_up if warm_up else 1.0, (1 - share) / (1 - warm_up))


def feed(loader: Loader, epochs: Sequence[int], *, tokens: int, rng: np.random.Generator) -> Iterator[NDArray[Any]]:
    """Yield the rows of batches without end: the epochs in random order, again and again."""
    rows = [np.flatnonzero(loader.windows.group == epoch) for epoch in epochs]
    while True:
        for number in rng.permutation(len(rows)):
            yield from grouped(loader.windows, rows[number], tokens=tokens, rng=rng)


def follow(context: FitContext, state: State, pace: Pace, *, seed: int, span: tuple[float, float] = (0.0, 1.0)) -> None:
    """Train by the stages, over the part ``span`` of a run."""
    plan, rng = context.plan, np.random.default_rng(seed)
    torch.manual_seed(seed)
    feeds = [feed(context.loader, plan.groups(at), tokens=plan.gpu.tokens, rng=rng) for at in range(len(plan.stages))]
    bounds = np.cumsum(plan.stages)[:-1]

    def whole(share: float) -> float:
        return span[0] + (span[1] - span[0]) * share

    _run(
        context,
        state,
        pace,
        rows=lambda share: next(feeds[int(np.searchsorted(bounds, whole(share), side="right"))]),
        speed=lambda share: plan.gpu.learning_rate * rate(whole(share), plan.training.warm_up),
        losses=lambda scores, batch: whole_loss(scores, batch, plan.training),
    )


def distil(context: FitContext, state: State, teachers: Sequence[GpuReader], pace: Pace, *, seed: int) -> None:
    """Train towards the teachers' mean scores and the answers, on what the last stage has."""
    plan, gpu = context.plan, context.plan.gpu
    torch.manual_seed(seed)
    groups = plan.groups(len(plan.stages) - 1)
    rows = feed(context.loader, groups, tokens=gpu.tokens, rng=np.random.default_rng(seed))

    def losses(scores: Scores, batch: Batch) -> tuple[Tensor, Tensor]:
        with torch.no_grad():
            told = [teacher(batch.ids, batch.mask) for teacher in teachers]
        start, end = (torch.stack([getattr(each, side) for each in told]).mean(0) for side in ("start", "end"))
        apart = distillation_loss(scores.start, start, batch.candidates)
        apart = (apart + distillation_loss(scores.end, end, batch.candidates)) / 2
        whole, answers = whole_loss(scores, batch, plan.training)
        return gpu.distil * apart + (1 - gpu.distil) * whole, answers

    _run(
        context,
        state,
        pace,
        rows=lambda share: next(rows),
        speed=lambda share: gpu.learning_rate * gpu.distil_rate * rate(share, plan.training.warm_up),
        losses=losses,
    )


def _run(
    context: FitContext,
    state: State,
    pace: Pace,
    *,
    rows: Callable[[float], NDArray[Any]],
    speed: Callable[[float], float],
    losses: Losses,
) -> None:
    """Take steps until the pace reaches 1, and at least one."""
    state.model.train()
    done, over = 0, False
    while not over:
        since, total, taken, seen = time.monotonic(), torch.zeros((), device=context.loader.device), 0, 0
        while not over and (not taken or time.monotonic() - since < context.every):
            share = min(pace(done), 1.0)
            batch = context.loader.batch(rows(share))
            total += _step(state, batch, losses, speed(share), context.plan.training.average_decay)
            done, taken, seen = done + 1, taken + 1, seen + len(batch.ids)
            over = pace(done) >= 1
        loss = round(total.item() / taken, 4)  # waits until the device has done them all
        examples_per_second = round(seen / (time.monotonic() - since), 1)
        context.report(StepReport(state.steps, round(min(pace(done), 1.0), 3), loss, examples_per_second), state)


def _step(state: State, batch: Batch, losses: Losses, speed: float, average_decay: float) -> Tensor:
    for group in state.optimiser.param_groups:
        group["lr"] = speed
    with autocast(batch.ids.device):
        loss, told = losses(state.model(batch.ids, batch.mask), batch)
    state.optimiser.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_([value for value in state.model.parameters() if value.requires_grad], 1.0)
    state.optimiser.step()
    state.steps += 1
    # As qa.train.reader does: a plain mean at first, so that the first steps do not linger.
    decay = min(average_decay, state.steps / (state.steps + 10))
    average, current = state.average.trained_state(), state.model.trained_state()
    torch._foreach_lerp_(list(average.values()), list(current.values()), 1 - decay)
    return told.detach()


def mean_of_models(models: Sequence[GpuReader]) -> Mapping[str, Tensor]:
    """Return the mean of models' weights, parameter by parameter."""
    return mean_state([model.trained_state() for model in models])


def mean_state(states: Sequence[Mapping[str, Tensor]]) -> Mapping[str, Tensor]:
    """Return the mean of trained weights, parameter by parameter."""
    return {name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]}

"""The program of a packed folder: ``python3 gpu/run.pyz gpu --out OUT``."""

import argparse
import sys
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch

from qa.errors import InputError
from qa.train.gpu.bert import GpuReader
from qa.train.gpu.fit import FitContext, Pace, State, StepReport, by_clock, by_steps, distil, follow, mean_of_models
from qa.train.gpu.folder import DEV, TRAIN, Plan, read_plan, read_reader, read_windows
from qa.train.gpu.results import DISTILLED, MEAN, Log, write_state
from qa.train.gpu.scores import dev_scores
from qa.train.gpu.windows import Loader


def main() -> None:
    """Train as the folder says; exit 2 where it cannot be read."""
    parser = argparse.ArgumentParser(prog="run.pyz", description="Train the packed reader, by the clock.")
    parser.add_argument("folder", type=Path, help="what python -m qa.train.pack wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for weights and log")
    parser.add_argument("--minutes", type=float, help="of the main run, instead of the recipe's")
    parser.add_argument("--distil-minutes", type=float, help="of the distillation; 0 leaves it out")
    parser.add_argument("--seeds", type=int, help="runs to average, the main one included")
    parser.add_argument("--tokens", type=int, help="of a batch at most, padding included")
    parser.add_argument("--steps", type=int, help="a trial: as many in the main run, instead of minutes")
    parser.add_argument("--every", type=float, default=60.0, help="seconds between reports")
    parser.add_argument("--compile", action="store_true", help="compile the model: a minute first, then fewer kernels")
    given = parser.parse_args()
    chosen = {name: getattr(given, name) for name in ("minutes", "distil_minutes", "seeds", "tokens")}
    chosen = {name: value for name, value in chosen.items() if value is not None}
    if min([given.every, *(value for name, value in chosen.items() if name != "distil_minutes")]) <= 0:
        parser.error("minutes, seeds, tokens and seconds are above 0")
    if chosen.get("distil_minutes", 0) < 0 or (given.steps is not None and given.steps < 1):
        parser.error("--steps is 1 or more, and --distil-minutes 0 or more")
    if given.compile:
        GpuReader.forward = torch.compile(GpuReader.forward, dynamic=True)  # type: ignore[method-assign]
    try:
        given.out.mkdir(parents=True, exist_ok=True)
        plan = read_plan(given.folder)
        plan = replace(plan, gpu=replace(plan.gpu, **chosen))
        run(given.folder, given.out, plan, steps=given.steps, every=given.every)
    except (InputError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        sys.exit(2)


def run(folder: Path, out: Path, plan: Plan, *, steps: int | None = None, every: float = 60.0) -> None:
    """Follow the plan: the main run, the branches, their mean, the distillation.

    With ``steps``, by counting: so many in the main run, and in the others as many as their minutes are of its.
    """
    gpu, log = plan.gpu, Log(out)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader, dev = (Loader(read_windows(folder / name), plan.marks, device) for name in (TRAIN, DEV))
    state = State.of(read_reader(folder, plan.sizes, dropout=gpu.dropout).to(device), plan)
    name = torch.cuda.get_device_name() if device.type == "cuda" else "CPU"
    log.write("start", device=name, rows=len(loader.windows.group), epochs=plan.epochs, **asdict(gpu))
    reporter = _Reporter(log, dev, plan, out)

    def pace(minutes: float) -> Pace:
        return by_clock(minutes) if steps is None else by_steps(max(1, round(steps * minutes / gpu.minutes)))

    follow(
        FitContext(plan, loader, reporter.of("main", save=MEAN), every),
        state,
        pace(gpu.minutes * gpu.branch),
        seed=plan.seed,
        span=(0.0, gpu.branch),
    )
    branches = [state, *(state.copy(plan) for _ in range(1, gpu.seeds))]
    for number, branch in enumerate(branches):
        phase, save = ("main", MEAN) if number == 0 else (f"branch {number}", None)
        follow(
            FitContext(plan, loader, reporter.of(phase, save=save), every),
            branch,
            pace(gpu.minutes * (1 - gpu.branch)),
            seed=plan.seed + 1 + number,
            span=(gpu.branch, 1.0),
        )
    student = read_reader(folder, plan.sizes, dropout=gpu.dropout).to(device)
    student.load_state_dict(mean_of_models([branch.average for branch in branches]), strict=False)
    reporter.scores("mean", student)
    write_state(student.trained_state(), out, MEAN)
    if gpu.distil_minutes:
        session = FitContext(plan, loader, reporter.of("distillation", save=DISTILLED), every)
        teachers = [branch.average for branch in branches]
        distil(session, State.of(student, plan), teachers, pace(gpu.distil_minutes), seed=plan.seed - 1)


@dataclass(frozen=True, slots=True)
class _Reporter:
    log: Log
    dev: Loader
    plan: Plan
    out: Path

    def of(self, phase: str, *, save: str | None) -> "_Phase":
        return _Phase(self, phase, save)

    def scores(self, phase: str, model: GpuReader, **fields: object) -> None:
        begins = [0, *(end for _, end in self.plan.dev)]
        found = {
            name: asdict(dev_scores(model, self.dev, range(begin, end), tokens=self.plan.gpu.tokens))
            for begin, (name, end) in zip(begins, self.plan.dev, strict=False)
        }
        self.log.write(phase, **fields, **found)


@dataclass(frozen=True, slots=True)
class _Phase:
    reporter: _Reporter
    phase: str
    save: str | None

    def __call__(self, report: StepReport, state: State) -> None:
        self.reporter.scores(self.phase, state.average, **asdict(report))
        if self.save:
            write_state(state.average.trained_state(), self.reporter.out, self.save)


if __name__ == "__main__":
    main()

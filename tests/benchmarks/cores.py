"""How much of a processor a question takes, and so how many a second can be answered at most.

    python -m tests.benchmarks.cores --index DIR [--rounds 5] [--questions FILE]

Asks the questions of a gold file in a process that is held to one core, and then in one that has two, as ``gazette
serve`` asks a single client's: there the models' threads share the work, and wait for one another. No order in which
questions take turns needs less of a processor than the former: so many are answered a second ``at_most``, by however
many clients. ``alone_at_most`` is what one client would get if the models' runs were shared without loss, ``alone``
what it gets; the service under load can gain what is between that and the first, and nothing else. Prints a line of
JSON for each: the means of processor time, that of the models' runs in it, and the time that passes, which like
``alone`` is of use on a quiet machine only; processor time depends less on what else runs. Linux.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import fmean
from typing import Final

import numpy as np
from numpy.typing import NDArray

from embeddings.home import DEFAULT_ENCODER
from embeddings.joined import running
from embeddings.runtime import Runtime
from qa.config import Settings
from qa.service import Models, load_models, open_service
from tests.benchmarks.load import GOLD

CORES: Final = 2


@dataclass(frozen=True, slots=True)
class TimedRuntime(Runtime):
    """A runtime that notes the processor time of each run, in seconds."""

    took: list[float] = field(default_factory=list)

    def run(self, texts: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        """Run texts as a ``Runtime`` does."""
        begun = time.process_time()
        outputs = Runtime.run(self, texts)
        self.took.append(time.process_time() - begun)
        return outputs


def main() -> None:
    """Measure on one core and on two, each in a process of its own, and print what that allows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--questions", type=Path, default=GOLD)
    parser.add_argument("--cores", type=int, help="measure on so many, and print that alone")
    chosen = parser.parse_args()
    if chosen.cores:
        lines = chosen.questions.read_text("utf-8").splitlines()
        questions = [str(json.loads(line)["question"]) for line in lines if line.strip()]
        print(json.dumps(measured(chosen.index, questions, chosen.rounds, chosen.cores)), flush=True)
        return
    one, all_cores = (_measured_apart(cores) for cores in (1, CORES))
    shared = one["processor_ms"] - one["of_which_models_ms"] * (1 - 1 / CORES)
    rates = {
        "per_second_at_most": CORES * 1000 / one["processor_ms"],
        "alone_at_most": 1000 / shared,
        "alone": 1000 / all_cores["passed_ms"],
    }
    print(json.dumps({name: round(rate, 2) for name, rate in rates.items()}))


def _measured_apart(cores: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.cores", *sys.argv[1:], "--cores", str(cores)]
    line = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1]
    print(line, flush=True)
    return dict(json.loads(line))


def measured(index: Path, questions: Sequence[str], rounds: int, cores: int) -> dict[str, float]:
    """Return the mean milliseconds of a question, each asked so often, in this process, which is held to the cores."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:cores])  # before the models choose how many threads
    models, runs = timed_models(load_models(DEFAULT_ENCODER))
    with open_service(Settings(index), models) as service:
        for question in questions:
            service.ask(question)
        for each in runs:
            each.took.clear()
        begun, started = time.process_time(), time.perf_counter()
        for question in [*questions] * rounds:
            service.ask(question)
        used, passed = time.process_time() - begun, time.perf_counter() - started
    count = rounds * len(questions)
    return {
        "cores": cores,
        "processor_ms": round(1000 * used / count, 1),
        "of_which_models_ms": round(1000 * sum(sum(each.took) for each in runs) / count, 1),
        "runs": round(sum(len(each.took) for each in runs) / count, 2),
        "run_ms": round(1000 * fmean(took for each in runs for took in each.took), 1),
        "passed_ms": round(1000 * passed / count, 1),
    }


def timed_models(models: Models) -> tuple[Models, list[TimedRuntime]]:
    """Return models whose runs are timed, and what notes them."""
    reading = _timed(models.reader.runtime)
    runs = [reading]

    def encoding(runtime: Runtime) -> Runtime:
        runs.append(_timed(runtime))
        return runs[-1]

    return Models(running(models.encoder, encoding), replace(models.reader, runtime=reading)), runs


def _timed(runtime: Runtime) -> TimedRuntime:
    return TimedRuntime(runtime.requests, runtime.words, runtime.precision)


if __name__ == "__main__":
    main()

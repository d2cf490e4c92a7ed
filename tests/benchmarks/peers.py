"""Quality and speed beside what one would use instead: ``python -m tests.benchmarks.peers [--limit N]``.

Same machine, same run, same passages, same reader weights (exported as a transformers model folder). Each peer lives in
a virtual environment of its own, made on first use; one that cannot be installed or run stands in the table with the
reason. Retrieval is this project's for all but BM25, and is not timed: the table compares readers.
"""

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from embeddings.models import provision_torch
from qa.config import Settings
from qa.evaluate.gold import GoldQuestion, load_gold, load_reading
from qa.evaluate.metrics import (
    cmrc_exact_match,
    cmrc_f1,
    item_scores,
    list_scores,
    squad_exact_match,
    squad_f1,
)
from qa.evaluate.open_domain import as_archive_questions, write_contexts
from qa.evaluate.run import reading_rules
from qa.indexing import ingest, starter_archive
from qa.retrieve.lexical import own_words
from qa.service import Models, Service, load_models, open_service
from tests.conftest import SEEDS

TORCH: Final = "torch>=2.13,<2.14"  # without the pin pip fetches gigabytes of CUDA
# What goes into each peer's environment; the others run in this one.
REQUIREMENTS: Final = {
    "transformers4": ("transformers<5", TORCH),
    "haystack": ("haystack-ai", "transformers-haystack", TORCH),
    "txtai": ("txtai", TORCH),
}
SYSTEMS: Final = ("gazette", *REQUIREMENTS, "bm25")
NAMES: Final = {
    "gazette": "gazette",
    "transformers4": "transformers 4, question-answering pipeline",
    "haystack": "Haystack, extractive reader",
    "txtai": "txtai, extractor",
    "bm25": "BM25 + first sentence",
}
READING_SETS: Final = {
    "CMRC dev, reader alone": "cmrc2018_dev_public",
    "news, reader alone": "news_mrc_dev_public",
    "English questions, reader alone": "squad_enq_zhctx_dev",
}
OPEN_SET: Final = "CMRC dev, open domain"
SEED_SET: Final = "seed page"
WORKER: Final = Path(__file__).with_name("peer_worker.py")


@dataclass(frozen=True, slots=True)
class Task:
    """One question with the passages that every system reads; ``gold`` are required items with their spellings.

    ``scores`` are retrieval's, ``lexical`` is the passage that BM25 ranks first, ``rules`` those of CMRC or SQuAD.
    """

    set: str
    id: str
    question: str
    passages: tuple[str, ...]
    scores: tuple[float, ...]
    lexical: str
    gold: tuple[tuple[str, ...], ...]
    rules: str

    def to_line(self) -> str:
        """Return what the worker is told: everything but the gold answers."""
        shown = ("set", "id", "question", "passages", "scores", "lexical")
        return json.dumps({name: getattr(self, name) for name in shown})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a system did: figures on its process and an answer a task, or the reason why there are none."""

    figures: Mapping[str, Any]
    answers: Mapping[tuple[str, str], Mapping[str, Any]]
    reason: str | None = None


def main() -> None:
    """Prepare the tasks, run every system on them, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("GAZETTE_DATA", "../shared/data"))
    parser.add_argument("--limit", type=int, help="questions of each set, drawn at random; all by default")
    parser.add_argument("--work", type=Path, required=True, help="folder for environments, model and answers")
    parser.add_argument("--out", type=Path, help="write the table to this file as well")
    parser.add_argument("--systems", nargs="+", default=SYSTEMS, choices=SYSTEMS)
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    model = _export(options.work / "model")
    tasks = _prepare(options.data, options.limit, options.work)
    lines = options.work / "tasks.jsonl"
    lines.write_text("".join(f"{task.to_line()}\n" for task in tasks), "utf-8")
    outcomes = {system: run(system, model, lines, options.work) for system in options.systems}
    table = "\n".join(render_table(tasks, outcomes, options.limit))
    print(table)
    if options.out:
        options.out.write_text(table + "\n", "utf-8")


def _tell(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def _export(folder: Path) -> Path:
    """Write the released reader as a model folder that ``AutoModelForQuestionAnswering`` loads."""
    # Imported here: it brings torch.
    from qa.bench.plain import question_answering_model
    from qa.read.released import RELEASED

    made_from, stamp = provision_torch(), folder / "made-from"
    identity = f"{made_from.path.name} {RELEASED.stat().st_size} {RELEASED.stat().st_mtime_ns}"
    if not (stamp.exists() and stamp.read_text("utf-8") == identity):
        _tell("exporting the reader")
        shutil.rmtree(folder, ignore_errors=True)
        question_answering_model(made_from).save_pretrained(folder)
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(made_from.path / name, folder / name)
        stamp.write_text(identity, "utf-8")
    return folder


def _prepare(data: Path, limit: int | None, work: Path) -> list[Task]:
    models = load_models(Settings.from_environment().encoder)
    tasks: list[Task] = []
    for name, file in READING_SETS.items():
        for example in _sample(load_reading(data / "mrc" / f"{file}.jsonl.gz"), limit):
            (question,), rules = as_archive_questions([example]), reading_rules(example.context)
            alone = (example.context,)
            tasks.append(Task(name, example.id, question.question, alone, (0.0,), alone[0], question.answers, rules))
    examples = _sample(load_reading(data / "mrc" / f"{READING_SETS['CMRC dev, reader alone']}.jsonl.gz"), limit)
    contexts = work / "contexts.jsonl"
    write_contexts(examples, contexts)
    _tell("indexing the contexts")
    with _indexed(work / "index-open", [contexts], models) as service:
        tasks += [_retrieved(OPEN_SET, service, question) for question in as_archive_questions(examples)]
    with _indexed(work / "index-seed", [starter_archive()], models) as service:
        gold = _sample(load_gold(SEEDS / "gold.jsonl"), limit)
        tasks += [_retrieved(SEED_SET, service, question) for question in gold]
    return tasks


def _sample(questions: Sequence[Any], limit: int | None) -> list[Any]:
    if limit is None or limit >= len(questions):
        return list(questions)
    return random.Random(1).sample(list(questions), limit)


def _indexed(directory: Path, sources: list[Path], models: Models) -> Service:
    shutil.rmtree(directory, ignore_errors=True)
    ingest(sources, directory=directory, encoder=models.encoder)
    return open_service(Settings(directory), models)


def _retrieved(name: str, service: Service, gold: GoldQuestion) -> Task:
    hits = service.search(gold.question)
    lexical = service.opened.candidates(None, own_words(gold.question, service.opened).tokens, 1)
    first = lexical[0].chunk.text if lexical else ""
    rules = reading_rules(" ".join(hit.chunk.text for hit in hits))
    passages = tuple(hit.chunk.embedded for hit in hits)
    scores = tuple(hit.score for hit in hits)
    return Task(name, gold.id, gold.question, passages, scores, first, gold.answers, rules)


def run(system: str, model: Path, tasks: Path, work: Path) -> Outcome:
    """Let one system answer the tasks in a process of its own."""
    try:
        python = environment_of(system, work) if system in REQUIREMENTS else Path(sys.executable)
    except subprocess.CalledProcessError as error:
        return Outcome({}, {}, f"cannot be installed: {_last_line(error.stderr)}")
    _tell(f"running {NAMES[system]}")
    out = work / f"{system}.jsonl"
    # The same threads for all; no hub, no telemetry, no half-finished output of an earlier run.
    threads = str(os.cpu_count())
    environment = {
        **os.environ,
        "OMP_NUM_THREADS": threads,
        "HF_HUB_OFFLINE": "1",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
    }
    environment["PYTHONPATH"] = str(WORKER.parents[2]) if system not in REQUIREMENTS else ""
    out.unlink(missing_ok=True)
    command = [str(python), str(WORKER), system, str(model), str(tasks), str(out)]
    finished = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if finished.returncode:
        return Outcome({}, {}, f"cannot be run: {_last_line(finished.stderr)}")
    figures, *answers = map(json.loads, out.read_text("utf-8").splitlines())
    return Outcome(figures, {(answer["set"], answer["id"]): answer for answer in answers})


def environment_of(system: str, work: Path) -> Path:
    """Return the interpreter of a peer's environment, made and filled on first use."""
    folder = work / f"venv-{system}"
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = folder / "installed"
    if not done.exists():
        _tell(f"installing {', '.join(REQUIREMENTS[system])}")
        venv.create(folder, with_pip=True, clear=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS[system]]
        subprocess.run(command, check=True, capture_output=True, text=True)
        done.touch()
    return python


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else "it gave no reason"


def render_table(tasks: Sequence[Task], outcomes: Mapping[str, Outcome], limit: int | None) -> Iterator[str]:
    """Yield the lines of the tables: quality and speed for each set, then the processes."""
    sample = f", {limit} questions of each set" if limit else ""
    yield f"Measured on {datetime.now(UTC).date()}, {_machine()}{sample}."
    yield ""
    yield "| set | system | EM | F1 | item F1 | answered or declined rightly | median ms | passages/s |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    for name in dict.fromkeys(task.set for task in tasks):
        part = [task for task in tasks if task.set == name]
        for system, outcome in outcomes.items():
            cells = _cells(part, outcome) if outcome.reason is None else [outcome.reason, *[""] * 5]
            yield f"| {name} ({len(part)}) | {NAMES[system]} | {' | '.join(cells)} |"
    yield ""
    yield "| system | version | import s | start-up s | peak memory MB | questions it failed on |"
    yield "| --- | --- | ---: | ---: | ---: | ---: |"
    for system, outcome in outcomes.items():
        figures = outcome.figures
        if outcome.reason is None:
            seconds = f"{figures['import_s']:.2f} | {figures['startup_s']:.2f}"
            cells = [str(figures["version"]), seconds, f"{figures['peak_mb']:.0f}", str(figures["failures"])]
        else:
            cells = [outcome.reason, *[""] * 4]
        yield f"| {NAMES[system]} | {' | '.join(cells)} |"


def _cells(tasks: Sequence[Task], outcome: Outcome) -> list[str]:
    pairs = [(task, outcome.answers[task.set, task.id]) for task in tasks]
    scores = [_scores(task, answer["items"], failed=answer["error"] is not None) for task, answer in pairs]
    columns = [statistics.fmean(column) for column in zip(*scores, strict=True)]
    spent = [answer["ms"] for _, answer in pairs]
    speed = sum(len(task.passages) for task in tasks) / (sum(spent) / 1000)
    return [*(f"{value:.3f}" for value in columns), f"{statistics.median(spent):.1f}", f"{speed:.1f}"]


def _scores(task: Task, items: list[str], *, failed: bool) -> tuple[float, float, float, float]:
    """Return exact match, F1, item F1 and whether it answered or declined rightly; failing is none of them."""
    if failed:
        return 0.0, 0.0, 0.0, 0.0
    exact_match, f1 = (cmrc_exact_match, cmrc_f1) if task.rules == "cmrc" else (squad_exact_match, squad_f1)
    texts = ["、".join(items)] if len(task.gold) == 1 < len(items) else items
    return (
        float(list_scores(texts, task.gold, exact_match).f1 == 1),
        list_scores(texts, task.gold, f1).f1,
        item_scores(items, task.gold).f1,
        float(bool(items) == bool(task.gold)),
    )


def _machine() -> str:
    from qa.evaluate.provenance import processor

    return f"{processor()}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()

"""Answers prepared questions with one system, timing it; run by ``peers.py`` in that system's own virtual environment.

``python peer_worker.py SYSTEM MODEL TASKS OUT``: TASKS is JSON Lines as ``Task.to_line`` writes them; OUT gets one line
of figures on the process, then a line an answer. Only the standard library is imported before the clock runs.
"""

import importlib
import json
import re
import resource
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

Answer = Callable[[dict[str, Any]], list[str]]
"""From a task to the items of an answer; none declines."""

FIRST_SENTENCE = re.compile(r".+?(?:[。！？!?\n]|\.\s|$)", re.DOTALL)
LONGEST_ANSWER = 80  # tokens; the default of the pipeline, 15, would cut answers that the reader was trained to give


def transformers4(model: str) -> tuple[Callable[[], Answer], str]:
    """Read with the question-answering pipeline: each passage alone; of the answers the most certain, if any."""
    transformers = importlib.import_module("transformers")

    def load() -> Answer:
        # Without align_to_words=False every Chinese answer would be widened to its whole passage: the tokenizer takes
        # what has no blanks for one word.
        pipeline = transformers.pipeline("question-answering", model=model, tokenizer=model, device=-1)

        def answer(task: dict[str, Any]) -> list[str]:
            found = [
                pipeline(
                    question=task["question"],
                    context=passage,
                    handle_impossible_answer=True,
                    align_to_words=False,
                    max_answer_len=LONGEST_ANSWER,
                )
                for passage in task["passages"]
            ]
            best = max((one for one in found if one["answer"]), key=lambda one: one["score"], default=None)
            return [best["answer"]] if best else []

        return answer

    return load, str(transformers.__version__)


def haystack(model: str) -> tuple[Callable[[], Answer], str]:
    """Read with Haystack's reader as it comes: all passages in one call, its no-answer against its answers."""
    core = importlib.import_module("haystack")
    readers = importlib.import_module("haystack_integrations.components.readers.transformers")

    def load() -> Answer:
        device = importlib.import_module("haystack.utils").ComponentDevice.from_str("cpu")
        reader = readers.TransformersExtractiveReader(model=model, device=device, token=None)
        reader.warm_up()

        def answer(task: dict[str, Any]) -> list[str]:
            documents = [core.Document(content=passage) for passage in task["passages"]]
            found = reader.run(query=task["question"], documents=documents, top_k=1)["answers"]
            best = max(found, key=lambda one: one.score, default=None)
            return [best.data] if best and best.data else []

        return answer

    return load, str(core.__version__)


def txtai(model: str) -> tuple[Callable[[], Answer], str]:
    """Read with the extractor's reader: the first three passages joined, as the extractor joins its context."""
    pipeline = importlib.import_module("txtai.pipeline")

    def load() -> Answer:
        questions = pipeline.Questions(model, gpu=False)

        def answer(task: dict[str, Any]) -> list[str]:
            found = questions([task["question"]], [" ".join(task["passages"][:3])])[0]
            return [found] if found else []

        return answer

    return load, version("txtai")


def gazette(_: str) -> tuple[Callable[[], Answer], str]:
    """Read with this project: the same passages, then everything up to the choice of items."""
    service = importlib.import_module("qa.service")
    single = importlib.import_module("qa.read.single")
    asking = importlib.import_module("qa.answer.ask")
    selecting = importlib.import_module("qa.answer.select")
    types = importlib.import_module("qa.types")

    def load() -> Answer:
        reader = service.load_only_reader()

        def hit(number: int, passage: str, score: float) -> Any:
            alignment = types.Alignment((types.Run(0, 0, len(passage)),))
            return types.Hit(types.Chunk(str(number), "", number, "", passage, alignment), score, 0.0, 0.0)

        def answer(task: dict[str, Any]) -> list[str]:
            if len(task["passages"]) == 1:
                passage = task["passages"][0]
                found = single.read_passage(reader, task["question"], passage).answer
                return [passage[found.start : found.end]] if found else []
            hits = [hit(*one) for one in zip(range(99), task["passages"], task["scores"], strict=False)]
            readings = asking.read_until_settled(task["question"], hits, reader)
            read = selecting.candidates(hits[: len(readings)], readings, reader.calibration)
            chosen = selecting.select(read, reader.calibration)
            return [evidence[0].text for evidence in chosen]

        return answer

    return load, "this checkout"


def bm25(_: str) -> tuple[Callable[[], Answer], str]:
    """Give the floor: the first sentence of the passage that BM25 ranks first."""

    def answer(task: dict[str, Any]) -> list[str]:
        found = FIRST_SENTENCE.match(task["lexical"].strip())
        return [found[0].strip()] if found else []

    return lambda: answer, "this checkout"


SYSTEMS = {one.__name__: one for one in (gazette, transformers4, haystack, txtai, bm25)}


def peak_memory() -> float:
    """Return the most memory this process has held, in MB.

    Linux's ``ru_maxrss`` starts from what the parent held when it forked; ``VmHWM`` starts afresh.
    """
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text("ascii", errors="replace"))
        if found:
            return int(found[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(system: str, model: str, tasks: str, out: str) -> None:
    """Answer every task and write figures and answers."""
    started = perf_counter()
    load, release = SYSTEMS[system](model)
    imported = perf_counter()
    answer = load()
    loaded = perf_counter()
    prepared = [json.loads(line) for line in Path(tasks).read_text("utf-8").splitlines()]
    answers, failures = [], 0
    with suppress(Exception):  # counted below, where it fails again
        answer(prepared[0])  # the first call pays for what is done once: part of starting up
    ready = perf_counter()
    for task in prepared:
        begun = perf_counter()
        try:
            items, error = answer(task), None
        except Exception as raised:  # a system that fails on a question has it wrong, and goes on
            items, error = [], f"{type(raised).__name__}: {raised}"
            failures += 1
        spent = (perf_counter() - begun) * 1000
        answers.append({"set": task["set"], "id": task["id"], "items": items, "error": error, "ms": spent})
    figures = {
        "version": release,
        "import_s": imported - started,
        "startup_s": (loaded - imported) + (ready - loaded),
        "peak_mb": peak_memory(),
        "failures": failures,
    }
    lines = [json.dumps(record, ensure_ascii=False) for record in (figures, *answers)]
    Path(out).write_text("\n".join(lines) + "\n", "utf-8", errors="backslashreplace")


if __name__ == "__main__":
    main(*sys.argv[1:])

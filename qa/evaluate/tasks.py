"""The three things that can be measured: an archive, open-domain reading, and the reader alone."""

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from qa.config import Settings
from qa.evaluate.gold import GoldQuestion, load_reading
from qa.evaluate.open_domain import answer_spans, as_archive_questions, write_contexts
from qa.evaluate.provenance import provenance
from qa.evaluate.ranking import DEPTH
from qa.evaluate.report import Report
from qa.evaluate.run import evaluate, evaluate_reading, silent
from qa.indexing import StageProgress, ingest
from qa.question import asked_number
from qa.read.single import read_passage
from qa.service import Service, load_models, load_only_reader, open_service
from qa.types import Passage, Progress

QUESTIONS: Final = "questions"
"""What progress counts, after the stages of ingestion."""


def measure_archive(
    questions: Sequence[GoldQuestion], service: Service, *, gold: Path, progress: StageProgress = silent
) -> Report:
    """Ask questions of the service's archive; ``gold`` is the file that they are from.

    Raises what ``evaluate`` raises.
    """
    return evaluate(
        questions,
        service.ask,
        archive=service.opened,
        search=_search(service),
        run=_run(gold, service, {}),
        progress=_counted(progress),
    )


def measure_open_domain(gold: Path, settings: Settings, *, progress: StageProgress = silent) -> Report:
    """Ask a reading-comprehension set's questions of an archive of all its contexts, which is made for it alone.

    Encoder and number of passages are those of ``settings``; its index is left as it is. Raises what loading the set
    and the models, making the archive and ``evaluate`` raise.
    """
    examples = load_reading(gold)
    models = load_models(settings.encoder)
    with TemporaryDirectory(prefix="gazette-") as folder:
        contexts, directory = Path(folder) / "contexts.jsonl", Path(folder) / "index"
        write_contexts(examples, contexts)
        ingest([contexts], directory=directory, encoder=models.encoder, progress=progress)
        with open_service(Settings(directory, settings.encoder, settings.top_k), models) as service:
            return evaluate(
                as_archive_questions(examples),
                service.ask,
                archive=service.opened,
                search=_search(service),
                places=answer_spans(examples, service.opened),
                run=_run(gold, service, {"open_domain": True}),
                progress=_counted(progress),
            )


def measure_reader(gold: Path, *, always: bool = False, progress: StageProgress = silent) -> Report:
    """Put a reading-comprehension set's questions to the reader alone, which never declines if ``always``.

    Raises what loading the set and the reader and ``evaluate_reading`` raise.
    """
    examples, reader = load_reading(gold), load_only_reader()
    threshold = 0.0 if always else None
    return evaluate_reading(
        examples,
        lambda example: read_passage(
            reader,
            example.question,
            example.context,
            title=example.title or "",
            threshold=threshold,
            most=asked_number(example.question),
        ),
        run=provenance(gold, reader, settings={"answer_always": always}),
        progress=_counted(progress),
    )


def _search(service: Service) -> Callable[[str], Sequence[Passage]]:
    return lambda question: [Passage.of(hit) for hit in service.search(question, top_k=DEPTH)]


def _counted(progress: StageProgress) -> Progress:
    return lambda done, total: progress(QUESTIONS, done, total)


def _run(gold: Path, service: Service, extra: dict[str, object]) -> dict[str, object]:
    settings = service.settings
    chosen = {"index": str(settings.index), "encoder": settings.encoder, "top_k": settings.top_k, **extra}
    return provenance(gold, service.models.reader, settings=chosen, state=service.opened.state)

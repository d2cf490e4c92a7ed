"""``gazette eval`` and ``doctor``."""

import json
from pathlib import Path
from typing import Annotated

import typer

from qa.citations import verify
from qa.cli.asking import AsJson, EncoderOption, IndexOption, ready_service
from qa.cli.output import out, progress_bar
from qa.cli.terminal import printed
from qa.config import Settings
from qa.errors import CitationError
from qa.evaluate.gold import gold_format, load_gold, load_reading
from qa.evaluate.render import render, render_reading
from qa.evaluate.report import ReadingReport, Report
from qa.evaluate.run import evaluate, evaluate_reading
from qa.read.single import read_passage
from qa.service import Service, load_only_reader
from qa.types import Citation, Passage
from qa.wire import to_line


def evaluate_gold(
    gold: Annotated[Path, typer.Option("--gold", help="Gold questions, or a reading-comprehension set (.jsonl[.gz]).")],
    index: IndexOption = None,
    encoder: EncoderOption = None,
    results: Annotated[Path | None, typer.Option("--out", help="Folder for report.json and report.md.")] = None,
    always: Annotated[bool, typer.Option("--answer-always", help="Reading sets: never decline.")] = False,
    as_json: AsJson = False,
) -> None:
    """Measure answers against gold questions.

    A gold file of archive questions is asked of the index (the starter archive's, if there is none yet); a set of
    passages with questions is put to the reader alone.

    Example: gazette eval --gold seeds/gold.jsonl
    """
    report: Report | ReadingReport
    if gold_format(gold) == "archive":
        questions = load_gold(gold)
        settings = Settings.from_environment(index=index, encoder=encoder)
        with ready_service(settings) as service, progress_bar("questions") as progress:
            report = evaluate(
                questions,
                service.ask,
                passage_text=lambda passage: _words(service, passage),
                verify=lambda citation, item: _holds(service, citation, item),
                k=settings.top_k,
                progress=progress,
            )
        text = render(report)
    else:
        reader, threshold = load_only_reader(), 0.0 if always else None

        def read(question: str, context: str) -> str | None:
            answer = read_passage(reader, question, context, threshold=threshold).answer
            return context[answer.start : answer.end] if answer else None

        with progress_bar("questions") as progress:
            report = evaluate_reading(load_reading(gold), read, progress=progress)
        text = render_reading(report)
    if results:
        results.mkdir(parents=True, exist_ok=True)
        (results / "report.json").write_text(json.dumps(report.to_json(), ensure_ascii=False, indent=1), "utf-8")
        (results / "report.md").write_text(text, "utf-8")
    print(to_line(report.to_json()) if as_json else printed(text))


def doctor(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    bench: Annotated[
        bool, typer.Option("--bench", help="Also time questions, beside the plain way of doing it.")
    ] = False,
) -> None:
    """Check the installation: models, index, and one question with its citations."""
    settings = Settings.from_environment(index=index, encoder=encoder)
    console = out()
    with ready_service(settings) as service:
        manifest = service.opened.manifest
        reader, loaded = service.models.reader, service.models.encoder
        console.print(f"encoder  {loaded.name}, {loaded.dimension} dimensions, {loaded.fingerprint[:12]}")
        console.print(f"reader   {reader.sha256[:12]}, {reader.runtime.precision}")
        console.print(
            f"index    {settings.index}, revision {manifest.revision}: {manifest.documents} documents, ", end=""
        )
        console.print(f"{manifest.articles} articles, {manifest.chunks} passages")
        console.print(f"vectors  {manifest.vectors.kind}, recall {manifest.vectors.recall:.3f} against exact search")
        service.opened.check()
        console.print("check    every part of the index is whole")
        answer = service.ask("谁被任命为副市长?")
        held = sum(_holds(service, c, item.text) for item in answer.items for c in item.citations)
        console.print(f"question 谁被任命为副市长? → {answer.text or '-'}; {held} citations hold")
        if bench:
            # Imported here: it brings torch.
            from qa.bench import compare_speed

            for line in compare_speed(service):
                console.print(line)


def _words(service: Service, passage: Passage) -> str:
    return service.opened.document(passage.document_id).text[passage.start : passage.end]


def _holds(service: Service, citation: Citation, item: str) -> bool:
    try:
        verify(citation, service.opened.document(citation.document_id).text, item)
    except CitationError:
        return False
    return True

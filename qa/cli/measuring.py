"""``gazette eval``, ``compare`` and ``doctor``.

What they run is imported where it is used: the help must not wait for models, nor for scipy.
"""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli.asking import AsJson, EncoderOption, IndexOption, ready_service
from qa.cli.output import err, out, progress_bar, stages
from qa.cli.terminal import printed
from qa.config import Settings
from qa.errors import InputError
from qa.types import Passage
from qa.wire import to_line

if TYPE_CHECKING:
    from qa.evaluate.report import Report
    from qa.service import Service

REGRESSED = 1
"""Exit code of ``eval`` and ``compare`` when a threshold is not kept."""

Thresholds = Annotated[
    Path | None,
    typer.Option(
        "--thresholds",
        help="TOML: [minimum], [maximum] and [drop] (from A to B) of measures, beyond_chance = [measures]. "
        "Exit code 1 if one is not kept.",
    ),
]


def evaluate_gold(
    gold: Annotated[Path, typer.Option("--gold", help="Gold questions, or a reading-comprehension set (.jsonl[.gz]).")],
    index: IndexOption = None,
    encoder: EncoderOption = None,
    open_domain: Annotated[
        bool, typer.Option("--open-domain", help="Reading sets: find the passage among all contexts, then read it.")
    ] = False,
    always: Annotated[bool, typer.Option("--answer-always", help="Reading sets: never decline.")] = False,
    results: Annotated[Path | None, typer.Option("--out", help="Folder for report.json, .md and .html.")] = None,
    junit_file: Annotated[Path | None, typer.Option("--junit", help="Also write JUnit XML to this file.")] = None,
    thresholds: Thresholds = None,
    as_json: AsJson = False,
) -> None:
    """Measure answers against gold questions.

    A gold file of archive questions is asked of the index (the starter archive's, if there is none yet); a set of
    passages with questions is put to the reader alone, or with --open-domain to an archive of all its passages.

    Examples: gazette eval --gold seeds/gold.jsonl --out report
    · gazette eval --gold set.jsonl.gz --open-domain
    """
    from qa.evaluate.compare import broken_limits, load_thresholds
    from qa.evaluate.gold import gold_format
    from qa.evaluate.render import render

    limits = load_thresholds(thresholds) if thresholds else None
    reading = gold_format(gold) == "reading"
    if not reading and (open_domain or always):
        raise InputError(f"{gold}: --open-domain and --answer-always are for reading-comprehension sets")
    if open_domain and always:
        raise InputError("--answer-always is for the reader alone: leave it out, or --open-domain")
    settings = Settings.from_environment(index=index, encoder=encoder)
    if not reading:
        report = _over_archive(gold, settings)
    else:
        report = _open_domain(gold, settings) if open_domain else _reader_alone(gold, always=always)
    text = render(report)
    _write(report, text, results, junit_file)
    print(to_line(report.to_json()) if as_json else printed(text))
    broken = broken_limits(report, limits) if limits else []
    for line in broken:
        err().print(f"threshold: {printed(line)}", style="red")
    if broken:
        raise typer.Exit(REGRESSED)


def _over_archive(gold: Path, settings: Settings) -> "Report":
    from qa.evaluate.gold import load_gold
    from qa.evaluate.run import evaluate

    questions = load_gold(gold)
    with ready_service(settings) as service, progress_bar("questions") as progress:
        return evaluate(
            questions,
            service.ask,
            archive=service.opened,
            search=_search(service),
            run=_run(gold, service, {}),
            progress=progress,
        )


def _open_domain(gold: Path, settings: Settings) -> "Report":
    from qa.archive import ingest
    from qa.evaluate.gold import load_reading
    from qa.evaluate.open_domain import answer_places, as_archive_questions, write_contexts
    from qa.evaluate.run import evaluate
    from qa.service import load_models, open_service

    examples = load_reading(gold)
    models = load_models(settings.encoder)
    with TemporaryDirectory(prefix="gazette-") as folder:
        contexts, directory = Path(folder) / "contexts.jsonl", Path(folder) / "index"
        write_contexts(examples, contexts)
        with stages("files", "passages") as progress:
            ingest(
                [contexts],
                directory=directory,
                encoder=models.encoder,
                progress=progress,
            )
        chosen = Settings(directory, settings.encoder, settings.top_k)
        with open_service(chosen, models) as service, progress_bar("questions") as progress:
            return evaluate(
                as_archive_questions(examples),
                service.ask,
                archive=service.opened,
                search=_search(service),
                places=answer_places(examples, service.opened),
                run=_run(gold, service, {"open_domain": True}),
                progress=progress,
            )


def _reader_alone(gold: Path, *, always: bool) -> "Report":
    from qa.evaluate.gold import load_reading
    from qa.evaluate.provenance import provenance
    from qa.evaluate.run import evaluate_reading
    from qa.read.single import read_passage
    from qa.service import load_only_reader

    examples, reader = load_reading(gold), load_only_reader()
    threshold = 0.0 if always else None
    with progress_bar("questions") as progress:
        return evaluate_reading(
            examples,
            lambda example: read_passage(
                reader, example.question, example.context, title=example.title or "", threshold=threshold
            ),
            run=provenance(gold, reader, settings={"answer_always": always}),
            progress=progress,
        )


def _search(service: "Service") -> Callable[[str], list[Passage]]:
    from qa.evaluate.ranking import DEPTH

    def search(question: str) -> list[Passage]:
        hits = service.search(question, top_k=DEPTH)
        chunks = [(hit.chunk, hit.score) for hit in hits]
        return [Passage(chunk.id, chunk.document_id, score, chunk.start, chunk.end) for chunk, score in chunks]

    return search


def _run(gold: Path, service: "Service", extra: dict[str, object]) -> dict[str, object]:
    from qa.evaluate.provenance import provenance

    settings = service.settings
    chosen = {"index": str(settings.index), "encoder": settings.encoder, "top_k": settings.top_k, **extra}
    return provenance(gold, service.models.reader, settings=chosen, manifest=service.opened.manifest)


def _write(report: "Report", text: str, folder: Path | None, junit_file: Path | None) -> None:
    from qa.evaluate.junit import junit
    from qa.evaluate.page import page
    from qa.evaluate.report import REPORT_FILE

    files: dict[Path, str] = {}
    if folder:
        whole = json.dumps(report.to_json(), ensure_ascii=False, indent=1)
        files |= {folder / REPORT_FILE: whole, folder / "report.md": text, folder / "report.html": page(report)}
    if junit_file:
        files[junit_file] = junit(report)
    for file, content in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        # Half a surrogate pair, which JSON can smuggle in, becomes its escape: valid in JSON, readable elsewhere.
        file.write_text(content + "\n", "utf-8", errors="backslashreplace")


def compare(
    before: Annotated[Path, typer.Argument(metavar="A", help="A report.json of gazette eval, or its folder.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="The other one.")],
    thresholds: Thresholds = None,
    as_json: AsJson = False,
) -> None:
    """Tell which measures moved beyond chance from A to B, and which questions flipped.

    Example: gazette compare before/ after/ --thresholds thresholds.toml
    """
    from qa.evaluate.compare import broken_limits, compare_reports, load_thresholds, regressions, render_comparison
    from qa.evaluate.report import load_report

    limits = load_thresholds(thresholds) if thresholds else None
    report = load_report(after)
    comparison = compare_reports(load_report(before), report)
    broken = [*broken_limits(report, limits), *regressions(comparison, limits)] if limits else []
    print(to_line(comparison.to_json(broken)) if as_json else printed(render_comparison(comparison)))
    for line in broken:
        err().print(f"threshold: {printed(line)}", style="red")
    if broken:
        raise typer.Exit(REGRESSED)


def doctor(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    bench: Annotated[
        bool, typer.Option("--bench", help="Also time questions, beside the plain way of doing it.")
    ] = False,
) -> None:
    """Check the installation: models, index, and one question with its citations."""
    from qa.citations import holds

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
        held = sum(
            holds(c, service.opened.document(c.document_id).text, item.text)
            for item in answer.items
            for c in item.citations
        )
        console.print(f"question 谁被任命为副市长? → {answer.text or '-'}; {held} citations hold")
        if bench:
            # Imported here: it brings torch.
            from qa.bench import compare_speed

            for line in compare_speed(service):
                console.print(line)

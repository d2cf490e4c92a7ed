"""``gazette eval``, ``compare`` and ``doctor``.

What they run is imported where it is used: the help must not wait for models, nor for scipy.
"""

from pathlib import Path
from typing import Annotated

import typer

from qa.cli.asking import AsJson, EncoderOption, IndexOption, ready_service
from qa.cli.output import counted, err, out, require_writable, stages
from qa.cli.terminal import printed
from qa.config import Settings
from qa.errors import InputError
from qa.wire import to_line

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

    A gold file of archive questions is asked of the index; a set of passages with questions is put to the reader alone,
    or with --open-domain to an archive of all its passages.

    Examples: gazette eval --gold seeds/gold.jsonl --out report
    · gazette eval --gold set.jsonl.gz --open-domain
    """
    from qa.evaluate.compare import broken_limits, load_thresholds
    from qa.evaluate.files import write_report
    from qa.evaluate.gold import gold_format, load_gold
    from qa.evaluate.render import render
    from qa.evaluate.report import REPORT_FILE
    from qa.evaluate.tasks import QUESTIONS, measure_archive, measure_open_domain, measure_reader

    limits = load_thresholds(thresholds) if thresholds else None
    require_writable(results and results / REPORT_FILE, junit_file)
    reading = gold_format(gold) == "reading"
    if not reading and (open_domain or always):
        raise InputError(f"{gold}: --open-domain and --answer-always are for reading-comprehension sets")
    if open_domain and always:
        raise InputError("--answer-always is for the reader alone: leave it out, or --open-domain")
    settings = Settings.from_environment(index=index, encoder=encoder)
    if not reading:
        questions = load_gold(gold)
        with ready_service(settings) as service, stages(QUESTIONS) as progress:
            report = measure_archive(questions, service, gold=gold, progress=progress)
    elif open_domain:
        with stages("files", "passages", QUESTIONS) as progress:
            report = measure_open_domain(gold, settings, progress=progress)
    else:
        with stages(QUESTIONS) as progress:
            report = measure_reader(gold, always=always, progress=progress)
    write_report(report, folder=results, junit_file=junit_file)
    print(to_line(report.to_json()) if as_json else printed(render(report)))
    broken = broken_limits(report, limits) if limits else []
    for line in broken:
        err().print(f"threshold: {printed(line)}", style="red")
    if broken:
        raise typer.Exit(REGRESSED)


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
    earlier, report = load_report(before), load_report(after)
    comparison = compare_reports(earlier, report)
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
        bool, typer.Option("--bench", help="Also time questions, beside a baseline that does the same.")
    ] = False,
) -> None:
    """Check the installation: models, index, and one question with its citations."""
    from qa.answer.citations import is_verified
    from qa.store import check_index, measured_search

    settings = Settings.from_environment(index=index, encoder=encoder)
    console = out()
    with ready_service(settings) as service:
        state = service.opened.state
        reader, loaded = service.models.reader, service.models.encoder
        console.print(f"encoder  {loaded.name}, {loaded.dimension} dimensions, {loaded.fingerprint[:12]}")
        verifier = f", verifier {reader.verifier.sha256[:12]}" if reader.verifier else ""
        console.print(f"reader   {reader.sha256[:12]}{verifier}, {reader.runtime.precision}")
        console.print(
            f"index    {settings.index}, revision {state.generation}: {counted(state.documents, 'document')}, "
            f"{counted(state.articles, 'article')}, {counted(state.chunks, 'passage')}"
        )
        check_index(settings.index, loaded)
        console.print(f"vectors  {measured_search(settings.index, loaded)} against exact search")
        console.print("check    every part of the index is whole")
        answer = service.ask("谁被任命为副市长?")
        held = sum(
            is_verified(c, service.opened.document(c.document_id), item.text)
            for item in answer.items
            for c in item.citations
        )
        console.print(f"question 谁被任命为副市长? → {answer.text or '-'}; citations that hold: {held}")
        if bench:
            # Imported here: it brings torch.
            from qa.bench import compare_speed

            for line in compare_speed(service):
                console.print(line)

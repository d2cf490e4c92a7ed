"""Reports as Markdown that reads well in a terminal too: the figures first, then every failure."""

from collections.abc import Iterator, Mapping, Sequence

from qa.evaluate.report import ReadingReport, ReadingRow, Report, Row, Summary

NO_ANSWER = "(no answer)"


def render(report: Report, *, limit: int | None = None) -> str:
    """Render an evaluation over an archive; at most ``limit`` failures are spelled out, all by default."""
    failures = [row for row in report.rows if not row.right]
    return "\n".join(
        [
            f"# Evaluation: {len(report.rows)} questions",
            "",
            *_table(f"hit@{report.k}", {"all": {"all": report.overall}, **report.groups}),
            "",
            _confidence(report.overall),
            "",
            *_failures([list(_failure(row, report.k)) for row in failures], len(report.rows), limit),
        ]
    )


def render_reading(report: ReadingReport, *, limit: int | None = 20) -> str:
    """Render an evaluation of a reader; at most ``limit`` failures are spelled out."""
    failures = [row for row in report.rows if row.exact_match < 1]
    rows = [
        [
            *(name, summary.questions, summary.failed),
            *(_percent(summary.exact_match), _percent(summary.f1)),
            f"{summary.latency_median:.1f}",
        ]
        for name, summary in report.summaries.items()
    ]
    return "\n".join(
        [
            f"# Reading comprehension: {len(report.rows)} questions",
            "",
            *_lines(["", "questions", "failed", "exact match", "F1", "median ms"], rows),
            "",
            *_failures([list(_reading_failure(row)) for row in failures], len(report.rows), limit),
        ]
    )


def _table(hit: str, groups: Mapping[str, Mapping[str, Summary]]) -> list[str]:
    head = ["", "questions", "failed", "item P", "item R", "item F1", "answered or declined rightly", hit, "MRR"]
    rows = [
        [
            key if group == key else f"{group}: {key}",
            *(summary.questions, summary.failed),
            *map(_share, (summary.precision, summary.recall, summary.f1, summary.abstention_accuracy)),
            *map(_share, (summary.hit, summary.mrr, summary.citations_verified)),
            f"{summary.latency_median:.1f}",
        ]
        for group, parts in groups.items()
        for key, summary in parts.items()
    ]
    return _lines([*head, "citations verified", "median ms"], rows)


def _confidence(summary: Summary) -> str:
    return (
        f"Unanswerable questions declined: {_share(summary.declined)}. Of the answered, confidence tells right from"
        f" wrong with AUROC {_share(summary.auroc)}, calibration error {_share(summary.calibration_error)}, area under"
        f" risk-coverage {_share(summary.risk_coverage_area)}. Slowest twentieth: above {summary.latency_p95:.1f} ms."
    )


def _failures(entries: Sequence[Sequence[str]], total: int, limit: int | None) -> Iterator[str]:
    yield f"## Failures: {len(entries)} of {total}"
    for entry in entries[:limit]:
        yield ""
        yield from entry
    if limit is not None and len(entries) > limit:
        yield ""
        yield f"… and {len(entries) - limit} more; the JSON report has them all."


def _failure(row: Row, k: int) -> Iterator[str]:
    yield f"- **{row.gold.id}** {_flat(row.gold.question)} ({row.gold.lang}, {row.gold.kind})"
    yield f"  - gold: {'; '.join(' / '.join(map(_flat, item)) for item in row.gold.answers) or NO_ANSWER}"
    yield f"  - predicted: {'; '.join(map(_flat, row.predicted)) or NO_ANSWER}"
    yield f"  - {'; '.join(_reasons(row, k))}"


def _reasons(row: Row, k: int) -> Iterator[str]:
    yield f"item F1 {row.score.f1:.2f}"
    if row.error is not None:
        yield f"failed with {_flat(row.error)}"
    elif not row.abstention_right:
        yield "declined, but the archive says" if row.gold.answerable else "answered, but the archive does not say"
    if row.hit == 0:
        yield f"the evidence is not in the first {k} passages"
    if row.citations_verified < row.citations:
        yield f"{row.citations - row.citations_verified} of {row.citations} citations do not verify"


def _reading_failure(row: ReadingRow) -> Iterator[str]:
    yield f"- **{row.example.id}** {_flat(row.example.question)}"
    yield f"  - gold: {' / '.join(_flat(text) for text, _ in row.example.answers) or NO_ANSWER}"
    yield f"  - predicted: {_flat(row.prediction) if row.prediction else NO_ANSWER}"
    yield f"  - F1 {row.f1:.2f}" + (f"; failed with {_flat(row.error)}" if row.error is not None else "")


def _lines(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    body = [[str(cell).replace("|", "\\|") for cell in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] + ["---:"] * (len(head) - 1), *body)]


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _percent(value: float) -> str:
    return f"{value * 100:.2f}"


def _flat(text: str) -> str:
    return " ".join(text.split())

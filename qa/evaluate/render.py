"""Reports as Markdown that reads well in a terminal too: the figures first, then failures."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from qa.evaluate.bootstrap import Estimate
from qa.evaluate.report import GLOSSARY, Measures, Report, Row

NO_ANSWER: Final = "(no answer)"
TITLES: Final = {
    "archive": "Evaluation over the archive",
    "reading": "Reading comprehension, the reader alone",
    "open-domain": "Reading comprehension, open domain",
}
GROUPED: Final = ("exact_match", "f1", "item_f1", "abstention", "supported", "success@5", "mrr", "latency_ms")
"""Measures that are shown for every group; the JSON report has all."""


def render(report: Report, *, limit: int | None = 20) -> str:
    """Render a report; at most ``limit`` failures are spelled out."""
    failures = [row for row in report.rows if not row.right]
    return "\n".join(
        [
            f"# {TITLES[report.task]}: {len(report.rows)} questions",
            "",
            *_lines(["measure", "value", "95 % interval", "questions"], map(measure_cells, report.overall.items())),
            "",
            *_groups(report.groups),
            *_failures(failures, len(report.rows), limit),
        ]
    )


def measure_cells(pair: tuple[str, Estimate]) -> list[str]:
    """Return name, value, interval and number of questions of a measure."""
    name, estimate = pair
    interval = f"{format_value(estimate.low, name)} – {format_value(estimate.high, name)}"
    return [name, format_value(estimate.value, name), interval, str(estimate.n)]


def format_value(value: float | None, measure: str) -> str:
    """Return a value as it is printed: milliseconds with one decimal, all others with three.

    >>> format_value(0.98765, "f1"), format_value(12.345, "latency_ms"), format_value(None, "f1")
    ('0.988', '12.3', '–')
    """
    if value is None:
        return "–"
    return f"{value:.1f}" if is_time(measure) else f"{value:.3f}"


def is_time(measure: str) -> bool:
    """Whether a measure is in milliseconds, and so lower is better."""
    return measure.endswith(("_ms", "_ms_p95"))


def explain_measure(measure: str) -> str:
    """Return what a measure means, in words."""
    if is_time(measure):
        return "milliseconds, " + ("slowest twentieth begins" if measure.endswith("p95") else "median")
    return GLOSSARY.get(measure) or GLOSSARY.get(f"{measure.partition('@')[0]}@k", "")


def failure_reasons(row: Row) -> list[str]:
    """Say what is wrong with an answer: its score, then what the run noted."""
    name = "item_f1" if "item_f1" in row.scores else "f1"
    return [f"{name.replace('_', ' ')} {row.scores[name]:.2f}", *row.notes]


def group_name(group: str, key: str) -> str:
    """Return the name under which a group's row is shown."""
    return key if group == key else f"{group}: {key}"


def _groups(groups: Mapping[str, Mapping[str, Measures]]) -> Iterator[str]:
    if len(groups) == 1:
        return
    names = [name for name in GROUPED if name in groups["all"]["all"]]
    rows = [
        [group_name(group, key), str(_size(measures)), *(_value(measures, name) for name in names)]
        for group, parts in groups.items()
        for key, measures in parts.items()
    ]
    yield from _lines(["", "questions", *names], rows)
    yield ""


def _size(measures: Measures) -> int:
    return max(estimate.n for estimate in measures.values())


def _value(measures: Measures, name: str) -> str:
    return format_value(measures[name].value, name) if name in measures else "–"


def _failures(failures: Sequence[Row], total: int, limit: int | None) -> Iterator[str]:
    yield f"## Failures: {len(failures)} of {total}"
    for row in failures[:limit]:
        yield ""
        yield f"- **{on_one_line(row.id)}** {on_one_line(row.question)} ({row.lang}, {row.kind})"
        yield f"  - gold: {gold_text(row)}"
        yield f"  - predicted: {predicted_text(row)}"
        yield f"  - {'; '.join(map(on_one_line, failure_reasons(row)))}"
        yield from (f"  - see {excerpt.source}" for excerpt in row.excerpts[:3] if excerpt.source)
    if limit is not None and len(failures) > limit:
        yield ""
        yield f"… and {len(failures) - limit} more; the JSON and HTML reports have them all."


def gold_text(row: Row) -> str:
    """Return the required items on one line, spellings apart by slashes."""
    return "; ".join(" / ".join(map(on_one_line, item)) for item in row.gold) or NO_ANSWER


def predicted_text(row: Row) -> str:
    """Return the items that came back on one line, each with its verdict where there is one."""
    verdicts = row.verdicts or [""] * len(row.predicted)
    pairs = zip(row.predicted, verdicts, strict=False)
    return (
        "; ".join(f"{on_one_line(text)} ({judged})" if judged else on_one_line(text) for text, judged in pairs)
        or NO_ANSWER
    )


def on_one_line(text: str) -> str:
    """Return text on one line."""
    return " ".join(text.split())


def _lines(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    body = [[on_one_line(cell).replace("|", "\\|") for cell in row] for row in rows]
    return [f"| {' | '.join(row)} |" for row in (head, ["---"] + ["---:"] * (len(head) - 1), *body)]

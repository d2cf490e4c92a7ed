"""What an evaluation found: one row a question, and estimates of every measure, overall and by group.

Every question stays in every denominator that its gold answer puts it in: one without a prediction scores 0. All values
are plain data, so that a report goes to JSON and comes back from it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from qa.errors import SourceError
from qa.evaluate import confidence
from qa.evaluate.bootstrap import Estimate, Statistic, estimates, weighted_mean, weighted_quantile
from qa.evaluate.confidence import Floats
from qa.evaluate.ranking import CUTOFFS

FORMAT: Final = 1
REPORT_FILE: Final = "report.json"
Task = Literal["archive", "reading", "open-domain"]
Measures = Mapping[str, Estimate]

LOWER_IS_BETTER: Final = frozenset({"calibration_error", "risk_coverage_area"})
MEANS: Final = (
    "exact_match",
    "f1",
    "item_precision",
    "item_recall",
    "item_f1",
    "abstention",
    "declined",
    "supported",
    "right_article",
    "verbatim",
    *(f"recall@{k}" for k in CUTOFFS),
    "success@5",
    "mrr",
    "ndcg@10",
)
"""Measures that are means over questions, in the order in which they are shown; ``GLOSSARY`` says what each is."""
GLOSSARY: Final = {
    "exact_match": "the answer reads as a gold answer, by the rules of CMRC 2018 (Chinese) or SQuAD 2.0; of a list, all"
    " items do and none is too many",
    "f1": "character F1 by the same rules (word F1 for English); of a list, over the best matching of items",
    "item_precision": "of the items given, the required",
    "item_recall": "of the items required, the given",
    "item_f1": "F1 of both, question by question",
    "abstention": "answered what is answerable, declined what is not",
    "declined": "of the unanswerable, the declined",
    "supported": "of the items required, those given with a citation that shows the gold evidence",
    "right_article": "of the items required, those given with a citation from an article that holds the gold evidence",
    "verbatim": "of the citations, those that match the source word for word",
    "recall@k": "of the evidences, those in the first k passages",
    "success@5": "an evidence is in the first 5 passages",
    "mrr": "1 / rank of the first passage with evidence",
    "ndcg@10": "discounted gain of the first 10 passages",
    "auroc": "of the answered, how well confidence tells right from wrong",
    "auroc_answerable": "of all, how well confidence tells answerable from unanswerable",
    "calibration_error": "of the answered, how far confidence is from the share of right ones (lower is better)",
    "risk_coverage_area": "of the answered, the mean risk as confidence falls (lower is better)",
}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a source; ``gold`` and ``predicted`` are the spans of ``text`` to mark."""

    source: str
    title: str
    text: str
    gold: tuple[tuple[int, int], ...]
    predicted: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One question, what came back, and what that scored.

    ``gold`` are the required items with their spellings; ``confidence`` is that what came back (an answer, or none) is
    right, and ``None`` where asking raised ``error``. ``scores`` lacks the measures that do not apply. ``verdicts`` are
    of the predicted items, in their order; ``excerpts`` show a question that is not ``right`` in its source.
    """

    id: str
    question: str
    lang: str
    kind: str
    answerable: bool
    gold: tuple[tuple[str, ...], ...]
    predicted: tuple[str, ...]
    confidence: float | None
    error: str | None
    right: bool
    scores: Mapping[str, float]
    timings_ms: Mapping[str, float]
    verdicts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether anything was given for an answer."""
        return bool(self.predicted)

    @property
    def answerable_probability(self) -> float:
        """The probability, as the system sees it, that the archive answers; the worst where it failed."""
        if self.confidence is None:
            return float(not self.answerable)
        return self.confidence if self.answered else 1 - self.confidence


@dataclass(frozen=True, slots=True)
class Report:
    """One evaluation. ``run`` is what it was made with: settings, gold file, index, models, versions."""

    task: Task
    rows: tuple[Row, ...]
    groups: Mapping[str, Mapping[str, Measures]]
    run: Mapping[str, object] = field(default_factory=dict)

    @property
    def overall(self) -> Measures:
        """The measures over all questions."""
        return self.groups["all"]["all"]

    def to_json(self) -> dict[str, object]:
        """Return a JSON object of everything."""
        groups = {
            name: {
                key: {measure: asdict(value) for measure, value in measures.items()} for key, measures in parts.items()
            }
            for name, parts in self.groups.items()
        }
        return {
            "format": FORMAT,
            "task": self.task,
            "run": self.run,
            "overall": groups["all"]["all"],
            "groups": groups,
            "curves": asdict(curves(self.rows)),
            "questions": [asdict(row) for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class Curves:
    """What is plotted: ``risk_coverage`` (coverage, risk), ``reliability`` (confidence, accuracy, size), ``recall``
    (k, recall@k), ``latency`` (milliseconds, share of questions answered within).
    """  # noqa: D205

    risk_coverage: list[tuple[float, float]]
    reliability: list[tuple[float, float, int]]
    recall: list[tuple[int, float]]
    latency: list[tuple[float, float]]


def build_report(task: Task, rows: Sequence[Row], run: Mapping[str, object] | None = None) -> Report:
    """Estimate every measure over rows, overall and by language, kind and answerability; ``ValueError`` of none."""
    if not rows:
        raise ValueError("no questions to evaluate")
    by: dict[str, Callable[[Row], str]] = {
        "lang": lambda row: row.lang,
        "kind": lambda row: row.kind,
        "answerable": lambda row: "yes" if row.answerable else "no",
    }
    groups = {"all": {"all": measure(rows)}}
    for name, key in by.items():
        keys = sorted(set(map(key, rows)))
        if len(keys) > 1:
            groups[name] = {value: measure([row for row in rows if key(row) == value]) for value in keys}
    return Report(task, tuple(rows), groups, run or {})


def measure(rows: Sequence[Row]) -> dict[str, Estimate]:
    """Estimate every measure that applies to any of the rows."""
    found = estimates(len(rows), statistics(rows))
    return {name: value for name, value in found.items() if value.value is not None}


def statistics(rows: Sequence[Row]) -> dict[str, tuple[Statistic, int]]:
    """Return every measure as a function of how often each row counts, with the number of rows that it is over."""
    every: dict[str, tuple[Statistic, int]] = {}
    for name in MEANS:
        values = scores_of(rows, name)
        every[name] = weighted_mean(values), sum(value == value for value in values)
    given = np.array([row.answered for row in rows])
    right = np.array([row.right for row in rows], np.float64)
    sure = np.array([row.confidence or 0.0 for row in rows])
    probabilities = np.array([row.answerable_probability for row in rows])
    answerable = np.array([row.answerable for row in rows], np.float64)
    answered = int(given.sum())

    def of_answered(function: Callable[[Floats, Floats, Floats], Floats], outcome: Floats) -> tuple[Statistic, int]:
        return lambda weights: function(sure[given], outcome[given], weights[:, given]), answered

    every["auroc"] = of_answered(confidence.auroc, right)
    every["auroc_answerable"] = (lambda weights: confidence.auroc(probabilities, answerable, weights)), len(rows)
    every["calibration_error"] = of_answered(confidence.calibration_error, right)
    every["risk_coverage_area"] = of_answered(confidence.risk_coverage_area, 1 - right)
    totals = [row.timings_ms["total"] for row in rows]
    every["latency_ms"] = weighted_quantile(totals, 0.5), len(rows)
    every["latency_ms_p95"] = weighted_quantile(totals, 0.95), len(rows)
    for stage in dict.fromkeys(stage for row in rows for stage in row.timings_ms if stage != "total"):
        spent = [row.timings_ms[stage] for row in rows if stage in row.timings_ms]
        if len(spent) == len(rows):
            every[f"{stage}_ms"] = weighted_quantile(spent, 0.5), len(rows)
    return every


def scores_of(rows: Sequence[Row], name: str) -> list[float]:
    """Return one measure of each row, NaN where it does not apply."""
    return [row.scores.get(name, float("nan")) for row in rows]


def curves(rows: Sequence[Row]) -> Curves:
    """Return what is plotted of rows."""
    answered = [row for row in rows if row.answered]
    sure = [row.confidence or 0.0 for row in answered]
    recall = {k: [value for value in scores_of(rows, f"recall@{k}") if value == value] for k in CUTOFFS}
    spent = sorted(row.timings_ms["total"] for row in rows)
    return Curves(
        risk_coverage=confidence.risk_coverage_curve(sure, [float(not row.right) for row in answered], len(rows)),
        reliability=confidence.reliability(sure, [row.right for row in answered]),
        recall=[(k, sum(values) / len(values)) for k, values in recall.items() if values],
        latency=[(value, (rank + 1) / len(spent)) for rank, value in enumerate(spent)],
    )


def load_report(path: Path) -> Report:
    """Load what ``Report.to_json`` wrote, from the file or its folder; ``SourceError`` if it is not that."""
    file = path / REPORT_FILE if path.is_dir() else path
    try:
        fields = json.loads(file.read_text("utf-8"))
        if fields["format"] != FORMAT:
            raise SourceError(str(file), f"report format {fields['format']}, not {FORMAT}: run eval again")
        rows = [_row(fields) for fields in fields["questions"]]
        groups = {
            name: {key: {measure: _estimate(value) for measure, value in part.items()} for key, part in parts.items()}
            for name, parts in fields["groups"].items()
        }
        report = Report(fields["task"], tuple(rows), groups, fields["run"])
        report.overall  # noqa: B018 (a report without it is none)
    except OSError as error:
        raise SourceError(
            str(file), f"cannot be read ({error.strerror or error}): give a folder that gazette eval --out wrote"
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise SourceError(
            str(file), f"not a report of gazette eval ({type(error).__name__}: {error}): run it again with --out"
        ) from error
    return report


def _estimate(fields: dict[str, Any]) -> Estimate:
    estimate = Estimate(**fields)
    for number in (estimate.value, estimate.low, estimate.high, estimate.n):
        if not isinstance(number, int | float | None):
            raise TypeError(f"{number!r} is no number")
    return estimate


def _row(fields: dict[str, Any]) -> Row:
    excerpts = tuple(
        Excerpt(**{**excerpt, "gold": _pairs(excerpt["gold"]), "predicted": _pairs(excerpt["predicted"])})
        for excerpt in fields["excerpts"]
    )
    row = Row(
        **{
            **fields,
            "gold": tuple(map(tuple, fields["gold"])),
            "predicted": tuple(fields["predicted"]),
            "verdicts": tuple(fields["verdicts"]),
            "notes": tuple(fields["notes"]),
            "excerpts": excerpts,
        }
    )
    numbers = (*row.scores.values(), *row.timings_ms.values(), row.confidence or 0.0, row.timings_ms["total"])
    if not all(isinstance(number, int | float) for number in numbers):
        raise ValueError(f"question {row.id}: a score that is no number")
    return row


def _pairs(spans: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in spans)

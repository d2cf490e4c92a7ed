"""What an evaluation found: one row a question, and summaries of rows, overall and by group.

Every question stays in every denominator that its gold answer puts it in: a failed one scores 0 and is no right
abstention. A measure that is undefined for a group is ``None``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from qa.evaluate.gold import GoldQuestion, ReadingExample
from qa.evaluate.metrics import ItemScore, auroc, calibration_error, mean, risk_coverage_area
from qa.types import Answer


@dataclass(frozen=True, slots=True)
class Row:
    """One question over the archive; ``answer`` is ``None`` where asking raised ``error``.

    ``hit`` and ``reciprocal_rank`` of its passages are ``None`` where the gold question names no evidence.
    """

    gold: GoldQuestion
    answer: Answer | None
    error: str | None
    score: ItemScore
    hit: float | None
    reciprocal_rank: float | None
    citations_verified: int
    latency_ms: float

    @property
    def predicted(self) -> tuple[str, ...]:
        """The items that were returned."""
        return tuple(item.text for item in self.answer.items) if self.answer else ()

    @property
    def citations(self) -> int:
        """How many citations the items carry."""
        return sum(len(item.citations) for item in self.answer.items) if self.answer else 0

    @property
    def abstention_right(self) -> bool:
        """Whether it answered what is answerable, or declined what is not."""
        return self.answer is not None and self.answer.answered == self.gold.answerable

    @property
    def right(self) -> bool:
        """Whether it returned every required item and no other, with citations that all verify."""
        return self.score.f1 == 1 and self.citations_verified == self.citations

    def to_json(self) -> dict[str, object]:
        """Return a JSON object of everything but the citations themselves."""
        return {
            **asdict(self.gold),
            "predicted": self.predicted,
            "confidence": self.answer.confidence if self.answer else None,
            "error": self.error,
            **self.score._asdict(),
            "abstention_right": self.abstention_right,
            "hit": self.hit,
            "reciprocal_rank": self.reciprocal_rank,
            "citations": self.citations,
            "citations_verified": self.citations_verified,
            "latency_ms": round(self.latency_ms, 3),
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """Means over questions. Item scores and ``abstention_accuracy`` are over all of them.

    ``hit`` and ``mrr`` are over those with evidence, ``declined`` over the unanswerable, ``citations_verified`` over
    citations. ``calibration_error``, ``auroc`` and ``risk_coverage_area`` ask of the answered how well the answer's
    confidence tells right (item F1 of 1) from wrong. Latencies are in milliseconds.
    """

    questions: int
    failed: int
    precision: float
    recall: float
    f1: float
    abstention_accuracy: float
    declined: float | None
    hit: float | None
    mrr: float | None
    citations: int
    citations_verified: float | None
    calibration_error: float | None
    auroc: float | None
    risk_coverage_area: float | None
    latency_median: float
    latency_p95: float


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of one evaluation over an archive; ``k`` is how many passages ``hit`` looks at."""

    rows: tuple[Row, ...]
    k: int

    @property
    def overall(self) -> Summary:
        """The summary of all questions."""
        return summarise(self.rows)

    @property
    def groups(self) -> Mapping[str, Mapping[str, Summary]]:
        """Summaries by kind, language and answerability."""
        return {
            "kind": _by([row.gold.kind for row in self.rows], self.rows),
            "lang": _by([row.gold.lang for row in self.rows], self.rows),
            "answerable": _by(["yes" if row.gold.answerable else "no" for row in self.rows], self.rows),
        }

    def to_json(self) -> dict[str, object]:
        """Return a JSON object: settings, summaries and every row."""
        groups = {name: {key: asdict(part) for key, part in parts.items()} for name, parts in self.groups.items()}
        return {
            "k": self.k,
            "overall": asdict(self.overall),
            "groups": groups,
            "questions": [row.to_json() for row in self.rows],
        }


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """One reading-comprehension question; ``rules`` names the published script whose definitions scored it."""

    example: ReadingExample
    prediction: str | None
    error: str | None
    rules: str
    exact_match: float
    f1: float
    latency_ms: float

    def to_json(self) -> dict[str, object]:
        """Return a JSON object, without the context."""
        return {
            "id": self.example.id,
            "question": self.example.question,
            "references": [text for text, _ in self.example.answers],
            "prediction": self.prediction,
            "error": self.error,
            "rules": self.rules,
            "exact_match": self.exact_match,
            "f1": self.f1,
            "latency_ms": round(self.latency_ms, 3),
        }


@dataclass(frozen=True, slots=True)
class ReadingSummary:
    """Means over reading-comprehension questions; the latency is a median in milliseconds."""

    questions: int
    failed: int
    exact_match: float
    f1: float
    latency_median: float


@dataclass(frozen=True, slots=True)
class ReadingReport:
    """The outcome of one evaluation of a reader alone."""

    rows: tuple[ReadingRow, ...]

    @property
    def summaries(self) -> Mapping[str, ReadingSummary]:
        """Summaries of ``all``, the ``answerable`` and the ``unanswerable`` questions, where there are any."""
        parts = {
            "all": self.rows,
            "answerable": [row for row in self.rows if row.example.answers],
            "unanswerable": [row for row in self.rows if not row.example.answers],
        }
        return {name: _summarise_reading(rows) for name, rows in parts.items() if rows}

    def to_json(self) -> dict[str, object]:
        """Return a JSON object: summaries and every row."""
        return {
            "summaries": {name: asdict(summary) for name, summary in self.summaries.items()},
            "questions": [row.to_json() for row in self.rows],
        }


def summarise(rows: Sequence[Row]) -> Summary:
    """Summarise rows; ``ValueError`` if there are none."""
    if not rows:
        raise ValueError("no questions to summarise")
    answered = [(row.answer.confidence, row.score.f1 == 1) for row in rows if row.answer and row.answer.answered]
    confidences, right = [confidence for confidence, _ in answered], [correct for _, correct in answered]
    citations = sum(row.citations for row in rows)
    latencies = [row.latency_ms for row in rows]
    return Summary(
        questions=len(rows),
        failed=sum(row.error is not None for row in rows),
        precision=float(np.mean([row.score.precision for row in rows])),
        recall=float(np.mean([row.score.recall for row in rows])),
        f1=float(np.mean([row.score.f1 for row in rows])),
        abstention_accuracy=float(np.mean([row.abstention_right for row in rows])),
        declined=mean([float(row.abstention_right) for row in rows if not row.gold.answerable]),
        hit=mean([row.hit for row in rows if row.hit is not None]),
        mrr=mean([row.reciprocal_rank for row in rows if row.reciprocal_rank is not None]),
        citations=citations,
        citations_verified=sum(row.citations_verified for row in rows) / citations if citations else None,
        calibration_error=calibration_error(confidences, right),
        auroc=auroc(confidences, right),
        risk_coverage_area=risk_coverage_area(confidences, [float(not correct) for correct in right]),
        latency_median=float(np.median(latencies)),
        latency_p95=float(np.quantile(latencies, 0.95)),
    )


def _summarise_reading(rows: Sequence[ReadingRow]) -> ReadingSummary:
    return ReadingSummary(
        questions=len(rows),
        failed=sum(row.error is not None for row in rows),
        exact_match=float(np.mean([row.exact_match for row in rows])),
        f1=float(np.mean([row.f1 for row in rows])),
        latency_median=float(np.median([row.latency_ms for row in rows])),
    )


def _by(keys: Sequence[str], rows: Sequence[Row]) -> Mapping[str, Summary]:
    return {
        key: summarise([row for name, row in zip(keys, rows, strict=True) if name == key]) for key in sorted(set(keys))
    }

"""Two runs over the same questions: which measures moved beyond chance, which questions flipped, what is not kept.

Means over questions are tested by permuting which run scored which way, question by question; measures of confidences
by the paired bootstrap. The p-values are adjusted together (Holm), so that of comparisons between runs that do not
differ one in twenty calls anything a change. Times differ between any two runs: only thresholds judge them.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from qa.errors import SourceError
from qa.evaluate.bootstrap import LEVEL, Statistic, holm, paired_p_value, weightings
from qa.evaluate.confidence import Floats
from qa.evaluate.render import format_value, is_time, on_one_line, predicted_text
from qa.evaluate.report import GLOSSARY, LOWER_IS_BETTER, MEANS, Report, Row, Task, scores_of, statistics

ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in both runs; ``low`` to ``high`` is the interval of the difference, ``p`` is adjusted.

    ``p`` is ``None`` for times, which are not tested.
    """

    measure: str
    before: float
    after: float
    low: float
    high: float
    p: float | None

    @property
    def beyond_chance(self) -> bool:
        """Whether it moved, either way."""
        return self.p is not None and self.p < ALPHA

    @property
    def worse_by(self) -> float:
        """How far it went in the wrong direction; negative if in the right one."""
        return self.after - self.before if lower_is_better(self.measure) else self.before - self.after


@dataclass(frozen=True, slots=True)
class Flip:
    """A question that one run has right and the other wrong."""

    id: str
    question: str
    before: str
    after: str
    now_right: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """``questions`` are in both runs; ``only_before`` and ``only_after`` are left out of everything."""

    task: Task
    questions: int
    changes: tuple[Change, ...]
    flips: tuple[Flip, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    def to_json(self, broken: list[str]) -> dict[str, object]:
        """Return a JSON object, with the thresholds that are not kept."""
        return {
            "task": self.task,
            "questions": self.questions,
            "changes": [{**asdict(change), "beyond_chance": change.beyond_chance} for change in self.changes],
            "flips": list(map(asdict, self.flips)),
            "only_before": self.only_before,
            "only_after": self.only_after,
            "thresholds_broken": broken,
        }


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What is to be kept: of one run a ``minimum`` or ``maximum``, of a pair the largest ``drop`` for the worse.

    ``beyond_chance`` names measures that may not get worse by more than chance explains.
    """

    source: str
    minimum: Mapping[str, float] = field(default_factory=dict)
    maximum: Mapping[str, float] = field(default_factory=dict)
    drop: Mapping[str, float] = field(default_factory=dict)
    beyond_chance: tuple[str, ...] = ()


def lower_is_better(measure: str) -> bool:
    """Whether a measure is of errors or time."""
    return measure in LOWER_IS_BETTER or is_time(measure)


def compare_reports(before: Report, after: Report) -> Comparison:
    """Compare two runs over the questions that both hold.

    Raises ``SourceError`` if they measured different things or share no question, or if a shared id stands for
    questions or gold answers that differ.
    """
    if before.task != after.task:
        raise SourceError(after.task, f"cannot be compared with {before.task}: give two reports of one kind")
    old, new = ({row.id: row for row in report.rows} for report in (before, after))
    shared = [name for name in old if name in new]
    if not shared:
        raise SourceError("the reports", "share no question: compare two runs over one gold file")
    for name in shared:
        if (old[name].question, old[name].gold) != (new[name].question, new[name].gold):
            raise SourceError(
                f"question {name}", "is another question, or has other gold answers: run both over one gold file"
            )
    pairs = [(old[name], new[name]) for name in shared]
    return Comparison(
        task=before.task,
        questions=len(shared),
        changes=tuple(_changes([pair[0] for pair in pairs], [pair[1] for pair in pairs])),
        flips=tuple(_flip(*pair) for pair in pairs if pair[0].right != pair[1].right),
        only_before=tuple(name for name in old if name not in new),
        only_after=tuple(name for name in new if name not in old),
    )


def load_thresholds(path: Path) -> Thresholds:
    """Load a thresholds file; ``SourceError`` that names what is wrong in it."""
    try:
        fields = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SourceError(str(path), f"cannot be read ({error.strerror or error})") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(str(path), f"not TOML ({error})") from error
    limits: dict[str, dict[str, float]] = {"minimum": {}, "maximum": {}, "drop": {}}
    beyond = fields.pop("beyond_chance", [])
    for table, values in fields.items():
        if table not in limits or not isinstance(values, dict):
            raise SourceError(
                str(path), f'"{table}" is not one of [minimum], [maximum], [drop] and beyond_chance = [...]'
            )
        for measure, value in values.items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise SourceError(str(path), f"[{table}] {measure} must be a number")
            limits[table][measure] = float(value)
    if not isinstance(beyond, list) or not all(isinstance(measure, str) for measure in beyond):
        raise SourceError(str(path), "beyond_chance must be a list of measures, before the first table")
    for measure in (*beyond, *(measure for values in limits.values() for measure in values)):
        if not _is_measure(measure):
            raise SourceError(str(path), f'"{measure}" is no measure; there are {", ".join((*MEANS, *_OTHERS))}')
    return Thresholds(str(path), limits["minimum"], limits["maximum"], limits["drop"], tuple(beyond))


def broken_limits(report: Report, thresholds: Thresholds) -> list[str]:
    """Return which minimums and maximums a run does not keep, in words; a measure that it lacks is not kept."""
    broken = []
    for kind, limits in (("minimum", thresholds.minimum), ("maximum", thresholds.maximum)):
        for measure, limit in limits.items():
            estimate = report.overall.get(measure)
            value = estimate.value if estimate else None
            if value is None or not (value >= limit if kind == "minimum" else value <= limit):
                broken.append(f"{measure} is {format_value(value, measure)}, {kind} {format_value(limit, measure)}")
    return broken


def regressions(comparison: Comparison, thresholds: Thresholds) -> list[str]:
    """Return which measures got worse than the thresholds allow, in words; questions that are gone count as well."""
    changes = {change.measure: change for change in comparison.changes}
    broken = []
    if comparison.only_before:
        broken.append(f"{len(comparison.only_before)} questions are gone, first {comparison.only_before[0]}")
    for measure, limit in thresholds.drop.items():
        change = changes.get(measure)
        if change is None:
            broken.append(f"{measure} is not in both runs")
        elif change.worse_by > limit:
            broken.append(f"{measure} went {_values(change)}, worse by more than {limit:g}")
    for measure in thresholds.beyond_chance:
        change = changes.get(measure)
        if change is None:
            broken.append(f"{measure} is not in both runs")
        elif change.beyond_chance and change.worse_by > 0:
            broken.append(f"{measure} went {_values(change)}, worse beyond chance (p {change.p:.2g})")
    return broken


def render_comparison(comparison: Comparison, *, limit: int = 50) -> str:
    """Return a comparison as Markdown; at most ``limit`` flipped questions are listed."""
    moved = [change for change in comparison.changes if change.beyond_chance]
    right = sum(flip.now_right for flip in comparison.flips)
    lines = [f"# Comparison over {comparison.questions} questions", ""]
    for where, names in (("A", comparison.only_before), ("B", comparison.only_after)):
        if names:
            lines += [f"Only in {where}, and left out: {len(names)} questions, first {names[0]}.", ""]
    lines += ["| measure | A | B | difference, 95 % | p | |", "| --- | ---: | ---: | ---: | ---: | --- |"]
    lines += [_change_line(change) for change in comparison.changes]
    measures = ", ".join(change.measure for change in moved) or "nothing"
    lines += ["", f"Moved beyond chance: {measures}.", ""]
    lines += [f"## Flipped: {right} now right, {len(comparison.flips) - right} now wrong"]
    for flip in comparison.flips[:limit]:
        way = "now right" if flip.now_right else "now wrong"
        lines.append(f"- {way}: **{on_one_line(flip.id)}** {on_one_line(flip.question)}: {flip.before} → {flip.after}")
    if len(comparison.flips) > limit:
        lines.append(f"- … and {len(comparison.flips) - limit} more")
    return "\n".join(lines)


_OTHERS: Final = (
    *(name for name in GLOSSARY if name not in MEANS and "@k" not in name),
    "latency_ms",
    "latency_ms_p95",
)


def _is_measure(name: str) -> bool:
    return name in MEANS or name in _OTHERS or is_time(name)


def _changes(before: list[Row], after: list[Row]) -> Iterator[Change]:
    old, new = statistics(before), statistics(after)
    once = np.ones((1, len(before)))
    drawn: dict[str, list[Floats]] = {}
    values: dict[str, tuple[float, float]] = {}
    for name in (name for name in old if name in new):
        value = (old[name][0](once).item(), new[name][0](once).item())
        if not np.isnan(value).any():
            values[name], drawn[name] = value, []
    for weights in weightings(len(before)):
        for name in values:
            drawn[name].append(_difference(old[name][0], new[name][0], weights))
    differences = {name: np.concatenate(parts) for name, parts in drawn.items()}
    p_values = {name: _p_value(name, before, after, differences[name]) for name in values if not is_time(name)}
    adjusted = holm(p_values)
    for name, (first, second) in values.items():
        low, high = np.nanquantile(differences[name], [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        yield Change(name, first, second, float(low), float(high), adjusted.get(name))


def _difference(old: Statistic, new: Statistic, weights: Floats) -> Floats:
    return new(weights) - old(weights)


def _p_value(name: str, before: list[Row], after: list[Row], drawn: Floats) -> float:
    if name in MEANS:
        differences = np.array(scores_of(after, name)) - np.array(scores_of(before, name))
        return paired_p_value([difference for difference in differences.tolist() if difference == difference])
    defined = drawn[~np.isnan(drawn)]
    # Twice the smaller tail of the bootstrap's differences; one is added so that no p-value is 0.
    tail = min((defined <= 0).sum(), (defined >= 0).sum())
    return float(min(1.0, 2 * (tail + 1) / (defined.size + 1)))


def _flip(before: Row, after: Row) -> Flip:
    return Flip(after.id, after.question, predicted_text(before), predicted_text(after), after.right)


def _change_line(change: Change) -> str:
    name = change.measure
    verdict = ""
    if change.beyond_chance:
        verdict = "worse" if change.worse_by > 0 else "better"
    p = "–" if change.p is None else f"{change.p:.3f}"
    interval = f"{change.after - change.before:+.3f} ({change.low:+.3f} to {change.high:+.3f})"
    before, after = format_value(change.before, name), format_value(change.after, name)
    return f"| {name} | {before} | {after} | {interval} | {p} | {verdict} |"


def _values(change: Change) -> str:
    return f"from {format_value(change.before, change.measure)} to {format_value(change.after, change.measure)}"

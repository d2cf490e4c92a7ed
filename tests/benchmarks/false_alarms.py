"""Counts how often ``gazette compare`` calls a change where there is none: ``python -m tests.benchmarks.false_alarms``.

Each pair is two runs drawn with replacement from the questions of one report, laid side by side as if they were runs
over the same questions: they differ by chance alone, and more than two runs of one system ever would.
"""

import argparse
import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from qa.evaluate.compare import Comparison, compare_reports
from qa.evaluate.report import Report, Row, load_report


def main() -> None:
    """Read a report, compare pairs drawn from it, and print the alarms."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("report", type=Path, help="report.json of gazette eval, or its folder")
    parser.add_argument("--pairs", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    report, generator, alarms = load_report(options.report), random.Random(options.seed), 0
    for number in range(1, options.pairs + 1):
        comparison = compare_no_change(report, generator)
        moved = [change.measure for change in comparison.changes if change.beyond_chance]
        alarms += bool(moved)
        if moved:
            print(f"pair {number}: {', '.join(moved)}", flush=True)
    same = compare_reports(report, report)
    print(f"{alarms} of {options.pairs} pairs without a change raised an alarm (at most about 1 in 20 should)")
    print(f"the report against itself: {sum(change.beyond_chance for change in same.changes)} alarms")


def compare_no_change(report: Report, generator: random.Random) -> Comparison:
    """Compare two draws from the rows of a report."""
    before, after = (_drawn(report.rows, generator) for _ in range(2))
    return compare_reports(replace(report, rows=before), replace(report, rows=after))


def _drawn(rows: Sequence[Row], generator: random.Random) -> tuple[Row, ...]:
    # Rows keep the place they are drawn into: the same question, as far as the comparison can tell.
    drawn = generator.choices(rows, k=len(rows))
    return tuple(replace(row, id=str(number), question="", gold=()) for number, row in enumerate(drawn))


if __name__ == "__main__":
    main()

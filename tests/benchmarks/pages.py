"""Pages with gold questions through the whole path: ``python -m tests.benchmarks.pages [FOLDER]``.

Each ``NAME.txt`` in the folder that has a ``NAME_gold.jsonl`` beside it is an archive of its own. Those in
``tests/unseen_pages`` were written, with 45 questions each, by writers who saw neither the code nor a page that it was
developed with; nothing is trained on them, calibrated with them or chosen by them. Prints a table: how right answers
are, how often unanswerable questions are declined, how many of the answers were wrong and sure, and how far confidence
is from the share of right ones.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from embeddings.home import DEFAULT_ENCODER
from qa.config import Settings
from qa.evaluate.gold import load_gold
from qa.evaluate.report import Report, Row, build_report
from qa.evaluate.tasks import measure_archive
from qa.indexing import ingest
from qa.service import Models, load_models, open_service

UNSEEN: Final = Path(__file__).parents[1] / "unseen_pages"
SURE: Final = 0.7


def main(
    folder: Annotated[Path, typer.Argument(help="Pages and gold files.", exists=True, file_okay=False)] = UNSEEN,
) -> None:
    """Measure each page, and all of them together."""
    pages = sorted(page for page in folder.glob("*.txt") if _gold(page).is_file())
    if not pages:
        raise typer.BadParameter(f"{folder} has no NAME.txt with a NAME_gold.jsonl")
    models = load_models(DEFAULT_ENCODER)
    _print("page", "questions", "item F1", "declined", f"wrong with {SURE} or more", "calibration error")
    _print("---", *["---:"] * 5)
    rows: list[Row] = []
    for page in pages:
        report = _measured(page, models)
        rows += report.rows
        _print(page.stem, *_figures(report))
    _print("all", *_figures(build_report("archive", rows, None)))


def _gold(page: Path) -> Path:
    return page.with_name(f"{page.stem}_gold.jsonl")


def _measured(page: Path, models: Models) -> Report:
    with tempfile.TemporaryDirectory() as name:
        index = Path(name) / "index"
        ingest([page], directory=index, encoder=models.encoder)
        with open_service(Settings(index), models) as service:
            return measure_archive(load_gold(_gold(page)), service, gold=_gold(page))


def _figures(report: Report) -> Sequence[str]:
    unanswerable = [row for row in report.rows if not row.answerable]
    answered = [row for row in report.rows if row.answered]
    sure = sum(not row.right and (row.confidence or 0) >= SURE for row in answered)
    score, error = report.overall["item_f1"], report.overall["calibration_error"]
    return (
        str(len(report.rows)),
        f"{score.value:.3f} ({score.low:.3f} to {score.high:.3f})",
        f"{sum(not row.answered for row in unanswerable)} of {len(unanswerable)}",
        f"{sure} of {len(answered)}",
        f"{error.value:.3f}",
    )


def _print(*cells: str) -> None:
    sys.stdout.write(f"| {' | '.join(cells)} |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    typer.run(main)

"""Readers side by side, to choose weights by, as a table in Markdown.

Each reads every question's own passage under its title. A row for each file of weights:

- always answering, exact match and F1 on the dev sets by the rules of CMRC 2018, in percent;
- at the reader's own threshold, item F1 of the answerable and the share of others declined, in percent, and AUROC (the
  chance that the answerable question scores the higher), on invented articles cut as an archive cuts them (those of
  ``written_test`` chose nothing), and on notices of templates that no training has seen;
- on the held-out articles that calibration did not use: how many points of F1 the threshold costs on the answerable
  questions, the percentage of others declined, and that percentage where declining costs two points;
- over all of these together, the expected calibration error of exact match, always answering.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from embeddings.models import ModelFolder
from embeddings.openvino_encoder import load_tokenizer
from qa.evaluate.confidence import auroc, calibration_error
from qa.evaluate.metrics import cmrc_exact_match, cmrc_f1, item_scores
from qa.question import asked_number
from qa.read.model import Reader, load_reader
from qa.train.data import DEV_SETS, ENGLISH_DEV, TEST_SET, Example, from_notice, held_out_halves, load_set
from qa.train.features import told
from qa.train.notices import generate
from qa.train.variants import chunked

AUTHORED: Final = "gazette_authored_dev"
HELD_OUT: Final = "held out"
NOTICES: Final = "notices"
CUT: Final = (AUTHORED, ENGLISH_DEV, TEST_SET)
"""Sets whose articles are cut as an archive cuts them."""
SEED: Final = 991
"""Of the notices; no training uses it, and their templates are those of the dev split in any case."""
POINTS: Final = 2.0
"""Of F1, that declining may cost."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question read: whether it has an answer, the best span's scores against it, its probability, item F1.

    ``answers`` is how likely the passage is to answer, by which an answer is given or not.
    """

    answerable: bool
    exact: float
    f1: float
    probability: float
    item_f1: float
    answers: float


def outcome(reader: Reader, example: Example) -> Outcome:
    """Read one passage; where no token can be an answer, the probability is 0."""
    reading = reader.read(example.question, [told(example)])[0]
    references = [text for text, _ in example.answers]
    if not reading:
        return Outcome(bool(references), 0.0, 0.0, 0.0, 0.0, 0.0)
    said = example.context[reading.best.start : reading.best.end]
    spans = reading.items(reader.calibration, most=asked_number(example.question))
    items = [example.context[span.start : span.end] for span in spans] or [said]
    probability = reader.calibration.probability(reading.best.score)
    answers = reading.answers(reader.calibration)
    if not references:
        return Outcome(False, 0.0, 0.0, probability, 0.0, answers)
    listed = item_scores(items, [[reference] for reference in references]).f1
    return Outcome(True, cmrc_exact_match(said, references), cmrc_f1(said, references), probability, listed, answers)


def overlap_scores(outcomes: Sequence[Outcome]) -> str:
    """Return exact match and F1 of the answerable, always answering.

    >>> right, half = Outcome(True, 1.0, 1.0, 0.9, 1.0, 0.9), Outcome(True, 0.0, 0.5, 0.2, 0.0, 0.2)
    >>> overlap_scores([right, half, Outcome(False, 0, 0, 0.4, 0, 0.4)])
    '50.0 / 75.0'
    """
    answerable = [each for each in outcomes if each.answerable]
    exact, f1 = (100 * np.mean([getattr(each, name) for each in answerable]) for name in ("exact", "f1"))
    return f"{exact:.1f} / {f1:.1f}"


def scores_at_threshold(outcomes: Sequence[Outcome], threshold: float) -> str:
    """Return item F1 of the answerable and the share of others declined at a threshold, and AUROC."""
    given = [each.item_f1 * (each.answers >= threshold) for each in outcomes if each.answerable]
    scores, answerable = [each.answers for each in outcomes], [each.answerable for each in outcomes]
    return (
        f"{100 * np.mean(given):.1f}; {declined_share(outcomes, threshold):.1f}; {auroc(scores, answerable).item():.3f}"
    )


def declined_share(outcomes: Sequence[Outcome], threshold: float) -> float:
    """Return the percentage of unanswerable questions below a threshold."""
    return float(100 * np.mean([each.answers < threshold for each in outcomes if not each.answerable]))


def f1_lost(outcomes: Sequence[Outcome], threshold: float) -> float:
    """Return how many points of F1 on the answerable questions fall below a threshold."""
    return float(100 * np.mean([each.f1 * (each.answers < threshold) for each in outcomes if each.answerable]))


def abstention(outcomes: Sequence[Outcome], threshold: float) -> str:
    """Return what a threshold costs and declines, and what one that costs two points would decline.

    >>> right, likely, unlikely = (Outcome(i == 0, i == 0, i == 0, p, i == 0, p) for i, p in enumerate((0.9, 0.8, 0.1)))
    >>> abstention([right, likely, unlikely], 0.5)
    '0.0, 50.0; 100.0'
    """
    allowed = max((each.answers for each in outcomes if f1_lost(outcomes, each.answers) <= POINTS), default=threshold)
    declined = declined_share(outcomes, threshold)
    return f"{f1_lost(outcomes, threshold):.1f}, {declined:.1f}; {declined_share(outcomes, allowed):.1f}"


def measured_sets(data: Path, *, every: int = 1, notices: int = 500) -> dict[str, list[Example]]:
    """Return the sets that readers are measured on: every n-th question of the larger ones, and so many on notices."""
    sets = {name: load_set(data, name) for name in DEV_SETS}
    sets |= {name: [chunked(example) for example in load_set(data, name)] for name in CUT}
    sets[HELD_OUT] = held_out_halves(data)[1]
    sets = {name: examples[::every] if len(examples) > 300 else examples for name, examples in sets.items()}
    return sets | {NOTICES: [from_notice(notice) for notice in generate(notices, seed=SEED, split="dev")]}


def score_table(weights: Sequence[Path], sets: dict[str, list[Example]], encoder: ModelFolder) -> Iterator[str]:
    """Yield the lines of the table, each reader's row once it is measured."""
    titles = [f"{name} ({len(sets[name])})" for name in DEV_SETS]
    titles += [f"{name} ({len(sets[name])}): items; declined; AUROC" for name in (*CUT, NOTICES)]
    columns = ("weights", *titles, f"{HELD_OUT} ({len(sets[HELD_OUT])}): F1 lost, declined; at 2", "calibration error")
    yield f"| {' | '.join(columns)} |"
    yield "| --- " * len(columns) + "|"
    tokenizer = load_tokenizer(encoder)
    for file in weights:
        yield f"| {file.name} | {' | '.join(_cells(load_reader(encoder, tokenizer, weights=file), sets))} |"


def _cells(reader: Reader, sets: dict[str, list[Example]]) -> Iterator[str]:
    read = {name: [outcome(reader, example) for example in examples] for name, examples in sets.items()}
    threshold = reader.calibration.threshold
    yield from (overlap_scores(read[name]) for name in DEV_SETS)
    yield from (scores_at_threshold(read[name], threshold) for name in (*CUT, NOTICES))
    yield abstention(read[HELD_OUT], threshold)
    every = [each for outcomes in read.values() for each in outcomes]
    yield f"{calibration_error([each.probability for each in every], [each.exact for each in every]).item():.3f}"

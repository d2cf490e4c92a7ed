"""From trained weights to the file that the package carries: 8 bits, calibrated."""

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as serialised
from sklearn.linear_model import LogisticRegression

from embeddings.models import ModelFolder
from embeddings.openvino_encoder import load_openvino_encoder, load_tokenizer
from embeddings.runtime import Runtime
from qa.answer.citations import sentence_bounds
from qa.evaluate.metrics import cmrc_exact_match, cmrc_f1, item_scores
from qa.read.calibration import Calibration
from qa.read.model import Reader, Reading, load_reader
from qa.read.quantised import quantise
from qa.train.data import Example, from_notice, held_out_halves, reserved_questions
from qa.train.features import told
from qa.train.files import write_whole
from qa.train.notices import generate
from qa.train.saved import load_weights
from qa.train.stages import with_retrieved_passages
from qa.train.variants import chunked, over_another_chunk

NOTICE_COUNT: Final = 300
"""Notices of unseen templates that calibration asks about, beside the held-out questions of the real sets."""
FAR_SHARE: Final = 0.5
"""Of the answerable questions, as many more are read over far passages."""
ANSWERABLE: Final = 0.75
"""Share of answerable questions that probabilities hold for: the dev sets together have more, SQuAD 2.0 has less."""
AS_GOOD: Final = 0.005
"""What two settings may differ by and be as good as each other: far less than another draw of questions makes."""
LISTS: Final = 160
"""Held-out questions for a list, at most."""
_LISTED: Final = (-2.0, -1.0, 0.0, 1.0, 2.0)
_ITEMS: Final = (0.01, 0.015, 0.02, 0.03, 0.04, *(round(0.06 + 0.04 * step, 2) for step in range(12)))
_GRID: Final = tuple(round(0.06 + 0.02 * step, 2) for step in range(46))
_UNCALIBRATED: Final = Calibration(slope=1.0, offset=0.0, threshold=0.5, item_threshold=0.5)


@dataclass(frozen=True, slots=True)
class CalibrationOutcome:
    """What the reader made of one held-out question, and how the best span scores against the answer.

    ``sentence`` is the score of the sentence around it, and ``holds`` whether an answer stands there.
    """

    example: Example
    reading: Reading
    exact: bool
    f1: float
    sentence: float
    holds: bool


@dataclass(frozen=True)
class RememberingRuntime(Runtime):
    """Runs each text once: thresholds are tried by the dozen, and what they are tried on stays the same."""

    remembered: dict[tuple[int, ...], NDArray[np.float32]] = field(default_factory=dict)

    def run(self, texts: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        """Return what ``Runtime.run`` returns."""
        new = list({key: None for text in texts if (key := tuple(text)) not in self.remembered})
        self.remembered.update(zip(new, super().run(new), strict=True))
        return [self.remembered[tuple(text)] for text in texts]


def release(weights: Path, target: Path, *, data: Path, encoder: ModelFolder) -> Calibration:
    """Quantise ``weights``, calibrate them on held-out questions and write ``target``; return the calibration.

    ``target`` is there only when all is done: what is calibrated meanwhile is elsewhere.
    """
    state = load_weights(weights)
    named = {name.removeprefix("body."): value.float().numpy() for name, value in state.items()}
    examples = calibration_examples(data, encoder=encoder)
    tokenizer = load_tokenizer(encoder)
    # The thresholds are chosen on the scores of the runtime that will be used.
    with TemporaryDirectory() as folder:
        uncalibrated = Path(folder) / "reader.safetensors"
        _write(named, uncalibrated, encoder, _UNCALIBRATED)
        reader = load_reader(encoder, tokenizer, weights=uncalibrated)
    runtime = {each.name: getattr(reader.runtime, each.name) for each in fields(reader.runtime)}
    reader = replace(reader, runtime=RememberingRuntime(**runtime))
    lists = [example for example in examples if len(example.answers) > 1]
    calibration = calibrate(reader, examples, lists)
    _write(named, target, encoder, calibration)
    return calibration


def calibrate(reader: Reader, examples: Sequence[Example], lists: Sequence[Example]) -> Calibration:
    """Fit probabilities on ``examples``, and choose the thresholds that serve held-out questions best.

    A passage's probability is that it answers; a sentence's, that it holds the answer; a span's, that of the passages
    from which an answer is given (the others' are seen by nobody) it matches exactly.
    ``threshold`` gives the highest sum of the answerable questions' mean F1 and the share of unanswerable ones
    declined, however many there are of each; ``item_threshold`` and ``listed`` the highest item F1 on ``lists`` and as
    many questions for one answer. Of what is as good, the middle threshold, the plainest judgement of lists and the
    lowest threshold for items are taken: one too many can be seen to be wrong, one too few cannot.
    """
    outcomes = list(_outcomes(reader, examples))
    scores = np.array([outcome.reading.best.score for outcome in outcomes])
    exact = np.array([outcome.exact for outcome in outcomes])
    f1 = np.array([outcome.f1 for outcome in outcomes])
    silent = np.array([not outcome.example.answers for outcome in outcomes])
    weights = np.where(silent, (1 - ANSWERABLE) / silent.mean(), ANSWERABLE / (~silent).mean())
    passages = np.array([(outcome.reading.best.score, outcome.reading.whole) for outcome in outcomes])
    answering = LogisticRegression(C=1e6).fit(passages, ~silent, sample_weight=weights)
    sentences = np.array([[outcome.sentence] for outcome in outcomes])
    holds = LogisticRegression(C=1e6).fit(sentences, [outcome.holds for outcome in outcomes], sample_weight=weights)
    likely = answering.predict_proba(passages)[:, 1]
    answered = {t: likely >= t for t in _GRID}
    served = {t: float((f1 * a)[~silent].mean() + (~a)[silent].mean()) for t, a in answered.items()}
    # Of thresholds that serve as well, the middle one.
    as_good = [t for t, value in served.items() if value >= _least_of(served)]
    threshold = as_good[(len(as_good) - 1) // 2]
    given = answered[threshold]
    fit = LogisticRegression(C=1e6).fit(scores[given, None], exact[given], sample_weight=weights[given])
    calibration = Calibration(
        *(float(fit.coef_[0, 0]), float(fit.intercept_[0])),
        threshold=threshold,
        item_threshold=0.5,
        sentence_slope=float(holds.coef_[0, 0]),
        sentence_offset=float(holds.intercept_[0]),
        passage_best=float(answering.coef_[0, 0]),
        passage_whole=float(answering.coef_[0, 1]),
        passage_offset=float(answering.intercept_[0]),
    )
    ones = [example for example in examples if len(example.answers) == 1]
    # As often as a list is wanted, one answer is: neither may be had at the other's cost.
    lists = lists[:LISTS]
    lists = [*lists, *ones[:: max(1, len(ones) // max(1, len(lists)))][: len(lists)]]
    trials = (replace(calibration, item_threshold=t) for t in _ITEMS)
    found = {each: f1 for trial in trials for each, f1 in _list_f1(reader, lists, trial)}
    rivals = [each for each, value in found.items() if value >= _least_of(found)]
    return min(rivals, key=lambda each: (abs(each.listed), each.item_threshold))


def _least_of(values: Mapping[Any, float]) -> float:
    """Return what a value has to reach to be as good as the best: half a point less."""
    return max(values.values()) - AS_GOOD


def calibration_examples(data: Path, *, encoder: ModelFolder, seed: int = 7) -> list[Example]:
    """Return questions that no training saw, put as they are at question time, half of them over far passages too.

    They are of articles that we wrote, some over another part of their article, of articles of public sets, and of
    notices of unseen templates.
    """
    rng = random.Random(seed)  # noqa: S311
    written = reserved_questions(data)
    examples = [chunked(example) for example in written]
    examples += [found for example in written[::3] if (found := over_another_chunk(example, rng))]
    examples += held_out_halves(data)[0]
    examples += [from_notice(notice) for notice in generate(NOTICE_COUNT, seed=seed, split="dev")]
    finder = load_openvino_encoder(encoder, load_tokenizer(encoder))
    with TemporaryDirectory() as work:
        count = round(FAR_SHARE * sum(bool(example.answers) for example in examples))
        return [*examples, *with_retrieved_passages(examples, count, rng=rng, encoder=finder, work=Path(work))]


def _list_f1(reader: Reader, lists: Sequence[Example], calibration: Calibration) -> Iterator[tuple[Calibration, float]]:
    """Yield the calibration under every threshold of wanting a list, with the mean item F1 that it has."""
    outcomes = list(_outcomes(replace(reader, calibration=calibration), lists))
    for listed in _LISTED:
        trial, scores = replace(calibration, listed=listed), []
        for outcome in outcomes:
            spans = outcome.reading.items(trial) or (outcome.reading.best,)
            said = [outcome.example.context[span.start : span.end] for span in spans]
            scores.append(item_scores(said, [[text] for text, _ in outcome.example.answers]).f1)
        yield trial, float(np.mean(scores))


def _outcomes(reader: Reader, examples: Sequence[Example]) -> Iterator[CalibrationOutcome]:
    for example in examples:
        reading = reader.read(example.question, [told(example)])[0]
        if reading:
            said = example.context[reading.best.start : reading.best.end]
            references = [text for text, _ in example.answers]
            exact = bool(references) and cmrc_exact_match(said, references) == 1
            sentence = sentence_bounds(example.context, reading.best.start, reading.best.end)
            holds = any(sentence[0] <= start < sentence[1] for _, start in example.answers)
            f1 = cmrc_f1(said, references) if references else 0.0
            yield CalibrationOutcome(example, reading, exact, f1, reading.score_within(*sentence), holds)


def _write(
    weights: dict[str, NDArray[np.float32]], target: Path, encoder: ModelFolder, calibration: Calibration
) -> None:
    metadata = {"encoder_sha256": encoder.sha256, "calibration": json.dumps(asdict(calibration))}
    write_whole(target, serialised(quantise(weights), metadata=metadata))

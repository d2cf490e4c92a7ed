"""Calibration against a reader whose scores are made from known probabilities, and against brute force."""

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import exp
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from embeddings.packed import PackedWords
from embeddings.runtime import Requests, Runtime
from qa.read.calibration import Calibration
from qa.read.model import CharSpan, Reading
from qa.read.told import Told
from qa.train.data import Example, held_out_halves
from qa.train.release import ANSWERABLE, AS_GOOD, RememberingRuntime, calibrate

CONTEXT = "任命甲一、乙二为副市长,丙三主持。"
SLOPE, OFFSET = 0.8, -0.5


@dataclass(frozen=True, slots=True)
class MadeUpReader:
    """Reads each question as it was told to."""

    readings: dict[str, Reading]
    calibration: Calibration

    def read(self, question: str, passages: list[Told]) -> list[Reading]:
        return [self.readings[question] for _ in passages]


def example(number: int, answers: tuple[tuple[str, int], ...]) -> Example:
    return Example(str(number), "made up", "", CONTEXT, f"{number}?", answers)


def span(word: str, score: float) -> CharSpan:
    return CharSpan(CONTEXT.index(word), CONTEXT.index(word) + len(word), score)


def single(number: int, rng: random.Random, mean: float = 0.0) -> tuple[Example, Reading]:
    """Ask for 甲一, three times of four: read rightly with the probability that the score stands for."""
    score = rng.gauss(mean, 3.0)
    right = rng.random() < 1 / (1 + exp(-(SLOPE * score + OFFSET)))
    best = span("甲一" if right else "丙三", score)
    # What is read wrongly is, one time in four overall, a question with no answer.
    silent = not right and rng.random() < 0.5
    return example(number, () if silent else (("甲一", 2),)), Reading(best, (best,), -3.0)


def test_probabilities_and_thresholds() -> None:
    rng = random.Random(5)
    pairs = [single(number, rng) for number in range(4000)]
    lists = [example(number, (("甲一", 2), ("乙二", 5))) for number in range(5000, 5040)]
    readings = {asked.question: reading for asked, reading in pairs}
    # The list's second item scores low, and a third, wrong one lower still.
    spans = (span("甲一", 4.0), span("乙二", -0.7), span("丙三", -1.6))
    readings |= {asked.question: Reading(spans[0], spans, 0.5) for asked in lists}
    silent = sum(not asked.answers for asked, _ in pairs) / len(pairs)
    assert silent == pytest.approx(1 - ANSWERABLE, abs=0.04)  # so that the weights hardly change what is fitted

    reader = MadeUpReader(readings, Calibration(1.0, 0.0, 0.5, 0.5))
    found = calibrate(reader, [asked for asked, _ in pairs], lists)  # type: ignore[arg-type]

    assert found.slope == pytest.approx(SLOPE, abs=0.1)
    assert found.offset == pytest.approx(OFFSET, abs=0.15)

    answering = [found.passage_probability(reading.best.score, reading.whole) for _, reading in pairs]
    assert sum(answering) / len(pairs) == pytest.approx(ANSWERABLE, abs=0.04)
    doubtful = [number for number, (_, reading) in enumerate(pairs) if reading.best.score < 0]
    answered = sum(bool(pairs[number][0].answers) for number in doubtful) / len(doubtful)
    assert sum(answering[number] for number in doubtful) / len(doubtful) == pytest.approx(answered, abs=0.04)

    def served(threshold: float) -> float:
        given = {a.id: found.passage_probability(r.best.score, r.whole) >= threshold for a, r in pairs}
        asked = [(given[a.id], CONTEXT[r.best.start : r.best.end] == "甲一") for a, r in pairs if a.answers]
        declined = [not given[a.id] for a, _ in pairs if not a.answers]
        return sum(g and right for g, right in asked) / len(asked) + sum(declined) / len(declined)

    assert served(found.threshold) >= max(served(0.02 * step) for step in range(3, 41)) - AS_GOOD
    assert 0 < found.item_threshold <= found.threshold
    items = Reading(spans[0], spans, 0.5).items(found)
    assert [CONTEXT[item.start : item.end] for item in items] == ["甲一", "乙二"]


def test_a_spans_probability_is_fitted_on_the_passages_that_are_answered_from() -> None:
    rng = random.Random(11)
    near = [single(number, rng, mean=2.0) for number in range(3000)]
    near = [(asked, reading) for asked, reading in near if reading.best.score > -3]
    # Passages that are not answered from, mostly with no answer, where what is read is right more often than the score
    # says.
    far = []
    for number in range(3000, 3500):
        best, right = rng.gauss(-8.0, 0.5), rng.random() < 0.25
        read = span("甲一" if right else "丙三", best)
        far.append((example(number, (("甲一", 2),) if right else ()), Reading(read, (read,), -3.0)))
    pairs = [*near, *far]
    silent = sum(not asked.answers for asked, _ in pairs) / len(pairs)
    assert silent == pytest.approx(1 - ANSWERABLE, abs=0.02)  # so that the weights hardly change what is fitted
    readings = {asked.question: reading for asked, reading in pairs}
    lists = [example(5000, (("甲一", 2), ("乙二", 5)))]
    readings[lists[0].question] = Reading(span("甲一", 4.0), (span("甲一", 4.0), span("乙二", 4.0)), 0.5)

    reader = MadeUpReader(readings, Calibration(1.0, 0.0, 0.5, 0.5))
    found = calibrate(reader, [asked for asked, _ in pairs], lists)  # type: ignore[arg-type]

    given = [found.passage_probability(reading.best.score, reading.whole) >= found.threshold for _, reading in pairs]
    assert any(given[: len(near)])
    assert not any(given[len(near) :])
    for score in (4.0, 6.0):
        assert found.probability(score) == pytest.approx(1 / (1 + exp(-(SLOPE * score + OFFSET))), abs=0.03)


def test_what_has_been_run_is_not_run_again(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[tuple[int, ...]] = []

    def run(self: Runtime, texts: Sequence[Sequence[int]]) -> list[NDArray[np.float32]]:
        ran.extend(map(tuple, texts))
        return [np.full((len(text), 1), sum(text), np.float32) for text in texts]

    monkeypatch.setattr(Runtime, "run", run)
    runtime = RememberingRuntime(Requests(None, 0), PackedWords(np.empty(0, np.uint8)), "f32")
    asked = [[1, 2], [3], [1, 2]], [[3], [4, 5, 6]]
    found = [[float(output[0, 0]) for output in runtime.run(texts)] for texts in asked]
    assert found == [[3, 3, 3], [3, 15]]
    assert ran == [(1, 2), (3,), (4, 5, 6)]


def test_held_out_articles_are_halved_whole_in_both_languages(tmp_path: Path) -> None:
    (tmp_path / "mrc").mkdir()
    chinese = [
        replace(example(number, ()), title=f"{number // 2:02}", context=f"文{number // 2}") for number in range(40)
    ]
    english = [replace(each, id=f"en{each.id}", question="Who?") for each in chinese[::4]]
    for name, examples in (("chinese_squad2_dev", chinese), ("squad_enq_zhctx_train", english)):
        with gzip.open(tmp_path / "mrc" / f"{name}.jsonl.gz", "wt", encoding="utf-8") as lines:
            for each in examples:
                fields = {"id": each.id, "title": each.title, "context": each.context, "question": each.question}
                lines.write(json.dumps({**fields, "answers": []}) + "\n")
    first, second = ({each.context for each in half} for half in held_out_halves(tmp_path))
    assert (first, second) == ({"文16", "文18"}, {"文17", "文19"})
    calibrating, reporting = held_out_halves(tmp_path)
    assert {each.id for each in calibrating if each.question == "Who?"} == {"en32", "en36"}
    assert {each.id for each in reporting if each.question == "Who?"} == set()

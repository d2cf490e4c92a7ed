"""The loss against its definition, written out for one example at a time."""

from math import exp, log

import pytest
import torch

from qa.read.inputs import MOST_TRIMMED
from qa.train.losses import TRIM_CLASSES, span_loss, trim_loss


def definition(scores: list[float], gold: set[int], candidates: set[int]) -> float:
    negatives = [exp(scores[i]) for i in candidates - gold]
    threshold = exp(scores[0])
    hits = [-log(exp(scores[g]) / (exp(scores[g]) + threshold + sum(negatives))) for g in gold]
    miss = -log(threshold / (threshold + sum(negatives)))
    return (sum(hits) / len(hits) if hits else 0.0) + miss


CASES = [
    ([0.5, 9.0, 1.0, -2.0, 3.0], {4}, {2, 3, 4}),
    ([0.5, 9.0, 1.0, -2.0, 3.0], {2, 4}, {2, 3, 4}),
    ([-1.0, 0.0, 2.0, 0.3, 0.1], set(), {2, 3, 4}),
]


@pytest.mark.parametrize(("scores", "gold", "candidates"), CASES)
def test_loss_is_as_defined(scores: list[float], gold: set[int], candidates: set[int]) -> None:
    def marked(positions: set[int]) -> torch.Tensor:
        return torch.tensor([[float(i in positions) for i in range(len(scores))]])

    loss = span_loss(torch.tensor([scores]), marked(gold), marked(candidates))
    assert loss.item() == pytest.approx(definition(scores, gold, candidates), rel=1e-5)


def test_a_batch_is_the_mean_of_its_examples() -> None:
    scores = torch.tensor([case[0] for case in CASES])
    gold = torch.tensor([[float(i in case[1]) for i in range(5)] for case in CASES])
    candidates = torch.tensor([[float(i in case[2]) for i in range(5)] for case in CASES])
    expected = sum(definition(*case) for case in CASES) / 3
    assert span_loss(scores, gold, candidates).item() == pytest.approx(expected, rel=1e-5)


def test_trims_are_scored_at_gold_positions_alone() -> None:
    assert TRIM_CLASSES == 1 + MOST_TRIMMED
    scores = torch.tensor([[[5.0, 0.0, 0.0], [0.0, 2.0, 1.0]], [[1.0, 0.0, -1.0], [9.0, 9.0, -9.0]]])
    gold, trimmed = torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.tensor([[2.0, 1.0], [0.0, 2.0]])
    chances = [scores[0, 1].softmax(-1)[1].item(), scores[1, 0].softmax(-1)[0].item()]
    expected = -sum(map(log, chances)) / 2
    assert trim_loss(scores, gold, trimmed).item() == pytest.approx(expected, rel=1e-5)
    assert trim_loss(scores, torch.zeros(2, 2), trimmed).item() == 0.0

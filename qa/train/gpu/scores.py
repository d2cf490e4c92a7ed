"""How well a reader in training answers packed questions, scored by tokens: no text is at hand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from qa.read.decode import LENGTH_COST, MAX_TOKENS
from qa.train.batch import Batch
from qa.train.gpu.bert import GpuReader
from qa.train.gpu.windows import Loader, grouped
from qa.train.losses import Scores, span_loss
from qa.train.precision import autocast


@dataclass(frozen=True, slots=True)
class DevScores:
    """Means over a set: the loss on starts and ends by window, the others by question, from its best window.

    ``exact_match`` is the share of answerable questions whose best span is the tokens of an answer; ``declined`` the
    share of others whose best span stays below the threshold. ``None`` where no question is of that sort.
    """

    loss: float
    exact_match: float | None
    declined: float | None


def dev_scores(model: GpuReader, loader: Loader, questions: range, *, tokens: int) -> DevScores:
    """Read all windows of some questions in batches of so many ``tokens`` at most, and score the best spans."""
    windows = loader.windows
    rows = np.flatnonzero((windows.group >= questions.start) & (windows.group < questions.stop))
    best: dict[int, tuple[float, bool]] = {}
    loss = 0.0
    training = model.training
    model.eval()
    for group in grouped(windows, rows, tokens=tokens, rng=np.random.default_rng(0)):
        batch = loader.batch(group)
        with torch.inference_mode(), autocast(loader.device):
            scores = model(batch.ids, batch.mask)
        sides = ((scores.start, batch.starts), (scores.end, batch.ends))
        loss += sum(span_loss(side, gold, batch.candidates).item() for side, gold in sides) / 2 * len(group)
        values, right = best_spans(scores, batch)
        for question, value, hit in zip(windows.group[group].tolist(), values.tolist(), right.tolist(), strict=True):
            best[question] = max(best.get(question, (value, hit)), (value, hit))
    model.train(training)
    answerable = set(windows.group[rows][windows.span_counts[rows] > 0].tolist())
    exact = [hit for question, (_, hit) in best.items() if question in answerable]
    declined = [value < 0 for question, (value, _) in best.items() if question not in answerable]
    return DevScores(round(loss / len(rows), 4), _mean(exact), _mean(declined))


def best_spans(scores: Scores, batch: Batch) -> tuple[Tensor, Tensor]:
    """Return the score above the threshold of each row's best span, and whether it is one that answers.

    As ``qa.read.decode.best_span``, all rows at once. *Shape:* ``(batch)`` both.
    """
    inside = batch.candidates > 0
    length = inside.shape[1]
    place = torch.arange(length, device=inside.device)
    apart = place[None, :] - place[:, None]
    allowed = inside[:, :, None] & inside[:, None, :] & (apart >= 0) & (apart < MAX_TOKENS)
    joint = (scores.start[:, :, None] + scores.end[:, None, :]).masked_fill(~allowed, float("-inf"))
    number = (joint - LENGTH_COST * apart.clamp(min=0).log1p()).flatten(1).argmax(1)
    value = joint.flatten(1).gather(1, number[:, None])[:, 0]
    row = torch.arange(len(number), device=number.device)
    first, last = number // length, number % length
    golden = (batch.starts[row, first] > 0) & (batch.ends[row, last] > 0)
    # Answers stand apart: with no further start between the two, they are those of one answer.
    begun = batch.starts.cumsum(1)
    return value - scores.start[:, 0] - scores.end[:, 0], golden & (begun[row, first] == begun[row, last])


def _mean(values: Sequence[bool]) -> float | None:
    return round(float(np.mean(values)), 4) if values else None

"""What training makes smaller: losses of the reader's scores. No library but torch, so that they run anywhere."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy

from qa.train.batch import Batch
from qa.train.recipe import Training

TRIM_CLASSES = 3
"""Characters left out of a token: none, one or two (``qa.read.inputs.MOST_TRIMMED``)."""
# Far below any score, and finite: minus infinity times a probability of 0 is not a number.
_NOWHERE = -1e4


@dataclass(frozen=True, slots=True)
class Scores:
    """What the reader makes of a batch: log-odds. *Shape:* ``(batch, length)``, but for ``listed`` (batch).

    ``relevant`` is of a token's standing in a sentence that answers, ``listed`` of the question's wanting a list, and
    ``before`` and ``after`` of how many characters of the token are not of the answer that begins or ends in it,
    ``(batch, length, TRIM_CLASSES)``.
    """

    start: Tensor
    end: Tensor
    relevant: Tensor
    listed: Tensor
    before: Tensor
    after: Tensor


def scores_of(span: Tensor, judge: Tensor, trim: Tensor) -> Scores:
    """Name what the heads give. *Shape:* ``(batch, length, 2)`` twice and ``(batch, length, 2 * TRIM_CLASSES)``."""
    start, end = span.float().unbind(-1)
    relevant, listed = judge.float().unbind(-1)
    return Scores(start, end, relevant, listed[:, 0], *trim.float().chunk(2, dim=-1))


def whole_loss(scores: Scores, batch: Batch, settings: Training) -> tuple[Tensor, Tensor]:
    """Return the total loss of a batch, and the part of it on starts and ends."""
    starts = span_loss(scores.start, batch.starts, batch.candidates)
    answers = (starts + span_loss(scores.end, batch.ends, batch.candidates)) / 2
    every = cross_entropy(scores.relevant, batch.relevant, weight=batch.candidates, reduction="sum")
    sentences = every / batch.candidates.sum()
    known = (~batch.listed.isnan()).float()
    judged = cross_entropy(scores.listed, batch.listed.nan_to_num(), weight=known, reduction="sum")
    lists = judged / known.sum().clamp(min=1)
    alike = (consistency_loss(scores.start, batch.twins) + consistency_loss(scores.end, batch.twins)) / 2
    extra = settings.relevance * sentences + settings.listing * lists + settings.consistency * alike
    trims = trim_loss(scores.before, batch.starts, batch.before) + trim_loss(scores.after, batch.ends, batch.after)
    extra += settings.trimming * trims / 2
    return answers + extra, answers


def span_loss(scores: Tensor, gold: Tensor, candidates: Tensor) -> Tensor:
    """Score one side (starts or ends) against a threshold, for no, one or several gold positions.

    After the adaptive-threshold loss of Zhou et al. 2021 (ATLOP): each gold position must beat the threshold, which is
    position 0, and every other candidate; and the threshold must beat every candidate that is not gold.

    *Shape:* all ``(batch, length)``; returns the mean over the batch.
    """
    threshold = torch.zeros_like(gold)
    threshold[:, 0] = 1.0
    rivals = (candidates * (1 - gold) + threshold) > 0
    floor = torch.finfo(scores.dtype).min
    rival_mass = scores.masked_fill(~rivals, floor).logsumexp(-1)
    hit = functional.softplus(rival_mass.unsqueeze(-1) - scores)
    count = gold.sum(-1)
    hits = (hit * gold).sum(-1) / count.clamp(min=1)
    return (hits + rival_mass - scores[:, 0]).mean()


def trim_loss(scores: Tensor, gold: Tensor, trimmed: Tensor) -> Tensor:
    """Return the mean cross-entropy of how many characters are left out, over the gold starts or ends.

    *Shape:* ``(batch, length, TRIM_CLASSES)`` and ``(batch, length)`` twice → ``()``.
    """
    at = gold > 0
    each = functional.cross_entropy(scores[at], trimmed[at].long(), reduction="sum")
    return each / at.sum().clamp(min=1)


def consistency_loss(scores: Tensor, twins: Sequence[tuple[int, int, int, int, int]]) -> Tensor:
    """Return how far English questions' scores are from their Chinese twins', over the passage both are put to.

    The mean Kullback-Leibler divergence of the distributions over the threshold and the passage's tokens; the Chinese
    one is taken as it is. ``twins`` are those of a batch. *Shape:* ``(batch, length)`` → ``()``.
    """
    if not twins:
        return scores.new_zeros(())
    english, at, chinese, other, length = torch.tensor(twins).to(scores.device).T
    places = torch.arange(max(n for *_, n in twins), device=scores.device)
    beyond = functional.pad(places >= length[:, None], (1, 0))

    def over(row: Tensor, start: Tensor) -> Tensor:
        """Read a row at the threshold and the passage. *Shape:* ``(twins)`` twice → ``(twins, 1 + longest)``."""
        columns = functional.pad((start[:, None] + places).clamp(max=scores.shape[1] - 1), (1, 0))
        return scores[row[:, None], columns].masked_fill(beyond, _NOWHERE).log_softmax(-1)

    told = over(chinese, other).detach()
    return functional.kl_div(over(english, at), told, log_target=True, reduction="sum") / len(twins)


def distillation_loss(scores: Tensor, told: Tensor, candidates: Tensor) -> Tensor:
    """Return how far the distributions over threshold and candidates are from those that another model's scores give.

    *Shape:* all ``(batch, length)``; returns the mean Kullback-Leibler divergence over the batch.
    """
    apart = candidates == 0
    apart[:, 0] = False
    said, meant = (values.masked_fill(apart, _NOWHERE).log_softmax(-1) for values in (scores, told))
    return functional.kl_div(said, meant.detach(), log_target=True, reduction="batchmean")

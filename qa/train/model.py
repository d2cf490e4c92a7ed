"""The reader as a torch module: the encoder's body, start and end scores for each token, and two judgements."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel


@dataclass(frozen=True, slots=True)
class Scores:
    """What the reader makes of a batch: log-odds. *Shape:* ``(batch, length)``, but for ``listed`` (batch).

    ``relevant`` is of a token's standing in a sentence that answers, ``listed`` of the question's wanting a list.
    """

    start: Tensor
    end: Tensor
    relevant: Tensor
    listed: Tensor


class Reader(nn.Module):
    """Scores every token as the start and the end of an answer.

    Position 0 carries the thresholds (see ``qa.read.decode``).
    """

    def __init__(self, encoder_folder: Path, *, dropout: float) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(
            encoder_folder,
            add_pooling_layer=False,
            local_files_only=True,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=dropout,
            # On a CPU a step takes a sixth less time without the fused kernel.
            attn_implementation="sdpa" if torch.cuda.is_available() else "eager",
        )
        # 96 of the model's 117 million parameters; the training sets touch a fraction of the vocabulary.
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)
        hidden = self.body.config.hidden_size
        self.span = nn.Linear(hidden, 2)
        self.judge = nn.Linear(hidden, 2)
        for head in (self.span, self.judge):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def forward(self, ids: Tensor, mask: Tensor) -> Scores:
        """Read inputs. *Shape:* both ``(batch, length)``."""
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        start, end = self.span(states).float().unbind(-1)
        relevant, listed = self.judge(states).float().unbind(-1)
        return Scores(start, end, relevant, listed[:, 0])

    def trained_state(self) -> dict[str, Tensor]:
        """Return the parameters that training changes, by name."""
        return {name: value.detach() for name, value in self.named_parameters() if value.requires_grad}


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
    hit = torch.nn.functional.softplus(rival_mass.unsqueeze(-1) - scores)
    count = gold.sum(-1)
    hits = (hit * gold).sum(-1) / count.clamp(min=1)
    return (hits + rival_mass - scores[:, 0]).mean()


def consistency_loss(scores: Tensor, twins: Sequence[tuple[int, int, int, int, int]]) -> Tensor:
    """Return how far English questions' scores are from their Chinese twins', over the passage both are put to.

    The mean Kullback-Leibler divergence of the distributions over the threshold and the passage's tokens; the Chinese
    one is taken as it is. ``twins`` are those of a batch. *Shape:* ``(batch, length)`` → ``()``.
    """
    if not twins:
        return scores.new_zeros(())

    def over(row: int, at: int, length: int) -> Tensor:
        return torch.cat((scores[row, :1], scores[row, at : at + length])).log_softmax(-1)

    divergences = [
        nn.functional.kl_div(over(english, at, n), over(chinese, other, n).detach(), log_target=True, reduction="sum")
        for english, at, chinese, other, n in twins
    ]
    return torch.stack(divergences).mean()

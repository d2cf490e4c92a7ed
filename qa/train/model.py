"""The reader as a torch module: the encoder's body, and start and end scores for each token."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel


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
        nn.init.normal_(self.span.weight, std=0.02)
        nn.init.zeros_(self.span.bias)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Return start scores and end scores. *Shape:* both ``(batch, length)``."""
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        start, end = self.span(states).float().unbind(-1)
        return start, end

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

"""The reader as a torch module: the encoder's body, and for each token start, end and list scores."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel


class Reader(nn.Module):
    """Scores every token as the start and the end of an answer.

    Position 0 carries the thresholds (see ``qa.read.decode``); the list score says whether the question wants several.
    """

    def __init__(self, encoder_folder: Path, *, dropout: float) -> None:
        super().__init__()
        self.body = AutoModel.from_pretrained(
            encoder_folder,
            add_pooling_layer=False,
            local_files_only=True,
            hidden_dropout_prob=dropout,
            attention_probs_dropout_prob=dropout,
        )
        # 96 of the model's 117 million parameters; the training sets touch a fraction of the vocabulary.
        self.body.embeddings.word_embeddings.weight.requires_grad_(False)
        hidden = self.body.config.hidden_size
        self.span = nn.Linear(hidden, 2)
        self.list = nn.Linear(hidden, 1)
        for head in (self.span, self.list):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def forward(self, ids: Tensor, mask: Tensor, question: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return start scores, end scores ``(batch, length)`` and list scores ``(batch,)`` (log-odds).

        ``question`` is 1 at the question's tokens: whether it wants a list is the mean of what they say. (The state of
        ``<s>`` will not do: the encoder was trained to pool means, and leaves it nearly the same for any text.)
        """
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        start, end = self.span(states).float().unbind(-1)
        said = self.list(states).float().squeeze(-1)
        return start, end, (said * question).sum(-1) / question.sum(-1).clamp(min=1)

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

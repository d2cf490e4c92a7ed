"""The reader as a torch module: the encoder's body, start and end scores for each token, and what else is judged."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import AutoModel

from qa.train.losses import TRIM_CLASSES, Scores, scores_of


class TrainableReader(nn.Module):
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
        self.trim = nn.Linear(hidden, 2 * TRIM_CLASSES)
        for head in (self.span, self.judge, self.trim):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def forward(self, ids: Tensor, mask: Tensor) -> Scores:
        """Read inputs. *Shape:* both ``(batch, length)``."""
        states = self.body(input_ids=ids, attention_mask=mask).last_hidden_state
        return scores_of(self.span(states), self.judge(states), self.trim(states))

    def freeze(self, layers: int) -> None:
        """Keep the embeddings and so many layers, from the first, as they are; with 0, nothing more than before."""
        if layers:
            for part in (self.body.embeddings, *self.body.encoder.layer[:layers]):
                part.requires_grad_(False)

    def trained_state(self) -> dict[str, Tensor]:
        """Return the parameters that training changes, by name."""
        return {name: value.detach() for name, value in self.named_parameters() if value.requires_grad}

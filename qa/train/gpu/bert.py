"""The reader without transformers: the same parameters, by the same names, as ``qa.train.model.Reader``."""

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from qa.train.losses import TRIM_CLASSES, Scores, scores_of

WORDS: Final = "body.embeddings.word_embeddings.weight"
"""The one parameter that is not trained."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """The sizes of the body; ``vocabulary`` is of the embeddings that are at hand."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


class Embeddings(nn.Module):
    """Token ids to the first states."""

    def __init__(self, sizes: Sizes, dropout: float) -> None:
        super().__init__()
        self.word_embeddings = nn.Embedding(sizes.vocabulary, sizes.hidden)
        self.position_embeddings = nn.Embedding(sizes.positions, sizes.hidden)
        self.token_type_embeddings = nn.Embedding(sizes.token_types, sizes.hidden)
        self.LayerNorm = nn.LayerNorm(sizes.hidden, sizes.epsilon)
        self.dropout = dropout
        self.word_embeddings.weight.requires_grad_(False)

    def forward(self, ids: Tensor) -> Tensor:
        """*Shape:* ``(batch, length)`` → ``(batch, length, hidden)``."""
        places = torch.arange(ids.shape[1], device=ids.device)
        fixed = self.position_embeddings(places) + self.token_type_embeddings.weight[0]
        return functional.dropout(self.LayerNorm(self.word_embeddings(ids) + fixed), self.dropout, self.training)


class Layer(nn.Module):
    """One layer of the body, normalised after each residual."""

    def __init__(self, sizes: Sizes, dropout: float) -> None:
        super().__init__()
        hidden, wide = sizes.hidden, sizes.feed_forward

        def dense_and_norm(width: int) -> nn.ModuleDict:
            norm = nn.LayerNorm(hidden, sizes.epsilon)
            return nn.ModuleDict({"dense": nn.Linear(width, hidden), "LayerNorm": norm})

        looks = nn.ModuleDict({name: nn.Linear(hidden, hidden) for name in ("query", "key", "value")})
        self.attention = nn.ModuleDict({"self": looks, "output": dense_and_norm(hidden)})
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(hidden, wide)})
        self.output = dense_and_norm(wide)
        self.heads = sizes.heads
        self.dropout = dropout

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """*Shape:* ``(batch, length, hidden)`` and ``(batch, 1, 1, length)``, true where there is a token."""
        looks = self.get_submodule("attention.self")
        split = (*states.shape[:2], self.heads, -1)
        query, key, value = (
            looks.get_submodule(name)(states).view(split).transpose(1, 2) for name in ("query", "key", "value")
        )
        chance = self.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask, dropout_p=chance)
        states = self._added(self.get_submodule("attention.output"), mixed.transpose(1, 2).flatten(2), states)
        return self._added(self.output, functional.gelu(self.intermediate["dense"](states)), states)

    def _added(self, last: nn.Module, values: Tensor, states: Tensor) -> Tensor:
        changed = functional.dropout(last.get_submodule("dense")(values), self.dropout, self.training)
        added: Tensor = last.get_submodule("LayerNorm")(changed + states)
        return added


class Body(nn.Module):
    """BERT without its pooler."""

    def __init__(self, sizes: Sizes, dropout: float) -> None:
        super().__init__()
        self.embeddings = Embeddings(sizes, dropout)
        layers = nn.ModuleList(Layer(sizes, dropout) for _ in range(sizes.layers))
        self.encoder = nn.ModuleDict({"layer": layers})

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """*Shape:* both ``(batch, length)`` → ``(batch, length, hidden)``."""
        states: Tensor = self.embeddings(ids)
        there = mask[:, None, None, :] > 0
        for layer in self.encoder.get_submodule("layer").children():
            states = layer(states, there)
        return states


class GpuReader(nn.Module):
    """Scores every token as the start and the end of an answer, as ``qa.train.model.Reader`` does."""

    def __init__(self, sizes: Sizes, *, dropout: float) -> None:
        super().__init__()
        self.body = Body(sizes, dropout)
        self.span = nn.Linear(sizes.hidden, 2)
        self.judge = nn.Linear(sizes.hidden, 2)
        self.trim = nn.Linear(sizes.hidden, 2 * TRIM_CLASSES)

    def forward(self, ids: Tensor, mask: Tensor) -> Scores:
        """Read inputs. *Shape:* both ``(batch, length)``."""
        states = self.body(ids, mask)
        return scores_of(self.span(states), self.judge(states), self.trim(states))

    def trained_state(self) -> dict[str, Tensor]:
        """Return the parameters that training changes, by name."""
        return {name: value.detach() for name, value in self.named_parameters() if name != WORDS}

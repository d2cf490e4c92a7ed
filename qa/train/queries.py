"""``gazette train queries``: English questions nearer to the Chinese passages that answer them.

The encoder and the vectors of passages stay as they are. What is learned is a residual map of low rank for the vectors
of questions, with the contrastive loss of InfoNCE (van den Oord et al. 2018) over all passages of the set.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save_file
from torch.nn import functional

from embeddings.encoder import Encoder, Vectors
from qa.retrieve.across import Projection
from qa.train.data import Example

WINDOW: Final = 300
"""Characters of a passage that are encoded together, as in a chunk."""
_OVERLAP = 60


def encoded(examples: Sequence[Example], encoder: Encoder) -> tuple[Vectors, Vectors, NDArray[np.bool_]]:
    """Return vectors of questions and of passages, and which passages are windows of a question's own context.

    *Shape:* ``(questions, dimension)``, ``(passages, dimension)`` and ``(questions, passages)``.
    """
    contexts = list(dict.fromkeys(example.context for example in examples))
    windows = [
        (number, context[start : start + WINDOW])
        for number, context in enumerate(contexts)
        for start in range(0, max(1, len(context) - _OVERLAP), WINDOW - _OVERLAP)
    ]
    place = {context: number for number, context in enumerate(contexts)}
    questions = encoder.encode([example.question for example in examples], "query")
    passages = encoder.encode([text for _, text in windows], "passage")
    own = np.array([place[example.context] for example in examples])[:, None] == np.array([n for n, _ in windows])[None]
    return questions, passages, own


def train_projection(
    questions: Vectors,
    passages: Vectors,
    own: NDArray[np.bool_],
    *,
    fingerprint: str,
    rank: int = 64,
    steps: int = 200,
    learning_rate: float = 1e-3,
    weight_decay: float = 0.1,
    temperature: float = 0.02,
    seed: int = 0,
) -> Projection:
    """Learn the map under which a question's own passages outweigh all others; shapes as of ``encoded``."""
    torch.manual_seed(seed)
    dimension = questions.shape[1]
    asked, read, mine = torch.from_numpy(questions), torch.from_numpy(passages), torch.from_numpy(own)
    down = torch.nn.Parameter(torch.randn(dimension, rank) * 0.02)
    up = torch.nn.Parameter(torch.zeros(rank, dimension))
    shift = torch.nn.Parameter(torch.zeros(dimension))
    optimiser = torch.optim.AdamW([down, up, shift], lr=learning_rate, weight_decay=weight_decay)
    for _ in range(steps):
        batch = torch.randperm(len(asked))[:512]
        moved = functional.normalize(asked[batch] + asked[batch] @ down @ up + shift, dim=1)
        scores = moved @ read.T / temperature
        right = scores.masked_fill(~mine[batch], torch.finfo(scores.dtype).min).logsumexp(1)
        loss = (scores.logsumexp(1) - right).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    return Projection(fingerprint, *(parameter.detach().numpy() for parameter in (down, up, shift)))


def save_projection(projection: Projection, file: Path) -> None:
    """Write a projection as ``qa.retrieve.across`` loads it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    tensors = {"down": projection.down, "up": projection.up, "shift": projection.shift}
    save_file(tensors, file, metadata={"encoder": projection.fingerprint})

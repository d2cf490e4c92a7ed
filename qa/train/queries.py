"""``gazette train queries``: English questions nearer to the Chinese passages that answer them.

The encoder and the vectors of passages stay as they are. What is learned is a residual map of low rank for the vectors
of questions, with the contrastive loss of InfoNCE (van den Oord et al. 2018) over all passages of the set.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save as serialised
from torch.nn import functional

from embeddings.encoder import Encoder, Vectors
from qa.indexing import CHUNKING
from qa.ingest import segment
from qa.retrieve.across import Projection
from qa.train.data import Example
from qa.train.files import write_whole
from qa.train.recipe import WRITTEN
from qa.types import Document

SHARES: Final[Mapping[str, float]] = {WRITTEN: 1.0, "gazette_authored_train": 1.0, "squad_enq_zhctx_train": 2.0}
"""The sets whose English questions are learned from, and how often one of each is drawn beside one of the others."""


def encoded(examples: Sequence[Example], encoder: Encoder) -> tuple[Vectors, Vectors, NDArray[np.bool_]]:
    """Return vectors of questions and of passages, and which passages hold an answer of each question.

    Contexts are cut into passages as ``gazette ingest`` does. Where a cut runs through every answer, all passages of
    the context count. *Shape:* ``(questions, dimension)``, ``(passages, dimension)`` and ``(questions, passages)``.
    """
    texts: list[str] = []
    places: dict[str, range] = {}
    for context in dict.fromkeys(example.context for example in examples):
        found = _passages(context)
        places[context] = range(len(texts), len(texts) + len(found))
        texts += found
    own = np.zeros((len(examples), len(texts)), np.bool_)
    for number, example in enumerate(examples):
        there = places[example.context]
        own[number, [n for n in there if any(text in texts[n] for text, _ in example.answers)] or list(there)] = True
    questions = encoder.encode([example.question for example in examples], "query")
    return questions, encoder.encode(texts, "passage"), own


def train_projection(
    questions: Vectors,
    passages: Vectors,
    own: NDArray[np.bool_],
    *,
    fingerprint: str,
    shares: Sequence[float] | None = None,
    rank: int = 32,
    steps: int = 150,
    batch: int = 384,
    learning_rate: float = 5e-4,
    weight_decay: float = 0.5,
    temperature: float = 0.02,
    seed: int = 0,
) -> Projection:
    """Learn the map under which a question's own passages outweigh all others; shapes as of ``encoded``.

    ``shares`` says how often each question is drawn; all alike if it is not given. Few directions and few steps: with
    more of either it fits the training questions and finds less for others.
    """
    torch.manual_seed(seed)
    dimension = questions.shape[1]
    asked, read, mine = torch.from_numpy(questions), torch.from_numpy(passages), torch.from_numpy(own)
    drawn = torch.ones(len(asked)) if shares is None else torch.tensor(shares)
    down = torch.nn.Parameter(torch.randn(dimension, rank) * 0.02)
    up = torch.nn.Parameter(torch.zeros(rank, dimension))
    shift = torch.nn.Parameter(torch.zeros(dimension))
    optimiser = torch.optim.AdamW([down, up, shift], lr=learning_rate, weight_decay=weight_decay)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min((step + 1) / 20, 1 - step / steps))
    for _ in range(steps):
        chosen = torch.multinomial(drawn, min(batch, len(asked)))
        moved = functional.normalize(asked[chosen] + asked[chosen] @ down @ up + shift, dim=1)
        scores = moved @ read.T / temperature
        right = scores.masked_fill(~mine[chosen], torch.finfo(scores.dtype).min).logsumexp(1)
        loss = (scores.logsumexp(1) - right).mean()
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        schedule.step()
    return Projection(fingerprint, *(parameter.detach().numpy() for parameter in (down, up, shift)))


def save_projection(projection: Projection, file: Path) -> None:
    """Write a projection as ``qa.retrieve.across`` loads it."""
    tensors = {"down": projection.down, "up": projection.up, "shift": projection.shift}
    write_whole(file, serialised(tensors, metadata={"encoder": projection.fingerprint}))


def _passages(context: str) -> list[str]:
    name = sha256(context.encode()).hexdigest()
    return [chunk.embedded for chunk in segment(Document(name, name, f"/{name}", name, context), CHUNKING).chunks]

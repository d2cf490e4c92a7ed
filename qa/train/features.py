"""Examples as token ids with gold starts and ends, and batches of similar length."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer

from qa.read.inputs import Window, token_span, tokenise, windows
from qa.train.data import Example


@dataclass(frozen=True, slots=True)
class Feature:
    """One input; ``spans`` are the gold (first, last) positions in ``ids``, empty if the window does not answer."""

    ids: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]
    at: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded inputs and targets.

    *Shape:* all ``(batch, length)``. ``candidates`` is 1 at the passage's tokens, ``starts`` and ``ends`` at gold ones.
    """

    ids: torch.Tensor
    mask: torch.Tensor
    candidates: torch.Tensor
    starts: torch.Tensor
    ends: torch.Tensor


def feature(tokenizer: Tokenizer, example: Example, *, max_length: int, rng: random.Random) -> Feature:
    """Encode one example as one window: one that holds every answer where there is one, now and then one with none.

    Half of the titled passages carry their title in front, as chunks do at question time.
    """
    titled = bool(example.title) and rng.random() < 0.5
    prefix = f"{example.title}\n" if titled else ""
    question = tokenise(tokenizer, example.question)
    passage = tokenise(tokenizer, prefix + example.context)
    spans = [
        span
        for text, start in example.answers
        if (span := token_span(passage, len(prefix) + start, len(prefix) + start + len(text))) is not None
    ]
    cuts = list(windows(tokenizer, question, passage, max_length=max_length, stride=max_length // 3))
    held = [(cut, _inside(cut, spans)) for cut in cuts]
    full = [pair for pair in held if len(pair[1]) == len(spans)]
    empty = [pair for pair in held if not pair[1]]
    # A long passage also offers windows that are silent on the question: one example in eight is shown as such.
    pool = empty if empty and rng.random() < 0.125 else full or held
    cut, inside = rng.choice(pool)
    return Feature(cut.ids, inside, cut.at)


def _inside(cut: Window, spans: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    last = cut.first + cut.count - 1
    return tuple((a - cut.first + cut.at, b - cut.first + cut.at) for a, b in spans if a >= cut.first and b <= last)


def batches(features: Sequence[Feature], *, size: int, rng: random.Random) -> list[list[int]]:
    """Group feature numbers into batches of similar length, in random order.

    Lengths are jittered before sorting, so that batches differ from epoch to epoch.
    """
    order = sorted(range(len(features)), key=lambda number: len(features[number].ids) * (1 + 0.1 * rng.random()))
    groups = [order[first : first + size] for first in range(0, len(order), size)]
    rng.shuffle(groups)
    return groups


def collate(features: Sequence[Feature], *, pad: int) -> Batch:
    """Pad features to the longest, rounded up so that few shapes occur (a new one costs the kernels a set-up)."""
    length = -(-max(len(f.ids) for f in features) // 32) * 32
    ids = torch.full((len(features), length), pad)
    mask, candidates, starts, ends = (torch.zeros(len(features), length) for _ in range(4))
    for row, f in enumerate(features):
        ids[row, : len(f.ids)] = torch.tensor(f.ids)
        mask[row, : len(f.ids)] = 1.0
        candidates[row, f.at : len(f.ids) - 1] = 1.0
        for first, last in f.spans:
            starts[row, first] = 1.0
            ends[row, last] = 1.0
    return Batch(ids, mask, candidates, starts, ends)


def encode_all(
    tokenizer: Tokenizer, examples: Sequence[Example], *, max_length: int, rng: random.Random
) -> Iterator[Feature]:
    """Encode examples in order."""
    for example in examples:
        yield feature(tokenizer, example, max_length=max_length, rng=rng)

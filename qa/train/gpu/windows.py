"""Encoded windows as a few arrays, each text once, and batches of them put together on the device."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qa.train.batch import Batch

UNKNOWN: Final = -1
"""Of ``listed``: the window does not answer."""
# As qa.train.features.collate does, so that few shapes occur.
LENGTH_STEP: Final = 16


@dataclass(frozen=True, slots=True)
class Windows:
    """Rows, each a question and a window of a passage, over sequences of token ids.

    ``tokens`` are all sequences, one after the other, ``lengths`` how long each is. A row has the numbers of its
    ``question`` and ``passage`` among the sequences, and the window is ``count`` tokens of the passage from ``first``
    on. ``spans`` are (first, last) tokens in the window that answer, ``trimmed`` how many of their characters are
    not of the answer, ``relevant`` those of sentences that do: as many as ``span_counts`` and ``relevant_counts`` say,
    row by row. ``listed`` is 0 or 1 or unknown. ``twin`` marks rows
    that put the question of the row before in Chinese. ``group`` numbers what the rows belong to: an epoch of a
    stage, or a question whose passage they are windows of.
    """

    tokens: NDArray[Any]
    lengths: NDArray[np.int32]
    question: NDArray[np.int32]
    passage: NDArray[np.int32]
    first: NDArray[np.int32]
    count: NDArray[np.int32]
    spans: NDArray[np.int32]
    trimmed: NDArray[np.int32]
    span_counts: NDArray[np.int32]
    relevant: NDArray[np.int32]
    relevant_counts: NDArray[np.int32]
    listed: NDArray[np.int8]
    twin: NDArray[np.bool_]
    group: NDArray[np.int32]

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Tokens of each row, with those that frame it. *Shape:* ``(rows,)``."""
        return (self.lengths[self.question] + self.count + 4).astype(np.int64)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays by name, to be written."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, slots=True)
class Marks:
    """The ids of the tokens that frame a window."""

    bos: int
    eos: int
    pad: int


class Loader:
    """Makes batches of rows on a device that holds the tokens."""

    def __init__(self, windows: Windows, marks: Marks, device: torch.device) -> None:
        self.windows = windows
        self.marks = marks
        self.device = device
        self._tokens = torch.from_numpy(windows.tokens.astype(np.int32)).to(device)
        self._starts = _offsets(windows.lengths)
        self._span_at = _offsets(windows.span_counts)
        self._relevant_at = _offsets(windows.relevant_counts)

    def batch(self, rows: NDArray[np.int64]) -> Batch:
        """Return the batch of some rows, padded as ``qa.train.features.collate`` pads."""
        w, marks = self.windows, self.marks
        asked = w.lengths[w.question[rows]].astype(np.int64)
        at, count = asked + 3, w.count[rows].astype(np.int64)
        length = int(-(-(at + count + 1).max() // LENGTH_STEP) * LENGTH_STEP)
        question_at, passage_at = self._starts[w.question[rows]], self._starts[w.passage[rows]] + w.first[rows]
        begin, end, from_question, from_passage = self._columns(at, at + count, question_at - 1, passage_at - at)
        place = torch.arange(length, device=self.device)
        in_question, in_passage = (place > 0) & (place < begin - 2), (place >= begin) & (place < end)
        source = torch.where(in_question, place + from_question, place + from_passage)
        ids = torch.where(place <= end, marks.eos, marks.pad)
        ids[:, 0] = marks.bos
        ids = torch.where(in_question | in_passage, self._tokens[source * (in_question | in_passage)].long(), ids)
        starts, ends, before, after, relevant = (torch.zeros(len(rows), length, device=self.device) for _ in range(5))
        row, span = self._spans(rows, w.spans, w.span_counts, self._span_at, at)
        starts[row, span[:, 0]] = 1.0
        ends[row, span[:, 1]] = 1.0
        _, trimmed = self._spans(rows, w.trimmed, w.span_counts, self._span_at, np.zeros_like(at))
        before[row, span[:, 0]] = trimmed[:, 0].float()
        after[row, span[:, 1]] = trimmed[:, 1].float()
        row, span = self._spans(rows, w.relevant, w.relevant_counts, self._relevant_at, at)
        inside = (place >= span[:, :1]) & (place <= span[:, 1:])
        relevant.index_add_(0, row, inside.float()).clamp_(max=1.0)
        known = w.listed[rows].astype(np.float32)
        listed = torch.from_numpy(np.where(known == UNKNOWN, np.float32("nan"), known)).to(self.device)
        mask, candidates = (place <= end).float(), in_passage.float()
        return Batch(
            ids, mask, candidates, starts, ends, before, after, relevant, listed, _twins(w.twin[rows], at, count)
        )

    def _columns(self, *values: NDArray[np.int64]) -> Sequence[Tensor]:
        """Bring a value for each row to the device in one go. *Shape:* ``(rows,)`` → ``(rows, 1)``."""
        return torch.from_numpy(np.stack(values)).to(self.device)[:, :, None].unbind()

    def _spans(
        self,
        rows: NDArray[np.int64],
        spans: NDArray[np.int32],
        counts: NDArray[np.int32],
        offsets: NDArray[np.int64],
        at: NDArray[np.int64],
    ) -> tuple[Tensor, Tensor]:
        """Return the spans of rows: which row of the batch each is in, and its (first, last) positions there."""
        many = counts[rows]
        row = np.repeat(np.arange(len(rows)), many)
        number = np.arange(len(row)) - np.repeat(many.cumsum() - many, many) + np.repeat(offsets[rows], many)
        placed = np.concatenate([row[:, None], spans[number] + at[row, None]], axis=1)
        moved = torch.from_numpy(placed).to(self.device)
        return moved[:, 0], moved[:, 1:]


def _offsets(counts: NDArray[np.int32]) -> NDArray[np.int64]:
    ends: NDArray[np.int64] = counts.cumsum(dtype=np.int64)
    return ends - counts


def _twins(
    twin: NDArray[np.bool_], at: NDArray[np.int64], count: NDArray[np.int64]
) -> tuple[tuple[int, int, int, int, int], ...]:
    return tuple(
        (int(row - 1), int(at[row - 1]), int(row), int(at[row]), int(count[row])) for row in np.flatnonzero(twin)
    )


def grouped(windows: Windows, rows: NDArray[np.int64], *, tokens: int, rng: np.random.Generator) -> list[NDArray[Any]]:
    """Group rows into batches of similar length, in random order, each of ``tokens`` at most, padding included.

    Twins stay with the row before them; lengths are jittered before sorting, so that batches differ from epoch to
    epoch. A row longer than ``tokens`` is a batch of its own.
    """
    heads = np.flatnonzero(~windows.twin[rows])
    ends = np.append(heads[1:], len(rows))
    sizes = -(-np.maximum.reduceat(windows.sizes[rows], heads) // LENGTH_STEP) * LENGTH_STEP
    order = np.argsort(sizes * (1 + 0.1 * rng.random(len(heads))))
    bounds, filled, longest = [0], 0, 0
    for number, unit in enumerate(order.tolist()):
        many, longest = int(ends[unit] - heads[unit]), max(longest, int(sizes[unit]))
        if filled and (filled + many) * longest > tokens:
            bounds.append(number)
            filled, longest = 0, int(sizes[unit])
        filled += many
    groups = [
        np.concatenate([rows[heads[unit] : ends[unit]] for unit in order[a:b]])
        for a, b in pairwise([*bounds, len(order)])
    ]
    return [groups[number] for number in rng.permutation(len(groups))]

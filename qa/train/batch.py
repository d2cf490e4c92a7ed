"""A batch of windows with their targets, as the reader is trained on."""

from dataclasses import dataclass, fields, replace
from typing import Self

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Batch:
    """Padded inputs and targets.

    *Shape:* ``(batch, length)`` but for ``listed`` (batch), NaN where it is not known. ``candidates`` is 1 at the
    passage's tokens, ``starts`` and ``ends`` at gold ones, where ``before`` and ``after`` say how many characters of
    the token are not of the answer; ``relevant`` is 1 in sentences that answer. ``twins`` are rows and where their
    passages begin: ``(row, at, row, at, length)``.
    """

    ids: Tensor
    mask: Tensor
    candidates: Tensor
    starts: Tensor
    ends: Tensor
    before: Tensor
    after: Tensor
    relevant: Tensor
    listed: Tensor
    twins: tuple[tuple[int, int, int, int, int], ...]

    def to(self, device: torch.device) -> Self:
        """Return it with its tensors on a device."""
        tensors = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "twins"}
        return replace(self, **{name: tensor.to(device) for name, tensor in tensors.items()})

"""What training computes in: bfloat16 where the device is the faster for it, which not every CPU is."""

from functools import cache
from time import perf_counter
from typing import Final

import torch

_SHAPE: Final = (128, 384, 1536)
"""Tokens, and the sizes of a feed-forward layer's product: small enough for a CPU that has to emulate bfloat16."""
_TIMES: Final = 3


def autocast(device: torch.device) -> torch.autocast:
    """Return the context that a forward pass and its loss run in on a device."""
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=is_half_faster(device.type))


@cache
def is_half_faster(device: str) -> bool:
    """Whether bfloat16 is faster on a kind of device (``cpu``, ``cuda``): measured on a CPU, once a process.

    On two cores of an AMD EPYC without AVX-512 it takes 120 times as long as float32, with AVX-512 and AMX about half.
    """
    return device != "cpu" or _seconds(torch.bfloat16) < _seconds(torch.float32)


def _seconds(kind: torch.dtype) -> float:
    """Return how long one matrix product takes at best."""
    rows, inner, columns = _SHAPE
    left, right = torch.ones(rows, inner, dtype=kind), torch.ones(inner, columns, dtype=kind)
    taken = []
    for _ in range(_TIMES):
        begun = perf_counter()
        torch.mm(left, right)
        taken.append(perf_counter() - begun)
    return min(taken)

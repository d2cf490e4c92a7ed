"""Training computes in bfloat16 where that is measured to be faster, and in float32 where it is not."""

import pytest
import torch

from qa.train import precision


@pytest.mark.parametrize(("half", "kind"), [(0.5, torch.bfloat16), (2.0, torch.float32)])
def test_products_are_of_the_faster_kind(half: float, kind: torch.dtype, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_seconds", {torch.bfloat16: half, torch.float32: 1.0}.__getitem__)
    precision.is_half_faster.cache_clear()
    try:
        with precision.autocast(torch.device("cpu")):
            assert torch.mm(torch.ones(2, 3), torch.ones(3, 4)).dtype == kind
    finally:
        precision.is_half_faster.cache_clear()


def test_what_is_measured_is_time() -> None:
    assert 0 < precision._seconds(torch.float32) < 10
    assert precision.is_half_faster("cuda")

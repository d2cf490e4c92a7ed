"""Graphs: layers in 8-bit integers against plain arithmetic, and how inputs are grouped."""

from collections.abc import Mapping

import numpy as np
import openvino as ov
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from openvino import opset15 as ops

from embeddings.graph import STEP, ZERO, linear, rounded, without_steps
from embeddings.runtime import groups

RNG = np.random.default_rng(3)
# One channel as much larger than the others as they are in a BERT body.
STATE = RNG.normal(size=(2, 32, 64)).astype(np.float32) * np.where(np.arange(64) == 5, 40, 1).astype(np.float32)
LAYER = {
    "l.weight": RNG.normal(size=(48, 64)).astype(np.float32) * np.where(np.arange(64) == 5, 0.1, 1).astype(np.float32),
    "l.bias": RNG.normal(size=48).astype(np.float32),
}
EXACT = STATE @ LAYER["l.weight"].T + LAYER["l.bias"]


def applied(weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    state = ops.parameter([-1, -1, 64], np.float32)
    model = ov.Model([linear(rounded(state, weights, "l"), weights, "l")], [state])
    output: NDArray[np.float32] = ov.Core().compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(STATE)[0]
    return output


def error(output: NDArray[np.float32]) -> float:
    return float(np.abs(output - EXACT).mean() / np.abs(EXACT).mean())


def test_a_layer_without_steps_is_exact() -> None:
    np.testing.assert_allclose(applied(LAYER), EXACT, rtol=1e-4, atol=1e-4)


def test_a_layer_in_integers_is_close_although_one_channel_is_large() -> None:
    largest = np.abs(STATE).max(axis=(0, 1))
    zero = np.array([128], np.float32)
    own = applied({**LAYER, "l" + STEP: largest / 127, "l" + ZERO: zero})
    shared = applied({**LAYER, "l" + STEP: np.full(64, largest.max() / 127, np.float32), "l" + ZERO: zero})
    assert 0 < error(own) < 0.02
    assert error(shared) > 3 * error(own)


def test_one_sided_inputs_use_all_256_values() -> None:
    low, high = -0.17, float(STATE.max())
    step = (high - low) / 250
    weights = {
        **LAYER,
        "l" + STEP: np.full(64, step, np.float32),
        "l" + ZERO: np.array([np.ceil(-low / step)], np.float32),
    }
    clipped = np.maximum(STATE, -step * np.ceil(-low / step)) @ LAYER["l.weight"].T + LAYER["l.bias"]
    assert np.abs(applied(weights) - clipped).mean() < 0.2 * step * np.abs(LAYER["l.weight"]).sum(axis=1).mean()


def test_weights_proper_have_no_steps() -> None:
    assert without_steps({**LAYER, "l" + STEP: LAYER["l.bias"], "l" + ZERO: LAYER["l.bias"]}) == LAYER


@given(st.lists(st.integers(1, 512), max_size=60))
def test_groups_hold_every_text_once_with_little_padding(lengths: list[int]) -> None:
    found = list(groups(lengths))
    assert sorted(number for group in found for number in group) == list(range(len(lengths)))
    for group in found:
        longest = max(lengths[number] for number in group)
        assert sum(longest - lengths[number] for number in group) <= 48
        assert len(group) * longest <= 2048

"""The BERT body as an OpenVINO graph, built from named weights without torch.

Word embeddings stay outside the graph: they are most of a multilingual model's size, and a text touches a few hundred
of their 250,037 rows, so the caller looks them up and hands the sum's first term in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import openvino as ov
from numpy.typing import NDArray
from openvino import Node
from openvino import opset15 as ops

Weights = Mapping[str, NDArray[np.float32]]

STEP: Final = ".input_step"
ZERO: Final = ".input_zero"


@dataclass(frozen=True, slots=True)
class Rounded:
    """A state as 8-bit integers ``state / step``, with one step a channel: the layer's weights take the steps in."""

    integers: Node
    step: NDArray[np.float32]


def body(weights: Weights, *, heads: int, layers: int, epsilon: float) -> tuple[list[ov.op.Parameter], Node, Node]:
    """Build the transformer body.

    ``weights`` are named as in transformers' ``BertModel`` without the word embeddings. Where they hold the steps of a
    layer's inputs (``name.input_step``, *shape* ``(in,)``, and ``name.input_zero``, ``(1,)``, the integer from 0 to 255
    that stands for 0), that layer is computed in 8-bit integers.

    Returns the inputs (float32 ``embeddings`` ``(batch, length, hidden)`` and ``mask`` ``(batch, length)``, 1 for a
    token and 0 for padding), the last hidden states ``(batch, length, hidden)``, and the mask node.
    """
    hidden = weights["embeddings.LayerNorm.weight"].size
    embeddings = ops.parameter([-1, -1, hidden], np.float32, name="embeddings")
    mask = ops.parameter([-1, -1], np.float32, name="mask")
    length = ops.gather(ops.shape_of(mask, "i32"), _integer(1), _integer(0))
    rows = ops.range(_integer(0), length, _integer(1), "i32")
    positions = ops.gather(_constant(weights["embeddings.position_embeddings.weight"]), rows, _integer(0))
    fixed = ops.add(positions, _constant(weights["embeddings.token_type_embeddings.weight"][0]))
    state = _layer_norm(ops.add(embeddings, fixed), weights, "embeddings.LayerNorm", epsilon)
    bias = ops.multiply(ops.subtract(mask, _constant(1.0)), _constant(1e4))
    bias = ops.unsqueeze(bias, ops.constant([1, 2], np.int32))
    for number in range(layers):
        prefix = f"encoder.layer.{number}"
        attended = _attention(state, bias, weights, f"{prefix}.attention", heads)
        state = _layer_norm(ops.add(state, attended), weights, f"{prefix}.attention.output.LayerNorm", epsilon)
        inner = ops.gelu(_linear(state, weights, f"{prefix}.intermediate.dense"), "erf")
        outer = _linear(inner, weights, f"{prefix}.output.dense")
        state = _layer_norm(ops.add(state, outer), weights, f"{prefix}.output.LayerNorm", epsilon)
    return [embeddings, mask], state, mask


def linear(state: Node | Rounded, weights: Weights, name: str) -> Node:
    """Apply the layer ``name``: ``state @ weight.T + bias``. *Shape:* ``(..., in)`` → ``(..., out)``."""
    matrix = weights[f"{name}.weight"]
    if isinstance(state, Rounded):
        product = ops.matmul(
            state.integers, _rows_as_integers(matrix * state.step), transpose_a=False, transpose_b=True
        )
    else:
        product = ops.matmul(state, _constant(matrix), transpose_a=False, transpose_b=True)
    return ops.add(product, _constant(weights[f"{name}.bias"]))


def rounded(state: Node, weights: Weights, name: str) -> Node | Rounded:
    """Round the inputs of the layer ``name`` to 8 bits, if ``weights`` hold its steps."""
    step = weights.get(name + STEP)
    if step is None:
        return state
    low = _constant(-weights[name + ZERO])
    high = _constant(255.0 - weights[name + ZERO])
    # OpenVINO turns this node and the matrix's integers into one multiplication of integers.
    scaled = ops.multiply(state, _constant(1.0 / step))
    return Rounded(ops.fake_quantize(scaled, low, high, low, high, 256), step)


def without_steps(weights: Weights) -> dict[str, NDArray[np.float32]]:
    """Return the weights proper: without the steps of 8-bit inputs, so that every layer is computed in floats."""
    return {name: value for name, value in weights.items() if not name.endswith((STEP, ZERO))}


def mean_pooled(state: Node, mask: Node) -> Node:
    """Average the states of real tokens and scale to unit length. *Shape:* ``(b, t, h)``, ``(b, t)`` → ``(b, h)``."""
    kept = ops.unsqueeze(mask, _integer(2))
    total = ops.reduce_sum(ops.multiply(state, kept), _integer(1), keep_dims=False)
    return ops.normalize_l2(total, ops.constant([1], np.int32), 1e-12, "max")


def _attention(state: Node, bias: Node, weights: Weights, prefix: str, heads: int) -> Node:
    asked = rounded(state, weights, f"{prefix}.self")
    query, key, value = (
        _split_heads(linear(asked, weights, f"{prefix}.self.{part}"), heads) for part in ("query", "key", "value")
    )
    mixed = ops.scaled_dot_product_attention(query, key, value, bias)
    merged = ops.reshape(ops.transpose(mixed, ops.constant([0, 2, 1, 3])), ops.constant([0, 0, -1]), special_zero=True)
    return _linear(merged, weights, f"{prefix}.output.dense")


def _linear(state: Node, weights: Weights, name: str) -> Node:
    return linear(rounded(state, weights, name), weights, name)


def integer_rows(matrix: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Round each row to int8 by a scale of its own: its largest magnitude / 127. *Shapes:* ``(n, m)``, ``(n,)``.

    >>> integers, scales = integer_rows(np.float32([[1.27, -0.5], [0.0, 0.0]]))
    >>> integers.tolist(), scales.astype(float).round(3).tolist()
    ([[127, -50], [0, 0]], [0.01, 1.0])
    """
    largest = np.abs(matrix).max(axis=1)
    # A row too small for a scale that float32 holds with full precision is rounded to zeros.
    scale = np.where(largest > 127 * np.finfo(np.float32).tiny, largest / np.float32(127), np.float32(1))
    return np.round(matrix / scale[:, None]).astype(np.int8), scale


def _rows_as_integers(matrix: NDArray[np.float32]) -> Node:
    """Return the matrix as int8 with one scale a row, the form that OpenVINO multiplies in integers."""
    integers, scale = integer_rows(matrix)
    return ops.multiply(ops.convert(ops.constant(integers), np.float32), _constant(scale[:, None]))


def _split_heads(state: Node, heads: int) -> Node:
    width = int(state.get_output_partial_shape(0)[2].get_length()) // heads
    split = ops.reshape(state, ops.constant([0, 0, heads, width]), special_zero=True)
    return ops.transpose(split, ops.constant([0, 2, 1, 3]))


def _layer_norm(state: Node, weights: Weights, name: str, epsilon: float) -> Node:
    normal = ops.mvn(state, ops.constant([-1], np.int64), normalize_variance=True, eps=epsilon, eps_mode="inside_sqrt")
    return ops.add(ops.multiply(normal, _constant(weights[f"{name}.weight"])), _constant(weights[f"{name}.bias"]))


def _constant(value: NDArray[np.float32] | float) -> Node:
    return ops.constant(np.asarray(value, np.float32))


def _integer(value: int) -> Node:
    return ops.constant(value, np.int32)

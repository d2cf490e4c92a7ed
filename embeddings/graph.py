"""The BERT body as an OpenVINO graph, built from named weights without torch.

Word embeddings stay outside the graph: they are most of a multilingual model's size, and a text touches a few hundred
of their 250,037 rows, so the caller looks them up and hands the sum's first term in.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from embeddings.inference import Node, ops, ov

Weights = Mapping[str, NDArray[np.float32]]
Linear = Callable[[Node, Weights, str], Node]
"""``(state, weights, name)`` → ``state @ weight.T + bias`` of that layer. *Shape:* ``(..., in)`` → ``(..., out)``."""
_LARGEST: Final = 127
"""Of the bytes that values are rounded to, either side of 0."""
_SMALLEST: Final = 1e-6
"""A token whose states are all smaller is rounded as if one were this."""


@dataclass(frozen=True, slots=True)
class Body:
    """How the layers of a transformer are computed; ``product`` is ``linear`` or ``linear_in_bytes``."""

    heads: int
    layers: int
    epsilon: float
    product: Linear


def body(weights: Weights, sizes: Body) -> tuple[list[ov.op.Parameter], list[Node], Node]:
    """Build the transformer body.

    ``weights`` are named as in transformers' ``BertModel`` without the word embeddings.

    Returns the inputs (float32 ``embeddings`` ``(batch, length, hidden)`` and ``mask`` ``(batch, length)``, 1 for a
    token and 0 for padding), the hidden states ``(batch, length, hidden)`` after each layer, and the mask node.
    """
    hidden = weights["embeddings.LayerNorm.weight"].size
    embeddings = ops.parameter([-1, -1, hidden], np.float32, name="embeddings")
    mask = ops.parameter([-1, -1], np.float32, name="mask")
    length = ops.gather(ops.shape_of(mask, "i32"), integer(1), integer(0))
    rows = ops.range(integer(0), length, integer(1), "i32")
    positions = ops.gather(constant(weights["embeddings.position_embeddings.weight"]), rows, integer(0))
    fixed = ops.add(positions, constant(weights["embeddings.token_type_embeddings.weight"][0]))
    state = layer_norm(ops.add(embeddings, fixed), weights, "embeddings.LayerNorm", sizes.epsilon)
    return [embeddings, mask], later_states(state, mask, weights, sizes, range(sizes.layers)), mask


def later_states(state: Node, mask: Node, weights: Weights, sizes: Body, numbers: Iterable[int]) -> list[Node]:
    """Return the states after each of the layers that are put on ``state``; shapes as of ``body``."""
    states = []
    bias = ops.multiply(ops.subtract(mask, constant(1.0)), constant(1e4))
    bias = ops.unsqueeze(bias, ops.constant([1, 2], np.int32))
    for number in numbers:
        prefix = f"encoder.layer.{number}"
        attended = _attention(state, bias, weights, f"{prefix}.attention", sizes)
        state = layer_norm(ops.add(state, attended), weights, f"{prefix}.attention.output.LayerNorm", sizes.epsilon)
        inner = ops.gelu(sizes.product(state, weights, f"{prefix}.intermediate.dense"), "erf")
        outer = sizes.product(inner, weights, f"{prefix}.output.dense")
        state = layer_norm(ops.add(state, outer), weights, f"{prefix}.output.LayerNorm", sizes.epsilon)
        states.append(state)
    return states


def linear(state: Node, weights: Weights, name: str) -> Node:
    """Apply the layer ``name``: ``state @ weight.T + bias``. *Shape:* ``(..., in)`` → ``(..., out)``."""
    product = ops.matmul(state, constant(weights[f"{name}.weight"]), transpose_a=False, transpose_b=True)
    return ops.add(product, constant(weights[f"{name}.bias"]))


def linear_in_bytes(state: Node, weights: Weights, name: str) -> Node:
    """Do as ``linear`` by products of bytes, which some processors have twice as many of in a second.

    A matrix is rounded to bytes by row, as released readers are, and a token's state by its largest value: no range has
    to be known beforehand, and a token with large values leaves the others as exact as they were.
    """
    shares, largest = _bytes_by_token(state)
    product = ops.matmul(shares, _bytes_by_row(weights[f"{name}.weight"]), transpose_a=False, transpose_b=True)
    return ops.add(ops.multiply(product, largest), constant(weights[f"{name}.bias"]))


def _bytes_by_token(state: Node) -> tuple[Node, Node]:
    """Return a state as shares of each token's largest value, rounded to bytes, and these largest values."""
    largest = ops.reduce_max(ops.abs(state), ops.constant([-1], np.int32), keep_dims=True)
    largest = ops.maximum(largest, constant(_SMALLEST))
    ends = constant(-1.0), constant(1.0)
    return ops.fake_quantize(ops.divide(state, largest), *ends, *ends, 2 * _LARGEST + 1), largest


def _bytes_by_row(matrix: NDArray[np.float32]) -> Node:
    scale = np.abs(matrix).max(axis=1, keepdims=True) / np.float32(_LARGEST)
    scale[scale == 0] = 1
    return ops.multiply(ops.convert(ops.constant(np.round(matrix / scale).astype(np.int8)), "f32"), constant(scale))


def mean_pooled(state: Node, mask: Node) -> Node:
    """Average the states of real tokens and scale to unit length. *Shape:* ``(b, t, h)``, ``(b, t)`` → ``(b, h)``."""
    kept = ops.unsqueeze(mask, integer(2))
    total = ops.reduce_sum(ops.multiply(state, kept), integer(1), keep_dims=False)
    return ops.normalize_l2(total, ops.constant([1], np.int32), 1e-12, "max")


def _attention(state: Node, bias: Node, weights: Weights, prefix: str, sizes: Body) -> Node:
    query, key, value = (
        _split_heads(sizes.product(state, weights, f"{prefix}.self.{part}"), sizes.heads)
        for part in ("query", "key", "value")
    )
    mixed = ops.scaled_dot_product_attention(query, key, value, bias)
    merged = ops.reshape(ops.transpose(mixed, ops.constant([0, 2, 1, 3])), ops.constant([0, 0, -1]), special_zero=True)
    return sizes.product(merged, weights, f"{prefix}.output.dense")


def _split_heads(state: Node, heads: int) -> Node:
    width = int(state.get_output_partial_shape(0)[2].get_length()) // heads
    split = ops.reshape(state, ops.constant([0, 0, heads, width]), special_zero=True)
    return ops.transpose(split, ops.constant([0, 2, 1, 3]))


def layer_norm(state: Node, weights: Weights, name: str, epsilon: float) -> Node:
    """Normalise over the last axis, and scale and shift by ``name``."""
    normal = ops.mvn(state, ops.constant([-1], np.int64), normalize_variance=True, eps=epsilon, eps_mode="inside_sqrt")
    return ops.add(ops.multiply(normal, constant(weights[f"{name}.weight"])), constant(weights[f"{name}.bias"]))


def constant(value: NDArray[np.float32] | float) -> Node:
    """Return numbers as a node."""
    return ops.constant(np.asarray(value, np.float32))


def integer(value: int) -> Node:
    """Return an axis, a size or a place as a node."""
    return ops.constant(value, np.int32)

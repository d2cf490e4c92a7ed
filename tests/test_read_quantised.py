import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from qa.read.quantised import quantise, unquantise


@given(arrays(np.float32, array_shapes(min_dims=2, max_dims=2), elements=st.floats(-1e3, 1e3, width=32)))
def test_a_matrix_comes_back_to_half_a_step(matrix: np.ndarray) -> None:
    stored = quantise({"m": matrix})
    assert stored["m"].dtype == np.int8
    back = unquantise(stored)["m"]
    step = np.abs(matrix).max(axis=1, keepdims=True) / 127
    assert np.all(np.abs(back - matrix) <= step * 0.501 + 1e-6)


def test_vectors_are_kept_as_they_are() -> None:
    vector = np.array([0.1, -3.7, 1e-8], np.float32)
    assert unquantise(quantise({"v": vector}))["v"].tolist() == vector.tolist()

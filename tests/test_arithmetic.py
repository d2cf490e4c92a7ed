"""Products of bytes against what they round, and the choice of them, kept for a processor."""

import json
from pathlib import Path

import numpy as np
import pytest

from embeddings import arithmetic
from embeddings.arithmetic import fastest, half_precision
from embeddings.graph import Linear, Weights, linear, linear_in_bytes
from embeddings.inference import ops, ov
from embeddings.models import provision
from embeddings.openvino_encoder import load_unigram_tokenizer
from qa.read.model import load_reader
from qa.read.told import Told
from tests.conftest import SEEDS

CORE = ov.Core()


def multiplied(product: Linear, states: np.ndarray, matrix: np.ndarray, bias: np.ndarray) -> np.ndarray:
    node = ops.parameter([-1, -1, states.shape[-1]], np.float32, name="states")
    output = product(node, {"a.weight": matrix, "a.bias": bias}, "a")
    compiled = CORE.compile_model(ov.Model([output], [node]), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.array(compiled([states])[0])


def test_products_of_bytes_are_those_of_the_rounded_values() -> None:
    random = np.random.default_rng(7)
    # Tokens of very different size, and one of zeros: each is rounded by its own largest value.
    states = random.normal(0, 1, (2, 9, 64)).astype(np.float32) * np.float32(10.0) ** np.arange(-4, 5)[None, :, None]
    states[0, 3] = 0
    matrix, bias = random.normal(0, 1, (48, 64)).astype(np.float32), random.normal(0, 1, 48).astype(np.float32)
    matrix[5] = 0
    tops, rows = np.abs(states).max(-1, keepdims=True), np.abs(matrix).max(1, keepdims=True)
    tops[tops == 0], rows[rows == 0] = 1, 1
    rounded = np.round(states / tops * 127) / 127 * tops
    expected = rounded @ (np.round(matrix / rows * 127) / 127 * rows).T + bias
    found = multiplied(linear_in_bytes, states, matrix, bias)
    # A value midway between two bytes may go to either.
    assert (np.abs(found - expected) <= 0.02 * tops * np.abs(matrix).max()).all()
    exact = multiplied(linear, states, matrix, bias)
    assert (np.abs(found - exact) <= 0.1 * tops * np.abs(matrix).max() + 1e-5).all()
    assert found[0, 3] == pytest.approx(bias)


def test_the_faster_is_measured_once_for_a_processor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path / "home"))
    answers = [True, False]
    monkeypatch.setattr(arithmetic, "_bytes_are_faster", lambda core, half: answers.pop())
    half = half_precision(CORE)
    assert half in ("bf16", "f32")
    assert fastest(CORE, in_bytes=False) == half
    assert not (tmp_path / "home").exists()  # nothing had to be known
    assert [fastest(CORE, in_bytes=True) for _ in range(3)] == [half] * 3
    kept = tmp_path / "home" / "arithmetic.json"
    (processor,) = json.loads(kept.read_text("utf-8"))
    for other in ('{"another processor": false}', "[", "[]", f'{{"{processor}": "no"}}'):
        kept.write_text(other, "utf-8")
        answers[:] = [True]
        assert [fastest(CORE, in_bytes=True) for _ in range(2)] == ["int8"] * 2
        assert json.loads(kept.read_text("utf-8")) == {processor: True}
    assert list(kept.parent.iterdir()) == [kept]


def test_where_nothing_can_be_kept_it_is_measured_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path / "file" / "home"))
    answers = [False, True]
    monkeypatch.setattr(arithmetic, "_bytes_are_faster", lambda core, half: answers.pop())
    assert [fastest(CORE, in_bytes=True) for _ in range(2)] == ["int8", half_precision(CORE)]


def test_this_processor_is_measured() -> None:
    assert arithmetic._bytes_are_faster(CORE, half_precision(CORE)) in (True, False)


def test_products_that_are_far_off_are_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(state: ov.Node, weights: Weights, name: str) -> ov.Node:
        return ops.multiply(linear(state, weights, name), ops.constant(np.float32(1.2)))

    monkeypatch.setattr(arithmetic, "linear_in_bytes", wrong)
    times = iter([1.0, 0.1] * 99)  # however fast they are
    monkeypatch.setattr(arithmetic, "_seconds", lambda request, inputs: next(times))
    assert not arithmetic._bytes_are_faster(CORE, half_precision(CORE))


def test_a_reader_reads_alike_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    text = next(SEEDS.glob("*.txt")).read_text("utf-8")
    passages = [Told("", text[at : at + 300]) for at in range(0, min(len(text), 3600), 300)]
    questions = ["谁被任命为副市长?", "总投资多少?", "Who was removed from office?"]
    folder, read = provision(), {}
    for way in (half_precision(CORE), "int8"):
        monkeypatch.setattr("embeddings.runtime.fastest", lambda core, in_bytes, way=way: way)
        reader = load_reader(folder, load_unigram_tokenizer(folder))
        assert reader.runtime.precision == way
        read[way] = [reading.best for question in questions for reading in reader.read(question, passages) if reading]
    plain, in_bytes = read.values()
    differences = [abs(a.score - b.score) for a, b in zip(plain, in_bytes, strict=True)]
    assert len(differences) >= 20
    assert np.mean(differences) < 0.5
    sure = [(a.start, a.end) == (b.start, b.end) for a, b in zip(plain, in_bytes, strict=True) if a.score > 2]
    assert sure
    assert all(sure)

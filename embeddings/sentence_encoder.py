"""Any sentence-transformers model as an ``Encoder``; the slower runtime of the default one too."""

import embeddings.offline  # noqa: F401  isort: skip

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sentence_transformers import SentenceTransformer

from embeddings.encoder import Kind, Vectors
from embeddings.errors import EncoderError


class SentenceEncoder:
    """``Encoder`` over a sentence-transformers model, by name or folder.

    Prompts for queries and passages are the model's own, where it has any.
    """

    def __init__(self, name: str, *, fingerprint: str | None = None, threads: int | None = None) -> None:
        """Load the model; ``EncoderError`` if it cannot be. ``fingerprint`` saves hashing known weights.

        ``threads`` are the most that this process may take from now on.
        """
        if threads is not None:
            torch.set_num_threads(threads)
        try:
            self._model = SentenceTransformer(name, device="cpu", local_files_only=True)
        except (OSError, ValueError, RuntimeError, ImportError, KeyError) as error:
            raise EncoderError(
                f"encoder {name!r}: sentence-transformers cannot load it ({_first_line(error)}); give a model folder, "
                "or a name whose files are in the local Hugging Face cache"
            ) from error
        dimension = self._model.get_embedding_dimension()
        if dimension is None:
            raise EncoderError(f"encoder {name!r}: it does not say how many dimensions its vectors have")
        self.name = Path(name).resolve().as_posix() if Path(name).is_dir() else name
        self.dimension = dimension
        self.fingerprint = fingerprint or _fingerprint(self._model)

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return unit vectors, ``(len(texts), dimension)``."""
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        encode = self._model.encode_query if kind == "query" else self._model.encode_document
        vectors = encode(list(texts), convert_to_numpy=True, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)


def _fingerprint(model: SentenceTransformer) -> str:
    """Hash the weights and the prompts."""
    digest = hashlib.sha256(repr(sorted(model.prompts.items())).encode())
    for name, value in sorted(model.state_dict().items()):
        digest.update(name.encode())
        digest.update(value.detach().float().contiguous().numpy().tobytes())
    return digest.hexdigest()


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""multilingual-e5-small on OpenVINO: what questions are encoded with, in milliseconds and without torch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from tokenizers import Tokenizer

from embeddings.bert import PREFIXES, bert_weights
from embeddings.encoder import Kind, Vectors
from embeddings.errors import EncoderError
from embeddings.graph import mean_pooled
from embeddings.home import E5
from embeddings.models import ModelFolder, Step, untold, whole_model
from embeddings.runtime import Runtime, bulk_streams, load_runtime
from embeddings.unigram import TextTokenizer, UnigramTokenizer
from embeddings.vocabulary import RULE

T = TypeVar("T")

MAX_TOKENS: Final = 512


@dataclass(frozen=True, slots=True)
class OpenVinoEncoder:
    """``Encoder`` over a provisioned model folder."""

    runtime: Runtime
    tokenizer: TextTokenizer
    fingerprint: str
    name: str = E5
    dimension: int = 384

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return unit vectors, ``(len(texts), dimension)``; texts are cut after 512 tokens."""
        encoded = (self.tokenizer.encode(PREFIXES[kind] + text).ids for text in texts)
        ids = [[*text[:-1][: MAX_TOKENS - 1], text[-1]] for text in encoded]
        return np.array(self.runtime.run(ids), np.float32).reshape(-1, self.dimension)


def load_tokenizer(folder: ModelFolder) -> Tokenizer:
    """Load the folder's tokenizer for a great many texts; ``EncoderError`` if its file is missing or damaged."""
    return _loaded(folder, folder.tokenizer, lambda: Tokenizer.from_file(str(folder.tokenizer)))


def load_unigram_tokenizer(folder: ModelFolder) -> UnigramTokenizer:
    """Load what cuts texts alike and is ready at once; ``EncoderError`` if its files are missing or damaged."""
    return _loaded(folder, folder.path, lambda: UnigramTokenizer(folder.path))


def _loaded(folder: ModelFolder, file: Path, load: Callable[[], T]) -> T:
    try:
        return load()
    except Exception as error:  # tokenizers raises no other class of its own
        raise EncoderError(
            f"{file}: missing or damaged ({error}); remove {folder.path}, which is written again, and try again"
        ) from error


def load_openvino_encoder(
    folder: ModelFolder,
    tokenizer: TextTokenizer,
    *,
    bulk: bool = False,
    threads: int | None = None,
    step: Step = untold,
) -> OpenVinoEncoder:
    """Compile the encoder of a provisioned folder (from the cache, after the first time).

    ``bulk`` is for a great many texts, not for one as soon as can be; ``threads`` are the most that it may take.
    """
    runtime = load_runtime(
        folder,
        name=f"encoder-{folder.sha256[:16]}",
        weights=lambda: bert_weights(whole_model()),
        head=lambda states, mask, _: mean_pooled(states[-1], mask),
        streams=(threads or bulk_streams()) if bulk else 1,
        threads=threads,
        step=step,
    )
    return OpenVinoEncoder(runtime, tokenizer, e5_fingerprint(folder))


def e5_fingerprint(folder: ModelFolder) -> str:
    """Identify multilingual-e5-small: the same under either runtime, which agree to rounding."""
    return sha256(f"{folder.sha256} vocabulary {RULE} {sorted(PREFIXES.items())}".encode()).hexdigest()

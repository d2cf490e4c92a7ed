"""From a setting to an encoder."""

from embeddings.encoder import Encoder
from embeddings.home import DEFAULT_ENCODER
from embeddings.models import ModelFolder, Step, untold
from embeddings.openvino_encoder import load_openvino_encoder
from embeddings.unigram import TextTokenizer


def load_encoder(
    name: str,
    folder: ModelFolder,
    tokenizer: TextTokenizer,
    *,
    bulk: bool = False,
    threads: int | None = None,
    step: Step = untold,
) -> Encoder:
    """Load an encoder: the default one from its ``folder``, or any sentence-transformers model by name or path.

    ``bulk`` is for a great many texts, not for one as soon as can be; ``threads`` are the most that it may take.
    ``step`` is told what is done for the first time.
    Raises ``EncoderError`` if that cannot be done.
    """
    if name == DEFAULT_ENCODER:
        return load_openvino_encoder(folder, tokenizer, bulk=bulk, threads=threads, step=step)
    # Imported here: it takes seconds, and the default needs none of it.
    from embeddings.sentence_encoder import SentenceEncoder

    return SentenceEncoder(name, threads=threads)

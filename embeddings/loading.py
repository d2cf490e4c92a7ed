"""From a setting to an encoder."""

from embeddings.encoder import Encoder
from embeddings.home import DEFAULT_ENCODER, E5
from embeddings.joined import JoinedEncoder
from embeddings.models import ModelFolder, Step, untold
from embeddings.openvino_encoder import load_openvino_encoder
from embeddings.unigram import TextTokenizer
from embeddings.universal import load_universal_encoder


def load_encoder(
    name: str,
    folder: ModelFolder,
    tokenizer: TextTokenizer,
    *,
    bulk: bool = False,
    threads: int | None = None,
    step: Step = untold,
) -> Encoder:
    """Load an encoder: one of our two from ``folder``, or any sentence-transformers model by name or path.

    ``bulk`` is for a great many texts, not for one as soon as can be; ``threads`` are the most that it may take.
    ``step`` is told what is done for the first time.
    Raises ``EncoderError`` if that cannot be done.
    """
    if name in (DEFAULT_ENCODER, E5):
        first = load_openvino_encoder(folder, tokenizer, bulk=bulk, threads=threads, step=step)
        if name == E5:
            return first
        return JoinedEncoder(first, load_universal_encoder(bulk=bulk, threads=threads, step=step))
    # Imported here: it takes seconds, and ours need none of it.
    from embeddings.sentence_encoder import SentenceEncoder

    return SentenceEncoder(name, threads=threads)

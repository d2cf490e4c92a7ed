"""From a setting to an encoder."""

from embeddings.encoder import Encoder
from embeddings.home import DEFAULT_ENCODER
from embeddings.models import ModelFolder
from embeddings.openvino_encoder import load_openvino_encoder
from embeddings.unigram import TextTokenizer


def load_encoder(name: str, folder: ModelFolder, tokenizer: TextTokenizer) -> Encoder:
    """Load an encoder: the default one from its ``folder``, or any sentence-transformers model by name or path.

    Raises ``EncoderError`` if that cannot be done.
    """
    if name == DEFAULT_ENCODER:
        return load_openvino_encoder(folder, tokenizer)
    # Imported here: it takes seconds, and the default needs none of it.
    from embeddings.sentence_encoder import SentenceEncoder

    return SentenceEncoder(name)

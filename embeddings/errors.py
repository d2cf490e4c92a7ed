"""What can go wrong with models and vectors; ``embeddings`` knows nothing of ``qa``, so this is a tree of its own."""


class EncoderError(Exception):
    """Model weights are missing, altered or of the wrong shape; the message says what to do."""


class VectorIndexError(Exception):
    """A vector index file is missing, truncated, altered, or of another dimension."""

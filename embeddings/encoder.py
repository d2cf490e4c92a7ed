"""Strings to unit vectors."""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Kind = Literal["query", "passage"]
Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """A text encoder. An index records its ``name`` and ``fingerprint``, and refuses to be queried with another."""

    @property
    def name(self) -> str:
        """The model's name or folder, as the user gave it."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the weights, the tokenizer and the way texts are prepared."""

    @property
    def dimension(self) -> int:
        """Components of a vector."""

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return ``float32`` vectors of unit length. *Shape:* ``(len(texts), dimension)``."""

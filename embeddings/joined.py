"""Two encoders as one: their vectors behind each other, so that an inner product weighs both cosines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Final

import numpy as np

from embeddings.encoder import Encoder, Kind, Vectors
from embeddings.home import DEFAULT_ENCODER
from embeddings.openvino_encoder import OpenVinoEncoder
from embeddings.runtime import Runtime
from embeddings.universal import UniversalEncoder

SHARE: Final = 0.1
"""What the second cosine counts; the first, whose values lie nearer to each other, the rest."""


@dataclass(frozen=True, slots=True)
class JoinedEncoder:
    """``Encoder`` of unit vectors whose cosine is the weighted mean of the two encoders' cosines."""

    first: Encoder
    second: UniversalEncoder
    name: str = DEFAULT_ENCODER
    share: float = SHARE

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the fingerprints of both, and the share."""
        return sha256(f"{self.first.fingerprint} {self.second.fingerprint} {self.share}".encode()).hexdigest()

    @property
    def dimension(self) -> int:
        """Components of a vector."""
        return self.first.dimension + self.second.dimension

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return unit vectors, ``(len(texts), dimension)``."""
        one, other = self.first.encode(texts, kind), self.second.encode(texts)
        return np.hstack([one * np.float32((1 - self.share) ** 0.5), other * np.float32(self.share**0.5)])


def body_of(encoder: Encoder) -> OpenVinoEncoder | None:
    """Return the transformer that most of an encoder's work is done by; ``None`` for an encoder that is not ours."""
    first = encoder.first if isinstance(encoder, JoinedEncoder) else encoder
    return first if isinstance(first, OpenVinoEncoder) else None


def running(encoder: Encoder, change: Callable[[Runtime], Runtime]) -> Encoder:
    """Return the encoder with its transformer on a changed runtime; one that is not ours as it is."""
    body = body_of(encoder)
    if body is None:
        return encoder
    changed = replace(body, runtime=change(body.runtime))
    return replace(encoder, first=changed) if isinstance(encoder, JoinedEncoder) else changed

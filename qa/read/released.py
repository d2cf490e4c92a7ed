"""The files of the released reader and of the verifier beside it."""

from hashlib import file_digest
from pathlib import Path
from typing import Final

RELEASED: Final = Path(__file__).with_name("weights") / "reader.safetensors"
VERIFIER: Final = RELEASED.with_name("verifier.safetensors")


def weights_sha256(weights: Path = RELEASED) -> str:
    """Return the SHA-256 of a file of weights, by which answers are told apart; ``OSError`` if it cannot be read."""
    with weights.open("rb") as stream:
        return file_digest(stream, "sha256").hexdigest()


def released_identity() -> str:
    """Return what the released reader and verifier are known by together, as ``Reader.identity`` is."""
    return identity(weights_sha256(), weights_sha256(VERIFIER))


def identity(reader_sha256: str, verifier_sha256: str | None) -> str:
    """Return what a reader is known by with its verifier: answers depend on both.

    >>> identity("ab", "cd"), identity("ab", None)
    ('ab+cd', 'ab')
    """
    return "+".join(filter(None, (reader_sha256, verifier_sha256)))

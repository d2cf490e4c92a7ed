"""What runs on the nodes of a cluster: a loader of files and an encoder."""

import os
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Protocol

from embeddings.encoder import Encoder, Vectors
from qa.indexing import Wanted
from qa.ingest import Contents
from qa.store import EncoderIdentity

THREADS: Final = 1
"""Cores that a worker is given. More of them would wait for one another; more workers do not."""


class LoadEncoder(Protocol):
    """Loads the encoder from what is installed on a node."""

    def __call__(self, *, threads: int) -> Encoder:
        """Return it; it takes no more than ``threads``."""


class Worker:
    """One process of a node. It knows no other, and nothing that it does has an effect outside it."""

    def __init__(self, load: LoadEncoder, folder: str) -> None:
        """Begin in ``folder``, which the names of files are told from; the encoder is loaded by ``ready``."""
        self._load = load
        with suppress(OSError):  # where there is no such folder there are no files in it
            os.chdir(folder)

    def ready(self) -> EncoderIdentity:
        """Load the encoder, and say which it is."""
        self._encoder = self._load(threads=THREADS)
        return EncoderIdentity.of(self._encoder)

    def read(self, wanted: Wanted) -> Contents:
        """Read a file, with all of its parts."""
        return wanted.read().whole()

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Encode passages. *Shape:* ``(len(texts), dimension)``."""
        return self._encoder.encode(texts, "passage")

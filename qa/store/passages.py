"""Vectors of passages, each encoded once: from the last revision, from an update that did not finish, or encoded."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Self

import numpy as np

from embeddings.encoder import Encoder, Vectors
from embeddings.errors import EncoderError
from qa.store.records import VECTOR, embedded_digest

Known = Callable[[Sequence[bytes]], dict[bytes, bytes]]
"""Digests of texts to the vectors that are known of them; see ``Database.encoded``."""


class PassageVectors:
    """Encodes passages and keeps what it encoded in a file, until ``discard``; a context manager.

    An interrupted update leaves the file, and the next one finds there what was encoded before. ``encoded`` counts the
    texts that had to be.
    """

    def __init__(self, path: Path, encoder: Encoder, known: Known) -> None:
        self._path, self.encoder, self._known = path, encoder, known
        self._kept = _opened(path)
        self.encoded = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.close()

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of ``texts``. *Shape:* ``(len(texts), encoder.dimension)``."""
        digests = [embedded_digest(text) for text in texts]
        found = self._found(digests)
        new = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in found}
        if new:
            found |= self.keep(new, self.encoder.encode(list(new.values()), "passage"))
        joined = b"".join(found[digest] for digest in digests)
        return np.frombuffer(joined, VECTOR).reshape(len(texts), self.encoder.dimension).astype(np.float32)

    def missing(self, texts: Sequence[str]) -> dict[bytes, str]:
        """Return those of ``texts`` that have no vector yet, by their digests."""
        texts_of = {embedded_digest(text): text for text in texts}
        found = self._found(list(texts_of))
        return {digest: text for digest, text in texts_of.items() if digest not in found}

    def keep(self, new: Mapping[bytes, str], vectors: Vectors) -> dict[bytes, bytes]:
        """Keep the vectors of texts that were missing, and return them by digest; ``EncoderError`` if they are none.

        *Shape:* ``(len(new), encoder.dimension)``.
        """
        if vectors.shape != (len(new), self.encoder.dimension) or not np.isfinite(vectors).all():
            raise EncoderError(
                f"{self.encoder.name}: {len(new)} texts of dimension {self.encoder.dimension} came back "
                f"in shape {vectors.shape}, or not all finite"
            )
        found = {digest: vector.tobytes() for digest, vector in zip(new, vectors.astype(VECTOR), strict=True)}
        with self._kept:
            rows = ((self.encoder.fingerprint, *item) for item in found.items())
            self._kept.executemany("INSERT OR IGNORE INTO encoded VALUES (?, ?, ?)", rows)
        self.encoded += len(new)
        return found

    def discard(self) -> None:
        """Forget what was kept, once it has been published."""
        self._kept.close()
        self._path.unlink()

    def _found(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        return self._known(digests) | self._before(digests)

    def _before(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        query = "SELECT embedded, vector FROM encoded WHERE (encoder, embedded) = (?, ?)"
        return dict(row for digest in digests for row in self._kept.execute(query, (self.encoder.fingerprint, digest)))


def _opened(path: Path) -> sqlite3.Connection:
    # What an unfinished update left saves time and nothing else: where it is damaged, begin anew.
    if path.exists() and not _sound(path):
        path.unlink()
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS encoded"
        " (encoder TEXT, embedded BLOB, vector BLOB NOT NULL, PRIMARY KEY (encoder, embedded)) WITHOUT ROWID"
    )
    return connection


def _sound(path: Path) -> bool:
    with closing(sqlite3.connect(path)) as connection:
        try:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except sqlite3.DatabaseError:
            return False

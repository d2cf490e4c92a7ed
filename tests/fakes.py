"""Stand-ins for what is slow or large."""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

from embeddings.encoder import Kind, Vectors
from qa.store import Entry
from qa.types import Alignment, Article, Chunk, Document, Run


class FakeEncoder:
    """Hashes single characters and pairs into a unit vector: texts that share words are near, always the same way.

    ``encoded`` lists every text it was given, by kind, so that a test can count.
    """

    def __init__(self, dimension: int = 64, *, name: str = "fake/hashed-characters") -> None:
        self.name = name
        self.dimension = dimension
        self.fingerprint = hashlib.sha256(f"{name} {dimension}".encode()).hexdigest()
        self.encoded: dict[Kind, list[str]] = {"query": [], "passage": []}

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        self.encoded[kind].extend(texts)
        return np.array([self._vector(text) for text in texts], np.float32).reshape(len(texts), self.dimension)

    def _vector(self, text: str) -> Vectors:
        vector = np.zeros(self.dimension)
        for gram in [*text, *(text[place : place + 2] for place in range(len(text) - 1))]:
            number = int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=4).digest())
            vector[number % self.dimension] += 1.0 if number >> 31 else -1.0
        length = float(np.linalg.norm(vector))
        return np.asarray(vector / length if length else np.eye(self.dimension)[0], np.float32)


def entry(
    document_id: str,
    *texts: str,
    context: str = "",
    source: str = "",
    date: str | None = "2021-10-13",
    byline: str | None = "李记者",
) -> Entry:
    """A document of one article with one chunk for each of its lines."""
    text = "\n".join(texts)
    source = source or f"{document_id}.txt"
    digest = hashlib.sha256(text.encode()).hexdigest()
    document = Document(document_id, source, f"/archive/{source}", digest, text, metadata={"edition": "1"})
    article = Article(document_id, 0, f"title of {document_id}", 0, len(text), byline=byline, date=date)
    chunks, start = [], 0
    for number, line in enumerate(texts):
        chunks.append(
            Chunk(f"{document_id}-{number}", document_id, 0, context, line, align(range(start, start + len(line))))
        )
        start += len(line) + 1
    return document, (article,), tuple(chunks)


def align(positions: Iterable[int]) -> Alignment:
    """Build an alignment from the original offset of each clean character in turn.

    >>> align([4, 5, 9]) == Alignment((Run(0, 4, 2), Run(2, 9, 1)))
    True
    """
    runs: list[Run] = []
    for clean, original in enumerate(positions):
        last = runs[-1] if runs else None
        if last and original == last.original + last.length:
            runs[-1] = Run(last.clean, last.original, last.length + 1)
        else:
            runs.append(Run(clean, original, 1))
    return Alignment(tuple(runs))

"""What the HTTP side needs of the rest: one object that answers questions over one revision of an index."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol, Self

from embeddings.encoder import Kind, Vectors
from qa.errors import SourceError
from qa.store import Snapshot
from qa.types import Answer, Filters, Hit


class Service(Protocol):
    """An archive with its models in memory. Called from several threads at once."""

    @property
    def opened(self) -> Snapshot:
        """The revision that is asked."""

    def ask(
        self,
        question: str,
        *,
        id: str | None = None,  # noqa: A002
        top_k: int | None = None,
        filters: Filters = ...,
        retrieved: Callable[[Sequence[Hit]], None] = lambda hits: None,
    ) -> Answer:
        """Answer from at most ``top_k`` passages, with which ``retrieved`` is called before they are read.

        ``QuestionError`` for an empty or over-long question.
        """

    def search(self, query: str, *, top_k: int | None = None, filters: Filters = ...) -> Sequence[Hit]:
        """Return the passages nearest to a query, best first; ``QuestionError`` as of ``ask``."""

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return unit vectors of texts. *Shape:* ``(len(texts), dimension)``."""

    def token_count(self, text: str) -> int:
        """Return the number of tokens of a text, as the reader counts tokens."""

    def token_ends(self, text: str) -> Sequence[int]:
        """Return where each token of a text ends, as the reader counts tokens; offsets of characters."""

    def add(self, name: str, data: bytes, folder: Path, report: Callable[[SourceError], None]) -> Sequence[str]:
        """Keep a file in ``folder`` and index it; return its documents' ids. ``SourceError`` if it cannot be read.

        ``report`` is told what of it cannot.
        """

    def remove(self, document_id: str, folder: Path) -> bool:
        """Take a document out of the index, and its file out of ``folder``; tell whether there was one of that id."""

    def renewed(self) -> Self | None:
        """Return a service over the newest revision of the index, ``None`` if that is this one's."""

    def close(self) -> None:
        """Let go of files."""

"""Which documents of an update differ from what the index holds."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import chain

from qa.store.protocol import Entry, Prepared
from qa.store.records import digest_of

Removals = Collection[str] | Callable[[], Collection[str]]
"""Ids of documents to remove, or what returns them once all that is to be added has been read."""


Digests = Callable[[Iterable[str]], Mapping[str, bytes]]
"""Ids of documents to the digests of those that are there."""


class Changes:
    """The documents to write, which are read as they are asked for, once, and then those to drop (``gone``).

    False when there are none. ``added``, ``replaced`` and ``unchanged`` count what has been read so far.
    """

    def __init__(self, digests: Digests, *, add: Iterable[Entry], remove: Removals) -> None:
        self._digests, self._remove = digests, remove
        self._seen: dict[str, bytes] = {}
        self.added = self.replaced = self.unchanged = 0
        self._changes = self._differing(add)
        self._first = next(self._changes, None)

    def __bool__(self) -> bool:
        return bool(self._first or self.gone)

    def __iter__(self) -> Iterator[Prepared]:
        return chain([self._first], self._changes) if self._first else iter(())

    @property
    def gone(self) -> list[str]:
        """Ids of the documents to drop, known when all others have been read; what is added as well stays."""
        wanted = self._remove() if callable(self._remove) else self._remove
        return sorted(set(self._digests(set(wanted) - set(self._seen))))

    def _differing(self, entries: Iterable[Entry]) -> Iterator[Prepared]:
        for entry in entries:
            document = entry[0]
            digest, known = digest_of(*entry), self._digests([document.id]).get(document.id)
            if document.id in self._seen:
                if self._seen[document.id] != digest:
                    raise ValueError(
                        f"document {document.id} ({document.source}) is given twice, with different content"
                    )
                continue
            self._seen[document.id] = digest
            if digest == known:
                self.unchanged += 1
                continue
            self.added += known is None
            self.replaced += known is not None
            yield Prepared(entry, digest)


def require_whole(entry: Entry) -> None:
    """Raise ``ValueError`` unless the parts of a document belong together."""
    document, articles, chunks = entry
    numbers = {article.number for article in articles if article.document_id == document.id}
    if len(numbers) != len(articles):
        raise ValueError(f"document {document.id}: an article of another document, or a number twice")
    for chunk in chunks:
        if chunk.document_id != document.id or chunk.article not in numbers:
            raise ValueError(
                f"chunk {chunk.id} is of article {chunk.article} of {chunk.document_id}, not of {document.id}"
            )

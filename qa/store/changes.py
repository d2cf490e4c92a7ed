"""Which documents of an update differ from what the index holds."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain
from typing import NamedTuple

from qa.store.draft import Entry
from qa.store.records import digest_of


class Change(NamedTuple):
    """A document to write; ``replaces`` when the index has another of that id."""

    entry: Entry
    digest: bytes
    replaces: bool


class Changes:
    """The documents to drop (``gone``) and those to write, which are read as they are asked for, once.

    False when there are none. ``added``, ``replaced`` and ``unchanged`` count what has been read so far.
    """

    def __init__(self, digests: Mapping[str, bytes], *, add: Iterable[Entry], remove: Collection[str]) -> None:
        self.gone = sorted(set(remove) & set(digests))
        self.added = self.replaced = self.unchanged = 0
        kept = {document_id: digest for document_id, digest in digests.items() if document_id not in set(self.gone)}
        self._changes = self._differing(kept, add)
        self._first = next(self._changes, None)

    def __bool__(self) -> bool:
        return bool(self.gone or self._first)

    def __iter__(self) -> Iterator[Change]:
        return chain([self._first], self._changes) if self._first else iter(())

    def _differing(self, digests: Mapping[str, bytes], entries: Iterable[Entry]) -> Iterator[Change]:
        seen: dict[str, bytes] = {}
        for entry in entries:
            document = entry[0]
            digest, known = digest_of(*entry), digests.get(document.id)
            if seen.setdefault(document.id, digest) != digest:
                raise ValueError(f"document {document.id} ({document.source}) is given twice, with different content")
            if digest == known:
                self.unchanged += 1
                continue
            self.added += known is None
            self.replaced += known is not None
            yield Change(entry, digest, replaces=known is not None)

"""A read snapshot of a collection: one generation, whatever is written meanwhile.

What a later generation replaces stays for ten minutes after that was published; see ``qa.store.milvus.draft``.
"""

from collections.abc import Collection as Several
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from threading import RLock
from typing import Final, Self

import numpy as np
from cachetools import LRUCache

from embeddings.encoder import Encoder, Vectors
from embeddings.errors import VectorIndexError
from qa.addresses import MilvusAddress
from qa.errors import IndexCorrupt, InputError
from qa.store.columns import Columns, Mask
from qa.store.milvus import sparse
from qa.store.milvus.catalogue import Catalogue
from qa.store.milvus.client import AT_ONCE, Server, batched, one_of, server_at
from qa.store.milvus.collection import Collection, fresh_at_first
from qa.store.milvus.expressions import passing
from qa.store.milvus.frequencies import Part, read_parts
from qa.store.milvus.originals import Originals
from qa.store.milvus.rows import ARTICLE, DOCUMENT, Holding, chunk_of
from qa.store.milvus.schema import KEY, PASSAGE, Row
from qa.store.milvus.state import Current, require_current, require_fitting
from qa.store.protocol import Candidate, DocumentOrigin, DocumentSummary, Entry, Frequencies, Having, Tokens
from qa.store.records import chunk_row
from qa.types import EVERYTHING, Article, Chunk, Document, Filters

_KEPT: Final = 256
"""Originals that a snapshot keeps in memory."""
_FOUND: Final = (KEY, *PASSAGE, "date")


def open_snapshot(address: MilvusAddress, encoder: Encoder) -> "MilvusSnapshot":
    """Open the current generation for queries that ``encoder`` encodes; raises what ``qa.store.open_index`` raises."""
    server = server_at(address)
    passages, current = require_current(server)
    require_fitting(address, current, encoder, None)
    return MilvusSnapshot(server, passages, current)


class MilvusSnapshot:
    """The ``Snapshot`` of one generation; threads may share it. A context manager, which closes it."""

    def __init__(self, server: Server, passages: str, current: Current) -> None:
        self.address, self.state, self._current = server.address, current.state, current
        self._originals = Originals(server.address.objects or current.objects, server.address)
        self._collection = Collection(server, passages, current.generation, self._originals, fresh_at_first())
        self._lock = RLock()
        self._holdings: LRUCache[str, Holding] = LRUCache(_KEPT * 16)
        self._entries: LRUCache[str, Entry] = LRUCache(_KEPT)
        self._catalogue = Catalogue(self._collection, self.frequencies)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Do nothing: the connection is the process's."""

    def candidates(
        self, vector: Vectors | None, tokens: Tokens, pool: int, filters: Filters = EVERYTHING
    ) -> list[Candidate]:
        """Return the ``pool`` chunks nearest to ``vector`` and the ``pool`` best by ``tokens``; see ``Snapshot``."""
        if vector is not None and vector.shape != (self.state.encoder.dimension,):
            raise VectorIndexError(f"a vector of shape {vector.shape}, not ({self.state.encoder.dimension},)")
        where, asked, rows = passing(filters), self._collection, dict[str, Row]()
        fields = (*_FOUND, "dense") if vector is not None else _FOUND
        question = sparse.of_question(tokens, self.frequencies(tokens)) if tokens and self._current.sparse else {}
        lexical = dict[str, float]()
        if question:
            for row, score in asked.nearest("sparse", question, pool, where, fields):
                if score > 0:
                    rows[row[KEY]], lexical[row[KEY]] = row, score
        if vector is not None:
            rows |= {row[KEY]: row for row in asked.nearest_dense(vector, pool, where, _FOUND)}
        # A pool that is not full holds every chunk that shares a token: the others have nothing.
        floor = min(lexical.values()) if len(lexical) == pool else 0.0
        keys = sorted(rows)
        cosines = dict.fromkeys(keys, 0.0)
        if vector is not None and keys:
            # One dot product a row, so that equal texts have equal scores to the last bit.
            table = np.array([rows[key]["dense"] for key in keys], np.float32)
            cosines = dict(zip(keys, np.vecdot(table, vector).tolist(), strict=True))
        chunks = dict(zip(keys, asked.chunks(rows[key] for key in keys), strict=True))
        owners = {key: (chunk.document_id, chunk.article) for key, chunk in chunks.items()}
        links, stories = asked.links_and_stories(owners.values(), keys)
        firsts = asked.firsts(owners.values(), links) if links else {}
        return [
            Candidate(
                chunks[key],
                cosines[key],
                lexical.get(key, floor),
                rows[key]["date"] or None,
                firsts.get(owners[key]),
                stories.get(key),
            )
            for key in keys
        ]

    def frequencies(self, tokens: Iterable[str]) -> Frequencies:
        """Return how common tokens are in the whole store."""
        return self._frequencies.frequencies(tokens, self.state.chunks)

    @cached_property
    def _frequencies(self) -> Part:
        names = [name for name, _ in self._current.frequencies]
        return Part.sum(read_parts(self._originals, names))

    def twins(self, story: int | str, limit: int, filters: Filters = EVERYTHING) -> tuple[Chunk, ...]:
        """Return at most ``limit`` chunks of a story that pass, the newest first."""
        found = list[Row]()
        for batch in batched(self._collection.members(str(story)), AT_ONCE):
            found += self._collection.passages_where(f"{one_of(KEY, batch)}{passing(filters)}", (*PASSAGE, "date"))
        found.sort(key=lambda row: str(row[KEY]))
        found.sort(key=lambda row: str(row["date"]), reverse=True)
        return tuple(self._collection.chunks(found[:limit]))

    def document(self, document_id: str) -> Document:
        """Return a document with its text; ``InputError`` if there is none of that id."""
        return self._entry(document_id)[0]

    def documents(self) -> Iterator[Document]:
        """Yield all documents, ordered by source and id."""
        for holding in self._catalogue.holdings:
            yield self._originals.get(holding.version)[0]

    def article(self, document_id: str, number: int) -> Article:
        """Return one article; ``InputError`` if there is none of that number."""
        found = (
            [each for each in self._entry(document_id)[1] if each.number == number] if self._has(document_id) else []
        )
        if not found:
            raise InputError(f"{self.address}: no article {number} in document {document_id!r}")
        return self._collection.titled(found)[0]

    def articles(self, document_id: str) -> tuple[Article, ...]:
        """Return the articles of a document, in order; none where there is no such document."""
        if not self._has(document_id):
            return ()
        return self._collection.titled(sorted(self._entry(document_id)[1], key=lambda each: each.number))

    def halves(self, document_id: str) -> Mapping[int, Article]:
        """Return the articles in which those of a document continue, on another page, by the number of the latter."""
        tails = self._collection.tails(document_id)
        written = self._collection.written_articles(tails) if tails else {}
        found = dict[int, Article]()
        for article in self._collection.titled([written[tail] for tail in tails if tail in written]):
            number = tails[article.document_id, article.number][1]
            before = found.get(number)
            if before is None or _order(article) < _order(before):
                found[number] = article
        return dict(sorted(found.items()))

    def summaries(self, after: tuple[str, str] | None, limit: int) -> tuple[DocumentSummary, ...]:
        """Return the first ``limit`` documents after the one of a source and an id, ordered by source and id."""
        return self._catalogue.summaries(after, limit)

    def origin(self, document_id: str) -> DocumentOrigin:
        """Return where a document comes from; ``InputError`` if there is none of that id."""
        return self._holding(document_id).origin

    @property
    def columns(self) -> Columns:
        """What every article can be filtered and counted by; read once, which takes a while in a large archive."""
        return self._catalogue.columns

    def titles_where(self, words: str) -> Mask:
        """Return which of the articles, in the order of ``columns``, have a title with ``words`` in it."""
        return self._catalogue.titles_where(words)

    def having(self, tokens: Several[str]) -> Having:
        """Return every article that has all of some tokens in one chunk."""
        return self._catalogue.having(tokens)

    def passage(self, place: int, tokens: Several[str] = ()) -> Chunk | None:
        """Return the best chunk of an article by some tokens, all of which it has, or its first without any."""
        return self._catalogue.passage(place, tokens)

    def check(self) -> None:
        """Check everything, however long it takes; ``IndexCorrupt`` says all that was found."""
        asked, found, state = self._collection, list[str](), self.state
        for name, count, wanted in (
            ("documents", asked.count(asked.records, f'kind == "{DOCUMENT}"'), state.documents),
            ("articles", asked.count(asked.records, f'kind == "{ARTICLE}"'), state.articles),
            ("chunks", asked.count(asked.passages), state.chunks),
        ):
            if count != wanted:
                found.append(f"{count} {name}, not {wanted}")
        expected = {
            chunk_row(chunk)[:4]
            for holding in self._catalogue.holdings
            for chunk in self._originals.get(holding.version)[2]
        }
        for row in asked.each_passage("", PASSAGE):
            chunk = chunk_of(row)
            if chunk is not None and chunk_row(chunk)[:4] not in expected:
                found.append(f"passage {chunk.id} is not in its document's original")
        if min((count for count in self._frequencies.counts.tolist()), default=0) < 0:
            found.append("a token is in fewer than no passages")
        if found:
            raise IndexCorrupt(f"{self.address}: {'; '.join(found[:10])}; ingest into a new collection")

    def _has(self, document_id: str) -> bool:
        try:
            self._holding(document_id)
        except InputError:
            return False
        return True

    def _holding(self, document_id: str) -> Holding:
        with self._lock:
            found = self._holdings.get(document_id)
        if found is None:
            found = self._collection.holdings([document_id]).get(document_id)
            if found is None:
                raise InputError(f"{self.address}: no document {document_id!r}")
            with self._lock:
                self._holdings[document_id] = found
        return found

    def _entry(self, document_id: str) -> Entry:
        version = self._holding(document_id).version
        with self._lock:
            found = self._entries.get(version)
        if found is None:
            found = self._originals.get(version)
            with self._lock:
                self._entries[version] = found
        return found


def _order(article: Article) -> tuple[str, str, int]:
    return article.page or "", article.document_id, article.number

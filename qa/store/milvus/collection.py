"""The rows that one generation of a collection sees."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from embeddings.encoder import Vectors
from qa.store.milvus.client import AT_ONCE, READ, Server, batched, one_of
from qa.store.milvus.expressions import visible, written
from qa.store.milvus.originals import Originals
from qa.store.milvus.rows import (
    ARTICLE,
    DOCUMENT,
    LINK,
    STORY,
    Holding,
    article_name,
    article_of,
    chunk_of,
    entry_chunk,
    holding_of,
    owner_of,
)
from qa.store.milvus.schema import KEY, PASSAGE, Consistency, Row, records_of
from qa.types import Article, ArticleId, Chunk

FRESH: Final = 10.0
"""Seconds after which a Bounded read, which may be five seconds late, has all that there was in the beginning."""
FEW: Final = 1000
"""Passages of a filter that are all compared; with their vectors some 2 MB."""
_PARTS: Final = 3
"""Times that an article goes on, at most, for its last part to stand under the title of the first."""


def fresh_at_first() -> Callable[[], Consistency]:
    """Return what is Strong for ``FRESH`` seconds from now on, and then Bounded, which costs a question far less."""
    began = time.monotonic()
    return lambda: "Strong" if time.monotonic() - began < FRESH else "Bounded"


class Collection:
    """Passages and records of a generation; threads may share it.

    ``consistency`` says for each request how fresh it has to be.
    """

    def __init__(
        self,
        server: Server,
        passages: str,
        generation: int,
        originals: Originals,
        consistency: Callable[[], Consistency],
    ) -> None:
        self.server, self.passages, self.records = server, passages, records_of(passages)
        self.originals, self.generation, self._consistency = originals, generation, consistency
        self.lexical = server.address.sparse

    @property
    def visible(self) -> str:
        """The condition that a row is there."""
        return visible(self.generation)

    def nearest(
        self, field: str, vector: object, limit: int, where: str, fields: Sequence[str]
    ) -> list[tuple[Row, float]]:
        """Return the passages nearest to a vector by inner product, of those of which a condition is true.

        ``where`` is empty, or begins with ``and``.
        """
        condition = f"{self.visible}{where}"
        return self.server.search(self.passages, field, vector, limit, condition, fields, self._consistency())

    def nearest_dense(self, vector: Vectors, limit: int, where: str, fields: Sequence[str]) -> list[Row]:
        """Return the same by the dense vectors, which are among the fields, best first.

        Where few passages pass they are all compared: a graph, and even more what servers have before they build one,
        finds too little among few. *Shape:* ``vector`` is ``(dimension,)``.
        """
        asked = (*fields, "dense")
        if where:
            condition, consistency = f"{self.visible}{where}", self._consistency()
            if self.server.count(self.passages, condition, consistency, READ) <= FEW:
                rows = self.server.query(self.passages, condition, [KEY, *asked], consistency)
                cosines = np.array([row["dense"] for row in rows], np.float32).reshape(-1, len(vector)) @ vector
                return [rows[place] for place in np.argsort(-cosines, kind="stable")[:limit].tolist()]
        return [row for row, _ in self.nearest("dense", vector, limit, where, asked)]

    def passages_where(self, where: str, fields: Sequence[str] = PASSAGE) -> list[Row]:
        """Return passages of which a condition is true."""
        return self.server.query(self.passages, f"{self.visible} and {where}", [KEY, *fields], self._consistency())

    def each_passage(self, where: str, fields: Sequence[str]) -> Iterator[Row]:
        """Yield all passages of which a condition, which may be empty, is true."""
        return self.server.each(self.passages, self._and(where), fields, self._consistency())

    def records_where(self, where: str) -> list[Row]:
        """Return records of which a condition is true."""
        fields = [KEY, "kind", "name", "other", "payload"]
        return self.server.query(self.records, f"{self.visible} and {where}", fields, self._consistency())

    def each_record(self, kind: str, where: str = "", fields: Sequence[str] = ("payload",)) -> Iterator[Row]:
        """Yield all records of a kind of which a condition is true."""
        return self.server.each(self.records, self._and(f'kind == "{kind}"{where}'), fields, self._consistency())

    def count(self, collection: str, where: str = "") -> int:
        """Return how many rows there are."""
        return self.server.count(collection, self._and(where), self._consistency())

    def holdings(self, document_ids: Iterable[str]) -> dict[str, Holding]:
        """Return what is told of documents, of those that there are."""
        found = dict[str, Holding]()
        for batch in batched(document_ids, AT_ONCE):
            rows = self.records_where(f'kind == "{DOCUMENT}" and {one_of("name", map(written, batch))}')
            found |= {holding.id: holding for holding in map(holding_of, rows)}
        return found

    def chunks(self, rows: Iterable[Row]) -> list[Chunk]:
        """Return the chunks of rows, in order."""
        return [self.chunk(row) for row in rows]

    def chunk(self, row: Row) -> Chunk:
        """Return the chunk of a row, from its original where it was too long for a row."""
        found = chunk_of(row)
        if found is not None:
            return found
        key = f"{DOCUMENT}/{owner_of(row)}@"
        (holding,) = map(holding_of, self.records_where(f'{KEY} >= "{key}" and {KEY} < "{key}a"'))
        return entry_chunk(self.originals.get(holding.version), row)

    def written_articles(self, articles: Iterable[ArticleId]) -> dict[ArticleId, Article]:
        """Return articles as they were written, of those that there are."""
        found = dict[ArticleId, Article]()
        for batch in batched(sorted(set(articles)), AT_ONCE):
            rows = self.records_where(f'kind == "{ARTICLE}" and {one_of("name", map(article_name, batch))}')
            found |= {(each.document_id, each.number): each for each in map(article_of, rows)}
        return found

    def titled(self, articles: Sequence[Article]) -> tuple[Article, ...]:
        """Return articles, a later part of one under the title of the first."""
        firsts = self.firsts({(each.document_id, each.number) for each in articles})
        heads = self.written_articles(firsts.values()) if firsts else {}
        found = list[Article]()
        for each in articles:
            first = firsts.get((each.document_id, each.number))
            head = heads.get(first) if first else None
            found.append(replace(each, title=f"{head.title} {each.title}") if head else each)
        return tuple(found)

    def links_and_stories(
        self, articles: Iterable[ArticleId], passages: Iterable[str]
    ) -> tuple[dict[ArticleId, ArticleId], dict[str, str]]:
        """Return which articles continue which others, and which story passages, named by their keys, belong to."""
        links, stories = dict[ArticleId, ArticleId](), dict[str, str]()
        for batch in batched([*map(article_name, sorted(set(articles))), *passages], AT_ONCE):
            for row in self.records_where(f'kind in ["{LINK}", "{STORY}"] and {one_of("name", batch)}'):
                if row["kind"] == STORY:
                    stories[row["name"]] = row["other"]
                else:
                    tail, head = _link(row)
                    links[tail] = head
        return links, stories

    def firsts(
        self, articles: Iterable[ArticleId], known: dict[ArticleId, ArticleId] | None = None
    ) -> dict[ArticleId, ArticleId]:
        """Return the first part of each article that is a later one; ``known`` are the links of the articles."""
        found = {article: article for article in articles}
        links = known
        for _ in range(_PARTS):
            if links is None:
                links, _ = self.links_and_stories(found.values(), ())
            further = {article: links[at] for article, at in found.items() if at in links}
            if not further:
                break
            found, links = found | further, None
        return {article: first for article, first in found.items() if first != article}

    def tails(self, document_id: str) -> dict[ArticleId, ArticleId]:
        """Return which articles continue those of a document."""
        rows = self.records_where(f'kind == "{LINK}" and other == "{written(document_id)}"')
        return dict(map(_link, rows))

    def members(self, story: str) -> list[str]:
        """Return the keys of the passages of a story, also of those that are gone."""
        return sorted(row["name"] for row in self.records_where(f'kind == "{STORY}" and other == "{story}"'))

    def _and(self, where: str) -> str:
        return f"{self.visible} and {where}" if where else self.visible


def _link(row: Row) -> tuple[ArticleId, ArticleId]:
    told: list[Any] = json.loads(row["payload"])
    (tail, number), (head, head_number) = told
    return (str(tail), int(number)), (str(head), int(head_number))

"""The truth of one revision: the documents, articles, chunks and vectors of all its segments, as one."""

import json
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from heapq import merge
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from embeddings.encoder import Vectors
from embeddings.index import Rows
from qa.errors import IndexCorrupt
from qa.store.jumps import Half
from qa.store.protocol import DocumentOrigin, DocumentSummary
from qa.store.records import (
    ALIVE,
    AMONG,
    ARTICLES,
    CHUNKS,
    DOCUMENTS,
    HALVES,
    NAMED,
    chunk_from,
    digest_of,
    document_from,
)
from qa.store.segment import Segment, Value
from qa.types import Article, ArticleId, Chunk, Document, Filters


@dataclass(frozen=True, slots=True)
class DocumentState:
    """What tells whether a file has to be read again; see ``Document``."""

    source: str
    path: str
    sha256: str


class Counts(NamedTuple):
    """Rows of the tables, of documents that are alive."""

    documents: int
    articles: int
    chunks: int
    vectors: int


_STATES = "SELECT id, source, path, sha256 FROM documents"
_SUMMARIES = f"""
SELECT id, source, title, date, (SELECT count(*) FROM articles WHERE document_id = id),
       (SELECT title FROM articles WHERE document_id = id AND number = 0)
FROM documents WHERE (source, id) > (?, ?) AND id {ALIVE} ORDER BY source, id LIMIT ?
"""  # noqa: S608
_ORIGIN = f"SELECT source, date, json_extract(metadata, '$.record') FROM documents WHERE id = ? AND id {ALIVE}"  # noqa: S608
_COUNTS = f"""
SELECT (SELECT count(*) FROM documents WHERE id {ALIVE}), (SELECT count(*) FROM articles WHERE document_id {ALIVE}),
       (SELECT count(*) FROM chunks WHERE document_id {ALIVE}),
       (SELECT count(*) FROM vectors JOIN chunks USING (row) WHERE document_id {ALIVE})
"""  # noqa: S608
_WITH_ARTICLE = """
FROM chunks JOIN articles ON (articles.document_id, articles.number) = (chunks.document_id, chunks.article)
            JOIN documents ON documents.id = chunks.document_id
"""
_OF_ARTICLES = "FROM articles JOIN documents ON documents.id = articles.document_id"
_ALIKE = f"""
SELECT row FROM bands JOIN chunks USING (row) WHERE band = ? AND row < ? AND document_id {ALIVE} ORDER BY row LIMIT ?
"""  # noqa: S608
_PARTS: int = 3
"""Times that an article goes on, at most, for its last part to stand under the title of the first."""
_CONDITIONS = {
    "date_from": "coalesce(articles.date, documents.date) >= ?",
    "date_to": "coalesce(articles.date, documents.date) <= ?",
    "source": "instr(folded(documents.source), folded(?))",
    "title": "instr(folded(articles.title || char(10) || coalesce(documents.title, '')), folded(?))",
    "byline": "instr(folded(articles.byline), folded(?))",
    "publication": "instr(folded(articles.publication), folded(?))",
    "edition": "instr(folded(articles.edition), folded(?))",
    "page": "articles.page = ?",
}


class Database:
    """The segments of a revision, the oldest first; threads may share it.

    A document is in one of them, with its articles, chunks and vectors. What a newer segment says of a row or an
    article of an older one takes precedence: that it is gone, which story it belongs to, which article it continues.
    """

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.segments = list(segments)
        self._whole = set[str]()
        for place, later in enumerate(self.segments):
            dropped = [name for (name,) in later.all("SELECT document_id FROM dropped")]
            for earlier in self.segments[:place] if dropped else ():
                earlier.bury(dropped)

    @classmethod
    def opened(cls, paths: Iterable[Path]) -> "Database":
        """Open the files of a revision; ``IndexCorrupt`` if one is not a whole database."""
        segments = list[Segment]()
        try:
            for path in sorted(paths):
                segments.append(Segment.opened(path))
            return cls(segments)
        except BaseException:
            for segment in segments:
                segment.close()
            raise

    def close(self) -> None:
        """Close the files."""
        for segment in self.segments:
            segment.close()

    def document(self, document_id: str) -> Document | None:
        """Return a document with its text; ``IndexCorrupt`` unless it is, with its passages, as it was written.

        What was found whole once is not looked at again: nobody changes a published database, but a disk may.
        """
        holder = self.holder(document_id)
        if holder is None:
            return None
        document = document_from(holder.all(f"{DOCUMENTS} WHERE id = ?", document_id)[0])
        if document_id not in self._whole:
            _require_whole(holder, document)
            self._whole.add(document_id)
        return document

    def holder(self, document_id: str) -> Segment | None:
        """Return the segment that a document is in."""
        return next((segment for segment in reversed(self.segments) if segment.holds(document_id)), None)

    def articles(self, document_id: str) -> tuple[Article, ...]:
        """Return the articles of a document, in order; a later part of one under the title of the first.

        The line of its own that it begins with comes after that title.
        """
        holder = self.holder(document_id)
        if holder is None:
            return ()
        rows = holder.all(f"{ARTICLES} WHERE document_id = ? ORDER BY number", document_id)
        return tuple(self._titled([Article(*row) for row in rows]))

    def article(self, document_id: str, number: int) -> Article | None:
        """Return one article."""
        written = self._written(document_id, number)
        return next(self._titled([written]), None) if written else None

    def halves(self, document_id: str) -> dict[int, Article]:
        """Return the articles in which those of a document continue elsewhere, by the number of the latter.

        Where they are several, that on the first page.
        """
        query = "SELECT document_id, number FROM continuations WHERE head_document_id = ?"
        tails = {(str(name), int(number)) for name, number in self.all(query, document_id)}
        links = self.links({name for name, _ in tails})
        found = dict[int, Article]()
        for tail in tails:
            head, article = links.get(tail, ("", 0)), self.article(*tail)
            if article is None or head[0] != document_id:
                continue
            before = found.get(head[1])
            if before is None or _order(article) < _order(before):
                found[head[1]] = article
        return dict(sorted(found.items()))

    def links(self, document_ids: Iterable[str]) -> dict[ArticleId, ArticleId]:
        """Return, for each article of some documents that continues one of another page, which one that is."""
        names = json.dumps(sorted(document_ids))
        found = dict[ArticleId, ArticleId]()
        anew = (
            "SELECT id FROM documents WHERE id IN (SELECT value FROM json_each(?))"
            " UNION SELECT document_id FROM dropped WHERE document_id IN (SELECT value FROM json_each(?))"
        )
        query = f"SELECT document_id, number, head_document_id, head_number FROM continuations WHERE {NAMED}"  # noqa: S608
        for segment in self.segments:
            if found:  # an older version of a document says nothing of this one
                replaced = {name for (name,) in segment.all(anew, names, names)}
                found = {tail: head for tail, head in found.items() if tail[0] not in replaced}
            for name, number, head, head_number in segment.all(query, names):
                if head is None:
                    found.pop((name, number), None)
                else:
                    found[name, number] = head, head_number
        return found

    def continued(self, rows: Sequence[int]) -> dict[int, ArticleId]:
        """Return, for each row whose article continues one of another page, which one that is."""
        owners = self._by_row("SELECT row, document_id, article FROM chunks", rows)
        firsts = self._firsts({(name, number) for name, number in owners})
        return {
            row: firsts[name, number]
            for row, (name, number) in zip(rows, owners, strict=True)
            if (name, number) in firsts
        }

    def chunks(self, rows: Sequence[int]) -> tuple[Chunk, ...]:
        """Return the chunks of ``rows``, in that order; ``IndexCorrupt`` if one is not there."""
        return tuple(chunk_from(row) for row in self._by_row(CHUNKS, rows))

    def vectors(self, rows: Sequence[int]) -> Vectors:
        """Return the vectors of ``rows``, exact. *Shape:* ``(len(rows), dimension)``; ``(0, 0)`` without rows."""
        found = [(places, segment.vectors([rows[place] for place in places])) for segment, places in self._parted(rows)]
        vectors = np.zeros((len(rows), found[0][1].shape[1] if found else 0), np.float32)
        for places, part in found:
            vectors[places] = part
        return vectors

    def dates(self, rows: Sequence[int]) -> tuple[str | None, ...]:
        """Return the date of each row's article, or of its document."""
        query = f"SELECT chunks.row, coalesce(articles.date, documents.date) {_WITH_ARTICLE}"
        return tuple(date for (date,) in self._by_row(query, rows))

    def states(self) -> dict[str, DocumentState]:
        """Return the state of every document, by id, ordered by source."""
        rows = self.all(f"{_STATES} WHERE id {ALIVE}")
        return {row[0]: DocumentState(*row[1:]) for row in sorted(rows, key=lambda row: (row[1], row[0]))}

    def states_of(
        self, *, path: str | None = None, below: str | None = None, name: str | None = None
    ) -> dict[str, DocumentState]:
        """Return the states of the documents of a file, of the files ``below`` a folder, or of an id or a source."""
        if name is not None:
            rows = self.all(f"{_STATES} WHERE (id = ? OR source = ?) AND id {ALIVE}", name, name)
        elif below is not None:
            rows = self.all(f"{_STATES} WHERE path > ? AND path < ? AND id {ALIVE}", f"{below}/", f"{below}0")
        else:
            rows = self.all(f"{_STATES} WHERE path = ? AND id {ALIVE}", path)
        return {row[0]: DocumentState(*row[1:]) for row in rows}

    def summaries(self, after: tuple[str, str] | None, limit: int) -> tuple[DocumentSummary, ...]:
        """Return the first ``limit`` documents after the one of a source and an id, ordered by source and id."""
        found = (
            [DocumentSummary(*row) for row in s.all(_SUMMARIES, *(after or ("", "")), limit)] for s in self.segments
        )
        return tuple(islice(merge(*found, key=lambda each: (each.source, each.id)), limit))

    def origin(self, document_id: str) -> DocumentOrigin | None:
        """Return where a document comes from, without reading its text."""
        return next((DocumentOrigin(*row) for row in self.all(_ORIGIN, document_id)), None)

    def digests(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Return the digest of each of some documents that is there, by id."""
        query = f"SELECT id, digest FROM documents WHERE id IN (SELECT value FROM json_each(?)) AND id {ALIVE}"  # noqa: S608
        return dict(self.all(query, json.dumps(list(ids))))

    def encoded(self, digests: Sequence[bytes]) -> dict[bytes, bytes]:
        """Return the stored vector of each text that is in the database, by the digest of what was encoded."""
        query = "SELECT embedded, vector FROM chunks JOIN vectors USING (row) WHERE embedded = ? LIMIT 1"
        return {row[0]: row[1] for digest in digests for row in self.all(query, digest)}

    def rows(self) -> Rows:
        """Return the row of every chunk, ascending. *Shape:* ``(chunks,)``."""
        found = self.all(f"SELECT row FROM chunks WHERE document_id {ALIVE} ORDER BY row")  # noqa: S608
        return np.array([row for (row,) in found], np.int64)

    def rows_of(self, document_id: str) -> list[int]:
        """Return the rows of the chunks of a document."""
        holder = self.holder(document_id)
        found = holder.all("SELECT row FROM chunks WHERE document_id = ?", document_id) if holder else []
        return [row for (row,) in found]

    def rows_where(self, filters: Filters) -> Rows:
        """Return the rows of the chunks whose articles pass, ascending."""
        where, values = _where(filters)
        found = self.all(f"SELECT chunks.row {_WITH_ARTICLE} WHERE {where} ORDER BY chunks.row", *values)
        return np.array([row for (row,) in found], np.int64)

    def articles_where(self, select: str, filters: Filters, grouping: str) -> list[Any]:
        """Return the columns ``select`` of the articles that pass and their documents, by source and id.

        These are the second and the first column; ``grouping`` is of columns of one document.
        """
        where, values = _where(filters)
        query = " ".join(["SELECT", select, _OF_ARTICLES, "WHERE", where, grouping])
        return sorted(self.all(query, *values), key=lambda row: (row[1], row[0]))

    def stories(self, rows: Iterable[int]) -> dict[int, int]:
        """Return the story of each row that has near-duplicates, by row."""
        wanted, found = json.dumps([int(row) for row in rows]), dict[int, int]()
        for segment in self.segments:
            found |= dict(segment.all(f"SELECT row, story FROM twins {AMONG}", wanted))  # noqa: S608
        return found

    def members(self, story: int) -> list[int]:
        """Return the rows of a story, also those that are gone, ascending."""
        rows = {row for (row,) in self.all("SELECT row FROM twins WHERE story = ?", story)}
        return sorted(row for row, now in self.stories(rows).items() if now == story)

    def twins(self, story: int, filters: Filters) -> list[int]:
        """Return the rows of a story whose articles pass, the newest first."""
        where, values = _where(filters)
        query = f"SELECT chunks.row, coalesce(articles.date, documents.date) {_WITH_ARTICLE}"
        among = "chunks.row IN (SELECT value FROM json_each(?))"
        found = self.all(f"{query} WHERE {where} AND {among}", *values, json.dumps(self.members(story)))
        return [row for row, _ in sorted(sorted(found), key=lambda each: each[1] or "", reverse=True)]

    def alike(self, band: int, row: int, most: int) -> list[int]:
        """Return the first rows, at most ``most`` and all before ``row``, whose sketches have a band."""
        found = (before for segment in self.segments for (before,) in segment.all(_ALIKE, band, row, most))
        return list(islice(found, most))

    def jumping(self, where: str, value: str) -> list[Half]:
        """Return the articles with a jump line of which a condition is true."""
        return [Half(Article(*row), path) for *row, path in self.all(f"{HALVES} AND {where}", value)]

    def counts(self) -> Counts:
        """Return how many there are of each; this looks at all of them."""
        return Counts(*(sum(column) for column in zip(*self.all(_COUNTS), strict=True)))

    def problems(self) -> list[str]:
        """Let SQLite check the whole files; an empty list if they are sound."""
        found = [text for (text,) in self.all("PRAGMA quick_check(10)") if text != "ok"]
        found += [f"{table}: a row without its parent" for table, *_ in self.all("PRAGMA foreign_key_check")][:10]
        return found

    def _titled(self, articles: Sequence[Article]) -> Iterator[Article]:
        firsts = self._firsts({(article.document_id, article.number) for article in articles})
        for article in articles:
            first = firsts.get((article.document_id, article.number))
            head = self._written(*first) if first else None
            yield replace(article, title=f"{head.title} {article.title}") if head else article

    def _written(self, document_id: str, number: int) -> Article | None:
        holder = self.holder(document_id)
        rows = holder.all(f"{ARTICLES} WHERE (document_id, number) = (?, ?)", document_id, number) if holder else ()
        return Article(*rows[0]) if rows else None

    def _firsts(self, articles: Set[ArticleId]) -> dict[ArticleId, ArticleId]:
        """Return the first part of each article that is a later one."""
        found = {article: article for article in articles}
        for _ in range(_PARTS):
            links = self.links({name for name, _ in found.values()})
            further = {article: links[at] for article, at in found.items() if at in links}
            if not further:
                break
            found |= further
        return {article: first for article, first in found.items() if first != article}

    def _parted(self, rows: Sequence[int]) -> Iterator[tuple[Segment, list[int]]]:
        """Yield segments, each with the places in ``rows`` of those that are in it."""
        starts = [segment.first for segment in self.segments]
        owners = np.searchsorted(starts, np.asarray(rows, np.int64), side="right") - 1
        for number in np.unique(owners).tolist():
            yield self.segments[max(0, number)], np.flatnonzero(owners == number).tolist()

    def _by_row(self, select: str, rows: Sequence[int]) -> list[list[Any]]:
        found: list[list[Any]] = [[]] * len(rows)
        for segment, places in self._parted(rows):
            for place, values in zip(places, segment.by_row(select, [rows[place] for place in places]), strict=True):
                found[place] = values
        return found

    def all(self, query: str, *values: Value) -> list[Any]:
        """Return all rows of a query, those of the oldest segment first."""
        return [row for segment in self.segments for row in segment.all(query, *values)]


def _require_whole(holder: Segment, document: Document) -> None:
    articles = holder.all(f"{ARTICLES} WHERE document_id = ? ORDER BY number", document.id)
    chunks = holder.all(f"{CHUNKS} WHERE document_id = ? ORDER BY row", document.id)
    (stored,) = holder.all("SELECT digest FROM documents WHERE id = ?", document.id)
    try:
        found = digest_of(document, [Article(*row) for row in articles], [chunk_from(row[1:]) for row in chunks])
    except (TypeError, ValueError) as error:
        raise IndexCorrupt(f"{holder.path}: document {document.id} is altered ({error})") from error
    if found != stored[0]:
        raise IndexCorrupt(f"{holder.path}: document {document.id} is altered: it is not what was ingested")


def _order(article: Article) -> tuple[str, str, int]:
    return article.page or "", article.document_id, article.number


def _where(filters: Filters) -> tuple[str, list[str]]:
    """Return the condition that filters are, and the values to bind in it; the names come from the table above."""
    limits = {name: value for name in _CONDITIONS if (value := getattr(filters, name)) is not None}
    return " AND ".join([f"documents.id {ALIVE}", *(_CONDITIONS[name] for name in limits)]), list(limits.values())

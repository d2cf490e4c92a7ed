"""Documents, articles and chunks as rows, and back.

Keys say what a row is of: ``DOCUMENT/DIGEST/PLACE@GENERATION``. Whoever writes a version of a document into a
generation, and however often, writes the same keys, so that nothing is there twice.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import astuple
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qa.store import twins
from qa.store.milvus import sparse
from qa.store.milvus.expressions import words_of, written
from qa.store.milvus.schema import BANDS, FITS, FOREVER, KEY, SINCE, UNTIL, Row
from qa.store.milvus.state import record
from qa.store.protocol import DocumentOrigin, DocumentSummary, Entry, Prepared
from qa.store.records import chunk_from, chunk_row, embedded_digest
from qa.types import RECORD, Article, ArticleId, Chunk, Document

DOCUMENT, ARTICLE, LINK, STORY = "document", "article", "link", "story"
"""Kinds of records beside those of ``qa.store.milvus.state``."""


class Holding(NamedTuple):
    """What the record of a document tells without its original."""

    id: str
    source: str
    path: str
    sha256: str
    title: str | None
    date: str | None
    record: str | None
    articles: int
    headline: str | None
    digest: str

    @property
    def summary(self) -> DocumentSummary:
        """As documents are listed."""
        return DocumentSummary(self.id, self.source, self.title, self.date, self.articles, self.headline)

    @property
    def origin(self) -> DocumentOrigin:
        """Where it comes from."""
        return DocumentOrigin(self.source, self.date, self.record)

    @property
    def version(self) -> str:
        """What its original is known by; see ``qa.store.milvus.originals``."""
        return f"{self.id}/{self.digest}"


def owner(document_id: str, digest: str) -> str:
    """Return what the keys of all rows of a version begin with, after their kind."""
    return f"{sha256(document_id.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}/{digest[:32]}"


def owner_of(row: Mapping[str, Any]) -> str:
    """Return the same of a row that is there."""
    parts = str(row[KEY]).partition("@")[0].split("/")
    return "/".join(parts[1:3] if parts[0] in (DOCUMENT, ARTICLE) else parts[:2])


def records_of_entry(prepared: Prepared, generation: int) -> Iterator[Row]:
    """Yield the records of a document and its articles."""
    (document, articles, _), digest = prepared.entry, prepared.digest.hex()
    prefix, since = owner(document.id, digest), {SINCE: generation}
    headline = next((article.title for article in articles if article.number == 0), None)
    holding = Holding(
        document.id, document.source, document.path, document.sha256, document.title, document.date,
        document.metadata.get(RECORD), len(articles), headline, digest,
    )  # fmt: skip
    name, path = written(document.id), written(document.path)
    key = f"{DOCUMENT}/{prefix}@{generation}"
    fields = {"name": name, "document": name, "other": written(document.source), "path": path}
    yield record(key, DOCUMENT, holding, **fields, **since)
    for article in articles:
        jumps = bool(article.continued_from or article.continues_on)
        payload = [*astuple(article), document.path, document.source, document.date, holding.record]
        yield record(
            f"{ARTICLE}/{prefix}/{article.number:06}@{generation}",
            ARTICLE,
            payload,
            name=article_name((document.id, article.number)),
            document=name,
            other=f"jumps {written(article.date or '')}" if jumps else "",
            path=path,
            **filtered(document, article),
            **since,
        )


def passage_row(prepared: Prepared, place: int, vector: NDArray[np.float32], generation: int, *, lexical: bool) -> Row:
    """Return the row of the chunk at a place of a document. *Shape:* ``vector`` is ``(dimension,)``."""
    document, articles, chunks = prepared.entry
    chunk = chunks[place]
    article = next(each for each in articles if each.number == chunk.article)
    payload = json.dumps(chunk_row(chunk), ensure_ascii=False, separators=(",", ":"))
    bands = twins.sketch(chunk.text)
    row = {
        KEY: f"{owner(document.id, prepared.digest.hex())}/{place:06}@{generation}",
        SINCE: generation,
        UNTIL: FOREVER,
        "chunk": written(chunk.id),
        "document": written(document.id),
        "article": chunk.article,
        "place": place,
        "payload": payload if len(payload.encode("utf-8", "replace")) <= FITS else "",
        "embedded": embedded_digest(chunk.embedded).hex(),
        "dense": vector,
        **filtered(document, article),
        **dict(zip(BANDS, [0] * len(BANDS) if bands is None else bands.tolist(), strict=True)),
    }
    return row | {"sparse": sparse.of_passage(chunk.embedded)} if lexical else row


def filtered(document: Document, article: Article) -> dict[str, str]:
    """Return what filters look at."""
    return {
        "date": written(article.date or document.date or ""),
        "source": words_of(document.source),
        "title": words_of(f"{article.title}\n{document.title or ''}"),
        "byline": words_of(article.byline),
        "publication": words_of(article.publication),
        "edition": words_of(article.edition),
        "page": written(article.page or ""),
    }


def article_of(row: Mapping[str, Any]) -> Article:
    """Return the article of a record, as it was written."""
    return Article(*json.loads(row["payload"])[:-4])


def holding_of(row: Mapping[str, Any]) -> Holding:
    """Return what the record of a document tells."""
    return Holding(*json.loads(row["payload"]))


def chunk_of(row: Mapping[str, Any]) -> Chunk | None:
    """Return the chunk of a row; ``None`` where it was too long for one, and is in the original."""
    return chunk_from(json.loads(row["payload"])) if row["payload"] else None


def entry_chunk(entry: Entry, row: Mapping[str, Any]) -> Chunk:
    """Return the chunk of a row from its document's original."""
    return entry[2][int(str(row[KEY]).partition("@")[0].rpartition("/")[2])]


def article_name(article: ArticleId) -> str:
    """Return what records name an article by."""
    return f"{written(article[0])}\ufdd5{article[1]}"

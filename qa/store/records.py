"""The tables of a segment, and how records become rows and come back."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any

from qa.pages import PlacedPage
from qa.types import Alignment, Article, Chunk, Document, Run, View

SCHEMA = """
CREATE TABLE documents (
    id TEXT PRIMARY KEY, source TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL,
    title TEXT, date TEXT, metadata TEXT NOT NULL,
    digest BLOB NOT NULL,                    -- of the document with its articles and chunks: what "unchanged" means
    text TEXT NOT NULL,                      -- last, so that the rest is read without it
    view TEXT,                               -- JSON: [what is shown, its runs as of a chunk, added, cuts]
    pages TEXT                               -- JSON: [[number, width, height, start, end, packed lines], ...]
) STRICT;
CREATE INDEX documents_by_source ON documents (source, id);
CREATE INDEX documents_by_path ON documents (path);
CREATE TABLE articles (
    document_id TEXT NOT NULL REFERENCES documents ON DELETE CASCADE, number INTEGER NOT NULL,
    title TEXT NOT NULL, start INTEGER NOT NULL, stop INTEGER NOT NULL, deck TEXT, byline TEXT, date TEXT,
    page TEXT, continued_from TEXT, continues_on TEXT, publication TEXT, edition TEXT,
    PRIMARY KEY (document_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX articles_continued ON articles (date) WHERE coalesce(continued_from, continues_on) IS NOT NULL;
CREATE TABLE chunks (
    row INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice: vectors and lexical index know chunks by it
    id TEXT NOT NULL UNIQUE, document_id TEXT NOT NULL, article INTEGER NOT NULL,
    context TEXT NOT NULL, text TEXT NOT NULL,
    runs TEXT NOT NULL,                      -- JSON: [[original offset, length(, width)], ...]
    heads TEXT NOT NULL,                     -- JSON: [[offset in text, words], ...]
    embedded BLOB NOT NULL,                  -- SHA-256 of what was encoded
    FOREIGN KEY (document_id, article) REFERENCES articles ON DELETE CASCADE
) STRICT;
CREATE INDEX chunks_by_article ON chunks (document_id, article);
CREATE INDEX chunks_by_embedded ON chunks (embedded);
CREATE TABLE vectors (
    row INTEGER PRIMARY KEY REFERENCES chunks ON DELETE CASCADE,
    vector BLOB NOT NULL                     -- float32, little-endian
) STRICT;
CREATE TABLE bands (                         -- two chunks that share one are likely to be near-duplicates
    band INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (band, row)
) STRICT, WITHOUT ROWID;
CREATE TABLE twins (
    row INTEGER PRIMARY KEY,                 -- perhaps of an older segment
    story INTEGER NOT NULL                   -- the same for all chunks that print the same sentences
) STRICT;
CREATE INDEX twins_by_story ON twins (story);
CREATE TABLE continuations (                 -- articles that continue one that began on another page
    document_id TEXT NOT NULL, number INTEGER NOT NULL,      -- perhaps of an older segment
    head_document_id TEXT, head_number INTEGER,              -- NULL: what an older segment says holds no longer
    PRIMARY KEY (document_id, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX continuations_by_head ON continuations (head_document_id, head_number);
CREATE TABLE dropped (                       -- documents of older segments that are there no longer
    document_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
"""
DOCUMENTS = "SELECT id, source, path, sha256, text, title, date, metadata, view, pages FROM documents"
ARTICLES = """
SELECT document_id, number, title, start, stop, deck, byline, date, page, continued_from, continues_on, publication,
       edition
FROM articles
"""
"""Articles as they were written; see ``Database.articles`` for the title of a later part."""
HALVES = """
SELECT document_id, number, articles.title, start, stop, deck, byline, articles.date, page, continued_from,
       continues_on, publication, edition, documents.path
FROM articles JOIN documents ON documents.id = document_id
WHERE coalesce(continued_from, continues_on) IS NOT NULL AND document_id NOT IN (SELECT document_id FROM dead)
"""
"""Articles with a jump line, in documents that are there still, with the paths of their files."""
CHUNKS = "SELECT row, id, document_id, article, context, text, runs, heads FROM chunks"
AMONG = "WHERE row IN (SELECT value FROM json_each(?))"
NAMED = "document_id IN (SELECT value FROM json_each(?))"
ALIVE = "NOT IN (SELECT document_id FROM dead)"
"""What is true of the ids of documents that no later segment drops; see ``Segment``."""
COPY = """
DELETE FROM continuations WHERE document_id IN (SELECT id FROM old.documents UNION SELECT document_id FROM old.dropped);
INSERT OR REPLACE INTO continuations SELECT * FROM old.continuations WHERE document_id NOT IN (SELECT * FROM gone);
INSERT OR REPLACE INTO twins SELECT * FROM old.twins
WHERE row NOT IN (SELECT row FROM old.chunks WHERE document_id IN (SELECT * FROM gone));
INSERT INTO documents SELECT * FROM old.documents WHERE id NOT IN (SELECT * FROM gone);
INSERT INTO articles SELECT * FROM old.articles WHERE document_id NOT IN (SELECT * FROM gone);
INSERT INTO chunks SELECT * FROM old.chunks WHERE document_id NOT IN (SELECT * FROM gone);
INSERT INTO vectors SELECT * FROM old.vectors WHERE row IN (SELECT row FROM main.chunks);
INSERT INTO bands SELECT * FROM old.bands WHERE row IN (SELECT row FROM main.chunks);
"""
"""Takes over the segment ``old``, less the documents in ``gone``."""
INSERT_DOCUMENT = """
INSERT INTO documents (id, source, path, sha256, text, title, date, metadata, view, pages, digest)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
INSERT_ARTICLE = """
INSERT INTO articles (
    document_id, number, title, start, stop, deck, byline, date, page, continued_from, continues_on,
    publication, edition
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
INSERT_CHUNK = """
INSERT INTO chunks (id, document_id, article, context, text, runs, heads, embedded) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
"""
VECTOR = "<f4"


def digest_of(document: Document, articles: Sequence[Article], chunks: Sequence[Chunk]) -> bytes:
    """Return a hash that is the same exactly when nothing of the document has changed."""
    content = [document_row(document), *map(astuple, articles), *map(chunk_row, chunks)]
    return hashlib.sha256(json.dumps(content).encode()).digest()


def embedded_digest(text: str) -> bytes:
    """Return the hash by which a text that has been encoded before is recognised."""
    return hashlib.sha256(text.encode()).digest()


def document_row(document: Document) -> tuple[str | None, ...]:
    """Return the values of ``DOCUMENTS``."""
    metadata = json.dumps(dict(document.metadata), ensure_ascii=False, sort_keys=True)
    view = document.view
    shown = None
    if view:
        shown = json.dumps([view.text, _packed(view.alignment), view.added, view.cuts], ensure_ascii=False)
    pages = json.dumps([astuple(page) for page in document.pages]) if document.pages else None
    text = (document.text, document.title, document.date, metadata, shown, pages)
    return (document.id, document.source, document.path, document.sha256, *text)


def document_from(row: Sequence[Any]) -> Document:
    """Return the document of a row of ``DOCUMENTS``."""
    document_id, source, path, sha256, text, title, date, metadata, shown, pages = row
    view = None
    if shown is not None:
        words, packed, added, cuts = json.loads(shown)
        view = View(words, _alignment(packed), tuple((start, end) for start, end in added), tuple(cuts))
    placed = tuple(PlacedPage(*page) for page in json.loads(pages)) if pages else ()
    return Document(document_id, source, path, sha256, text, title, date, json.loads(metadata), view, pages=placed)


def chunk_row(chunk: Chunk) -> tuple[str | int, ...]:
    """Return the values of ``CHUNKS``, without its row number."""
    runs = json.dumps(_packed(chunk.alignment), separators=(",", ":"))
    heads = json.dumps(chunk.heads, ensure_ascii=False, separators=(",", ":"))
    return (chunk.id, chunk.document_id, chunk.article, chunk.context, chunk.text, runs, heads)


def chunk_from(row: Sequence[Any]) -> Chunk:
    """Return the chunk of a row of ``CHUNKS``, less its number."""
    chunk_id, document_id, article, context, text, packed, heads = row
    under = tuple((at, words) for at, words in json.loads(heads))
    return Chunk(chunk_id, document_id, article, context, text, _alignment(json.loads(packed)), under)


def _packed(alignment: Alignment) -> list[tuple[int, ...]]:
    return [(run.original, run.length, run.width)[: 3 if run.width else 2] for run in alignment.runs]


def _alignment(packed: Iterable[Sequence[int]]) -> Alignment:
    runs, clean = list[Run](), 0
    for original, length, *width in packed:
        runs.append(Run(clean, original, length, *width))
        clean += length
    return Alignment(tuple(runs))

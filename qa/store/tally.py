"""What an index holds, listed and counted."""

from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from qa.store.database import Database
from qa.store.index import open_database, read_current
from qa.store.manifest import Manifest
from qa.types import EVERYTHING, Filters


class ListedDocument(NamedTuple):
    """A document without its text.

    ``title`` is its first article's where it has none of its own, ``date`` that of its oldest article; ``articles``
    counts those that pass the filters.
    """

    id: str
    source: str
    title: str | None
    date: str | None
    publication: str | None
    articles: int


class Tally(NamedTuple):
    """How many articles of one year a document has; ``year`` and ``publication`` are ``None`` where it names none."""

    document_id: str
    source: str
    publication: str | None
    year: str | None
    articles: int


_PUBLICATION = "max(articles.publication)"
_TITLE = "coalesce(documents.title, (SELECT title FROM articles WHERE document_id = documents.id AND number = 0))"
_LISTED = f"documents.id, source, {_TITLE}, coalesce(documents.date, min(articles.date)), {_PUBLICATION}, count(*)"
_YEAR = "substr(coalesce(articles.date, documents.date), 1, 4)"
_TALLIED = f"documents.id, source, {_PUBLICATION}, {_YEAR} AS year, count(*)"


def list_documents(directory: Path, filters: Filters = EVERYTHING) -> tuple[ListedDocument, ...]:
    """Return the documents with an article that passes, by source; raises what opening an index raises."""
    grouping = "GROUP BY documents.id"
    return tuple(ListedDocument(*row) for row in _rows(directory, _LISTED, filters, grouping))


def tallies(directory: Path, filters: Filters = EVERYTHING) -> tuple[Tally, ...]:
    """Return the same documents, with how many of their articles are of which year."""
    grouping = "GROUP BY documents.id, year ORDER BY year"
    return tuple(Tally(*row) for row in _rows(directory, _TALLIED, filters, grouping))


def _rows(directory: Path, select: str, filters: Filters, grouping: str) -> list[Any]:
    def found(manifest: Manifest) -> list[Any]:
        with closing(open_database(directory, manifest)) as database:
            return _found(database, select, filters, grouping)

    return read_current(directory, found)


def _found(database: Database, select: str, filters: Filters, grouping: str) -> list[Any]:
    return database.articles_where(select, filters, grouping)

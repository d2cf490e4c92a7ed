"""Looking into an index directory without the encoder that questions need."""

import sqlite3
from contextlib import closing
from pathlib import Path

from qa.errors import IndexMissing, InputError
from qa.store.database import Database
from qa.store.index import open_database, read_current
from qa.store.manifest import ENCODED, Manifest, read_manifest
from qa.types import Article, Document


def is_index(directory: Path) -> bool:
    """Tell whether there is an index at ``directory``, whole or not; a folder of other things has none."""
    try:
        read_manifest(directory)
    except IndexMissing:
        return False
    return True


def kept_passages(directory: Path) -> int:
    """Return how many passages an update that did not finish has encoded for the next one."""
    path = directory / ENCODED
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return int(connection.execute("SELECT count(*) FROM encoded").fetchone()[0])
    except sqlite3.Error:
        return 0


def find_document(directory: Path, wanted: str) -> tuple[Document, tuple[Article, ...], dict[int, Article]]:
    """Return the document whose id or source is ``wanted``, with its articles; and where those continue, by number.

    Raises ``InputError`` if there is none or several, and what opening an index raises.
    """

    def found_in(manifest: Manifest) -> tuple[Document, tuple[Article, ...], dict[int, Article]]:
        with closing(open_database(directory, manifest)) as database:
            return _found(database, directory, wanted)

    return read_current(directory, found_in)


def _found(
    database: Database, directory: Path, wanted: str
) -> tuple[Document, tuple[Article, ...], dict[int, Article]]:
    named = database.states_of(name=wanted)
    found = [wanted] if wanted in named else sorted(named)
    if len(found) > 1:
        raise InputError(f"{directory}: {wanted} holds {len(found):,} documents; name one, such as {found[0]}")
    document = database.document(found[0]) if found else None
    if document is None:
        raise InputError(f"{directory}: no document with the id or source {wanted!r}")
    return document, database.articles(document.id), database.halves(document.id)

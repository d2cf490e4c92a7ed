"""What an index knows of files, so that those which have not changed need not be read again."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

from qa.errors import IndexMissing
from qa.store.database import DocumentState
from qa.store.index import open_database, read_current
from qa.store.passages import Known as Vectors


class Known(Protocol):
    """What finds the states of documents."""

    def states(self) -> dict[str, DocumentState]:
        """Return the state of every document, by id, ordered by source."""

    def states_of(
        self, *, path: str | None = None, below: str | None = None, name: str | None = None
    ) -> dict[str, DocumentState]:
        """Return the states of the documents of a file, of the files ``below`` a folder, or of an id or a source."""


class States:
    """The states of documents by what is asked for; of none where there is no index yet."""

    def __init__(self, database: Known | None) -> None:
        self._database = database

    def of_file(self, path: str) -> dict[str, DocumentState]:
        """Return the states of the documents of a file, by id; ``path`` is absolute."""
        return self._database.states_of(path=path) if self._database else {}

    def below(self, folder: str) -> dict[str, DocumentState]:
        """Return the states of the documents of all files in a folder, and in those below it."""
        return self._database.states_of(below=folder.rstrip("/")) if self._database else {}

    def named(self, name: str) -> dict[str, DocumentState]:
        """Return the states of the documents whose id or source is ``name``."""
        return self._database.states_of(name=name) if self._database else {}

    def all(self) -> dict[str, DocumentState]:
        """Return the state of every document, ordered by source."""
        return self._database.states() if self._database else {}


@contextmanager
def open_states(directory: Path) -> Iterator[States]:
    """Open what the current revision knows; raises what opening an index raises, but for ``IndexMissing``."""
    try:
        database = read_current(directory, lambda manifest: open_database(directory, manifest))
    except IndexMissing:
        yield States(None)
        return
    with closing(database):
        yield States(database)


@contextmanager
def open_vectors(directory: Path) -> Iterator[Vectors]:
    """Open the vectors of the current revision; raises what ``open_states`` raises."""
    try:
        database = read_current(directory, lambda manifest: open_database(directory, manifest))
    except IndexMissing:
        yield lambda digests: {}
        return
    with closing(database):
        yield database.encoded

"""All articles of a revision, to be looked through: read from every segment when they are first asked for."""

from collections.abc import Collection
from threading import RLock

import numpy as np

from qa.store.columns import TITLES, Columns, Mask, Owners, in_order, read_columns, read_owners
from qa.store.database import Database
from qa.store.lexical import LexicalIndex
from qa.store.protocol import Having
from qa.text.folding import searchable
from qa.types import Chunk


class Catalogue:
    """What a ``Snapshot`` says of articles by their places in ``columns``; threads may share it."""

    def __init__(self, database: Database, lexical: LexicalIndex) -> None:
        self._database, self._lexical = database, lexical
        self._reading = RLock()
        self._columns: Columns | None = None
        self._owners: Owners | None = None
        self._titles: list[str] | None = None

    @property
    def columns(self) -> Columns:
        """What every article can be filtered and counted by."""
        with self._reading:
            if self._columns is None:
                self._columns = read_columns(self._database.all)
            return self._columns

    @property
    def owners(self) -> Owners:
        """Which chunk is of which article."""
        with self._reading:
            if self._owners is None:
                self._owners = read_owners(self._database.all, self.columns)
            return self._owners

    def titles_where(self, words: str) -> Mask:
        """Return which of the articles have a title with ``words`` in it."""
        wanted = searchable(words)
        with self._reading:
            if self._titles is None:
                self._titles = [searchable(title) for *_, title in in_order(self._database.all(TITLES))]
        return np.fromiter((wanted in title for title in self._titles), np.bool_, len(self._titles))

    def having(self, tokens: Collection[str]) -> Having:
        """Return the articles that have all of some tokens in one chunk."""
        rows, scores = self._lexical.search_all(tokens)
        places, first = np.unique(self.owners.of(rows), return_index=True)  # the best first, so the first is the best
        return Having(places, scores[first].astype(np.float64))

    def passage(self, place: int, tokens: Collection[str] = ()) -> Chunk | None:
        """Return the best chunk of an article by some tokens, all of which it has, or its first without any."""
        rows = self.owners.rows_of(place)
        if tokens:
            rows = self._lexical.search_all(tokens, among=rows)[0]
        return self._database.chunks(rows[:1].tolist())[0] if len(rows) else None

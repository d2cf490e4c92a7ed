"""All articles of a generation, to be looked through: their records are read when they are first asked for."""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable
from collections.abc import Collection as Several
from threading import RLock
from typing import Final

import numpy as np

from qa.store.columns import Columns, Mask, columns_of, in_order
from qa.store.milvus.client import AT_ONCE, MOST, batched, one_of
from qa.store.milvus.collection import Collection
from qa.store.milvus.expressions import unwritten, written
from qa.store.milvus.rows import ARTICLE, DOCUMENT, Holding, holding_of
from qa.store.milvus.schema import KEY, PASSAGE, Row
from qa.store.milvus.sparse import number_of, rarity
from qa.store.protocol import DocumentSummary, Frequencies, Having
from qa.text.folding import searchable
from qa.types import Chunk

_DIGITS: Final = "0123456789abcdef"
_FULL: Final = MOST // 2
"""Passages that a search is made for at once; keys are spread evenly, so that a part of them has as many."""


class Catalogue:
    """What a ``Snapshot`` says of articles by their places in ``columns``; threads may share it."""

    def __init__(self, collection: Collection, frequencies: Callable[[Iterable[str]], Frequencies]) -> None:
        self._collection, self._frequencies = collection, frequencies
        self._reading = RLock()
        self._holdings: list[Holding] | None = None
        self._columns: Columns | None = None
        self._titles: list[str] = []

    @property
    def holdings(self) -> list[Holding]:
        """All documents, by source and id."""
        with self._reading:
            if self._holdings is None:
                found = map(holding_of, self._collection.each_record(DOCUMENT))
                self._holdings = sorted(found, key=lambda each: (each.source, each.id))
            return self._holdings

    @property
    def columns(self) -> Columns:
        """What every article can be filtered and counted by."""
        with self._reading:
            if self._columns is None:
                self._read()
            assert self._columns is not None  # noqa: S101
            return self._columns

    def _read(self) -> None:
        titles = {holding.id: holding.title for holding in self.holdings}
        rows = list[tuple[object, ...]]()
        for each in self._collection.each_record(ARTICLE):
            *article, _, source, date, _ = json.loads(each["payload"])
            document_id, number, title, _, _, _, byline, day, page, _, _, publication, edition = article
            words = f"{title}\n{titles.get(document_id) or ''}"
            rows.append((source, document_id, number, day or date, publication, edition, byline, page, words))
        ordered = in_order(rows)
        self._titles = [searchable(row[-1]) for row in ordered]
        records = sum(holding.record is not None for holding in self.holdings)
        files = len({holding.path for holding in self.holdings})
        self._columns = columns_of([row[:-1] for row in ordered], files, records)

    def summaries(self, after: tuple[str, str] | None, limit: int) -> tuple[DocumentSummary, ...]:
        """Return the first ``limit`` documents after the one of a source and an id, ordered by source and id."""
        start = bisect_right(self.holdings, after, key=lambda each: (each.source, each.id)) if after else 0
        return tuple(holding.summary for holding in self.holdings[start : start + limit])

    def titles_where(self, words: str) -> Mask:
        """Return which of the articles have a title with ``words`` in it."""
        wanted, count = searchable(words), len(self.columns)
        return np.fromiter((wanted in title for title in self._titles), np.bool_, count)

    def having(self, tokens: Several[str]) -> Having:
        """Return the articles that have all of some tokens in one chunk."""
        best = dict[int, float]()
        for row, score in self._with_all(tokens, "").values():
            place = self.columns.place(unwritten(row["document"]), int(row["article"]))
            best[place] = max(score, best.get(place, 0.0))
        places = np.array(sorted(best), np.int64)
        return Having(places, np.array([best[place] for place in sorted(best)], np.float64))

    def passage(self, place: int, tokens: Several[str] = ()) -> Chunk | None:
        """Return the best chunk of an article by some tokens, all of which it has, or its first without any."""
        document_id, number = self.columns.article(place)
        where = f'document == "{written(document_id)}" and article == {number}'
        if tokens:
            found = self._with_all(tokens, f" and {where}", among_few=True)
            key = min(found, key=lambda key: (-found[key][1], key), default=None)
        else:
            keys = [row[KEY] for row in self._collection.passages_where(where, ())]
            key = min(keys, default=None)
        if key is None:
            return None
        return self._collection.chunk(self._collection.passages_where(one_of(KEY, [key]), PASSAGE)[0])

    def _with_all(self, tokens: Several[str], where: str, *, among_few: bool = False) -> dict[str, tuple[Row, float]]:
        """Return the passages that have all tokens, by key, each with its BM25 score."""
        if not self._collection.lexical:
            return {}
        common = self._frequencies(tokens)
        found: dict[str, tuple[Row, float]] | None = None
        for token in sorted(set(tokens), key=lambda token: common.of[token]):
            having = common.of[token]
            if not having:
                return {}
            question = {number_of(token): rarity(having, common.chunks)}
            if found is None or (having <= _FULL and not among_few):
                parts = [""] if among_few else _parts(having)
            else:
                parts = [f" and {one_of(KEY, batch)}" for batch in batched(found, AT_ONCE)]
            now = dict[str, tuple[Row, float]]()
            for part in parts:
                for row, score in self._collection.nearest("sparse", question, MOST, where + part, _NAMES):
                    if score > 0 and (found is None or row[KEY] in found):
                        before = 0.0 if found is None else found[row[KEY]][1]
                        now[row[KEY]] = row, before + score
            if not now:
                return {}
            found = now
        return found or {}


_NAMES: Final = (KEY, "document", "article")


def _parts(count: int) -> list[str]:
    """Return conditions that part keys into so many that a search for each finds all of it."""
    length = 0
    while count / len(_DIGITS) ** length > _FULL:
        length += 1
    if not length:
        return [""]
    starts = [f"{number:0{length}x}" for number in range(len(_DIGITS) ** length)]
    return [f' and {KEY} >= "{start}" and {KEY} < "{start}g"' for start in starts]

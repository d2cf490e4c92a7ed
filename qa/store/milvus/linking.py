"""Near-duplicates, and articles that continue on another page, found when a generation is written."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Final

from qa.store import twins
from qa.store.jumps import Half, article_id, match_halves
from qa.store.milvus.client import AT_ONCE, batched, one_of
from qa.store.milvus.collection import Collection
from qa.store.milvus.expressions import written
from qa.store.milvus.rows import ARTICLE, LINK, STORY, article_name, article_of
from qa.store.milvus.schema import BANDS, KEY, PASSAGE, SINCE, Row
from qa.store.milvus.state import record
from qa.types import ArticleId

COMPARED: Final = 3
"""Passages that one is compared with for each band that they share."""
_JUMPS: Final = f'kind == "{ARTICLE}" and other >= "jumps" and other < "jumpt"'


class Linking:
    """What a writer has found so far; ``view`` is what is there for it."""

    def __init__(self, view: Collection) -> None:
        self._view = view
        self._pairs: list[tuple[str, str]] = []
        self._days, self._documents = set[str](), set[str]()

    def note(self, rows: Iterable[Row]) -> None:
        """Take down which articles come or go that have a jump line.

        One more or one less can make another's continuation uncertain, or certain.
        """
        for row in rows:
            mark, _, day = row["other"].partition(" ")
            if row["kind"] == ARTICLE and mark == "jumps":
                self._days.add(day) if day else self._documents.add(row["document"])

    def compare(self, rows: Sequence[Row], texts: Sequence[str]) -> None:
        """Find what passages that are about to be written have near-duplicates of, there and among themselves."""
        sketched = [(row, text) for row, text in zip(rows, texts, strict=True) if any(row[band] for band in BANDS)]
        if not sketched:
            return
        sharing = self._sharing([row for row, _ in sketched])
        others = {key for keys in sharing.values() for key in keys}
        found = dict[str, str]()
        for batch in batched(sorted(others), AT_ONCE):
            there = self._view.passages_where(one_of(KEY, batch), PASSAGE)
            found |= {row[KEY]: self._view.chunk(row).text for row in there}
        for row, text in sketched:
            alike = dict.fromkeys(
                key for band in BANDS for key in sharing[band, row[band]][:COMPARED] if key in found and key != row[KEY]
            )
            self._pairs += [(row[KEY], key) for key in alike if twins.same_sentences(text, found[key])]
            found[row[KEY]] = text
            for band in BANDS:
                sharing[band, row[band]].append(row[KEY])

    def _sharing(self, rows: Sequence[Row]) -> defaultdict[tuple[str, int], list[str]]:
        """Return the keys of the passages that are there by the bands that they share with some of ``rows``."""
        conditions = [f"{band} in {sorted({row[band] for row in rows})}" for band in BANDS]
        found = defaultdict[tuple[str, int], list[str]](list)
        wanted = {(band, row[band]) for row in rows for band in BANDS}
        for row in sorted(
            self._view.passages_where(f"({' or '.join(conditions)})", BANDS), key=lambda row: str(row[KEY])
        ):
            for band in BANDS:
                if (band, row[band]) in wanted and len(found[band, row[band]]) < COMPARED:
                    found[band, row[band]].append(row[KEY])
        return found

    def stories(self) -> tuple[list[Row], list[str]]:
        """Return the records of stories to write, and the names of the passages whose record they replace."""
        if not self._pairs:
            return [], []
        _, known = self._view.links_and_stories((), sorted({key for pair in self._pairs for key in pair}))
        known |= {key: story for story in set(known.values()) for key in self._view.members(story)}
        grouped = twins.group_stories(self._pairs, known)
        changed = {key: story for key, story in grouped.items() if known.get(key) != story}
        generation = self._view.generation
        rows = [
            record(f"{STORY}/{key}@{generation}", STORY, "", name=key, other=story, **{SINCE: generation})
            for key, story in sorted(changed.items())
        ]
        return rows, [key for key in changed if key in known]

    def continuations(self) -> tuple[list[Row], list[str]]:
        """Return the records of continued articles to write, and the names of the articles whose record goes."""
        new, gone = list[Row](), list[str]()
        for day in sorted(self._days):
            halves = self._halves(f'{_JUMPS} and other == "jumps {day}"')
            self._link({article_id(half.article) for half in halves}, halves, new, gone)
        for document in sorted(self._documents):
            halves = self._halves(f'{_JUMPS} and document == "{document}"')
            self._link({article_id(half.article) for half in halves if not half.article.date}, halves, new, gone)
        return new, gone

    def _halves(self, where: str) -> list[Half]:
        return [Half(article_of(row), str(json.loads(row["payload"])[-4])) for row in self._view.records_where(where)]

    def _link(self, tails: set[ArticleId], halves: Sequence[Half], new: list[Row], gone: list[str]) -> None:
        found = {article_id(tail): article_id(head) for head, tail in match_halves(halves)}
        before, _ = self._view.links_and_stories(tails, ())
        generation = self._view.generation
        for tail in sorted(tails):
            if found.get(tail) == before.get(tail):
                continue
            if tail in before:
                gone.append(article_name(tail))
            if tail in found:
                name, head = article_name(tail), found[tail]
                fields = {"name": name, "document": written(tail[0]), "other": written(head[0]), SINCE: generation}
                new.append(
                    record(
                        f"{LINK}/{sha256(name.encode()).hexdigest()[:32]}@{generation}", LINK, [tail, head], **fields
                    )
                )

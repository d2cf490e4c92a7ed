"""What no generation needs that anyone may still read."""

import time
from typing import Final

from qa.store.milvus.client import AT_ONCE, batched, one_of
from qa.store.milvus.collection import Collection
from qa.store.milvus.rows import DOCUMENT, STORY, holding_of
from qa.store.milvus.schema import KEY, UNTIL
from qa.store.milvus.state import Current, write_current

KEPT: Final = 600.0
"""Seconds for which a generation can be read after the next one was published."""


def sweep(view: Collection, current: Current) -> None:
    """Remove the rows, originals and files that only generations had which are over for long enough."""
    over = [generation for generation, published in current.published if published < time.time() - KEPT]
    if not over:
        return
    last = max(over)
    where = f"{UNTIL} <= {last}"
    for rows in batched(view.server.each(view.records, where, ("kind", "payload"), "Strong"), AT_ONCE):
        holdings = [holding_of(row) for row in rows if row["kind"] == DOCUMENT]
        there = {holding.version for holding in view.holdings(holding.id for holding in holdings).values()}
        view.originals.drop(holding.version for holding in holdings if holding.version not in there)
        view.server.delete(view.records, [row[KEY] for row in rows])
    for rows in batched(view.server.each(view.passages, where, (), "Strong"), AT_ONCE):
        keys = [row[KEY] for row in rows]
        told = view.server.query(view.records, f'kind == "{STORY}" and {one_of("name", keys)}', [KEY], "Strong")
        view.server.delete(view.records, [row[KEY] for row in told])
        view.server.delete(view.passages, keys)
    for name, generation in current.replaced:
        if generation <= last:
            view.originals.remove(name)
    published = tuple(pair for pair in current.published if pair[0] > last)
    replaced = tuple(pair for pair in current.replaced if pair[1] > last)
    write_current(view.server, view.passages, current.after(published=published, replaced=replaced))

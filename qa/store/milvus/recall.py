"""How much of what is nearest the graph of a server finds, against comparing every vector."""

import json
from collections.abc import Sequence
from itertools import islice
from typing import Final

import numpy as np

from embeddings.encoder import Encoder, Vectors
from qa.addresses import MilvusAddress
from qa.store.milvus.client import AT_ONCE, batched, server_at
from qa.store.milvus.collection import Collection, fresh_at_first
from qa.store.milvus.expressions import passing
from qa.store.milvus.originals import Originals
from qa.store.milvus.rows import ARTICLE
from qa.store.milvus.schema import KEY
from qa.store.milvus.state import GRAPH, require_current, require_fitting
from qa.store.protocol import VectorSearch
from qa.types import EVERYTHING, Filters

NEAREST: Final = 10
POOL: Final = 50
"""Passages that are asked for, as many as a question does; the nearest of them are compared with what is nearest."""
QUERIES: Final = 100
"""Headlines that recall is measured with, encoded as questions are."""
_TITLE: Final = 2
"""The place of the title in an article's record."""
_ALIKE: Final = 1e-6
"""Of passages whose cosines differ by less, one is as good as another."""


def measured_search(address: MilvusAddress, encoder: Encoder) -> VectorSearch:
    """Return the kind of search and its recall@10, by the headlines of some articles; reads all vectors.

    Raises what ``qa.store.open_index`` raises.
    """
    collection = _collection(address, encoder)
    articles = islice(collection.each_record(ARTICLE), QUERIES)  # ordered by hashes: any of them
    titles = [str(json.loads(row["payload"])[_TITLE]) for row in articles]
    queries = encoder.encode(titles, "query") if titles else np.zeros((0, encoder.dimension), np.float32)
    recalls = recall(collection, queries)
    return VectorSearch(GRAPH, round(float(np.mean(recalls)), 4) if recalls else None)


def measured_recall(
    address: MilvusAddress, encoder: Encoder, questions: Sequence[str], filters: Filters = EVERYTHING
) -> list[float]:
    """Return the recall@10 of each question among the passages that pass; those with none are left out."""
    return recall(_collection(address, encoder), encoder.encode(questions, "query"), passing(filters))


def recall(collection: Collection, queries: Vectors, where: str = "") -> list[float]:
    """Return for each query which share of the 10 nearest passages, of those of a condition, is found.

    *Shape:* ``queries`` is ``(m, dimension)``.
    """
    nearest = np.full((len(queries), NEAREST), -np.inf, np.float32)
    condition = where.removeprefix(" and ")
    for rows in batched(collection.each_passage(condition, ("dense",)), AT_ONCE) if len(queries) else ():
        cosines = queries @ np.array([row["dense"] for row in rows], np.float32).T
        nearest = -np.sort(-np.hstack([nearest, cosines]), axis=1)[:, :NEAREST]
    found = list[float]()
    for query, best in zip(queries, nearest, strict=True):
        wanted = best[np.isfinite(best)]
        if not len(wanted):
            continue
        rows = [row["dense"] for row in collection.nearest_dense(query, POOL, where, (KEY,))]
        cosines = np.array(rows, np.float32).reshape(-1, len(query)) @ query
        found.append(min(len(wanted), int(np.sum(cosines >= wanted[-1] - _ALIKE))) / len(wanted))
    return found


def _collection(address: MilvusAddress, encoder: Encoder) -> Collection:
    server = server_at(address)
    passages, current = require_current(server)
    require_fitting(address, current, encoder, None)
    originals = Originals(address.objects or current.objects, address)
    return Collection(server, passages, current.generation, originals, fresh_at_first())

"""The two collections of a generation of collections: passages, with their vectors, and records, which have none."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from pymilvus import CollectionSchema, DataType, MilvusClient
from pymilvus.milvus_client.index import IndexParams

Row = dict[str, Any]
Consistency = Literal["Strong", "Bounded"]
"""Whether a read waits for all that was written before it, or may miss the last seconds."""

KEY: Final = "key"
SINCE, UNTIL, FOREVER = "since", "until", 1 << 53
"""A row is visible to the generations from ``since`` on, and before ``until``."""
LONGEST: Final = 65535
"""Bytes of a field of text."""
FITS: Final = 60_000
"""Bytes of what is written into one: what is longer is cut, or is looked up in the original."""
BANDS: Final = tuple(f"band{number}" for number in range(8))
WORDS: Final = ("source", "title", "byline", "publication", "edition")
"""What filters look for words in; see ``qa.store.milvus.expressions``."""
FILTERED: Final = ("date", *WORDS, "page")
PASSAGE: Final = ("chunk", "document", "article", "payload")
"""What a passage is made of."""
RECORD: Final = ("kind", "name", "document", "other", "path", "payload")
ANCHOR: Final = "anchor"
"""A vector that means nothing: a collection has to have one."""

_INDEX: Final[Mapping[str, int]] = {"M": 24, "efConstruction": 240}
_LOOKED_UP: Final = {
    "passages": ("date", "page", "chunk", "document", "embedded", *BANDS),
    "records": ("name", "document", "other", "path"),
}
"""What conditions ask for values or ranges of. No index serves the patterns of ``WORDS``, nor ``since`` and ``until``,
which nearly all rows pass: these are compared row by row."""


def records_of(passages: str) -> str:
    """Return the name of the collection of records that belongs to one of passages."""
    return f"{passages}_records"


def create_passages(client: MilvusClient, name: str, dimension: int, *, sparse: bool, timeout: float) -> None:
    """Make an empty collection of passages, ready to be asked."""
    schema = _begun()
    schema.add_field("dense", DataType.FLOAT_VECTOR, dim=dimension)
    indexes = client.prepare_index_params()
    indexes.add_index("dense", index_type="HNSW", metric_type="IP", params=dict(_INDEX))
    if sparse:
        schema.add_field("sparse", DataType.SPARSE_FLOAT_VECTOR)
        indexes.add_index("sparse", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
        _index(indexes, "passages")
    for field in (*FILTERED, "chunk", "document", "payload", "embedded"):
        schema.add_field(field, DataType.VARCHAR, max_length=LONGEST)
    for field in ("article", "place", *BANDS):
        schema.add_field(field, DataType.INT64)
    _create(client, name, schema, indexes, timeout)


def create_records(client: MilvusClient, name: str, *, sparse: bool, timeout: float) -> None:
    """Make an empty collection of records, ready to be asked."""
    schema = _begun()
    schema.add_field(ANCHOR, DataType.FLOAT_VECTOR, dim=2)
    indexes = client.prepare_index_params()
    indexes.add_index(ANCHOR, index_type="FLAT", metric_type="IP")
    if sparse:
        _index(indexes, "records")
    for field in (*FILTERED, *RECORD):
        schema.add_field(field, DataType.VARCHAR, max_length=LONGEST)
    _create(client, name, schema, indexes, timeout)


def _create(client: MilvusClient, name: str, schema: CollectionSchema, indexes: IndexParams, timeout: float) -> None:
    client.create_collection(name, schema=schema, consistency_level="Bounded", timeout=timeout)
    # The client would look half a second for each whether it is built; of nothing, it is.
    client.create_index(name, indexes, timeout=timeout, sync=False)
    client.load_collection(name, timeout=timeout)


def _index(indexes: IndexParams, collection: str) -> None:
    """Have values looked up, on a server that has sparse vectors: this kind of index came with them, in 2.4."""
    for field in _LOOKED_UP[collection]:
        indexes.add_index(field, index_type="INVERTED")


def _begun() -> CollectionSchema:
    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    schema.add_field(KEY, DataType.VARCHAR, is_primary=True, max_length=1024)
    schema.add_field(SINCE, DataType.INT64)
    schema.add_field(UNTIL, DataType.INT64)
    return schema


def record_fields() -> tuple[str, ...]:
    """Return all fields of a record, as it takes to write it again."""
    return (KEY, SINCE, UNTIL, ANCHOR, *FILTERED, *RECORD)


def passage_fields(*, sparse: bool) -> tuple[str, ...]:
    """Return all fields of a passage, as it takes to write it again."""
    vectors = ("dense", "sparse") if sparse else ("dense",)
    return (KEY, SINCE, UNTIL, *vectors, *FILTERED, *PASSAGE, "embedded", "place", *BANDS)

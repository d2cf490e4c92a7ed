"""Vectors of passages that a collection has, by what was encoded."""

from collections.abc import Sequence

import numpy as np

from qa.store.milvus.client import AT_ONCE, Server, batched, one_of
from qa.store.records import VECTOR


def vectors_of(server: Server, passages: str, digests: Sequence[bytes]) -> dict[bytes, bytes]:
    """Return the vectors of texts of which a passage is there, or was, by the digest of what was encoded."""
    found = dict[bytes, bytes]()
    for batch in batched({digest.hex() for digest in digests}, AT_ONCE):
        for row in server.query(passages, one_of("embedded", batch), ["embedded", "dense"], "Strong"):
            found[bytes.fromhex(row["embedded"])] = np.asarray(row["dense"], VECTOR).tobytes()
    return found

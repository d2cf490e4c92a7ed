"""What an archive of so many passages takes: sizes, memory, machines and time, from what was measured.

Each figure says where it is from: measured on this machine now, measured before (``.github/SCALE.md`` says on what), or
computed from these. Nothing here was tried with a billion passages.
"""

import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from qa.bench import passages_of, timed
from qa.errors import InputError
from qa.service import Service, load_only_encoder
from qa.store import Snapshot, read_manifest
from qa.store.manifest import LEXICAL
from qa.store.tokens import tokens

VECTOR_BYTES: Final = 68.0
"""Of a vector of 384 components in the approximate index, its centres not counted: measured on 60,000."""
EXACT_UP_TO: Final = 50_000
ONE_MACHINE: Final = 10_000_000
"""Passages that the embedded store is made for."""
OTHER_STEPS: Final = 1 / 30.6 - 1 / 67.9
"""Seconds of ingestion for a passage beside encoding it, on two cores: measured with 25,000 articles."""
POSTING_BYTES: Final = 8
"""Of one token of one passage in the sparse index of a cluster: a number and a weight."""
USABLE: Final = 0.6
"""Of a node's memory: the rest is for the system, for growing segments, and for what is being compacted."""
_SAMPLE: Final = 128
_GB: Final = 1e9


@dataclass(frozen=True, slots=True)
class Measured:
    """What one passage takes, on average over some: bytes, tokens, and how many are encoded a second."""

    passages: int
    dimension: int
    original_bytes: float
    archive_bytes: float
    lexical_bytes: float
    tokens: float
    encoded_per_second: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What so many passages take; bytes and seconds. ``nodes`` is 1 where the embedded store is enough."""

    passages: int
    vectors_in_memory: float
    vectors_exact: float
    lexical_on_disk: float
    postings_in_memory: float
    originals: float
    embedded: float
    nodes: int
    copies: int
    passages_of_node: int
    encode_seconds: float
    other_seconds: float


def measure(service: Service, rate: float | None = None) -> Measured:
    """Measure with the index of ``service`` and this machine; ``rate`` is taken for passages encoded a second."""
    index = service.settings.index
    if not isinstance(index, Path):
        raise InputError(f"{index}: a plan is made from what an index directory takes: name one with --index")
    manifest = read_manifest(index)
    state = service.opened.state
    count = max(1, state.chunks)
    parts = manifest.parts.items()
    lexical = sum(part.size for name, part in parts if name.startswith(LEXICAL))
    archive = sum(part.size for name, part in parts if name.startswith("archive"))
    texts = passages_of(service, _SAMPLE)
    if rate is None:
        encoder = load_only_encoder(service.settings.encoder)
        encoder.encode(texts[:8], "passage")
        rate = len(texts) / timed(lambda: encoder.encode(texts, "passage"))
    return Measured(
        passages=state.chunks,
        dimension=state.encoder.dimension,
        original_bytes=_original_bytes(service.opened) * state.documents / count,
        archive_bytes=archive / count,
        lexical_bytes=lexical / count,
        tokens=sum(len(set(tokens(text))) for text in texts) / max(1, len(texts)),
        encoded_per_second=rate,
    )


def plan(passages: int, measured: Measured, *, node_bytes: float, copies: int = 2, encoders: int = 1) -> Plan:
    """Return what ``passages`` take, on nodes of so much memory, each passage on ``copies`` of them.

    They are encoded by ``encoders`` machines like the one that was measured.
    """
    exact = 4.0 * measured.dimension
    found_by = vector_bytes(passages, measured.dimension)
    postings = POSTING_BYTES * measured.tokens
    one_machine = passages <= ONE_MACHINE
    of_node = max(1, int(USABLE * node_bytes / (found_by + postings)))
    return Plan(
        passages=passages,
        vectors_in_memory=passages * found_by,
        vectors_exact=passages * exact,
        lexical_on_disk=passages * measured.lexical_bytes,
        postings_in_memory=passages * postings,
        originals=passages * measured.original_bytes,
        embedded=passages * (measured.archive_bytes + measured.lexical_bytes + found_by),
        nodes=1 if one_machine else copies * math.ceil(passages / of_node),
        copies=1 if one_machine else copies,
        passages_of_node=passages if one_machine else of_node,
        encode_seconds=passages / measured.encoded_per_second / encoders,
        other_seconds=passages * OTHER_STEPS / encoders,
    )


def vector_bytes(passages: int, dimension: int) -> float:
    """Return the bytes of a vector in the index that finds it, exact for few, with its share of the centres for many.

    >>> vector_bytes(1_000, 384)
    1544.0
    >>> round(vector_bytes(60_000, 384))
    74
    """
    exact = 4.0 * dimension
    if passages <= EXACT_UP_TO:
        return exact + 8
    bits = dimension / 8
    return bits + (VECTOR_BYTES - 48) + exact * math.isqrt(passages) / passages


def lines(found: Plan, measured: Measured, *, encoders: int = 1) -> Iterator[str]:
    """Yield the plan for people."""
    m = measured
    yield f"passages   {found.passages:,}; figures of one are of the {m.passages:,} in this index, measured now"
    yield (
        f"vectors    {size(found.vectors_in_memory)} in memory, a bit a component (measured), and "
        f"{size(found.vectors_exact)} exact on disk, {4 * m.dimension:,} bytes each"
    )
    yield (
        f"lexical    {size(found.lexical_on_disk)} on disk, {m.lexical_bytes:,.0f} bytes a passage (measured); in a "
        f"cluster {size(found.postings_in_memory)} in memory, {m.tokens:.0f} tokens a passage at {POSTING_BYTES} bytes "
        "(computed)"
    )
    yield f"originals  {size(found.originals)}, {m.original_bytes:,.0f} bytes a passage, not compressed (measured)"
    if found.nodes == 1:
        yield (
            f"machines   1: the embedded store, {size(found.embedded)} of disk, {m.archive_bytes:,.0f} bytes a passage "
            "with exact vectors and originals (measured)"
        )
    else:
        yield (
            f"machines   {found.nodes} nodes, {found.nodes // found.copies} shards of at most "
            f"{found.passages_of_node:,} passages, each on {found.copies} (computed; not tried)"
        )
    yield (
        f"encoding   {duration(found.encode_seconds)} at {m.encoded_per_second:.1f} passages/s on each of {encoders} "
        f"machine{'s' if encoders > 1 else ''}"
    )
    yield (
        f"indexing   {duration(found.other_seconds)} for the other steps of ingestion, {1000 * OTHER_STEPS:.0f} ms a "
        "passage (measured on two cores with 25,000 articles; writing into a cluster was not)"
    )


def to_record(found: Plan, measured: Measured) -> dict[str, object]:
    """Return both as JSON types."""
    return {"measured": asdict(measured), "plan": asdict(found)}


def size(count: float) -> str:
    """Return bytes for people.

    >>> size(74e9), size(1.54e12), size(2e6)
    ('74 GB', '1.5 TB', '2.0 MB')
    """
    for unit, name in ((1e12, "TB"), (_GB, "GB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}" if count < 10 * unit else f"{count / unit:,.0f} {name}"
    return f"{count / 1e6:.1f} MB"


def duration(seconds: float) -> str:
    """Return a time for people.

    >>> duration(90), duration(7200), duration(10 * 86400)
    ('1.5 minutes', '2.0 hours', '10.0 days')
    """
    for unit, name in ((86400, "days"), (3600, "hours")):
        if seconds >= unit:
            return f"{seconds / unit:,.1f} {name}"
    return f"{seconds / 60:,.1f} minutes"


def _original_bytes(opened: Snapshot) -> float:
    """Return the bytes of a document's text, the mean over some from the beginning."""
    found = [len(opened.document(each.id).text.encode()) for each in islice(opened.summaries(None, _SAMPLE), _SAMPLE)]
    return sum(found) / max(1, len(found))

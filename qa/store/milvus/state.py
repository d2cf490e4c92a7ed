"""What is current in a collection: one record, which a publication replaces; and who may write, which another says."""

import json
import os
import socket
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from threading import Event, Thread
from typing import Any, Final

from embeddings.encoder import Encoder
from qa.addresses import MilvusAddress
from qa.errors import GazetteError, IndexCorrupt, IndexDirectoryError, IndexMismatch, IndexMissing
from qa.store.milvus.client import READ, Server
from qa.store.milvus.schema import ANCHOR, FILTERED, FOREVER, KEY, RECORD, SINCE, UNTIL, Row, records_of
from qa.store.protocol import Chunking, EncoderIdentity, State, VectorSearch

FORMAT: Final = 1
"""Raised with every change of the collections, of tokens, or of what is written into either."""
GRAPH: Final = "Milvus HNSW"
STATE, LOCK = "state", "lock"
LEASE: Final = 20.0
"""Seconds after which a writer that was not heard of counts as gone."""
SETTLES: Final = 1.0
"""Seconds that a writer waits before it believes that the lock is its own."""
_WRITING: Final = set[str]()
"""The tokens of this process's writers."""


@dataclass(frozen=True, slots=True)
class Current:
    """A generation of a collection, as its record says; ``frequencies`` are files of counts, the oldest first.

    ``published`` are the times of the last generations, which readers may still have. ``replaced`` are files that one
    of these may still need, each with the generation that does without. ``loose`` counts the rows of passages written
    since the server was last told to build its graph.
    """

    generation: int
    encoder: EncoderIdentity
    chunking: Mapping[str, Any]
    documents: int
    articles: int
    chunks: int
    sparse: bool
    objects: str
    frequencies: tuple[tuple[str, int], ...] = ()
    published: tuple[tuple[int, float], ...] = ()
    replaced: tuple[tuple[str, int], ...] = ()
    loose: int = 0
    format: int = FORMAT

    @property
    def state(self) -> State:
        """What a snapshot says of itself."""
        counts = (self.documents, self.articles, self.chunks)
        return State(self.generation, self.encoder, self.chunking, *counts, VectorSearch(GRAPH, None))

    def after(self, **changes: Any) -> "Current":
        """Return the same with changes."""
        return replace(self, **changes)


def record(key: str, kind: str, payload: object, **fields: Any) -> Row:
    """Return a row of the records' collection, visible for ever unless ``fields`` say otherwise."""
    empty = dict.fromkeys((*FILTERED, *RECORD), "")
    content = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
    return {KEY: key, SINCE: 0, UNTIL: FOREVER, ANCHOR: [1.0, 0.0], **empty, "kind": kind, "payload": content, **fields}


def read_current(server: Server, passages: str, timeout: float = READ) -> Current | None:
    """Return the current generation of a collection, ``None`` before the first; ``IndexCorrupt`` if it makes no sense.

    What a writer that is done has published is seen.
    """
    rows = server.query(records_of(passages), f'{KEY} == "{STATE}"', ["payload"], "Strong", timeout)
    if not rows:
        return None
    try:
        told = json.loads(rows[0]["payload"])
        if told["format"] != FORMAT:
            raise IndexMismatch(
                f"{server.address}: format {told['format']}, and this version reads {FORMAT}: ingest into a new "
                "collection"
            )
        for name in ("frequencies", "published", "replaced"):
            told[name] = tuple(tuple(pair) for pair in told[name])
        return Current(**told | {"encoder": EncoderIdentity(**told["encoder"])})
    except (ValueError, TypeError, KeyError) as error:
        raise IndexCorrupt(f"{server.address}: what it says of itself cannot be read ({error})") from error


def write_current(server: Server, passages: str, current: Current) -> None:
    """Make a generation the current one."""
    server.upsert(records_of(passages), [record(STATE, STATE, asdict(current))])


def require_current(server: Server, timeout: float = READ) -> tuple[str, Current]:
    """Return the collection of passages behind an address with its generation; ``IndexMissing`` if there is none."""
    address = server.address
    passages = server.resolved(address.collection, timeout)
    if passages == address.collection:
        raise IndexMismatch(f"{address}: a collection of this name was made by something else: choose another name")
    current = read_current(server, passages, timeout) if passages else None
    if passages is None or current is None:
        raise IndexMissing(f"{address}: there is no index; make one with gazette ingest FOLDER --index {address}")
    return passages, current


def require_fitting(address: MilvusAddress, current: Current, encoder: Encoder, chunking: Chunking | None) -> None:
    """Raise ``IndexMismatch`` unless a generation is of an encoder, of a chunking, and has vectors as are asked for."""
    way_out = "name it, or ingest into another collection"
    if current.encoder.fingerprint != encoder.fingerprint or current.encoder.dimension != encoder.dimension:
        raise IndexMismatch(
            f"{address}: made with the encoder {current.encoder.name} ({current.encoder.fingerprint[:12]}), not "
            f"{encoder.name} ({encoder.fingerprint[:12]}): name it, or change it with gazette reencode"
        )
    if chunking is not None and dict(current.chunking) != dict(chunking):
        raise IndexMismatch(
            f"{address}: articles were cut by other rules ({dict(current.chunking)}, now {dict(chunking)}): ingest "
            "into another collection"
        )
    if current.sparse != address.sparse:
        told = "without sparse vectors: add ?sparse=no to the address" if address.sparse else "with sparse vectors"
        raise IndexMismatch(f"{address}: made {told}; {way_out}")


@contextmanager
def writer_lock(server: Server, passages: str) -> Iterator["Lock"]:
    """Be the only writer; ``IndexDirectoryError`` while another one is heard of.

    Milvus has no compare-and-set, so this is Fischer's algorithm (Lamport 1987, *A fast mutual exclusion algorithm*,
    section 2): who finds the lock free writes its name, waits for longer than a write takes, and has it if the name is
    still its own. A writer that is alive renews its name; one that was killed is waited for, unless it ran here.
    """
    lock = Lock(server, records_of(passages))
    _WRITING.add(lock.token)
    try:
        lock.acquire()
        beating = Thread(target=lock.beat, daemon=True)
        beating.start()
        try:
            yield lock
        finally:
            lock.done.set()
            beating.join()
            lock.release()
    finally:
        _WRITING.discard(lock.token)


class Lock:
    """A writer's name in the collection of records; ``token`` is no other writer's."""

    def __init__(self, server: Server, records: str) -> None:
        self._server, self._records = server, records
        self.token = uuid.uuid4().hex
        self._name = f"{socket.gethostname()}/{os.getpid()}/{self.token}"
        self._beats = 0
        self.done = Event()

    def acquire(self) -> None:
        """Take the lock, if need be after a writer that is gone."""
        while True:
            before = self._holder()
            if before and not _is_gone(before[0]):
                deadline = time.monotonic() + LEASE
                while time.monotonic() < deadline:
                    time.sleep(min(1.0, LEASE / 20))
                    now = self._holder()
                    if now is None:
                        break
                    if now != before:
                        raise IndexDirectoryError(
                            f"{self._server.address}: another process is writing ({now[0].rpartition('/')[0]}); try "
                            "again when it is done"
                        )
            self._write()
            time.sleep(SETTLES)
            if self.held():
                return

    def held(self) -> bool:
        """Whether the lock is this writer's."""
        holder = self._holder()
        return holder is not None and holder[0] == self._name

    def require(self) -> None:
        """Raise ``IndexDirectoryError`` if another writer has taken over meanwhile, to which this one seemed gone."""
        if not self.held():
            raise IndexDirectoryError(f"{self._server.address}: another process took over as writer; run it again")

    def beat(self) -> None:
        """Renew the name until done."""
        while not self.done.wait(LEASE / 5):
            try:
                if self.held():
                    self._write()
            except GazetteError:  # the writer itself will be told
                continue

    def release(self) -> None:
        """Let go; where the server does not answer, time will do it."""
        try:
            if self.held():
                self._server.delete(self._records, [LOCK])
        except GazetteError:
            return

    def _write(self) -> None:
        self._beats += 1
        self._server.upsert(self._records, [record(LOCK, LOCK, {"writer": self._name, "beat": self._beats})])

    def _holder(self) -> tuple[str, int] | None:
        rows = self._server.query(self._records, f'{KEY} == "{LOCK}"', ["payload"], "Strong")
        if not rows:
            return None
        told = json.loads(rows[0]["payload"])
        return str(told["writer"]), int(told["beat"])


def _is_gone(name: str) -> bool:
    """Whether a writer ran on this machine, and does no longer."""
    host, pid, token = name.split("/")
    if host != socket.gethostname():
        return False
    if int(pid) == os.getpid():
        return token not in _WRITING
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False

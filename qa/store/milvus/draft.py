"""The next generation of a collection, written beside the current one and published by one record.

What is written is visible from the next generation on, what goes is visible until then, and readers of the current
generation see neither. A writer that is killed leaves rows of a generation that never came: the next writer begins by
taking back both.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from typing import Final

from pymilvus import MilvusClient, MilvusException

from embeddings.encoder import Encoder
from qa.addresses import MilvusAddress
from qa.config import default_objects, local_folder
from qa.errors import IndexDirectoryError, IndexMissing
from qa.store.changes import require_whole
from qa.store.manifest import ENCODED
from qa.store.milvus import sparse
from qa.store.milvus.client import AT_ONCE, WRITE, Server, batched, one_of, server_at
from qa.store.milvus.collection import Collection, fresh_at_first
from qa.store.milvus.expressions import written
from qa.store.milvus.frequencies import Part, read_parts, staying
from qa.store.milvus.linking import Linking
from qa.store.milvus.originals import Originals, version_of
from qa.store.milvus.rows import ARTICLE, DOCUMENT, LINK, STORY, owner, owner_of, passage_row, records_of_entry
from qa.store.milvus.schema import (
    FOREVER,
    KEY,
    SINCE,
    UNTIL,
    Row,
    create_passages,
    create_records,
    passage_fields,
    record_fields,
    records_of,
)
from qa.store.milvus.state import (
    FORMAT,
    Current,
    Lock,
    read_current,
    require_current,
    require_fitting,
    write_current,
    writer_lock,
)
from qa.store.milvus.sweeping import sweep
from qa.store.milvus.vectors import vectors_of
from qa.store.passages import PassageVectors
from qa.store.protocol import Chunking, EncoderIdentity, Prepared, State
from qa.types import Progress

ENCODE_AT_ONCE: Final = 256
"""Passages given to the encoder, and written, together."""
LOOSE: Final = 2000
"""Rows of passages that may be in no graph when readers see some of them. A server compares so many one by one; of more
than about 4,000 it looks through an eighth, whatever a request says, and it builds no graph of fewer than 1,024."""
CREATED: Final = 15.0
"""Seconds in which another writer that makes the collections has made them."""


@contextmanager
def open_draft(
    address: MilvusAddress, encoder: Encoder, chunking: Chunking, *, must_exist: bool
) -> Iterator["MilvusDraft"]:
    """Begin the next generation as the only writer. Raises what ``qa.store.update`` does."""
    server = server_at(address)
    passages = server.resolved(address.collection)
    if passages is not None:
        require_current(server)
    elif must_exist:
        raise IndexMissing(f"{address}: there is no index any more")
    else:
        passages = begin_collection(server, encoder)
    with drafted(server, passages, encoder, chunking) as draft:
        yield draft


def begin_collection(server: Server, encoder: Encoder) -> str:
    """Return the name of the collection for passages of an encoder; it is made, unless it is there.

    Passages of another encoder would be in another collection, whatever else happens.
    """
    made_for = f"{FORMAT}/{server.address.sparse}/{encoder.fingerprint}/{encoder.dimension}"
    passages = f"{server.address.collection}_{sha256(made_for.encode()).hexdigest()[:12]}"
    _create(server, passages, encoder.dimension)
    return passages


@contextmanager
def drafted(
    server: Server, passages: str, encoder: Encoder, chunking: Chunking, *, after: int = 0
) -> Iterator["MilvusDraft"]:
    """Begin the next generation of a collection; see ``open_draft``, and for ``after`` ``MilvusDraft``."""
    with writer_lock(server, passages) as lock:
        if not after:
            require_led_to(server, passages)
        current = read_current(server, passages)
        if current is not None:
            require_fitting(server.address, current, encoder, chunking)
        folder = local_folder(server.address)
        folder.mkdir(parents=True, exist_ok=True)
        with PassageVectors(folder / ENCODED, encoder, partial(vectors_of, server, passages)) as vectors:
            yield MilvusDraft(server, passages, current, lock, vectors, chunking, after)


def require_led_to(server: Server, passages: str) -> None:
    """Raise ``IndexDirectoryError`` if the address leads to another collection than it did before the lock was ours."""
    if server.resolved(server.address.collection) not in (None, passages):
        raise IndexDirectoryError(f"{server.address}: has got another encoder meanwhile; run it again")


class MilvusDraft:
    """The ``Draft`` of a collection; ``encoded`` counts the texts that the encoder was given.

    With ``after``, the address leads to another collection of that generation, and to this one once the draft is
    published, as a later generation.
    """

    def __init__(
        self,
        server: Server,
        passages: str,
        current: Current | None,
        lock: Lock,
        vectors: PassageVectors,
        chunking: Chunking,
        after: int = 0,
    ) -> None:
        self._server, self._passages, self._records = server, passages, records_of(passages)
        self._after = after
        self._current, self._lock, self._vectors, self._chunking = current, lock, vectors, chunking
        place = server.address.objects or (current.objects if current else default_objects(server.address))
        self._originals = Originals(place, server.address)
        last = current.generation if current else 0
        self.generation = max(last, after) + 1
        # What is there for this writer: what no draft, and that is only this one, has dropped.
        self._view = Collection(server, passages, self.generation, self._originals, lambda: "Strong")
        # What was there before this draft, and nobody changes: a document that a late read misses is written again.
        self._before = Collection(server, passages, last, self._originals, fresh_at_first())
        self._linking = Linking(self._view)
        self._waiting: dict[str, Prepared] = {}
        self._owned, self._linked_keys = set[str](), set[str]()
        self._tokens, self._counts = Counter[int](), Counter[str]()
        self._loose = (current.loose if current else 0) + _take_back(server, passages, last)
        self._seen = self._loose > 0  # whether readers may see some of these

    @property
    def encoded(self) -> int:
        """How many texts had to be encoded."""
        return self._vectors.encoded

    @property
    def current(self) -> State | None:
        """What the address leads to, if it can be left so; that its parts are whole is the server's to see to."""
        return self._current.state if self._current and not self._after else None

    def digests(self, ids: Iterable[str]) -> Mapping[str, bytes]:
        """Return the digest of each document that the current generation has, by id."""
        if self._current is None:
            return {}
        return {name: bytes.fromhex(holding.digest) for name, holding in self._before.holdings(ids).items()}

    def put(self, prepared: Prepared) -> None:
        """Add a document, in place of the one of that id; ``ValueError`` for parts that do not belong together.

        It is written with those that come next, as soon as they have enough passages.
        """
        require_whole(prepared.entry)
        if prepared.entry[0].id in self._waiting:
            self._write()
        self._waiting[prepared.entry[0].id] = prepared
        if sum(len(each.entry[2]) for each in self._waiting.values()) >= ENCODE_AT_ONCE:
            self._write()

    def drop(self, ids: Iterable[str]) -> int:
        """Remove documents with all that is of them; return how many there were."""
        self._write()
        return self._dropped(ids)

    def publish(self, progress: Progress = lambda done, total: None) -> State:
        """Make the draft the current generation, with links between what belongs together."""
        self._write()
        written_now = self._counts["written"]
        self._linked(STORY, *self._linking.stories())
        self._linked(LINK, *self._linking.continuations())
        frequencies, replaced = self._write_frequencies()
        before = self._current
        counts = {
            name: (getattr(before, name) if before else 0) + self._counts[name]
            for name in ("documents", "articles", "chunks")
        }
        current = Current(
            generation=self.generation,
            encoder=EncoderIdentity.of(self._vectors.encoder),
            chunking=dict(self._chunking),
            sparse=self._server.address.sparse,
            objects=self._originals.place,
            frequencies=frequencies,
            published=(*(before.published if before else ()), (self.generation, time.time())),
            replaced=(*(before.replaced if before else ()), *replaced),
            loose=self._loose if self._loose < LOOSE else 0,
            **counts,
        )
        self._remove_strangers()
        if self._loose >= LOOSE:
            self._server.seal(self._passages)  # before anyone sees what would be found badly until then
        self._lock.require()
        write_current(self._server, self._passages, current)
        if before is None or self._after:
            _name(self._server, self._passages)
        progress(written_now, written_now)
        self._vectors.discard()
        sweep(self._view, current)
        return current.state

    def _remove_strangers(self) -> None:
        """Remove what a writer that had lost its place, and did not know yet, has written into this generation."""
        for collection in (self._records, self._passages):
            there = self._server.each(collection, f"{SINCE} == {self.generation}", (), "Strong")
            strangers = (
                row[KEY] for row in there if row[KEY] not in self._linked_keys and owner_of(row) not in self._owned
            )
            self._server.delete(collection, list(strangers))

    def _write(self) -> None:
        """Write the documents that wait."""
        waiting, self._waiting = list(self._waiting.values()), {}
        if not waiting:
            return
        self._lock.require()
        self._require_free(waiting)
        self._dropped([prepared.entry[0].id for prepared in waiting])
        for prepared in waiting:
            document, articles, chunks = prepared.entry
            self._originals.put(version_of(document.id, prepared.digest), prepared.entry)
            self._owned.add(owner(document.id, prepared.digest.hex()))
            self._counts.update(documents=1, articles=len(articles), chunks=len(chunks), written=len(chunks))
        records = [row for prepared in waiting for row in records_of_entry(prepared, self.generation)]
        self._linking.note(records)
        self._server.upsert(self._records, records)
        places = [(prepared, place) for prepared in waiting for place in range(len(prepared.entry[2]))]
        places.sort(key=lambda each: len(each[0].entry[2][each[1]].embedded))  # of like length, they are padded least
        for batch in batched(places, ENCODE_AT_ONCE):
            self._write_passages(batch)

    def _write_passages(self, places: Sequence[tuple[Prepared, int]]) -> None:
        chunks = [prepared.entry[2][place] for prepared, place in places]
        vectors = self._vectors([chunk.embedded for chunk in chunks])
        lexical = self._view.lexical
        rows = [
            passage_row(prepared, place, vector, self.generation, lexical=lexical)
            for (prepared, place), vector in zip(places, vectors, strict=True)
        ]
        self._linking.compare(rows, [chunk.text for chunk in chunks])
        self._tokens.update(sparse.numbers_of(chunk.embedded for chunk in chunks))
        self._upsert_passages(rows)

    def _upsert_passages(self, rows: Sequence[Row]) -> None:
        """Write rows of passages; before they are too many, what readers see of those in no graph is put into one."""
        self._server.upsert(self._passages, rows)
        self._loose += len(rows)
        if self._seen and self._loose >= LOOSE:
            self._server.seal(self._passages)
            self._seen, self._loose = False, 0

    def _require_free(self, waiting: Sequence[Prepared]) -> None:
        """Raise ``ValueError`` if a chunk's id is another document's, of those that stay or come."""
        owners = dict[str, str]()
        taken = "document {} ({}): its id or a chunk's is taken: by document {}"
        for prepared in waiting:
            document, _, chunks = prepared.entry
            for chunk in chunks:
                other = owners.setdefault(chunk.id, document.id)
                if other != document.id:
                    raise ValueError(taken.format(document.id, document.source, other))
        sources = {prepared.entry[0].id: prepared.entry[0].source for prepared in waiting}
        theirs = {(written(chunk), written(document)): (chunk, document) for chunk, document in owners.items()}
        by_chunk = dict(theirs.keys())
        for batch in batched(by_chunk, AT_ONCE):
            for row in self._view.passages_where(one_of("chunk", batch), ("chunk", "document")):
                if row["document"] != by_chunk[row["chunk"]]:
                    _, ours = theirs[row["chunk"], by_chunk[row["chunk"]]]
                    raise ValueError(taken.format(ours, sources[ours], row["document"]))

    def _dropped(self, ids: Iterable[str]) -> int:
        dropped = 0
        for batch in batched(ids, AT_ONCE):
            where = f"{self._view.visible} and {one_of('document', map(written, batch))}"
            records = list(self._server.each(self._records, where, record_fields(), "Strong"))
            kinds = Counter(row["kind"] for row in records)
            if not kinds[DOCUMENT]:
                continue
            dropped += kinds[DOCUMENT]
            self._linking.note(records)
            fields = passage_fields(sparse=self._view.lexical)
            passages = self._server.each(self._passages, where, fields, "Strong", AT_ONCE)
            gone = 0
            for rows in batched(passages, AT_ONCE):
                gone += len(rows)
                self._tokens.subtract(sparse.numbers_of(self._view.chunk(row).embedded for row in rows))
                self._retire(self._passages, rows)
            self._retire(self._records, records)
            self._counts.subtract({"documents": kinds[DOCUMENT], "articles": kinds[ARTICLE], "chunks": gone})
        return dropped

    def _linked(self, kind: str, new: Sequence[Row], replaced: Sequence[str]) -> None:
        """Write links of a kind, and let go those of the names that have another or none from now on."""
        for batch in batched(replaced, AT_ONCE):
            where = f'{self._view.visible} and kind == "{kind}" and {one_of("name", batch)}'
            self._retire(self._records, self._server.query(self._records, where, record_fields(), "Strong"))
        self._linked_keys.update(row[KEY] for row in new)
        self._server.upsert(self._records, new)

    def _retire(self, collection: str, rows: Sequence[Row]) -> None:
        """Let rows go with this generation; those that only it has, at once."""
        self._server.delete(collection, [row[KEY] for row in rows if row[SINCE] == self.generation])
        going = [row | {UNTIL: self.generation} for row in rows if row[SINCE] < self.generation]
        if collection == self._passages:
            self._seen = self._seen or bool(going)  # by those of the current generation
            self._upsert_passages(going)
        else:
            self._server.upsert(collection, going)

    def _write_frequencies(self) -> tuple[tuple[tuple[str, int], ...], list[tuple[str, int]]]:
        """Write how many passages more have each token; return all files now, and those that are replaced."""
        before = self._current.frequencies if self._current else ()
        part = Part.of(self._tokens)
        if not len(part):
            return before, []
        stay = staying([length for _, length in before], len(part))
        merged = before[stay:]
        whole = Part.sum([*read_parts(self._originals, [name for name, _ in merged]), part])
        name = f"frequencies/{self._passages}/{self.generation:08}-{self._lock.token}.npz"
        self._originals.write(name, whole.packed())
        return (*before[:stay], (name, len(whole))), [(gone, self.generation) for gone, _ in merged]


def _take_back(server: Server, passages: str, generation: int) -> int:
    """Undo what a writer did to rows, which never published it; return how many passages are in no graph by that."""
    loose = 0
    for collection, fields in (
        (passages, passage_fields(sparse=server.address.sparse)),
        (records_of(passages), record_fields()),
    ):
        unpublished = [row[KEY] for row in server.each(collection, f"{SINCE} > {generation}", (), "Strong")]
        server.delete(collection, unpublished)
        loose += len(unpublished) if collection == passages else 0
        where = f"{UNTIL} > {generation} and {UNTIL} < {FOREVER}"
        for rows in batched(server.each(collection, where, fields, "Strong", AT_ONCE), AT_ONCE):
            server.upsert(collection, [row | {UNTIL: FOREVER} for row in rows])
            loose += len(rows) if collection == passages else 0
    return loose


def _create(server: Server, passages: str, dimension: int) -> None:
    def create(client: MilvusClient) -> None:
        records, lexical = records_of(passages), server.address.sparse
        _make(client, records, partial(create_records, client, records, sparse=lexical, timeout=WRITE))
        _make(client, passages, partial(create_passages, client, passages, dimension, sparse=lexical, timeout=WRITE))

    server.ask(create)


def _make(client: MilvusClient, name: str, create: Callable[[], None]) -> None:
    """Make a collection, unless it is there, or another writer is making it at the same time."""
    deadline = time.monotonic() + CREATED
    while True:
        try:
            if not client.has_collection(name, timeout=WRITE):
                create()
            client.load_collection(name, timeout=WRITE)
        except MilvusException:
            if time.monotonic() > deadline:
                raise
            time.sleep(CREATED / 50)
        else:
            return


def _name(server: Server, passages: str) -> None:
    """Let the address lead to the collection."""
    alias = server.address.collection
    before = server.resolved(alias)
    if before is None:
        server.ask(lambda client: client.create_alias(passages, alias, timeout=WRITE))
    elif before != passages:
        server.ask(lambda client: client.alter_alias(passages, alias, timeout=WRITE))

"""The next revision of an index directory, written beside the current one and published by its manifest."""

import random
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.index import Rows
from qa.errors import IndexMissing
from qa.store.database import Database
from qa.store.database_writer import DatabaseWriter
from qa.store.files import (
    ensure_folder,
    link_or_copy,
    reporting_write_errors,
    sync_folder,
    sync_tree,
    writer_lock,
)
from qa.store.folder import DRAFT, require_ours, sweep
from qa.store.index import open_database, require_sound
from qa.store.lexical import write_lexical
from qa.store.manifest import (
    ARCHIVE,
    ENCODED,
    LEXICAL,
    NONE,
    Manifest,
    archive_name,
    current_libraries,
    find_damage,
    parts_of,
    read_manifest,
    require_chunking,
    require_encoder,
    vectors_name,
    write_manifest,
)
from qa.store.passages import PassageVectors
from qa.store.protocol import Chunking, EncoderIdentity, Prepared, State, VectorSearch
from qa.store.vectors import parts, write_vectors
from qa.types import Progress

_ENCODE_AT_ONCE = 256
"""Passages given to the encoder together, and what an interrupted update loses at most."""


@contextmanager
def open_draft(
    directory: Path, encoder: Encoder, chunking: Chunking, *, must_exist: bool
) -> Iterator["DirectoryDraft"]:
    """Begin the next revision as the only writer; what is not published by the end of the block is thrown away.

    Raises what ``qa.store.update`` does.
    """
    with reporting_write_errors(directory):
        require_ours(directory)
        with ensure_folder(directory), writer_lock(directory), ExitStack() as stack:
            if must_exist:
                read_manifest(directory)
            previous = _previous(directory, encoder, chunking)
            sweep(directory, previous)
            database = open_database(directory, previous) if previous else None
            if database:
                stack.callback(database.close)
            stack.callback(shutil.rmtree, directory / DRAFT, ignore_errors=True)
            yield DirectoryDraft(directory, previous, database, encoder, chunking, stack)


class DirectoryDraft:
    """The ``Draft`` of an index directory: what it changes makes a segment, and the other files are shared.

    ``encoded`` counts the texts that the encoder was given.
    """

    def __init__(
        self,
        directory: Path,
        previous: Manifest | None,
        database: Database | None,
        encoder: Encoder,
        chunking: Chunking,
        stack: ExitStack,
    ) -> None:
        self._directory, self._previous, self._database = directory, previous, database
        self._encoder, self._chunking, self._stack = encoder, chunking, stack
        self._folder = directory / DRAFT
        self._number = previous.revision + 1 if previous else 1
        self._damage = set[str]()
        self.encoded = 0

    @property
    def current(self) -> State | None:
        """What the current revision holds, if it can be left as it is: if no part is damaged or of another version.

        Where nothing changes is where there is time to look at all of every part that could be made again.
        """
        self._damage = self._damaged(thorough=True)
        return self._previous.state if self._previous and not self._damage else None

    def digests(self, ids: Iterable[str]) -> Mapping[str, bytes]:
        """Return the digest of each document that the current revision has, by id."""
        return self._database.digests(ids) if self._database else {}

    def put(self, prepared: Prepared) -> None:
        """Add a document, in place of the one of that id; ``ValueError`` for parts that do not belong together."""
        self._writer.drop(prepared.entry[0].id)
        self._writer.put(*prepared)

    def drop(self, ids: Iterable[str]) -> int:
        """Remove documents with all that is of them; return how many there were."""
        return sum(self._writer.drop(document_id) for document_id in ids)

    def publish(self, progress: Progress = lambda done, total: None) -> State:
        """Make the draft the current revision, with a vector of each passage and links between what belongs together.

        What is unfinished when this fails is finished by the next update, of which no text is encoded that this one
        has encoded.
        """
        writer = self._writer
        writer.link_twins()
        writer.link_jumps()
        known = self._database.encoded if self._database else _nothing
        with PassageVectors(self._directory / ENCODED, self._encoder, known) as passages:
            try:
                _write_vectors(writer, passages, progress)
            finally:
                self.encoded = passages.encoded
            new = writer.new_rows()
            self._writing.close()
            manifest = self._published(writer, new)
            passages.discard()
        sweep(self._directory, manifest)
        return manifest.state

    @cached_property
    def _writing(self) -> ExitStack:
        return self._stack.enter_context(ExitStack())

    @cached_property
    def _writer(self) -> DatabaseWriter:
        self._folder.mkdir()
        return self._writing.enter_context(DatabaseWriter(self._folder, self._number, self._database))

    def _published(self, writer: DatabaseWriter, new: Rows) -> Manifest:
        previous, folder = self._previous, self._folder
        base = self._directory / previous.folder if previous else None
        for segment in writer.kept:
            link_or_copy(segment.path, folder / segment.path.name)
        search = self._derive(writer, new)
        sync_tree(folder)
        before = (previous.documents, previous.articles, previous.chunks) if previous else (0, 0, 0)
        documents, articles, chunks = (count + more for count, more in zip(before, writer.added, strict=False))
        manifest = Manifest(
            revision=self._number,
            encoder=EncoderIdentity.of(self._encoder),
            chunking=dict(self._chunking),
            documents=documents,
            articles=articles,
            chunks=chunks,
            parts=parts_of(folder, previous.parts if previous else NONE, base),
            libraries=current_libraries(),
            vectors=search,
        )
        folder.rename(self._directory / manifest.folder)
        sync_folder(self._directory)
        write_manifest(self._directory, manifest)
        return manifest

    def _derive(self, writer: DatabaseWriter, new: Rows) -> dict[str, VectorSearch]:
        """Write the parts that are made from the segments, or share those that still fit; return how vectors are found.

        ``new`` are the rows that the lexical index does not have yet.
        """
        damaged = self._damage | self._damaged(thorough=False)
        base = self._directory / self._previous.folder if self._previous else None
        shared = {segment.number for segment in writer.kept if vectors_name(segment.number) not in damaged}
        search = dict[str, VectorSearch]()
        database = Database.opened(self._folder / archive_name(segment.number) for segment in writer.all.segments)
        with ExitStack() as stack:
            stack.callback(database.close)
            for segment in database.segments:
                name = vectors_name(segment.number)
                if self._previous and base and segment.number in shared:
                    link_or_copy(base / name, self._folder / name)
                    search[name] = self._previous.vectors[name]
                else:
                    search[name] = write_vectors(self._folder / name, segment, self._encoder)
            whole = base and not any(name.startswith(f"{LEXICAL}/") for name in damaged)
            rows = new if whole else database.rows()
            texts = (
                (row, chunk.embedded)
                for part in parts(rows)
                for row, chunk in zip(part.tolist(), database.chunks(part.tolist()), strict=True)
            )
            lexical = base / LEXICAL if base and whole else None
            write_lexical(self._folder / LEXICAL, lexical, remove=writer.gone if whole else (), add=texts)
        return search

    def _damaged(self, *, thorough: bool) -> set[str]:
        """Return the names of the parts that have to be made again; ``IndexCorrupt`` if the truth is damaged.

        ``thorough`` looks at all of those that can be.
        """
        previous = self._previous
        if previous is None:
            return set()
        folder = self._directory / previous.folder
        require_sound(self._directory, find_damage(folder, previous.archives, thorough=False))
        derived = {name: part for name, part in previous.parts.items() if not ARCHIVE.fullmatch(name)}
        if previous.libraries != current_libraries():
            return set(derived)
        return set(find_damage(folder, derived, thorough=thorough))


def _previous(directory: Path, encoder: Encoder, chunking: Chunking) -> Manifest | None:
    try:
        manifest = read_manifest(directory)
    except IndexMissing:
        return None
    require_encoder(directory, manifest, encoder)
    require_chunking(directory, manifest, chunking)
    return manifest


def _write_vectors(writer: DatabaseWriter, passages: PassageVectors, progress: Progress) -> None:
    """Encode passages of like length together, which pads them least, in an order that lets the rate foretell the end.

    Long passages take longer: from the shortest to the longest, the time left would grow as the work proceeds.
    """
    rows = writer.unencoded()
    batches = [rows[start : start + _ENCODE_AT_ONCE] for start in range(0, len(rows), _ENCODE_AT_ONCE)]
    random.Random(0).shuffle(batches)  # noqa: S311
    done = 0
    for batch in batches:
        writer.put_vectors(batch, passages(writer.embedded(batch)))
        done += len(batch)
        progress(done, len(rows))


def _nothing(_: Sequence[bytes]) -> dict[bytes, bytes]:
    return {}

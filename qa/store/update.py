"""Writing the next revision of an index directory, beside the current one, and publishing it by its manifest."""

import random
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from embeddings.index import VectorIndex
from qa.errors import IndexCorrupt, IndexDirectoryError, IndexMissing
from qa.store.changes import Changes, Removals
from qa.store.database import Database
from qa.store.database_writer import DatabaseWriter
from qa.store.faults import FAULTS
from qa.store.files import ensure_folder, reporting_write_errors, sync_folder, sync_tree, writer_lock
from qa.store.index import open_database, require_sound
from qa.store.lexical import write_lexical
from qa.store.manifest import (
    DATABASE,
    ENCODED,
    LEXICAL,
    MANIFEST,
    REVISION,
    VECTORS,
    Manifest,
    current_libraries,
    find_damage,
    parts_of,
    read_manifest,
    rebuild_advice,
    require_chunking,
    require_encoder,
    write_manifest,
)
from qa.store.passages import PassageVectors
from qa.store.protocol import Chunking, EncoderIdentity, Entry, VectorSearch
from qa.store.vectors import parts, write_vectors
from qa.types import Chunk, Progress

_ENCODE_AT_ONCE = 256
"""Passages given to the encoder together, and what an interrupted update loses at most."""
_DRAFT = "next"
_FIRST = "revision-000001"

_OURS = re.compile(
    rf"{_DRAFT}|{REVISION.pattern}|{re.escape(ENCODED)}.*|{re.escape(FAULTS)}(?:\.tmp)?|writer\.(?:lock|txt)"
    rf"|{re.escape(MANIFEST)}\.tmp"
)
_PARTS = re.compile(rf"{re.escape(DATABASE)}(?:-journal)?|{LEXICAL}|{re.escape(VECTORS)}(?:\.tmp)?")


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did: numbers of documents, and of the passages that had to be encoded."""

    revision: int
    added: int
    replaced: int
    removed: int
    unchanged: int
    encoded: int


def update(
    directory: Path,
    encoder: Encoder,
    chunking: Chunking,
    *,
    add: Iterable[Entry] = (),
    remove: Removals = (),
    must_exist: bool = False,
    published: Callable[[], None] = lambda: None,
    progress: Progress = lambda done, total: None,
) -> UpdateReport:
    """Add documents, replacing those of the same id whose content is another, and then remove others by id.

    ``add`` is read, and ``remove`` called if it can be, while no other process writes to the index. What is unchanged
    is left as it is, and no text is encoded that the index, or an update that did not finish, has a vector of. Derived
    parts that are damaged or were written by other library versions are made again from the database. Until the last
    step the previous revision is the current one, and snapshots of it stay valid after that. ``published`` is called
    after that step, still as the only writer; ``progress`` with the number of passages encoded so far and the number
    that need a vector.

    Raises ``IndexMissing`` (there is none, and it ``must_exist``), ``IndexMismatch`` (another encoder, format or
    chunking), ``IndexCorrupt`` (manifest or database are damaged), ``IndexUnwritable`` (disk full, or no right to
    write), ``IndexDirectoryError`` (another process is writing) and ``ValueError`` (an entry that does not belong
    together).
    """
    with reporting_write_errors(directory):
        _require_ours(directory)
        with ensure_folder(directory), writer_lock(directory):
            if must_exist:
                read_manifest(directory)
            report = _updated(directory, encoder, chunking, add, remove, progress)
            published()
            return report


def _updated(
    directory: Path,
    encoder: Encoder,
    chunking: Chunking,
    add: Iterable[Entry],
    remove: Removals,
    progress: Progress,
) -> UpdateReport:
    previous = _previous(directory, encoder, chunking)
    _sweep(directory, previous)
    with closing(open_database(directory, previous)) if previous else nullcontext() as database:
        changes = Changes(database.digests() if database else {}, add=add, remove=remove)
        if previous and not changes and _is_sound(directory, previous, thorough=False):
            return UpdateReport(previous.revision, 0, 0, 0, changes.unchanged, 0)
        known = database.encoded if database else _nothing
        try:
            with PassageVectors(directory / ENCODED, encoder, known) as passages:
                gone, search = _write_draft(directory, previous, changes, passages, progress)
                manifest = _publish(directory, previous, EncoderIdentity.of(encoder), chunking, search)
                passages.discard()
        finally:
            shutil.rmtree(directory / _DRAFT, ignore_errors=True)
    _sweep(directory, manifest)
    counts = (changes.added, changes.replaced, gone, changes.unchanged)
    return UpdateReport(manifest.revision, *counts, passages.encoded)


def _require_ours(directory: Path) -> None:
    """Refuse a folder that is used for something else: an update removes what interrupted ones leave behind.

    In an index, only what has the name of something that will be removed must be what an update made.
    """
    if not directory.is_dir():
        return
    known = (directory / MANIFEST).exists()
    if known:
        read_manifest(directory)
    # The first revision may have been cut off before its manifest was written; later ones never lack it.
    if not known and (
        later := [p.name for p in directory.iterdir() if REVISION.fullmatch(p.name) and p.name != _FIRST]
    ):
        raise IndexCorrupt(f"{directory}: {MANIFEST} is missing beside {later[0]}; {rebuild_advice(directory)}")
    foreign = sorted(path.name for path in directory.iterdir() if not _is_ours(path) and not (known and _stays(path)))
    if foreign:
        raise IndexDirectoryError(
            f"{directory}: in use for something else ({foreign[0]}); choose a new or an empty folder for the index"
        )


def _previous(directory: Path, encoder: Encoder, chunking: Chunking) -> Manifest | None:
    try:
        manifest = read_manifest(directory)
    except IndexMissing:
        return None
    require_encoder(directory, manifest, encoder)
    require_chunking(directory, manifest, chunking)
    return manifest


def _is_sound(directory: Path, manifest: Manifest, *, thorough: bool) -> bool:
    """Whether the derived parts can be built upon; ``IndexCorrupt`` if the database cannot."""
    damaged = find_damage(directory / manifest.folder, manifest.parts, thorough=thorough)
    if DATABASE in damaged:
        require_sound(directory, damaged)
    return not damaged and manifest.libraries == current_libraries()


def _write_draft(
    directory: Path, previous: Manifest | None, changes: Changes, passages: PassageVectors, progress: Progress
) -> tuple[int, VectorSearch]:
    """Write the next revision in a folder of its own; return how many documents were removed, and its vector index."""
    folder = directory / _DRAFT
    folder.mkdir()
    base = directory / previous.folder if previous else None
    with DatabaseWriter(folder / DATABASE, base / DATABASE if base else None) as draft:
        gone = _write_documents(draft, changes)
        _write_vectors(draft, passages, progress)
    sound = previous and _is_sound(directory, previous, thorough=True)
    search = _derive(folder, base if sound else None, passages.encoder)
    sync_tree(folder)
    return gone, search


def _write_documents(draft: DatabaseWriter, changes: Changes) -> int:
    for entry, digest, replaces in changes:
        if replaces:
            draft.drop(entry[0].id)
        draft.put(entry, digest)
    draft.link_twins()
    gone = changes.gone
    for document_id in gone:
        draft.drop(document_id)
    draft.link_jumps()
    return len(gone)


def _write_vectors(draft: DatabaseWriter, passages: PassageVectors, progress: Progress) -> None:
    """Encode passages of like length together, which pads them least, in an order that lets the rate foretell the end.

    Long passages take longer: from the shortest to the longest, the time left would grow as the work proceeds.
    """
    rows = draft.unencoded()
    batches = [rows[start : start + _ENCODE_AT_ONCE] for start in range(0, len(rows), _ENCODE_AT_ONCE)]
    random.Random(0).shuffle(batches)  # noqa: S311
    done = 0
    for batch in batches:
        draft.put_vectors(batch, passages(draft.embedded(batch)))
        done += len(batch)
        progress(done, len(rows))


def _derive(folder: Path, base: Path | None, encoder: Encoder) -> VectorSearch:
    """Bring the base's vectors and lexical index up to date with the database in ``folder``, or build them."""
    with closing(Database(folder / DATABASE)) as database:
        index = VectorIndex.load(base / VECTORS) if base else None
        rows, known = database.rows(), index.rows if index else np.zeros(0, np.int64)
        gone, new = np.setdiff1d(known, rows), np.setdiff1d(rows, known)
        search = write_vectors(folder / VECTORS, index, database, encoder)
        texts = ((row, chunk.embedded) for part in parts(new) for row, chunk in _chunks(database, part.tolist()))
        write_lexical(folder / LEXICAL, base / LEXICAL if base else None, remove=gone.tolist(), add=texts)
    return search


def _chunks(database: Database, rows: list[int]) -> Iterator[tuple[int, Chunk]]:
    return zip(rows, database.chunks(rows), strict=True)


def _publish(
    directory: Path, previous: Manifest | None, encoder: EncoderIdentity, chunking: Chunking, search: VectorSearch
) -> Manifest:
    draft = directory / _DRAFT
    with closing(Database(draft / DATABASE)) as database:
        counts = database.counts()
    manifest = Manifest(
        revision=previous.revision + 1 if previous else 1,
        encoder=encoder,
        chunking=dict(chunking),
        documents=counts.documents,
        articles=counts.articles,
        chunks=counts.chunks,
        parts=parts_of(draft),
        libraries=current_libraries(),
        vectors=search,
    )
    draft.rename(directory / manifest.folder)
    sync_folder(directory)
    write_manifest(directory, manifest)
    return manifest


def _sweep(directory: Path, current: Manifest | None) -> None:
    """Remove what interrupted updates left, and revisions that are over."""
    for path in directory.iterdir():
        if not _stays(path) and _is_ours(path) and not (current and path.name == current.folder):
            shutil.rmtree(path, ignore_errors=True)


def _stays(path: Path) -> bool:
    """Whether no update removes what has this name."""
    return path.name != _DRAFT and not REVISION.fullmatch(path.name)


def _is_ours(path: Path) -> bool:
    """Whether an update has made it, by its name and by what is in it."""
    if not _OURS.fullmatch(path.name):
        return False
    return _stays(path) or (path.is_dir() and all(_PARTS.fullmatch(part.name) for part in path.iterdir()))


def _nothing(_: Sequence[bytes]) -> dict[bytes, bytes]:
    return {}

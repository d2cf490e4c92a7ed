"""Making the next revision of an index directory: aside, and published by its manifest alone."""

import random
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from embeddings.index import VectorIndex
from qa.errors import IndexDirectoryError, IndexMissing
from qa.store.archive import Archive
from qa.store.changes import Changes, Removals
from qa.store.draft import Draft, Entry
from qa.store.faults import FAULTS
from qa.store.files import made, sync_folder, sync_tree, writer_lock, written
from qa.store.index import open_archive, require_sound
from qa.store.lexical import write_lexical
from qa.store.manifest import (
    ARCHIVE,
    ENCODED,
    LEXICAL,
    MANIFEST,
    VECTORS,
    Chunking,
    EncoderIdentity,
    Manifest,
    VectorSearch,
    current_libraries,
    damage,
    parts_of,
    read_manifest,
    require_chunking,
    require_encoder,
    write_manifest,
)
from qa.store.passages import PassageVectors
from qa.store.vectors import parts, write_vectors
from qa.types import Chunk

_ENCODE_AT_ONCE = 256
"""Passages given to the encoder together, and what an interrupted update loses at most."""
_DRAFT = "next"

_OURS = (_DRAFT, ENCODED, FAULTS, "revision-", "writer.", f"{MANIFEST}.")

Progress = Callable[[int, int], None]


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
    progress: Progress = lambda done, total: None,
) -> UpdateReport:
    """Add documents, replacing those of the same id whose content is another, and then remove others by id.

    ``add`` is read, and ``remove`` called if it can be, while no other process writes to the index. What is unchanged
    is left as it is, and no text is encoded that the index, or an update that did not finish, has a vector of. Derived
    parts that are damaged or were written by other library versions are made again from the archive. Until the last
    step the previous revision is the current one, and snapshots of it stay valid after that. ``progress`` is called
    with the number of passages encoded so far and the number that need a vector.

    Raises ``IndexMismatch`` (another encoder, format or chunking), ``IndexCorrupt`` (manifest or archive are damaged),
    ``IndexUnwritable`` (disk full, or no right to write), ``IndexDirectoryError`` (another process is writing) and
    ``ValueError`` (an entry that does not belong together).
    """
    with written(directory):
        _require_ours(directory)
        with made(directory), writer_lock(directory):
            return _updated(directory, encoder, chunking, add, remove, progress)


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
    with closing(open_archive(directory, previous)) if previous else nullcontext() as archive:
        changes = Changes(archive.digests() if archive else {}, add=add, remove=remove)
        if previous and not changes and _is_sound(directory, previous, thorough=False):
            return UpdateReport(previous.revision, 0, 0, 0, changes.unchanged, 0)
        known = archive.encoded if archive else _nothing
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
    """Refuse a folder that is used for something else: an update removes what interrupted ones leave behind."""
    if (directory / MANIFEST).exists() or not directory.is_dir():
        return
    foreign = sorted(path.name for path in directory.iterdir() if not path.name.startswith(_OURS))
    if foreign:
        raise IndexDirectoryError(
            f"{directory}: no index, and in use for something else ({foreign[0]}); choose a new or an empty folder"
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
    """Whether the derived parts can be built upon; ``IndexCorrupt`` if the archive cannot."""
    damaged = damage(directory / manifest.folder, manifest.parts, thorough=thorough)
    if ARCHIVE in damaged:
        require_sound(directory, damaged)
    return not damaged and manifest.libraries == current_libraries()


def _write_draft(
    directory: Path, previous: Manifest | None, changes: Changes, passages: PassageVectors, progress: Progress
) -> tuple[int, VectorSearch]:
    """Write the next revision aside; return how many documents it lost, and what its vector index is."""
    folder = directory / _DRAFT
    folder.mkdir()
    base = directory / previous.folder if previous else None
    with Draft(folder / ARCHIVE, base / ARCHIVE if base else None) as draft:
        gone = _write_documents(draft, changes)
        _write_vectors(draft, passages, progress)
    sound = previous and _is_sound(directory, previous, thorough=True)
    search = _derive(folder, base if sound else None, passages.encoder)
    sync_tree(folder)
    return gone, search


def _write_documents(draft: Draft, changes: Changes) -> int:
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


def _write_vectors(draft: Draft, passages: PassageVectors, progress: Progress) -> None:
    """Encode passages of like length together, which pads them least, in an order that lets the rate foretell the end.

    Long passages take longer: from the shortest to the longest, the time left would grow as the work goes on.
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
    """Bring the base's vectors and lexical index to what the archive in ``folder`` holds; begin anew without a base."""
    with closing(Archive(folder / ARCHIVE)) as archive:
        index = VectorIndex.load(base / VECTORS) if base else None
        rows, known = archive.rows(), index.rows if index else np.zeros(0, np.int64)
        gone, new = np.setdiff1d(known, rows), np.setdiff1d(rows, known)
        search = write_vectors(folder / VECTORS, index, archive, encoder)
        texts = ((row, chunk.embedded) for part in parts(new) for row, chunk in _chunks(archive, part.tolist()))
        write_lexical(folder / LEXICAL, base / LEXICAL if base else None, remove=gone.tolist(), add=texts)
    return search


def _chunks(archive: Archive, rows: list[int]) -> Iterator[tuple[int, Chunk]]:
    return zip(rows, archive.chunks(rows), strict=True)


def _publish(
    directory: Path, previous: Manifest | None, encoder: EncoderIdentity, chunking: Chunking, search: VectorSearch
) -> Manifest:
    draft = directory / _DRAFT
    with closing(Archive(draft / ARCHIVE)) as archive:
        counts = archive.counts()
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
    for path in (directory / _DRAFT, *directory.glob("revision-*")):
        if not current or path.name != current.folder:
            shutil.rmtree(path, ignore_errors=True)


def _nothing(_: Sequence[bytes]) -> dict[bytes, bytes]:
    return {}

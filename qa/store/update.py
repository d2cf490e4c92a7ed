"""Making the next revision of an index directory: aside, and published by its manifest alone."""

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from embeddings.encoder import Encoder
from embeddings.index import VectorIndex
from qa.errors import IndexDirectoryError, IndexMissing
from qa.store.archive import Archive
from qa.store.changes import Changes
from qa.store.draft import Draft, Entry
from qa.store.files import sync_folder, sync_tree, writer_lock
from qa.store.index import open_archive, require_sound
from qa.store.lexical import write_lexical
from qa.store.manifest import (
    ARCHIVE,
    LEXICAL,
    MANIFEST,
    VECTORS,
    Chunking,
    EncoderIdentity,
    Manifest,
    current_libraries,
    damage,
    parts_of,
    read_manifest,
    require_chunking,
    require_encoder,
    write_manifest,
)
from qa.store.passages import PassageVectors

_ENCODE_AT_ONCE = 256
"""Passages given to the encoder together, and what an interrupted update loses at most."""
_ADD_AT_ONCE = 16384
_DRAFT, _ENCODED = "next", "encoded.sqlite"

_OURS = (_DRAFT, _ENCODED, "revision-", "writer.", f"{MANIFEST}.")

Progress = Callable[[int], None]


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
    remove: Collection[str] = (),
    progress: Progress = lambda _: None,
) -> UpdateReport:
    """Remove documents by id, then add documents, replacing those of the same id whose content is another.

    What is unchanged is left as it is, and no text is encoded that the index, or an update that did not finish, has a
    vector of. Derived parts that are damaged or were written by other library versions are made again from the archive.
    Until the last step the previous revision is the current one, and snapshots of it stay valid after that.
    ``progress`` is called with the number of passages done since its last call.

    Raises ``IndexMismatch`` (another encoder, format or chunking), ``IndexCorrupt`` (manifest or archive are damaged),
    ``IndexDirectoryError`` (another process is writing) and ``ValueError`` (an entry that does not belong together).
    """
    _require_ours(directory)
    directory.mkdir(parents=True, exist_ok=True)
    with writer_lock(directory):
        previous = _previous(directory, encoder, chunking)
        _sweep(directory, previous)
        with closing(open_archive(directory, previous)) if previous else nullcontext() as archive:
            changes = Changes(archive.digests() if archive else {}, add=add, remove=remove)
            if previous and not changes and _is_sound(directory, previous, thorough=False):
                return UpdateReport(previous.revision, 0, 0, 0, changes.unchanged, 0)
            known = archive.encoded if archive else _nothing
            try:
                with PassageVectors(directory / _ENCODED, encoder, known) as passages:
                    _write_draft(directory, previous, changes, passages, progress)
                    manifest = _publish(directory, previous, EncoderIdentity.of(encoder), chunking)
                    passages.discard()
            finally:
                shutil.rmtree(directory / _DRAFT, ignore_errors=True)
        _sweep(directory, manifest)
    counts = (changes.added, changes.replaced, len(changes.gone), changes.unchanged)
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
) -> None:
    folder = directory / _DRAFT
    folder.mkdir()
    base = directory / previous.folder if previous else None
    with Draft(folder / ARCHIVE, base / ARCHIVE if base else None) as draft:
        _write_archive(draft, changes, passages, progress)
    sound = previous and _is_sound(directory, previous, thorough=True)
    _derive(folder, base if sound else None, passages.dimension)
    sync_tree(folder)


def _write_archive(draft: Draft, changes: Changes, passages: PassageVectors, progress: Progress) -> None:
    for document_id in changes.gone:
        draft.drop(document_id)
    written = _put_all(draft, changes)
    while batch := list(islice(written, _ENCODE_AT_ONCE)):
        rows, texts = zip(*batch, strict=True)
        draft.put_vectors(rows, passages(texts))
        progress(len(rows))


def _put_all(draft: Draft, changes: Changes) -> Iterator[tuple[int, str]]:
    """Write the changed documents in turn, and yield row and text of every chunk that needs its vector."""
    for entry, digest, replaces in changes:
        if replaces:
            draft.drop(entry[0].id)
        rows = draft.put(entry, digest)
        yield from zip(rows, (chunk.embedded for chunk in entry[2]), strict=True)


def _derive(folder: Path, base: Path | None, dimension: int) -> None:
    """Bring the base's vectors and lexical index to what the archive in ``folder`` holds; begin anew without a base."""
    with closing(Archive(folder / ARCHIVE)) as archive:
        index = VectorIndex.load(base / VECTORS) if base else VectorIndex(dimension)
        rows = archive.rows()
        gone, new = np.setdiff1d(index.rows, rows).tolist(), np.setdiff1d(rows, index.rows).tolist()
        parts = [new[start : start + _ADD_AT_ONCE] for start in range(0, len(new), _ADD_AT_ONCE)]
        index.remove(gone)
        for part in parts:
            index.add(part, archive.vectors(part))
        index.save(folder / VECTORS)
        texts = ((row, chunk.embedded) for part in parts for row, chunk in zip(part, archive.chunks(part), strict=True))
        write_lexical(folder / LEXICAL, base / LEXICAL if base else None, remove=gone, add=texts)


def _publish(directory: Path, previous: Manifest | None, encoder: EncoderIdentity, chunking: Chunking) -> Manifest:
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

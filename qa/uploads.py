"""Documents that come as bytes with a name: kept as files, so that their citations can be checked, and indexed.

File and index change together, by the index's only writer: what comes is written aside, into ``.incoming`` of the
folder, and takes its place when the revision that holds it is published; what goes is laid aside before the revision
without it is. A file that is still aside after a crash belongs where the index has it, and otherwise nowhere.
"""

import os
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from embeddings.encoder import Encoder
from qa.addresses import Address
from qa.config import local_folder
from qa.errors import IndexDirectoryError, SourceError
from qa.indexing import CHUNKING
from qa.ingest import fingerprint, load_apart, segment
from qa.ingest.files import Report, display_name, file_id, printable
from qa.store import Entry, Faults, States, open_states, update
from qa.store.files import sync_folder, writer_lock
from qa.types import Document

_LONGEST_NAME: Final = 200
"""Bytes in UTF-8; file systems stop at 255."""
_INCOMING: Final = ".incoming"


def add(name: str, data: bytes, report: Report, *, folder: Path, directory: Address, encoder: Encoder) -> list[str]:
    """Keep ``data`` as ``folder/name``, bring the index in ``directory`` up to date with it, and return its documents.

    A file of that name is replaced, with all that the index has of it. ``report`` is told what of it cannot be read,
    such as one record of many. Raises ``SourceError`` for a name that is a path
    or hidden and for a file that cannot be read, which is not kept, ``IndexMissing`` if there is no index any more, and
    what ``qa.store.update`` raises.
    """
    target = folder.absolute() / _checked(name)
    aside = target.parent / _INCOMING / target.name
    added = list[str]()

    def entries() -> Iterator[Entry]:
        with open_states(directory) as states:
            _recover(folder, states)
        _write(aside, data)
        for document in _documents(aside, target, directory, report):
            segmentation = segment(document, CHUNKING)
            added.append(document.id)
            yield document, segmentation.articles, segmentation.passages

    def gone() -> list[str]:
        with open_states(directory) as states:
            return list(states.of_file(printable(target.as_posix())))

    def published() -> None:
        aside.replace(target)
        sync_folder(target.parent)

    try:
        update(
            directory,
            encoder,
            CHUNKING.as_dict(),
            add=_refusing(name, entries()),
            remove=gone,
            must_exist=True,
            published=published,
        )
    except BaseException:
        _tidy(folder, directory)
        raise
    return added


def remove(document_id: str, *, folder: Path, directory: Address, encoder: Encoder) -> bool:
    """Take a document out of the index in ``directory``; tell whether there was one of that id.

    Its file goes as well when it is in ``folder`` and holds no other document. A file from elsewhere stays, and comes
    back when it is ingested again.
    """
    laid = list[Path]()

    @cache
    def gone() -> tuple[str, ...]:
        with open_states(directory) as states:
            _recover(folder, states)
            state = states.named(document_id).get(document_id)
            if state is None:
                return ()
            path = Path(state.path)
            kept = set(states.of_file(state.path)) != {document_id}
        if path.parent == folder.absolute() and not kept and path.exists():
            laid.append(path.parent / _INCOMING / path.name)
            _make_private(laid[0].parent)
            path.replace(laid[0])
            sync_folder(path.parent)
        return (document_id,)

    def published() -> None:
        for path in laid:
            path.unlink(missing_ok=True)

    try:
        report = update(directory, encoder, CHUNKING.as_dict(), remove=gone, must_exist=True, published=published)
    except BaseException:
        _tidy(folder, directory)
        raise
    return report.removed > 0


def finish_interrupted(folder: Path, directory: Address) -> None:
    """Put what a crash left aside where the index has it; raises ``IndexDirectoryError`` while another writes."""
    if (folder / _INCOMING).is_dir() and any((folder / _INCOMING).iterdir()):
        with writer_lock(local_folder(directory)), open_states(directory) as states:
            _recover(folder, states)


def _tidy(folder: Path, directory: Address) -> None:
    """Finish what has failed, unless another writes, who does it then."""
    with suppress(OSError, IndexDirectoryError):
        finish_interrupted(folder, directory)


def _recover(folder: Path, states: States) -> None:
    aside = folder / _INCOMING
    for path in list(aside.iterdir()) if aside.is_dir() else ():
        target = folder.absolute() / path.name
        indexed = {state.sha256 for state in states.of_file(printable(target.as_posix())).values()}
        if fingerprint(path) in indexed and fingerprint(target) not in indexed:
            path.replace(target)
            sync_folder(folder)
        else:
            path.unlink()


def _write(path: Path, data: bytes) -> None:
    _make_private(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


def _make_private(incoming: Path) -> None:
    """Make the folder of what is aside, and the one that it is in, for their owner alone."""
    for folder in (incoming.parent, incoming):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def _documents(aside: Path, target: Path, directory: Address, report: Report) -> Iterator[Document]:
    """Yield the documents of a file that is aside as those of the file that it will be; note what is wrong with it."""
    source, path = display_name(target), printable(target.as_posix())
    faults, found, sha256 = Faults(local_folder(directory)), list[SourceError](), ""
    for document in load_apart(aside, lambda error: found.append(SourceError(source, error.reason))):
        identifier = file_id(target) + document.id[len(file_id(aside)) :]
        sha256 = document.sha256
        yield replace(document, id=identifier, source=source, path=path)
    if not sha256:
        raise found[0] if found else SourceError(source, "no document in it")
    faults.keep(path, sha256, found)
    faults.write()
    for fault in found:
        report(fault)


def _refusing(name: str, entries: Iterator[Entry]) -> Iterator[Entry]:
    """Yield ``entries``, with a ``SourceError`` for whatever is wrong with the file."""
    try:
        yield from entries
    except (SourceError, OSError):
        raise
    except Exception as error:
        raise SourceError(name, printable(f"cannot be read: {type(error).__name__}: {error}")) from error


def _checked(name: str) -> str:
    if not name or name != Path(name).name or name.startswith(".") or "\\" in name:
        raise SourceError(name[:80], "not the name of a file: give it without folders, and not hidden")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise SourceError(name[:80].encode("ascii", "backslashreplace").decode(), "the name holds control characters")
    if len(name.encode()) > _LONGEST_NAME:
        raise SourceError(f"{name[:80]}…", f"the name has more than {_LONGEST_NAME} bytes")
    return name

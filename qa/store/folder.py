"""Whose an index directory is: what in it an update has made, and may remove."""

import re
import shutil
from pathlib import Path

from qa.errors import IndexCorrupt, IndexDirectoryError
from qa.store.faults import FAULTS
from qa.store.manifest import (
    ARCHIVE,
    ENCODED,
    LEXICAL,
    MANIFEST,
    REVISION,
    VECTORS,
    Manifest,
    read_manifest,
    rebuild_advice,
)
from qa.store.stamps import STAMPS

DRAFT = "next"
_FIRST = "revision-000001"
_OURS = re.compile(
    rf"{DRAFT}|{REVISION.pattern}|{re.escape(ENCODED)}.*|{re.escape(FAULTS)}(?:\.tmp)?|writer\.(?:lock|txt)"
    rf"|{re.escape(MANIFEST)}\.tmp|{re.escape(STAMPS)}(?:-journal)?"
)
_PARTS = re.compile(rf"{ARCHIVE.pattern}(?:-journal)?|{LEXICAL}|{VECTORS.pattern}(?:\.tmp)?")


def require_ours(directory: Path) -> None:
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


def sweep(directory: Path, current: Manifest | None) -> None:
    """Remove what interrupted updates left, and revisions that are over."""
    for path in directory.iterdir():
        if not _stays(path) and _is_ours(path) and not (current and path.name == current.folder):
            shutil.rmtree(path, ignore_errors=True)


def _stays(path: Path) -> bool:
    """Whether no update removes what has this name."""
    return path.name != DRAFT and not REVISION.fullmatch(path.name)


def _is_ours(path: Path) -> bool:
    """Whether an update has made it, by its name and by what is in it."""
    if not _OURS.fullmatch(path.name):
        return False
    return _stays(path) or (path.is_dir() and all(_PARTS.fullmatch(part.name) for part in path.iterdir()))

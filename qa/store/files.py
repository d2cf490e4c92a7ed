"""Writes that survive a power cut, and one writer at a time."""

import os
import shutil
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings.errors import VectorIndexError
from qa.errors import IndexDirectoryError, IndexUnwritable

_LOCK, _OWNER = "writer.lock", "writer.txt"


@contextmanager
def writer_lock(directory: Path) -> Iterator[None]:
    """Hold the only right to write to ``directory``; ``IndexDirectoryError`` at once if another process has it.

    The system drops the lock when its holder dies, however it dies.
    """
    lock, owner = FileLock(directory / _LOCK), directory / _OWNER
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        holder = owner.read_text(encoding="utf-8") if owner.exists() else "another process"
        raise IndexDirectoryError(
            f"{directory}: {holder} is writing to it; wait until it is done and try again"
        ) from error
    try:
        owner.write_text(f"process {os.getpid()} on {socket.gethostname()}", encoding="utf-8")
        yield
    finally:
        owner.unlink(missing_ok=True)
        lock.release()


@contextmanager
def ensure_folder(directory: Path) -> Iterator[None]:
    """Create ``directory`` if it does not exist; remove it again if the block fails and nothing is kept in it.

    A new one is its owner's alone; one that exists keeps the rights that it has, and with them all that is in it.
    """
    new = not directory.exists()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        yield
    except BaseException:
        if new:
            with suppress(OSError):  # not empty: passages that were encoded are kept in it
                (directory / _LOCK).unlink(missing_ok=True)
                directory.rmdir()
        raise


@contextmanager
def reporting_write_errors(directory: Path) -> Iterator[None]:
    """Raise ``IndexUnwritable`` for every error with which a library reports that it cannot write."""
    try:
        yield
    except (OSError, sqlite3.Error, VectorIndexError) as error:
        raise IndexUnwritable(
            f"{directory}: cannot be written: {error}; its last complete revision and all passages encoded so far are "
            "kept: make room on the disk, or allow writing, and run the same command again"
        ) from error


def replace_text(path: Path, text: str) -> None:
    """Put ``text`` in the place of ``path``, as ``replace_bytes`` does; its name survives a power cut too."""
    replace_bytes(path, text.encode())
    sync_folder(path.parent)


def replace_bytes(path: Path, data: bytes | memoryview) -> None:
    """Put ``data`` in the place of ``path``: a reader sees the old file or the new one, whole.

    Raises ``OSError``; what was there before then still is, and a disk that is full has its room again.
    """
    aside = path.with_name(f"{path.name}.tmp")
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except BaseException:
        with suppress(OSError, ValueError):
            aside.unlink(missing_ok=True)
        raise


def sync_tree(folder: Path) -> None:
    """Bring every file below ``folder``, and the folders themselves, to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Bring the names in ``folder`` to the disk, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def link_or_copy(source: Path, target: Path) -> None:
    """Give a file that nobody changes a second name, or a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)

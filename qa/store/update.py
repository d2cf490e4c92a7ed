"""Bringing an index up to date: what is new and changed goes in, what is gone comes out, at once or not at all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from embeddings.encoder import Encoder
from qa.store.changes import Changes, Removals
from qa.store.draft import open_draft
from qa.store.protocol import Chunking, Entry
from qa.types import Progress


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
    with open_draft(directory, encoder, chunking, must_exist=must_exist) as draft:
        changes = Changes(draft.digests, add=add, remove=remove)
        gone, state = 0, draft.current if not changes else None
        if state is None:
            for prepared in changes:
                draft.put(prepared)
            gone = draft.drop(changes.gone)
            state = draft.publish(progress)
        published()
        counts = (changes.added, changes.replaced, gone, changes.unchanged)
        return UpdateReport(state.generation, *counts, draft.encoded)

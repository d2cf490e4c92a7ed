"""What is done with an index, whatever holds it: an address is a directory, or leads to a server.

What a server takes is imported when the address of one is given, and never before.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import overload

from embeddings.encoder import Encoder
from qa.addresses import Address
from qa.config import local_folder
from qa.errors import InputError
from qa.store import index, lookup, states, tally
from qa.store.changes import Removals
from qa.store.database import DocumentState
from qa.store.draft import open_draft
from qa.store.index import Index
from qa.store.manifest import read_manifest
from qa.store.passages import Known
from qa.store.protocol import Chunking, Entry, Snapshot, State, VectorSearch
from qa.store.states import States
from qa.store.tally import ListedDocument, Tally
from qa.store.update import UpdateReport, updated
from qa.types import EVERYTHING, Article, Document, Filters, Progress


@overload
def open_index(address: Path, encoder: Encoder) -> Index: ...
@overload
def open_index(address: Address, encoder: Encoder) -> Snapshot: ...
def open_index(address: Address, encoder: Encoder) -> Snapshot:
    """Open the current revision for queries that ``encoder`` encodes.

    Raises ``IndexMissing``, ``IndexMismatch`` (another encoder or format), ``IndexCorrupt`` or ``StoreUnreachable``,
    each saying what to do.
    """
    if isinstance(address, Path):
        return index.open_index(address, encoder)
    from qa.store.milvus.snapshot import open_snapshot

    return open_snapshot(address, encoder)


def open_unchecked(address: Address) -> Snapshot:
    """Open the current revision for whoever asks no questions, whatever encoder it is of; raises as ``open_index``."""
    if isinstance(address, Path):
        return Index(address, read_manifest(address))
    from qa.store.milvus.lookup import open_unchecked as unchecked

    return unchecked(address)


def read_state(address: Address, timeout: float | None = None) -> State:
    """Return what the current revision holds, without opening it; raises what ``open_index`` raises.

    A server that does not answer within ``timeout`` seconds is ``StoreUnreachable``.
    """
    if isinstance(address, Path):
        return read_manifest(address).state
    from qa.store.milvus.lookup import read_state as read

    return read(address, timeout)


def check_index(address: Address, encoder: Encoder) -> State:
    """Check every part of the current revision and every document; return what it holds.

    Raises what ``open_index`` and ``Snapshot.check`` raise.
    """
    if isinstance(address, Path):
        return index.check_index(address, encoder).state
    with open_index(address, encoder) as opened:
        opened.check()
        return opened.state


def is_index(address: Address) -> bool:
    """Tell whether there is an index at an address, whole or not."""
    if isinstance(address, Path):
        return lookup.is_index(address)
    from qa.store.milvus.lookup import is_index as is_there

    return is_there(address)


def reencode(address: Address, encoder: Encoder, progress: Progress = lambda done, total: None) -> UpdateReport:
    """Give every passage of a server's index a vector of another encoder, and publish that at once.

    Whoever has opened the revision before goes on reading it. Raises ``InputError`` for a directory, or where nothing
    is to be changed, and what ``update`` raises.
    """
    if isinstance(address, Path):
        raise InputError(
            f"{address}: the encoder of a directory cannot be changed; make an index in a new folder: gazette ingest "
            f"PATH --encoder NAME --index {address}-new"
        )
    from qa.store.milvus.reencoding import reencode as change_encoder

    return change_encoder(address, encoder, progress)


def measured_search(address: Address, encoder: Encoder) -> VectorSearch:
    """Return how the current revision finds vectors, and how well, which on a server takes reading all of them.

    Raises what ``open_index`` raises.
    """
    if isinstance(address, Path):
        return read_manifest(address).state.vectors
    from qa.store.milvus.recall import measured_search as measured

    return measured(address, encoder)


def kept_passages(address: Address) -> int:
    """Return how many passages an update that did not finish has encoded for the next one."""
    return lookup.kept_passages(local_folder(address))


def find_document(address: Address, wanted: str) -> tuple[Document, tuple[Article, ...], dict[int, Article]]:
    """Return the document whose id or source is ``wanted``, with its articles; and where those continue, by number.

    Raises ``InputError`` if there is none or several, and what opening an index raises.
    """
    if isinstance(address, Path):
        return lookup.find_document(address, wanted)
    from qa.store.milvus.lookup import find_document as find

    return find(address, wanted)


def list_documents(address: Address, filters: Filters = EVERYTHING) -> tuple[ListedDocument, ...]:
    """Return the documents with an article that passes, by source; raises what opening an index raises."""
    if isinstance(address, Path):
        return tally.list_documents(address, filters)
    from qa.store.milvus.lookup import list_documents as listed

    return listed(address, filters)


def tallies(address: Address, filters: Filters = EVERYTHING) -> tuple[Tally, ...]:
    """Return the same documents, with how many of their articles are of which year."""
    if isinstance(address, Path):
        return tally.tallies(address, filters)
    from qa.store.milvus.lookup import tallies as counted

    return counted(address, filters)


def open_states(address: Address) -> AbstractContextManager[States]:
    """Open what the current revision knows of files; raises what opening an index raises, but for ``IndexMissing``."""
    if isinstance(address, Path):
        return states.open_states(address)
    from qa.store.milvus.lookup import open_states as opening

    return opening(address)


def open_vectors(address: Address) -> AbstractContextManager[Known]:
    """Open the vectors of passages that the current revision has; raises what ``open_states`` raises."""
    if isinstance(address, Path):
        return states.open_vectors(address)
    from qa.store.milvus.lookup import open_vectors as opening

    return opening(address)


def document_states(address: Address) -> dict[str, DocumentState]:
    """Return the state of every document in the index, by id, ordered by source; empty where there is no index yet."""
    with open_states(address) as known:
        return known.all()


def update(
    address: Address,
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
    write), ``IndexDirectoryError`` (another process is writing), ``StoreUnreachable`` (a server does not answer) and
    ``ValueError`` (an entry that does not belong together).
    """
    if isinstance(address, Path):
        with open_draft(address, encoder, chunking, must_exist=must_exist) as draft:
            return updated(draft, add=add, remove=remove, published=published, progress=progress)
    from qa.store.milvus.draft import open_draft as open_remote

    with open_remote(address, encoder, chunking, must_exist=must_exist) as remote:
        return updated(remote, add=add, remove=remove, published=published, progress=progress)

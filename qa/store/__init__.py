"""A store: what was ingested, and what finds it again, in a directory or on a server."""

from qa.store.database import DocumentState
from qa.store.faults import Faults
from qa.store.index import Index
from qa.store.kinds import (
    check_index,
    document_states,
    find_document,
    is_index,
    kept_passages,
    list_documents,
    measured_search,
    open_index,
    open_states,
    open_unchecked,
    open_vectors,
    read_state,
    reencode,
    tallies,
    update,
)
from qa.store.manifest import Manifest, read_manifest
from qa.store.protocol import (
    Candidate,
    Chunking,
    DocumentSummary,
    EncoderIdentity,
    Entry,
    Frequencies,
    Snapshot,
    State,
    Tokens,
    VectorSearch,
)
from qa.store.stamps import Stamps
from qa.store.states import States
from qa.store.tally import ListedDocument, Tally
from qa.store.update import UpdateReport

__all__ = [
    "Candidate",
    "Chunking",
    "DocumentState",
    "DocumentSummary",
    "EncoderIdentity",
    "Entry",
    "Faults",
    "Frequencies",
    "Index",
    "ListedDocument",
    "Manifest",
    "Snapshot",
    "Stamps",
    "State",
    "States",
    "Tally",
    "Tokens",
    "UpdateReport",
    "VectorSearch",
    "check_index",
    "document_states",
    "find_document",
    "is_index",
    "kept_passages",
    "list_documents",
    "measured_search",
    "open_index",
    "open_states",
    "open_unchecked",
    "open_vectors",
    "read_manifest",
    "read_state",
    "reencode",
    "tallies",
    "update",
]

"""The index directory: what was ingested, and what finds it again."""

from qa.store.database import DocumentState
from qa.store.faults import Faults
from qa.store.index import Index, check_index, open_index
from qa.store.lookup import find_document, is_index, kept_passages
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
from qa.store.states import States, document_states, open_states
from qa.store.tally import ListedDocument, Tally, list_documents, tallies
from qa.store.update import UpdateReport, update

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
    "open_index",
    "open_states",
    "read_manifest",
    "tallies",
    "update",
]

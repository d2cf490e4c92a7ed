"""The index directory: what was ingested, and what finds it again."""

from qa.store.database import DocumentState
from qa.store.database_writer import Entry
from qa.store.faults import Faults
from qa.store.index import Index, check_index, document_states, open_index
from qa.store.lookup import find_document, is_index, kept_passages
from qa.store.manifest import Chunking, EncoderIdentity, Manifest, VectorSearch, read_manifest
from qa.store.tally import ListedDocument, Tally, list_documents, tallies
from qa.store.update import UpdateReport, update

__all__ = [
    "Chunking",
    "DocumentState",
    "EncoderIdentity",
    "Entry",
    "Faults",
    "Index",
    "ListedDocument",
    "Manifest",
    "Tally",
    "UpdateReport",
    "VectorSearch",
    "check_index",
    "document_states",
    "find_document",
    "is_index",
    "kept_passages",
    "list_documents",
    "open_index",
    "read_manifest",
    "tallies",
    "update",
]

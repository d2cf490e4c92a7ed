"""Files into documents, documents into articles, articles into chunks with exact original offsets.

::

    file → Document(text, view)      sources, and one loader a format in its table; apart: in another process
    → lines → lines with roles       lines, roles (headings, decks)
    → articles → paragraphs          articles, paragraphs
    → clean text → chunks            clean, pieces, chunks
"""

from qa.ingest.apart import load_apart, picture_apart
from qa.ingest.chunks import ChunkingParameters
from qa.ingest.contents import Contents, load_origin, read_contents
from qa.ingest.decode import encoding_named
from qa.ingest.discovery import discover, fingerprint
from qa.ingest.origins import Origin, Remote, at_hand, is_elsewhere, is_uri, origin_of, path_of
from qa.ingest.segment import Segmentation, segment
from qa.ingest.sources import load

__all__ = [
    "ChunkingParameters",
    "Contents",
    "Origin",
    "Remote",
    "Segmentation",
    "at_hand",
    "discover",
    "encoding_named",
    "fingerprint",
    "is_elsewhere",
    "is_uri",
    "load",
    "load_apart",
    "load_origin",
    "origin_of",
    "path_of",
    "picture_apart",
    "read_contents",
    "segment",
]

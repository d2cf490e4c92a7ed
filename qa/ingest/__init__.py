"""Files into documents, documents into articles, articles into chunks with exact original offsets."""

from qa.ingest.chunks import ChunkingParameters
from qa.ingest.segment import Segmentation, segment
from qa.ingest.sources import discover, fingerprint, load

__all__ = ["ChunkingParameters", "Segmentation", "discover", "fingerprint", "load", "segment"]

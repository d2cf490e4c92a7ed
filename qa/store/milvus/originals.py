"""Documents as they were written, each once and for good, in a folder or a bucket: ``documents/ID/DIGEST.json.zst``."""

import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import astuple
from typing import Final, TypeVar
from urllib.parse import quote

import fsspec
import zstandard
from fsspec.implementations.local import LocalFileSystem

from qa.addresses import MilvusAddress
from qa.errors import IndexCorrupt, IndexUnwritable, StoreUnreachable
from qa.store.protocol import Entry
from qa.store.records import chunk_from, chunk_row, digest_of, document_from, document_row
from qa.types import Article

T = TypeVar("T")

_LEVEL: Final = 6


class Originals:
    """The originals below a place that ``fsspec`` opens; threads may share them.

    A *version* of a document is its id and its digest, as ``version_of`` writes them.
    """

    def __init__(self, place: str, address: MilvusAddress) -> None:
        self._address = address
        try:
            self._files, self._root = fsspec.core.url_to_fs(place)
        except (ImportError, ValueError) as error:
            raise IndexUnwritable(f"{place}: originals cannot be kept there ({error})") from error
        self.place: str = self._files.unstrip_protocol(self._root)
        self._local = isinstance(self._files, LocalFileSystem)

    def put(self, version: str, entry: Entry) -> None:
        """Keep a document with its articles and chunks, unless it is there."""
        document, articles, chunks = entry
        content = [document_row(document), [*map(astuple, articles)], [*map(chunk_row, chunks)]]
        data = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        self.write(_path(version), zstandard.ZstdCompressor(level=_LEVEL).compress(data))

    def get(self, version: str) -> Entry:
        """Return a document with its articles and chunks; ``IndexCorrupt`` unless it is as it was written."""
        data = self.read(_path(version))
        try:
            row, articles, chunks = json.loads(
                zstandard.ZstdDecompressor().decompress(data).decode("utf-8", "surrogatepass")
            )
            entry = document_from(row), tuple(Article(*each) for each in articles), tuple(map(chunk_from, chunks))
            whole = digest_of(*entry).hex() == version.rpartition("/")[2]
        except (ValueError, TypeError, zstandard.ZstdError) as error:
            raise IndexCorrupt(f"{self._named(version)} is altered ({error}); {self._way_out}") from error
        if not whole:
            raise IndexCorrupt(f"{self._named(version)} is altered: it is not what was ingested; {self._way_out}")
        return entry

    def drop(self, versions: Iterable[str]) -> None:
        """Remove documents for good; what is not there is gone already."""
        for version in versions:
            self.remove(_path(version))

    def write(self, path: str, data: bytes) -> None:
        """Write a file below the root, whole or not at all, unless it is there."""
        target = f"{self._root}/{path}"

        def written() -> None:
            if self._files.exists(target):
                return
            if not self._local:  # objects appear whole
                self._files.pipe_file(target, data)
                return
            aside = f"{target}.{uuid.uuid4().hex}.part"
            self._files.makedirs(target.rpartition("/")[0], exist_ok=True)
            self._files.pipe_file(aside, data)
            self._files.mv(aside, target)

        self._done(written)

    def read(self, path: str) -> bytes:
        """Return a file below the root; ``IndexCorrupt`` if it is not there."""
        return self._done(lambda: bytes(self._files.cat_file(f"{self._root}/{path}")))

    def remove(self, path: str) -> None:
        """Remove a file below the root, if it is there."""

        def removed() -> None:
            if self._files.exists(f"{self._root}/{path}"):
                self._files.rm_file(f"{self._root}/{path}")

        self._done(removed)

    def _done(self, work: Callable[[], T]) -> T:
        try:
            return work()
        except FileNotFoundError as error:
            raise IndexCorrupt(
                f"{self._address}: {error.filename or error} is missing; if originals are kept elsewhere, say where "
                f"with GAZETTE_OBJECTS; else {self._way_out}"
            ) from error
        except PermissionError as error:
            raise IndexUnwritable(f"{self._address}: {self.place}: {error}") from error
        except OSError as error:
            raise StoreUnreachable(f"{self._address}: originals in {self.place} cannot be reached ({error})") from error

    def _named(self, version: str) -> str:
        return f"{self._address}: document {version.rpartition('/')[0]} in {self.place}"

    @property
    def _way_out(self) -> str:
        return "forget the document and ingest it again"


def version_of(document_id: str, digest: bytes) -> str:
    """Return what a document with its content is known by."""
    return f"{document_id}/{digest.hex()}"


def _path(version: str) -> str:
    document, _, digest = version.rpartition("/")
    return f"documents/{quote(document, safe='')}/{digest}.json.zst"

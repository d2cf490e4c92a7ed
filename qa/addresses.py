"""Where an index lives: a directory, or a collection on a server."""

import os
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from qa.errors import InputError
from qa.extras import install_command

OBJECTS_VARIABLE: Final = "GAZETTE_OBJECTS"
"""Where a store that is no directory keeps originals, unless its address says; see ``MilvusAddress``."""

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")
_MILVUS: Final = ("milvus", "milvus+tls")
_COLLECTION: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,199}")
_PORT: Final = 19530


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """A collection of a Milvus server, and what is told of it after ``?``.

    ``objects`` is the folder or bucket for originals, as ``fsspec`` names them (``s3://bucket/news``), ``None``: where
    the store says it has them, and at first in the user's data folder. ``sparse`` is false for a server without sparse
    vectors, which finds passages by meaning alone.
    """

    host: str
    port: int
    collection: str
    secure: bool = False
    objects: str | None = None
    sparse: bool = True

    @property
    def name(self) -> str:
        """The collection's."""
        return self.collection

    @property
    def uri(self) -> str:
        """The server's, for its client."""
        return f"{'https' if self.secure else 'http'}://{_bracketed(self.host)}:{self.port}"

    def __str__(self) -> str:
        scheme = _MILVUS[self.secure]
        return f"{scheme}://{_bracketed(self.host)}:{self.port}/{self.collection}{'' if self.sparse else '?sparse=no'}"


Address = Path | MilvusAddress


def parse_address(text: str | os.PathLike[str] | MilvusAddress) -> Address:
    """Return what an index's address names; ``InputError`` for a store that cannot be opened.

    >>> parse_address("my-index")
    PosixPath('my-index')
    """
    if isinstance(text, MilvusAddress):
        return text
    address = os.fspath(text)
    found = _SCHEME.match(address)
    if not found:
        return Path(address)
    scheme = found[1].lower()
    address = f"{scheme}://{address[found.end() :].lstrip('/')}"  # as a path it has lost a slash
    if scheme not in _MILVUS:
        raise InputError(f"{address}: no store is of the kind {scheme!r}; name a directory, with --index FOLDER")
    if find_spec("pymilvus") is None:
        raise InputError(
            f"{address}: a store of this kind needs the extra [milvus]: {install_command('milvus')}; or name a "
            "directory, with --index FOLDER"
        )
    return _milvus(address, scheme)


def slug(address: MilvusAddress) -> str:
    """Return a name for what is kept of a store on this machine."""
    return re.sub(r"[^A-Za-z0-9.-]+", "_", f"{address.host}-{address.port}-{address.collection}")


def _milvus(address: str, scheme: str) -> MilvusAddress:
    way_out = "write milvus://HOST:PORT/COLLECTION"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port or _PORT
        told = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise InputError(f"{address}: {error}; {way_out}") from error
    collection = parts.path.strip("/")
    if not host or parts.username is not None or parts.fragment or told.keys() - {"objects", "sparse"}:
        raise InputError(f"{address}: not the address of a store; {way_out}, and the password in GAZETTE_MILVUS_TOKEN")
    if not _COLLECTION.fullmatch(collection):
        raise InputError(
            f"{address}: {collection!r} is no name of a collection: letters, digits and underscores; {way_out}"
        )
    if told.get("sparse", "yes") not in ("yes", "no"):
        raise InputError(f"{address}: sparse is yes or no, not {told['sparse']!r}")
    objects = told.get("objects") or os.environ.get(OBJECTS_VARIABLE) or None
    return MilvusAddress(host, port, collection, scheme != _MILVUS[0], objects, told.get("sparse") != "no")


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host

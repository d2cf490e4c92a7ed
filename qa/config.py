"""Settings, built at the edges (command line, HTTP service) and passed in."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from embeddings.home import DEFAULT_ENCODER, HOME_VARIABLE
from qa.errors import InputError

INDEX_VARIABLE: Final = "GAZETTE_INDEX"
ENCODER_VARIABLE: Final = "GAZETTE_ENCODER"
MAX_QUESTION: Final = 1000
"""Longest question, in characters."""
MAX_TOP_K: Final = 50

_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):/")
_EXTRAS: Final = {"milvus": "milvus"}
"""Stores beside the embedded one, and the extra that each needs."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service is made of.

    ``index`` is the store's directory (``parse_address``), ``encoder`` the default's name or any sentence-transformers
    name or folder; ``top_k`` passages are read for a question.
    """

    index: Path
    encoder: str = DEFAULT_ENCODER
    top_k: int = 5

    def __post_init__(self) -> None:
        """Raise ``InputError`` for a path that is not UTF-8: the libraries that write the index take no other."""
        try:
            str(self.index).encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"{str(self.index).encode('utf-8', 'backslashreplace').decode()}: the path of the index is not UTF-8; "
                "choose another, with --index FOLDER"
            ) from error

    @classmethod
    def from_environment(cls, *, index: str | os.PathLike[str] | None = None, encoder: str | None = None) -> "Settings":
        """Fill what is not given from ``GAZETTE_INDEX``, ``GAZETTE_ENCODER`` and the defaults."""
        chosen = os.environ.get(INDEX_VARIABLE)
        return cls(
            index=parse_address(index)
            if index
            else (parse_address(chosen).expanduser() if chosen else default_index()),
            encoder=encoder or os.environ.get(ENCODER_VARIABLE) or DEFAULT_ENCODER,
        )


def parse_address(text: str | os.PathLike[str]) -> Path:
    """Return the directory that an index's address names; ``InputError`` for a store that cannot be opened.

    >>> parse_address("my-index").as_posix()
    'my-index'
    """
    address = os.fspath(text)
    found = _SCHEME.match(address)
    if not found:
        return Path(address)
    scheme = found[1].lower()
    address = f"{scheme}://{address[found.end() :].lstrip('/')}"  # as a path it has lost a slash
    if scheme in _EXTRAS:
        raise InputError(
            f"{address}: a store of this kind needs the extra [{_EXTRAS[scheme]}], which this version does not have "
            "yet; name a directory, with --index FOLDER"
        )
    raise InputError(f"{address}: no store is of the kind {scheme!r}; name a directory, with --index FOLDER")


def default_index() -> Path:
    """Return where the index lives when no setting says: in ``$GAZETTE_HOME``, or the user's data folder."""
    chosen = os.environ.get(HOME_VARIABLE)
    base = Path(chosen).expanduser() if chosen else user_data_path("gazette", appauthor=False)
    return base / "index"

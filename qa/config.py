"""Settings, built at the edges (command line, HTTP service) and passed in."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platformdirs import user_data_path

from embeddings.home import DEFAULT_ENCODER, home_folder, users_folder
from qa.addresses import Address, MilvusAddress, parse_address, slug
from qa.errors import InputError

INDEX_VARIABLE: Final = "GAZETTE_INDEX"
ENCODER_VARIABLE: Final = "GAZETTE_ENCODER"
MAX_QUESTION: Final = 1000
"""Longest question, in characters."""
MAX_TOP_K: Final = 50


@dataclass(frozen=True, slots=True)
class Settings:
    """What a service is made of.

    ``index`` is the store's address (``qa.addresses``), ``encoder`` the default's name or any sentence-transformers
    name or folder; ``top_k`` passages are read for a question.
    """

    index: Address
    encoder: str = DEFAULT_ENCODER
    top_k: int = 5

    def __post_init__(self) -> None:
        """Raise ``InputError`` for a path that is a file, or not UTF-8: what writes the index takes no other."""
        try:
            str(self.index).encode()
        except UnicodeEncodeError as error:
            raise InputError(
                f"{str(self.index).encode('utf-8', 'backslashreplace').decode()}: the path of the index is not UTF-8; "
                "choose another, with --index FOLDER"
            ) from error
        with suppress(OSError):  # what cannot be looked at is told of where it is opened
            if isinstance(self.index, Path) and self.index.is_file():
                raise InputError(
                    f"{self.index}: a file, not the folder of an index; name a folder, with --index FOLDER"
                )

    @classmethod
    def from_environment(
        cls, *, index: str | os.PathLike[str] | MilvusAddress | None = None, encoder: str | None = None
    ) -> "Settings":
        """Fill what is not given from ``GAZETTE_INDEX``, ``GAZETTE_ENCODER`` and the defaults."""
        chosen = index or os.environ.get(INDEX_VARIABLE)
        return cls(
            index=chosen_address(chosen) if chosen else default_index(),
            encoder=encoder or os.environ.get(ENCODER_VARIABLE) or DEFAULT_ENCODER,
        )


def default_index() -> Path:
    """Return where the index lives when no setting says: in ``$GAZETTE_HOME``, or the user's data folder.

    Raises ``EncoderError`` where there is neither.
    """
    return (home_folder() or users_folder(user_data_path)) / "index"


def local_folder(address: Address) -> Path:
    """Return the folder for what can be made again and for unfinished work: an index directory's is itself."""
    return address if isinstance(address, Path) else default_index().with_name("stores") / slug(address)


def default_objects(address: MilvusAddress) -> str:
    """Return where the originals of a store are kept if nothing says: on this machine."""
    return str(default_index().with_name("objects") / slug(address))


def chosen_address(text: str | os.PathLike[str] | MilvusAddress) -> Address:
    """Return what an index's address names, ``~`` in the place of the user's home; raises ``InputError``."""
    address = parse_address(text)
    return expanded(address) if isinstance(address, Path) else address


def expanded(path: Path) -> Path:
    """Return a path with the user's home in the place of ``~``; ``InputError`` for a user's that is not known."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise InputError(f"{path}: no home of that user is known; write the whole path") from error

"""Documents that come as bytes with a name: kept as files, so that their citations can be checked, and indexed."""

import unicodedata
from pathlib import Path
from typing import Final

from embeddings.encoder import Encoder
from qa.errors import SourceError
from qa.indexing import CHUNKING, ingest
from qa.store import document_states, update

_LONGEST_NAME: Final = 200
"""Bytes in UTF-8; file systems stop at 255."""


def add(name: str, data: bytes, *, folder: Path, directory: Path, encoder: Encoder) -> list[str]:
    """Keep ``data`` as ``folder/name``, bring the index in ``directory`` up to date with it, and return its documents.

    A file of that name is replaced, with all that the index has of it. Raises ``SourceError`` for a name that is a path
    or hidden and for a file that cannot be read, which is not kept, and what ``qa.store.update`` raises.
    """
    target = folder / _checked(name)
    folder.mkdir(parents=True, exist_ok=True)
    before = target.read_bytes() if target.exists() else None
    target.write_bytes(data)
    try:
        ingest([target], directory=directory, encoder=encoder)
    except BaseException:
        if before is None:
            target.unlink(missing_ok=True)
        else:
            target.write_bytes(before)
        raise
    return [key for key, state in document_states(directory).items() if Path(state.path) == target.absolute()]


def remove(document_id: str, *, folder: Path, directory: Path, encoder: Encoder) -> bool:
    """Take a document out of the index in ``directory``; tell whether there was one of that id.

    Its file goes as well when it is in ``folder`` and holds no other document. A file from elsewhere stays, and comes
    back when it is ingested again.
    """
    states = document_states(directory)
    state = states.pop(document_id, None)
    if state is None:
        return False
    update(directory, encoder, CHUNKING.as_dict(), remove=[document_id])
    path = Path(state.path)
    if path.parent == folder.absolute() and not any(other.path == state.path for other in states.values()):
        path.unlink(missing_ok=True)
    return True


def _checked(name: str) -> str:
    if not name or name != Path(name).name or name.startswith(".") or "\\" in name:
        raise SourceError(name[:80], "not the name of a file: give it without folders, and not hidden")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        raise SourceError(name[:80].encode("ascii", "backslashreplace").decode(), "the name holds control characters")
    if len(name.encode()) > _LONGEST_NAME:
        raise SourceError(f"{name[:80]}…", f"the name has more than {_LONGEST_NAME} bytes")
    return name

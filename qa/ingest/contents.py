"""What is in one file, cut into passages: what ingestion wants of it, wherever it is read."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from qa.errors import SourceError
from qa.ingest.apart import issue_apart, load_apart
from qa.ingest.chunks import ChunkingParameters
from qa.ingest.discovery import fingerprint, holds_questions, may_be_mets, refused_unread
from qa.ingest.files import Report, printable
from qa.ingest.origins import Origin, at_hand, shown_name
from qa.ingest.segment import segment
from qa.types import Article, Chunk, Document

_METS: Final = (
    "a METS file is read with the pages that it names: copy its folder to this machine, or mount it, and ingest that"
)

Part = tuple[Document, tuple[Article, ...], tuple[Chunk, ...]] | SourceError
"""A document with its articles and passages, or why it cannot be divided."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file has: the hash of its bytes, and its ``parts``, to be read once.

    ``unchanged`` files are not read. ``faults`` tell of records and pages that could not be, and ``refused`` why the
    whole could not.
    """

    sha256: str = ""
    parts: Iterable[Part] = ()
    faults: tuple[SourceError, ...] = ()
    refused: SourceError | None = None
    unchanged: bool = False

    def whole(self) -> Self:
        """Read all parts now, so that they can be sent."""
        return replace(self, parts=tuple(self.parts))


def read_contents(
    file: Origin, known: Collection[str], parameters: ChunkingParameters, encoding: str | None = None
) -> Contents:
    """Read a file, unless its hash is the only one of ``known``; what is wrong with it is told, not raised."""
    faults = list[SourceError]()
    try:
        with at_hand(file) as here:
            if known and {found := fingerprint(here)} == set(known):
                return Contents(found or "", unchanged=True)
            documents = list(load_origin(file, here, faults.append, encoding))
    except Exception as error:
        return Contents(faults=tuple(faults), refused=source_error(shown_name(file), error))
    sha256 = documents[0].sha256 if documents else ""
    return Contents(sha256, _parts(documents, parameters), tuple(faults))


def load_origin(file: Origin, here: Path, report: Report, encoding: str | None = None) -> Iterator[Document]:
    """Read a file that is at hand as ``here``, as ``load_apart`` does, for where it is; none of what is no archive.

    Raises ``SourceError``, also for a copy of what can only be read in its folder.
    """
    if isinstance(file, Path):
        yield from load_apart(file, report, encoding)
        return
    from qa.ingest.remote import load_copy

    refused = refused_unread(here)  # of files in folders here it shows before they are read
    if refused is not None:
        if not holds_questions(here):
            raise SourceError(file.uri, refused.reason)
    elif may_be_mets(here) and issue_apart(here) is not None:
        raise SourceError(file.uri, _METS)
    else:
        yield from load_copy(file, here, report, encoding)


def source_error(source: str, error: Exception) -> SourceError:
    """Return what is wrong with a file, whatever it is: one that breaks a library must not cost the others."""
    if isinstance(error, SourceError):
        return error
    return SourceError(source, printable(f"cannot be read: {type(error).__name__}: {error}"))


def _parts(documents: Iterable[Document], parameters: ChunkingParameters) -> Iterator[Part]:
    for document in documents:
        try:
            found = segment(document, parameters)
        except Exception as error:
            yield source_error(document.source, error)
        else:
            yield document, tuple(found.articles), tuple(found.passages)

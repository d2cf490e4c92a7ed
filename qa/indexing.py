"""Files into the index: what ``gazette ingest`` does."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from embeddings.encoder import Encoder
from qa.addresses import Address
from qa.config import local_folder
from qa.errors import SourceError
from qa.ingest import (
    ChunkingParameters,
    Contents,
    Origin,
    Remote,
    at_hand,
    discover,
    encoding_named,
    is_uri,
    load_origin,
    origin_of,
    path_of,
    read_contents,
)
from qa.ingest.files import file_id
from qa.store import (
    DocumentState,
    Entry,
    Faults,
    Stamps,
    States,
    UpdateReport,
    VectorSearch,
    open_states,
    read_state,
    update,
)
from qa.types import Citation, Document

CHUNKING: Final = ChunkingParameters()

StageProgress = Callable[[str, int, int], None]
"""Called with what is counted (files or passages), how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to read, unless its hash is the only one of ``known``; text and records in ``encoding``, if any.

    ``unchanged`` is that hash where the file's own system tells that the file is as it was.
    """

    file: Origin
    known: frozenset[str]
    encoding: str | None
    unchanged: str | None = None

    def read(self) -> Contents:
        """Read it here and now."""
        if self.unchanged is not None:
            return Contents(self.unchanged, unchanged=True)
        return read_contents(self.file, self.known, CHUNKING, self.encoding)


class Reader(Protocol):
    """Reads the files of an ingestion, in their order, while nobody else writes to the index.

    ``encoded`` counts the passages that it gave their vectors, to where the draft finds them.
    """

    encoded: int

    def __call__(self, files: Iterator[Wanted]) -> Iterator[tuple[Wanted, Contents]]:
        """Yield each of ``files`` with what is in it; they may be asked for before those before them are read."""


class OneByOne:
    """The ``Reader`` of one process, which leaves passages to the draft."""

    encoded = 0

    def __call__(self, files: Iterator[Wanted]) -> Iterator[tuple[Wanted, Contents]]:
        """Yield each file with what is in it, read when it is asked for."""
        return ((wanted, wanted.read()) for wanted in files)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingestion did, and what the index holds now.

    ``files`` were found; ``moved`` of the added documents were in a file of another name before; ``skipped`` are the
    files that could not be read, each with its reason. ``documents``, ``articles`` and ``chunks`` are the index's.
    """

    files: int
    documents: int
    articles: int
    chunks: int
    moved: int
    vectors: VectorSearch
    update: UpdateReport
    skipped: tuple[SourceError, ...]


def ingest(
    paths: Iterable[Origin],
    *,
    directory: Address,
    encoder: Encoder,
    progress: StageProgress = lambda what, done, total: None,
    encoding: str | None = None,
    reader: Reader | None = None,
) -> IngestReport:
    """Bring the index in ``directory`` up to date with files and folders.

    Files whose bytes the index knows are not read again; those of other file systems are not fetched either
    where their checksum there, or size and time, are what they were. New and changed documents are indexed, those whose
    files are gone from ``paths`` are removed, the rest is left as it is. A file that cannot be read is skipped with its
    reason, and what the index held of it stays; a record or a page of a file that cannot be read is skipped alone, and
    named again each time until the file is mended. With ``encoding``, the name of one, all files are read again, those
    of text, web pages and records in it. ``reader`` reads them, by default one by one.

    Raises ``InputError`` for an unknown encoding, ``SourceError`` if a path does not exist or no file can be read, and
    what ``qa.store.update`` raises.
    """
    codec = None if encoding is None else encoding_named(encoding)
    reader = reader or OneByOne()
    reading = _Reading(list(paths), directory, progress, codec, reader)
    updated = update(
        directory,
        encoder,
        CHUNKING.as_dict(),
        add=reading.changed(),
        remove=reading.gone,
        progress=lambda done, total: progress("passages", done, total),
    )
    state = read_state(directory)
    return IngestReport(
        files=len(reading.files),
        documents=state.documents,
        articles=state.articles,
        chunks=state.chunks,
        moved=reading.moved(),
        vectors=state.vectors,
        update=replace(
            updated, unchanged=updated.unchanged + reading.untouched, encoded=updated.encoded + reader.encoded
        ),
        skipped=tuple(reading.skipped),
    )


class _Reading:
    """The files of one ingestion, against what the index knows of them.

    ``untouched`` counts the documents of files that did not have to be read.
    """

    def __init__(
        self,
        roots: Sequence[Origin],
        directory: Address,
        progress: StageProgress,
        encoding: str | None,
        reader: Reader,
    ) -> None:
        self._encoding, self._reader = encoding, reader
        self.skipped: list[SourceError] = []
        self.files = list(discover(roots, self.skipped.append))
        self._unread = {error.source for error in self.skipped}
        self.untouched = 0
        self._roots, self._directory, self._progress = roots, directory, progress
        self._faults = Faults(local_folder(directory))
        self._stamps = Stamps(local_folder(directory))
        self._known: dict[str, DocumentState] = {}
        self._indexed: dict[Origin, Mapping[str, DocumentState]] = {}
        self._present: dict[str, str] = {}

    def changed(self) -> Iterator[Entry]:
        """Yield what is in the files that are new or have changed.

        What the index knows is asked when the first is wanted, so that no other process changes it meanwhile.
        """
        with open_states(self._directory) as states, self._stamps:
            for root in self._roots:
                path = path_of(root)
                self._known |= states.below(path) | states.of_file(path)
            for done, (wanted, contents) in enumerate(self._reader(self._wanted(states)), 1):
                yield from self._entries(wanted.file, contents)
                self._progress("files", done, len(self.files))
        if not self._present:
            named = ", ".join(root.uri if isinstance(root, Remote) else str(root) for root in self._roots)
            raise self.skipped[0] if self.skipped else SourceError(named, "no file of a supported format in it")
        self._faults.write()

    def gone(self) -> list[str]:
        """Return the ids of indexed documents whose files were under the roots and no longer give them."""
        folders = [root.absolute() for root in self._roots if isinstance(root, Path)]
        uris = [root.uri for root in self._roots if isinstance(root, Remote)]
        return [
            identifier
            for identifier, state in self._known.items()
            if identifier not in self._present
            and not any(state.source == source or state.source.startswith(f"{source}/") for source in self._unread)
            and (
                any(state.path == uri or state.path.startswith(f"{uri.rstrip('/')}/") for uri in uris)
                if is_uri(state.path)
                else any(Path(state.path).is_relative_to(folder) for folder in folders)
            )
        ]

    def moved(self) -> int:
        """Return how many documents are new only in the name of their file."""
        before = Counter(self._known[identifier].sha256 for identifier in self.gone())
        new = Counter(sha256 for identifier, sha256 in self._present.items() if identifier not in self._known)
        return (before & new).total()

    def _wanted(self, states: States) -> Iterator[Wanted]:
        for file in self.files:
            indexed = states.of_file(path_of(file))
            self._known |= indexed
            known = (
                frozenset(state.sha256 for state in indexed.values()) if self._encoding is None else frozenset[str]()
            )
            self._indexed[file] = indexed
            kept = self._stamps.sha256(file.uri, file.stamp) if isinstance(file, Remote) else None
            yield Wanted(file, known, self._encoding, kept if kept is not None and known == {kept} else None)

    def _entries(self, file: Origin, contents: Contents) -> Iterator[Entry]:
        path, indexed = path_of(file), self._indexed.pop(file)
        if isinstance(file, Remote):
            self._stamps.keep(file.uri, file.stamp, contents.sha256)
        if contents.unchanged:
            self._present |= {identifier: state.sha256 for identifier, state in indexed.items()}
            self.untouched += len(indexed)
            self._faults.repeat(path, contents.sha256, self.skipped.append)
            return
        found = list(contents.faults)
        self.skipped += found
        if contents.refused is not None:
            self._skip(contents.refused)
            return
        for part in contents.parts:
            if isinstance(part, SourceError):
                found.append(part)
                self._skip(part)
                continue
            self._present[part[0].id] = part[0].sha256
            yield part
        self._faults.keep(path, contents.sha256, found if contents.sha256 else ())

    def _skip(self, error: SourceError) -> None:
        self.skipped.append(error)
        self._unread.add(error.source)


def starter_archive() -> Path:
    """Return the folder of the starter archive: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "seeds"
    return installed if installed.is_dir() else package.parent / "seeds"


def cited_document(citation: Citation, encoding: str | None = None) -> Document:
    """Read the cited file again, in ``encoding`` where it was read so, and return the document of the citation.

    Raises ``SourceError`` if the file is gone, has changed since, or does not hold the document any more, and
    ``InputError`` for a URI that nothing here opens.
    """
    origin = origin_of(citation.source)
    codec = None if encoding is None else encoding_named(encoding)
    with at_hand(origin) as here:
        digits = len(file_id(here))  # all are as long; what follows is the record in a file of many
        # What could not be read was not cited either.
        for document in load_origin(origin, here, lambda error: None, codec):
            if document.sha256 != citation.sha256:
                raise SourceError(citation.source, f"has changed since it was cited (SHA-256 is {document.sha256})")
            if document.id[digits:] == citation.document_id[digits:]:
                return document
    raise SourceError(citation.source, f"no longer holds the document {citation.document_id}")

"""Files into the index: what ``gazette ingest`` does."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from embeddings.encoder import Encoder
from qa.addresses import Address
from qa.config import local_folder
from qa.errors import SourceError
from qa.ingest import ChunkingParameters, discover, encoding_named, fingerprint, load_apart, segment
from qa.ingest.files import absolute, display_name, file_id, printable
from qa.store import DocumentState, Entry, Faults, UpdateReport, VectorSearch, open_states, read_state, update
from qa.types import Citation, Document

CHUNKING: Final = ChunkingParameters()

StageProgress = Callable[[str, int, int], None]
"""Called with what is counted (files or passages), how many are done, and how many there are."""


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
    paths: Iterable[Path],
    *,
    directory: Address,
    encoder: Encoder,
    progress: StageProgress = lambda what, done, total: None,
    encoding: str | None = None,
) -> IngestReport:
    """Bring the index in ``directory`` up to date with files and folders.

    Files whose bytes the index knows are not read again. New and changed documents are indexed, those whose files are
    gone from ``paths`` are removed, the rest is left as it is. A file that cannot be read is skipped with its reason,
    and what the index held of it stays; a record or a page of a file that cannot be read is skipped alone, and named
    again each time until the file is mended. With ``encoding``, the name of one, all files are read again, those of
    text, web pages and records in it.

    Raises ``InputError`` for an unknown encoding, ``SourceError`` if a path does not exist or no file can be read, and
    what ``qa.store.update`` raises.
    """
    codec = None if encoding is None else encoding_named(encoding)
    reading = _Reading(list(paths), directory, progress, codec)
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
        update=replace(updated, unchanged=updated.unchanged + reading.untouched),
        skipped=tuple(reading.skipped),
    )


class _Reading:
    """The files of one ingestion, against what the index knows of them.

    ``untouched`` counts the documents of files that did not have to be read.
    """

    def __init__(
        self, roots: Sequence[Path], directory: Address, progress: StageProgress, encoding: str | None
    ) -> None:
        self._encoding = encoding
        self.skipped: list[SourceError] = []
        self.files = list(discover(roots, self.skipped.append))
        self._unread = {error.source for error in self.skipped}
        self.untouched = 0
        self._roots, self._directory, self._progress = roots, directory, progress
        self._faults = Faults(local_folder(directory))
        self._known: dict[str, DocumentState] = {}
        self._present: dict[str, str] = {}

    def changed(self) -> Iterator[Entry]:
        """Yield what is in the files that are new or have changed.

        What the index knows is asked when the first is wanted, so that no other process changes it meanwhile.
        """
        with open_states(self._directory) as states:
            for root in self._roots:
                path = printable(root.absolute().as_posix())
                self._known |= states.below(path) | states.of_file(path)
            for done, file in enumerate(self.files, 1):
                indexed = states.of_file(printable(absolute(file).as_posix()))
                self._known |= indexed
                yield from self._entries(file, indexed)
                self._progress("files", done, len(self.files))
        if not self._present:
            nothing = SourceError(", ".join(map(str, self._roots)), "no file of a supported format in it")
            raise self.skipped[0] if self.skipped else nothing
        self._faults.write()

    def gone(self) -> list[str]:
        """Return the ids of indexed documents whose files were under the roots and no longer give them."""
        within = [root.absolute() for root in self._roots]
        return [
            identifier
            for identifier, state in self._known.items()
            if identifier not in self._present
            and not any(state.source == source or state.source.startswith(f"{source}/") for source in self._unread)
            and any(Path(state.path).is_relative_to(root) for root in within)
        ]

    def moved(self) -> int:
        """Return how many documents are new only in the name of their file."""
        before = Counter(self._known[identifier].sha256 for identifier in self.gone())
        new = Counter(sha256 for identifier, sha256 in self._present.items() if identifier not in self._known)
        return (before & new).total()

    def _entries(self, file: Path, indexed: Mapping[str, DocumentState]) -> Iterator[Entry]:
        path = printable(absolute(file).as_posix())
        found = list[SourceError]()
        try:
            if (
                self._encoding is None
                and indexed
                and {fingerprint(file)} == {state.sha256 for state in indexed.values()}
            ):
                self._present |= {identifier: state.sha256 for identifier, state in indexed.items()}
                self.untouched += len(indexed)
                self._faults.repeat(path, next(iter(indexed.values())).sha256, self.skipped.append)
                return
            documents = list(load_apart(file, found.append, self._encoding))
        except Exception as error:
            self.skipped += found
            self._skip(display_name(file), error)
            return
        self.skipped += found
        for document in documents:
            try:
                segmentation = segment(document, CHUNKING)
            except Exception as error:
                found.append(self._skip(document.source, error))
                continue
            self._present[document.id] = document.sha256
            yield document, segmentation.articles, segmentation.passages
        self._faults.keep(path, documents[0].sha256 if documents else "", found if documents else ())

    def _skip(self, source: str, error: Exception) -> SourceError:
        """Report a file, whatever is wrong with it: one that breaks a library must not cost the others."""
        if not isinstance(error, SourceError):
            error = SourceError(source, printable(f"cannot be read: {type(error).__name__}: {error}"))
        self.skipped.append(error)
        self._unread.add(error.source)
        return error


def starter_archive() -> Path:
    """Return the folder of the starter archive: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "seeds"
    return installed if installed.is_dir() else package.parent / "seeds"


def cited_document(citation: Citation, encoding: str | None = None) -> Document:
    """Read the cited file again, in ``encoding`` where it was read so, and return the document of the citation.

    Raises ``SourceError`` if the file is gone, has changed since, or does not hold the document any more.
    """
    path = Path(citation.source)
    digits = len(file_id(path))  # all are as long; what follows is the record in a file of many
    codec = None if encoding is None else encoding_named(encoding)
    for document in load_apart(path, lambda error: None, codec):  # what could not be read was not cited either
        if document.sha256 != citation.sha256:
            raise SourceError(citation.source, f"has changed since it was cited (SHA-256 is {document.sha256})")
        if document.id[digits:] == citation.document_id[digits:]:
            return document
    raise SourceError(citation.source, f"no longer holds the document {citation.document_id}")

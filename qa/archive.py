"""Files into the index: what ``gazette ingest`` does."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from embeddings.encoder import Encoder
from qa.errors import SourceError
from qa.ingest import ChunkingParameters, discover, load, segment
from qa.store import Entry, UpdateReport, document_states, update
from qa.types import Citation, Document

CHUNKING: Final = ChunkingParameters()

Progress = Callable[[int, int], None]
"""Called with the passages done so far and the passages in all."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingestion did; ``skipped`` are the files that could not be read, each with its reason."""

    files: int
    articles: int
    chunks: int
    update: UpdateReport
    skipped: tuple[SourceError, ...]


def ingest(
    paths: Iterable[Path], *, directory: Path, encoder: Encoder, progress: Progress = lambda done, total: None
) -> IngestReport:
    """Bring the index in ``directory`` up to date with files and folders.

    New and changed documents are indexed, those whose files are gone from ``paths`` are removed, the rest is left as it
    is. A file that cannot be read is skipped with its reason, and what the index held of it stays; a record or a page
    of a file that cannot be read is skipped alone.

    Raises ``SourceError`` if a path does not exist or no file can be read, and what ``qa.store.update`` raises.
    """
    roots = list(paths)
    skipped: list[SourceError] = []
    files = list(discover(roots, skipped.append))
    entries, unread = _read(files, skipped)
    if not entries:
        raise skipped[0] if skipped else SourceError(", ".join(map(str, roots)), "no file of a supported format in it")
    total = sum(len(chunks) for _, _, chunks in entries)
    done = 0

    def advance(passages: int) -> None:
        nonlocal done
        done += passages
        progress(done, total)

    updated = update(
        directory,
        encoder,
        CHUNKING.as_dict(),
        add=entries,
        remove=_gone(roots, entries, unread, directory),
        progress=advance,
    )
    return IngestReport(len(files), sum(len(articles) for _, articles, _ in entries), total, updated, tuple(skipped))


def default_archive() -> Path:
    """Return the folder of the starter archive: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "seeds"
    return installed if installed.is_dir() else package.parent / "seeds"


def original_text(citation: Citation) -> str:
    """Read the cited file again and return the text that the citation's offsets count in.

    Raises ``SourceError`` if the file is gone, has changed since, or does not hold the document any more.
    """
    documents: list[Document] = []
    for document in load(Path(citation.source), lambda error: None):  # what could not be read was not cited either
        if document.sha256 != citation.sha256:
            raise SourceError(citation.source, f"has changed since it was cited (SHA-256 is {document.sha256})")
        if document.id == citation.document_id:
            return document.text
        documents = [*documents, document][:2]
    # The id of a whole file depends on where it was ingested from; its content has just been found the same.
    if len(documents) != 1:
        raise SourceError(citation.source, f"no longer holds the document {citation.document_id}")
    return documents[0].text


def _read(files: Iterable[Path], skipped: list[SourceError]) -> tuple[list[Entry], set[str]]:
    """Return what files hold, and the sources of those that could not be read at all; tell ``skipped`` why."""
    entries, unread = list[Entry](), {error.source for error in skipped}
    for file in files:
        try:
            documents = list(load(file, skipped.append))
        except SourceError as error:
            skipped.append(error)
            unread.add(error.source)
            continue
        for document in documents:
            segmentation = segment(document, CHUNKING)
            entries.append((document, segmentation.articles, segmentation.chunks))
    return entries, unread


def _gone(roots: Collection[Path], entries: Iterable[Entry], unread: Collection[str], directory: Path) -> list[str]:
    """Return the ids of indexed documents whose files were under ``roots`` and no longer give them."""
    present = {document.id for document, _, _ in entries}
    within = [root.absolute() for root in roots]
    return [
        identifier
        for identifier, state in document_states(directory).items()
        if identifier not in present
        and not any(state.source == source or state.source.startswith(f"{source}/") for source in unread)
        and any(Path(state.path).is_relative_to(root) for root in within)
    ]

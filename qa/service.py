"""An archive with its models in memory: what the command line and the HTTP service ask."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Thread
from typing import Final, Self

from embeddings.encoder import Encoder, Kind, Vectors
from embeddings.loading import load_encoder
from embeddings.models import ModelFolder, Step, provision, untold
from embeddings.openvino_encoder import load_unigram_tokenizer
from embeddings.unigram import Encoded, TextTokenizer
from qa.answer.ask import ask
from qa.config import Settings
from qa.errors import SourceError
from qa.question import check_top_k, prepare
from qa.read.model import Reader, load_reader
from qa.retrieve import retrieve
from qa.store import Snapshot, open_index, read_state
from qa.types import EVERYTHING, Answer, Filters, Hit
from qa.wire import FoundPassage, found_passage

_ASKED_FOR: Final = 1.0
"""Seconds in which a store has to say which revision is its newest."""


@dataclass(frozen=True, slots=True)
class Models:
    """The encoder and the reader."""

    encoder: Encoder
    reader: Reader


@dataclass(frozen=True, slots=True)
class Service:
    """Answers questions over one index; threads may share it. A context manager, which closes the index."""

    models: Models
    opened: Snapshot
    settings: Settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(
        self,
        question: str,
        *,
        id: str | None = None,  # noqa: A002
        top_k: int | None = None,
        filters: Filters = EVERYTHING,
        retrieved: Callable[[Sequence[Hit]], None] = lambda hits: None,
    ) -> Answer:
        """Answer one question; ``QuestionError`` if it cannot be asked. ``retrieved`` is called before reading."""
        return ask(
            question,
            index=self.opened,
            encoder=self.models.encoder,
            reader=self.models.reader,
            top_k=self.settings.top_k if top_k is None else top_k,
            question_id=id,
            filters=filters,
            retrieved=retrieved,
        )

    def search(self, query: str, *, top_k: int | None = None, filters: Filters = EVERYTHING) -> Sequence[Hit]:
        """Return the passages nearest to a query, best first; ``QuestionError`` if it cannot be asked."""
        k = check_top_k(self.settings.top_k if top_k is None else top_k)
        prepared = prepare(query, index=self.opened, encoder=self.models.encoder, filters=filters)
        return retrieve(prepared.searched, prepared.vector, index=self.opened, k=k, filters=filters)

    def embed(self, texts: Sequence[str], kind: Kind) -> Vectors:
        """Return unit vectors of texts, as the index has them. *Shape:* ``(len(texts), dimension)``."""
        return self.models.encoder.encode(texts, kind)

    def token_ends(self, text: str) -> Sequence[int]:
        """Return where each token of a text ends, as the reader counts tokens; offsets of characters."""
        return [end for _, end in self._tokens(text).offsets]

    def token_count(self, text: str) -> int:
        """Return the number of tokens of a text, as the reader counts tokens."""
        return len(self._tokens(text).ids)

    def _tokens(self, text: str) -> Encoded:
        return self.models.reader.tokenizer.encode(text, add_special_tokens=False)

    def add(self, name: str, data: bytes, folder: Path, report: Callable[[SourceError], None]) -> Sequence[str]:
        """Keep a file in ``folder`` and index it; return its documents' ids. Raises what ``qa.uploads.add`` raises.

        ``report`` is told what of it cannot be read.
        """
        # Imported here, as below: it brings ingestion, which questions need nothing of.
        from qa import uploads

        return uploads.add(
            name, data, report, folder=folder, directory=self.settings.index, encoder=self.models.encoder
        )

    def remove(self, document_id: str, folder: Path) -> bool:
        """Take a document out of the index, and its file out of ``folder``; tell whether there was one of that id."""
        from qa import uploads

        return uploads.remove(document_id, folder=folder, directory=self.settings.index, encoder=self.models.encoder)

    def renewed(self) -> Self | None:
        """Return a service over the newest revision of the index, ``None`` if that is this one's.

        Raises what ``qa.store.open_index`` raises; a server that is down is told within a second.
        """
        if read_state(self.settings.index, timeout=_ASKED_FOR).generation == self.opened.state.generation:
            return None
        return replace(self, opened=open_index(self.settings.index, self.models.encoder))

    def close(self) -> None:
        """Close the index."""
        self.opened.close()


def found_passages(hits: Iterable[Hit], opened: Snapshot, *, printed: bool) -> Iterator[FoundPassage]:
    """Yield hits as they are sent; ``printed`` chooses their words as they stand in the original."""
    for hit in hits:
        place = hit.chunk.document_id
        yield found_passage(hit, opened.article(place, hit.chunk.article), opened.document(place), printed=printed)


def load_models(encoder: str, step: Step = untold, meanwhile: Callable[[], object] | None = None) -> Models:
    """Load (and on first use write) the models; ``EncoderError`` or ``ReaderError`` if that cannot be done.

    ``step`` is told what is done for the first time. ``meanwhile`` is called in a thread while the graphs are loaded,
    which is done outside Python.
    """
    folder, tokenizer = _shared(step)
    if meanwhile:
        Thread(target=meanwhile, daemon=True).start()
    # One after the other: while OpenVINO reads a graph it sets the process's locale and puts it back, and two threads
    # that do so at once leave the locale "C" behind.
    return Models(load_encoder(encoder, folder, tokenizer, step=step), load_reader(folder, tokenizer, step=step))


def load_only_encoder(encoder: str, step: Step = untold, threads: int | None = None) -> Encoder:
    """Load the encoder alone, as ingestion needs it, for a great many passages; it takes all cores, or ``threads``."""
    return load_encoder(encoder, *_shared(step), bulk=True, threads=threads, step=step)


def load_only_reader() -> Reader:
    """Load the reader alone, as reading given passages needs it."""
    return load_reader(*_shared())


def open_service(settings: Settings, models: Models) -> Service:
    """Open the index of ``settings``; raises what ``qa.store.open_index`` raises."""
    return Service(models, open_index(settings.index, models.encoder), settings)


def _shared(step: Step = untold) -> tuple[ModelFolder, TextTokenizer]:
    folder = provision(step)
    return folder, load_unigram_tokenizer(folder)

"""An archive with its models in memory: what the command line and the HTTP service ask."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from tokenizers import Tokenizer

from embeddings.encoder import Encoder
from embeddings.loading import load_encoder
from embeddings.models import ModelFolder, provision
from embeddings.openvino_encoder import load_tokenizer
from qa.answer import ask, check_question, check_top_k
from qa.config import Settings
from qa.read.model import Reader, load_reader
from qa.retrieve import EVERYTHING, retrieve
from qa.store import Index, open_index
from qa.types import Answer, Filters, Hit

MODEL_NAME: Final = "gazette"


@dataclass(frozen=True, slots=True)
class Models:
    """The encoder and the reader."""

    encoder: Encoder
    reader: Reader


@dataclass(frozen=True, slots=True)
class Service:
    """Answers questions over one index; threads may share it. A context manager, which closes the index."""

    models: Models
    opened: Index
    settings: Settings

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def model(self) -> str:
        """Name under which the whole answers, as in ``/v1/models``."""
        return MODEL_NAME

    @property
    def index(self) -> str:
        """The index directory."""
        return str(self.settings.index)

    def ask(
        self,
        question: str,
        *,
        id: str | None = None,  # noqa: A002
        top_k: int | None = None,
        filters: Filters = EVERYTHING,
    ) -> Answer:
        """Answer one question; ``QuestionError`` if it cannot be asked."""
        return ask(
            question,
            index=self.opened,
            encoder=self.models.encoder,
            reader=self.models.reader,
            top_k=self.settings.top_k if top_k is None else top_k,
            question_id=id,
            filters=filters,
        )

    def search(self, query: str, *, top_k: int | None = None, filters: Filters = EVERYTHING) -> Sequence[Hit]:
        """Return the passages nearest to a query, best first; ``QuestionError`` if it cannot be asked."""
        asked = check_question(query)
        vector = self.models.encoder.encode([asked], "query")[0]
        k = check_top_k(self.settings.top_k if top_k is None else top_k)
        return retrieve(asked, vector, index=self.opened, k=k, filters=filters)

    def close(self) -> None:
        """Close the index."""
        self.opened.close()


def load_models(encoder: str) -> Models:
    """Load (and on first use write) the models; ``EncoderError`` or ``ReaderError`` if that cannot be done."""
    folder, tokenizer = _shared()
    return Models(load_encoder(encoder, folder, tokenizer), load_reader(folder, tokenizer))


def load_only_encoder(encoder: str) -> Encoder:
    """Load the encoder alone, as ingestion needs it."""
    return load_encoder(encoder, *_shared())


def load_only_reader() -> Reader:
    """Load the reader alone, as reading given passages needs it."""
    return load_reader(*_shared())


def open_service(settings: Settings, models: Models) -> Service:
    """Open the index of ``settings``; raises what ``qa.store.open_index`` raises."""
    return Service(models, open_index(settings.index, models.encoder), settings)


def _shared() -> tuple[ModelFolder, Tokenizer]:
    folder = provision()
    return folder, load_tokenizer(folder)

"""An archive for programs: files in, cited answers out. The command line and the HTTP service do the same."""

from collections.abc import Callable, Sequence
from os import PathLike
from threading import Lock
from typing import TYPE_CHECKING, Self, Unpack

from qa.config import Settings
from qa.filters import FilterWords, parse_filters
from qa.types import Answer

if TYPE_CHECKING:
    from qa.addresses import Address
    from qa.indexing import IngestReport
    from qa.service import Models, Service
    from qa.store import ListedDocument
    from qa.wire import FoundPassage

StageProgress = Callable[[str, int, int], None]


class Archive:
    """One index, with its models in memory from the first question on; threads may share it.

    >>> with Archive("my-index") as archive:  # doctest: +SKIP
    ...     archive.ingest("my-archive")
    ...     answer = archive.ask("谁被任命为副市长?", date_from="2021-10")
    """

    def __init__(self, index: str | PathLike[str] | None = None, *, encoder: str | None = None, top_k: int = 5) -> None:
        """Name an index directory; nothing is opened yet, and it need not be there before ``ingest``.

        Without ``index`` and ``encoder`` it is the one that the command line asks, as ``GAZETTE_INDEX`` and
        ``GAZETTE_ENCODER`` say. ``top_k`` passages are read for a question.
        """
        chosen = Settings.from_environment(index=index, encoder=encoder)
        self._settings = Settings(chosen.index, chosen.encoder, top_k)
        self._lock = Lock()
        self._models: Models | None = None
        self._service: Service | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def index(self) -> "Address":
        """Where the index is."""
        return self._settings.index

    def ask(
        self,
        question: str,
        *,
        id: str | None = None,  # noqa: A002
        top_k: int | None = None,
        **filters: Unpack[FilterWords],
    ) -> Answer:
        """Answer one question with the source's words, each item cited; ``answered`` is false where there are none.

        Raises ``QuestionError`` or ``FilterError`` for what cannot be asked, and ``IndexMissing`` before ``ingest``.
        """
        return self._opened().ask(question, id=id, top_k=top_k, filters=parse_filters(**filters))

    def search(
        self, query: str, *, top_k: int | None = None, **filters: Unpack[FilterWords]
    ) -> Sequence["FoundPassage"]:
        """Return the passages nearest to a query, best first, without marks and column breaks; raises as ``ask``."""
        from qa.service import found_passages

        service = self._opened()
        hits = service.search(query, top_k=top_k, filters=parse_filters(**filters))
        return tuple(found_passages(hits, service.opened, printed=False))

    def ingest(
        self,
        *paths: str | PathLike[str],
        progress: StageProgress = lambda what, done, total: None,
    ) -> "IngestReport":
        """Bring the index up to date with files and folders, given as paths or URIs.

        ``report.skipped`` are the files that cannot be read. ``progress`` is called with what is counted, how
        many are done, and how many there are. Raises what ``qa.indexing.ingest`` raises.
        """
        from qa.indexing import ingest
        from qa.ingest import origin_of
        from qa.service import load_only_encoder

        with self._lock:
            encoder = self._models.encoder if self._models else load_only_encoder(self._settings.encoder)
            report = ingest(map(origin_of, paths), directory=self.index, encoder=encoder, progress=progress)
        self._renew()
        return report

    def documents(self, **filters: Unpack[FilterWords]) -> Sequence["ListedDocument"]:
        """List the documents with an article that passes, by source; ``IndexMissing`` before ``ingest``."""
        from qa.store import list_documents

        return list_documents(self.index, parse_filters(**filters))

    def close(self) -> None:
        """Let go of the index; a later question opens it again."""
        with self._lock:
            service, self._service = self._service, None
        if service is not None:
            service.close()

    def _opened(self) -> "Service":
        from qa.service import load_models, open_service

        with self._lock:
            if self._service is None:
                from qa.store import read_state

                read_state(self.index)  # a name that is wrong is told before the models are loaded
                self._models = self._models or load_models(self._settings.encoder)
                self._service = open_service(self._settings, self._models)
            return self._service

    def _renew(self) -> None:
        """Ask the newest revision from now on. The one before stays open for questions that are being answered."""
        with self._lock:
            if self._service is not None:
                self._service = self._service.renewed() or self._service

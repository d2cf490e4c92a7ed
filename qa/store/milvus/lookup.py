"""Looking into a collection without the encoder that questions need."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from qa.addresses import MilvusAddress
from qa.errors import IndexMissing, InputError
from qa.store.database import DocumentState
from qa.store.milvus.client import server_at
from qa.store.milvus.collection import Collection, fresh_at_first
from qa.store.milvus.expressions import passing, written
from qa.store.milvus.originals import Originals
from qa.store.milvus.rows import ARTICLE, DOCUMENT, Holding, article_of, holding_of
from qa.store.milvus.snapshot import MilvusSnapshot
from qa.store.milvus.state import require_current
from qa.store.milvus.vectors import vectors_of
from qa.store.passages import Known
from qa.store.protocol import State
from qa.store.states import States
from qa.store.tally import ListedDocument, Tally
from qa.types import Article, Document, Filters


def read_state(address: MilvusAddress, timeout: float | None = None) -> State:
    """Return what the current generation holds; ``StoreUnreachable`` after ``timeout`` seconds without an answer."""
    server = server_at(address)
    if timeout is None:
        return require_current(server)[1].state
    server.require_reachable(timeout)
    return require_current(server, timeout)[1].state


def open_unchecked(address: MilvusAddress) -> MilvusSnapshot:
    """Open the current generation, whatever encoder it is of."""
    server = server_at(address)
    return MilvusSnapshot(server, *require_current(server))


def is_index(address: MilvusAddress) -> bool:
    """Tell whether there is an index."""
    try:
        read_state(address)
    except IndexMissing:
        return False
    return True


def find_document(address: MilvusAddress, wanted: str) -> tuple[Document, tuple[Article, ...], dict[int, Article]]:
    """Return the document whose id or source is ``wanted``; see ``qa.store.find_document``."""
    with open_unchecked(address) as opened:
        named = _Known(_collection(address)).states_of(name=wanted)
        found = [wanted] if wanted in named else sorted(named)
        if len(found) > 1:
            raise InputError(f"{address}: {wanted} holds {len(found):,} documents; name one, such as {found[0]}")
        if not found:
            raise InputError(f"{address}: no document with the id or source {wanted!r}")
        return opened.document(found[0]), opened.articles(found[0]), dict(opened.halves(found[0]))


@contextmanager
def open_states(address: MilvusAddress) -> Iterator[States]:
    """Open what the current generation knows of files; see ``qa.store.open_states``."""
    try:
        known = _Known(_collection(address))
    except IndexMissing:
        yield States(None)
        return
    yield States(known)


@contextmanager
def open_vectors(address: MilvusAddress) -> Iterator[Known]:
    """Open the vectors of passages; see ``qa.store.open_vectors``."""
    server = server_at(address)
    passages = server.resolved(address.collection)
    yield (lambda digests: {}) if passages is None else partial(vectors_of, server, passages)


def list_documents(address: MilvusAddress, filters: Filters) -> tuple[ListedDocument, ...]:
    """Return the documents with an article that passes, by source."""
    found = list[ListedDocument]()
    for holding, articles in _passing(address, filters):
        dates = [article.date for article in articles if article.date]
        date = holding.date or min(dates, default=None)
        publication = max((article.publication for article in articles if article.publication), default=None)
        title = holding.title or holding.headline
        found.append(ListedDocument(holding.id, holding.source, title, date, publication, len(articles)))
    return tuple(found)


def tallies(address: MilvusAddress, filters: Filters) -> tuple[Tally, ...]:
    """Return the same documents, with how many of their articles are of which year."""
    found = list[Tally]()
    for holding, articles in _passing(address, filters):
        years = Counter((article.date or holding.date or "")[:4] for article in articles)
        for year, count in sorted(years.items()):
            named = {
                article.publication
                for article in articles
                if article.publication and (article.date or holding.date or "")[:4] == year
            }
            found.append(Tally(holding.id, holding.source, max(named, default=None), year or None, count))
    return tuple(found)


class _Known:
    """The states of documents."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def states(self) -> dict[str, DocumentState]:
        """Return the state of every document, by id, ordered by source."""
        return self._states("")

    def states_of(
        self, *, path: str | None = None, below: str | None = None, name: str | None = None
    ) -> dict[str, DocumentState]:
        """Return the states of the documents of a file, of the files ``below`` a folder, or of an id or a source."""
        if name is not None:
            return self._states(f' and (name == "{written(name)}" or other == "{written(name)}")')
        if below is not None:
            return self._states(f' and path > "{written(below)}/" and path < "{written(below)}0"')
        return self._states(f' and path == "{written(path or "")}"')

    def _states(self, where: str) -> dict[str, DocumentState]:
        found = [holding_of(row) for row in self._collection.each_record(DOCUMENT, where)]
        found.sort(key=lambda each: (each.source, each.id))
        return {each.id: DocumentState(each.source, each.path, each.sha256) for each in found}


def _collection(address: MilvusAddress) -> Collection:
    server = server_at(address)
    passages, current = require_current(server)
    originals = Originals(address.objects or current.objects, address)
    return Collection(server, passages, current.generation, originals, fresh_at_first())


def _passing(address: MilvusAddress, filters: Filters) -> list[tuple[Holding, list[Article]]]:
    collection = _collection(address)
    holdings = {each.id: each for each in map(holding_of, collection.each_record(DOCUMENT))}
    articles = dict[str, list[Article]]()
    for row in collection.each_record(ARTICLE, passing(filters)):
        article = article_of(row)
        articles.setdefault(article.document_id, []).append(article)
    found = [(holdings[name], each) for name, each in articles.items()]
    return sorted(found, key=lambda each: (each[0].source, each[0].id))

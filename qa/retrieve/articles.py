"""Whole articles by words and filters: all that there are, page by page, counted by what can narrow them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from qa.retrieve.facets import Facets, all_of, count_facets
from qa.store import Snapshot
from qa.store.columns import Columns, Mask
from qa.store.tokens import parts_of_words, words
from qa.text.folding import searchable
from qa.types import EVERYTHING, Chunk, Filters, Hit

Order = Literal["best", "newest", "oldest", "source"]
Match = Literal["all", "words", "parts", "nearest"]
"""What the articles have of the query: nothing was asked, all its words, all that its words consist of; or they are
only those whose passages come nearest."""

_CONTAINED: Final = ("source", "publication", "edition", "byline")


@dataclass(frozen=True, slots=True)
class ArticleQuery:
    """Which articles are wanted, and which of them are to be shown; ``best`` without words is ``newest``."""

    text: str = ""
    filters: Filters = EVERYTHING
    order: Order = "best"
    offset: int = 0
    limit: int = 20


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article by document and number, with the chunk that matches best, or its first."""

    document_id: str
    number: int
    chunk: Chunk | None


@dataclass(frozen=True, slots=True)
class ArticlesFound:
    """A page of articles, of ``total``; ``words`` are what to look for in them."""

    total: int
    match: Match
    articles: tuple[FoundArticle, ...]
    words: tuple[str, ...]
    facets: Facets


@dataclass(frozen=True, slots=True)
class _Ranking:
    """The articles that match, ascending, each with a score; the best chunk of each is that with all of ``rarest``.

    *Shape:* ``places`` and ``scores`` are ``(articles,)``.
    """

    match: Match
    places: NDArray[np.int64]
    scores: NDArray[np.float64]
    rarest: tuple[str, ...]
    words: tuple[str, ...]


def find_articles(
    query: ArticleQuery, index: Snapshot, nearest: Callable[[], Sequence[Hit]] = lambda: ()
) -> ArticlesFound:
    """Return a page of the articles that have all words of the query, and pass its filters, and count them by facets.

    Where no article has all the words, those that have all that the words consist of; where there is none of these
    either, those of the passages that ``nearest`` finds.
    """
    columns = index.columns
    ranking, chunks = _ranked(query.text, index, nearest) if query.text.strip() else (None, {})
    matching = np.ones(len(columns), np.bool_)
    if ranking is not None:
        matching[:] = False
        matching[ranking.places] = True
    masks = filter_masks(query.filters, index)
    chosen = all_of([matching, *masks.values()])
    order = query.order if ranking or query.order != "best" else "newest"
    places = _ordered(chosen, order, columns, ranking)
    page = places[query.offset : query.offset + query.limit].tolist()
    rarest = ranking.rarest if ranking else ()
    chunks |= {place: chunk for place in page if place not in chunks and (chunk := index.passage(place, rarest))}
    found = tuple(FoundArticle(*columns.article(place), chunks.get(place)) for place in page)
    facets = count_facets(columns, matching, masks)
    match = ranking.match if ranking else "all"
    return ArticlesFound(len(places), match, found, ranking.words if ranking else (), facets)


def filter_masks(filters: Filters, index: Snapshot) -> Mapping[str, Mask]:
    """Return for each field that is limited which articles pass; both ends of a range of dates are one field."""
    columns, masks = index.columns, dict[str, Mask]()
    for name in _CONTAINED:
        if wanted := getattr(filters, name):
            masks[name] = columns.labels[name].where(_containing(searchable(wanted)), len(columns))
    if filters.page:
        masks["page"] = columns.labels["page"].equal(filters.page, len(columns))
    if filters.title:
        masks["title"] = index.titles_where(filters.title)
    if filters.date_from or filters.date_to:
        first = int((filters.date_from or "0").replace("-", ""))
        last = int((filters.date_to or "9999-99-99").replace("-", ""))
        masks["date"] = (columns.days >= max(first, 1)) & (columns.days <= last)
    return masks


def _containing(wanted: str) -> Callable[[str], bool]:
    return lambda value: wanted in value


def _ranked(text: str, index: Snapshot, nearest: Callable[[], Sequence[Hit]]) -> tuple[_Ranking, dict[int, Chunk]]:
    whole = words(text)
    ranking = _having_all([tokens for _, tokens in whole], index)
    if ranking is not None:
        return replace(ranking, words=tuple(word for word, _ in whole)), {}
    parts = tuple(dict.fromkeys(parts_of_words(text)))
    ranking = _having_all([[token for _, tokens in words(part) for token in tokens] for part in parts], index)
    if ranking is not None:
        return replace(ranking, match="parts", words=parts), {}
    return _nearest(nearest(), index.columns, parts)


def _having_all(wanted: Sequence[Sequence[str]], index: Snapshot) -> _Ranking | None:
    """Return the articles that have every one of ``wanted``, each of which stands in one chunk; ``None`` if none has.

    An article's score is the sum of its best chunks'.
    """
    count = len(index.columns)
    scores = np.zeros(count)
    having = np.ones(count, np.bool_)
    rarest, fewest = tuple[str, ...](), count + 1
    for tokens in wanted:
        found = index.having(tokens)
        if not len(found.places):
            return None
        scores[found.places] += found.scores
        among = np.zeros(count, np.bool_)
        among[found.places] = True
        having &= among
        if len(found.places) < fewest:
            rarest, fewest = tuple(tokens), len(found.places)
    places = np.flatnonzero(having)
    if not wanted or not len(places):
        return None
    return _Ranking("words", places, scores[places], rarest, ())


def _nearest(hits: Sequence[Hit], columns: Columns, parts: tuple[str, ...]) -> tuple[_Ranking, dict[int, Chunk]]:
    best: dict[int, Hit] = {}
    for hit in hits:
        best.setdefault(columns.place(hit.chunk.document_id, hit.chunk.article), hit)
    places = np.array(sorted(best), np.int64)
    scores = np.array([best[place].score for place in sorted(best)], np.float64)
    return _Ranking("nearest", places, scores, (), parts), {place: hit.chunk for place, hit in best.items()}


def _ordered(chosen: Mask, order: Order, columns: Columns, ranking: _Ranking | None) -> NDArray[np.int64]:
    """Return the chosen articles in an order; those that it takes for equal, by source."""
    places = np.flatnonzero(chosen)
    if order == "best" and ranking is not None:
        scores = ranking.scores[np.searchsorted(ranking.places, places)]
        return places[np.argsort(-scores, kind="stable")]
    if order == "newest":
        return places[np.argsort(-columns.days[places], kind="stable")]
    if order == "oldest":  # those without a date last, as with the newest first
        days = np.where(columns.days > 0, columns.days, np.iinfo(np.int64).max)
        return places[np.argsort(days[places], kind="stable")]
    return places

"""The two halves of an article that goes on on another page, found by what their jump lines say."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from qa.types import Article

_REPEATED: Final = re.compile(r"版\s?[《“「]?(?P<title>[^《》“”「」（）()【】\[\]]{2,})")


MOST_ON_A_PAGE: Final = 200
"""Jump lines of one page that are compared; a broadsheet has about ten."""
_Page = tuple[str, str | None]


class Half(NamedTuple):
    """An article with a jump line, and where its file is."""

    article: Article
    path: str


class Day:
    """The halves among which one looks for another: those of one day, or of one document where days are unknown.

    Built in one pass. A half is compared with those of its paper's page alone, and of more than ``MOST_ON_A_PAGE``
    there, or of unknown page, none is certain.
    """

    def __init__(self, halves: Iterable[Half]) -> None:
        self._by_place = dict[tuple[str, int], Half]()
        self._heads, self._tails = defaultdict[_Page, list[Half]](list), defaultdict[_Page, list[Half]](list)
        for half in halves:
            article = half.article
            self._by_place.setdefault((article.document_id, article.number), half)
            page = _folder(half), article.page
            if article.continues_on:
                self._heads[page].append(half)
            if article.continued_from:
                self._tails[page].append(half)

    def half(self, article: Article) -> Half | None:
        """Return the article with its path, if it is of this day."""
        return self._by_place.get((article.document_id, article.number))

    def heads(self, tail: Half) -> list[Half]:
        """Return the articles that may go on in ``tail``; none where too many are to be compared."""
        found = _on(self._heads, tail, tail.article.continued_from)
        return [head for head in found if _fits(head, tail)]

    def tails(self, head: Half) -> list[Half]:
        """Return the articles in which ``head`` may go on; none where too many are to be compared."""
        found = _on(self._tails, head, head.article.continues_on)
        return [tail for tail in found if _fits(head, tail)]


def first_half(article: Article, day: Day) -> Article | None:
    """Return the one article of its ``day`` that goes on in ``article``; ``None`` if that is not certain.

    It must lead there and nowhere else, and no other may.
    """
    tail = day.half(article)
    heads = day.heads(tail) if tail else []
    return heads[0].article if len(heads) == 1 and len(day.tails(heads[0])) == 1 else None


def second_half(article: Article, day: Day) -> Article | None:
    """Return the one article of its ``day`` in which ``article`` goes on; ``None`` if that is not certain."""
    head = day.half(article)
    tails = day.tails(head) if head else []
    return tails[0].article if len(tails) == 1 and first_half(tails[0].article, day) == article else None


def entitled(article: Article, first: Article | None) -> Article:
    """Return the second half of an article under the title of the first, and its own line after it."""
    return replace(article, title=f"{first.title} {article.title}") if first else article


def _on(halves: Mapping[_Page, list[Half]], of: Half, page: str | None) -> list[Half]:
    folder = _folder(of)
    found = halves.get((folder, page), []), halves.get((folder, None), []) if page else []
    return [*found[0], *found[1]] if sum(map(len, found)) <= MOST_ON_A_PAGE else []


def _folder(half: Half) -> str:
    return str(PurePosixPath(half.path).parent)


def _fits(head: Half, tail: Half) -> bool:
    """Whether each names the other's page, as far as that is known; both are of one paper, which has its folder."""
    one, other = head.article, tail.article
    if one == other or not (one.continues_on and other.continued_from):
        return False
    if _folder(head) != _folder(tail):
        return False
    repeated = _REPEATED.search(other.title)
    return (
        other.page in (None, one.continues_on)
        and one.page in (None, other.continued_from)
        and (not repeated or repeated["title"].strip() in one.title)
    )

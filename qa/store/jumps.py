"""The two halves of an article that continues on another page, found by what their jump lines say."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from qa.types import Article, ArticleId

_REPEATED: Final = re.compile(r"版\s?[《“「]?(?P<title>[^《》“”「」（）()【】\[\]]{2,})")
MOST_ON_A_PAGE: Final = 200
"""Jump lines of one page that are compared; a broadsheet has about ten."""
_PageKey = tuple[PurePosixPath, str | None]


class Half(NamedTuple):
    """An article with a jump line, and where its file is."""

    article: Article
    path: str

    @property
    def folder(self) -> PurePosixPath:
        """What the files of one paper share."""
        return PurePosixPath(self.path).parent


def match_halves(day: Sequence[Half]) -> list[tuple[Article, Article]]:
    """Return each article with the one in which it continues, among those of its ``day``; none that is not certain.

    The first must lead there and nowhere else, and no other may.
    """
    tails_at = defaultdict[_PageKey, list[Article]](list)
    for half in day:
        if half.article.continued_from:
            tails_at[half.folder, half.article.page].append(half.article)
    pairs = [(head.article, tail) for head in day for tail in _near(tails_at, head) if _fits(head.article, tail)]
    tails = Counter(article_id(head) for head, _ in pairs)
    heads = Counter(article_id(tail) for _, tail in pairs)
    return [(head, tail) for head, tail in pairs if tails[article_id(head)] == heads[article_id(tail)] == 1]


def _near(tails_at: Mapping[_PageKey, list[Article]], head: Half) -> list[Article]:
    """Return the tails on the page where ``head`` continues and those of unknown page; none where they are too many."""
    page = head.article.continues_on
    if not page:
        return []
    found = tails_at.get((head.folder, page), []), tails_at.get((head.folder, None), [])
    return [*found[0], *found[1]] if sum(map(len, found)) <= MOST_ON_A_PAGE else []


def article_id(article: Article) -> ArticleId:
    """Return what an article is known by."""
    return article.document_id, article.number


def _fits(head: Article, tail: Article) -> bool:
    """Whether each names the other's page, as far as that is known."""
    if head == tail or not (head.continues_on and tail.continued_from):
        return False
    repeated = _REPEATED.search(tail.title)
    return (
        tail.page in (None, head.continues_on)
        and head.page in (None, tail.continued_from)
        and (not repeated or repeated["title"].strip() in head.title)
    )

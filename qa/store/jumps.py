"""The two halves of an article that goes on on another page, found by what their jump lines say."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from qa.types import Article

_REPEATED: Final = re.compile(r"版\s?[《“「]?(?P<title>[^《》“”「」（）()【】\[\]]{2,})")


class Half(NamedTuple):
    """An article with a jump line, and where its file is."""

    article: Article
    path: str


def first_half(article: Article, day: Sequence[Half]) -> Article | None:
    """Return the one article among those of its ``day`` that goes on in ``article``; ``None`` if that is not certain.

    It must lead there and nowhere else, and no other may.
    """
    tail = _half(article, day)
    heads = [head for head in day if tail and _fits(head, tail)]
    certain = len(heads) == 1 and sum(_fits(heads[0], other) for other in day) == 1
    return heads[0].article if certain else None


def second_half(article: Article, day: Sequence[Half]) -> Article | None:
    """Return the one article among those of its ``day`` in which ``article`` goes on; ``None`` if not certain."""
    head = _half(article, day)
    tails = [tail for tail in day if head and _fits(head, tail)]
    return tails[0].article if len(tails) == 1 and first_half(tails[0].article, day) == article else None


def entitled(article: Article, first: Article | None) -> Article:
    """Return the second half of an article under the title of the first, and its own line after it."""
    return replace(article, title=f"{first.title} {article.title}") if first else article


def _half(article: Article, day: Sequence[Half]) -> Half | None:
    return next((half for half in day if half.article == article), None)


def _fits(head: Half, tail: Half) -> bool:
    """Whether each names the other's page, as far as that is known; both are of one paper, which has its folder."""
    one, other = head.article, tail.article
    if one == other or not (one.continues_on and other.continued_from):
        return False
    if PurePosixPath(head.path).parent != PurePosixPath(tail.path).parent:
        return False
    repeated = _REPEATED.search(other.title)
    return (
        other.page in (None, one.continues_on)
        and one.page in (None, other.continued_from)
        and (not repeated or repeated["title"].strip() in one.title)
    )

"""The parts of an article that continues on other pages, found by what their jump lines say."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from itertools import chain
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from qa.types import Article, ArticleId

_REPEATED: Final = re.compile(r"版\s?(?![·・|])[《“「]?(?P<title>[^《》“”「」（）()【】\[\]]{2,})")
_JUMP: Final = re.compile(
    r"[（(【\[〔「『〈＜<◀◄←]?\s?[上紧緊承续續]接.*"
    r"|[\s:,/|(\[–—-]*\b(?i:(?:cont(?:inued|[’']d|\.)\s)?from)\s(?i:the\s)?(?:(?i:pages?|pp?\.|front|first)\b|[A-Z]?-?[0-9]).*"
)
_SIGNS: Final = re.compile(r"[a-z0-9\u00c0-\u024f]+|[^\W_]")
MIN_TITLE: Final = 4
"""Letters of a title that two parts do not share by accident."""
LEAST_ALIKE: Final = 0.75
"""Share of a shortened title's characters, or Latin words, that stand in the whole one in the same order."""
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


class _Pair(NamedTuple):
    head: Article
    tail: Article
    page: str
    named: int

    @property
    def way(self) -> tuple[ArticleId, str]:
        """The head, and which of its pages leads to the tail."""
        return article_id(self.head), self.page


def match_halves(day: Sequence[Half]) -> list[tuple[Article, Article]]:
    """Return each article with the one in which it continues, among those of its ``day``; none that is not certain.

    The first must lead there and nowhere else, on each page that it names, and no other may. Where several could,
    those are told apart first whose signs are the same, or whose titles repeat one another, then those whose titles are
    alike.
    """
    tails_at = defaultdict[_PageKey, list[Article]](list)
    for half in day:
        if half.article.continued_from:
            tails_at[half.folder, half.article.page].append(half.article)
    pairs = [
        _Pair(head.article, tail, page, _named(head.article, tail))
        for head in day
        for page in pages(head.article.continues_on)
        for tail in _near(tails_at, head.folder, _printed(page, head.article.page))
        if _fits(head.article, tail, page)
    ]
    chosen = set[_Pair]()
    for least in (2, 1, 0):
        ways, tails = {pair.way for pair in chosen}, {article_id(pair.tail) for pair in chosen}
        left = [pair for pair in pairs if pair.way not in ways and article_id(pair.tail) not in tails]
        chosen.update(_only_ones([pair for pair in left if pair.named >= least]))
    return _without_circles([(pair.head, pair.tail) for pair in pairs if pair in chosen])


def pages(label: str | None) -> tuple[str, ...]:
    """Return the pages that a jump line names, without its sign.

    >>> pages("2、3"), pages("4①"), pages(None)
    (('2', '3'), ('4',), ())
    """
    return tuple(page for page in (label or "").removesuffix(_sign(label)).split("、") if page)


def article_id(article: Article) -> ArticleId:
    """Return what an article is known by."""
    return article.document_id, article.number


def _near(tails_at: Mapping[_PageKey, list[Article]], folder: PurePosixPath, named: Iterable[str]) -> list[Article]:
    """Return the tails on one of the pages ``named`` and those of unknown page; none where they are too many."""
    found = [tails_at.get((folder, page), []) for page in (*named, None)]
    return list(chain.from_iterable(found)) if sum(map(len, found)) <= MOST_ON_A_PAGE else []


def _printed(page: str, where: str | None) -> tuple[str, ...]:
    """Return what the page that is named on the page ``where`` may be called at its own head: its section is known.

    >>> _printed("4", "B1"), _printed("1", "B4"), _printed("B4", "B1"), _printed("4", "1")
    (('4', 'B4'), ('1', 'B1', 'A1'), ('B4',), ('4',))
    """
    section = (where or "").rstrip("0123456789")
    if not section or not page.isdecimal():
        return (page,)
    return tuple(dict.fromkeys((page, f"{section}{page}", *(("A1",) if page == "1" else ()))))


def _only_ones(pairs: Sequence[_Pair]) -> list[_Pair]:
    tails = Counter(pair.way for pair in pairs)
    heads = Counter(article_id(pair.tail) for pair in pairs)
    return [pair for pair in pairs if tails[pair.way] == heads[article_id(pair.tail)] == 1]


def _without_circles(links: Sequence[tuple[Article, Article]]) -> list[tuple[Article, Article]]:
    before = {article_id(tail): article_id(head) for head, tail in links}

    def returns(start: ArticleId) -> bool:
        seen, at = {start}, before.get(start)
        while at is not None and at not in seen:
            seen.add(at)
            at = before.get(at)
        return at is not None

    return [(head, tail) for head, tail in links if not returns(article_id(tail))]


def _fits(head: Article, tail: Article, page: str) -> bool:
    """Whether each names the other's page, as far as that is known; a third part may name the first one's instead."""
    if article_id(head) == article_id(tail) or not tail.continued_from:
        return False
    back = [name for named in pages(tail.continued_from) for name in _printed(named, tail.page)]
    repeated = _REPEATED.search(tail.title)
    signs = _sign(head.continues_on), _sign(tail.continued_from)
    return (
        tail.page in (None, *_printed(page, head.page))
        and (head.page is None or head.page in back or pages(tail.continued_from) == pages(head.continued_from))
        and (not repeated or _is_short_for(_words(repeated["title"]), _words(head.title)))
        and (not all(map(str.isnumeric, signs)) or signs[0] == signs[1])
    )


def _named(head: Article, tail: Article) -> int:
    """Return how well a part says whose it is: 2 by a sign that both bear, or the other's title; 1 by one like it."""
    sign = _sign(head.continues_on)
    if sign and sign == _sign(tail.continued_from):
        return 2
    repeated = _REPEATED.search(tail.title)
    said = (repeated["title"] if repeated else "", _JUMP.sub("", tail.title))
    names = [name for name in map(_words, said) if len("".join(name)) >= MIN_TITLE]
    whole = _words(head.title)
    title, written = "".join(whole), map("".join, names)
    if any(one in title or (len(title) >= MIN_TITLE and title in one) for one in written):
        return 2
    return int(any(_is_short_for(name, whole) for name in names))


def _is_short_for(short: Sequence[str], whole: Sequence[str]) -> bool:
    matches = SequenceMatcher(None, short, whole, autojunk=False).get_matching_blocks()
    return bool(short) and sum(match.size for match in matches) >= LEAST_ALIKE * len(short)


def _sign(label: str | None) -> str:
    last = (label or "")[-1:]
    return last if last and not last.isascii() else ""


def _words(title: str) -> list[str]:
    """Return a title's Latin words and other letters, without case: what titles are compared by."""
    return _SIGNS.findall(title.casefold())

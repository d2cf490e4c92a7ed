"""How likely an answer is when several articles give it."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod

from qa.text.folding import folded, letters
from qa.types import ArticleId


@dataclass(frozen=True, slots=True)
class Claim:
    """What one article says in answer, as its ``key``, and how likely that is to be right by itself."""

    article: ArticleId
    key: str
    probability: float


def claim_key(text: str) -> str:
    """Return what two spans of the same words share: folded, and without blanks and punctuation.

    >>> claim_key(" ＬＹ《日报》")
    'ly日报'
    """
    return letters(text) or folded(text)


def agreed_probability(words: str, claims: Iterable[Claim]) -> float:
    """Return how likely it is that at least one of the articles that give an answer, by its key, is right.

    Noisy-or (Pearl 1988), as if articles erred independently; of several claims of one article the best counts. Claims
    agree where one has the words of the other, as 8日 and 10月8日 have, and single characters where they are equal.

    >>> claims = Claim(("a", 0), "8日", 0.5), Claim(("b", 0), "10月8日", 0.6), Claim(("b", 1), "9日", 0.9)
    >>> agreed_probability("8日", claims)
    0.8
    """
    of_article: dict[ArticleId, float] = {}
    for claim in claims:
        if _agree(words, claim.key):
            of_article[claim.article] = max(claim.probability, of_article.get(claim.article, 0.0))
    return 1 - prod(1 - probability for probability in of_article.values())


def _agree(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) > 1 and short in long)

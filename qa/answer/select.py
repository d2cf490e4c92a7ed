"""From the readings of all passages together to what answers: nothing, one thing, or a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from qa.answer.agreement import Claim, agreed_probability, claim_key, has_half, of_one_matter
from qa.answer.listing import apart, shared_end
from qa.read.calibration import Calibration
from qa.read.model import CharSpan, Reading
from qa.text.script import is_latin
from qa.types import Hit, Span

RETRIEVAL_WEIGHT: Final = 2.0
"""Worth of one standard deviation of retrieval in the reader's score, to order passages that both would answer from.

Measured on 100 open-domain questions of the CMRC and English dev sets: F1 0.634 and 0.404 without it, 0.691 and 0.465
with it.
"""
TIE: Final = 0.5
"""Log-odds within which two passages are as good as each other, so that the newer one decides."""

MERGED: Final = 0.65
"""How likely another article's answer has to be to be an item of a list beside those of the best one.

With 390 lists over development pages, nearly all of one article each, 59 passages of others are as likely, 4 rightly;
of the 20 that have half of the question's words that the deciding passage has, 2. With 0.5 there were 57 more, 3 of
them rightly.
"""

JOINED: Final = 0.45
"""How likely another article has to be to answer, in any words, to give items where a question asks for all there are.

Each article may hold one item of the list, and a reader that looks at one is in doubt whether it is the whole of it.
"""
NEAR: Final = 1 / 3
"""The share of the deciding passage's retrieval score that it needs then."""
FEW: Final = 2
"""The question's words that it needs to have as the deciding passage has; one more where either gives a list by itself,
which mostly is the whole of one, unless its items and the question tell by their ends what kind of thing is meant.

Of the 17 items that invented papers of several articles a list have in others, 16 are so taken, 2 others with them, and
none over development pages with one article for each list; with two words and no ends 17, and 24 others.
"""
NEARER: Final = 2 / 3
"""The same, for a question in another script than the passages."""

Evidence = tuple[Span, ...]
"""Spans that say the same, the best first."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage that was read, what its article says by its best span, and how likely it answers, in any words."""

    hit: Hit
    reading: Reading
    claim: Claim
    answers: float

    @property
    def combined_score(self) -> float:
        """The score of reading and retrieval together."""
        return self.reading.best.score + RETRIEVAL_WEIGHT * self.hit.score

    @property
    def best(self) -> Span:
        """The best span of the passage."""
        return self.span(self.reading.best)

    def span(self, read: CharSpan) -> Span:
        """Return characters that were read in the passage as a span of it."""
        return Span(self.hit.chunk, read.start, read.end, read.score)


def candidates(
    hits: Iterable[Hit], readings: Iterable[Reading | None], calibration: Calibration
) -> tuple[Candidate, ...]:
    """Return the passages that could be read, in order, each with its claim; as many hits as readings."""
    return tuple(
        Candidate(hit, reading, _claim(hit, reading.best, calibration), reading.answers(calibration))
        for hit, reading in zip(hits, readings, strict=True)
        if reading
    )


def select(
    read: Sequence[Candidate],
    calibration: Calibration,
    *,
    question: str = "",
    leading: int | None = None,
    most: int | None = None,
    every: bool = False,
) -> list[Evidence]:
    """Choose what answers ``question``; nothing if none is likely enough.

    Articles that say the same make it likelier. Of the passages that are likely enough to answer, the best by reading
    and retrieval together decides what the answer is, and whether it is one or a list; where several are as good, the
    newest, and what those of other dates say comes after it, each under its date. A list is taken from this passage and
    others of its article, over which it may continue, also where the article continues on another page, and from those
    of other articles that are likely by themselves and have the words of the question; elsewhere, spans of the same
    words are further evidence. Where ``every`` thing is asked for, also single ones of articles nearly as near make a
    list, if they end as those of the deciding one do. Only the first ``leading`` passages may decide. Of more items
    than ``most``, the likeliest of the deciding article are kept, then those of others; where one is wanted, there is
    no list.
    """
    claims = [replace(one.claim, probability=one.answers) for one in read]
    likely = [one for one in read if agreed_probability(one.claim.key, claims) >= calibration.threshold]
    first = {id(one) for one in read[:leading]}
    likely.sort(key=lambda one: (id(one) not in first, -one.combined_score))
    if not likely or id(likely[0]) not in first:
        return []
    ties = sum(one.combined_score >= likely[0].combined_score - TIE for one in likely)
    likely[:ties] = sorted(likely[:ties], key=lambda one: one.hit.date or "", reverse=True)
    decisive, lists = likely[0].hit, most != 1 and bool(likely[0].reading.items(calibration))
    listed = lists or every
    dated = [one.hit for one in likely[:ties] if one.hit.date and decisive.date and one.hit.date != decisive.date]
    chosen: list[Span] = []
    others: list[Span] = []
    elsewhere = [one for one in read if every and one.hit.article_id != decisive.article_id and one.answers >= JOINED]
    for one in (*likely, *(one for one in elsewhere if one not in likely)):
        items = apart(one.hit.chunk.text, one.reading.items(calibration)) if listed else ()
        spans = [one.span(span) for span in items or (one.reading.best,)]
        own = one.hit is decisive or one.hit in dated or (lists and items and one.hit.article_id == decisive.article_id)
        if not own and lists and one.claim.probability >= MERGED:
            own = has_half(question, one.hit.chunk, decisive.chunk)
        if not own and one in elsewhere:
            end = shared_end(question, [span.text for span in chosen])
            alike = [span for span in spans if shared_end(question, [span.text]) >= end]
            fewest = FEW if end or not (lists or items) else FEW + 1
            if alike and _of_one_matter(question, one, decisive, calibration, fewest):
                spans, own = alike, True
        (chosen if own else others).extend(spans)
    groups = _grouped(chosen, others)
    if most in (None, 1) or len(groups) <= most:
        return groups
    home = {one.hit.chunk.id for one in likely if one.hit.article_id == decisive.article_id}
    best = sorted(groups, key=lambda group: (all(span.chunk.id not in home for span in group), -group[0].score))[:most]
    return [group for group in groups if group in best]


def _of_one_matter(question: str, one: Candidate, decisive: Hit, calibration: Calibration, fewest: int) -> bool:
    """Whether a passage of another article tells of what the deciding one does, by the words that a question has.

    Across scripts there are none to go by: it has to be nearer and surer then.
    """
    share = one.hit.score / decisive.score if decisive.score > 0 else 0.0
    if is_latin(question) != is_latin(decisive.chunk.text):
        return share >= NEARER and one.answers >= calibration.threshold
    return share >= NEAR and of_one_matter(question, one.hit.chunk, decisive.chunk, fewest=fewest)


def unlisted(read: Sequence[Candidate], chosen: Iterable[Evidence], calibration: Calibration) -> int:
    """Count the passages that are likely to answer with other words than those chosen."""
    said = {claim_key(span.text) for evidence in chosen for span in evidence}
    likely = (one for one in read if one.answers >= calibration.threshold)
    return sum(one.claim.key not in said for one in likely)


def _claim(hit: Hit, span: CharSpan, calibration: Calibration) -> Claim:
    return Claim(hit.article_id, claim_key(hit.chunk.text[span.start : span.end]), calibration.probability(span.score))


def _grouped(chosen: Iterable[Span], others: Iterable[Span]) -> list[Evidence]:
    groups: dict[str, list[Span]] = {}
    for span in chosen:
        groups.setdefault(claim_key(span.text), []).append(span)
    for span in others:
        if claim_key(span.text) in groups:
            groups[claim_key(span.text)].append(span)
    return [tuple(sorted(group, key=lambda span: -span.score)) for group in groups.values()]

"""One question, from retrieval to a cited answer or an honest no."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from statistics import fmean
from time import perf_counter
from typing import Final, Literal

from embeddings.encoder import Encoder
from qa.answer.agreement import CLOSE, Claim, agree, agreed_probability, claim_key, dissented
from qa.answer.citations import cite, cite_parts, same_span_in
from qa.answer.ends import wanted_end
from qa.answer.listing import probability_in_list, repeated
from qa.answer.paired import paired
from qa.answer.select import Candidate, Evidence, candidates, select, unlisted
from qa.answer.sentences import likeliest_sentence
from qa.answer.supersede import Replaced, may_replace, supersede
from qa.answer.together import Given, revised
from qa.config import MAX_QUESTION
from qa.errors import CitationError
from qa.question import (
    Query,
    asked_number,
    check_question,
    check_top_k,
    is_small_talk,
    parts,
    prepare,
    wanted,
    wants_all,
    which_ones,
)
from qa.read.calibration import Calibration
from qa.read.model import Reader, Reading
from qa.read.told import Told
from qa.retrieve import retrieve
from qa.store import Snapshot
from qa.types import EVERYTHING, Answer, Citation, Filters, Hit, Item, Passage, Span, Superseded, confidence_in

MAX_CITATIONS: Final = 5
"""Places shown for one item."""
LIKELY_SENTENCE: Final = 0.75
"""How likely a sentence has to be to hold the answer, to be given in place of a span that is in doubt."""
SETTLING_SENTENCE: Final = 0.65
"""The same, where a sentence is wanted: lower, and more yes/no questions that no page settles are answered.

Of 92 yes/no questions, 52 of them settled by invented pages: 26 right, 5 wrong and 34 of 40 others declined; with 0.7
18, 3 and 34, with 0.6 30, 5 and 32.
"""
COUNTED: Final = 0.15
"""How likely each thing has to be, for their number to be an answer."""
SURELY_COUNTED: Final = 0.65
"""How likely they have to be on the average.

Of 128 counts over development pages, 89 of them unanswerable and nearly all others stated, four would be answered by
things that are not meant without it, none with it; of 26 over invented papers that list the things none is lost.
"""
MOST_READ: Final = 20
"""Passages that a list is looked for in."""
READ_ON: Final = 5
"""Passages that are read at once where a list goes on; one that answers among them, and as many more are read."""
_ALSO: Final = re.compile(r"(?:还有|還有|另有|其余|此外)[^、，,]{0,6}\Z|\b(?:also|besides|other)\b[^,]{0,20}\Z")
_AND_OTHERS: Final = re.compile(r"\s*[”’》」』]?\s*(?:等|and others|among others|,? etc)")
_OTHERS_IN: Final = re.compile("(?<=.)(?<![一二三四五六七八九十特头甲乙丙丁上中下高低初优平同])等")
"""What an item has of those that are not named: 台钟等旧物, not 二等奖."""


def ask(
    question: str,
    *,
    index: Snapshot,
    encoder: Encoder,
    reader: Reader,
    top_k: int,
    question_id: str | None = None,
    filters: Filters = EVERYTHING,
    retrieved: Callable[[Sequence[Hit]], None] = lambda hits: None,
) -> Answer:
    """Answer one question from ``top_k`` passages of the articles that pass ``filters``; more where a list goes on.

    A question in several parts is answered part by part. ``retrieved`` is told of the passages (of the
    first part) before they are read.

    Raises ``QuestionError`` for a question that cannot be asked.
    """
    top_k = check_top_k(top_k)
    source = _Source(index, encoder, reader, filters, retrieved)
    begun = perf_counter()
    asked = parts(check_question(question))
    replies = [
        _counted(part, source if part is asked[0] else replace(source, retrieved=_untold), top_k, whole=question)
        for part in asked
    ]
    if len(asked) > 1:
        replies = _together(replies, source)
        replies = [reply.named(part) for reply, part in zip(replies, asked, strict=True)]
    items = tuple(item for reply in replies for item in _weighed(reply.items))
    doubt = 1 - max(reply.likeliest for reply in replies)
    timings = {stage: sum(reply.timings_ms[stage] for reply in replies) for stage in replies[0].timings_ms}
    return Answer(
        question=question,
        items=items,
        confidence=confidence_in(items) if items else doubt,
        passages=tuple(dict.fromkeys(Passage.of(hit) for reply in replies for hit in reply.hits)),
        timings_ms={**timings, "total": (perf_counter() - begun) * 1000},
        id=question_id,
        closest=None if items else next((reply.closest for reply in replies if reply.closest), None),
        superseded=tuple(each for reply in replies for each in reply.superseded),
        more_passages=sum(reply.more_passages for reply in replies),
    )


def _weighed(items: Sequence[Item]) -> Sequence[Item]:
    if len(items) < 2:
        return items
    return [replace(item, confidence=probability_in_list(item.confidence)) for item in items]


def _untold(hits: Sequence[Hit]) -> None:
    """Tell nobody: passages are told of once a question."""


@dataclass(frozen=True, slots=True)
class _Source:
    """What answers come from."""

    index: Snapshot
    encoder: Encoder
    reader: Reader
    filters: Filters
    retrieved: Callable[[Sequence[Hit]], None]


@dataclass(frozen=True, slots=True)
class _Reply:
    """The answer to one part of a question, or to all of it."""

    items: tuple[Item, ...]
    likeliest: float
    hits: Sequence[Hit]
    closest: Item | None
    superseded: tuple[Superseded, ...]
    more_passages: int
    timings_ms: Mapping[str, float]
    read: Sequence[Candidate]
    said: Sequence[Span]

    @property
    def given(self) -> Given:
        """What answers, where that is one span."""
        one = self.items[0] if len(self.items) == len(self.said) == 1 else None
        single = one if one and one.kind == "span" else None
        return Given(self.said[0] if single else None, single.confidence if single else 0.0, self.read)

    def named(self, part: str) -> "_Reply":
        """Return it with its items as answers to a part."""
        return replace(self, items=tuple(replace(item, part=part) for item in self.items))


def _together(replies: Sequence[_Reply], source: _Source) -> list[_Reply]:
    """Return the answers to the parts of a question with those that tell better beside the others."""
    better = revised([reply.given for reply in replies], source.reader.calibration)
    return [
        replace(reply, items=(item,), superseded=(), said=[found[0]])
        if found
        and (len(reply.items) < 2)
        and (item := _item(with_twins((found[0],), reply.hits), found[1], source.index))
        else reply
        for reply, found in zip(replies, better, strict=True)
    ]


def _counted(question: str, source: _Source, top_k: int, *, whole: str) -> _Reply:
    """Answer a part of a question; the number of things that the archive does not state, by the things that it lists.

    They are as many as are meant only if each is likely, none is named twice and no text goes on with 等.
    """
    reply = _reply(question, source, top_k, whole=whole)
    which = which_ones(question)
    if which is None or len(reply.items) == 1:
        return reply
    listed = _reply(which, replace(source, retrieved=_untold), top_k, whole=whole.replace(question, which))
    sure = all(item.kind == "span" and item.confidence >= COUNTED and _ends_whole(item) for item in listed.items)
    if len(listed.items) < 2 or not sure or fmean(item.confidence for item in listed.items) < SURELY_COUNTED:
        return reply
    if listed.more_passages or repeated([item.text for item in listed.items]):
        return reply
    timings = {stage: spent + listed.timings_ms[stage] for stage, spent in reply.timings_ms.items()}
    return replace(listed, items=tuple(replace(item, kind="count") for item in listed.items), timings_ms=timings)


def _ends_whole(item: Item) -> bool:
    """Whether no place that prints an item says beside it that there are more of them."""
    return not _OTHERS_IN.search(item.text) and not any(
        _AND_OTHERS.match(place.quote, place.answer_end - place.start)
        or _ALSO.search(place.quote[: place.answer_start - place.start])
        for place in item.citations
    )


def _reply(question: str, source: _Source, top_k: int, *, whole: str) -> _Reply:
    """Answer a part of the question ``whole``, or all of it: a part is searched for with the rest beside it."""
    index, calibration = source.index, source.reader.calibration
    clock = [perf_counter()]
    query = prepare(question, index=index, encoder=source.encoder, filters=source.filters)
    beside = f"{question} {whole}"
    search = query
    if question != whole.strip() and len(beside) <= MAX_QUESTION:
        search = prepare(beside, index=index, encoder=source.encoder, filters=source.filters)
    clock.append(perf_counter())
    hits: Sequence[Hit] = []
    if not is_small_talk(query.asked):
        hits = retrieve(search.searched, search.vector, index=index, k=top_k, filters=source.filters)
    source.retrieved(hits)
    clock.append(perf_counter())
    readings = read_until_settled(query.searched, hits, source.reader)
    read = candidates(hits[: len(readings)], readings, calibration)
    most, every, more = asked_number(query.asked), wants_all(query.asked), 0
    chosen = select(read, calibration, question=query.searched, most=most, every=every)
    if 1 < len(chosen) != most or (chosen and every):
        leading = len(read)
        hits, read, ended = _read_on(query, search, read, len(readings), source)
        chosen = select(read, calibration, question=query.searched, leading=leading, most=most, every=every)
        more = 0 if ended else unlisted(read, chosen, calibration)
    clock.append(perf_counter())
    want = wanted(query.asked)
    chosen, replaced = supersede(
        chosen, read, query=query, index=index, calibration=calibration, filters=source.filters
    )
    claims = [candidate.claim for candidate in read]
    articles = {hit.chunk.id: hit.article_id for hit in hits}

    def cited(evidence: Evidence) -> Item | None:
        said = claim_key(evidence[0].text)
        own = (
            Claim(
                articles.get(span.chunk.id, (span.chunk.document_id, span.chunk.article)),
                claim_key(span.text),
                calibration.probability(span.score),
            )
            for span in evidence
        )
        probability = agreed_probability(said, (*own, *claims))
        if len(chosen) == 1 and not replaced and says_otherwise(read[0], evidence[0]):
            probability = dissented(probability)
        return _item(with_twins(evidence, hits), probability, index)

    found = [(evidence, cited(evidence)) for evidence in chosen]
    items = [item for _, item in found if item]
    if want != "count" and most is None:  # parts are no more things than there were
        items = [
            each for evidence, item in found for each in ((item,) if item else _parts(evidence, calibration, index))
        ]
    closest = None
    if (want == "sentence" or not items) and (sentence := likeliest_sentence(read, calibration)):
        closest = _item(with_twins((sentence.span,), hits), sentence.probability, index, "sentence")
    if closest:
        least = SETTLING_SENTENCE if want == "sentence" else LIKELY_SENTENCE
        items = [closest] if closest.confidence >= least else []
    stages = zip(("encode", "retrieve", "read"), clock[:-1], clock[1:], strict=True)
    return _Reply(
        items=tuple(items),
        likeliest=max((one.answers for one in read), default=0.0),
        hits=hits,
        closest=None if items else closest,
        superseded=tuple(filter(None, (_superseded(each, cited(each.evidence)) for each in replaced))) if items else (),
        more_passages=more if items else 0,
        timings_ms={stage: (end - start) * 1000 for stage, start, end in stages},
        read=read,
        said=[evidence[0] for evidence in chosen],
    )


def _read_on(
    query: Query, search: Query, read: tuple[Candidate, ...], done: int, source: _Source
) -> tuple[list[Hit], tuple[Candidate, ...], bool]:
    """Read on after ``done`` passages for more of a list, as long as further ones keep answering.

    Returns what was looked at, what was read, and whether the list has ended, which it has not at ``MOST_READ``.
    """
    calibration = source.reader.calibration
    further = retrieve(search.searched, search.vector, index=source.index, k=MOST_READ, filters=source.filters)
    for at in range(done, len(further), READ_ON):
        part = further[at : at + READ_ON]
        more = candidates(part, _readings(query.searched, part, source.reader), calibration)
        read, done = (*read, *more), at + len(part)
        if all(one.answers < calibration.threshold for one in more):
            return further[:done], read, True
    return further[:done], read, len(further) < MOST_READ


def _superseded(old: Replaced, item: Item | None) -> Superseded | None:
    return Superseded(item.text, old.by, old.reason, item.citations) if item else None


def read_until_settled(question: str, hits: Sequence[Hit], reader: Reader) -> list[Reading | None]:
    """Read hits in order: the first, the better half, the rest, each part only if those before leave room for doubt.

    The first is not enough where one of the better half may say what holds since, or held before.
    """
    readings: list[Reading | None] = []
    half = (len(hits) + 1) // 2
    first = half if any(may_replace(question, hit.chunk, hits[0].chunk) for hit in hits[1:half]) else 1
    for part in (hits[:first], hits[first:half], hits[half:]):
        readings += _readings(question, part, reader)
        best = max((reading.best.score for reading in readings if reading), default=float("-inf"))
        if reader.calibration.probability(best) >= reader.calibration.settled:
            break
    return readings


def _readings(question: str, hits: Sequence[Hit], reader: Reader) -> list[Reading | None]:
    readings = reader.read(question, [Told(hit.chunk.context, hit.chunk.text, hit.chunk.heads) for hit in hits])
    return [reading and _meant(question, hit.chunk.text, reading) for hit, reading in zip(hits, readings, strict=True)]


def _meant(question: str, text: str, reading: Reading) -> Reading:
    return wanted_end(question, text, paired(question, text, reading))


def says_otherwise(nearest: Candidate, span: Span) -> bool:
    """Whether the passage that was found first has another answer than a span, read with nearly as much confidence."""
    other = nearest.reading.best.score > span.score - CLOSE and nearest.hit.chunk.id != span.chunk.id
    return other and not agree(nearest.claim.key, claim_key(span.text))


def with_twins(evidence: Evidence, hits: Iterable[Hit]) -> Evidence:
    """Return the evidence, and after it the same words in the near-duplicates of its chunks."""
    twins = {hit.chunk.id: hit.twins for hit in hits}
    echoes = (same_span_in(span, twin) for span in evidence for twin in twins.get(span.chunk.id, ()))
    return evidence + tuple(span for span in echoes if span)


def _parts(evidence: Evidence, calibration: Calibration, index: Snapshot) -> tuple[Item, ...]:
    """Cite a span that no place prints in one piece by the pieces that there are; nothing unless all can be cited."""
    span = evidence[0]
    document = index.document(span.chunk.document_id)
    article = index.article(span.chunk.document_id, span.chunk.article)
    with suppress(CitationError):
        cited = cite_parts(span, document=document, article=article)
        return tuple(Item(part.text, calibration.probability(span.score), (citation,)) for part, citation in cited)
    return ()


def _item(
    evidence: Evidence, probability: float, index: Snapshot, kind: Literal["span", "sentence"] = "span"
) -> Item | None:
    """Cite the spans of one item; ``None`` if none of them can be."""
    citations: list[Citation] = []
    # A place that prints the item otherwise (in other case, with other marks) would not support its words.
    same = [span for span in evidence if span.text == evidence[0].text]
    for span in same[:MAX_CITATIONS]:
        document = index.document(span.chunk.document_id)
        article = index.article(span.chunk.document_id, span.chunk.article)
        # A span over what stands between lines and is no mark of one (a rule, the next item's number) is not one item
        # of what the page prints: it is refused here, and its parts may be answers.
        with suppress(CitationError):
            citations.append(cite(span, document=document, article=article))
    if not citations:
        return None
    return Item(evidence[0].text, probability, tuple(citations), kind)

"""One question, from retrieval to a cited answer or an honest no."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from itertools import compress
from time import perf_counter
from typing import Final

from embeddings.encoder import Encoder
from qa.agreement import Claim, Place, agreed, key
from qa.citations import cite, echo
from qa.config import MAX_QUESTION, MAX_TOP_K
from qa.errors import CitationError, QuestionError
from qa.pinyin import has_name, with_characters
from qa.places import has_place, with_places
from qa.read.calibration import Calibration
from qa.read.model import CharSpan, Reader, Reading
from qa.retrieve import EVERYTHING, retrieve
from qa.store import Index
from qa.types import Answer, Citation, Filters, Hit, Item, Passage, Span

MAX_CITATIONS: Final = 5
"""Places shown for one item."""

RETRIEVAL_WEIGHT: Final = 2.0
"""Worth of one standard deviation of retrieval in the reader's score, to order passages that both would answer from.

Measured on 100 open-domain questions of the CMRC and English dev sets: F1 0.634 and 0.404 without it, 0.691 and 0.465
with it.
"""
TIE: Final = 0.5
"""Log-odds within which two passages are as good as each other, so that the newer one decides."""
SETTLED: Final = 0.42
"""Probability of an answer from which no further passage is read: reading is most of what a question costs."""

Evidence = tuple[Span, ...]
"""Spans that say the same, the best first."""


def check_question(question: str) -> str:
    """Return the question without blanks around it; ``QuestionError`` if it is empty or too long."""
    asked = question.strip()
    if not any(character.isalnum() for character in asked):
        raise QuestionError("the question is empty: ask something, for example 谁被任命为副市长?")
    if len(asked) > MAX_QUESTION:
        raise QuestionError(f"the question has {len(asked):,} characters, more than {MAX_QUESTION:,}: shorten it")
    return asked


def check_top_k(top_k: int) -> int:
    """Return ``top_k``; ``QuestionError`` unless it is between 1 and 50."""
    if not 1 <= top_k <= MAX_TOP_K:
        raise QuestionError(f"top-k is {top_k}, not between 1 and {MAX_TOP_K}")
    return top_k


def ask(
    question: str,
    *,
    index: Index,
    encoder: Encoder,
    reader: Reader,
    top_k: int,
    question_id: str | None = None,
    filters: Filters = EVERYTHING,
    retrieved: Callable[[Sequence[Hit]], None] = lambda hits: None,
) -> Answer:
    """Answer one question from ``top_k`` passages of the articles that pass ``filters``.

    ``retrieved`` is told of the passages before they are read.

    Raises ``QuestionError`` for a question that cannot be asked.
    """
    asked, top_k = check_question(question), check_top_k(top_k)
    clock = [perf_counter()]
    vector = encoder.encode([asked], "query")[0]
    if has_name(asked) or has_place(asked):
        near = retrieve(asked, vector, index=index, k=MAX_TOP_K, filters=filters)
        texts = [hit.chunk.text for hit in near]
        asked = with_places(with_characters(asked, texts), texts)
        vector = encoder.encode([asked], "query")[0]
    clock.append(perf_counter())
    hits = retrieve(asked, vector, index=index, k=top_k, filters=filters)
    retrieved(hits)
    clock.append(perf_counter())
    readings = read_until_settled(asked, hits, reader)
    clock.append(perf_counter())
    read, calibration = hits[: len(readings)], reader.calibration

    def whole(hit: Hit) -> Place:
        return _whole(hit, index)

    made = claims(read, readings, calibration, whole)
    places = {hit.chunk.id: whole(hit) for hit in read}
    items = []
    for evidence in select(read, readings, calibration, whole):
        own = (_claim(places[span.chunk.id], span.text, span.score, calibration) for span in evidence)
        probability = agreed(key(evidence[0].text), (*own, *made))
        if item := _item(with_twins(evidence, hits), probability, index):
            items.append(item)
    likeliest = max((agreed(claim.key, made) for claim in made), default=0.0)
    stages = zip(("encode", "retrieve", "read"), clock[:-1], clock[1:], strict=True)
    timings = {stage: (end - start) * 1000 for stage, start, end in stages}
    return Answer(
        question=question,
        items=tuple(items),
        confidence=max(item.confidence for item in items) if items else 1 - likeliest,
        passages=tuple(
            Passage(hit.chunk.id, hit.chunk.document_id, hit.score, hit.chunk.start, hit.chunk.end) for hit in hits
        ),
        timings_ms={**timings, "total": (perf_counter() - clock[0]) * 1000},
        id=question_id,
    )


def read_until_settled(question: str, hits: Sequence[Hit], reader: Reader) -> list[Reading | None]:
    """Read hits in order, the better half first, and the rest only if that leaves room for doubt."""
    readings: list[Reading | None] = []
    half = (len(hits) + 1) // 2
    for part in (hits[:half], hits[half:]):
        readings += reader.read(question, [(hit.chunk.context, hit.chunk.text) for hit in part])
        best = max((reading.best.score for reading in readings if reading), default=float("-inf"))
        if reader.calibration.probability(best) >= SETTLED:
            break
    return readings


def own_article(hit: Hit) -> Place:
    """Return the place of a hit's article, whether or not it goes on elsewhere."""
    return hit.chunk.document_id, hit.chunk.article


def claims(
    hits: Sequence[Hit],
    readings: Sequence[Reading | None],
    calibration: Calibration,
    whole: Callable[[Hit], Place] = own_article,
) -> list[Claim]:
    """Return what each passage that was read says, by its best span."""
    return [
        _claim(whole(hit), hit.chunk.text[reading.best.start : reading.best.end], reading.best.score, calibration)
        for hit, reading in zip(hits, readings, strict=True)
        if reading
    ]


def _claim(place: Place, text: str, score: float, calibration: Calibration) -> Claim:
    return Claim(place, key(text), calibration.probability(score))


def select(
    hits: Sequence[Hit],
    readings: Sequence[Reading | None],
    calibration: Calibration,
    whole: Callable[[Hit], Place] = own_article,
) -> list[Evidence]:
    """Choose what answers, from the readings of all passages together; nothing if none is likely enough.

    Articles that say the same make it likelier. Of the passages with a span that is likely enough, the best by reading
    and retrieval together decides what the answer is, and whether it is one or a list; where several are as good, the
    newest, and what those of other dates say comes after it, each under its date. A list is taken from this passage and
    others of its article, over which it may go on; elsewhere, spans of the same words are further evidence. ``whole``
    names the article of a hit, the same for both halves of one that goes on on another page.
    """
    made = claims(hits, readings, calibration, whole)
    likely = [agreed(claim.key, made) >= calibration.threshold for claim in made]
    read = [(hit, reading) for hit, reading in zip(hits, readings, strict=True) if reading]
    read = list(compress(read, likely))
    if not read:
        return []
    read.sort(key=lambda pair: -_worth(*pair))
    ties = sum(_worth(*pair) >= _worth(*read[0]) - TIE for pair in read)
    read[:ties] = sorted(read[:ties], key=lambda pair: pair[0].date or "", reverse=True)
    decisive, listed = read[0][0], bool(read[0][1].items(calibration))
    dated = [hit for hit, _ in read[:ties] if hit.date and decisive.date and hit.date != decisive.date]
    chosen: list[Span] = []
    others: list[Span] = []
    for hit, reading in read:
        items = reading.items(calibration) if listed else ()
        spans = items or (reading.best,)
        own = hit is decisive or hit in dated or (items and whole(hit) == whole(decisive))
        (chosen if own else others).extend(_span(hit, span) for span in spans)
    return _grouped(chosen, others)


def _worth(hit: Hit, reading: Reading) -> float:
    return reading.best.score + RETRIEVAL_WEIGHT * hit.score


def with_twins(evidence: Evidence, hits: Iterable[Hit]) -> Evidence:
    """Return the evidence, and after it the same words in the near-duplicates of its chunks."""
    twins = {hit.chunk.id: hit.twins for hit in hits}
    echoes = (echo(span, twin) for span in evidence for twin in twins[span.chunk.id])
    return evidence + tuple(span for span in echoes if span)


def _whole(hit: Hit, index: Index) -> Place:
    """Return the article of a hit, or the half of it that stands first in the paper."""
    place = hit.chunk.document_id, hit.chunk.article
    first = index.first_half(*place)
    return (first.document_id, first.number) if first else place


def _span(hit: Hit, span: CharSpan) -> Span:
    return Span(hit.chunk, span.start, span.end, span.score)


def _grouped(chosen: Iterable[Span], others: Iterable[Span]) -> list[Evidence]:
    groups: dict[str, list[Span]] = {}
    for span in chosen:
        groups.setdefault(key(span.text), []).append(span)
    for span in others:
        if key(span.text) in groups:
            groups[key(span.text)].append(span)
    return [tuple(sorted(group, key=lambda span: -span.score)) for group in groups.values()]


def _item(evidence: Evidence, probability: float, index: Index) -> Item | None:
    """Cite the spans of one item; ``None`` if none of them can be."""
    citations: list[Citation] = []
    # A place that prints the item otherwise (in other case, with other marks) would not bear out its words.
    same = [span for span in evidence if span.text == evidence[0].text]
    for span in same[:MAX_CITATIONS]:
        document = index.document(span.chunk.document_id)
        article = index.article(span.chunk.document_id, span.chunk.article)
        # A span over a mark that tells lines apart (the next list item's dash, a rule) is not one item of what the page
        # prints: it is refused here, and is no answer.
        with suppress(CitationError):
            citations.append(cite(span, document=document, article=article))
    if not citations:
        return None
    return Item(evidence[0].text, probability, tuple(citations))

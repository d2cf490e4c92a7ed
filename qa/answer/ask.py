"""One question, from retrieval to a cited answer or an honest no."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from time import perf_counter
from typing import Final

from embeddings.encoder import Encoder
from qa.answer.agreement import Claim, agreed_probability, claim_key
from qa.answer.citations import cite, same_span_in
from qa.answer.select import Evidence, candidates, select
from qa.errors import CitationError
from qa.question import check_top_k, prepare
from qa.read.model import Reader, Reading
from qa.retrieve import EVERYTHING, retrieve
from qa.store import Index
from qa.types import Answer, Citation, Filters, Hit, Item, Passage

MAX_CITATIONS: Final = 5
"""Places shown for one item."""


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
    top_k = check_top_k(top_k)
    clock = [perf_counter()]
    query = prepare(question, index=index, encoder=encoder, filters=filters)
    clock.append(perf_counter())
    hits = retrieve(query.searched, query.vector, index=index, k=top_k, filters=filters)
    retrieved(hits)
    clock.append(perf_counter())
    readings = read_until_settled(query.searched, hits, reader)
    clock.append(perf_counter())
    read = candidates(hits[: len(readings)], readings, reader.calibration)
    claims = [candidate.claim for candidate in read]
    articles = {hit.chunk.id: hit.article_id for hit in hits}
    items = []
    for evidence in select(read, reader.calibration):
        probability = reader.calibration.probability
        said = claim_key(evidence[0].text)
        own = (Claim(articles[span.chunk.id], claim_key(span.text), probability(span.score)) for span in evidence)
        if item := _item(with_twins(evidence, hits), agreed_probability(said, (*own, *claims)), index):
            items.append(item)
    likeliest = max((agreed_probability(claim.key, claims) for claim in claims), default=0.0)
    stages = zip(("encode", "retrieve", "read"), clock[:-1], clock[1:], strict=True)
    timings = {stage: (end - start) * 1000 for stage, start, end in stages}
    return Answer(
        question=question,
        items=tuple(items),
        confidence=max(item.confidence for item in items) if items else 1 - likeliest,
        passages=tuple(map(Passage.of, hits)),
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
        if reader.calibration.probability(best) >= reader.calibration.settled:
            break
    return readings


def with_twins(evidence: Evidence, hits: Iterable[Hit]) -> Evidence:
    """Return the evidence, and after it the same words in the near-duplicates of its chunks."""
    twins = {hit.chunk.id: hit.twins for hit in hits}
    echoes = (same_span_in(span, twin) for span in evidence for twin in twins[span.chunk.id])
    return evidence + tuple(span for span in echoes if span)


def _item(evidence: Evidence, probability: float, index: Index) -> Item | None:
    """Cite the spans of one item; ``None`` if none of them can be."""
    citations: list[Citation] = []
    # A place that prints the item otherwise (in other case, with other marks) would not support its words.
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

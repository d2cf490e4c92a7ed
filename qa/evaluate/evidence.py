"""Where the gold evidence stands in the archive, and what a cited item is worth in its light."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from qa.evaluate.gold import GoldQuestion
from qa.types import Article, Citation, Document, Item, Passage

Verdict = Literal["supported", "misattributed", "wrong"]


class DocumentLookup(Protocol):
    """What evaluation looks up in an archive; an open index is one."""

    def document(self, document_id: str) -> Document:
        """Return a document with its text."""

    def documents(self) -> Iterator[Document]:
        """Yield all documents."""

    def articles(self, document_id: str) -> tuple[Article, ...]:
        """Return the articles of a document, in order."""


@dataclass(frozen=True, slots=True)
class EvidenceSpan:
    """``[start, end)`` of a document's original text, and the title of the article around it (empty outside any)."""

    document_id: str
    start: int
    end: int
    title: str

    def within(self, document_id: str, start: int, end: int) -> bool:
        """Whether ``[start, end)`` of a document holds all of this place."""
        return document_id == self.document_id and start <= self.start and self.end <= end

    def touches(self, document_id: str, start: int, end: int) -> bool:
        """Whether ``[start, end)`` of a document and this place share a character."""
        return document_id == self.document_id and start < self.end and self.start < end


EvidenceSpans = tuple[EvidenceSpan, ...]
"""Everywhere that one evidence stands."""


def locate(gold: Iterable[GoldQuestion], archive: DocumentLookup) -> dict[str, tuple[EvidenceSpans, ...]]:
    """Find every evidence of every question, by question id; an evidence that is not found has no spans.

    White space counts for nothing, because columns break where they like. Where a question names its article and the
    evidence stands there, places elsewhere do not count.
    """
    questions = list(gold)
    wanted = {without_white_space(words) for question in questions for words in question.evidence}
    found: dict[str, list[EvidenceSpan]] = {words: [] for words in wanted}
    for document in archive.documents():
        for words, places in _found(document, wanted, archive).items():
            found[words] += places
    return {
        question.id: tuple(
            _in_article(found[without_white_space(words)], question.article) for words in question.evidence
        )
        for question in questions
    }


def without_white_space(text: str) -> str:
    r"""Return ``text`` without white space.

    >>> without_white_space("依托龙\n\n头 企业")
    '依托龙头企业'
    """
    return "".join(text.split())


def title_at(offset: int, articles: Iterable[Article]) -> str:
    """Return the title of the article around an offset of its document; empty outside any."""
    return next((article.title for article in articles if article.start <= offset < article.end), "")


def evidence_held(passage: Passage, evidence: Sequence[EvidenceSpans]) -> frozenset[int]:
    """Return the numbers of the evidences that a passage contains completely."""
    span = (passage.document_id, passage.start, passage.end)
    return frozenset(number for number, places in enumerate(evidence) if any(place.within(*span) for place in places))


def shows_evidence(citation: Citation, evidence: Sequence[EvidenceSpans]) -> bool:
    """Whether the quoted sentence contains an evidence completely, or the cited answer is inside one."""
    quote = (citation.document_id, citation.start, citation.end)
    answer = (citation.document_id, citation.answer_start, citation.answer_end)
    return any(place.within(*quote) or place.touches(*answer) for places in evidence for place in places)


def in_right_article(citation: Citation, evidence: Sequence[EvidenceSpans]) -> bool:
    """Whether the citation is from an article that holds an evidence."""
    cited = (citation.document_id, without_white_space(citation.title))
    return any(
        cited == (place.document_id, without_white_space(place.title)) for places in evidence for place in places
    )


def verdict(item: Item, *, required: bool, evidence: Sequence[EvidenceSpans]) -> Verdict:
    """Judge an item by whether it is ``required`` and whether one of its citations shows the gold evidence."""
    if not required:
        return "wrong"
    supported = any(shows_evidence(citation, evidence) for citation in item.citations)
    return "supported" if supported else "misattributed"


def _found(document: Document, wanted: Iterable[str], archive: DocumentLookup) -> Mapping[str, list[EvidenceSpan]]:
    bare = without_white_space(document.text)
    present = [words for words in wanted if words in bare]
    if not present:
        return {}
    offsets = [offset for offset, character in enumerate(document.text) if not character.isspace()]
    articles = archive.articles(document.id)
    return {
        words: [
            EvidenceSpan(document.id, offsets[at], offsets[at + len(words) - 1] + 1, title_at(offsets[at], articles))
            for at in _occurrences(bare, words)
        ]
        for words in present
    }


def _occurrences(text: str, words: str) -> Iterator[int]:
    at = text.find(words)
    while at >= 0:
        yield at
        at = text.find(words, at + 1)


def _in_article(places: Sequence[EvidenceSpan], title: str | None) -> EvidenceSpans:
    named = tuple(
        place
        for place in places
        if title is not None and without_white_space(place.title) == without_white_space(title)
    )
    return named or tuple(places)

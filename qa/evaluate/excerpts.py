"""Pieces of the sources, with what was to be found and what was given marked in them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from qa.evaluate.evidence import DocumentLookup, EvidenceSpans, title_at
from qa.evaluate.report import Excerpt
from qa.types import Answer, line_at

MARGIN: Final = 120
"""Characters shown on either side of a mark."""
SHOWN: Final = 6
"""Marks of one kind that are shown for a question."""

Span = tuple[int, int]


@dataclass(slots=True)
class _Marks:
    gold: set[Span] = field(default_factory=set)
    predicted: set[Span] = field(default_factory=set)


def archive_excerpts(
    answer: Answer | None, evidence: Sequence[EvidenceSpans], archive: DocumentLookup
) -> tuple[Excerpt, ...]:
    """Return what surrounds the gold evidence (the first place of each) and the cited answers (of each item)."""
    marks: dict[str, _Marks] = {}
    for places in evidence[:SHOWN]:
        for place in places[:1]:
            marks.setdefault(place.document_id, _Marks()).gold.add((place.start, place.end))
    for item in answer.items[:SHOWN] if answer else ():
        for citation in item.citations[:1]:
            span = (citation.answer_start, citation.answer_end)
            marks.setdefault(citation.document_id, _Marks()).predicted.add(span)
    shown: list[Excerpt] = []
    for document_id, marked in marks.items():
        document = archive.document(document_id)
        spans = [*marked.gold, *marked.predicted]
        for start, end in _windows(spans, len(document.text)):
            # Named after its first mark: its margin may begin in the article before.
            first = min(low for low, _ in spans if start <= low < end)
            title = title_at(first, archive.articles(document_id))
            shown.append(
                _excerpt(
                    f"{document.source}:{line_at(document.text, first)}", title, document.text, (start, end), marked
                )
            )
    return tuple(shown)


def passage_excerpts(text: str, title: str, gold: Iterable[Span], predicted: Iterable[Span]) -> tuple[Excerpt, ...]:
    """Return what surrounds the gold answers and the predicted one in a given passage; its start if there are none."""
    marked = _Marks(set(gold), set(predicted))
    windows = _windows([*marked.gold, *marked.predicted] or [(0, 0)], len(text))
    return tuple(_excerpt("", title, text, window, marked) for window in windows)


def _windows(spans: Iterable[Span], length: int) -> list[Span]:
    """Return the spans with their margins, those that meet made one, in order.

    >>> _windows([(300, 310), (10, 20), (130, 140)], 1000)
    [(0, 430)]
    """
    windows: list[Span] = []
    for start, end in sorted(spans):
        low, high = max(0, start - MARGIN), min(length, end + MARGIN)
        if windows and low <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(high, windows[-1][1]))
        else:
            windows.append((low, high))
    return windows


def _excerpt(source: str, title: str, text: str, window: Span, marks: _Marks) -> Excerpt:
    start, end = window

    def inside(spans: Iterable[Span]) -> tuple[Span, ...]:
        return tuple(sorted((low - start, high - start) for low, high in spans if start <= low and high <= end))

    return Excerpt(source, title, text[start:end], inside(marks.gold), inside(marks.predicted))

"""What a reader sees of a document: its text, or for a page in markup, what that shows, tied to the original."""

import json
from bisect import bisect_right
from collections.abc import Iterator
from itertools import takewhile

from qa.types import UNSURE, Document, lines_at

ShownRun = tuple[int, int, int, int]
"""Offset in what is shown, offset in the original, characters, and characters of the original that one stands for (0:
as many as there are)."""


def shown_part(document: Document, start: int, end: int) -> tuple[str, tuple[ShownRun, ...]]:
    """Return what ``[start, end)`` of the original shows, and its runs; no runs where that is the original itself."""
    if document.view is None:
        return document.text[start:end], ()
    alignment = document.view.alignment
    first, last = alignment.from_original(start, end)
    at = max(0, bisect_right(alignment.runs, first, key=lambda run: run.clean) - 1)
    runs = []
    for run in takewhile(lambda run: run.clean < last, alignment.runs[at:]):
        skipped = max(0, first - run.clean)
        length = min(run.length, last - run.clean) - skipped
        if length > 0:
            runs.append((run.clean + skipped - first, run.original + skipped, length, run.width))
    return document.view.text[first:last], tuple(runs)


def shown_lines(document: Document, start: int = 0, end: int | None = None) -> Iterator[tuple[int, str]]:
    r"""Yield the lines of what ``[start, end)`` of the original shows, each with the original's line it begins on.

    >>> from qa.types import Document
    >>> list(shown_lines(Document("d", "d.txt", "/d.txt", "", "甲\n\n乙"), 1))
    [(1, ''), (2, ''), (3, '乙')]
    """
    text, runs = shown_part(document, start, len(document.text) if end is None else end)
    offsets, lines, at = list[int](), text.split("\n"), 0
    for line in lines:
        offsets.append(_original(at, runs) if runs else start + at)
        at += len(line) + 1
    yield from zip(lines_at(document.text, offsets), lines, strict=True)


def unsure_spans(document: Document, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """Return the lines within ``[start, end)`` that text recognition was not sure of, as spans of the original."""
    spans = json.loads(document.metadata.get(UNSURE, "[]"))
    return tuple((max(first, start), min(last, end)) for first, last in spans if first < end and last > start)


def _original(offset: int, runs: tuple[ShownRun, ...]) -> int:
    shown, original, length, width = runs[max(0, bisect_right(runs, offset, key=lambda run: run[0]) - 1)]
    return original + (width or min(length, offset - shown))

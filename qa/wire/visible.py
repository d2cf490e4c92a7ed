"""What a reader sees of a document: its text, or for a page in markup, what that shows, tied to the original."""

from bisect import bisect_right
from collections.abc import Iterator
from itertools import takewhile

from qa.types import Document, View, lines_at

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
    end = len(document.text) if end is None else end
    text, _ = shown_part(document, start, end)
    first = document.view.alignment.from_original(start, end)[0] if document.view else start
    offsets, lines, at, before = list[int](), text.split("\n"), first, start
    for line in lines:
        before = _printed(document.view, at, at + len(line), before)
        offsets.append(before)
        at += len(line) + 1
    yield from zip(lines_at(document.text, offsets), lines, strict=True)


def _printed(view: View | None, start: int, end: int, before: int) -> int:
    """Return where the first character of ``[start, end)`` that is printed stands in the original; else ``before``."""
    if view is None:
        return start
    piece = bisect_right(view.added, start, key=lambda piece: piece[1])
    while piece < len(view.added) and view.added[piece][0] <= start:
        start = view.added[piece][1]
        piece += 1
    return view.alignment.to_original(start, start + 1)[0] if start < end else before

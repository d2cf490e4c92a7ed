"""An article as one running text, every character of it tied to the original."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from qa.ingest.paragraphs import Paragraph, ends_in_hyphen, separator
from qa.text import Slice
from qa.types import Alignment, Run


@dataclass(frozen=True, slots=True)
class CleanText:
    """``text`` with its alignment, and the paragraphs that stand in it at ``bounds``, one newline apart."""

    text: str
    alignment: Alignment
    paragraphs: tuple[Paragraph, ...]
    bounds: tuple[Slice, ...]


def clean(paragraphs: Sequence[Paragraph], original: str) -> CleanText:
    """Join the lines of each paragraph, and the paragraphs by a newline of the original.

    A hyphen that ends a line in the middle of a word is left out with the line break.

    Paragraphs that only furniture parts have no newline between them, but perhaps a blank, or nothing.
    """
    slices, bounds, length = list[Slice](), list[Slice](), 0
    for index, paragraph in enumerate(paragraphs):
        if index:
            between = _separator(paragraphs[index - 1].lines[-1].end, paragraph.lines[0].start, original)
            slices += between
            length += len(between)
        words = list(_slices(paragraph, original))
        size = sum(end - start for start, end in words)
        bounds.append((length, length + size))
        slices += words
        length += size
    text = "".join(original[start:end] for start, end in slices)
    return CleanText(text, _alignment(slices), tuple(paragraphs), tuple(bounds))


def cut(alignment: Alignment, start: int, end: int) -> Alignment:
    """Return the alignment of the clean characters ``[start, end)`` alone.

    >>> cut(Alignment((Run(0, 10, 3), Run(3, 15, 4))), 2, 5) == Alignment((Run(0, 12, 1), Run(1, 15, 2)))
    True
    """
    runs, index = list[Run](), bisect_right(alignment.runs, start, key=lambda run: run.clean) - 1
    while start < end:
        run = alignment.runs[index]
        length = min(run.clean + run.length, end) - start
        clean_start = runs[-1].clean + runs[-1].length if runs else 0
        runs.append(Run(clean_start, run.original + start - run.clean, length, run.width))
        start += length
        index += 1
    return Alignment(tuple(runs))


def compose(outer: Alignment, inner: Alignment) -> Alignment:
    """Return where the characters that ``outer`` places in a middle text stand in the text that ``inner`` leads to.

    >>> inner = Alignment((Run(0, 10, 2), Run(2, 20, 1, 5), Run(3, 25, 4)))
    >>> compose(Alignment((Run(0, 1, 3),)), inner) == Alignment((Run(0, 11, 1), Run(1, 20, 1, 5), Run(2, 25, 1)))
    True
    """
    runs, clean_start = list[Run](), 0
    for run in outer.runs:
        for part in cut(inner, run.original, run.original + run.length).runs:
            runs.append(Run(clean_start, part.original, part.length, part.width))
            clean_start += part.length
    return Alignment(tuple(runs))


def _slices(paragraph: Paragraph, original: str) -> Iterator[Slice]:
    for before, after in pairwise(paragraph.lines):
        yield from (before.part(0, len(before.text) - 1) if ends_in_hyphen(before) else before).slices
        if (blank := separator(before, after, original)) is not None:
            yield blank, blank + 1
    yield from paragraph.lines[-1].slices


def _separator(start: int, end: int, original: str) -> list[Slice]:
    # Some files, as those of the old Macintosh, end their lines with the second, those of typesetters with the others.
    for blank in ("\n", "\r", " ", "\u2029", "\u2028", "\x85"):
        if (offset := original.find(blank, start, end)) >= 0:
            return [(offset, offset + 1)]
    return []


def _alignment(slices: Iterable[Slice]) -> Alignment:
    runs, clean_length = list[Run](), 0
    for start, end in slices:
        last = runs[-1] if runs else None
        if last and last.original + last.length == start:
            runs[-1] = Run(last.clean, last.original, last.length + end - start)
        else:
            runs.append(Run(clean_length, start, end - start))
        clean_length += end - start
    return Alignment(tuple(runs))

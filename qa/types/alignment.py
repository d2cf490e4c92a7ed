"""Clean text tied to the original that it was made of."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise, takewhile
from typing import Final

_CONTROLS: Final = (range(0x09), range(0x0E, 0x1C), range(0x7F, 0x85), range(0x86, 0xA0))
_MARKS: Final = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # of the direction of writing
INVISIBLE: Final = "\xad\u200b\u2060\ufeff" + _MARKS + "".join(chr(code) for codes in _CONTROLS for code in codes)
"""Characters that show nothing, yet are not white space to Python: clean text is without them."""


@dataclass(frozen=True, slots=True)
class Run:
    """``length`` consecutive characters, at ``clean`` in the clean text and at ``original`` in the original.

    ``width`` is set where one character stands for a piece of markup in the original (``&amp;``, a tag that breaks the
    line): then it is the length of that piece, and ``length`` is 1.
    """

    clean: int
    original: int
    length: int
    width: int = 0

    @property
    def end(self) -> int:
        """Original offset after the last character."""
        return self.original + (self.width or self.length)


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where each character of a clean text stands in the original.

    ``runs`` cover the clean text without gaps, in ascending order in both texts.

    >>> Alignment((Run(0, 10, 3), Run(3, 15, 2))).to_original(2, 4)
    (12, 16)
    """

    runs: tuple[Run, ...]

    def __post_init__(self) -> None:
        """Raise ``ValueError`` unless runs are non-empty, gapless in the clean text and ascending in the original."""
        if self.runs and self.runs[0].clean != 0:
            raise ValueError(f"the first run starts at clean offset {self.runs[0].clean}, not 0")
        for run in self.runs:
            if run.length <= 0 or run.original < 0 or run.width < 0:
                raise ValueError(f"a run of length {run.length} at original offset {run.original}")
            if run.width and run.length != 1:
                raise ValueError(f"{run.length} characters that stand for {run.width} at {run.original}")
        for before, after in pairwise(self.runs):
            if after.clean != before.clean + before.length:
                raise ValueError(f"clean text has a gap or overlap at {after.clean}")
            if after.original < before.end:
                raise ValueError(f"the original runs backwards at {after.original}")

    @property
    def length(self) -> int:
        """Characters of clean text that are covered."""
        return self.runs[-1].clean + self.runs[-1].length if self.runs else 0

    def to_original(self, start: int, end: int) -> tuple[int, int]:
        """Return the original span of the clean span ``[start, end)``; ``IndexError`` if it is empty or outside."""
        if not 0 <= start < end <= self.length:
            raise IndexError(f"clean span [{start}, {end}) is empty or outside [0, {self.length})")
        first, last = self._run(start), self._run(end - 1)
        return first.original + start - first.clean, last.end if last.width else last.original + end - last.clean

    def from_original(self, start: int, end: int) -> tuple[int, int]:
        """Return the clean span of the characters that stand whole in the original ``[start, end)``; it may be empty.

        >>> alignment = Alignment((Run(0, 10, 3), Run(3, 15, 1, 5), Run(4, 20, 2)))
        >>> alignment.from_original(11, 22), alignment.from_original(11, 18), alignment.from_original(13, 15)
        ((1, 6), (1, 3), (3, 3))
        """
        first, last = self._first_from(start), self._first_from(end)
        before = self._run(last - 1) if last else None
        if before and before.width and before.end > end:  # a character that reaches beyond
            last -= 1
        return first, max(first, last)

    def _first_from(self, original: int) -> int:
        """Return the clean offset of the first character that begins at ``original`` or after it."""
        index = bisect_right(self.runs, original, key=lambda run: run.original) - 1
        if index < 0:
            return 0
        run = self.runs[index]
        return run.clean + min(run.length, original - run.original)

    def _run(self, clean: int) -> Run:
        return self.runs[bisect_right(self.runs, clean, key=lambda run: run.clean) - 1]


@dataclass(frozen=True, slots=True)
class View:
    """What a document shows, where that is not its source: ``text``, aligned to the source.

    ``added`` are the pieces of ``text``, in order, that stand for markup: line breaks, blanks between cells, and the
    Markdown marks of headings and list items. ``cuts`` are the offsets in ``text`` before which the source has words
    that the view leaves out, such as a menu.
    """

    text: str
    alignment: Alignment
    added: tuple[tuple[int, int], ...] = ()
    cuts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Raise ``ValueError`` unless the alignment covers the text exactly."""
        if self.alignment.length != len(self.text):
            raise ValueError(f"{len(self.text)} characters are shown, {self.alignment.length} aligned")

    def shown(self, start: int, end: int) -> str:
        """Return what ``[start, end)`` of the source prints, with blanks and line breaks for markup.

        Empty unless it begins and ends with characters that are printed, and the view leaves nothing out between them.
        """
        first, last = self.alignment.from_original(start, end)
        if first == last or self.alignment.to_original(first, last) != (start, end):
            return ""
        if bisect_right(self.cuts, first) != bisect_left(self.cuts, last):
            return ""
        pieces = self.added[bisect_right(self.added, first, key=lambda piece: piece[1]) :]
        parts = list[str]()
        for begin, stop in takewhile(lambda piece: piece[0] < last, pieces):
            if begin <= first or stop >= last:
                return ""
            parts += [self.text[first:begin], "\n" if "\n" in self.text[begin:stop] else " "]
            first = stop
        return "".join([*parts, self.text[first:last]])

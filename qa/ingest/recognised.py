"""Pages whose text a recogniser has put in order (ALTO, hOCR): words, lines and blocks, most of them with boxes.

Their original text is set as that of ``qa.ingest.layout``: a line each line, a blank line between blocks, a form feed
between pages, headings marked; the order is the file's.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median

from qa.ingest.dates import file_date
from qa.ingest.files import absolute
from qa.ingest.layout import (
    BLANKS,
    HEADING_MARK,
    INDENT,
    MAX_HEADING,
    MAX_INDENT,
    MIN_HEADING,
    MIN_INDENT,
    SetLine,
    join_pages,
)
from qa.ingest.placing import joined
from qa.ingest.reading_order import Box
from qa.pages import PlacedPage
from qa.text.punctuation import is_cjk

MIN_BLANK = 0.6  # heights of a line: less white between two hanzi is how a recogniser parts words, not print
CERTAIN = 0.7  # as recognisers rate themselves: a line of print that is read well has more than 0.9
MIN_TALL = 1.5  # times as high as wide: a line of hanzi that stands upright
FOLDERS = 2  # how far above a page file its folders are looked at for the date of the issue


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it was recognised; ``blank`` tells that white stands before it in the file.

    ``certainty`` is the recogniser's, from 0 to 1, ``None`` where the file has none.
    """

    text: str
    box: Box | None = None
    blank: bool = True
    certainty: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print; ``size`` is that of its type, in the units of its page, 0 where it is not known.

    ``limits`` are where its characters begin and end, as ``qa.ingest.placing`` has them; none where that is not known.
    """

    text: str
    box: Box | None = None
    size: float = 0.0
    id: str = ""
    limits: tuple[float, ...] = ()
    vertical: bool = False
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together, under the ids of the elements that hold them; ``heading`` where the file says so."""

    lines: tuple[Line, ...]
    ids: tuple[str, ...] = ()
    heading: bool = False

    @property
    def text(self) -> str:
        """The words of its lines."""
        return "".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Page:
    """A page, counted from 1, its size, its blocks in the order they are read, and the scan that its file names."""

    number: int
    width: float
    height: float
    blocks: tuple[Block, ...]
    picture: str = ""


def line_of(words: Sequence[Word], box: Box | None = None, size: float = 0.0, identifier: str = "") -> Line:
    """Join words to a line.

    A recogniser of Chinese parts characters that print does not; such a blank is kept where the boxes show white.
    """
    words = [replace(word, text=BLANKS.sub(" ", word.text).strip()) for word in words if word.text.strip()]
    boxes = [word.box for word in words if word.box]
    if box is None and boxes:
        box = Box(
            min(one.left for one in boxes),
            min(one.top for one in boxes),
            max(one.right for one in boxes),
            max(one.bottom for one in boxes),
        )
    vertical = _is_vertical(words, box)
    parts, stretches = list[str](), list[tuple[str, float, float]]()
    for index, word in enumerate(words):
        parts += [" "] if index and word.blank and _is_printed(words[index - 1], word, vertical=vertical) else []
        parts.append(word.text)
        reached = stretches[-1][2] if stretches else 0.0
        low, high = word.box.along(vertical=vertical) if word.box else (reached, reached)
        stretches += [(" ", reached, low)] if parts[-2:-1] == [" "] else []
        stretches.append((word.text, low, high))
    is_known = all(word.box or (index and not word.blank) for index, word in enumerate(words))  # a hyphen has no box
    limits = joined(stretches) if is_known else ()
    size = size or (box.across(vertical=vertical) if box else 0.0)
    return Line("".join(parts), box, size, identifier, limits, vertical, _is_unsure(words))


def _is_unsure(words: Sequence[Word]) -> bool:
    """Whether the characters of a line were recognised with less than ``CERTAIN`` on the average."""
    known = [word.certainty for word in words if word.certainty is not None for _ in word.text]
    return bool(known) and sum(known) / len(known) < CERTAIN


def _is_vertical(words: Sequence[Word], box: Box | None) -> bool:
    """Whether the words of a line stand one below the other, or one of several characters is higher than wide."""
    steps = [(a.box, b.box) for a, b in pairwise(words) if a.box and b.box]
    if steps:
        return sum(b.top >= a.top + a.height / 2 and b.left < a.right and a.left < b.right for a, b in steps) * 2 > len(
            steps
        )
    text = "".join(word.text for word in words)
    return box is not None and len(text) > 1 and is_cjk(text[0]) and box.height > MIN_TALL * (box.right - box.left)


def _is_printed(before: Word, after: Word, *, vertical: bool) -> bool:
    if not (is_cjk(before.text[-1]) and is_cjk(after.text[0])):
        return True
    if before.box is None or after.box is None:
        return False
    white = after.box.along(vertical=vertical)[0] - before.box.along(vertical=vertical)[1]
    size = max(before.box.across(vertical=vertical), after.box.across(vertical=vertical), 1.0)
    return white >= MIN_BLANK * size


def typeset(pages: Iterable[Page]) -> tuple[str, tuple[PlacedPage, ...]]:
    """Return the original text of ``pages``, and where its lines stand on them."""
    return join_pages((page.number, page.width, page.height, _set(page.blocks)) for page in pages)


def _set(blocks: Sequence[Block]) -> Iterator[SetLine]:
    """Yield the lines of a page, each with what stands before it in the text."""
    sizes = [line.size for block in blocks for line in block.lines if line.size for _ in line.text]
    body, first, headed = median(sizes) if sizes else 0.0, True, False
    for block in blocks:
        edge = min((line.box.along(vertical=line.vertical)[0] for line in block.lines if line.box), default=0.0)
        for index, line in enumerate(block.lines):
            heading = block.heading or _is_large(line, body)
            apart = not index or heading != headed
            prefix = "" if first else "\n\n" if apart else "\n"
            if heading:
                prefix += HEADING_MARK
            elif line.box and body:
                indent = line.box.along(vertical=line.vertical)[0] - edge
                prefix += INDENT if MIN_INDENT * body <= indent <= MAX_INDENT * body else ""
            yield SetLine(prefix, line.text, line.box, line.limits, line.vertical, line.unsure)
            first, headed = False, heading


def _is_large(line: Line, body: float) -> bool:
    return bool(body) and line.size >= MIN_HEADING * body and len(line.text) <= MAX_HEADING


def issue_date(path: Path) -> str | None:
    """Return the date in the name of a file, or of the nearest of the folders right above it: that of the issue."""
    names = [path.stem, *(folder.name for folder in list(absolute(path).parents)[:FOLDERS])]
    return next(filter(None, map(file_date, names)), None)

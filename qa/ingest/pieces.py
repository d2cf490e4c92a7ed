"""The smallest parts of an article that a chunk may consist of: sentences, list items, and what must not leave them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.ingest.clean import CleanText
from qa.ingest.lines import HEADINGS, Role
from qa.ingest.paragraphs import Paragraph, is_lead
from qa.ingest.tables import names_columns
from qa.text import Slice
from qa.text.punctuation import SENTENCE_END, bare_end
from qa.text.sentences import sentences

MAX_TIGHT_ITEM = 80  # characters of an item that is one for standing right below another
MAX_CAPTION = 60  # characters of what stands above a table: its title, its unit
MIN_ROWS = 2
OPEN_ITEM = frozenset("；;，,、")


@dataclass(frozen=True, slots=True)
class Piece:
    """``[start, end)`` of the clean text, kept whole.

    ``lead`` is the clause that announces it when it is part of a list. ``sticky`` tells that it must not end a chunk,
    ``opens`` that a paragraph begins with it.
    """

    start: int
    end: int
    lead: Slice | None = None
    sticky: bool = False
    opens: bool = False

    def joined(self, other: "Piece") -> "Piece":
        """Return this piece with the one that follows it."""
        return replace(self, end=other.end, sticky=other.sticky)


def pieces(text: CleanText, limit: int) -> list[Piece]:
    """Return the pieces of an article in order, each at most ``limit`` characters long.

    As far as ``limit`` lets them, headings go with what follows, credits with what precedes, and a list is one piece
    with its lead.
    """
    found = list[Piece]()
    for first, last in _blocks(text.paragraphs):
        head = _head(text.paragraphs, first, last)
        held = found[-1].start if found and found[-1].sticky else text.bounds[first][0]
        room = limit - (text.bounds[first][0] - held)
        joins_previous = text.paragraphs[first].role is Role.CREDIT
        allowed = room if room >= limit // 2 else limit
        block = _block(text, first, last, allowed) if head is None else _table(text, first, head, last, allowed)
        for piece in block:
            stuck = found and (found[-1].sticky or joins_previous)
            if stuck and piece.end - found[-1].start <= limit:
                found[-1] = found[-1].joined(piece)
            else:
                found.append(piece)
    return found


def _block(text: CleanText, first: int, last: int, limit: int) -> Iterator[Piece]:
    """Yield the pieces of the paragraphs ``first`` to ``last``: one, or a lead and its items."""
    *before, lead = sentences(text.text, *text.bounds[first], limit)
    sticky = text.paragraphs[first].role in HEADINGS
    yield from (Piece(*sentence, sticky=sticky, opens=not index) for index, sentence in enumerate(before))
    end = text.bounds[last][1]
    if end - lead[0] <= limit:
        yield Piece(lead[0], end, sticky=sticky, opens=not before)
        return
    yield Piece(*lead, sticky=sticky or first < last, opens=not before)
    for start, stop in text.bounds[first + 1 : last + 1]:
        yield from (Piece(*part, lead=lead) for part in _item(text.text, start, stop, limit))


def _table(text: CleanText, first: int, head: int, last: int, limit: int) -> Iterator[Piece]:
    """Yield the pieces of a table: one, or its rows, each with what stands above the first as its lead.

    ``head`` is the last of the paragraphs from ``first`` on that say what the columns hold, and in which unit.
    """
    start, end = text.bounds[first][0], text.bounds[last][1]
    if end - start <= limit:
        yield Piece(start, end, opens=True)
        return
    lead = (start, text.bounds[head][1])
    for part in _item(text.text, *lead, limit):
        yield Piece(*part, sticky=True, opens=part[0] == start)
    for row in text.bounds[head + 1 : last + 1]:
        yield from (Piece(*part, lead=lead) for part in _item(text.text, *row, limit))


def _head(paragraphs: Sequence[Paragraph], first: int, last: int) -> int | None:
    """Return the last paragraph of the block that heads its rows; ``None`` if it is no table."""
    rows = [paragraph.role is Role.TABLE_ROW for paragraph in paragraphs[first : last + 1]]
    if sum(rows) < MIN_ROWS or not all(rows[1:]):
        return None
    head = first if not rows[0] or names_columns(paragraphs[first].text) else None
    while head is not None and head + 1 < last and names_columns(paragraphs[head + 1].text):
        head += 1
    return head


def _item(text: str, start: int, end: int, limit: int) -> Iterator[Slice]:
    yield from [(start, end)] if end - start <= limit else sentences(text, start, end, limit)


def _blocks(paragraphs: Sequence[Paragraph]) -> Iterator[Slice]:
    """Yield the first and last index of each block: a paragraph alone, or a lead with the items it announces."""
    index = 0
    while index < len(paragraphs):
        last = index
        if paragraphs[index].is_text and is_lead(paragraphs[index]):
            while last + 1 < len(paragraphs) and _is_announced(paragraphs, index, last + 1):
                last += 1
        elif (end := _table_end(paragraphs, index)) > index:
            last = end
        yield index, last
        index = last + 1


def _table_end(paragraphs: Sequence[Paragraph], index: int) -> int:
    """Return the last row of the table that begins at ``index``, with its caption or with a row."""
    rows, caption = index, paragraphs[index]
    if caption.role is not Role.TABLE_ROW:
        if not caption.is_text or len(caption.text) > MAX_CAPTION or bare_end(caption.text) in SENTENCE_END:
            return index
        rows += 1
    end = rows
    while end < len(paragraphs) and paragraphs[end].role is Role.TABLE_ROW:
        end += 1
    return end - 1 if end - rows >= MIN_ROWS else index


def _is_announced(paragraphs: Sequence[Paragraph], lead: int, index: int) -> bool:
    """Whether the paragraph at ``index`` is the next item of the list that ``lead`` begins."""
    before, item = paragraphs[index - 1], paragraphs[index]
    if not item.is_text or is_lead(item):
        return False
    if index == lead + 1 or bare_end(before.text) in OPEN_ITEM:
        return True
    if paragraphs[lead + 1].lines[0].item:
        return item.lines[0].item
    tight = not any(paragraph.lines[0].gap for paragraph in paragraphs[lead + 1 : index + 1])
    return tight and max(len(before.text), len(item.text)) <= MAX_TIGHT_ITEM

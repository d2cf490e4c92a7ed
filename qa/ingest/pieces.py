"""The smallest parts of an article that a chunk may consist of: sentences, list items, and what must not leave them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from qa.ingest.clean import CleanText
from qa.ingest.lines import HEADINGS, Role
from qa.ingest.paragraphs import Paragraph, is_lead
from qa.text import Slice
from qa.text.punctuation import bare_end
from qa.text.sentences import sentences

MAX_TIGHT_ITEM = 80  # characters of an item that is one for standing right below another
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
        held = found[-1].start if found and found[-1].sticky else text.bounds[first][0]
        room = limit - (text.bounds[first][0] - held)
        joins_previous = text.paragraphs[first].role is Role.CREDIT
        for piece in _block(text, first, last, room if room >= limit // 2 else limit):
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
        yield index, last
        index = last + 1


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

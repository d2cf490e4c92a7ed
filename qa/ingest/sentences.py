"""Where a text may be cut: after sentences, and inside a sentence only when it is too long."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence

from qa.ingest.lines import Slice
from qa.ingest.punctuation import CLAUSE_END, CLOSING, COMMA, ENUMERATION, OPENING, PAIRS, SENTENCE_END, STRAIGHT

_CLOSERS = f"[{re.escape(CLOSING + STRAIGHT)}]*"
SENTENCE = re.compile(
    rf"[{SENTENCE_END}]+{_CLOSERS}\s*"
    # A full stop of Latin script: after a word of two letters or a number, before a capital or another script.
    rf"|(?<=[a-z0-9)%][a-z0-9)%])\.{_CLOSERS}(?:\s+(?=[A-Z\"'“‘(\[\u3400-\u9fff])|(?=[\u3400-\u9fff]))"
)
CLAUSE = re.compile(rf"[{CLAUSE_END}]{_CLOSERS}\s*")
PHRASE = re.compile(rf"(?:(?<![0-9０-９])[{COMMA}]|[{COMMA}](?![0-9０-９])){_CLOSERS}\s*")
# A blank after a lone hanzi stands inside a name: print pads 吴琪 to the width of three characters.
_LONE = rf"(?<![ \t\n{ENUMERATION}{COMMA}{CLAUSE_END}{re.escape(CLOSING)}][\u3400-\u9fff])(?<!\A[\u3400-\u9fff])"
ELEMENT = re.compile(rf"{ENUMERATION}|{_LONE}\s+")
NAME_DOT = "·"
NUMBER_MARKS = frozenset(".,．，:：/-")
IDEOGRAPH = re.compile("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
BRACKET = re.compile(f"[{re.escape(OPENING + CLOSING)}]")

Inside = Callable[[int], bool]
Hidden = Callable[[re.Match[str]], bool]


def sentences(text: str, start: int, end: int, limit: int) -> Iterator[Slice]:
    """Yield the sentences of ``text[start:end]`` in order, gapless; one longer than ``limit`` comes in parts.

    A quotation or a bracket is kept with the sentence around it. A long sentence is parted after semicolons, then after
    commas, neither inside a pair of quotes or brackets nor inside a number; failing that inside the pair; failing that
    between words; and where a text has none of these, at the limit.

    >>> text = "会议通过了《水资源条例》;听取了报告,审议了决定。散会。"
    >>> [text[a:b] for a, b in sentences(text, 0, len(text), 16)]
    ['会议通过了《水资源条例》;', '听取了报告,审议了决定。', '散会。']
    """
    inside = _pairs(text, start, end)
    for piece in _split(text, start, end, SENTENCE, lambda mark: inside(mark.start())):
        yield from _parts(text, *piece, limit, inside)


def _parts(text: str, start: int, end: int, limit: int, inside: Inside) -> Iterator[Slice]:
    def within(mark: re.Match[str]) -> bool:
        return inside(mark.end() - 1)

    def nowhere(_: re.Match[str]) -> bool:
        return False

    pieces = [(start, end)]
    outside = [(SENTENCE, within), (CLAUSE, within), (PHRASE, within), (SENTENCE, nowhere), (ELEMENT, within)]
    for mark, hidden in [*outside, (CLAUSE, nowhere), (PHRASE, nowhere), (ELEMENT, nowhere)]:
        if all(b - a <= limit for a, b in pieces):
            break
        pieces = [part for a, b in pieces for part in (_split(text, a, b, mark, hidden) if b - a > limit else [(a, b)])]
    for a, b in pieces:
        yield from _chop(text, a, b, limit)


def _split(text: str, start: int, end: int, mark: re.Pattern[str], hidden: Hidden) -> Iterator[Slice]:
    for match in mark.finditer(text, start, end):
        if match.end() < end and not hidden(match):
            yield start, match.end()
            start = match.end()
    if start < end:
        yield start, end


def _chop(text: str, start: int, end: int, limit: int) -> Iterator[Slice]:
    while end - start > limit:
        stop = start + limit
        whole = (at for at in range(stop, start + limit // 2, -1) if not _in_word(text, at))
        stop = next(whole, stop)
        yield start, stop
        start = stop
    yield start, end


def _in_word(text: str, at: int) -> bool:
    """Whether a cut before ``at`` falls inside a word of letters, a number (12.5, １,０９５), or a foreign name (·)."""
    before, after = text[at - 1], text[at]
    if NAME_DOT in (before, after):
        return True
    if before in NUMBER_MARKS:
        return after.isdigit() and text[at - 2 : at - 1].isdigit()
    if after in NUMBER_MARKS:
        return before.isdigit() and text[at + 1 : at + 2].isdigit()
    return _is_letter(before) and _is_letter(after)


def _is_letter(character: str) -> bool:
    return character.isalnum() and (character.isdigit() or not IDEOGRAPH.match(character))


def _pairs(text: str, start: int, end: int) -> Inside:
    """Return a test for offsets within matching quotes or brackets; a closing mark itself counts as outside."""
    spans = _outermost(_matching(text, start, end))
    openings = [opening for opening, _ in spans]

    def inside(offset: int) -> bool:
        index = bisect_right(openings, offset) - 1
        return index >= 0 and offset < spans[index][1]

    return inside


def _matching(text: str, start: int, end: int) -> Iterator[Slice]:
    """Yield matching pairs; a mark that OCR lost the partner of hides nothing."""
    open_marks, counts = list[tuple[str, int]](), dict.fromkeys(OPENING, 0)
    for match in BRACKET.finditer(text, start, end):
        mark = match.group()
        if mark in counts:
            open_marks.append((mark, match.start()))
            counts[mark] += 1
        elif counts[PAIRS[mark]]:
            while True:
                opening, offset = open_marks.pop()
                counts[opening] -= 1
                if opening == PAIRS[mark]:
                    break
            yield offset, match.start()


def _outermost(pairs: Iterator[Slice]) -> Sequence[Slice]:
    kept = list[Slice]()
    for opening, closing in sorted(pairs):
        if not kept or opening > kept[-1][1]:
            kept.append((opening, closing))
    return kept

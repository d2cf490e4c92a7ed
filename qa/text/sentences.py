"""Where sentences end, and where a text may be cut: inside a sentence only when it is too long."""

import re
from collections.abc import Callable, Iterator

from qa.text import Slice
from qa.text.brackets import Inside, within_pairs
from qa.text.punctuation import CLAUSE_END, CLOSING, COMMA, ENUMERATION, SENTENCE_END, STRAIGHT

_CLOSERS = f"[{re.escape(CLOSING + STRAIGHT)}]*"
TITLES = (
    *("Mrs", "Messrs", "Mme", "Mlle", "Rev", "Hon", "Prof", "Gov", "Sen"),
    *("Rep", "Pres", "Supt", "Gen", "Col", "Maj", "Capt", "Cmdr", "Adm", "Lieut", "Sgt", "Cpl", "Pvt", "Insp", "Det"),
)
"""Shortened titles that stand before a name: a capital follows their full stop, and the sentence goes on."""
_AFTER_NO_TITLE = "".join(rf"(?<!\b{title})" for title in TITLES)
SENTENCE = re.compile(
    rf"[{SENTENCE_END}]+{_CLOSERS}\s*"
    # A full stop of Latin script: after a word of two letters or a number, before a capital or another script.
    rf"|(?<=[a-z0-9)%][a-z0-9)%]){_AFTER_NO_TITLE}\.{_CLOSERS}(?:\s+(?=[A-Z\"'“‘(\[\u3400-\u9fff])|(?=[\u3400-\u9fff]))"
)
CLAUSE = re.compile(rf"[{CLAUSE_END}]{_CLOSERS}\s*")
PHRASE = re.compile(rf"(?:(?<![0-9０-９])[{COMMA}]|[{COMMA}](?![0-9０-９])){_CLOSERS}\s*")
# A blank after a lone hanzi stands inside a name: print pads 吴琪 to the width of three characters.
_LONE = rf"(?<![ \t\n{ENUMERATION}{COMMA}{CLAUSE_END}{re.escape(CLOSING)}][\u3400-\u9fff])(?<!\A[\u3400-\u9fff])"
ELEMENT = re.compile(rf"{ENUMERATION}|{_LONE}\s+")
NAME_DOT = "·"
NUMBER_MARKS = frozenset(".,．，:：/-")
IDEOGRAPH = re.compile("[\u2e80-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
FIRST = re.compile(rf".*?[{SENTENCE_END.replace('…', '')}]", re.DOTALL)  # after …… a sentence may go on

Hidden = Callable[[re.Match[str]], bool]


def first_sentence(text: str) -> str:
    """Return ``text`` up to its first end of a sentence, all of it without one.

    >>> first_sentence("会议召开。何雄讲话。"), first_sentence("会议召开")
    ('会议召开。', '会议召开')
    """
    match = FIRST.match(text)
    return match.group() if match else text


def sentences(text: str, start: int, end: int, limit: int) -> Iterator[Slice]:
    """Yield the sentences of ``text[start:end]`` in order, gapless; one longer than ``limit`` comes in parts.

    A quotation or a bracket is kept with the sentence around it. A long sentence is parted after semicolons, then after
    commas, neither inside a pair of quotes or brackets nor inside a number; failing that inside the pair; failing that
    between words; and where a text has none of these, at the limit.

    >>> text = "会议通过了《水资源条例》;听取了报告,审议了决定。散会。"
    >>> [text[a:b] for a, b in sentences(text, 0, len(text), 16)]
    ['会议通过了《水资源条例》;', '听取了报告,审议了决定。', '散会。']
    >>> text = "The prize went to Mrs. Ada Penn. Messrs. Lorne and Pike were seconds."
    >>> [text[a:b] for a, b in sentences(text, 0, len(text), 80)]
    ['The prize went to Mrs. Ada Penn. ', 'Messrs. Lorne and Pike were seconds.']
    """
    inside = within_pairs(text, start, end)
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

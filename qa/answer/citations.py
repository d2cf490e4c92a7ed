"""From a span in a chunk to a citation in the original file, and the check that nothing leaves without.

The quote is the sentence or list item around the answer. Its limits are found in clean text, where a sentence that a
column break cut in two is whole again; what is quoted is the original between the two limits, break included.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from qa.answer.days import anchor, resolve_day
from qa.errors import CitationError
from qa.pages import boxes_of
from qa.text.folding import placed_letters
from qa.text.punctuation import HYPHENS
from qa.text.sentences import TITLES
from qa.text.spacing import without_letter_blanks, without_padding
from qa.types import INVISIBLE, RECORD, RECORD_LINE, Article, Chunk, Citation, Document, Span, line_at

LONGEST_QUOTE = 300
"""Characters beyond which a sentence that holds a quotation is cut down to the one inside it."""

_QUOTATIONS = {"”": "“", "’": "‘", "」": "「", "』": "『"}
_BRACKETS = {"》": "《", "〉": "〈", "）": "（", ")": "(", "】": "【", "]": "["}
_CLOSERS = r"""(?:[”’」』》〉）)】\]]|["'](?=\s|\Z))*"""
_LINE_END = r"[\n\r\u2028\u2029]"
_GOES_ON = re.compile(r"(?<=[A-Za-z0-9,])[\n\r\u2028\u2029](?=[a-z])")  # as a Latin sentence may
_SENTENCE_END = re.compile(rf"[。！？!?；;]+{_CLOSERS}|(?P<stop>\.){_CLOSERS}(?=\s+[^\sa-z])|{_LINE_END}")
_NO_STOP_AFTER = re.compile(rf"(?:^|[^A-Za-z])(?:[A-Z][a-z]{{0,2}}|[a-z]|{'|'.join(TITLES)})\Z|(?:^|[\n\r])\s*[0-9]+\Z")
_STOP = re.compile(rf"[.!?]{_CLOSERS}(?=\s|\Z)")
_LATIN_END = re.compile(r"[A-Za-z0-9,.’'\"”)]")  # of a line of print that may go on below
_LATIN_START = re.compile(r"(?![0-9]+[.)])[(\[\"'“‘$£]*[A-Za-z0-9]")  # of one that goes on, and is no item by a number
NEARLY: Final = 0.9
"""Of the longest line of a passage, what its lines are at least long, would the next word have stood in them."""
NARROW: Final = 0.4
"""The same where the next line begins with a small letter: lines beside a picture are narrow too."""
WIDEST: Final = 100
"""Characters of the widest column of print; a longer line is a paragraph."""
MAX_SENTENCE_LINES: Final = 12
_BLANKS = re.compile(r"(\s+)")
_LEADING_BLANKS = re.compile(r"\s*")
_LEFT_OUT = re.compile(f"[{INVISIBLE}\u200c\u200d]")
_BOLD = "**"
_HYPHENATED = re.compile(rf"(?<=[A-Za-z]{{2}})[{HYPHENS}]\Z")
"""A hyphen that ends a line in the middle of a word."""
_LINE_MARK = re.compile(r"\A(?:#{1,6}|[-*+])[ \t\u3000]+")
"""The mark of a heading or a list item, which are told by the same signs when a file is read."""
_LINE_BREAK = re.compile(r"[\n\r\v\f\x1c-\x1f\x85\u2028\u2029]")


def cite(span: Span, *, document: Document, article: Article) -> Citation:
    """Return where ``span`` stands in ``document``, checked by ``verify``.

    What stands outside its article is of the page's masthead, and has the name of the paper for a title.

    Raises ``CitationError`` when the span, the article and the document do not belong together, or the original does
    not read what the span says.
    """
    chunk, original = span.chunk, document.text
    if not (chunk.document_id == article.document_id == document.id and chunk.article == article.number):
        raise CitationError(
            f"chunk {chunk.id} is of article {chunk.article} of {chunk.document_id}, cited from "
            f"article {article.number} of {article.document_id} and document {document.id}"
        )
    if not 0 <= span.start < span.end <= len(chunk.text):
        raise CitationError(f"chunk {chunk.id}: span [{span.start}, {span.end}) of {len(chunk.text)} characters")
    start, end = chunk.alignment.to_original(*sentence_bounds(chunk.text, span.start, span.end))
    answer_start, answer_end = chunk.alignment.to_original(span.start, span.end)
    date = article.date or document.date
    within = article.start <= start < article.end
    citation = Citation(
        document_id=document.id,
        source=document.source,
        sha256=document.sha256,
        title=article.title if within else article.publication or document.title or document.source,
        byline=article.byline if within else None,
        date=date,
        line_start=line_at(original, start),
        line_end=line_at(original, end - 1),
        start=start,
        end=end,
        quote=original[start:end],
        answer_start=answer_start,
        answer_end=answer_end,
        page=article.page,
        day=_day(span, document, article, date, answer_start),
        record=document.metadata.get(RECORD),
        record_line=int(line) if (line := document.metadata.get(RECORD_LINE)) else None,
        publication=article.publication,
        edition=article.edition,
        shown=None if (seen := document.visible(start, end)) == original[start:end] else seen,
        boxes=boxes_of(document.pages, start, end),
    )
    verify(citation, document, span.text)
    return citation


def cite_parts(span: Span, *, document: Document, article: Article) -> tuple[tuple[Span, Citation], ...]:
    """Return a span in as few parts as ``document`` prints it in, in order, each with its citation.

    A passage leaves out what stands in the middle of it and is no part of it: the head of a page, a stamp below a
    title. No place of the file reads as a span does that reaches over such; what is on either side is quoted by itself.

    Raises ``CitationError`` where a paragraph of the span cannot be cited either.
    """
    try:
        return ((span, cite(span, document=document, article=article)),)
    except CitationError as error:
        refused = error
    paragraphs = [(span.start + at, span.start + end) for at, end in _paragraphs(span.text)]
    parts, first = list[tuple[Span, Citation]](), 0
    while first < len(paragraphs):
        for last in range(len(paragraphs), first, -1):
            part = replace(span, start=paragraphs[first][0], end=paragraphs[last - 1][1])
            with suppress(CitationError):
                parts.append((part, cite(part, document=document, article=article)))
                first = last
                break
        else:
            raise refused
    return tuple(parts)


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield the bounds of the lines of a passage's text that have words, without the blanks around them."""
    at = 0
    for line in text.split("\n"):
        words = line.strip()
        if words:
            start = at + line.index(words)
            yield start, start + len(words)
        at += len(line) + 1


def _day(span: Span, document: Document, article: Article, date: str | None, answer_start: int) -> str | None:
    """Return the day that the answer means, by the date of the article's own dateline or that of the paper."""
    counted = anchor(document.text[article.start : answer_start], date)
    context = span.chunk.text[slice(*sentence_bounds(span.chunk.text, span.start, span.end))]
    return resolve_day(span.text, counted, context) if counted else None


def same_span_in(span: Span, chunk: Chunk) -> Span | None:
    """Return the same words of the same sentence in another chunk; ``None`` unless it prints both.

    Sentences are the same whose letters and digits are, whatever their width, case, blanks and punctuation.
    """
    text = span.chunk.text
    first, last = sentence_bounds(text, span.start, span.end)
    (wanted, _), (before, _), (answer, _) = map(
        placed_letters, (text[first:last], text[first : span.start], text[span.start : span.end])
    )
    printed, places = placed_letters(chunk.text)
    at = printed.find(wanted)
    if at < 0 or not answer:
        return None
    start = at + len(before)
    # What frames the answer, such as quotation marks, is no letter and may be printed otherwise.
    lead = next(place for place, character in enumerate(span.text) if character.isalnum())
    tail = next(place for place, character in enumerate(reversed(span.text)) if character.isalnum())
    found = Span(chunk, places[start] - lead, places[start + len(answer) - 1] + 1 + tail, span.score)
    return found if found.start >= 0 and found.text == span.text else None


def verify(citation: Citation, document: Document, item: str) -> None:
    """Raise ``CitationError``, saying what differs, unless ``citation`` shows ``item`` where ``document`` has it."""
    start, end, quote, original = citation.start, citation.end, citation.quote, document.text
    where = f"{citation.source}:{citation.line_start}"
    if citation.unit != "codepoint":
        raise CitationError(f"{where}: offsets in {citation.unit!r}, expected 'codepoint'")
    if not 0 <= start < end <= len(original):
        raise CitationError(f"{where}: quote [{start}, {end}) is empty or outside [0, {len(original)})")
    if original[start:end] != quote:
        raise CitationError(f"{where}: [{start}, {end}) reads {_shown(original[start:end])}, cited as {_shown(quote)}")
    if not start <= citation.answer_start < citation.answer_end <= end:
        answer = f"[{citation.answer_start}, {citation.answer_end})"
        raise CitationError(f"{where}: answer {answer} is empty or outside its quote [{start}, {end})")
    lines = line_at(original, start), line_at(original, end - 1)
    if lines != (citation.line_start, citation.line_end):
        cited = f"{citation.line_start} to {citation.line_end}"
        raise CitationError(f"{where}: the quote stands on lines {lines[0]} to {lines[1]}, cited as {cited}")
    printed = original[citation.answer_start : citation.answer_end]
    before, after = document.visible(start, citation.answer_start), document.visible(citation.answer_end, end)
    if not matches_print(document.shown(citation.answer_start, citation.answer_end), item, before, after):
        raise CitationError(f"{where}: the answer reads {_shown(printed)}, given as {_shown(item)}")
    if citation.boxes and citation.boxes != boxes_of(document.pages, start, end):
        raise CitationError(f"{where}: the boxes are not those of [{start}, {end})")


def is_verified(citation: Citation, document: Document, item: str) -> bool:
    """Tell whether ``verify`` finds nothing wrong."""
    try:
        verify(citation, document, item)
    except CitationError:
        return False
    return True


def matches_print(printed: str, item: str, before: str = "", after: str = "") -> bool:
    r"""Whether ``item`` is ``printed`` with nothing left out but what cleaning may leave out inside it.

    That is white space at line breaks, all but one of a run of blanks, the marks of bold print, those of headings and
    list items at the beginnings of further lines, hyphens at the ends of lines, and characters that show nothing.

    >>> matches_print("依托龙\n\n头企业", "依托龙头企业"), matches_print("vice \nmayor", "vice mayor")
    (True, True)
    >>> matches_print("副 市长", "副市长"), matches_print("投资*5亿元", "投资5亿元")
    (False, False)
    >>> matches_print("投资**5**亿元", "投资5亿元"), matches_print("张**强", "张**强")
    (True, True)
    >>> matches_print("决定免去:\n- 李保兴", "决定免去:\n李保兴"), matches_print("甲\n-5", "甲\n5")
    (True, False)

    Where a line sets a blank between all characters, those as well.

    >>> matches_print("岑 小 雨", "岑小雨"), matches_print("岑 小 雨", "岑小 雨")
    (True, False)

    A hyphen that a line ends with in the middle of a word:

    >>> matches_print("meet-\ning", "meeting"), matches_print("meet-ing", "meeting")
    (True, False)

    And where it pads names, which may take what stands ``before`` and ``after`` to be seen.

    >>> matches_print("王　勉、马兰花", "王勉、马兰花"), matches_print("金 银", "金银 铜")
    (True, False)
    >>> matches_print("者 秦 悦", "者 秦悦"), matches_print("者 秦 悦", "者 秦悦", before="（记")
    (False, True)
    """
    if not printed or printed[0] != item[:1] or printed[-1] != item[-1:]:
        return False
    printed, item = _LEFT_OUT.sub("", printed), _LEFT_OUT.sub("", item)
    lines = list(_lines(printed))
    ends = {0}
    for number, (line, blanks) in enumerate(lines):
        first, last = number == 0, number == len(lines) - 1
        forms = _forms(line, before if first else "", after if last else "", marked=not first, goes_on=not last)
        ends = {end for form in forms for at in ends if (end := _past(form, blanks, item, at)) >= 0}
    return len(item) in ends


def _lines(printed: str) -> Iterator[tuple[str, str]]:
    """Yield each line of print with the blanks and breaks after it."""
    line = ""
    parts = _BLANKS.split(printed)
    for words, blanks in zip_longest(parts[::2], parts[1::2], fillvalue=""):
        line += words
        if not blanks or "\n" in blanks or "\r" in blanks:
            yield line, blanks
            line = ""
        else:
            line += blanks


def _forms(line: str, before: str, after: str, *, marked: bool, goes_on: bool) -> dict[str, None]:
    """Return the ways to read a line: as it is, without blanks between letters or in names, without its marks."""
    forms = dict.fromkeys((line, without_padding(line, before, after), without_letter_blanks(line)))
    if goes_on:
        forms |= dict.fromkeys(_HYPHENATED.sub("", form) for form in forms)
    return forms | dict.fromkeys(_LINE_MARK.sub("", form) for form in forms) if marked else forms


def _past(line: str, blanks: str, item: str, at: int) -> int:
    """Return where ``item`` continues after a line and the ``blanks`` that follow it, or -1."""
    parts = _BLANKS.split(line)
    for words, between in zip_longest(parts[::2], [*parts[1::2], blanks]):
        at = _after(words, item, at)
        kept = _LEADING_BLANKS.match(item, at) if at >= 0 else None
        if kept is None or not _may_become(between, kept[0]):
            return -1
        at = kept.end()
    return at


def _after(words: str, item: str, at: int) -> int:
    """Return where ``item`` continues after ``words``, with or without their marks of bold print, or -1."""
    first, *marked = words.split(_BOLD)
    if not item.startswith(first, at):
        return -1
    at += len(first)
    for piece in marked:
        with_mark = item.startswith(_BOLD + piece, at)
        if not with_mark and not item.startswith(piece, at):
            return -1
        at += len(piece) + len(_BOLD) * with_mark
    return at


def _may_become(blanks: str, kept: str) -> bool:
    if kept == blanks:
        return True
    broken = _LINE_BREAK.search(blanks) is not None  # where HTML shows a blank
    return (_is_subsequence(kept, blanks) and (len(kept) == 1 or broken)) or (broken and kept == " ")


def sentence_bounds(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the limits of the sentence or line of clean ``text`` around ``[start, end)``, without blanks at its ends.

    A quotation belongs to the sentence it stands in; when that is longer than ``LONGEST_QUOTE``, the sentence inside
    the quotation is taken. A span over several sentences has them all.

    >>> sentence_bounds("会议召开。市委书记主持会议。", 5, 9)
    (5, 14)
    >>> sentence_bounds("It was cold. Messrs. Lorne and Pike came.", 21, 26)
    (13, 41)
    """
    first, last = _around(text, start, end, _QUOTATIONS | _BRACKETS)
    if last - first > LONGEST_QUOTE:
        first, last = _around(text, start, end, _BRACKETS)
    while first < start and text[first].isspace():
        first += 1
    while last > end and text[last - 1].isspace():
        last -= 1
    return first, last


def _around(text: str, start: int, end: int, whole: Mapping[str, str]) -> tuple[int, int]:
    """Return the nearest sentence limits outside ``[start, end)``, with none inside the pairs of ``whole``."""
    limits = [0, *_sentence_ends(text, _outermost_pairs(text, whole)), len(text)]
    return limits[bisect_right(limits, start, hi=len(limits) - 1) - 1], limits[bisect_left(limits, end)]


def _sentence_ends(text: str, pairs: list[tuple[int, int]]) -> list[int]:
    """Return the offset after each sentence; one that ends together with the pair it stands in ends there too.

    Not so after a pair that opened its sentence: in “……。”他说。 the speaker still follows.
    """
    ends: list[int] = []
    longest = max(map(len, text.split("\n")))
    for mark in _SENTENCE_END.finditer(text):
        at = mark.start()
        if (mark["stop"] and _is_abbreviation(text, at)) or _is_wrapped(text, at, longest):
            continue
        nearest = bisect_right(pairs, (at, 0)) - 1
        opened, closed = pairs[nearest] if nearest >= 0 else (-1, -1)
        begun = text[ends[-1] if ends else 0 : max(opened, 0)].strip()
        if closed < at or (closed < mark.end() and begun):
            ends.append(mark.end())
    return ends


def _is_abbreviation(text: str, stop: int) -> bool:
    return _NO_STOP_AFTER.search(text, max(0, stop - 40), stop) is not None


def _is_wrapped(text: str, at: int, longest: int) -> bool:
    r"""Whether a sentence in Latin letters goes on over the line break at ``at``.

    It does before a small letter, unless the next word had room in a much shorter line: what is so short is an item of
    a list. Whatever else begins the next line, the line was full: the next word had no room in it, beside the
    ``longest`` line. And below it, past full lines only, a stop ends the sentence, which lines of a list lack, or have
    each.

    >>> text = "She will go to Marsh Lane\nSchool. Mr Brand stays."
    >>> _is_wrapped(text, 25, 25), _is_wrapped(text, 25, 60)
    (True, False)
    >>> _is_wrapped("olive oil\nhoney", 9, 40), _is_wrapped("he went to the harbour\nwith his son", 22, 40)
    (False, True)
    """
    if _GOES_ON.match(text, at):
        word = next(iter(text[at + 1 : at + WIDEST].split()), "")
        start = text.rfind("\n", 0, at) + 1
        return at - start + 1 + len(word) > NARROW * min(longest, WIDEST)
    if text[at] != "\n":
        return False
    if not _LATIN_END.match(text, at - 1) or (text[at - 1] == "." and not _is_abbreviation(text, at - 1)):
        return False
    start = text.rfind("\n", 0, at) + 1
    for _ in range(MAX_SENTENCE_LINES):
        below = text.find("\n", at + 1)
        below = len(text) if below < 0 else below
        word = next(iter(text[at + 1 : below].split()), "")
        if not _LATIN_START.match(word) or at - start + 1 + len(word) <= NEARLY * longest:
            return False
        if any(not _is_abbreviation(text, stop.start()) for stop in _STOP.finditer(text, at + 1, below)):
            return True
        start, at = at + 1, below
        if at == len(text):
            return False
    return False


def _outermost_pairs(text: str, openers: Mapping[str, str]) -> list[tuple[int, int]]:
    """Return the offsets of the pairs of quotation marks or brackets, closed on their line and inside no other."""
    pairs: list[tuple[int, int]] = []
    waiting: list[int] = []
    opening = set(openers.values())
    for at, character in enumerate(text):
        if character == "\n":
            waiting.clear()
        elif character in opening:
            waiting.append(at)
        elif character in openers:
            matching = [depth for depth, opened in enumerate(waiting) if text[opened] == openers[character]]
            if matching:
                opened = waiting[matching[-1]]
                del waiting[matching[-1] :]
                while pairs and pairs[-1][0] > opened:
                    pairs.pop()
                pairs.append((opened, at))
    return pairs


def _is_subsequence(short: str, long: str) -> bool:
    rest = iter(long)
    return all(character in rest for character in short)


def _shown(text: str, limit: int = 80) -> str:
    return repr(text if len(text) <= limit else f"{text[:limit]}…")

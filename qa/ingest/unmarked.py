"""Headlines that no mark tells from text: on pages after OCR a title is a short line with an article below it.

A line is one for what stands around it. Above it something ends; below it a dateline or a credit opens an article, or,
on a page that has such openings or a masthead, running text that restates it. Whatever may as well be a heading inside
an article, a signature or the caption of a table is left as text.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate

from qa.ingest.bylines import NAME_TOKEN, is_author, is_byline, signature
from qa.ingest.decks import placed_around, shared
from qa.ingest.english import has_headline_form, is_latin
from qa.ingest.headlines import (
    DOCUMENT,
    ISSUER,
    MIN_TOLD,
    ORNAMENTS,
    commas,
    has_form,
    headline,
    is_genre,
    label_of,
    names_itself,
)
from qa.ingest.jumps import is_onward_jump
from qa.ingest.lines import Line, Role
from qa.ingest.masthead import folio, head_length, is_colophon, is_of_head, is_strong, paper_in
from qa.text.punctuation import CLAUSE_MARKS, CLOSED_BY, COLON, SENTENCE_END

MAX_RUN = 4  # kicker, title and two decks
MAX_COLOPHON = 3
EDGE = 4  # characters on either side of a line break that are looked at for a word
OPENING = 200  # characters of a body that are compared with the lines above it
RESTATED = (0.3, 0.6)
MIN_BODY = 12
MIN_LATIN_BODY = 30
NARROW = 4  # lines of a column in which that many characters stand
COLUMN_LENGTH = 4  # characters of most columns' names
UNDIVIDED = 350  # characters of an article that has no headings inside
GAPPED = 0.25  # share of lines below a blank one, on a page that parts its paragraphs so
WIDE = 0.8  # of the width of the column: a longer line may be one of a paragraph
ENDS = frozenset((Role.CREDIT, Role.NOTE, Role.DATE_LINE, Role.CAPTION, Role.JUMP, Role.MASTHEAD, Role.TABLE_ROW))
SIGNED = re.compile(r"[。！？!?][（(][\u3400-\u9fff]{1,3}[)）]$")  # briefs that are signed by a character: （秦）
HEADS = frozenset((Role.HEADING, Role.DECK))
CORRECTS = re.compile("更正|勘[误誤]")  # what is no part of anything above it


def place_unmarked(lines: Sequence[Line]) -> list[Line]:
    """Find the headlines that no mark shows, and the lines that head and close a page.

    ``lines`` have the roles of their own words, or, on a page with marks, the places of its marked headings.
    """
    return _Page(with_masthead(lines)).placed()


def with_masthead(lines: Sequence[Line]) -> list[Line]:
    """Give the lines above the first article that speak of the paper, and its colophon, the role of a masthead."""
    placed = list(lines)
    head = head_length([line.text if not line.level else "" for line in lines[:20]])
    foot = len(lines)
    while foot > max(head, len(lines) - MAX_COLOPHON) and is_colophon(lines[foot - 1].text):
        foot -= 1
    for index, line in enumerate(lines):
        below = index > 0 and not line.gap and folio(line.fields) and is_strong(lines[index - 1].text)
        signs = line.role is Role.CREDIT and is_byline(line.text)
        strong = line.role not in HEADS and not signs and is_strong(line.text)
        if not line.level and (index < head or index >= foot or strong or below):
            placed[index] = replace(line, role=Role.MASTHEAD, item=False, jump="")
        if strong and not line.gap and index and _names_paper(lines[index - 1]):
            placed[index - 1] = replace(lines[index - 1], role=Role.MASTHEAD, item=False, jump="")
    return placed


def _names_paper(line: Line) -> bool:
    """Whether a line is the name of a paper and nothing else, as above the date of the next issue."""
    return not line.level and line.role is Role.TEXT and paper_in(line.text) is not None and is_of_head(line.text)


class _Page:
    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._marked = any(line.role in HEADS for line in lines)
        self._gapped = sum(line.gap for line in lines) >= GAPPED * len(lines)
        widths = sorted(len(line.text) for line in lines)
        self._before = list(accumulate((len(line.text) for line in lines), initial=0))  # characters above each line
        self._width = widths[int(len(widths) * 0.9)] if widths else 0
        self._forms = [has_form(line) for line in lines]
        self._newspaper = self._marked or any(line.role is Role.MASTHEAD for line in lines)
        if not self._newspaper:  # a clause that a column cut off has a comma
            self._forms = [form and not commas(line.text) for form, line in zip(self._forms, lines, strict=True)]
        self._heads = [
            form or (line.role is Role.TEXT and not line.level and has_headline_form(line.text))
            for form, line in zip(self._forms, lines, strict=True)
        ]
        for index in range(len(lines) - 2, -1, -1):  # ▲市府籌建平民醫院, above a dateline or its deck
            if lines[index].role is Role.LIST_ITEM and _is_flagged(lines[index]):
                below = lines[index + 1]
                led = below.role is Role.DATELINE or (self._heads[index + 1] and not below.gap)
                self._heads[index] = led and has_form(replace(lines[index], role=Role.TEXT))

    def placed(self) -> list[Line]:
        """Return the lines in their places."""
        lines, placed = self._lines, list(self._lines)
        strong = self._strong_runs()
        newspaper = self._newspaper or len(strong) > 1 or (bool(strong) and self._jumps())
        weak = self._weak_runs(strong) if newspaper else {}
        kind, since = "", 0
        ends = sorted([*strong, *weak, len(lines)])
        for index, line in enumerate(lines):
            if placed[index].opens or placed[index].role is Role.HEADING:
                since = index
            if end := strong.get(index):
                self._entitle(placed, index, end)
                kind = "dateline" if placed[end].role is Role.DATELINE else "credit"
            elif (end := weak.get(index)) and self._is_new(
                index, end, kind, placed, since, signed=self._is_signed(ends[bisect_left(ends, end)] - 1)
            ):
                self._entitle(placed, index, end)
                kind = ""
            elif line.role in HEADS:
                kind = "marked"
            elif self._opens_without_title(index, placed, newspaper=newspaper):
                placed[index] = replace(placed[index], opens=True)
        _complete_titles(placed)
        _part_briefs(placed)
        return placed

    def _jumps(self) -> bool:
        """Whether an article goes on on another page."""
        return any(line.jump or is_onward_jump(line.text) for line in self._lines)

    def _opens_without_title(self, index: int, placed: Sequence[Line], *, newspaper: bool) -> bool:
        """Whether an article begins with a jump line, or with its label: ``更正：``."""
        line = self._lines[index]
        if placed[index].role in HEADS:
            return False
        if line.jump:
            above = index - 1
            while above > 0 and placed[above].role in (Role.CREDIT, Role.DATE_LINE):
                above -= 1
            return not self._marked and not (index and placed[above].role in HEADS)
        return newspaper and line.gap and index > 0 and label_of(line.text) is not None and self._ended(index)

    def _strong_runs(self) -> dict[int, int]:
        """Return first line and end of each run of lines that stand above a dateline or a credit."""
        openings = filter(self._opens_article, range(1, len(self._lines)))
        return dict(run for index in openings if (run := self._run_above(index)))

    def _opens_article(self, index: int) -> bool:
        """Whether a dateline or a credit stands here that an article begins with."""
        line = self._lines[index]
        if line.role is Role.DATELINE:
            return True
        if self._heads[index - 1] and _is_author(line):
            rest = range(index + 1, len(self._lines))
            at = next((one for one in rest if self._lines[one].role not in (Role.CREDIT, Role.JUMP)), None)
            if at is None:
                return False
            return self._is_body(at) or (is_author(line.text) and not self._lines[at].level)  # a poem
        return self._forms[index - 1] and line.role is Role.JUMP

    def _run_above(self, index: int) -> tuple[int, int] | None:
        """Return the lines above ``index`` that may be headlines; ``None`` without any."""
        start = index
        while start > 0 and self._heads[start - 1] and index - start < MAX_RUN:
            start -= 1
        listed = start > 0 and self._heads[start - 1] and not is_latin(self._lines[start].text)
        if self._gapped or any(map(self._stands_apart, range(start, index))):
            while 0 < start < index and not self._stands_apart(start):  # what is right below a paragraph belongs to it
                start += 1
        elif listed:  # more lines than headlines have: names, of which the last may be a headline
            start = index - (self._lines[index].role is not Role.JUMP)
        return (start, index) if start < index else None

    def _weak_runs(self, strong: Mapping[int, int]) -> dict[int, int]:
        """Return first line and end of each other run of lines that may be headlines, with text below."""
        taken = {index for start, end in strong.items() for index in range(start, end)}
        runs, index = dict[int, int](), 0
        while index < len(self._lines):
            end = index
            while end < len(self._lines) and self._forms[end] and end not in taken and self._may_head(end, index):
                end += 1
                if is_genre(self._lines[end - 1].text) and end < len(self._lines) and not self._lines[end].gap:
                    break
            if end > index + MAX_RUN and (first := self._below_list(index, end)):
                index = first
                continue
            if (
                index < end <= index + MAX_RUN
                and end not in taken
                and end < len(self._lines)
                and self._ended(index, end)
            ):
                below = self._lines[end]
                signs = below.role is Role.DATE_LINE
                genre = names_itself([line.text for line in self._lines[index:end]])
                if not signs and not self._lines[end].level and (self._is_body(end) or (genre and not below.level)):
                    runs[index] = end
            index = max(end, index + 1)
        return runs

    def _below_list(self, start: int, end: int) -> int | None:
        """Return the first of the headlines that a blank line parts from a list; decks of English print are none."""
        apart = (at for at in range(end - 1, start, -1) if self._lines[at].gap)
        at = next(apart, None)
        return at if at and (not is_latin(self._lines[at].text) or is_genre(self._lines[at].text)) else None

    def _may_head(self, index: int, start: int) -> bool:
        line = self._lines[index]
        if commas(line.text) and (not self._gapped or index > start):
            return False
        if index > start and line.gap and not self._stands_apart(start):  # what is above belongs to the paragraph there
            return False
        if self._gapped:
            return index > start or self._stands_apart(index)
        return len(line.text) <= WIDE * self._width and not line.indented

    def _is_body(self, index: int) -> bool:
        """Whether running text begins here; in a narrow column, a few lines of Latin letters tell."""
        line = self._lines[index]
        if _is_body(line) or line.role is not Role.TEXT or not is_latin(line.text):
            return _is_body(line)
        lines = [line]
        for below in self._lines[index + 1 : index + NARROW]:
            if below.gap or below.role is not Role.TEXT or below.level:
                break
            lines.append(below)
        words = replace(line, text=" ".join(one.text for one in lines))
        return len(lines) > 1 and any(one.text[0].islower() for one in lines) and _is_body(words)

    def _stands_apart(self, index: int) -> bool:
        return self._lines[index].gap or index == 0 or self._lines[index - 1].role is Role.MASTHEAD

    def _ended(self, index: int, end: int = 0) -> bool:
        """Whether nothing above is left open; a small item below a blank line does not ask for that."""
        line = self._lines[index]
        small = is_genre(line.text) if end == index + 1 else CORRECTS.search(label_of(line.text) or "")
        if index == 0 or (line.gap and small):
            return True
        above = self._lines[index - 1]
        closed = above.ending in CLOSED_BY and above.ending not in COLON  # what a colon leads to is its own
        return above.role in ENDS or closed or above.text[-1] in "）)】" or above.item

    def _is_signed(self, index: int) -> bool:
        line = self._lines[index]
        return signature(line.text) is not None or (line.role is Role.CREDIT and is_byline(line.text))

    def _is_new(self, start: int, end: int, kind: str, placed: Sequence[Line], since: int, *, signed: bool) -> bool:
        """Whether a run begins an article, rather than a part of the one above, which a line of ``kind`` opened.

        ``signed`` tells that what stands below it is signed at its end: where a credit opened the article above, that
        is no part of it.
        """
        if not start or self._lines[start - 1].role is Role.MASTHEAD:
            return True
        if placed[start - 1].role in HEADS:
            return False
        above, body = self._lines[start - 1], self._lines[end]
        texts = [line.text for line in self._lines[start:end]]
        opening = self._opening(end)[:OPENING]
        closed = signature(above.text) is not None or above.role in (Role.CREDIT, Role.DATE_LINE)
        genre = names_itself(texts)
        letters = [sum(map(str.isalnum, text)) for text in texts]
        evidence = 2 * closed + (above.text[-1] in "）)" and not closed) + 3 * genre
        evidence += 2 * (signed and kind == "credit")
        if self._marked:  # what bears no mark among headings that do is a column's name
            return genre or (len(texts) == 1 and letters[0] == COLUMN_LENGTH and self._lines[end].gap)
        told = max(shared(text.casefold(), opening.casefold()) for text in texts)
        unsure = not (genre or closed or body.item) and told < MIN_TOLD
        if unsure and not is_latin(texts[-1]) and _is_cut_word(texts[-1], body.text):
            return False
        evidence += sum(told >= limit for limit in RESTATED)
        evidence += body.item + (max(letters) > 8) + (is_latin(texts[0]) and texts[0].isupper())
        apart = self._lines[start].gap and not self._gapped  # as no paragraph does
        evidence += apart and max(letters) > COLUMN_LENGTH
        evidence += self._before[start] - self._before[since] < UNDIVIDED
        return evidence >= {"dateline": 1, "credit": 3}.get(kind, 2)

    def _opening(self, start: int) -> str:
        words, length = list[str](), 0
        for line in self._lines[start : start + OPENING]:
            if length >= OPENING or line.level:
                break
            words.append(line.text[:OPENING])
            length += len(words[-1])
        return "".join(words)

    def _entitle(self, placed: list[Line], start: int, end: int) -> None:
        """Give the lines of a run their places: kickers, the title, decks."""
        lines = self._lines
        if start and placed[start - 1].role in HEADS and placed[start - 1].level:
            roles = [Role.DECK] * (end - start)
        else:
            texts = [line.text for line in lines[start:end]]
            if all(map(has_headline_form, texts)):  # English print sets a long headline over several lines
                roles = [Role.HEADING] * len(texts)
            else:
                body = self._opening(end)
                roles = placed_around(lines[start:end], headline(texts, body), body)
            first = start
            while first and placed[first - 1].role is Role.MASTHEAD and not placed[first - 1].opens:
                first -= 1
            opening = start if first else 0
            placed[opening] = replace(placed[opening], opens=True)
        placed[start:end] = (
            replace(line, role=role, item=False) for line, role in zip(placed[start:end], roles, strict=True)
        )


def _is_cut_word(before: str, after: str) -> bool:
    """Whether the end of a line and the beginning of the next are halves of one word: a column broke there."""
    import rjieba  # reads its dictionary when imported: a tenth of a second, and 30 MB

    left, right = before[-EDGE:], after[:EDGE]
    reached = 0
    for word in rjieba.cut(left + right):
        if reached < len(left) < reached + len(word):
            return True
        reached += len(word)
    return False


def _is_flagged(line: Line) -> bool:
    """Whether a line begins with an ornament, and is no other item of a list."""
    return line.text[0] in ORNAMENTS and not line.bullet


def _is_author(line: Line) -> bool:
    """Whether a line below a headline names who wrote: by role, or by name behind an ornament."""
    if line.role is Role.CREDIT:
        return is_byline(line.text)
    words = line.text.lstrip(ORNAMENTS)
    tokens = words.split()
    return words != line.text and 0 < len(tokens) <= 3 and len(words) <= 8 and all(map(NAME_TOKEN.fullmatch, tokens))


def _is_body(line: Line) -> bool:
    text = line.text
    if line.level or line.role in (Role.MASTHEAD, Role.DATE_LINE, Role.TABLE_ROW):
        return False
    ends = any(mark in text for mark in SENTENCE_END)
    latin = len(text) >= MIN_LATIN_BODY and is_latin(text)
    clause = len(text) >= MIN_BODY and (text[-1] in COLON or not CLAUSE_MARKS.isdisjoint(text))
    return line.item or ends or clause or line.indented or latin


def _complete_titles(lines: list[Line]) -> None:
    """Let the kind of an official document, on the line below the name of who issues it, end its title."""
    for index in range(1, len(lines)):
        above, line = lines[index - 1], lines[index]
        issued = above.role in (Role.HEADING, Role.MASTHEAD) and not line.gap and ISSUER.search(above.text)
        if issued and line.role in (Role.HEADING, Role.DECK, Role.TEXT) and DOCUMENT.search(line.text):
            lines[index - 1] = replace(above, role=Role.HEADING)
            lines[index] = replace(line, role=Role.HEADING)


def _part_briefs(lines: list[Line]) -> None:
    """Let each item of a column that is signed by itself open an article."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _is_brief(lines, end, start):
            end += 1
        starts = [index for index in range(start, end) if lines[index].item]
        signed = sum(signature(line.text) is not None or bool(SIGNED.search(line.text)) for line in lines[start:end])
        if len(starts) > 1 and signed > 1:
            for index in starts[start > 0 and lines[start - 1].role in HEADS :]:
                lines[index] = replace(lines[index], opens=True)
        start = max(end, start + 1)


def _is_brief(lines: Sequence[Line], index: int, start: int) -> bool:
    line = lines[index]
    if line.role in HEADS or line.role is Role.MASTHEAD or line.opens:
        return False
    return line.item if index == start else line.item or not line.gap

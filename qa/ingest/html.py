"""Web pages: one document a file, whose original text is the source of the page, markup and all.

What trafilatura takes for the article decides which blocks of the page are read; where they stand, and what they show
character by character, comes from our own parse, so that every offset holds in the source.
"""

import logging
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape, unescape
from pathlib import Path

from qa.errors import InputError, SourceError
from qa.ingest.bylines import is_credit
from qa.ingest.dates import file_date, full_date, is_date_line
from qa.ingest.decode import decode, encoding_named, is_latin, stated_encoding
from qa.ingest.files import Report, read_file, refuse, suffix
from qa.ingest.markup import Block, Parsed, parse, view, without_unread
from qa.ingest.page_facts import author, body, published, site, stamped
from qa.ingest.records import BYLINE, PUBLICATION
from qa.text import Slice
from qa.types import Document, Head, View

DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
XML_DECLARED = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([A-Za-z0-9_-]{2,20})")
CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
WIDE = ("utf-16", "utf-32", "ucs-2", "ucs-4")  # in which no declaration could be read
HEAD = 4096
TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,500})</title", re.IGNORECASE)
MAX_HEAD = 64 << 10
MARKS = re.compile(r"[\s|\-#\xa0\u200b\xad]+")
SHORT = 12  # characters below which words are found in an article by accident
NOWHERE = (-1, -1)
MAX_ALIKE = 16  # places in an article, of words that begin alike, that are compared
LONG = 24  # characters from which a block is in an article by no accident, wherever that has it
MAX_CREDIT = 80  # characters
MAX_SET, MAX_TAGS = 60, 400  # of a title, and of the tags beside it
# <center><b>, <font size=5>, <div class="news_title">
SET_BEFORE = re.compile(
    r"""<(?:b|strong|big|font\b[^<>]{0,100}?\bsize\s*=\s*["']?(?:[4-7]|\+[1-4])[^<>]{0,100}"""
    r"""|(?P<said>(?:div|p|span|td)\b[^<>]{0,100}?\b(?:class|id)\s*=\s*["']?[\w-]{0,20}(?:title|headline|biaoti)[^<>]{0,100}))>"""
    r"(?:\s*<(?:a|b|strong|big|font|span|p|div|center)\b[^<>]{0,100}>){0,4}\s*\Z"
)
SET_BEHIND = re.compile(r"\s*</(?:a|b|strong|big|font|span)\s*>")
MAX_PAGE = 16 << 20  # bytes


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield the file as one document; raise ``SourceError`` if it cannot be read or decoded, or shows no text."""
    file = read_file(path)
    if len(file.data) > MAX_PAGE:
        raise SourceError(file.source, f"larger than {MAX_PAGE >> 20} MB, too much for a web page")
    source = decoded(file.data, file.source, report=report)
    page = article(source, file.source, xml=suffix(path) == ".xhtml")
    date = page.date or stamped(source) or file_date(file.stem)
    yield Document(
        *(file.id, file.source, file.path, file.sha256, source, page.title, date),
        metadata=page.metadata,
        view=page.view,
        heads=page.heads,
    )


@dataclass(frozen=True, slots=True)
class Page:
    """What the article of a page shows, its title and its date, as far as they are found.

    ``heads`` and ``metadata``, who wrote it and in what, are those of ``Document``.
    """

    view: View
    title: str | None
    date: str | None
    heads: tuple[Head, ...]
    metadata: Mapping[str, str]


def article(source: str, name: str, *, xml: bool) -> Page:
    """Return the article of a page; raise ``SourceError`` for ``name`` if it shows no text."""
    parsed = _parsed(source, name, xml=xml)
    words, title, date = _extracted(without_unread(source, parsed.unread), xml=xml)
    chosen = _with_tables(_of_article(source, parsed.blocks, words, title), parsed)
    shown = view(_headed(source, parsed.blocks, chosen), chosen)
    date = published(source) or full_date(date or "") or _printed(source, parsed.blocks)
    stated = {BYLINE: author(source), PUBLICATION: site(source)}
    metadata = {name: value for name, value in stated.items() if value}
    return Page(shown, title, date, tuple(parsed.structure.heads(shown)), metadata)


def title_of(source: str) -> str | None:
    """Return what a page calls itself in its head."""
    found = TITLE.search(source[:MAX_HEAD])
    return " ".join(unescape(found[1]).split()) or None if found else None


def decoded(data: bytes, name: str, declared: str | None = None, *, report: Report = refuse) -> str:
    """Decode a page, by what its server, or it in its head, declares where it is not UTF-8."""
    if stated_encoding():
        return decode(data, name, report)
    stated = XML_DECLARED.match(data[:HEAD]) or DECLARED.search(data[:HEAD])
    if declared is None and stated is not None:
        declared = stated[1].decode()
    if declared is not None and not declared.lower().startswith(WIDE):
        for encoding in ("utf-8", declared):
            try:
                encoding = encoding_named(encoding)
                if encoding != "cp1252" or is_latin(data):  # which every server names that knows no better
                    return data.decode(encoding).removeprefix("\ufeff")
            except (UnicodeDecodeError, InputError):
                continue
    return decode(data, name, report)


def _parsed(source: str, name: str, *, xml: bool) -> Parsed:
    """Return what a page shows; where it shows nothing of its article, what a script of it would show."""
    parsed = parse(source, xml=xml)
    known = body(source)
    place = known and known[0]
    hidden = [(a, b) for a, b in parsed.hidden if not parsed.blocks or (place and a <= place[0] < b)]
    if hidden:
        parsed = parse(source, xml=xml, revealed={start for start, _ in hidden})
    if not parsed.blocks:
        raise SourceError(name, "the page shows no text")
    return parsed


def _extracted(source: str, *, xml: bool) -> tuple[Sequence[str], str | None, str | None]:
    """Return the lines of the article, without blanks and marks, its title and its date, as far as they are found."""
    # Half a second of imports that an archive without web pages does not need.
    import trafilatura

    if xml:  # which the library would read as HTML
        source = CDATA.sub(lambda section: escape(section[1], quote=False), source)
    logging.getLogger("trafilatura").addHandler(logging.NullHandler())  # a page without an article is no message
    try:
        found = trafilatura.bare_extraction(
            source,
            favor_recall=True,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except Exception:  # lxml and what stands on it give up on hostile markup in many ways; our own parse does not
        return (), None, None
    if found is None or isinstance(found, dict):
        return (), None, None
    return [_bare(line) for line in (found.text or "").split("\n")], found.title or None, found.date or None


def _of_article(source: str, blocks: Sequence[Block], lines: Sequence[str], title: str | None) -> list[bool]:
    """Tell for each block whether it is of the article: by where the site puts it, else by its words."""
    known = body(source)
    if known is None:
        return _chosen(blocks, lines, title)
    (start, end), certain = known
    inside = [start <= block.bounds[0] < end for block in blocks]
    if not any(inside):
        return _chosen(blocks, lines, title)
    chosen = _chosen(blocks, lines, title)
    if certain or all(chosen):
        bare = _bare(title or "")
        headline = (block.mark.startswith("#") and _bare(block.text) == bare for block in blocks)
        return [within or head for within, head in zip(inside, headline, strict=True)]
    return chosen


def _printed(source: str, blocks: Sequence[Block]) -> str | None:
    """Return the day that stands above an article whose place is certain, nearest to it."""
    known = body(source)
    if known is None or not known[1]:
        return None
    above = [block.text for block in blocks if block.bounds[0] < known[0][0]]
    return next(filter(None, map(full_date, reversed(above))), None)


def _headed(source: str, blocks: Sequence[Block], chosen: Sequence[bool]) -> Sequence[Block]:
    """Return the blocks of a page without headings with a mark on the line above its text that is set as its title.

    That is bold or large, as old pages have it, or in an element whose class says so.
    """
    if any(wanted and block.mark.startswith("#") for wanted, block in zip(chosen, blocks, strict=True)):
        return blocks
    for at, block in enumerate(blocks):
        if not chosen[at] or block.mark:
            continue
        if len(block.characters) > MAX_SET or any(mark in block.text for mark in "。；"):
            break
        start, end = block.bounds
        before = SET_BEFORE.search(source, max(0, start - MAX_TAGS), start)
        if before and (before["said"] or SET_BEHIND.match(source, end, end + MAX_TAGS)):
            return [*blocks[:at], replace(block, mark="# "), *blocks[at + 1 :]]
    return blocks


def _with_tables(chosen: Sequence[bool], parsed: Parsed) -> list[bool]:
    """Add the tables of the article, of which what finds its words leaves out short cells, or all.

    A table is whole, or a cell would stand under the heads of others; it is of the article where a part of it is, or
    what stands above it.
    """
    found, starts = list(chosen), [block.bounds[0] for block in parsed.blocks]
    for start, end in sorted(parsed.structure.data_tables()):
        first, last = bisect_left(starts, start), bisect_left(starts, end)
        inside = range(first, last)
        apart = any(parsed.blocks[at].around for at in inside)
        if any(found[at] for at in inside) or (first and found[first - 1] and not apart):
            found[first:last] = [True] * len(inside)
    return found


def _chosen(blocks: Sequence[Block], lines: Sequence[str], title: str | None) -> list[bool]:
    """Tell for each block whether it is of the article: its words stand in ``lines``, in order, or are its title."""
    texts, reached = [_bare(block.text) for block in blocks], 0
    article = _Article(lines, texts)
    headline = _bare(title or "")
    chosen, places, headed = list[bool](), list[Slice](), False
    for block, words in zip(blocks, texts, strict=True):
        at = article.find(words, reached)
        place = (at, at + len(words))
        if at >= 0:
            reached = at + len(words)
        elif len(words) >= LONG:  # the article may have been put together in another order, or with other words between
            begun, ended = (article.find(end, reached) for end in (words[:SHORT], words[-SHORT:]))
            whole = article.find(words, 0)
            at = max(whole, begun, ended)
            place = (whole, whole + len(words)) if whole >= 0 else (begun, ended + SHORT if ended >= 0 else -1)
        head = not headed and bool(words) and block.mark.startswith("#") and (words in headline or headline in words)
        headed = headed or (head and bool(headline))
        chosen.append(bool(words) and (at >= 0 or (head and bool(headline))))
        places.append(place if at >= 0 else NOWHERE)
    _choose_beside(chosen, texts, article.text, places)
    _choose_above(chosen, blocks)
    if not any(one and not block.mark.startswith("#") for one, block in zip(chosen, blocks, strict=True)):
        chosen = [not block.around for block in blocks]
    return chosen if any(chosen) else [True] * len(blocks)


class _Article:
    """Where the words of blocks stand in those of an article, found in time that grows with its length."""

    def __init__(self, lines: Sequence[str], blocks: Sequence[str]) -> None:
        self.text = "".join(lines)
        self._at = dict[str, list[int]]()
        start = 0
        for line in lines:
            if len(line) < SHORT:  # such words count as a line of their own
                self._at.setdefault(line, []).append(start)
            start += len(line)
        asked = {end for words in blocks if len(words) >= SHORT for end in (words[:SHORT], words[-SHORT:])}
        for at in range(len(self.text) - SHORT + 1) if asked else ():
            if (words := self.text[at : at + SHORT]) in asked:
                self._at.setdefault(words, []).append(at)

    def find(self, words: str, since: int) -> int:
        """Return where ``words`` stand first, from ``since`` on; -1 if nowhere, or only among many that begin alike."""
        places = self._at.get(words[:SHORT], ()) if words else ()
        first = bisect_left(places, since)
        return next((at for at in places[first : first + MAX_ALIKE] if self.text.startswith(words, at)), -1)


def _choose_beside(chosen: list[bool], blocks: Sequence[str], article: str, places: list[Slice]) -> None:
    """Choose the blocks whose words ``article`` has right beside those of the one chosen before or behind.

    ``places`` are the bounds of the words of blocks in the article.

    What is too short to be found by itself is found so, and what stands in another order than on the page: where tables
    are what columns are set with, all of a column is a line of the article, and the tables in it come behind.
    """
    for step in (1, -1):
        # Where the last block that is chosen ends, or begins, and how many letters stand there without a break: the
        # short items of a list bear each other out.
        edge, reach = -1, 0
        for at in range(len(blocks))[::step]:
            words = blocks[at]
            start, end = (edge, edge + len(words)) if step > 0 else (edge - len(words), edge)
            if words and not chosen[at] and start >= 0 and len(words) + min(reach, LONG) >= SHORT:
                chosen[at] = article.startswith(words, start)
                places[at] = (start, end) if chosen[at] else NOWHERE
            if chosen[at]:
                near, far = places[at][::step]
                edge, reach = far, len(words) + (reach if near == edge else 0)


def _choose_above(chosen: list[bool], blocks: Sequence[Block]) -> None:
    """Choose the headings that stand right above what is chosen, and credits and dates above it, below what is or them.

    What finds an article takes the headlines of others on its page for links to these, though it takes their text.
    """
    # What is chosen, whether that is text, and whether only credits part it.
    below, led, near = len(blocks), False, False
    for at in reversed(range(len(blocks))):
        block, words = blocks[at], blocks[at].text
        heads = block.mark.startswith("#")
        if chosen[at] or (led and heads and not block.around):
            if near:
                chosen[at:below] = [True] * (below - at)
            chosen[at], below, led, near = True, at, not heads, True
        elif not near or len(words) > MAX_CREDIT or not (is_credit(words) or is_date_line(words)):
            led = near = False


def _bare(text: str) -> str:
    return MARKS.sub("", unescape(text))  # the library takes "&amp;amp;" for "&"

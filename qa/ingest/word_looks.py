"""Headings of a Word file that no style names: titles that are set larger than the text, or in bold.

Newsrooms write in one style and set titles by hand. Where no paragraph of a file is a heading by its style, what stands
out is one; of several in a row only what stands out most, since kickers and decks are set between title and text. Where
bold is all that tells them apart, a title is one that a credit or a dateline follows, or that the text below restates.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, pairwise

from lxml import etree

from qa.ingest.bylines import is_credit, is_dateline
from qa.ingest.dates import is_date_line
from qa.ingest.decks import shared
from qa.ingest.english import is_latin
from qa.ingest.headlines import NO_HEADLINE_END
from qa.ingest.masthead import is_of_head
from qa.ingest.word_styles import Styles
from qa.ingest.xml_tree import named

MAX_TITLE = 60  # characters
LONG_WORD = re.compile("[a-z]{4,}")
RESTATED = (0.3, 0.6)  # share of a bold line that the text below has if it is a title; where others bear credits
MOST = 0.5  # share of paragraphs that stand out; where more do, it tells nothing
TITLE, PART = 1, 2


@dataclass(frozen=True, slots=True)
class _Look:
    """How a paragraph is set: its size in half points."""

    paragraph: etree._Element
    words: str
    size: int
    bold: bool
    centred: bool

    @property
    def weight(self) -> tuple[int, bool, bool]:
        return self.size, self.bold, self.centred


def headings_by_look(body: etree._Element | None, styles: Styles) -> Mapping[etree._Element, int]:
    """Return the paragraphs of a body that are headings by their look, each with its level; none if styles name any."""
    paragraphs = list(named(body, "p")) if body is not None else []
    if any(map(styles.heading, paragraphs)):
        return {}
    looks = [look for paragraph in paragraphs if (look := _look(paragraph, styles)).words]
    sizes = Counter[int]()
    for look in looks:
        sizes[look.size] += len(look.words)
    usual = max(sizes, key=lambda size: sizes[size], default=0)
    apart = [_stands_out(look, usual) for look in looks]
    found = list(_foremost(looks, apart))
    if len(found) > MOST * len(looks):
        return {}
    largest = max((look.size for look in found), default=0)
    if any(look.size > usual or look.centred for look in found):
        return {look.paragraph: TITLE if look.centred or look.size == largest > usual else PART for look in found}
    texts = {above.paragraph: below.words for above, below in pairwise(looks)}
    headed = [(look, texts[look.paragraph]) for look in found if look.paragraph in texts]
    signed = [is_credit(below) or is_dateline(below) for _, below in headed]
    least = RESTATED[any(signed)]
    return {
        look.paragraph: TITLE if not at or opens or _told(look.words, below) >= least else PART
        for at, ((look, below), opens) in enumerate(zip(headed, signed, strict=True))
    }


def _look(paragraph: etree._Element, styles: Styles) -> _Look:
    runs = [run for run in named(paragraph, "r") if next(run.iterancestors("{*}p"), None) is paragraph]
    worded = [(run, words) for run in runs if (words := "".join(t.text or "" for t in named(run, "t")).strip())]
    return _Look(
        paragraph,
        "".join(words for _, words in worded),
        min((styles.size(run, paragraph) for run, _ in worded), default=0),
        all(styles.is_bold(run, paragraph) for run, _ in worded),
        styles.is_centred(paragraph),
    )


def _stands_out(look: _Look, usual: int) -> bool:
    words = look.words
    if len(words) > MAX_TITLE or words[-1] in NO_HEADLINE_END or not any(map(str.isalpha, words)):
        return False
    return (
        (look.size > usual or (look.size == usual and look.bold))
        and not _fills_cell(look.paragraph)
        and not (is_credit(words) or is_date_line(words) or is_of_head(words))
    )


def _told(title: str, below: str) -> float:
    """Return the share of a heading that the text below it restates: of its longer words, or pairs of characters.

    >>> _told("School moves", "The school of Millbrook moved."), _told("城北小学迁新址", "城北小学昨日迁址。")
    (0.5, 0.5)
    """
    if not is_latin(title):
        return shared(title, below)
    words = LONG_WORD.findall(title.casefold())
    return sum(word in below.casefold() for word in words) / len(words) if words else 0.0


def _fills_cell(paragraph: etree._Element) -> bool:
    """Whether a paragraph is all that a cell of a table holds: the head of a row or a column."""
    cell = next(paragraph.iterancestors("{*}tc"), None)
    return cell is not None and sum(one.find(".//{*}t") is not None for one in named(cell, "p")) == 1


def _foremost(looks: list[_Look], apart: list[bool]) -> Iterator[_Look]:
    """Yield of each run of paragraphs that stand out the one that does so most; the last run may head nothing."""
    for out, run in groupby(zip(looks, apart, strict=True), key=lambda pair: pair[1]):
        if out:
            found = [look for look, _ in run]
            most = max(look.weight for look in found)
            yield from (look for look in found if look.weight == most)

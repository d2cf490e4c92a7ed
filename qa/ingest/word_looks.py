"""Headings of a Word file that no style names: titles that are set larger than the text, or bold and centred.

Newsrooms write in one style and set titles by hand. Where no paragraph of a file is a heading by its style, what stands
out is one; of several in a row only what stands out most, since kickers and decks are set between title and text.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from lxml import etree

from qa.ingest.bylines import is_credit
from qa.ingest.dates import is_date_line
from qa.ingest.headlines import NO_HEADLINE_END
from qa.ingest.masthead import is_of_head
from qa.ingest.word_styles import Styles
from qa.ingest.xml_tree import named

MAX_TITLE = 60  # characters
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
    return {look.paragraph: TITLE if look.centred or look.size == largest else PART for look in found}


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
    set_apart = look.size > usual or (look.size == usual and look.bold and look.centred)
    return (
        set_apart
        and not _fills_cell(look.paragraph)
        and not (is_credit(words) or is_date_line(words) or is_of_head(words))
    )


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

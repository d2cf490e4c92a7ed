"""ALTO, the page format of digitised newspapers, in all its versions: one document a page file.

Where a METS file names it, the issue's articles are read from that instead (``qa.ingest.mets``).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from lxml import etree

from qa.errors import SourceError
from qa.ingest.files import Report, SourceFile
from qa.ingest.reading_order import Box
from qa.ingest.recognised import Block, Line, Page, Word, issue_date, line_of, typeset
from qa.ingest.records import PAGE
from qa.ingest.xml_tree import local, named, words
from qa.types import Document

SOFT_HYPHEN = "\xad"  # a word goes on in the next line
HEADINGS = ("headline", "heading", "title")


def documents(root: etree._Element, file: SourceFile, _: Report) -> Iterator[Document]:
    """Yield the file as one document; raise ``SourceError`` if it has no text."""
    found = list(pages(root))
    text, placed = typeset(found)
    if not text.strip():
        raise SourceError(file.source, "an ALTO file without text")
    metadata = dict[str, str]()
    printed = next((page.get("PRINTED_IMG_NR") for page in named(root, "Page")), None)
    if printed:
        metadata[PAGE] = printed
    date = issue_date(Path(file.path))
    yield Document(file.id, file.source, file.path, file.sha256, text, None, date, metadata, pages=placed)


def pages(root: etree._Element, first: int = 1) -> Iterator[Page]:
    """Yield the pages of an ALTO file, numbered from ``first``."""
    sizes = {
        style.get("ID", ""): _number(style, "FONTSIZE") for style in named(root, "TextStyle") if style.get("FONTSIZE")
    }
    labels = {
        tag.get("ID", ""): (tag.get("LABEL") or tag.get("TYPE") or "").casefold()
        for tag in root.iter("{*}*")
        if local(tag).endswith("Tag")
    }
    names = [words(one) for info in named(root, "sourceImageInformation") for one in named(info, "fileName")]
    for number, page in enumerate(named(root, "Page"), first):
        blocks = [_block(block, sizes, labels) for block in named(page, "TextBlock")]
        order = {ref: place for place, ref in enumerate(_reading_order(page))}
        if order:
            blocks.sort(key=lambda block: min((order[one] for one in block.ids if one in order), default=len(order)))
        width, height = _number(page, "WIDTH"), _number(page, "HEIGHT")
        yield Page(
            number, width, height, tuple(block for block in blocks if block.lines), next(iter(names), None) or ""
        )


def _reading_order(page: etree._Element) -> list[str]:
    """Return the ids of the blocks in the order that ALTO 4.3 states, none if it states none."""
    groups = [*named(page, "ReadingOrder"), *named(page.getroottree().getroot(), "ReadingOrder")]
    return [ref.get("REF", "") for group in groups[:1] for ref in named(group, "ElementRef")]


def _block(block: etree._Element, sizes: Mapping[str, float], labels: Mapping[str, str]) -> Block:
    above = [one for one in block.iterancestors() if local(one) == "ComposedBlock"]
    ids = tuple(identifier for one in (block, *above) if (identifier := one.get("ID")))
    tags = " ".join(one.get("TAGREFS", "") for one in (block, *above)).split()
    styles = [style for one in (block, *above) for style in (one.get("STYLEREFS") or "").split()]
    lines = tuple(line for line in (_line(one, sizes, styles) for one in named(block, "TextLine")) if line.text)
    return Block(lines, ids, any(labels.get(tag, "") in HEADINGS for tag in tags))


def _certainty(word: etree._Element) -> float | None:
    try:
        return min(1.0, max(0.0, float(word.get("WC") or "")))
    except ValueError:
        return None


def _line(line: etree._Element, sizes: Mapping[str, float], styles: list[str]) -> Line:
    words, blank, used = list[Word](), False, (line.get("STYLEREFS") or "").split()
    for part in line:
        kind, content = local(part), part.get("CONTENT") or ""
        if kind == "SP":
            blank = True
        elif kind == "HYP":
            words.append(Word(SOFT_HYPHEN, None, blank=False))
        elif kind == "String" and content.strip():
            # Some leave out SP: Latin words that stand side by side are two.
            parted = blank or bool(words and words[-1].text[-1:].isalnum() and content[0].isalnum())
            words.append(Word(content, _box(part), parted, _certainty(part)))
            used = used or (part.get("STYLEREFS") or "").split()
            blank = False
    size = next((sizes[style] for style in (*used, *styles) if style in sizes), 0.0)
    return line_of(words, _box(line), size, line.get("ID") or "")


def _box(element: etree._Element) -> Box | None:
    left, top, width, height = (_number(element, name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
    return Box(left, top, left + width, top + height) if width > 0 and height > 0 else None


def _number(element: etree._Element, name: str) -> float:
    """Return an attribute as a number, 0 where there is none that is one."""
    try:
        value = float(element.get(name) or 0)
    except ValueError:
        return 0.0
    return value if abs(value) < 1e9 else 0.0  # neither infinite nor absurd

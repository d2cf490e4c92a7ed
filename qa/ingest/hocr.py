"""hOCR, what Tesseract and other recognisers write: one document a file, with a box for every line.

It is HTML, and often named so; what tells it from a web page is that its elements say what they are on paper.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from lxml import etree
from lxml import html as lxml_html

from qa.errors import SourceError
from qa.ingest import markup
from qa.ingest.files import Report, SourceFile, open_file, read_file, refuse
from qa.ingest.html import decoded
from qa.ingest.reading_order import Box
from qa.ingest.recognised import Block, Line, Page, Word, issue_date, line_of, typeset
from qa.types import Document

MARK = re.compile(rb"class\s*=\s*[\"'][^\"'>]{0,80}\bocrx?_(?:page|line|word|par|carea)\b")
HEAD = 64 << 10
LINES = frozenset(("ocr_line", "ocrx_line", "ocr_header", "ocr_footer", "ocr_caption", "ocr_textfloat"))
WORDS = frozenset(("ocrx_word", "ocr_word"))
AREAS = frozenset(("ocr_par", "ocr_carea", "ocrx_block", "ocr_column", "ocr_section", "ocr_float"))
HIDDEN = markup.HIDDEN | {"head"}
BREAKING = frozenset(("p", "div", "table", "tr", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6"))
HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")  # of an encoding that the text is not in any more
BLANK = re.compile(r"\s")
PICTURE = re.compile(r"""(?:^|;)\s*image\s+(?P<quote>["']?)(?P<name>[^"';]+)(?P=quote)""")
MAX_FILE = 64 << 20


def is_hocr(path: Path) -> bool:
    """Whether a file that may be a web page is hOCR; ``False`` as well for one that cannot be read."""
    try:
        with open_file(path) as file:
            return bool(MARK.search(file.read(HEAD)))
    except OSError:
        return False


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield the file as one document; raise ``SourceError`` if it cannot be read or holds no text."""
    file = read_file(path)
    text, placed = typeset(pages(file, report))
    if not text.strip():
        raise SourceError(file.source, "hOCR without text")
    date = issue_date(Path(file.path))
    yield Document(file.id, file.source, file.path, file.sha256, text, None, date, pages=placed)


def pages(file: SourceFile, report: Report = refuse) -> list[Page]:
    """Return the pages that have text; raise ``SourceError`` if the file cannot be read."""
    if len(file.data) > MAX_FILE:
        raise SourceError(file.source, f"larger than {MAX_FILE >> 20} MB: split it")
    source = DECLARATION.sub("", decoded(file.data, file.source, report=report))
    parser = lxml_html.HTMLParser(no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(source, parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise SourceError(file.source, f"not readable hOCR: {error}") from error
    return _Pages().read(root)


class _Pages:
    """The pages of a tree, made as its elements begin and end."""

    def __init__(self) -> None:
        self._pages = list[Page]()
        self._blocks = list[Block]()
        self._lines = list[Line]()
        self._words = list[Word]()
        self._line: etree._Element | None = None
        self._word: etree._Element | None = None
        self._size, self._picture = (0.0, 0.0), ""
        self._heading = self._blank = False

    def read(self, root: etree._Element) -> list[Page]:
        """Return the pages; text outside any page is one of its own."""
        hidden: etree._Element | None = None
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if hidden is None and event == "start":
                if element.tag in HIDDEN:
                    hidden = element
                else:
                    self._begin(element)
                    self._text(element.text)
            elif hidden is None:
                self._end(element)
                self._text(element.tail)
            elif hidden is element and event == "end":
                hidden = None
                self._text(element.tail)
        self._close_page()
        return self._pages

    def _begin(self, element: etree._Element) -> None:
        classes = _classes(element)
        if "ocr_page" in classes:
            self._close_page()
            box = _box(element)
            self._size = (box.right, box.bottom) if box else (0.0, 0.0)
            named = PICTURE.search(element.get("title") or "")
            self._picture = named["name"] if named else ""
        elif classes & AREAS or (element.tag in BREAKING and not classes & LINES):
            self._close_block()
            self._heading = element.tag in HEADINGS
        elif classes & LINES:
            self._close_line()
            self._line = element
        elif classes & WORDS and self._word is None:
            self._words.append(Word("", _box(element), self._blank, _certainty(element)))
            self._word, self._blank = element, False
        elif element.tag == "br":
            self._close_line()

    def _end(self, element: etree._Element) -> None:
        classes = _classes(element)
        if element is self._word:
            self._word = None
        elif element is self._line:
            self._close_line()
        elif "ocr_page" in classes:
            self._close_page()
        elif classes & AREAS or element.tag in BREAKING:
            self._close_block()

    def _text(self, text: str | None) -> None:
        if not text:
            return
        if self._word is not None:
            last = self._words[-1]
            self._words[-1] = replace(last, text=last.text + text)
            return
        self._blank = self._blank or bool(BLANK.match(text))
        for piece in text.split():
            self._words.append(Word(piece, None, self._blank))
            self._blank = True
        self._blank = bool(BLANK.match(text[-1]))

    def _close_line(self) -> None:
        box = _box(self._line) if self._line is not None else None
        size = _property(self._line, "x_size") if self._line is not None else []
        line = line_of(self._words, box, size[0] if size else 0.0)
        if line.text:
            self._lines.append(line)
        self._words, self._line, self._word, self._blank = [], None, None, False

    def _close_block(self) -> None:
        self._close_line()
        if self._lines:
            self._blocks.append(Block(tuple(self._lines), heading=self._heading))
        self._lines, self._heading = [], False

    def _close_page(self) -> None:
        self._close_block()
        if self._blocks:
            self._pages.append(Page(len(self._pages) + 1, *self._size, tuple(self._blocks), self._picture))
        self._blocks, self._size, self._picture = [], (0.0, 0.0), ""


def _classes(element: etree._Element) -> set[str]:
    return set((element.get("class") or "").split())


def _box(element: etree._Element) -> Box | None:
    edges = _property(element, "bbox")
    return Box(*edges) if len(edges) == 4 and edges[0] < edges[2] and edges[1] < edges[3] else None


def _certainty(element: etree._Element) -> float | None:
    """Return how certain the recogniser was of a word, 0 to 1: its title has percent."""
    percent = _property(element, "x_wconf")
    return min(1.0, max(0.0, percent[0] / 100)) if percent else None


def _property(element: etree._Element, name: str) -> list[float]:
    """Return the numbers of a property in an element's title; none if it is not there or no numbers.

    >>> _property(etree.fromstring('<p title="bbox 1 2 3 4; x_wconf 91"/>'), "bbox")
    [1.0, 2.0, 3.0, 4.0]
    """
    for part in (element.get("title") or "").split(";"):
        key, *values = part.split()[:5] or [""]
        if key == name:
            try:
                return [number for value in values if abs(number := float(value)) < 1e9]
            except ValueError:
                return []
    return []

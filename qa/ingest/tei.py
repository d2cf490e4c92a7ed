"""TEI, what editions of newspapers are encoded in: one document a file, or one an article where it marks them.

The text is what is printed. Of two readings the printed one is taken (``sic``, not ``corr``), running heads and what
the editors add (descriptions of pictures, the header) are left out. The tree is set as a page of the web would be, so
that paragraphs, lists and tables are read as everywhere else.
"""

import html
import re
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from qa.errors import SourceError
from qa.ingest.dates import file_date as compact_date
from qa.ingest.dates import full_date
from qa.ingest.files import Report, SourceFile
from qa.ingest.markup import parse, view
from qa.ingest.mets import ARTICLE, undated
from qa.ingest.recognised import issue_date
from qa.ingest.records import PAGE, PUBLICATION
from qa.ingest.xml_tree import local, named, words
from qa.types import RECORD, Document

ID = "{http://www.w3.org/XML/1998/namespace}id"
DIVISIONS = re.compile(r"div[0-7]?|floatingText")
LEFT_OUT = frozenset(("teiHeader", "facsimile", "fw", "figDesc", "del", "corr", "reg", "expan", "rdg", "index"))
ONLY_WITH = {"corr": "sic", "reg": "orig", "expan": "abbr"}  # left out where the printed reading stands beside it
BLOCKS = frozenset(
    (
        *("p", "ab", "lg", "byline", "dateline", "opener", "closer", "salute", "signed", "argument", "epigraph"),
        *("trailer", "sp", "speaker", "stage", "note", "titlePage", "docTitle", "titlePart", "docImprint", "docDate"),
        *("docAuthor", "body", "front", "back", "text", "group", "div", "figure", "cit", "postscript", "imprimatur"),
        *("floatingText", "listBibl", "castList", "castItem", "address", "titlePart", "docEdition", "formula"),
    )
)
TAGS = {"list": "ul", "item": "li", "table": "table", "row": "tr", "cell": "td", "l": "p", "addrLine": "p"}
HYPHENS = "-\u2010\xad¬"
SOFT_HYPHEN = "\xad"


def documents(root: etree._Element, file: SourceFile, _: Report) -> Iterator[Document]:
    """Yield the articles of the file in order, then what is in none; raise ``SourceError`` if it has no text."""
    found = False
    for number, tei in enumerate(_editions(root), 1):
        for document in _edition(tei, file, f"{number}-" if local(root) == "teiCorpus" else ""):
            found = True
            yield document
    if not found:
        raise SourceError(file.source, "a TEI file without text")


def _editions(root: etree._Element) -> list[etree._Element]:
    return [root] if local(root) != "teiCorpus" else list(named(root, "TEI", "TEI.2"))


def _edition(tei: etree._Element, file: SourceFile, prefix: str) -> Iterator[Document]:
    texts = [child for child in tei if local(child) == "text"]
    header = next((child for child in tei if local(child) == "teiHeader"), None)
    publication, date = _about(header)
    date = date or issue_date(Path(file.path))
    articles = [div for text in texts for div in text.iter("{*}*") if _is_outermost_article(div)]
    page, pages = None, dict[etree._Element, str]()
    for text in texts:
        for element in text.iter("{*}*"):
            page = element.get("n") if local(element) == "pb" else page
            pages |= {element: page} if page and element in articles else {}
    shared = {PUBLICATION: publication} if publication and articles else {}
    for number, div in enumerate(articles, 1):
        shown = _shown(div, set())
        if not shown:
            continue
        record = f"{prefix}{div.get(ID) or f'article-{number}'}"
        metadata = shared | {RECORD: record} | ({PAGE: pages[div]} if div in pages else {})
        head = next((words(one) for one in div if local(one) == "head"), None)
        stated = next((full_date(one.get("when") or "") for one in _stated_dates(div)), None)
        identifier = f"{file.id}:{record}"
        shared_with = (file.source, file.path, file.sha256)
        yield Document(identifier, *shared_with, shown, head, stated or date, metadata)
    rest = "\n\n".join(filter(None, (_shown(text, set(articles)) for text in texts)))
    if rest:
        metadata = shared | ({RECORD: f"{prefix}rest"} if articles or prefix else {})
        identifier = f"{file.id}:{prefix}rest" if metadata.get(RECORD) else file.id
        title = None if articles else publication
        yield Document(identifier, file.source, file.path, file.sha256, rest, title, date, metadata)


def _is_outermost_article(element: etree._Element) -> bool:
    return _is_article(element) and not any(_is_article(above) for above in element.iterancestors())


def _is_article(element: etree._Element) -> bool:
    return bool(DIVISIONS.fullmatch(local(element))) and bool(ARTICLE.search(element.get("type") or ""))


def _stated_dates(div: etree._Element) -> list[etree._Element]:
    return [date for line in named(div, "dateline", "opener", "byline") for date in named(line, "date")]


def _about(header: etree._Element | None) -> tuple[str | None, str | None]:
    """Return the name of the paper and the day of the issue; a date of the edition on line is neither."""
    if header is None:
        return None, None
    source = next(named(header, "sourceDesc"), None)
    titles = [title for part in (source, header) if part is not None for title in named(part, "title")]
    named_so = [title for title in titles if title.get("level") == "j"] + [
        title for title in titles if any(local(above) == "titleStmt" for above in title.iterancestors())
    ]
    name = next((undated(text) for title in named_so if (text := words(title))), None)
    dates = list(named(source, "date")) if source is not None else []
    dates += [date for creation in named(header, "creation") for date in named(creation, "date")]
    stated = [_date(value) for date in dates for value in (date.get("when"), words(date)) if value]
    return name, next(filter(None, [*stated, *(_date(text) for title in titles if (text := words(title)))]), None)


def _date(text: str) -> str | None:
    return full_date(text) or compact_date(text)


def _shown(element: etree._Element, without: set[etree._Element]) -> str:
    """Return what an element prints, less the elements ``without``."""
    return view(parse("".join(_html(element, without))).blocks).text


def _html(element: etree._Element, without: set[etree._Element]) -> Iterator[str]:
    """Yield a tree as HTML. Its depth is at most 255, which its parser sees to."""
    name = local(element)
    if element in without or _is_left_out(element):
        yield "<p></p>" if element in without else ""
        return
    if name in ("lb", "cb", "pb"):
        yield "" if element.get("break") == "no" else "<br>"
        return
    tag = _tag(element)
    yield f"<{tag}>" if tag else ""
    yield _text(element.text, element[0] if len(element) else None)
    for index, child in enumerate(element):
        yield from _html(child, without)
        yield _text(child.tail, element[index + 1] if index + 1 < len(element) else None)
    yield f"</{tag}>" if tag else ""


def _tag(element: etree._Element) -> str | None:
    name = local(element)
    if name == "head":
        above = sum(1 for one in element.iterancestors() if DIVISIONS.fullmatch(local(one)))
        within = element.getparent()
        return f"h{min(max(above, 1), 6)}" if within is not None and local(within) not in ("list", "figure") else "p"
    return TAGS.get(name, "div" if name in BLOCKS or DIVISIONS.fullmatch(name) else None)


def _is_left_out(element: etree._Element) -> bool:
    name = local(element)
    above = element.getparent()
    if name in ONLY_WITH and above is not None:
        return any(local(one) == ONLY_WITH[name] for one in above)
    return name in LEFT_OUT


def _text(text: str | None, after: etree._Element | None) -> str:
    """Return text as HTML; a hyphen before a line break inside a word shows only that the word goes on."""
    text = text or ""
    if after is not None and local(after) in ("lb", "pb", "cb") and after.get("break") == "no":
        text = text.rstrip()
        text = text[:-1] + SOFT_HYPHEN if text[-1:] in HYPHENS and text else text
    return html.escape(text, quote=False)

"""METS, which ties the ALTO pages of an issue together: one document an article, as its logical structure has them.

What no article holds, mastheads say, is a document a page, so that nothing of the pages is left out. A METS file is
read with the files that it names in its own folder or below; no other file of the system is opened.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

from qa.errors import SourceError
from qa.ingest import alto
from qa.ingest.dates import FULL, full_date
from qa.ingest.dates import file_date as compact_date
from qa.ingest.files import Report, SourceFile, read_file
from qa.ingest.recognised import Block, Page, issue_date, typeset
from qa.ingest.records import BYLINE, PAGE, PUBLICATION
from qa.ingest.xml_tree import HEAD, local, named, parse, root_name, words
from qa.types import RECORD, Document

HREF = "{http://www.w3.org/1999/xlink}href"
ARTICLE = re.compile(
    r"article|advert|announce|classified|death|editorial|birth|letter|marriage|notice|obituar|poem|review|story|item",
    re.IGNORECASE,
)
HEADING = re.compile(r"(?:heading|headline|title|sub_?(?:title|headline|heading)|overline)", re.IGNORECASE)
BLANKS = re.compile(r"\s+")
MAX_PAGES = 5000


@dataclass(frozen=True, slots=True)
class Issue:
    """A METS file with what is read with it: the hash of all, and the files, ALTO pages and their pictures."""

    sha256: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Leaf:
    """A page of an issue, what its file calls itself, and the number it has in print."""

    file: str
    page: Page
    printed: str | None


@dataclass(frozen=True, slots=True)
class _About:
    """What a description (MODS, Dublin Core) says."""

    title: str | None = None
    host: str | None = None
    date: str | None = None
    byline: str | None = None


def documents(root: etree._Element, file: SourceFile, report: Report) -> Iterator[Document]:
    """Yield one document an article, and one a page of what is in none.

    A page file that cannot be read goes to ``report``. The hash of a document is ``fingerprint``. Raises
    ``SourceError`` if no page can be read.
    """
    leaves = _leaves(root, file, report)
    if not any(leaf.page.blocks for leaf in leaves):
        raise SourceError(file.source, "a METS file that names no ALTO page with text")
    about = {dmd.get("ID", ""): _about(dmd) for dmd in named(root, "dmdSec")}
    issue = _issue(root, about, Path(file.path))
    sha256 = fingerprint(root, file)
    taken = set[tuple[int, int]]()
    articles = [(div, _printed(div, leaves, taken)) for div in _articles(root)]
    for number, (div, pages) in enumerate(articles, 1):
        if not pages:
            continue
        pages = _with_body(pages, div.get("LABEL") or "", leaves, taken)
        described = next((about[one] for one in (div.get("DMDID") or "").split() if one in about), _About())
        title = _collapsed(div.get("LABEL")) or described.title
        stated = {BYLINE: described.byline, PUBLICATION: issue.title, PAGE: _pages_of(pages, leaves)}
        yield _document(file, sha256, div.get("ID") or f"article-{number}", title, issue.date, stated, pages)
    for leaf in leaves:
        rest = [block for at, block in enumerate(leaf.page.blocks) if (leaf.page.number, at) not in taken]
        if rest:
            pages = [replace(leaf.page, blocks=tuple(rest))]
            stated = {PUBLICATION: issue.title, PAGE: leaf.printed}
            yield _document(file, sha256, f"page-{leaf.page.number}", None, issue.date, stated, pages)


def _document(
    file: SourceFile,
    sha256: str,
    record: str,
    title: str | None,
    date: str | None,
    stated: Mapping[str, str | None],
    pages: Sequence[Page],
) -> Document:
    wanted = BLANKS.sub("", title or "")
    entitled = [
        replace(page, blocks=tuple(replace(b, heading=b.heading or _reads(b, wanted)) for b in page.blocks))
        for page in pages
    ]
    text, placed = typeset(entitled)
    metadata = {RECORD: record} | {name: value for name, value in stated.items() if value}
    return Document(f"{file.id}:{record}", file.source, file.path, sha256, text, title, date, metadata, pages=placed)


def _reads(block: Block, wanted: str) -> bool:
    return bool(wanted) and BLANKS.sub("", block.text) == wanted


# The files.


def fingerprint(root: etree._Element, file: SourceFile) -> str:
    """Return the SHA-256 of a METS file with all the page files that it names: it changes when one of them does."""
    digest = hashlib.sha256(file.data)
    for path in _files(root, Path(file.path)).values():
        digest.update(hashlib.sha256(path.read_bytes()).digest() if path.suffix.lower() == ".xml" else b"")
    return digest.hexdigest()


def issue_of(path: Path) -> Issue | None:
    """Return what belongs to a METS file, ``None`` for other XML; raise ``SourceError`` if it cannot be read."""
    file = read_file(path)
    root = parse(file.data, file.source)
    if local(root) != "mets":
        return None
    files = {str(one) for one in _files(root, path).values() if not _is_other_xml(one)}
    return Issue(fingerprint(root, file), tuple(sorted(files)))


def _is_other_xml(path: Path) -> bool:
    if path.suffix.lower() != ".xml":
        return False
    with path.open("rb") as file:
        return root_name(file.read(HEAD)) != "alto"


def _files(root: etree._Element, path: Path) -> dict[str, Path]:
    """Return the files that are there under their ids, in the order of the file section."""
    folder = path.resolve().parent
    found = dict[str, Path]()
    for identifier, href in _hrefs(root).items():
        target = _target(href, folder)
        if target is not None and target.is_file():
            found[identifier] = target
    return found


def _hrefs(root: etree._Element) -> dict[str, str]:
    hrefs = dict[str, str]()
    for file in named(root, "file"):
        for place in named(file, "FLocat"):
            hrefs.setdefault(file.get("ID") or "", place.get(HREF) or place.get("href") or "")
    return hrefs


def _target(href: str, folder: Path) -> Path | None:
    """Return the file that ``href`` names; ``None`` unless it lies in ``folder`` or below."""
    try:
        parts = urlsplit(href)
        if parts.scheme not in ("", "file"):
            return None
        where = unquote(href.removeprefix("file:") if parts.scheme else href).lstrip("/") or "."
        target = (folder / where).resolve()
    except (ValueError, OSError):
        return None
    return target if target.is_relative_to(folder) and target != folder else None


def _leaves(root: etree._Element, file: SourceFile, report: Report) -> list[_Leaf]:
    """Return the pages in the order of the physical structure, those that it does not name after them."""
    there, hrefs = _files(root, Path(file.path)), _hrefs(root)
    printed = _page_numbers(root)
    order = [*dict.fromkeys([*printed, *hrefs])]
    leaves = list[_Leaf]()
    for identifier in order:
        href = hrefs.get(identifier, "")
        if not href.lower().endswith(".xml"):
            continue
        if identifier not in there:
            report(SourceError(file.source, f"names {href}, which is not in its folder"))
            continue
        try:
            tree = parse(read_file(there[identifier]).data, href)
        except SourceError as error:
            report(SourceError(file.source, f"{href}: {error.reason}"))
            continue
        if local(tree) != "alto":
            continue
        for page in alto.pages(tree, len(leaves) + 1):
            number = printed.get(identifier) or next(
                (one.get("PRINTED_IMG_NR") for one in named(tree, "Page") if one.get("PRINTED_IMG_NR")), None
            )
            leaves.append(_Leaf(identifier, page, number))
        if len(leaves) > MAX_PAGES:
            raise SourceError(file.source, f"more than {MAX_PAGES} pages: split it")
    return leaves


def _page_numbers(root: etree._Element) -> dict[str, str | None]:
    """Return the files of the physical structure, page by page, with the number that the page has."""
    numbers = dict[str, str | None]()
    for struct in named(root, "structMap"):
        if (struct.get("TYPE") or "").upper() != "PHYSICAL":
            continue
        for div in named(struct, "div"):
            for identifier in _own_files(div):
                numbers.setdefault(identifier, div.get("ORDERLABEL") or div.get("ORDER"))
    return numbers


# The structure.


def _articles(root: etree._Element) -> list[etree._Element]:
    """Return the outermost divisions of the logical structure that are articles, advertisements and the like."""
    structs = [one for one in named(root, "structMap") if (one.get("TYPE") or "LOGICAL").upper() != "PHYSICAL"]
    return [
        div
        for struct in structs
        for div in named(struct, "div")
        if _is_article(div) and not any(_is_article(above) for above in div.iterancestors())
    ]


def _is_article(element: etree._Element) -> bool:
    return local(element) == "div" and bool(ARTICLE.search(element.get("TYPE") or ""))


def _printed(div: etree._Element, leaves: Sequence[_Leaf], taken: set[tuple[int, int]]) -> list[Page]:
    """Return the pages that an article is printed on, with its blocks in its order, those ``taken`` before left out."""
    parts = list[tuple[_Leaf, Block]]()
    for area in named(div, "area", "fptr"):
        identifier, begin = area.get("FILEID"), area.get("BEGIN")
        if identifier is None:
            continue
        heading = _is_heading(area, div)
        for leaf in leaves:
            if leaf.file != identifier:
                continue
            for at in _blocks_of(leaf.page, begin, area.get("END")):
                if (leaf.page.number, at) not in taken:
                    taken.add((leaf.page.number, at))
                    block = leaf.page.blocks[at]
                    parts.append((leaf, replace(block, heading=block.heading or heading)))
    pages = list[Page]()
    for leaf, block in parts:
        if pages and pages[-1].number == leaf.page.number:
            pages[-1] = replace(pages[-1], blocks=(*pages[-1].blocks, block))
        else:
            pages.append(replace(leaf.page, blocks=(block,)))
    return pages


def _with_body(pages: list[Page], label: str, leaves: Sequence[_Leaf], taken: set[tuple[int, int]]) -> list[Page]:
    """Return an article that names its headline alone with the blocks below, up to what belongs to another."""
    last = pages[-1]
    wanted = BLANKS.sub("", label)
    if not all(block.heading or _reads(block, wanted) for page in pages for block in page.blocks):
        return pages
    leaf = next(leaf for leaf in leaves if leaf.page.number == last.number)
    ids = {block.ids for block in last.blocks}
    at = max(place for place, block in enumerate(leaf.page.blocks) if block.ids in ids) + 1
    blocks = list(last.blocks)
    while at < len(leaf.page.blocks) and (last.number, at) not in taken:
        taken.add((last.number, at))
        blocks.append(leaf.page.blocks[at])
        at += 1
    return [*pages[:-1], replace(last, blocks=tuple(blocks))]


def _is_heading(area: etree._Element, article: etree._Element) -> bool:
    for above in area.iterancestors():
        if above is article:
            return False
        if local(above) == "div" and HEADING.fullmatch(above.get("TYPE") or ""):
            return True
    return False


def _blocks_of(page: Page, begin: str | None, end: str | None) -> range | list[int]:
    """Return the blocks from the one that ``begin`` names, or that holds the line of that id, to that of ``end``."""
    if begin is None:
        return range(len(page.blocks))
    named_by = [
        [at for at, block in enumerate(page.blocks) if one in block.ids or any(line.id == one for line in block.lines)]
        for one in (begin, end or begin)
    ]
    first, last = named_by
    return range(first[0], max(first[-1], last[-1]) + 1) if first and last else first


def _pages_of(pages: Sequence[Page], leaves: Sequence[_Leaf]) -> str | None:
    """Return the number in print of the page that an article begins on."""
    return next((leaf.printed for leaf in leaves if leaf.page.number == pages[0].number), None)


# The scans.


@dataclass(frozen=True, slots=True)
class Scan:
    """What shows a page: the page's own file, the picture that this names, and those that METS has for the page."""

    page_file: Path
    named: str
    pictures: tuple[Path, ...]


def scan_of(root: etree._Element, file: SourceFile, number: int) -> Scan | None:
    """Return what shows page ``number`` of an issue; ``None`` if it has no such page."""
    leaf = next((leaf for leaf in _leaves(root, file, lambda error: None) if leaf.page.number == number), None)
    if leaf is None:
        return None
    there = _files(root, Path(file.path))
    divs = [div for div in named(root, "div") if leaf.file in _own_files(div)]
    beside = [one for div in divs for one in _own_files(div) if one in there and one != leaf.file]
    return Scan(there[leaf.file], leaf.page.picture, tuple(there[one] for one in dict.fromkeys(beside)))


def _own_files(div: etree._Element) -> list[str]:
    """Return the files that a division points to itself."""
    pointers = (one for child in div if local(child) == "fptr" for one in named(child, "fptr", "area"))
    return [identifier for one in pointers if (identifier := one.get("FILEID"))]


# What is said about the issue.


def _issue(root: etree._Element, about: Mapping[str, _About], path: Path) -> _About:
    """Return the paper's name and the day of the issue."""
    divs = [div for struct in named(root, "structMap") for div in named(struct, "div") if not _is_article(div)]
    for article in _articles(root):
        inside = {id(one) for one in article.iter()}
        divs = [div for div in divs if id(div) not in inside]
    described = [about[one] for div in divs for one in (div.get("DMDID") or "").split() if one in about]
    described += [one for one in about.values() if one not in described and one.date]
    labels = [label for one in (root, *divs) if (label := _collapsed(one.get("LABEL")))]
    dates = [*(one.date for one in described), *map(_date, labels)]
    titles = [*(one.host or one.title for one in described), *(undated(label) for label in labels)]
    date = next(filter(None, dates), None) or issue_date(path)
    return _About(title=next(filter(None, titles), None), date=date)


def _about(dmd: etree._Element) -> _About:
    titles, hosts = list[str](), list[str]()
    for title in named(dmd, "title"):
        if text := words(title):
            within = any(local(above) == "relatedItem" for above in title.iterancestors())
            (hosts if within else titles).append(text)
    dates = [_date(text) for one in named(dmd, "dateIssued", "date") if (text := words(one))]
    names = [text for one in named(dmd, "namePart", "creator") if (text := words(one))]
    first = next(filter(None, dates), None)
    return _About(next(iter(titles), None), next(iter(hosts), None), first, "、".join(names) or None)


def _date(text: str) -> str | None:
    return full_date(text) or compact_date(text)


def undated(label: str) -> str | None:
    """Return the name in a label, without the date that often stands beside it."""
    return FULL.sub("", label).strip(" ,，.。·-–—()（）[]") or None


def _collapsed(text: str | None) -> str | None:
    return " ".join((text or "").split()) or None

"""EPUB books and magazines: one document a chapter, in reading order.

A document's original text is what its chapter shows, headings and lists marked as in Markdown.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from lxml import etree

from qa.errors import SourceError
from qa.ingest import html
from qa.ingest.dates import file_date, full_date
from qa.ingest.files import Report, SourceFile, read_file, refuse
from qa.ingest.markup import parse, view
from qa.ingest.records import PUBLICATION
from qa.ingest.unpack import member, opened_zip
from qa.ingest.xml_tree import named, words
from qa.ingest.xml_tree import parse as parse_xml
from qa.types import RECORD, Document

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
CHAPTERS = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document")
FONTS = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")  # their encryption hides no text
MAX_UNPACKED = 512 << 20
MAX_CHAPTERS = 10_000
LINK = re.compile(r"""<a\b[^<>]{0,300}?\bhref\s*=\s*["']?(?![a-z]+:)[^<>]{0,300}>(?P<words>[^<]{1,300})</a\s*>""")
LINKED = 0.7  # share of the letters of a table of contents


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield one document a chapter; one that cannot be read goes to ``report``.

    Raises ``SourceError`` if the file is no EPUB, is damaged or protected, or shows no text.
    """
    file = read_file(path)
    with opened_zip(io.BytesIO(file.data), file.source, "EPUB file") as packed:
        _require_open(packed, file.source)
        container = parse_xml(member(packed, CONTAINER, file.source), file.source)
        package = next((one.get("full-path") for one in named(container, "rootfile")), None)
        if not package:
            raise SourceError(file.source, "not a readable EPUB file: it names no package")
        root = parse_xml(member(packed, package, file.source), file.source)
        found = False
        for document in _chapters(packed, root, posixpath.dirname(package), file, report):
            found = True
            yield document
    if not found:
        raise SourceError(file.source, "a book that shows no text")


def _require_open(packed: zipfile.ZipFile, source: str) -> None:
    if ENCRYPTION not in packed.namelist():
        return
    methods = named(parse_xml(member(packed, ENCRYPTION, source), source), "EncryptionMethod")
    if any(method.get("Algorithm") not in FONTS for method in methods):
        raise SourceError(source, "protected against reading (DRM)")


def _is_contents(source: str, text: str) -> bool:
    """Whether a chapter is a list of links to others: old books and magazines (目录, 导读) do not mark it as such.

    >>> _is_contents('<a href="c2.xhtml">老街的钟表匠</a><a href="c3.xhtml">灯</a>', "老街的钟表匠 灯")
    True
    >>> _is_contents('老街的<a href="c2.xhtml">钟表匠</a>修了六十年表。', "老街的钟表匠修了六十年表。")
    False
    """
    links = [sum(map(str.isalnum, link["words"])) for link in LINK.finditer(source)]
    return len(links) > 1 and sum(links) >= LINKED * sum(map(str.isalnum, text))


def _chapters(
    packed: zipfile.ZipFile, root: etree._Element, folder: str, file: SourceFile, report: Report
) -> Iterator[Document]:
    book = next(filter(None, map(words, named(root, "title"))), None)
    date = next(filter(None, (full_date(words(one) or "") for one in named(root, "date"))), None)
    items = {item.get("id"): item for item in named(root, "item")}
    spine = [ref.get("idref") for ref in named(root, "itemref")]
    if len(spine) > MAX_CHAPTERS:
        raise SourceError(file.source, f"more than {MAX_CHAPTERS} chapters")
    size = 0
    for identifier in dict.fromkeys(spine):
        item = items.get(identifier)
        if item is None:
            report(SourceError(file.source, f"chapter {identifier} is not in the list of its files"))
            continue
        if "nav" in (item.get("properties") or "").split():  # the contents: where the chapters are, not what they say
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href") or "").partition("#")[0]))
        if item.get("media-type") not in CHAPTERS:
            report(SourceError(file.source, f"{name}: {item.get('media-type')} is not read"))
            continue
        try:
            data = member(packed, name, file.source)
            size += len(data)
            source = html.decoded(data, file.source, report=report)
        except SourceError as error:
            report(error)
            continue
        if size > MAX_UNPACKED:
            raise SourceError(file.source, f"unpacks to more than {MAX_UNPACKED >> 20} MB: not a book")
        parsed = parse(source, xml=item.get("media-type") != "text/html")
        shown = view(parsed.blocks)
        text, heads = shown.text, tuple(parsed.structure.heads(shown))
        if text.strip() and not _is_contents(source, text):
            metadata = {RECORD: str(identifier)} | ({PUBLICATION: book} if book else {})
            shared = (file.source, file.path, file.sha256)
            title = html.title_of(source) or book
            yield Document(
                f"{file.id}:{identifier}", *shared, text, title, date or file_date(file.stem), metadata, heads=heads
            )

"""XML files: what their root says they are."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from lxml import etree

from qa.errors import UnknownFormat
from qa.ingest import alto, mets, tei
from qa.ingest.files import Report, SourceFile, read_file, refuse
from qa.ingest.xml_tree import local, parse
from qa.types import Document

KINDS: Mapping[str, Callable[[etree._Element, SourceFile, Report], Iterator[Document]]] = {
    "alto": alto.documents,
    "mets": mets.documents,
    "TEI": tei.documents,
    "TEI.2": tei.documents,
    "teiCorpus": tei.documents,
}


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield the documents of an ALTO, METS or TEI file.

    Raises ``UnknownFormat`` for XML of another kind, and ``SourceError`` for what cannot be read.
    """
    file = read_file(path)
    root = parse(file.data, file.source)
    kind = KINDS.get(local(root))
    if kind is None:
        raise UnknownFormat(file.source, f"XML with the root <{local(root)[:40]}>; read are ALTO, METS and TEI")
    yield from kind(root, file, report)

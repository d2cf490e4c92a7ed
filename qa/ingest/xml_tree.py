"""XML, read without anything that a file could make a parser do: no entities, no network, no absurd depth."""

from collections.abc import Iterator

from lxml import etree

from qa.errors import SourceError

HEAD = 4096


def parse(data: bytes, source: str) -> etree._Element:
    """Return the root of an XML file, without comments and processing instructions.

    Raises ``SourceError``, with the line, for what is not well-formed, is nested more than 255 deep, or uses entities
    of its own.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(source, f"not well-formed XML: {error}") from error
    entity = next(root.iter(etree.Entity), None)
    if entity is not None:
        raise SourceError(source, f"uses an entity of its own, {entity.text}: save it without")
    return root


def local(element: etree._Element) -> str:
    """Return an element's name without its namespace; empty for what is no element.

    >>> local(etree.fromstring('<a:alto xmlns:a="urn:x"/>'))
    'alto'
    """
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def named(root: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Yield the elements of these local names inside ``root``, in order, ``root`` among them."""
    yield from root.iter(*(f"{{*}}{name}" for name in names))


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """Return the first child of the first name, its child of the second, and so on."""
    for name in path:
        element = next((one for one in element if local(one) == name), None) if element is not None else None
    return element


def value(element: etree._Element, name: str = "val") -> str:
    """Return an attribute by its local name; empty if there is none."""
    return next((str(value) for key, value in element.attrib.items() if etree.QName(key).localname == name), "")


def words(element: etree._Element | None) -> str | None:
    """Return the text in an element, blanks collapsed; ``None`` if there is none."""
    return (" ".join("".join(map(str, element.itertext())).split()) or None) if element is not None else None


def root_name(data: bytes) -> str:
    """Return the local name of the root that ``data`` begins with, without reading further; empty if it shows none.

    >>> root_name(b'<?xml version="1.0"?><!-- a --><mets:mets xmlns:mets="urn:x"><mets:fileSec>')
    'mets'
    """
    parser = etree.XMLPullParser(
        ("start",), resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        parser.feed(data)
        return next((local(element) for _, element in parser.read_events()), "")
    except etree.XMLSyntaxError:
        return ""

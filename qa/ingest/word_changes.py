"""A part of a Word file as it reads once all tracked changes are accepted.

What was deleted, or moved elsewhere, is taken out of the tree, the paragraph marks among it: two paragraphs become one.
So is what a reader never sees beside it: the code of fields, whose results stay (an equation's are its words), and the
older of two versions of one drawing.
"""

from collections.abc import Iterable, Iterator

from lxml import etree

from qa.ingest.word_equations import show_equations
from qa.ingest.xml_tree import child, local, named, value

DELETED = ("del", "moveFrom", "conflictDel")
FORMER = (
    *("pPrChange", "rPrChange", "tblPrChange", "tblPrExChange", "tblGridChange", "trPrChange", "tcPrChange"),
    *("sectPrChange", "numberingChange"),
)  # formatting before a change
RUN_PROPERTIES, PARAGRAPH_PROPERTIES = "rPr", "pPr"
CONTROL = ("sdt", "sdtContent")
IN_RUN = ("t", "tab", "br", "cr", "sym", "noBreakHyphen", "drawing", "pict", "object", "ruby", "ptab")


def accept(root: etree._Element) -> etree._Element:
    """Accept all changes below ``root``, in place, and return it."""
    _drop(named(root, *FORMER))
    _drop(_of_deleted_rows_and_cells(root))
    _drop(table for table in named(root, "tbl") if next(named(table, "tr"), None) is None)
    # In properties, an empty element of the same name marks what it stands in as deleted.
    _drop(one for one in named(root, *DELETED) if _parent(one) not in (RUN_PROPERTIES, "trPr"))
    for drawing in list(named(root, "AlternateContent")):
        _choose(drawing)
    show_equations(root)
    _drop(_field_codes(root))
    _join_paragraphs(root)
    return root


def _drop(elements: Iterable[etree._Element]) -> None:
    for element in list(elements):
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)


def _parent(element: etree._Element) -> str:
    parent = element.getparent()
    return local(parent) if parent is not None else ""


def _of_deleted_rows_and_cells(root: etree._Element) -> Iterator[etree._Element]:
    for row in named(root, "tr"):
        if any(child(row, "trPr", name) is not None for name in DELETED):
            yield row
    yield from (cell for cell in named(root, "tc") if child(cell, "tcPr", "cellDel") is not None)


def _choose(drawing: etree._Element) -> None:
    """Put the first version of a drawing that holds anything in the place of all of them."""
    versions = [one for one in drawing if len(one)]
    parent = drawing.getparent()
    if parent is not None:
        at = parent.index(drawing)
        parent[at : at + 1] = list(versions[0]) if versions else []


def _field_codes(root: etree._Element) -> Iterator[etree._Element]:
    """Yield what stands between the begin of a field and its result; nothing of a field that never ends."""
    fields = list[tuple[bool, list[etree._Element]]]()  # whether its result has begun, and its code
    for element in named(root, "fldChar", *IN_RUN):
        kind = value(element, "fldCharType") if local(element) == "fldChar" else ""
        if kind == "begin":
            fields.append((False, []))
        elif kind == "separate" and fields:
            fields[-1] = (True, fields[-1][1])
        elif kind == "end" and fields:
            _, code = fields.pop()
            yield from code
        elif not kind and _parent(element) == "r":
            code = next((code for resulted, code in reversed(fields) if not resulted), [])
            code.append(element)


def _join_paragraphs(root: etree._Element) -> None:
    """Let each paragraph whose mark was deleted go on in the next one, which keeps its own style if it has words.

    So does a large initial, which is a paragraph of its own.
    """
    for paragraph in list(named(root, "p")):
        properties = child(paragraph, PARAGRAPH_PROPERTIES)
        mark = child(properties, RUN_PROPERTIES)
        following = _following(paragraph)
        if _is_initial(properties) and following is not None and local(following) == "p" and _has_words(following):
            following[_after_properties(following) : _after_properties(following)] = _words_of(paragraph)
            _drop([paragraph])
            continue
        if mark is None or not any(child(mark, name) is not None for name in DELETED):
            continue
        if following is None or local(following) != "p":
            if not _has_words(paragraph):
                _drop([paragraph])
            continue
        words = _words_of(paragraph)
        theirs = child(following, PARAGRAPH_PROPERTIES)
        if not _has_words(following) and _has_words(paragraph) and properties is not None:
            deleted_next = child(theirs, RUN_PROPERTIES)
            if theirs is not None:
                following.remove(theirs)
            _drop(one for one in list(mark) if local(one) in DELETED)
            if deleted_next is not None and any(child(deleted_next, name) is not None for name in DELETED):
                mark.append(next(one for one in deleted_next if local(one) in DELETED))
            following.insert(0, properties)
        at = _after_properties(following)
        following[at:at] = words
        _drop([paragraph])


def _is_initial(properties: etree._Element | None) -> bool:
    frame = child(properties, "framePr")
    return frame is not None and value(frame, "dropCap") in ("drop", "margin")


def _words_of(paragraph: etree._Element) -> list[etree._Element]:
    return [one for one in paragraph if local(one) != PARAGRAPH_PROPERTIES]


def _after_properties(paragraph: etree._Element) -> int:
    return 1 if child(paragraph, PARAGRAPH_PROPERTIES) is not None else 0


def _following(paragraph: etree._Element) -> etree._Element | None:
    """Return the block after a paragraph, in a content control or outside it; marks of ranges are no blocks."""
    one, parent = paragraph.getnext(), paragraph.getparent()
    while one is None and parent is not None and local(parent) in (*CONTROL, "customXml"):
        one, parent = parent.getnext(), parent.getparent()
    while one is not None and local(one) != "p":
        inner = next(iter(one), None)
        if local(one) in ("sdtPr", "sdtEndPr", "customXmlPr") or inner is None:
            one = one.getnext()
        elif local(one) in (*CONTROL, "customXml"):
            one = inner
        else:
            return one
    return one


def _has_words(paragraph: etree._Element) -> bool:
    return any(local(one) != "t" or (one.text or "").strip() for one in named(paragraph, *IN_RUN))

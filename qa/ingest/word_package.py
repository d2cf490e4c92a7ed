"""The parts of a Word file, and how they refer to one another."""

import posixpath
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from qa.errors import SourceError
from qa.ingest.files import Report
from qa.ingest.unpack import member
from qa.ingest.word_changes import accept
from qa.ingest.xml_tree import named, parse

MAIN = "word/document.xml"  # where Word puts it, if the package does not say
EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: ``kind`` is the last word of its type, such as ``footnotes``; ``target`` a part's name."""

    kind: str
    target: str


class Package:
    """A Word file, unpacked part by part. What is damaged beside the text itself goes to ``report``."""

    def __init__(self, packed: zipfile.ZipFile, source: str, report: Report) -> None:
        self._packed, self._source, self._report = packed, source, report
        self._roots = self.relations("")
        self.main = next((one.target for one in self._roots.values() if one.kind == "officeDocument"), MAIN)
        self._related = self.relations(self.main)

    def text(self) -> etree._Element:
        """Return the main part, its changes accepted; raise ``SourceError`` if it is missing or damaged."""
        return accept(parse(member(self._packed, self.main, self._source), self._source))

    def part(self, name: str) -> etree._Element | None:
        """Return another part, its changes accepted; ``None``, and a report, if it cannot be read."""
        try:
            return accept(parse(member(self._packed, name, self._source), self._source))
        except SourceError as error:
            self._report(SourceError(self._source, f"{name} in it is not read: {error.reason}"))
            return None

    def of_kind(self, kind: str) -> tuple[str, etree._Element | None]:
        """Return the name and the root of the part that the main one names for its styles, footnotes and the like."""
        name = next((one.target for one in self._related.values() if one.kind == kind), "")
        return name, self.part(name) if name else None

    def core(self) -> etree._Element | None:
        """Return the part with title and author, if the file has one."""
        name = next((one.target for one in self._roots.values() if one.kind == "core-properties"), None)
        return self.part(name) if name else None

    def relations(self, part: str) -> dict[str, Relation]:
        """Return what a part refers to within the file, by id; the package itself is the part with the empty name."""
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        root = self.part(rels) if rels in self._packed.NameToInfo else None
        return dict(_relations(root, folder)) if root is not None else {}


def _relations(root: etree._Element, folder: str) -> Iterator[tuple[str, Relation]]:
    for one in named(root, "Relationship"):
        target = one.get("Target") or ""
        if (one.get("TargetMode") or "").lower() != EXTERNAL and target:
            full = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            yield one.get("Id") or "", Relation((one.get("Type") or "").rpartition("/")[2], full)

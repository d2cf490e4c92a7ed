"""What could not be read of files that are indexed, which are not read again until they change."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from qa.errors import SourceError
from qa.store.files import replace_text

FAULTS = "faults.json"


class Faults:
    """The faults of each file, under its absolute path and the hash that it had; lost, they are found again by reading.

    A file that cannot be made sense of counts as empty.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / FAULTS
        self._kept: dict[str, tuple[str, list[tuple[str, str]]]] = {}
        self._changed = False
        try:
            for path, (sha256, faults) in json.loads(self._path.read_text(encoding="utf-8")).items():
                self._kept[path] = str(sha256), [(str(source), str(reason)) for source, reason in faults]
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            self._kept.clear()

    def repeat(self, path: str, sha256: str, report: Callable[[SourceError], None]) -> None:
        """Report again what could not be read of a file whose hash is still ``sha256``."""
        known, faults = self._kept.get(path, ("", []))
        for source, reason in faults if known == sha256 else []:
            report(SourceError(source, reason))

    def keep(self, path: str, sha256: str, faults: Sequence[SourceError]) -> None:
        """Take what has just been found in a file for all that is wrong with it."""
        before = self._kept.pop(path, None)
        if faults:
            self._kept[path] = sha256, [(fault.source, fault.reason) for fault in faults]
        self._changed = self._changed or before != self._kept.get(path)

    def write(self) -> None:
        """Bring what has changed to the disk; raise ``OSError`` if that fails."""
        if self._changed:
            replace_text(self._path, json.dumps(self._kept, ensure_ascii=False, indent=1) + "\n")
            self._changed = False

"""Markdown with optional front matter: one document a file."""

import re
from collections.abc import Iterator
from pathlib import Path

from qa.ingest.dates import file_date
from qa.ingest.decode import decode
from qa.ingest.files import Report, read_file, refuse
from qa.ingest.records import BYLINE, EDITION, PAGE, PUBLICATION, day_stated, named
from qa.types import Alignment, Document, Run, View

FENCE = re.compile(r"---[ \t]*\r?\n")
CLOSING_FENCE = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
FIELD = re.compile(r"^([^\W\d][\w-]*)[ \t]*:(.*)$", re.MULTILINE)
QUOTES = "\"'"
OURS = ("title", "date", BYLINE, PAGE, PUBLICATION, EDITION)
"""What fields may state of the article, by any of the names that records have for it."""


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield the file as one document; raise ``SourceError`` if it cannot be read or decoded."""
    file = read_file(path)
    text = decode(file.data, file.source, report)
    fields = front_matter(text)
    ours = {known: name for known, name in named(fields).items() if known in OURS}
    stated = {known: value for known, name in ours.items() if (value := fields.pop(name))}
    title, day = stated.pop("title", None), stated.pop("date", "")
    date = day_stated(day) or file_date(file.stem)
    if day and not date:
        stated["date"] = day  # kept as it is, as that of a record
    shared = (file.id, file.source, file.path, file.sha256)
    yield Document(*shared, text, title, date, {**fields, **stated}, view(text))


def view(text: str) -> View | None:
    """Return ``text`` without its front matter; ``None`` if it has none."""
    start = front_matter_end(text)
    length = len(text) - start
    return View(text[start:], Alignment((Run(0, start, length),) if length else ())) if start else None


def front_matter(text: str) -> dict[str, str]:
    r"""Return the scalar fields of the block between two ``---`` lines that opens ``text``.

    >>> front_matter("---\ntitle: '会议召开'\ndate: 2021-10-14\n---\n正文")
    {'title': '会议召开', 'date': '2021-10-14'}
    """
    return {name: _unquoted(value.strip(" \t\r")) for name, value in FIELD.findall(text[: front_matter_end(text)])}


def front_matter_end(text: str) -> int:
    """Return the offset after the front matter; 0 without one. A rule with text below it is none."""
    fence = FENCE.match(text)
    closing = CLOSING_FENCE.search(text, fence.end()) if fence else None
    if fence is None or closing is None:
        return 0
    lines = text[fence.end() : closing.start()].splitlines()
    return closing.end() if all(map(_belongs, lines)) else 0


def _belongs(line: str) -> bool:
    return not line.strip() or line[0] in " \t#-" or bool(FIELD.match(line))


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in QUOTES
    return value[1:-1] if quoted else value

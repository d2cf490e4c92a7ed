"""Tables with named columns (``.csv``, ``.tsv``): one document a row.

The first row names the columns, in the words of ``qa.ingest.records``; commas, semicolons, tabs or bars part them.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import dropwhile, islice
from pathlib import Path
from typing import Literal

from qa.errors import SourceError
from qa.ingest.dates import file_date
from qa.ingest.decode import decode
from qa.ingest.files import Report, read_file, refuse
from qa.ingest.records import Place, Record, RecordFile, documents, named
from qa.types import Document

DELIMITERS = ",;\t|"
MAX_ABOVE = 10  # lines in which the names of columns are looked for: exports set a title above them, or sep=;
MAX_CELL = 32 << 20  # characters


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield one document a row; a bad row goes to ``report``.

    Raises ``SourceError`` if the file cannot be read or decoded, or its first row names no column of texts.
    """
    file = read_file(path)
    text = decode(file.data, file.source, report)
    csv.field_size_limit(MAX_CELL)  # the library's own is 128 KB, less than a supplement's longest story
    top = list(islice(filter(str.strip, io.StringIO(text, newline=None)), MAX_ABOVE))
    head = next(filter(_names_texts, top), top[0])
    rows = dropwhile(lambda row: head is not top[0] and not _names_texts(row[1]), _rows(text, _delimiter(head)))
    _, first = next(rows)
    if isinstance(first, csv.Error):
        raise SourceError(file.source, f"line 1: not a row of names: {first}")
    names = [name.strip() for name in first]
    if "text" not in named(names):
        shown = ", ".join(names)[:200]
        raise SourceError(file.source, f"no column of texts (text, content, 正文 …): the first row reads {shown}")
    source = RecordFile(file.id, file.source, file.path, file.sha256, file_date(file.stem))
    yield from documents(_records(rows, names, file.source), source, report)


def _rows(text: str, delimiter: str) -> Iterator[tuple[Place, list[str] | csv.Error]]:
    """Yield the rows that hold something, each with its place, and what is none for its quotes."""
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, quoting=_quoting(text, delimiter)
    )
    while True:
        first = rows.line_num + 1
        try:
            row: list[str] | csv.Error = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            row = error
        if isinstance(row, csv.Error) or any(cell.strip() for cell in row):
            yield Place("line", first, first), row


def _quoting(text: str, delimiter: str) -> Literal[0, 3]:
    """Return whether quotes enclose cells: between tabs they are often but marks, and then every line is a row."""
    if delimiter != "\t":
        return csv.QUOTE_MINIMAL
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        marks = [line.count(delimiter) for line in io.StringIO(text, newline=None) if line.strip()]
        return csv.QUOTE_NONE if min(marks) == marks[0] else csv.QUOTE_MINIMAL
    return csv.QUOTE_MINIMAL


def _records(
    rows: Iterator[tuple[Place, list[str] | csv.Error]], names: Sequence[str], source: str
) -> Iterator[tuple[Place, Record | SourceError]]:
    text, place = named(names)["text"], None
    for place, row in rows:
        if isinstance(row, csv.Error):
            yield place, SourceError(source, f"{place}: not a row of a table, nor what its quotes enclose: {row}")
        elif any(map(str.strip, row[len(names) :])):
            yield place, SourceError(source, f"{place}: {len(row)} cells, and {len(names)} columns have names")
        else:
            cells = zip(names, row, strict=False)
            yield place, {name: cell for name, cell in cells if name and (cell.strip() or name == text)}
    if place is None:
        raise SourceError(source, "a row of names and no other")


def _names_texts(row: str | list[str] | csv.Error) -> bool:
    """Whether a row, or a line that is one, names a column of texts."""
    if isinstance(row, str):
        row = [name.strip('" \n') for name in row.split(_delimiter(row))]
    return not isinstance(row, csv.Error) and len(row) > 1 and "text" in named(map(str.strip, row))


def _delimiter(head: str) -> str:
    """Return the mark that parts the names of columns: the one there is most of outside quotes."""
    bare = "".join(head.split('"')[::2])
    return max(DELIMITERS, key=bare.count)

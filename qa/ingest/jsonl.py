"""JSON Lines, plain or compressed: one document a record, ``{"id", "title", "date", "text"}`` or as others name them.

Records are read one at a time, so that a dump may be larger than memory, and a bad one costs no other.
"""

import gzip
import hashlib
import io
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from qa.errors import SourceError
from qa.ingest.dates import file_date
from qa.ingest.decode import MARKS, decode_part
from qa.ingest.files import (
    COMPRESSED,
    MAX_FILE,
    Report,
    absolute,
    display_name,
    file_id,
    open_file,
    printable,
    refuse,
    stem,
    suffix,
)
from qa.ingest.records import Place, Record, RecordFile, documents, has_text, unwrapped
from qa.ingest.unpack import unpacked
from qa.types import Document

PEEK = 1 << 20  # characters of a first record that are looked at; a longer one counts as an article
MAX_RECORD = 32 << 20  # bytes of a line


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield one document a record.

    Told to ``report``, each with its line: records that are not JSON, cannot be decoded, are longer than 32 MB, lack a
    text, hold a value of the wrong type, or repeat an id. A record without an id is named by its line. Raises
    ``SourceError`` if the file as a whole cannot be read, is no whole gzip file or unpacks to absurd size, or changes
    while it is read.
    """
    name = display_name(path)
    try:
        with open_file(path) as file:
            before = os.fstat(file.fileno())
            if not before.st_size:
                raise SourceError(name, "the file is empty")
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            source = RecordFile(
                file_id(path), name, printable(absolute(path).as_posix()), sha256, file_date(stem(path))
            )
            lines = unpacked(file, name, before.st_size) if _is_compressed(path) else file
            yield from documents(_records(lines, name), source, report)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise SourceError(name, f"cannot be read: {error.strerror or error}") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError(name, "changed while it was read; ingest it again")


def _records(file: BinaryIO, source: str) -> Iterator[tuple[Place, Record | SourceError]]:
    number = 0
    for number, start, line in _lines(file, source):
        try:
            yield Place("line", number, number), _record(line, start, number, source)
        except SourceError as error:
            yield Place("line", number, number), error
    if not number:
        raise SourceError(source, "the file holds nothing but blanks")


def _lines(file: BinaryIO, source: str) -> Iterator[tuple[int, int, bytes | None]]:
    """Yield number, first byte and bytes of each line that holds something; ``None`` for one that is too long."""
    head = file.read(4096)
    if b"\0" in head or any(head.startswith(mark) for mark, encoding in MARKS if encoding != "utf-8"):
        whole = head + file.read(MAX_FILE)  # UTF-16 or UTF-32: bytes do not show where its lines end
        file, head = io.BytesIO(decode_part(whole, source).encode()), b""
    number = start = 0
    while line := head[: head.find(b"\n") + 1] or head + file.readline(MAX_RECORD + 1):
        head = head[len(line) :]
        number, length = number + 1, len(line)
        if too_long := length > MAX_RECORD:
            while not line.endswith(b"\n") and (line := file.readline(PEEK)):
                length += len(line)
        if too_long or line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield number, start, None if too_long else line
        start += length


def _is_compressed(path: Path) -> bool:
    return suffix(path).endswith(COMPRESSED)


def is_archive(path: Path) -> bool:
    """Whether the first record holds a text; what is unreadable counts as an archive, so that loading reports why."""
    record = _first(path)
    return not isinstance(record, dict) or has_text(unwrapped(record))


def holds_questions(path: Path) -> bool:
    """Whether the first record asks a question, as those of evaluations do: such a file is no archive."""
    record = _first(path)
    return isinstance(record, dict) and "question" in record


def _first(path: Path) -> object:
    opener = gzip.open if _is_compressed(path) else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="\n") as lines:
            line = next(filter(str.strip, iter(lambda: lines.readline(PEEK), "")), "")
            return json.loads(line)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError):
        return None


def _record(line: bytes | None, start: int, number: int, source: str) -> Record:
    if line is None:
        raise SourceError(source, f"line {number}: longer than {MAX_RECORD >> 20} MB")
    try:
        record = json.loads(decode_part(line, source, start, number))
    except json.JSONDecodeError as error:
        raise SourceError(source, f"line {number}, column {error.colno}: not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; thousands of brackets
        raise SourceError(source, f"line {number}: not usable JSON: {error}") from error
    if not isinstance(record, dict):
        raise SourceError(source, f"line {number}: a record must be a JSON object, not {type(record).__name__}")
    return unwrapped(record)

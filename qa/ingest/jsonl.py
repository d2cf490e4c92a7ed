"""JSON Lines, plain or compressed: one document a record, ``{"id", "title", "date", "text"}``.

Records are read one at a time, so that a dump may be larger than memory, and a bad one costs no other.
"""

import gzip
import hashlib
import io
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from qa.errors import SourceError
from qa.ingest.dates import file_date, full_date
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
from qa.types import Document

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Record = Mapping[str, object]

FIELDS = ("id", "title", "date", "text")
PEEK = 1 << 20  # characters of a first record that are looked at; a longer one counts as an article
MAX_RECORD = 32 << 20  # bytes of a line
MAX_ID = 500  # characters; an address must have room for it, each escaped as up to 12
MAX_REPORTED = 100  # bad records of one file that are reported one by one
MAX_RATIO = 100  # a compressed dump of text unpacks to some ten times its size; a bomb to a thousand
UNSUSPICIOUS = 256 << 20  # bytes that a small file may unpack to, whatever the ratio


@dataclass(frozen=True, slots=True)
class _Source:
    """What every document of a file shares."""

    id: str
    name: str
    path: str
    sha256: str
    date: str | None


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield one document a record.

    Told to ``report``, each with its line: records that are not JSON, cannot be decoded, are longer than 32 MB, lack
    ``id`` or ``text``, hold a value of the wrong type, or repeat an id. Raises ``SourceError`` if the file as a whole
    cannot be read, is no whole gzip file or unpacks to absurd size, or changes while it is read.
    """
    name = display_name(path)
    try:
        with open_file(path) as file:
            before = os.fstat(file.fileno())
            if not before.st_size:
                raise SourceError(name, "the file is empty")
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            source = _Source(
                file_id(name, path), name, printable(absolute(path).as_posix()), sha256, file_date(stem(path))
            )
            yield from _documents(_unpacked(file, name) if _is_compressed(path) else file, source, report)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise SourceError(name, f"cannot be read: {error.strerror or error}") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceError(name, "changed while it was read; ingest it again")


def _documents(file: BinaryIO, source: _Source, report: Report) -> Iterator[Document]:
    seen, bad, number = dict[str, int](), 0, 0
    for number, start, line in _lines(file, source.name):
        try:
            document = _parsed(line, start, number, source, seen)
        except SourceError as error:
            bad += 1
            if bad <= MAX_REPORTED:
                report(error)
            continue
        yield document
    if bad > MAX_REPORTED:
        report(SourceError(source.name, f"{bad - MAX_REPORTED} more records that cannot be read"))
    if not number:
        raise SourceError(source.name, "the file holds nothing but blanks")


def _parsed(line: bytes | None, start: int, number: int, source: _Source, seen: dict[str, int]) -> Document:
    if line is None:
        raise SourceError(source.name, f"line {number}: longer than {MAX_RECORD >> 20} MB")
    record = _record(decode_part(line, source.name, start, number), number, source.name)
    document = _document(record, number, source)
    if (first := seen.setdefault(document.id, number)) != number:
        raise SourceError(source.name, f"line {number}: id {record['id']!r} was used on line {first} already")
    return document


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


class _Unpacking(io.RawIOBase):
    """A gzip file that stops where it turns out to be a bomb."""

    def __init__(self, file: BinaryIO, source: str) -> None:
        self._packed, self._source, self._size = file, source, 0
        self._file = gzip.GzipFile(fileobj=file)
        self._limit = max(UNSUSPICIOUS, MAX_RATIO * os.fstat(file.fileno()).st_size)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer)
        try:
            data = self._file.read(len(view))
        except (OSError, EOFError, zlib.error) as error:
            raise SourceError(self._source, f"not a whole gzip file: {error}") from error
        self._size += len(data)
        if self._size > self._limit:
            raise SourceError(self._source, f"unpacks to more than {self._limit >> 20} MB: not an archive of text")
        view[: len(data)] = data
        return len(data)


def _unpacked(file: BinaryIO, source: str) -> BinaryIO:
    return io.BufferedReader(_Unpacking(file, source), 1 << 16)


def is_archive(path: Path) -> bool:
    """Whether the first record holds a text; what is unreadable counts as an archive, so that loading reports why."""
    opener = gzip.open if _is_compressed(path) else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="\n") as lines:
            line = next(filter(str.strip, iter(lambda: lines.readline(PEEK), "")), "")
            record = json.loads(line)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError):
        return True
    return not isinstance(record, dict) or "text" in record


def _record(line: str, number: int, source: str) -> Record:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise SourceError(source, f"line {number}, column {error.colno}: not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; thousands of brackets
        raise SourceError(source, f"line {number}: not usable JSON: {error}") from error
    if not isinstance(record, dict):
        raise SourceError(source, f"line {number}: a record must be a JSON object, not {type(record).__name__}")
    for field in ("id", "text"):
        if field not in record:
            raise SourceError(source, f'line {number}: the record has no "{field}"')
    return record


def _document(record: Record, number: int, source: _Source) -> Document:
    identifier, title, date, text = (_string(record, field, number, source.name) for field in FIELDS)
    if not identifier or text is None or not text.strip():
        raise SourceError(source.name, f'line {number}: "{"text" if identifier else "id"}" is empty')
    if len(identifier) > MAX_ID:
        raise SourceError(source.name, f'line {number}: "id" has more than {MAX_ID:,} characters')
    others = {name: _as_text(value) for name, value in record.items() if name not in FIELDS and value is not None}
    # Half a surrogate pair, which JSON can smuggle in and nothing can store, becomes its escape.
    metadata = {printable(name): printable(value) for name, value in others.items()}
    iso = full_date(date or "") or file_date(date or "")
    if date and not iso:
        metadata["date"] = date  # kept as it is, since it cannot be compared with others
    shared = (source.name, source.path, source.sha256)
    return Document(f"{source.id}:{identifier}", *shared, text, title or None, iso or source.date, metadata)


def _string(record: Record, field: str, number: int, source: str) -> str | None:
    value = record.get(field)
    if isinstance(value, int) and not isinstance(value, bool) and field != "text":
        return str(value)
    if value is not None and not isinstance(value, str):
        raise SourceError(source, f'line {number}: "{field}" must be a string, not {type(value).__name__}')
    try:
        (value or "").encode()
    except UnicodeEncodeError as error:
        raise SourceError(source, f'line {number}: "{field}" holds half a surrogate pair at {error.start}') from error
    return value


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

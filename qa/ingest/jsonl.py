"""JSON Lines, plain or compressed: one document a record, ``{"id", "title", "date", "text"}``."""

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from qa.errors import SourceError
from qa.ingest.dates import file_date, full_date
from qa.ingest.decode import decode
from qa.ingest.files import COMPRESSED, SourceFile, read_file, suffix
from qa.types import Document

Record = Mapping[str, object]

FIELDS = ("id", "title", "date", "text")
PEEK = 1 << 20  # characters of a first record that are looked at; a longer one counts as an article


def read(path: Path) -> Iterator[Document]:
    """Yield one document a record.

    Raises ``SourceError`` that names the line for a record that is not JSON, lacks ``id`` or ``text``, holds a value of
    the wrong type, or repeats an id.
    """
    file = read_file(path)
    text = decode(_unpacked(file) if suffix(path) == f".jsonl{COMPRESSED}" else file.data, file.source)
    sha256, seen = file.sha256, dict[str, int]()
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines: U+2028 may stand inside a JSON string
        if line.strip():
            record = _record(line, number, file.source)
            document = _document(record, number, file, sha256)
            if (first := seen.setdefault(document.id, number)) != number:
                raise SourceError(file.source, f"line {number}: id {record['id']!r} was used on line {first} already")
            yield document


def is_archive(path: Path) -> bool:
    """Whether the first record holds a text; what is unreadable counts as an archive, so that loading reports why."""
    opener = gzip.open if suffix(path).endswith(COMPRESSED) else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="\n") as lines:
            line = next(filter(str.strip, iter(lambda: lines.readline(PEEK), "")), "")
            record = json.loads(line)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError):
        return True
    return not isinstance(record, dict) or "text" in record


def _unpacked(file: SourceFile) -> bytes:
    try:
        return gzip.decompress(file.data)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(file.source, f"not a whole gzip file: {error}") from error


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


def _document(record: Record, number: int, file: SourceFile, sha256: str) -> Document:
    identifier, title, date, text = (_string(record, field, number, file.source) for field in FIELDS)
    if not identifier or text is None or not text.strip():
        raise SourceError(file.source, f'line {number}: "{"text" if identifier else "id"}" is empty')
    metadata = {name: _as_text(value) for name, value in record.items() if name not in FIELDS and value is not None}
    iso = full_date(date or "") or file_date(date or "")
    if date and not iso:
        metadata["date"] = date  # kept as it is, since it cannot be compared with others
    date = iso or file_date(file.stem)
    return Document(f"{file.id}:{identifier}", file.source, file.path, sha256, text, title or None, date, metadata)


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

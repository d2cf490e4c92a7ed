"""JSON, plain or compressed, as libraries' interfaces give it: every object that holds a text is a document.

The records may be the file, an array, or stand anywhere inside, as Trove nests them.
"""

import io
import json
from collections.abc import Iterator
from pathlib import Path

from qa.errors import SourceError
from qa.ingest.dates import file_date
from qa.ingest.decode import decode
from qa.ingest.files import COMPRESSED, Report, read_file, refuse, suffix
from qa.ingest.records import Place, Record, RecordFile, documents, has_text, unwrapped
from qa.ingest.unpack import unpacked
from qa.types import Document

MAX_JSON = 64 << 20  # bytes; what it takes in memory is a multiple


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield one document a record; a bad record goes to ``report``, as ``qa.ingest.records`` tells.

    Raises ``SourceError`` if the file cannot be read, is no JSON, or holds no record with a text.
    """
    file = read_file(path)
    data = file.data
    if suffix(path).endswith(COMPRESSED):
        data = unpacked(io.BytesIO(data), file.source, len(data)).read(MAX_JSON + 1)
    if len(data) > MAX_JSON:
        raise SourceError(file.source, f"larger than {MAX_JSON >> 20} MB: split it, or make it JSON Lines")
    text = decode(data, file.source, report)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise SourceError(file.source, f"line {error.lineno}, column {error.colno}: not JSON: {error.msg}") from error
    except (ValueError, RecursionError) as error:
        raise SourceError(file.source, f"not usable JSON: {error}") from error
    records = list(_records(value))
    if not records:
        raise SourceError(file.source, 'no record with a "text" in it')
    source = RecordFile(file.id, file.source, file.path, file.sha256, file_date(file.stem))
    yield from documents(((Place("record", n), record) for n, record in enumerate(records, 1)), source, report)


def _records(value: object) -> Iterator[Record]:
    """Yield the objects that hold a text, in the order of the file, and of an array of records also those that lack it.

    An object among records is one itself: that it has no text is an error to report.
    """
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict) and has_text(record := unwrapped(found)):
            yield record
        elif isinstance(found, dict):
            waiting += reversed(found.values())
        elif isinstance(found, list):
            if any(map(has_text, found)):
                yield from (one for one in found if isinstance(one, dict))
            else:
                waiting += reversed(found)

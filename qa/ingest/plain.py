"""Plain text: one document a file."""

from collections.abc import Iterator
from pathlib import Path

from qa.ingest.dates import file_date
from qa.ingest.decode import decode
from qa.ingest.files import Report, read_file, refuse
from qa.types import Document


def read(path: Path, report: Report = refuse) -> Iterator[Document]:
    """Yield the file as one document; raise ``SourceError`` if it cannot be read or decoded."""
    file = read_file(path)
    text = decode(file.data, file.source, report)
    yield Document(file.id, file.source, file.path, file.sha256, text, date=file_date(file.stem))

"""Where something stands in a document, as people say it."""

from collections.abc import Iterable, Iterator

from qa.types.documents import RECORD, RECORD_LINE, Document


def place_of_offset(document: Document, offset: int) -> str:
    """Return where ``offset`` of a document is, as ``place_in`` does."""
    line = document.metadata.get(RECORD_LINE)
    record = document.metadata.get(RECORD)
    return place_in(document.source, line_at(document.text, offset), record, int(line) if line else None)


def place_in(source: str, line: int, record: str | None = None, record_line: int | None = None) -> str:
    """Return where something stands, for people.

    >>> place_in("page.txt", 134), place_in("dump.jsonl", 1, "a7", 52), place_in("crawl.warc.gz", 3, "4555")
    ('page.txt:134', 'dump.jsonl:52 (a7)', 'crawl.warc.gz (4555)')
    """
    if record is None:
        return f"{source}:{line}"
    return f"{source}{'' if record_line is None else f':{record_line}'} ({record})"


def line_at(original: str, offset: int) -> int:
    r"""Return the number of the line that ``offset`` is in, from 1.

    >>> line_at("甲\n乙", 1), line_at("甲\n乙", 2), line_at("甲\r乙\r\n丙", 5)
    (1, 2, 3)
    """
    return _breaks(original, 0, offset) + 1


def _breaks(original: str, start: int, end: int) -> int:
    r"""Return how many lines end between two offsets: at ``\n``, ``\r\n``, or the ``\r`` of the old Macintosh."""
    alone = original.count("\r", start, end)
    if alone:
        # A pair that the end parts has its break behind it; one that the start parts had it counted before.
        alone -= original.count("\r\n", start, end) + (original[end - 1] == "\r" and original[end : end + 1] == "\n")
    return original.count("\n", start, end) + alone


def lines_at(original: str, offsets: Iterable[int]) -> Iterator[int]:
    r"""Yield the numbers of the lines that ``offsets`` are in, in one pass where these ascend.

    >>> list(lines_at("甲\n乙\n丙", [0, 2, 4, 2]))
    [1, 2, 3, 2]
    """
    line, counted = 1, 0
    for offset in offsets:
        if offset >= counted:
            line += _breaks(original, counted, offset)
        else:
            line -= _breaks(original, offset, counted)
        counted = offset
        yield line

"""The list of every format that is read, from the readers themselves: ``python -m qa.cli.formats_page``.

It writes ``.github/FORMATS.md`` of the checkout it is run in, which a test holds to what ``formats_page`` returns.
Names and what makes a document come from the docstrings of the readers' modules, suffixes from ``READERS``, roots from
``KINDS``, limits from the readers' constants, the rest from ``qa.cli.format_facts``.
"""

import argparse
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from qa.cli.format_facts import FACTS
from qa.cli.settings_page import table
from qa.ingest import apart, hocr, html, records, sources, unpack, xml
from qa.ingest.decode import LEGACY, NAMES
from qa.ingest.segment import MAX_ARTICLES

PAGE: Final = Path(".github", "FORMATS.md")

_HEAD: Final = """# Formats

Generated from the readers in `qa/ingest/` by `python -m qa.cli.formats_page`: change those, or what that module tells.

`gazette ingest` takes files and folders. In a folder it passes over hidden entries; it reads what the suffix of each
file names, whatever the case of its letters, and lists the rest. One bad file, page or record costs no other: what
cannot be read is listed with its reason and its place, `--report FILE` writes the list as JSON, and the exit code is
then 2. What each message means and what to do is in [TROUBLESHOOTING.md](TROUBLESHOOTING.md)."""
_WHERE: Final = """
## Where files are

On this machine, or wherever [fsspec](https://filesystem-spec.readthedocs.io) opens them: `gazette ingest
s3://bucket/news` and `sftp://host/news` take files and folders as paths do, also with `--ray`, whose workers then fetch
them. `s3://` needs the package `s3fs`, `gs://` `gcsfs`, `https://` `aiohttp`, and so on: what is missing is named.
Keys and passwords stand where those packages look for them, never in the URI. Documents are cited with their URI; a
document's id is the SHA-256 of it, as that of a local file is of its `file://` URI; `file://` itself is this machine.
`gazette verify` looks there for what saved answers cite with `--fetch`.

A file is copied to be read, one at a time for each process. It is not fetched again while its checksum there (an ETag,
a generation), or its size and time, are what they were when it was read; where the system tells neither, and on a
machine that has not read it before, it is fetched, and its SHA-256 tells whether it has changed. A file that cannot be
fetched is listed as skipped, a folder that cannot be listed as well, and what the index held of them stays. METS files
are read from this machine alone, with their pages; and so are the pictures that ALTO and hOCR name."""
_READ: Final = """
## What is read

Offsets count Unicode code points, from 0, in what the column says; line breaks count as they stand. Beside what a
format states, titles, bylines, dates, pages and names of papers are found in the text itself: on mastheads, in credits
and datelines."""
_UNREAD: Final = """
## What is not read, and what is said of it

A file that is refused is skipped whole, and what the index held of it before stays. A part that is reported is left out
and named again on every run until the file is mended. In a message, … stands for what differs."""

_LIMITS: Final = """
## For all of them

- **Encodings** of text: UTF-8, UTF-16 and UTF-32, with a byte order mark or without; {encodings}, where the bytes
  read as text in them. GB18030 takes in GBK and GB 2312. What a web page declares counts where it is not UTF-8.
- **Damage**: where a few bytes of a text are damaged, each costs one character, which reads as U+FFFD.
- **Articles**: at most {articles:,} in one document.
- **Records**: an id has at most {id} characters; the first {bad} bad records of a file are named one by one, the others
  counted.
- **Time and memory**: {foreign} are read in a process apart. It has {memory} GB of memory (held on Linux; text
  recognition has more) and {seconds:.0f} s for a file, or for each page or record of one that has several.
- **Packed files** (Word, EPUB, WACZ) hold at most {members:,} files.
- **Scans**, and pages of a PDF that are only pictures, need what `pip install -e ".[ocr]"` installs."""
_FIELDS: Final = """
## Fields of records

The names that a field of JSON Lines or JSON, or a column of a table, may have. Case, blanks and marks (`_`, `-`) make
no difference; of several the first in this list counts. A date that the calendar does not have is kept as it is, and
does not date the record.
"""


def formats_page() -> str:
    """Return the page, as Markdown."""
    lines = [
        _HEAD,
        _WHERE,
        _READ,
        "",
        *table(
            ("format", "suffixes", "documents", "offsets count in", "kept beside the text"),
            (
                (_name(module), suffixes_of(module), _document(module), facts.offsets, facts.kept)
                for module, facts in FACTS.items()
            ),
        ),
        _UNREAD,
        "",
        *table(
            ("format", "left out without a word", "refused", "reported", "limits"),
            (
                (_short(module), facts.unread, _messages(facts.refused), _messages(facts.reported), _said(facts.limits))
                for module, facts in FACTS.items()
            ),
        ),
        *_limits(),
        *_fields(),
    ]
    return "\n".join(lines) + "\n"


def suffixes_of(module: ModuleType) -> str:
    """Return the suffixes that lead to a reader, or for a kind of XML its roots."""
    if roots := [f"`<{root}>`" for root, kind in xml.KINDS.items() if inspect.getmodule(kind) is module]:
        return f"`.xml` with the root {', '.join(roots)}"
    shared = [f"`{name}`" for name, reader in sources.READERS.items() if reader is sources.read_page]
    if module is hocr:
        return f"`.hocr`; {', '.join(shared)} where its elements have classes of hOCR"
    own = [f"`{name}`" for name, reader in sources.READERS.items() if inspect.getmodule(reader) is module]
    return ", ".join(own or shared)


def _first(module: ModuleType) -> str:
    return " ".join((module.__doc__ or "").split("\n\n")[0].split()).replace("``", "`")


def _name(module: ModuleType) -> str:
    return _first(module).partition(": ")[0]


def _short(module: ModuleType) -> str:
    return re.split(r",| \(| with ", _name(module))[0]


def _document(module: ModuleType) -> str:
    return _first(module).partition(": ")[2].rstrip(".")


def _messages(messages: tuple[str, ...]) -> str:
    return "<br>".join(f"`{message}`" for message in messages) or "–"


def _said(limits: tuple[str, ...]) -> str:
    return "; ".join(limits)


def _limits() -> Iterator[str]:
    *most, last = [_short(module) for module in FACTS if _is_foreign(module)]
    yield _LIMITS.format(
        encodings=", ".join(NAMES[encoding] for encoding in LEGACY),
        articles=MAX_ARTICLES,
        id=records.MAX_ID,
        bad=records.MAX_REPORTED,
        foreign=f"{', '.join(most)} and {last}",
        memory=apart.MAX_MEMORY >> 30,
        seconds=apart.MAX_SECONDS,
        members=unpack.MAX_MEMBERS,
    )


def _is_foreign(module: ModuleType) -> bool:
    """Whether a module's reader runs in a process apart."""
    return any(
        inspect.getmodule(reader) is module
        or (reader is sources.read_page and module in (html, hocr))
        or (reader is xml.read and any(inspect.getmodule(kind) is module for kind in xml.KINDS.values()))
        for reader in apart.FOREIGN
    )


def _fields() -> Iterator[str]:
    yield _FIELDS
    yield from table(
        ("field", "names"),
        ((f"`{ours}`", ", ".join(f"`{name}`" for name in names)) for ours, names in records.NAMES.items()),
    )


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    PAGE.write_text(formats_page(), encoding="utf-8")

"""The records that flow between the stages.

Offsets are Unicode code points, half-open, and count in one of two texts:

* *original*: the decoded text of the file (``Document.text``), nothing removed;
* *clean*: the text a stage works on (``Chunk.text``), made of slices of the original.

An ``Alignment`` ties the second to the first, so that every span found in clean text has exact original offsets.

The records that leave the system (``Answer`` and what it holds) are written to JSON by their fields, in their order
(``qa.wire``), and described by them at the HTTP border: that is what the metadata of their fields is for.
"""

from collections.abc import Callable

from qa.types.alignment import INVISIBLE, Alignment, Run, View
from qa.types.answers import EVERYTHING, Answer, Citation, Filters, Hit, Item, Passage, Span, Superseded, confidence_in
from qa.types.documents import RECORD, RECORD_LINE, Article, ArticleId, Chunk, Document, Head
from qa.types.places import line_at, lines_at, place_in, place_of_offset

__all__ = [
    "EVERYTHING",
    "INVISIBLE",
    "RECORD",
    "RECORD_LINE",
    "Alignment",
    "Answer",
    "Article",
    "ArticleId",
    "Chunk",
    "Citation",
    "Document",
    "Filters",
    "Head",
    "Hit",
    "Item",
    "Passage",
    "Progress",
    "Run",
    "Span",
    "Superseded",
    "View",
    "confidence_in",
    "line_at",
    "lines_at",
    "place_in",
    "place_of_offset",
]

Progress = Callable[[int, int], None]
"""Called with how many are done, and how many there are."""

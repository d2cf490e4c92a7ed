"""The JSON of the records: what ``--json`` prints, HTTP and MCP send, and ``gazette verify`` reads back.

Every record is a dataclass. ``records`` writes and reads any of them by its fields, and the HTTP border describes them
by the same fields, so that a field has one spelling.
"""

from qa.wire.answers import answer_from_json, answer_to_json, dumps
from qa.wire.articles import ArticleResult, CountedArticles, CountedField, CountedValue
from qa.wire.documents import (
    Continuation,
    DescribedDocument,
    DocumentLines,
    DocumentText,
    LinkedArticle,
    NumberedArticle,
    PageSize,
    ShownArticle,
    ShownDocument,
)
from qa.wire.lines import to_line
from qa.wire.passages import FoundPassage, found_passage
from qa.wire.records import derive_record, from_json, to_json
from qa.wire.visible import shown_lines, shown_part

__all__ = [
    "ArticleResult",
    "Continuation",
    "CountedArticles",
    "CountedField",
    "CountedValue",
    "DescribedDocument",
    "DocumentLines",
    "DocumentText",
    "FoundPassage",
    "LinkedArticle",
    "NumberedArticle",
    "PageSize",
    "ShownArticle",
    "ShownDocument",
    "answer_from_json",
    "answer_to_json",
    "derive_record",
    "dumps",
    "found_passage",
    "from_json",
    "shown_lines",
    "shown_part",
    "to_json",
    "to_line",
]

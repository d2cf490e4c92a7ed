"""What every segmentation must satisfy, checked character by character and independently of how it was made."""

import html
import re
import unicodedata
from pathlib import Path

from qa.errors import SourceError
from qa.ingest import ChunkingParameters, Segmentation, load
from qa.types import Chunk, Document

MARKS = frozenset("#*-_+`\\")
_MARKUP = re.compile(
    r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|</?(?P<tag>[a-z][a-z0-9]*)\b(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>",
    re.DOTALL | re.IGNORECASE,
)
_INLINE = re.compile(
    "a|abbr|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|ins|kbd|label|mark|nobr|q|s|samp|small|span|strike"
    "|strong|sub|sup|time|tt|u|var|wbr",
    re.IGNORECASE,
)


def write(name: str, content: str | bytes) -> Path:
    """Write a file, with the folders above it."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def document(
    text: str, *, path: str = "/archive/page.txt", title: str | None = None, date: str | None = None
) -> Document:
    return Document("page", "page.txt", path, "0" * 64, text, title, date)


def positions(chunk: Chunk) -> list[int]:
    return [run.original + offset for run in chunk.alignment.runs for offset in range(run.length)]


def visible(markup: str) -> str:
    r"""What a piece of HTML shows, found independently of how pages are read.

    Entities are resolved, tags left out, and one that breaks the line is a line break.

    >>> visible("<b>李新建</b>&amp;王<br>任副市长")
    '李新建&王\n任副市长'
    """
    return html.unescape(_MARKUP.sub(lambda mark: "" if _INLINE.fullmatch(mark["tag"] or "a") else "\n", markup))


DIRECTION_MARKS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def is_visible(character: str) -> bool:
    unseen = character in "\ufeff\u200b\u200c\u200d\u2060\xad" + DIRECTION_MARKS
    unseen = unseen or unicodedata.category(character) == "Cc"
    return not character.isspace() and not unseen


def uncovered(page: Document, result: Segmentation) -> str:
    """The visible characters of the page that are in no chunk and not declared as outside."""
    covered = {at for chunk in result.chunks for at in positions(chunk)}
    covered |= {at for start, end in result.outside for at in range(start, end)}
    return "".join(c for at, c in enumerate(page.text) if at not in covered and is_visible(c))


def verify(page: Document, result: Segmentation, parameters: ChunkingParameters | None = None) -> None:
    sizes, last = parameters or ChunkingParameters(), -1
    words = {article.number: "" for article in result.articles}
    for chunk in result.chunks:
        words[chunk.article] += chunk.text
    for ordinal, chunk in enumerate(result.chunks):
        assert chunk.id == f"page#{ordinal}"
        places = positions(chunk)
        assert "".join(page.text[at] for at in places) == chunk.text
        assert 0 < len(chunk.text) <= sizes.of(words[chunk.article]).limit
        assert chunk.text == chunk.text.strip()
        assert places == sorted(set(places))
        heads = [at for at, _ in chunk.heads]
        assert heads == sorted(set(heads))
        assert all(0 <= at < len(chunk.text) and words for at, words in chunk.heads)
        assert places[0] > last
        last = places[-1]
        article = result.articles[chunk.article]
        assert article.start <= places[0]
        assert last < article.end
    assert [article.number for article in result.articles] == list(range(len(result.articles)))
    assert all(a.end <= b.start for a, b in zip(result.articles, result.articles[1:], strict=False))


def read_or_refuse(path: Path) -> list[Document]:
    """What a file gives; whatever it holds, a ``SourceError`` that names it is the only other way out."""
    errors: list[SourceError] = []
    documents: list[Document] = []
    try:
        documents = list(load(path, errors.append))
    except SourceError as error:
        errors.append(error)
    assert documents or errors
    assert {error.source for error in errors} <= {path.as_posix()}
    return documents

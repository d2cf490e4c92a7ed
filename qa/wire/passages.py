"""A passage that a search found."""

from dataclasses import dataclass, field

from qa.types import Article, Document, Hit, line_at


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    """A passage near a query; offsets are code points into the original, half-open, and lines count from 1."""

    chunk_id: str
    document_id: str
    title: str = field(metadata={"description": "Of the article."})
    source: str
    date: str | None = field(metadata={"description": "ISO 8601."})
    line: int = field(metadata={"description": "Where it begins."})
    start: int
    end: int
    score: float = field(metadata={"description": "Orders the passages of one query only."})
    context: str = field(metadata={"description": "Title, deck and lead, as they are searched with the passage."})
    text: str = field(
        metadata={
            "description": "Over HTTP the words as printed, `original[start:end]`, of a page in markup what it shows; "
            "from the command line and from a tool without marks and column breaks: quote from show or ask."
        }
    )


def found_passage(hit: Hit, article: Article, document: Document, *, printed: bool) -> FoundPassage:
    """Return a hit as it is sent; ``printed`` chooses the words as they stand in the original."""
    chunk = hit.chunk
    return FoundPassage(
        chunk_id=chunk.id,
        document_id=document.id,
        title=article.title,
        source=document.source,
        date=article.date or document.date,
        line=line_at(document.text, chunk.start),
        start=chunk.start,
        end=chunk.end,
        score=hit.score,
        context=chunk.context,
        text=document.visible(chunk.start, chunk.end) if printed else chunk.text,
    )

"""The archive as tools of an assistant, over the Model Context Protocol; every tool only reads."""

from collections.abc import Callable, Mapping
from typing import Annotated, Final

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from api.markdown import render
from api.schemas import AnswerBody
from qa.cli.terminal import printed
from qa.config import MAX_TOP_K
from qa.errors import GazetteError
from qa.service import Service
from qa.store import find_document
from qa.types import line_at, lines_at
from qa.wire import answer_to_json

MAX_LINES: Final = 400
"""Lines of a document given at once: an assistant's memory is short, and it can ask for the next."""

_INSTRUCTIONS: Final = (
    "A newspaper archive that can only quote. ask answers a question with the exact words of the source, every item "
    "with its citation, or says that the archive does not say: do not fill that gap from elsewhere without saying so. "
    "Questions stand alone, in Chinese or English: name people, places and dates, not he, there or then. Repeat quotes "
    "word for word, with source and line. search finds passages; show prints a document around a citation."
)
TopK = Annotated[int | None, Field(ge=1, le=MAX_TOP_K, description="Passages to look at; the setting's if left out.")]


class FoundPassage(BaseModel):
    """A passage; offsets are code points into the original, half-open, and lines count from 1."""

    document_id: str
    source: str
    title: str = Field(description="Of the article.")
    date: str | None
    line: int = Field(description="Where it begins.")
    start: int
    end: int
    score: float = Field(description="Orders the passages of one search only.")
    text: str = Field(description="Without marks and column breaks; quote from show or ask.")


class FoundPassages(BaseModel):
    """Passages, best first."""

    passages: list[FoundPassage]


class ArticleLine(BaseModel):
    """An article of a document and the line it begins on."""

    line: int
    title: str
    byline: str | None
    date: str | None


class ShownDocument(BaseModel):
    """Lines ``first_line`` to ``last_line`` of a document, of ``lines`` in all."""

    document_id: str
    source: str
    sha256: str
    title: str | None
    date: str | None
    lines: int
    first_line: int
    last_line: int
    articles: list[ArticleLine]
    text: str


def create_server(service: Callable[[], Service]) -> MCPServer[None]:
    """Return the server; ``service`` is called at the first use of a tool, and at each one after that."""
    server: MCPServer[None] = MCPServer(
        "gazette",
        title="Newspaper archive",
        instructions=_INSTRUCTIONS,
        log_level="WARNING",
    )

    @server.tool(title="Ask the archive", annotations=_annotations("Ask the archive"))
    def ask(
        question: Annotated[str, Field(description="One question that stands alone, in Chinese or English.")],
        top_k: TopK = None,
    ) -> Annotated[CallToolResult, AnswerBody]:
        """Answer a question with the archive's exact words, each item cited, or say that the archive does not say."""
        try:
            answer = service().ask(question, top_k=top_k)
        except GazetteError as error:
            raise ToolError(str(error)) from error
        return _result(render(answer).content, answer_to_json(answer))

    @server.tool(title="Search the archive", annotations=_annotations("Search the archive"))
    def search(
        query: Annotated[str, Field(description="Words or a question.")], top_k: TopK = None
    ) -> Annotated[CallToolResult, FoundPassages]:
        """Find the passages nearest to a query, without reading them for an answer."""
        try:
            found = _search(service(), query, top_k)
        except GazetteError as error:
            raise ToolError(str(error)) from error
        text = "\n\n".join(f"{each.title} · {each.source}:{each.line}\n{each.text}" for each in found.passages)
        return _result(text or "No passage.", found.model_dump())

    @server.tool(title="Show a document", annotations=_annotations("Show a document"))
    def show(
        document: Annotated[str, Field(description="A document_id or source, as citations give them.")],
        first_line: Annotated[int, Field(ge=1, description="Where to begin.")] = 1,
        last_line: Annotated[int | None, Field(ge=1, description=f"At most {MAX_LINES} lines are shown.")] = None,
    ) -> Annotated[CallToolResult, ShownDocument]:
        """Print lines of a document as it was printed, with line numbers, and list its articles."""
        try:
            shown = _show(service(), document, first_line, last_line)
        except GazetteError as error:
            raise ToolError(str(error)) from error
        numbered = enumerate(shown.text.split("\n"), shown.first_line)
        text = "\n".join(f"{number:6}  {line}" for number, line in numbered)
        return _result(f"{shown.source}, {shown.lines} lines\n{text}", shown.model_dump())

    return server


def _search(service: Service, query: str, top_k: int | None) -> FoundPassages:
    passages = []
    for hit in service.search(query, top_k=top_k):
        chunk = hit.chunk
        document = service.opened.document(chunk.document_id)
        article = service.opened.article(chunk.document_id, chunk.article)
        passages.append(
            FoundPassage(
                document_id=document.id,
                source=document.source,
                title=article.title,
                date=article.date or document.date,
                line=line_at(document.text, chunk.start),
                start=chunk.start,
                end=chunk.end,
                score=round(hit.score, 4),
                text=chunk.text,
            )
        )
    return FoundPassages(passages=passages)


def _show(service: Service, wanted: str, first: int, last: int | None) -> ShownDocument:
    document, articles, _ = find_document(service.settings.index, wanted)
    lines = document.text.split("\n")
    if first > len(lines) or (last is not None and last < first):
        raise ToolError(f"lines {first} to {last or 'the end'}: {document.source} has lines 1 to {len(lines)}")
    end = min(last or len(lines), len(lines), first + MAX_LINES - 1)
    return ShownDocument(
        document_id=document.id,
        source=document.source,
        sha256=document.sha256,
        title=document.title,
        date=document.date,
        lines=len(lines),
        first_line=first,
        last_line=end,
        articles=[
            ArticleLine(
                line=line,
                title=article.title,
                byline=article.byline,
                date=article.date,
            )
            for line, article in zip(
                lines_at(document.text, (article.start for article in articles)), articles, strict=True
            )
        ],
        text="\n".join(lines[first - 1 : end]),
    )


def _annotations(title: str) -> ToolAnnotations:
    return ToolAnnotations(
        title=title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )


def _result(text: str, structured: Mapping[str, object]) -> CallToolResult:
    # What a page hides in its words (controls, direction marks) is not passed on in text meant to be shown.
    return CallToolResult(content=[TextContent(type="text", text=printed(text))], structured_content=dict(structured))

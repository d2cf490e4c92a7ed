"""The archive as tools of an assistant, over the Model Context Protocol; every tool only reads."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Annotated, Any, Final, Unpack, get_type_hints

from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field, create_model

from api.markdown import render
from api.schemas import AnswerBody, FilterFields
from qa.cli.mcp_resources import ArchiveServer
from qa.cli.terminal import printed
from qa.config import MAX_TOP_K
from qa.errors import GazetteError
from qa.filters import FILTERS, FilterWords, parse_filters, takes_filters
from qa.service import Service, found_passages
from qa.store import find_document, list_documents
from qa.types import Filters, line_at, lines_at
from qa.wire import (
    DocumentLines,
    FoundPassage,
    NumberedArticle,
    answer_to_json,
    derive_record,
    shown_lines,
    to_json,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MAX_LISTED: Final = 200
"""Documents listed at once."""
MAX_LINES: Final = 400
"""Lines of a document given at once: an assistant's memory is short, and it can ask for the next."""

INSTRUCTIONS: Final = (
    "A newspaper archive that can only quote. ask answers a question with the exact words of the source, every item "
    "with its citation, or says that the archive does not say: do not fill that gap from elsewhere without saying so. "
    "Questions stand alone, in Chinese or English: name people, places and dates, not he, there or then. Repeat quotes "
    "word for word, with source and line. search finds passages; documents lists what there is; show prints a document "
    "around a citation, or one article of it; each document is a resource too."
)
_HINTS: Final = get_type_hints(FilterFields, include_extras=True)
_FILTER_ARGUMENTS: Final[Mapping[str, Any]] = {name: _HINTS[name] for name in FILTERS}
TopK = Annotated[int | None, Field(ge=1, le=MAX_TOP_K, description="Passages to look at; the setting's if left out.")]


class FoundPassages(BaseModel):
    """Passages, best first."""

    passages: tuple[FoundPassage, ...]


class ListedEntry(BaseModel):
    """A document without its words; `articles` counts those that pass the filters."""

    id: str
    source: str
    title: str | None
    date: str | None
    publication: str | None
    articles: int


class ListedDocuments(BaseModel):
    """Some of the documents, by source, of `total` that pass the filters."""

    total: int
    documents: list[ListedEntry]


def _model_of(record: "type[DataclassInstance]") -> type[BaseModel]:
    """Return the model with the fields of a record: the SDK takes no dataclass, and MCP no schema but an object's."""
    hints = get_type_hints(record)
    described: dict[str, Any] = {
        each.name: (hints[each.name], Field(description=each.metadata.get("description"))) for each in fields(record)
    }
    return create_model(record.__name__, __doc__=record.__doc__, **described)


def _parsed(**written: Unpack[FilterWords]) -> Filters:
    try:
        return parse_filters(**written)
    except GazetteError as error:
        raise ToolError(str(error)) from error


def create_server(service: Callable[[], Service]) -> ArchiveServer:
    """Return the server; ``service`` is called at the first use of a tool, and at each one after that."""
    server = ArchiveServer(service, INSTRUCTIONS)

    @server.tool(title="Ask the archive", annotations=_annotations("Ask the archive"))
    @takes_filters(_FILTER_ARGUMENTS, _parsed)
    def ask(
        question: Annotated[str, Field(description="One question that stands alone, in Chinese or English.")],
        top_k: TopK = None,
        *,
        filters: Filters,
    ) -> Annotated[CallToolResult, AnswerBody]:
        """Answer a question with the archive's exact words, each item cited, or say that the archive does not say."""
        try:
            answer = service().ask(question, top_k=top_k, filters=filters)
        except GazetteError as error:
            raise ToolError(str(error)) from error
        return _result(render(answer).content, answer_to_json(answer))

    @server.tool(title="Search the archive", annotations=_annotations("Search the archive"))
    @takes_filters(_FILTER_ARGUMENTS, _parsed)
    def search(
        query: Annotated[str, Field(description="Words or a question.")],
        top_k: TopK = None,
        *,
        filters: Filters,
    ) -> Annotated[CallToolResult, FoundPassages]:
        """Find the passages nearest to a query, without reading them for an answer."""
        try:
            archive = service()
            hits = archive.search(query, top_k=top_k, filters=filters)
            found = list(found_passages(hits, archive.opened, printed=False))
        except GazetteError as error:
            raise ToolError(str(error)) from error
        text = "\n\n".join(f"{each.title} · {each.source}:{each.line}\n{each.text}" for each in found)
        return _result(text or "No passage.", {"passages": [to_json(each) for each in found]})

    @server.tool(title="Show a document", annotations=_annotations("Show a document"))
    def show(
        document: Annotated[str, Field(description="A document_id or source, as citations give them.")],
        first_line: Annotated[int, Field(ge=1, description="Where to begin.")] = 1,
        last_line: Annotated[int | None, Field(ge=1, description=f"At most {MAX_LINES} lines are shown.")] = None,
        article: Annotated[
            int | None, Field(ge=0, description="Only this article, by its number in the list; instead of lines.")
        ] = None,
    ) -> Annotated[CallToolResult, _model_of(DocumentLines)]:
        """Print lines of a document as a reader sees them, with their numbers in the file, and list its articles."""
        try:
            shown, numbered = _lines(service(), document, first_line, last_line, article)
        except GazetteError as error:
            raise ToolError(str(error)) from error
        text = "\n".join(f"{number:6}  {line}" for number, line in numbered)
        return _result(f"{shown.source}, {shown.lines} lines\n{text}", to_json(shown))

    @server.tool(title="List documents", annotations=_annotations("List documents"))
    @takes_filters(_FILTER_ARGUMENTS, _parsed)
    def documents(
        offset: Annotated[int, Field(ge=0, description="How many to pass over.")] = 0,
        limit: Annotated[int, Field(ge=1, le=MAX_LISTED, description="How many to list.")] = 50,
        *,
        filters: Filters,
    ) -> Annotated[CallToolResult, ListedDocuments]:
        """List the documents that have an article which passes the filters, by source; without their words."""
        try:
            found = list_documents(service().settings.index, filters)
        except GazetteError as error:
            raise ToolError(str(error)) from error
        listed = [each._asdict() for each in found[offset : offset + limit]]
        lines = [" · ".join(each[name] for name in ("source", "title", "date") if each[name]) for each in listed]
        return _result("\n".join(lines) or "No documents.", {"total": len(found), "documents": listed})

    return server


def _lines(
    service: Service, wanted: str, first: int, last: int | None, number: int | None
) -> tuple[DocumentLines, list[tuple[int, str]]]:
    document, articles, _ = find_document(service.settings.index, wanted)
    lines = document.text.split("\n")
    if number is not None:
        if number >= len(articles):
            raise ToolError(f"article {number}: {document.source} has {len(articles)}, counted from 0")
        chosen = articles[number]
        first, last = line_at(document.text, chosen.start), line_at(document.text, max(chosen.start, chosen.end - 1))
    if first > len(lines) or (last is not None and last < first):
        raise ToolError(f"lines {first} to {last or 'the end'}: {document.source} has lines 1 to {len(lines)}")
    end = min(last or len(lines), len(lines), first + MAX_LINES - 1)
    begins = sum(len(line) + 1 for line in lines[: first - 1])
    numbered = list(shown_lines(document, begins, begins + len("\n".join(lines[first - 1 : end]))))
    record = derive_record(
        DocumentLines,
        document,
        document_id=document.id,
        lines=len(lines),
        first_line=first,
        last_line=end,
        articles=tuple(
            derive_record(NumberedArticle, article, line=line)
            for line, article in zip(
                lines_at(document.text, (article.start for article in articles)), articles, strict=True
            )
        ),
        text="\n".join(line for _, line in numbered),
    )
    return record, numbered


def _annotations(title: str) -> ToolAnnotations:
    return ToolAnnotations(
        title=title, read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
    )


def _result(text: str, structured: Mapping[str, object]) -> CallToolResult:
    # What a page hides in its words (controls, direction marks) is not passed on in text meant to be shown.
    return CallToolResult(content=[TextContent(type="text", text=printed(text))], structured_content=dict(structured))

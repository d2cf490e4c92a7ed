"""Documents over HTTP: what there is, its words, and adding and removing."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.convertors import PathConvertor, register_url_convertor

from api.errors import ParameterError
from api.native import PROBLEMS
from api.responses import JsonResponse
from api.schemas import (
    MOST_ID,
    MOST_OFFSET,
    MOST_SKIPPED,
    AddedBody,
    AddRequest,
    DocumentsBody,
    described_problem,
)
from api.server import Provided, Server
from api.service import Service
from api.uploaded import FORM, JSON, check_media_type, uploaded_file
from qa.errors import IndexDirectoryError, InputError, SourceError
from qa.pages import boxes_of, unsure_spans
from qa.store import DocumentSummary, Snapshot
from qa.types import Article, Document, line_at, lines_at
from qa.wire import (
    DescribedDocument,
    DocumentText,
    LinkedArticle,
    PageSize,
    derive_record,
    shown_part,
    to_json,
)


class _Anything(PathConvertor):
    """A path of any characters; Starlette's own stops at a line break."""

    regex = "(?s:.*)"


register_url_convertor("anything", _Anything())
router = APIRouter(prefix="/api/documents", tags=["documents"])

T = TypeVar("T")

MOST_TEXT = 100_000
"""Characters of a document that are sent at once."""
WRITING_TAKES = 1
"""Seconds after which a client may ask whether the index can be written to again."""
PASSED_AT_ONCE = 10_000
"""Documents that are read together on the way to an offset."""

_NONE = "no document of that id"
WITH_MISSING = {**PROBLEMS, 404: described_problem("There is no document of that id.")}
_WRITING = {**WITH_MISSING, 409: described_problem("Another process is writing to the index: try again later.")}
_ADDING = {**_WRITING, 415: described_problem("The body is neither JSON nor a form with a file.")}
# Ids of JSON Lines records are the archive's own, and may hold anything, slashes too.
DocumentId = Annotated[str, Path(min_length=1, max_length=MOST_ID, description="As citations give it.")]
Offset = Annotated[int, Query(ge=0, le=MOST_OFFSET)]
_ADD_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": AddRequest.model_json_schema()},
            FORM: {
                "schema": {
                    "type": "object",
                    "properties": {"file": {"type": "string", "format": "binary"}},
                    "required": ["file"],
                }
            },
        },
    }
}


@router.get("", summary="List the documents", response_model=DocumentsBody, responses=PROBLEMS)
async def documents(
    server: Provided, offset: Offset = 0, limit: Annotated[int, Query(ge=1, le=1000)] = 100
) -> Response:
    """List documents, ordered by source."""

    def listed(service: Service) -> Response:
        found = [summary._asdict() for summary in _page(service.opened, offset, limit)]
        return JsonResponse({"total": service.opened.state.documents, "documents": found})

    return await server.look_up(listed)


@router.post(
    "",
    summary="Add a document",
    status_code=201,
    response_model=AddedBody,
    responses=_ADDING,
    openapi_extra=_ADD_BODY,
)
async def add(request: Request, server: Provided) -> Response:
    """Index a file of a supported format (`.txt`, `.md`, `.jsonl`, …), in place of one that was added under its name.

    Needs a key that may write. The file is kept by the server, so that its citations can be checked. As JSON it may
    have 8 MiB; larger ones are sent as a form.
    """
    check_media_type(request.headers)
    body = await request.body()

    skipped = list[str]()

    def report(fault: SourceError) -> None:
        if len(skipped) < MOST_SKIPPED:
            skipped.append(fault.reason)

    def written(service: Service) -> list[str]:
        name, data = uploaded_file(request.headers, body)
        try:
            return list(service.add(name, data, server.settings.documents_folder, report))
        except SourceError as error:
            raise ParameterError(f"{name or 'name'}: {error.reason}", param="name") from error

    added = await _write(server, written)
    with server.live.lease() as service:
        revision = service.opened.state.generation
    return JsonResponse({"revision": revision, "documents": added, "skipped": skipped}, HTTPStatus.CREATED)


@router.get(
    "/{document_id:anything}/text", summary="Words of a document", response_model=DocumentText, responses=WITH_MISSING
)
async def text(
    document_id: DocumentId,
    request: Request,
    server: Provided,
    start: Offset = 0,
    end: Offset | None = None,
    boxes: Annotated[bool, Query(description="Whether to say where the words stand on printed pages.")] = False,
) -> Response:
    """Return the original between two offsets, in code points, at most 100,000 of them.

    Without `end`, the article that `start` stands in; an `end` beyond the document's is the document's.
    """
    if not request.scope.get("raw_path", b"/text").endswith(b"/text"):  # an escaped slash is the id's own
        return await document(f"{document_id}/text", server)
    return await server.look_up(partial(_text, document_id=document_id, start=start, end=end, boxes=boxes))


def _text(service: Service, *, document_id: str, start: int, end: int | None, boxes: bool) -> Response:
    found = found_document(service.opened, document_id)
    if start >= len(found.text):
        raise ParameterError(f"the document has {len(found.text):,} characters", param="start")
    if end is None:
        around = article_around(service.opened.articles(document_id), start)
        start, end = (around.start, around.end) if around else (start, len(found.text))
    if end <= start:
        raise ParameterError("end must be greater than start", param="end")
    end = min(end, start + MOST_TEXT, len(found.text))
    shown, runs = shown_part(found, start, end)
    record = derive_record(
        DocumentText,
        found,
        document_id=found.id,
        start=start,
        end=end,
        line_start=line_at(found.text, start),
        text=found.text[start:end],
        shown=shown if found.view else None,
        runs=runs,
        unsure=unsure_spans(found.pages, start, end),
        boxes=boxes_of(found.pages, start, end) if boxes else (),
    )
    return JsonResponse(to_json(record))


@router.get("/{document_id:anything}", summary="One document", response_model=DescribedDocument, responses=WITH_MISSING)
async def document(document_id: DocumentId, server: Provided) -> Response:
    """Describe a document, list its articles, and its pages where it has any."""

    def described(service: Service) -> Response:
        found, articles = found_document(service.opened, document_id), service.opened.articles(document_id)
        listed = tuple(_linked(found, articles, service.opened.halves(document_id)))
        pages = tuple(derive_record(PageSize, each) for each in found.pages)
        record = derive_record(DescribedDocument, found, length=len(found.text), articles=listed, pages=pages)
        return JsonResponse(to_json(record))

    return await server.look_up(described)


@router.delete("/{document_id:anything}", summary="Remove a document", status_code=204, responses=_WRITING)
async def remove(document_id: DocumentId, server: Provided) -> None:
    """Take a document out of the index. Needs a key that may write.

    A file that was added here goes with its last document; one that was ingested from elsewhere stays where it is, and
    comes back when it is ingested again.
    """
    folder = server.settings.documents_folder
    if not await _write(server, lambda service: service.remove(document_id, folder)):
        raise HTTPException(404, _NONE)


def _page(index: Snapshot, offset: int, limit: int) -> Iterator[DocumentSummary]:
    """Yield ``limit`` documents from ``offset`` on; a store pages by the document that was last."""
    after: tuple[str, str] | None = None
    while offset:
        passed = index.summaries(after, min(offset, PASSED_AT_ONCE))
        if not passed:
            return
        after, offset = (passed[-1].source, passed[-1].id), offset - len(passed)
    yield from index.summaries(after, limit)


def found_document(index: Snapshot, document_id: str) -> Document:
    """Return a document with its text; ``HTTPException`` if there is none of that id."""
    try:
        return index.document(document_id)
    except InputError as error:
        raise HTTPException(404, _NONE) from error


def article_around(articles: Iterable[Article], offset: int) -> Article | None:
    """Return the one of a document's articles in which an offset stands; ``None`` outside of all."""
    return next((article for article in articles if article.start <= offset < article.end), None)


def _linked(
    document: Document, articles: tuple[Article, ...], further: Mapping[int, Article]
) -> Iterator[LinkedArticle]:
    lines = lines_at(document.text, (article.start for article in articles))
    for line, article in zip(lines, articles, strict=True):
        rest = further[article.number].document_id if article.number in further else None
        yield derive_record(LinkedArticle, article, continues_in=rest, line_start=line)


async def _write(server: Server, task: Callable[[Service], T]) -> T:
    """Change the index, one request at a time, and serve what it is then."""

    def changed() -> T:
        with server.live.lease() as service:
            result = task(service)
        server.live.renew()
        return result

    if server.writing.locked():
        raise _conflict("another request is writing to the index: try again later")
    try:
        async with server.writing:
            return await run_in_threadpool(changed)
    except IndexDirectoryError as error:
        if type(error) is not IndexDirectoryError:  # a damaged index, say
            raise
        raise _conflict("another process is writing to the index: try again later") from error


def _conflict(detail: str) -> HTTPException:
    return HTTPException(409, detail, headers={"retry-after": str(WRITING_TAKES)})

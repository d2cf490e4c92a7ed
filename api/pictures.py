"""Pages of documents as pictures: what was printed around a quote, whose boxes are fractions of the page."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.documents import DocumentId, document, found_document
from api.native import PROBLEMS
from api.schemas import described_problem
from api.server import Provided
from qa.errors import SourceError

router = APIRouter(prefix="/api/documents", tags=["documents"])

MOST_PAGES: Final = 1_000_000
MIN_SIDE, SIDE, MAX_SIDE = 100, 1600, 4000
"""Pixels of the longer side."""
_HEADERS: Final = {"cache-control": "private, no-cache", "x-content-type-options": "nosniff"}
_SHOWING: dict[int | str, dict[str, Any]] = {
    **PROBLEMS,
    200: {"description": "The page.", "content": {"image/png": {"schema": {"type": "string", "format": "binary"}}}},
    304: {"description": "The picture is the one that `If-None-Match` names."},
    404: described_problem("There is no document of that id, or no picture of the page: `detail` says why."),
}


@router.get(
    "/{document_id:anything}/pages/{number:int}.png",
    summary="A page of a document",
    response_class=Response,
    responses=_SHOWING,
)
async def page(
    document_id: DocumentId,
    number: Annotated[int, Path(ge=1, le=MOST_PAGES, description="Of the source, from 1, as `boxes` give it.")],
    request: Request,
    server: Provided,
    side: Annotated[
        int, Query(ge=MIN_SIDE, le=MAX_SIDE, description="Pixels that the longer side has at most.")
    ] = SIDE,
) -> Response:
    """Show a page: of a PDF as it prints, of a scan itself, of ALTO, METS and hOCR the picture that they name.

    The boxes of citations are fractions of it, whatever its size. There is a picture as long as the file that was
    ingested is where it was, unchanged.
    """
    ending = f"/pages/{number}.png"
    if not request.scope.get("raw_path", ending.encode()).endswith(ending.encode()):  # the id's own
        return await document(f"{document_id}{ending}", server)
    found = await server.look_up(lambda service: found_document(service.opened, document_id))
    tag = f'"{found.sha256[:16]}-{number}-{side}"'
    try:
        drawn = await run_in_threadpool(server.pictures.page, found.path, found.sha256, number, side)
    except SourceError as error:
        raise HTTPException(404, f"no picture of the page: {error.reason}") from error
    headers = {**_HEADERS, "etag": tag}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(drawn, media_type="image/png", headers=headers)

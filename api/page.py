"""The chat page: ``/`` and its parts under ``/assets``, allowed to load nothing else and to run nothing inline."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER: Final = Path(__file__).parent / "web"
HEADERS: Final = {
    "content-security-policy": "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "img-src 'self' data:",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ]
    ),
    "x-content-type-options": "nosniff",
    # A permanent link names a document; following a link out must not tell where from.
    "referrer-policy": "no-referrer",
    # Asked again each time, and answered 304: an upgrade never leaves a page of two versions.
    "cache-control": "no-cache",
}


class _Assets(StaticFiles):
    """The page's parts, under the same rules as the page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


async def _page() -> FileResponse:
    return FileResponse(FOLDER / "index.html", headers=HEADERS)


def mount(app: FastAPI) -> None:
    """Serve the page at ``/`` of ``app``."""
    app.add_api_route("/", _page, methods=["GET", "HEAD"], include_in_schema=False, response_class=FileResponse)
    app.mount("/assets", _Assets(directory=FOLDER), name="assets")

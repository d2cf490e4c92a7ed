"""The chat page: ``/`` and its parts under ``/assets``, allowed to load nothing else and to run nothing inline."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
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
    "referrer-policy": "same-origin",
    # Asked again each time, and answered 304: an upgrade never leaves a page of two versions.
    "cache-control": "no-cache",
}


class _Assets(StaticFiles):
    """The page's parts, under the same rules as the page."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


def mount(app: FastAPI) -> None:
    """Serve the page at ``/`` of ``app``."""
    assets = _Assets(directory=FOLDER)

    async def page(request: Request) -> Response:
        return await assets.get_response("index.html", request.scope)

    app.add_route("/", page, include_in_schema=False)
    app.mount("/assets", assets, name="assets")

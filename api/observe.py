"""The outermost layer: gives every request an id, and counts, times and logs its answer, whatever becomes of it."""

import logging
import re
from asyncio import CancelledError
from http import HTTPStatus
from time import perf_counter

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import logs
from api.errors import FAILED, error_response
from api.server import Server

_LOG = logging.getLogger(__name__)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that a metric names; a client may make up any other."""
RESTART_TAKES = 5
"""Seconds after which a client whose request was still waiting when the service stopped may ask another."""
_SESSION = re.compile(r"\A/api/chat/.+", re.DOTALL)
"""Who knows the id of a conversation can read it: none is logged."""


class Observe:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a failure that nothing else answers becomes a 500 without particulars."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        identifier = logs.begin_request(Headers(scope=scope).get("x-request-id"))
        begun, status = perf_counter(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = identifier
                headers["x-content-type-options"] = "nosniff"
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            _LOG.exception("the request failed")
            if not status:
                failure = HTTPStatus.INTERNAL_SERVER_ERROR
                await error_response(scope, failure, FAILED)(scope, receive, sending)
        except CancelledError:  # the server stops, and waits no longer
            if status:
                raise
            unavailable = HTTPStatus.SERVICE_UNAVAILABLE
            stopping = error_response(scope, unavailable, "the service is stopping", retry_after=RESTART_TAKES)
            await stopping(scope, receive, sending)
        finally:
            self._record(scope, status, perf_counter() - begun)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        server: Server = scope["app"].state.server
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path", "none")
        server.metrics.request(method, route, status, seconds)
        caller = scope["state"].get("caller")
        logs.request(
            {
                "method": method,
                "path": _SESSION.sub("/api/chat/{session_id}", scope["path"]),  # nor the query: it may be a question
                "status": status,
                "ms": round(seconds * 1000, 1),
                "key": caller.key if caller else None,
                "address": caller.address if caller else None,
                **scope["state"].get("noted", {}),
            }
        )

"""A request's body: read whole before anything else runs, within a size, a time, and the room for all of them."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import error_response
from api.guard import CALLER
from api.room import FullError, Room
from api.settings import ServerSettings
from api.uploaded import FORM, MOST_JSON, media_type

_LARGE = "/api/documents"
_SAFE = ("GET", "HEAD", "OPTIONS")


class Bodies:
    """ASGI middleware: 413 for a body that is too large, 408 for one that does not arrive, 503 without room for it."""

    def __init__(self, app: ASGIApp, *, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings
        self._documents = Room(settings.max_bodies, largest=settings.max_document)
        self._others = Room(settings.max_bodies, largest=settings.max_body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its body in one piece."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        room, most = self._others, self._settings.max_body
        if scope["path"] == _LARGE:
            room, most = self._documents, self._settings.max_document
            if media_type(headers) != FORM:
                most = min(most, MOST_JSON)
        with room.held(CALLER.get()) as take:
            await self._with_body(scope, receive, send, most, take)

    async def _with_body(
        self, scope: Scope, receive: Receive, send: Send, most: int, take: Callable[[int], None]
    ) -> None:
        try:
            async with asyncio.timeout(self._settings.body_timeout):
                body = await _read(receive, most, Headers(scope=scope).get("content-length", ""), take)
        except TimeoutError:
            await _refuse(scope, HTTPStatus.REQUEST_TIMEOUT, "the body did not arrive in time")(scope, receive, send)
            return
        except _TooLargeError:
            detail = f"the body has more than {most:,} bytes"
            if scope["path"] == _LARGE and most < self._settings.max_document:
                detail += f": send a document of that size as {FORM}"
            await _refuse(scope, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail)(scope, receive, send)
            return
        except FullError as full:
            await _refuse(scope, HTTPStatus.SERVICE_UNAVAILABLE, str(full), retry_after=1)(scope, receive, send)
            return
        if body is None:
            return
        given = False

        async def receiving() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        if scope["method"] not in _SAFE and scope["path"].startswith(_LARGE):  # a change goes on to its end
            await self._app(scope, receiving, send)
        else:
            await _answer_unless_abandoned(self._app, scope, receiving, receive, send)


async def _answer_unless_abandoned(
    app: ASGIApp, scope: Scope, receiving: Receive, receive: Receive, send: Send
) -> None:
    """Cancel what is done for a request as soon as its sender has gone: others wait for the place."""
    working = asyncio.current_task()
    assert working is not None  # noqa: S101
    answered = abandoned = False

    async def sending(message: Message) -> None:
        nonlocal answered
        answered = answered or (message["type"] == "http.response.body" and not message.get("more_body", False))
        await send(message)

    async def watching() -> None:
        nonlocal abandoned
        while (await receive())["type"] != "http.disconnect":
            pass
        if not answered:
            abandoned = True
            working.cancel()

    watcher = asyncio.create_task(watching())
    try:
        await app(scope, receiving, sending)
        if abandoned:
            await asyncio.sleep(0)  # the cancellation has not arrived yet
    except asyncio.CancelledError:
        if not abandoned or working.uncancel():
            raise
        scope["state"]["noted"] = {**scope["state"].get("noted", {}), "outcome": "abandoned"}
    finally:
        watcher.cancel()


class _TooLargeError(Exception):
    pass


async def _read(receive: Receive, most: int, announced: str, take: Callable[[int], None]) -> bytes | None:
    """Return the body, or ``None`` if its sender has gone; ``take`` is told of the bytes of each part."""
    if announced.isdecimal() and int(announced[:20]) > most:
        raise _TooLargeError
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise _TooLargeError
        take(len(parts[-1]))
        if not message.get("more_body", False):
            return b"".join(parts)


def _refuse(scope: Scope, status: HTTPStatus, detail: str, *, retry_after: int | None = None) -> ASGIApp:
    # What is left of the body is not read, so nothing that follows on the connection can be made sense of.
    again = {} if retry_after is None else {"retry-after": str(retry_after)}
    return error_response(scope, status, detail, headers={"connection": "close", **again})

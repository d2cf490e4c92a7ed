"""A request's body: read whole before anything else runs, within a size, a time, and the room for all of them."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import error_response
from api.guard import CALLER, needed_permission
from api.room import FullError, Room
from api.settings import ServerSettings
from api.uploaded import FORM, MOST_JSON, media_type

_LARGE = "/api/documents"
_LINGER = 2.0  # seconds


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
        incoming = _Incoming(receive)
        try:
            async with asyncio.timeout(self._settings.body_timeout):
                body = await _read(incoming, most, Headers(scope=scope).get("content-length", ""), take)
        except TimeoutError:
            await _refuse(scope, HTTPStatus.REQUEST_TIMEOUT, "the body did not arrive in time")(scope, receive, send)
            return
        except _TooLargeError:
            detail = f"the body has more than {most:,} bytes"
            if scope["path"] == _LARGE and most < self._settings.max_document:
                detail += f": send a document of that size as {FORM}"
            await _answer_early(_refuse(scope, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail), scope, incoming, send)
            return
        except FullError as full:
            refusal = _refuse(scope, HTTPStatus.SERVICE_UNAVAILABLE, str(full), retry_after=1)
            await _answer_early(refusal, scope, incoming, send)
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

        if needed_permission(scope["method"], scope["path"]) == "write":  # a change goes on to its end
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


class _Incoming:
    """A body as it arrives; ``ended`` once no more of it will."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.ended = False

    async def part(self) -> bytes | None:
        """Return the next part, or ``None`` if its sender has gone."""
        message = await self.receive()
        gone = message["type"] == "http.disconnect"
        self.ended = gone or not message.get("more_body", False)
        return None if gone else message.get("body", b"")


async def _read(incoming: _Incoming, most: int, announced: str, take: Callable[[int], None]) -> bytes | None:
    """Return the body, or ``None`` if its sender has gone; ``take`` is told of the bytes of each part."""
    if announced.isdecimal() and int(announced[:20]) > most:
        raise _TooLargeError
    parts: list[bytes] = []
    size = 0
    while not incoming.ended:
        part = await incoming.part()
        if part is None:
            return None
        parts.append(part)
        size += len(part)
        if size > most:
            raise _TooLargeError
        take(len(part))
    return b"".join(parts)


async def _answer_early(response: ASGIApp, scope: Scope, incoming: _Incoming, send: Send) -> None:
    """Answer while the body still arrives, and throw the rest of it away for a while before the connection is closed.

    A connection that is closed with bytes unread is reset, and whoever was still sending never sees the answer.
    """

    async def sending(message: Message) -> None:
        await send({**message, "more_body": True} if message["type"] == "http.response.body" else message)

    await response(scope, incoming.receive, sending)
    with suppress(TimeoutError):
        async with asyncio.timeout(_LINGER):
            while not incoming.ended:
                await incoming.part()
    await send({"type": "http.response.body"})


def _refuse(scope: Scope, status: HTTPStatus, detail: str, *, retry_after: int | None = None) -> ASGIApp:
    # What is left of the body is not read, so nothing that follows on the connection can be made sense of.
    return error_response(scope, status, detail, headers={"connection": "close"}, retry_after=retry_after)

"""Server-sent events."""

from collections.abc import AsyncIterator
from typing import Final

from fastapi.sse import EventSourceResponse, format_sse_event

from qa.wire import to_line

EVENTS: Final = {
    "text/event-stream": {
        "schema": {
            "type": "object",
            "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
            "required": ["data"],
        }
    }
}
"""The content of a response that is a stream, in the OpenAPI document: the schema is of one event."""
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}  # the second is for nginx, which would hold it back


def event(data: object, name: str | None = None) -> bytes:
    """Return one event with JSON ``data``."""
    return format_sse_event(data_str=to_line(data), event=name)


def streamed(events: AsyncIterator[bytes]) -> EventSourceResponse:
    """Return the response that sends ``events`` as they come."""
    return EventSourceResponse(events, headers=_HEADERS)

"""Responses whose JSON any client can decode, hostile text in it or not."""

from fastapi import Response

from qa.wire import to_line


class JsonResponse(Response):
    """JSON as ``qa.wire`` writes it."""

    media_type = "application/json"

    def render(self, content: object) -> bytes:
        """Return ``content``, JSON types, as UTF-8."""
        return to_line(content).encode()


class ProblemResponse(JsonResponse):
    """A problem (RFC 9457)."""

    media_type = "application/problem+json"

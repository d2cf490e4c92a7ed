"""Connections: how many there may be, and how long each may take to say what it wants."""

import asyncio
import sys
from typing import Any, ClassVar, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

if sys.platform != "win32":
    import resource

_OTHER_FILES: Final = 128
"""Files that the process may have open beside its connections."""


def most_connections(wanted: int) -> int:
    """Return how many of the ``wanted`` connections the system lets the process have, after asking it for as many."""
    if sys.platform == "win32":
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + _OTHER_FILES
    if soft < needed and (hard == resource.RLIM_INFINITY or soft < hard):
        soft = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(wanted, soft - _OTHER_FILES))


class BoundedProtocol(H11Protocol):
    """Uvicorn's protocol with at most ``most`` connections, whose heads arrive within ``head_timeout`` seconds.

    One connection more takes the place of the one that has waited longest for the head of a request; where none does,
    it is closed. None of this is logged: whoever opens connections in thousands would fill the disk with it.
    """

    most: ClassVar[int]
    head_timeout: ClassVar[float]
    waiting: ClassVar[dict["BoundedProtocol", None]]
    """Connections that have not sent the head of a request, the oldest first."""
    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Take a connection, if there is room or another gives way."""
        super().connection_made(transport)
        if len(self.connections) > self.most:
            next(iter(self.waiting), self)._abort()
        if self in self.connections:
            self._wait()

    def data_received(self, data: bytes) -> None:
        """Take what has been sent."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE:  # the head is complete, or is none at all
            self._wait_no_more()
        elif self._late is None:  # the next one on the same connection
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self.waiting[self] = None
        self._late = self.loop.call_later(self.head_timeout, self._abort)

    def _wait_no_more(self) -> None:
        self.waiting.pop(self, None)
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _abort(self) -> None:
        self._wait_no_more()
        self.connections.discard(self)
        self.transport.abort()


def bounded_protocol(*, most: int, head_timeout: float) -> type[BoundedProtocol]:
    """Return the protocol for one server with these bounds."""
    return type("Protocol", (BoundedProtocol,), {"most": most, "head_timeout": head_timeout, "waiting": {}})

"""How often someone may ask: counted in this process's memory, in a file, or at a server for several machines."""

import logging
from math import floor
from time import monotonic, time
from typing import Any, Final, Protocol

from limits import RateLimitItem
from limits.aio.storage import Storage
from limits.aio.strategies import SlidingWindowCounterRateLimiter as RemoteLimiter
from limits.errors import ConfigurationError
from limits.storage import MemoryStorage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter

from api.shared import SharedFile
from qa.errors import InputError
from qa.extras import install_command

_LOG = logging.getLogger(__name__)
_PATIENCE: Final = 1.0
"""Seconds that a server has to count a request."""
_TRY_AGAIN: Final = 5.0
"""Seconds after which a server that could not be reached is asked again."""
_REDIS: Final = ("redis", "rediss")


class Rates(Protocol):
    """Counts requests."""

    async def hit(self, limit: RateLimitItem, *who: str) -> float | None:
        """Count one request; if it is one too many, return the seconds until there may be another."""

    async def close(self) -> None:
        """Let go of connections."""


class LocalRates:
    """Counts in memory."""

    def __init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def hit(self, limit: RateLimitItem, *who: str) -> float | None:
        """Count one request."""
        if self._limiter.hit(limit, *who):
            return None
        return self._limiter.get_window_stats(limit, *who).reset_time - time()

    async def close(self) -> None:
        """Do nothing."""


class SharedRates:
    """Counts in a file, as ``limits`` does elsewhere.

    Counted are this period's requests, and of the last one's the part that the window still covers.
    """

    def __init__(self, shared: SharedFile) -> None:
        self._shared = shared

    async def hit(self, limit: RateLimitItem, *who: str) -> float | None:
        """Count one request."""
        length, now, key = limit.get_expiry(), time(), limit.key_for(*who)
        period, passed = int(now // length), now % length
        with self._shared.changing() as connection:
            rows = connection.execute(
                "SELECT period, count FROM counts WHERE who = ? AND period >= ?", (key, period - 1)
            )
            counts = dict(rows)
            before, current = counts.get(period - 1, 0), counts.get(period, 0)
            left = length - passed
            if floor(before * left / length + current) + 1 > limit.amount:
                return min(left, left % (length / before)) if before else left
            if not current:
                connection.execute("DELETE FROM counts WHERE over < ?", (now,))
            connection.execute(
                "INSERT INTO counts VALUES (?, ?, 1, ?) ON CONFLICT DO UPDATE SET count = count + 1",
                (key, period, (period + 2) * length),
            )
        return None

    async def close(self) -> None:
        """Do nothing: the file is closed by who opened it."""


class RemoteRates:
    """Counts at a server; while that cannot be reached, in memory: a service without limits would be no better off.

    ``uri`` is as the ``limits`` library has it; ``InputError`` if it cannot count there.
    """

    def __init__(self, uri: str) -> None:
        scheme = uri.partition(":")[0]
        self._pool: Any = None
        try:
            options: dict[str, Any] = {}
            if scheme in _REDIS:
                self._pool = _redis_pool(uri)
                options = {"implementation": "redispy", "connection_pool": self._pool}
            storage = storage_from_string(f"async+{uri}", wrap_exceptions=True, **options)
            assert isinstance(storage, Storage)  # noqa: S101
            self._limiter = RemoteLimiter(storage)
        except (ImportError, ConfigurationError, NotImplementedError, ValueError, TypeError) as error:
            # Not with the address, in which there may be a password.
            raise InputError(
                f"requests cannot be counted at {scheme}:// (GAZETTE_RATE_STORAGE): name a storage that the limits "
                f"library has, such as redis://HOST:6379, and install its client: {install_command('redis')}"
            ) from error
        self._local, self._unreachable_until = LocalRates(), 0.0

    async def hit(self, limit: RateLimitItem, *who: str) -> float | None:
        """Count one request."""
        if monotonic() < self._unreachable_until:
            return await self._local.hit(limit, *who)
        try:
            if await self._limiter.hit(limit, *who):
                return None
            return (await self._limiter.get_window_stats(limit, *who)).reset_time - time()
        except Exception as error:
            _LOG.warning("requests are counted by each process alone: %s", error)
            self._unreachable_until = monotonic() + _TRY_AGAIN
            return await self._local.hit(limit, *who)

    async def close(self) -> None:
        """Let go of its connections."""
        if self._pool is not None:
            await self._pool.disconnect()


def _redis_pool(uri: str) -> Any:
    """Return connections that ``limits`` has no way to close."""
    from redis.asyncio import BlockingConnectionPool

    return BlockingConnectionPool.from_url(
        uri, timeout=_PATIENCE, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
    )


def rates_of(storage: str | None, shared: SharedFile | None) -> Rates:
    """Return what counts at ``storage``, or without one in the file that is shared, or in memory."""
    if storage:
        return RemoteRates(storage)
    return SharedRates(shared) if shared else LocalRates()

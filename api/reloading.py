"""The service while the application runs: loaded once in the background, and replaced when its index has changed."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from api.service import Service
from qa.errors import GazetteError, StoreUnreachable

_LOG = logging.getLogger(__name__)
_LOOK_EVERY = 1.0
"""Seconds between two looks at the index."""


class NotReadyError(Exception):
    """The models are still being loaded, or could not be."""


@dataclass(slots=True)
class _Held:
    service: Service
    users: int = 0
    replaced: bool = False


class ReloadableService:
    """Lends out the newest service, and closes an older one when the last who uses it is done; threads may share it."""

    def __init__(self, load: Callable[[], Service], failed: Callable[[Exception], None]) -> None:
        self._load = load
        self._failed = failed
        self._lock = Lock()
        self._renewing = Lock()
        self._held: _Held | None = None
        self._error: Exception | None = None
        self._unreachable: StoreUnreachable | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to load, and then to watch the index."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Close the service; wait for a load that has begun, which cannot be broken off."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._replace(None)

    @property
    def is_ready(self) -> bool:
        """Whether there is a service to lend, over a store that answers."""
        return self._held is not None and self._unreachable is None

    @property
    def state(self) -> str:
        """How far it is, for people."""
        if self._error:
            return "the models could not be loaded: the server's log says why"
        if unreachable := self._unreachable:
            return str(unreachable)
        return "ready" if self.is_ready else "the models are being loaded"

    def revision(self) -> int:
        """Return the revision of the index that is lent, 0 before there is one."""
        with self._lock:
            return self._held.service.opened.state.generation if self._held else 0

    @contextmanager
    def lease(self) -> Iterator[Service]:
        """Lend the service; ``NotReadyError`` if there is none yet, ``StoreUnreachable`` while its store is."""
        with self._lock:
            held = self._held
            if self._unreachable is not None:
                raise StoreUnreachable(str(self._unreachable))
            if held is None:
                raise NotReadyError(self.state)
            held.users += 1
        try:
            yield held.service
        finally:
            self._give_back(held)

    def renew(self) -> None:
        """Take the newest revision of the index, if it is another than the one that is lent."""
        with self._renewing:
            with self._lock:
                held = self._held
                if held is None:
                    raise NotReadyError(self.state)
                held.users += 1
            try:
                newer = held.service.renewed()
            finally:
                self._give_back(held)
            if newer is not None:
                self._replace(newer)

    async def _run(self) -> None:
        loading = asyncio.create_task(asyncio.to_thread(self._load))
        try:
            self._replace(await asyncio.shield(loading))
        except asyncio.CancelledError:
            # Whatever was asked of the loading thread it will finish; what it returns has to be closed.
            loaded = await asyncio.gather(loading, return_exceptions=True)
            if not isinstance(loaded[0], BaseException):
                loaded[0].close()
            raise
        except Exception as error:
            _LOG.error("the models could not be loaded: %s", error, exc_info=not isinstance(error, GazetteError))
            self._error = error
            self._failed(error)
            return
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                await asyncio.to_thread(self.renew)
            except StoreUnreachable as error:
                if self._unreachable is None:
                    _LOG.error("questions are refused until it answers again: %s", error)
                self._unreachable = error
                continue
            except Exception:
                _LOG.exception("the index has changed and cannot be read; the revision before it is served on")
            if self._unreachable is not None:
                _LOG.warning("the store answers again")
                self._unreachable = None

    def _replace(self, service: Service | None) -> None:
        with self._lock:
            before, self._held = self._held, None if service is None else _Held(service)
            if before is None:
                return
            before.replaced = True
            idle = before.users == 0
        if idle:
            before.service.close()

    def _give_back(self, held: _Held) -> None:
        with self._lock:
            held.users -= 1
            over = held.replaced and held.users == 0
        if over:
            held.service.close()

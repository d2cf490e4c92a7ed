"""The service while the application runs: loaded once in the background, and replaced when its index has changed."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from api.service import Service
from qa.errors import GazetteError, IndexCorrupt, IndexMismatch, IndexMissing, StoreUnreachable

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
        self._load_error: Exception | None = None
        self._look_error: Exception | None = None
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
        """Whether there is a service to lend."""
        return self._held is not None

    @property
    def is_current(self) -> bool:
        """Whether there is a service to lend, and the index could be reached, and read by its encoder, just now."""
        return self.is_ready and not _trouble(self._look_error)

    @property
    def state(self) -> str:
        """How far it is, for people."""
        if self._load_error:
            return "the models could not be loaded: the server's log says why"
        return _trouble(self._look_error) or ("ready" if self.is_ready else "the models are being loaded")

    def revision(self) -> int:
        """Return the revision of the index that is lent, 0 before there is one."""
        with self._lock:
            return self._held.service.opened.state.generation if self._held else 0

    @contextmanager
    def lease(self) -> Iterator[Service]:
        """Lend the service; ``NotReadyError`` if there is none yet, ``StoreUnreachable`` while its store is."""
        if isinstance(error := self._look_error, StoreUnreachable):
            raise StoreUnreachable(str(error))
        with self._lent() as service:
            yield service

    def renew(self) -> None:
        """Take the newest revision of the index, if it is another than the one that is lent."""
        with self._renewing:
            with self._lent() as service:
                newer = service.renewed()
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
            self._load_error = error
            self._failed(error)
            return
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            try:
                await asyncio.to_thread(self.renew)
            except Exception as error:
                self._note(error)
            else:
                self._note(None)

    @contextmanager
    def _lent(self) -> Iterator[Service]:
        with self._lock:
            held = self._held
            if held is None:
                raise NotReadyError(self.state)
            held.users += 1
        try:
            yield held.service
        finally:
            self._give_back(held)

    def _note(self, error: Exception | None) -> None:
        """Remember how the last look at the index went; log what is wrong when it begins and when it is over."""
        before, self._look_error = self._look_error, error
        if error is None:
            if before:
                _LOG.info("the index can be read again")
        elif before is None or str(error) != str(before):
            goes_on = (
                "questions are refused until it answers"
                if isinstance(error, StoreUnreachable)
                else "what was open before is served on"
            )
            traced = not isinstance(error, GazetteError)
            _LOG.error("the index cannot be read: %s; %s", error, goes_on, exc_info=traced)

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


def _trouble(error: Exception | None) -> str:
    """Return why a replica whose last look at the index failed so is not ready, for people; nothing if it is.

    A revision that is damaged is so for all replicas alike: the one before it is served on by all of them. In other
    trouble, another replica may be better off.
    """
    match error:
        case None | IndexCorrupt():
            return ""
        case StoreUnreachable():
            return str(error)
        case IndexMissing():
            return "the index cannot be read: it is not there, or cannot be reached"
        case IndexMismatch():
            return "the index cannot be read: it has another encoder or format"
        case _:
            return "the index cannot be read: it cannot be reached"

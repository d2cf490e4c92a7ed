"""Pictures of pages, drawn a few at a time in processes of their own, and kept within a bound."""

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Final

from cachetools import LRUCache

from api.workers import BusyError
from qa.errors import InputError, SourceError

CACHED: Final = 64 << 20
"""Bytes of pictures that are kept."""
DRAWN_AT_ONCE: Final = 2
MOST_WAITING: Final = 12
"""Requests that are drawn for or wait for their turn; each has a thread meanwhile."""
WAIT: Final = 10.0
"""Seconds that a request waits for its turn."""
RETRY_AFTER: Final = 5
"""Seconds."""
_BUSY: Final = "too many pages at once: try again later"

_LOG: Final = logging.getLogger(__name__)
_Key = tuple[str, tuple[int, int] | None, str, int, int]


class Pictures:
    """Draws pages, ``DRAWN_AT_ONCE`` of them, and keeps those that were asked for last; threads share it."""

    def __init__(self) -> None:
        self._kept: LRUCache[_Key, bytes] = LRUCache(CACHED, getsizeof=len)
        self._lock = Lock()
        self._turns, self._places = BoundedSemaphore(DRAWN_AT_ONCE), BoundedSemaphore(MOST_WAITING)

    def page(self, place: str | Path, sha256: str, number: int, side: int) -> bytes:
        """Return a page of the file of a path or URI as PNG.

        Raises ``SourceError`` if there is none, ``BusyError`` if others take too long.
        """
        from qa.ingest import at_hand, origin_of, picture_apart  # they bring ingestion, which questions need nothing of

        try:
            origin = origin_of(place)
            about = origin.stat() if isinstance(origin, Path) else None
        except (OSError, ValueError) as error:
            raise SourceError(Path(place).name, "the file is no longer where it was ingested from") from error
        except InputError as error:
            raise self._unfetched(place, error) from error
        version = (about.st_mtime_ns, about.st_size) if about else None  # of a copy, the hash is all that counts
        key = (str(place), version, sha256, number, side)
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None:
            return kept
        with self._turn(), ExitStack() as kept_open:
            try:
                path = kept_open.enter_context(at_hand(origin))
            except SourceError as error:  # only what is elsewhere has to be fetched
                raise self._unfetched(place, error) from error
            drawn = picture_apart(path, sha256, number, side)
        with self._lock:
            if len(drawn) <= CACHED:
                self._kept[key] = drawn
        return drawn

    @staticmethod
    def _unfetched(place: str | Path, error: InputError) -> SourceError:
        """Return what callers are told; the words of the other system may have its hosts and accounts in them."""
        _LOG.warning("a page cannot be shown, as its file cannot be fetched: %s", error)
        return SourceError(str(place), "its file cannot be fetched from where it was; the server's log says why")

    @contextmanager
    def _turn(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise BusyError(RETRY_AFTER, _BUSY)
        try:
            if not self._turns.acquire(timeout=WAIT):
                raise BusyError(RETRY_AFTER, _BUSY)
            try:
                yield
            finally:
                self._turns.release()
        finally:
            self._places.release()

"""How many questions are read at a time, how many may wait, and for how long."""

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import perf_counter
from typing import Any, TypeVar

T = TypeVar("T")

_WEIGHT = 0.1
"""Of the last task in the moving average of how long one takes."""


class BusyError(Exception):
    """All workers are busy and the queue is full; ``retry_after`` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many questions at once: try again later")
        self.retry_after = retry_after


class Workers:
    """``concurrency`` threads and a queue of at most ``queue`` tasks, served in order.

    For the event loop alone. A task that has begun is never broken off: it keeps its thread until it returns, whether
    or not anybody waits for it still.
    """

    def __init__(self, *, concurrency: int, queue: int) -> None:
        self._concurrency = concurrency
        self._most = concurrency + queue
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="question")
        self._pending: set[Future[Any]] = set()
        self._mean = 0.1

    @property
    def running(self) -> int:
        """Tasks that have a thread."""
        return min(len(self._pending), self._concurrency)

    @property
    def waiting(self) -> int:
        """Tasks that do not have one yet."""
        return len(self._pending) - self.running

    def submit(self, task: Callable[[], T]) -> asyncio.Future[T]:
        """Return the result of ``task`` to come; ``BusyError`` if the queue is full.

        Cancelling it drops the task if it has not begun.
        """
        if len(self._pending) >= self._most:
            raise BusyError(max(1, math.ceil(len(self._pending) * self._mean / self._concurrency)))
        loop = asyncio.get_running_loop()
        future = self._pool.submit(self._timed, task)
        self._pending.add(future)
        future.add_done_callback(lambda done: loop.call_soon_threadsafe(self._pending.discard, done))
        return asyncio.wrap_future(future)

    def close(self) -> None:
        """Drop what waits, and return when what has begun is done."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _timed(self, task: Callable[[], T]) -> T:
        begun = perf_counter()
        try:
            return task()
        finally:
            self._mean += _WEIGHT * (perf_counter() - begun - self._mean)

"""How many questions are read at a time, how many may wait, whose turn it is, and for how long."""

import asyncio
import math
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from time import perf_counter
from typing import Any, TypeVar

T = TypeVar("T")

_WEIGHT = 0.1
"""Of the last task in the moving average of how long one takes."""


class BusyError(Exception):
    """All workers are busy, and there is no place to wait; ``retry_after`` is in seconds."""

    def __init__(self, retry_after: int, message: str = "too many questions at once: try again later") -> None:
        super().__init__(message)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    run: Callable[[], Any]
    result: asyncio.Future[Any]


class Workers:
    """``concurrency`` threads, and a queue of at most ``queue`` tasks in which every caller has a share.

    No more wait than will have their turn within ``patience`` seconds, at the pace of the last ones: whoever would wait
    in vain is told so at once.

    Callers take turns, each with their own tasks in order. Where no place is left, a caller with fewer tasks in it
    than another takes the place of the other's last. For the event loop alone. A task that has begun is never broken
    off: it keeps its thread until it returns, whether or not anybody waits for it still.
    """

    def __init__(self, *, concurrency: int, queue: int, patience: float = math.inf) -> None:
        self._concurrency = concurrency
        self._queue = queue
        self._patience = patience
        self._pool = ThreadPoolExecutor(concurrency, thread_name_prefix="question")
        self._running = 0
        self._waiting: dict[str, deque[_Task]] = {}  # whose turn is next comes first
        self._mean = 0.1

    @property
    def running(self) -> int:
        """Tasks that have a thread."""
        return self._running

    @property
    def waiting(self) -> int:
        """Tasks that do not have one yet."""
        return sum(map(len, self._waiting.values()))

    @property
    def places(self) -> int:
        """Tasks that may wait, as things are: one that begins after ``patience`` less its own time is in vain."""
        return int(min(self._queue, max(0.0, self._patience / self._mean - 1) * self._concurrency))

    def submit(self, run: Callable[[], T], caller: str = "") -> asyncio.Future[T]:
        """Return the result of ``run`` to come; ``BusyError``, now or as the result, if there is no place for it.

        Cancelling it drops the task if it has not begun, and frees its place at once.
        """
        task = _Task(run, asyncio.get_running_loop().create_future())
        if self._running < self._concurrency:
            self._start(task)
            return task.result
        if self.waiting >= self.places:
            self._make_room(caller)
        self._waiting.setdefault(caller, deque()).append(task)
        task.result.add_done_callback(lambda _: self._drop(caller, task))
        return task.result

    def drop_waiting(self) -> None:
        """Drop what waits."""
        for task in [task for tasks in self._waiting.values() for task in tasks]:
            task.result.cancel()
        self._waiting.clear()

    def close(self) -> None:
        """Return when what has begun is done; not on the event loop, which it would block."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _make_room(self, caller: str) -> None:
        most = max(self._waiting.values(), key=len, default=None)
        refusal = BusyError(max(1, math.ceil((self._running + self.waiting) * self._mean / self._concurrency)))
        if most is None or len(most) <= len(self._waiting.get(caller, ())) + 1:
            raise refusal
        most.pop().result.set_exception(refusal)

    def _drop(self, caller: str, task: _Task) -> None:
        tasks = self._waiting.get(caller)
        if tasks is not None and task in tasks:
            tasks.remove(task)
            if not tasks:
                del self._waiting[caller]

    def _start(self, task: _Task) -> None:
        loop = asyncio.get_running_loop()
        self._running += 1
        begun = self._pool.submit(self._timed, task.run)
        begun.add_done_callback(lambda done: loop.call_soon_threadsafe(self._finish, task, done))

    def _finish(self, task: _Task, done: Future[Any]) -> None:
        self._running -= 1
        if not task.result.done():
            error = done.exception()
            if error is None:
                task.result.set_result(done.result())
            else:
                task.result.set_exception(error)
        while self._waiting and self._running < self._concurrency:
            self._start_next()

    def _start_next(self) -> None:
        caller = next(iter(self._waiting))
        tasks = self._waiting.pop(caller)
        task = tasks.popleft()
        if tasks:
            self._waiting[caller] = tasks  # behind all others
        if not task.result.done():
            self._start(task)

    def _timed(self, task: Callable[[], T]) -> T:
        begun = perf_counter()
        result = task()
        # What failed, or was given up, says little of how long the next one takes.
        self._mean += _WEIGHT * (perf_counter() - begun - self._mean)
        return result

"""Workers that come and go, and tasks that do not: each is done, by another worker if the first one dies.

Ray starts and supervises the workers; which of them does what is decided here, since its own retries would wait for a
worker that comes back, on a node that does not.
"""

from collections import deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, Final, Self

from qa.cluster.connection import ray
from qa.cluster.worker import THREADS, LoadEncoder, Worker
from qa.errors import ClusterError
from qa.store import EncoderIdentity

AT_A_TIME: Final = 2
"""Tasks that a worker has: one that it does, and one that it can go on with at once."""
DEATHS: Final = 3
"""Workers that may die of a task before it is given up."""
STARTS_WITHIN: Final = 300.0
"""Seconds for the first worker to be ready, or for another when all have died."""
_FETCHED_WITHIN: Final = 120.0
"""Seconds for the result of a task to come from its node."""


@dataclass(eq=False, slots=True)
class Task:
    """A method of a worker, with what it is given; ``deaths`` counts the workers that died at it."""

    method: str
    argument: Any
    deaths: int = 0


class GivenUp(Exception):
    """What a task comes to that workers died of."""


@dataclass(eq=False, slots=True)
class _Hired:
    actor: Any
    ready: bool = False
    tasks: list[Task] = field(default_factory=list)


class Pool:
    """A worker for each core of the cluster, as long as the block lasts; all have the encoder of one ``identity``."""

    def __init__(self, load: LoadEncoder, identity: EncoderIdentity) -> None:
        self._load, self._identity = ray.put(load), identity
        self._make = ray.remote(num_cpus=THREADS, max_restarts=0, max_task_retries=0)(Worker)
        self._waiting = deque[Task]()
        self._hired = list[_Hired]()
        self._asked = dict[Any, tuple[_Hired, Task | None]]()
        self.wanted = 0
        self._look_again, self._none_since, self._failed, self._why = (
            0.0,
            monotonic(),
            0,
            "the cluster has no free core",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._hired:
            with suppress(Exception):  # who is gone need not be sent away
                ray.kill(worker.actor)

    @property
    def ready(self) -> int:
        """How many workers can be given tasks; ``wanted`` is how many there will be."""
        return sum(worker.ready for worker in self._hired)

    def submit(self, tasks: Iterable[Task], *, first: bool = False) -> None:
        """Have tasks done in this order, after or before those that wait."""
        if first:
            self._waiting.extendleft(reversed(list(tasks)))
        else:
            self._waiting.extend(tasks)

    def results(self, seconds: float) -> list[tuple[Task, Any]]:
        """Return what has been done, waiting for the first of it for at most ``seconds``, in no order.

        A task that raised an exception, or that ``DEATHS`` workers died of, comes with the exception. Raises
        ``ClusterError`` if there are no workers that could do anything.
        """
        try:
            self._hire()
            self._assign()
            done, _ = ray.wait(list(self._asked), num_returns=1, timeout=seconds)
            if done:
                done, _ = ray.wait(list(self._asked), num_returns=len(self._asked), timeout=0)
            found = [each for ref in done for each in self._taken(ref)]
        except ray.exceptions.RayError as error:
            raise ClusterError(f"the Ray cluster fails: {_first_line(error)}; run the same again to go on") from error
        self._require_workers()
        return found

    def _hire(self) -> None:
        if monotonic() < self._look_again:
            return
        self._look_again = monotonic() + 1.0
        cores = sum(node["Resources"].get("CPU", 0) for node in ray.nodes() if node["Alive"])
        self.wanted = max(1, int(cores) // THREADS)
        while len(self._hired) < self.wanted:
            worker = _Hired(self._make.options(scheduling_strategy="SPREAD").remote(self._load, str(Path.cwd())))
            self._hired.append(worker)
            self._asked[worker.actor.ready.remote()] = worker, None

    def _assign(self) -> None:
        for places in range(1, AT_A_TIME + 1):  # nobody has a second one while another has none
            for worker in self._hired:
                if worker.ready and len(worker.tasks) < places and self._waiting:
                    task = self._waiting.popleft()
                    worker.tasks.append(task)
                    self._asked[getattr(worker.actor, task.method).remote(task.argument)] = worker, task

    def _taken(self, ref: Any) -> list[tuple[Task, Any]]:
        if ref not in self._asked:  # its worker was lost a moment ago
            return []
        worker, task = self._asked[ref]
        try:
            result = ray.get(ref, timeout=_FETCHED_WITHIN)
        except ray.exceptions.RayTaskError as error:
            if task is None:
                raise ClusterError(f"a worker cannot start: {_first_line(error.cause)}") from error
            result = error.cause
        except (ray.exceptions.ObjectLostError, ray.exceptions.GetTimeoutError) as error:
            if task is None:
                return self._lost(worker, error)
            del self._asked[ref]  # it was done, and what it came to went with its node
            worker.tasks.remove(task)
            self._waiting.appendleft(task)
            return []
        except ray.exceptions.RayError as error:
            return self._lost(worker, error)
        del self._asked[ref]
        if task is None:
            self._welcome(worker, result)
            return []
        worker.tasks.remove(task)
        return [(task, result)]

    def _welcome(self, worker: _Hired, identity: EncoderIdentity) -> None:
        if identity != self._identity:
            raise ClusterError(
                f"a node has another encoder ({identity.name}, {identity.fingerprint[:12]}) than this machine "
                f"({self._identity.name}, {self._identity.fingerprint[:12]}): install the same versions on all of them"
            )
        worker.ready, self._failed = True, 0

    def _lost(self, worker: _Hired, error: Exception) -> list[tuple[Task, Any]]:
        """Let a worker go, and have others do what it had; what it was at comes back where too many died of it."""
        self._hired.remove(worker)
        self._asked = {ref: held for ref, held in self._asked.items() if held[0] is not worker}
        with suppress(Exception):
            ray.kill(worker.actor)
        if not worker.ready:
            self._failed, self._why = self._failed + 1, _first_line(error)
        if worker.tasks:
            worker.tasks[0].deaths += 1  # the others it had not begun
        lost = [task for task in worker.tasks if task.deaths >= DEATHS]
        self.submit((task for task in worker.tasks if task.deaths < DEATHS), first=True)
        return [(task, GivenUp(f"{DEATHS} workers died of it")) for task in lost]

    def _require_workers(self) -> None:
        if self.ready:
            self._none_since = monotonic()
        elif self._failed > DEATHS * self.wanted or monotonic() - self._none_since > STARTS_WITHIN:
            raise ClusterError(f"no worker of the Ray cluster gets to work: {self._why}")


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__

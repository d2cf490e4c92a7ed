"""Ray clusters for tests, of several nodes on this machine, and what their workers are given."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psutil

from embeddings.encoder import Kind, Vectors
from tests.fakes import FakeEncoder

STORE = 100 << 20
PATIENCE = 120.0
"""Seconds that a node may take to join: Ray's half minute is too short for a machine with other work."""
ATTEMPTS = 3


def missing_ray() -> str | None:
    """Say why no cluster can be started; ``None`` if one can."""
    return None if find_spec("ray") else "ray is not installed: pip install 'gazette-qa[ray]'"


class LoggedEncoder(FakeEncoder):
    """Writes down who encodes how much, and takes its time."""

    def __init__(self, log: Path, pause: float, dimension: int) -> None:
        super().__init__(dimension)
        self._log, self._pause = log, pause

    def encode(self, texts: Sequence[str], kind: Kind) -> Vectors:
        time.sleep(self._pause)
        vectors = super().encode(texts, kind)
        with self._log.open("a") as log:
            log.write(f"{os.getpid()} {len(texts)}\n")
        return vectors


def load(*, log: Path, pause: float = 0.0, together: int = 1, dimension: int = 64, threads: int) -> LoggedEncoder:
    """Load it, once as many processes as ``together`` have begun to."""
    assert threads == 1
    log.with_suffix(f".{os.getpid()}").touch()
    deadline = time.monotonic() + 60
    while len(list(log.parent.glob(f"{log.name}.*"))) < together and time.monotonic() < deadline:
        time.sleep(0.02)
    return LoggedEncoder(log, pause, dimension)


def encoded_by(log: Path) -> Counter[int]:
    """Return how many passages each process has encoded."""
    found = Counter[int]()
    for line in log.read_text().splitlines() if log.exists() else ():
        process, count = line.split()
        found[int(process)] += int(count)
    return found


class Poison:
    """What a worker dies of when it reads it."""

    def read(self) -> None:
        os._exit(1)


class TwoNodes:
    """A cluster of two nodes with one core each; the second can be killed, and comes back."""

    def __init__(self) -> None:
        from ray.cluster_utils import Cluster

        from qa.cluster.connection import ray  # noqa: F401  first, so that the nodes send nothing

        node = {"num_cpus": 1, "object_store_memory": STORE}
        self._options = node
        self._cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
        self._second: Any = None
        self.restore()

    @property
    def address(self) -> str:
        return str(self._cluster.address)

    def restore(self) -> None:
        if self._second is None:
            self._second = self._cluster.add_node(wait=False, **self._options)
            self._cluster.wait_for_nodes(PATIENCE)

    def kill_second(self) -> set[int]:
        """End a node with all that runs on it as ``kill -9`` does; return the processes."""
        (raylet,) = self._second.all_processes["raylet"]
        process = psutil.Process(raylet.process.pid)
        killed = [process, *process.children(recursive=True)]
        for each in killed:
            each.send_signal(signal.SIGKILL)
        self._cluster.remove_node(self._second, allow_graceful=False)
        self._second = None
        return {each.pid for each in killed}

    def stop(self) -> None:
        self._cluster.shutdown()


@contextmanager
def two_nodes() -> Iterator[TwoNodes]:
    cluster = _patiently_started()
    try:
        yield cluster
    finally:
        cluster.stop()


def _patiently_started() -> TwoNodes:
    """Start a cluster, and another where the first's processes were late: how long Ray waits for those is fixed."""
    for _ in range(ATTEMPTS - 1):
        with suppress(Exception):  # which one differs by the process that was late
            return TwoNodes()
    return TwoNodes()

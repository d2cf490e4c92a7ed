"""Several processes that answer on one port: started, watched, and stopped together."""

import logging
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context, parent_process, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

from embeddings.errors import EncoderError, VectorIndexError
from qa.cli.output import FAILED
from qa.errors import GazetteError

if TYPE_CHECKING:
    from api.settings import ServerSettings

METRICS: Final = "PROMETHEUS_MULTIPROC_DIR"
"""The folder in which processes count together, for the library of Prometheus."""
_LOG = logging.getLogger(__name__)
_AGAIN: Final = 1.0
"""Seconds until a process that has died is replaced."""
_LOOK_EVERY: Final = 0.5
_STOPPING: Final = (signal.SIGTERM, signal.SIGINT)
_GRACE: Final = 10.0
"""Seconds beyond ``drain`` in which a process has to stop."""

Serve = Callable[["ServerSettings", socket.socket], None]
"""Serves on a socket until a signal says to stop; a function of a module, raises what cannot be mended."""


class WorkerError(GazetteError):
    """A process cannot begin to answer, for a reason that starting it again would not mend."""


def serve_together(settings: "ServerSettings", bound: socket.socket, serve: Serve) -> None:
    """Have ``settings.workers`` processes serve on a socket until a signal says to stop.

    One that dies is replaced. ``WorkerError`` with the reason of the first that cannot begin.
    """
    with TemporaryDirectory(prefix="gazette-", ignore_cleanup_errors=True) as folder, _stop_signals() as received:
        os.environ[METRICS] = folder
        values = {name: getattr(settings, name) for name in type(settings).model_fields}
        values["shared"] = settings.shared or Path(folder, "shared.sqlite")
        workers = [_Worker(serve, values, bound) for _ in range(settings.workers)]
        try:
            while not received:
                wait([worker.process.sentinel for worker in workers], _LOOK_EVERY)
                for place, worker in enumerate(workers):
                    if received or worker.process.is_alive():
                        continue
                    if reason := worker.reason():
                        raise WorkerError(reason)
                    _LOG.warning("a process has ended (%s) and is replaced", worker.process.exitcode)
                    time.sleep(_AGAIN)
                    workers[place] = _Worker(serve, values, bound)
        finally:
            for worker in workers:
                worker.process.terminate()
            until = time.monotonic() + settings.drain + _GRACE
            for worker in workers:
                worker.process.join(max(0.0, until - time.monotonic()))
                worker.process.kill()
                worker.process.join()
    # Passed on, as the system expects it of a process that was stopped.
    signal.raise_signal(received[0])


class _Worker:
    def __init__(self, serve: Serve, values: dict[str, Any], bound: socket.socket) -> None:
        context = get_context("spawn")
        self._said, saying = context.Pipe(duplex=False)
        self.process: SpawnProcess = context.Process(target=_work, args=(serve, values, bound, saying))
        with _interrupts_held():
            self.process.start()
        saying.close()

    def reason(self) -> str | None:
        """Return why the process, which has ended, cannot serve; ``None`` if another might."""
        try:
            return str(self._said.recv()) if self._said.poll() else None
        except EOFError:
            return None


def _work(serve: Serve, values: dict[str, Any], bound: socket.socket, saying: Connection) -> None:
    from api.settings import ServerSettings

    Thread(target=_end_with_parent, daemon=True).start()
    try:
        serve(ServerSettings(**values), bound)
    except (GazetteError, EncoderError, VectorIndexError, OSError) as error:
        saying.send(str(error))
        sys.exit(FAILED)


def _end_with_parent() -> None:
    """Stop when the process that started this one has died: nobody would stop it any more."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold interrupts back for the length of the block, and from what it starts for good.

    Ctrl-C goes to all processes of a terminal. Those that answer are stopped by the one that started them; while they
    still import, each would show where it was interrupted.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # started inside the block, it would let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _stop_signals() -> Iterator[list[int]]:
    """Give a list that the signals that say to stop are added to."""
    received = list[int]()
    before = {each: signal.signal(each, lambda number, _: received.append(number)) for each in _STOPPING}
    try:
        yield received
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

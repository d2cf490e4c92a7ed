"""The one door to Ray: it must not be imported before it is kept from the network, nor on any path without ``--ray``.

A cluster that ``local`` starts sends no usage statistics, and does not ask the services of clouds which of them it is
in, which Ray does even so. One that others have started is as they started it.
"""

import os

# Read when ray is imported, and by the processes that it starts.
os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
os.environ["RAY_USAGE_STATS_PROMPT_ENABLED"] = "0"
os.environ.setdefault("RAY_agent_register_timeout_ms", "120000")  # a busy machine takes longer than its 20 s

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import ray

from qa.errors import ClusterError, InputError

__all__ = ["connected", "ray"]

_ADDRESS: Final = re.compile(r"auto|local|(?:ray://)?\[?(?P<host>[\w.:-]+?)\]?:(?P<port>[0-9]{1,5})")
_ANSWERS_WITHIN: Final = 5.0
"""Seconds. Ray itself tries for minutes, and then ends the process."""
_QUIET: Final[dict[str, Any]] = {"log_to_driver": False, "logging_level": "ERROR"}
_LOCAL: Final[dict[str, Any]] = {"include_dashboard": False, "object_store_memory": 256 << 20}
_NOWHERE: Final = "http://127.0.0.1:9"
"""A proxy that there is none: port 9 is to discard what it gets (RFC 863)."""


@contextmanager
def connected(address: str) -> Iterator[None]:
    """Connect this process to a cluster, or start one of this machine (``local``), for the length of the block.

    Raises ``InputError`` for what is no address, and ``ClusterError`` if nothing answers there.
    """
    _require_listening(address)
    try:
        if address == "local":
            with _shut_in():
                ray.init(address=address, **_QUIET, **_LOCAL)
        else:
            ray.init(address=address, **_QUIET)
    except (Exception, SystemExit) as error:  # of many kinds, Exception itself among them; Ray may end the process
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ClusterError(
            f"no Ray cluster can be used at {address}: {reason}; if it asks for a token, set RAY_AUTH_MODE=token"
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


@contextmanager
def _shut_in() -> Iterator[None]:
    """Give processes that are started in the block, and those that these start, no way out by HTTP."""
    before = dict(os.environ)
    os.environ |= {"http_proxy": _NOWHERE, "https_proxy": _NOWHERE, "no_proxy": "localhost,127.0.0.1"}
    try:
        yield
    finally:
        for name in ("http_proxy", "https_proxy", "no_proxy"):
            if name in before:
                os.environ[name] = before[name]
            else:
                del os.environ[name]


def _require_listening(address: str) -> None:
    found = _ADDRESS.fullmatch(address)
    if found is None or int(found["port"] or 0) > 65535:
        raise InputError(f"{address!r} is no address of a Ray cluster: write auto, local, HOST:PORT or ray://HOST:PORT")
    if found["host"]:
        try:
            socket.create_connection((found["host"], int(found["port"])), _ANSWERS_WITHIN).close()
        except UnicodeError as error:  # two dots in a row, or more than 63 characters between them
            raise InputError(f"{address!r}: no host can be called so: write auto, local or HOST:PORT") from error
        except OSError as error:
            raise ClusterError(
                f"no Ray cluster answers at {address} ({error.strerror or error}): start one with ray start --head, or "
                "use --ray local"
            ) from error

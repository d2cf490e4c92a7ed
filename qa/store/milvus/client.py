"""Requests to a Milvus server: each within a time, and every failure an error that says what to do."""

import logging
import os
import re
import socket
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from itertools import islice
from threading import Lock
from typing import Any, Final, TypeVar

import grpc
from pymilvus import MilvusClient, MilvusException

from qa.addresses import MilvusAddress
from qa.errors import IndexUnwritable, StoreUnreachable
from qa.store.milvus.schema import KEY, Consistency, Row

T = TypeVar("T")

TOKEN_VARIABLE: Final = "GAZETTE_MILVUS_TOKEN"  # noqa: S105 - the name of a variable
CONNECT: Final = 3.0
"""Seconds for the first connection."""
SELDOM_PINGED: Final = {"grpc.keepalive_time_ms": 300_000}
"""A server that is pinged more often than every five minutes may hang up (gRPC's "too many pings")."""
READ: Final = 8.0
"""Seconds for a request of a question."""
WRITE: Final = 120.0
"""Seconds for a request of a writer: a server that flushes or compacts may let it wait."""
BUILT: Final = 300.0
"""Seconds that a writer waits for a graph, at most."""
AT_ONCE: Final = 500
"""Rows of a request to write; with their vectors some 5 MB, and servers take 64."""
PAGE: Final = 2000
"""Rows of a page of a long list."""
EXPLORED: Final = 512
"""Passages of the graph that a search looks at, at least."""
MOST: Final = 16384
"""Rows that a server returns to one request."""
_UNLOADED: Final = re.compile(r"[Cc]ollection '(\w+)' is in state 'released'")
_UNREACHABLE: Final = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.CANCELLED,
)

_LOG: Final = logging.getLogger(__name__)
# Failures are raised, and told once, by whoever catches them.
logging.getLogger("pymilvus").setLevel(logging.CRITICAL)


class Server:
    """The collections of one server; threads may share it."""

    def __init__(self, address: MilvusAddress) -> None:
        self.address = address
        self._lock = Lock()
        self._client: MilvusClient | None = None

    def search(
        self,
        collection: str,
        field: str,
        vector: object,
        limit: int,
        where: str,
        fields: Sequence[str],
        consistency: Consistency,
    ) -> list[tuple[Row, float]]:
        """Return the rows nearest to ``vector`` by inner product, each with the latter, best first."""
        params = {"metric_type": "IP", "params": {"ef": max(2 * limit, EXPLORED)} if field == "dense" else {}}
        found = self._asked(
            lambda client: client.search(
                collection,
                [vector],
                filter=where,
                anns_field=field,
                limit=min(limit, MOST),
                output_fields=list(fields),
                search_params=params,
                consistency_level=consistency,
                timeout=READ,
            )
        )
        return [(dict(hit["entity"]), float(hit["distance"])) for hit in found[0]]

    def query(
        self, collection: str, where: str, fields: Sequence[str], consistency: Consistency, timeout: float = READ
    ) -> list[Row]:
        """Return the rows of which a condition is true, at most ``MOST``."""
        found = self._asked(
            lambda client: client.query(
                collection,
                filter=where,
                output_fields=list(fields),
                limit=MOST,
                consistency_level=consistency,
                timeout=timeout,
            )
        )
        return [dict(row) for row in found]

    def count(self, collection: str, where: str, consistency: Consistency, timeout: float = WRITE) -> int:
        """Return how many rows a condition is true of."""
        found = self._asked(
            lambda client: client.query(
                collection, filter=where, output_fields=["count(*)"], consistency_level=consistency, timeout=timeout
            )
        )
        return int(found[0]["count(*)"])

    def each(
        self, collection: str, where: str, fields: Sequence[str], consistency: Consistency, page: int = PAGE
    ) -> Iterator[Row]:
        """Yield all rows of which a condition is true, however many, by key."""
        after = ""
        while True:
            condition = f'{where} and {KEY} > "{after}"' if after else where

            def asked(client: MilvusClient, condition: str = condition) -> Any:
                return client.query(
                    collection,
                    filter=condition,
                    output_fields=[KEY, *fields],
                    limit=page,
                    consistency_level=consistency,
                    timeout=WRITE,
                )

            rows = sorted((dict(row) for row in self._asked(asked)), key=lambda row: str(row[KEY]))
            yield from rows
            if len(rows) < page:
                return
            after = rows[-1][KEY]

    def upsert(self, collection: str, rows: Iterable[Row]) -> None:
        """Write rows, in place of those of the same keys; they are durable when this returns."""
        for batch in batched(rows, AT_ONCE):
            self._asked(partial(_upsert, collection=collection, rows=batch))

    def seal(self, collection: str) -> None:
        """Have the server build the graph of what it holds in memory, and wait; a failure costs nothing but time."""
        try:
            self._asked(lambda client: client.flush(collection, timeout=WRITE))
            deadline = time.monotonic() + BUILT
            while time.monotonic() < deadline:
                told = self._asked(lambda client: client.describe_index(collection, "dense", timeout=READ))
                # A server of 2.3 calls rows pending for some time after it has built their graph.
                if not told.get("pending_index_rows") or told.get("indexed_rows", 0) >= told["total_rows"]:
                    break
                time.sleep(0.5)
        except (StoreUnreachable, IndexUnwritable) as error:
            _LOG.info("not sealed, which the server does by itself in time: %s", error)

    def delete(self, collection: str, keys: Iterable[str]) -> None:
        """Delete rows by their keys."""
        for batch in batched(keys, PAGE):
            self._asked(partial(_delete, collection=collection, keys=batch))

    def resolved(self, alias: str, timeout: float = READ) -> str | None:
        """Return the name of the collection behind an alias, or of the one that has this name; ``None``: neither."""

        def asked(client: MilvusClient) -> str | None:
            if not client.has_collection(alias, timeout=timeout):
                return None
            return str(client.describe_collection(alias, timeout=timeout)["collection_name"])

        return self._asked(asked)

    def require_reachable(self, timeout: float) -> None:
        """Raise ``StoreUnreachable`` if nothing listens there; the client itself would try for seconds to connect."""
        try:
            socket.create_connection((self.address.host, self.address.port), timeout).close()
        except OSError as error:
            raise StoreUnreachable(
                f"{self.address}: the server does not answer ({error.strerror or error}); see that it runs"
            ) from error

    def ask(self, question: Callable[[MilvusClient], T]) -> T:
        """Return what a request of another kind brings."""
        return self._asked(question)

    def _asked(self, question: Callable[[MilvusClient], T]) -> T:
        try:
            client = self._connected()
            try:
                return question(client)
            except MilvusException as error:
                # Some servers have to be told again, when they have been restarted, what is to be searched.
                unloaded = _UNLOADED.search(str(error.message))
                if unloaded is None:
                    raise
                client.load_collection(unloaded[1], timeout=READ)
                return question(client)
        except (MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            raise self._told(error) from error

    def _connected(self) -> MilvusClient:
        with self._lock:
            if self._client is None:
                token = os.environ.get(TOKEN_VARIABLE, "")
                self._client = MilvusClient(
                    uri=self.address.uri, token=token, timeout=CONNECT, grpc_options=SELDOM_PINGED
                )
            return self._client

    def _told(self, error: Exception) -> Exception:
        code = error.code if isinstance(error, MilvusException) else getattr(error, "code", lambda: None)()
        cause: BaseException | None = error
        seen = set[int]()  # the client raises errors from themselves
        while cause is not None and not isinstance(cause, grpc.RpcError) and id(cause) not in seen:
            seen.add(id(cause))
            cause = cause.__cause__
        status = cause.code() if isinstance(cause, grpc.Call) else code
        words = " ".join(str(getattr(error, "message", error)).split())[:300]
        if status in _UNREACHABLE or code in (2, *_UNREACHABLE) or "Retry timeout" in words:
            return StoreUnreachable(f"{self.address}: the server does not answer ({words}); see that it runs")
        return IndexUnwritable(f"{self.address}: the server refused a request ({words})")


def _upsert(client: MilvusClient, collection: str, rows: list[Row]) -> None:
    client.upsert(collection, rows, timeout=WRITE)


def _delete(client: MilvusClient, collection: str, keys: list[str]) -> None:
    client.delete(collection, ids=keys, timeout=WRITE)


@cache
def server_at(address: MilvusAddress) -> Server:
    """Return the server of an address, one for all that this process does there."""
    return Server(address)


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most ``size`` values."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def one_of(field: str, values: Iterable[str]) -> str:
    """Return the condition that a field has one of some values, which hold no quotes; never true without any."""
    listed = ", ".join(f'"{value}"' for value in values)
    return f"{field} in [{listed}]"

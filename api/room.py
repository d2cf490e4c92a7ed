"""Room for the bodies of requests: a number of bytes for all together, and a share of it for each caller."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class FullError(Exception):
    """There is no room for more at the moment."""


class Room:
    """At most ``most`` bytes at a time, half of them for one caller, and never less than one body of the ``largest``.

    For the event loop alone.
    """

    def __init__(self, most: int, *, largest: int) -> None:
        self._most = max(most, largest)
        self._share = max(most // 2, largest)
        self._taken = Counter[str]()

    @property
    def taken(self) -> int:
        """Bytes that are held."""
        return self._taken.total()

    @contextmanager
    def held(self, caller: str) -> Iterator[Callable[[int], None]]:
        """Give what takes bytes for ``caller``, or raises ``FullError``; they are free again after the context."""
        mine = 0

        def take(size: int) -> None:
            nonlocal mine
            if self.taken + size > self._most or self._taken[caller] + size > self._share:
                raise FullError("too many large requests at once: try again later")
            self._taken[caller] += size
            mine += size

        try:
            yield take
        finally:
            self._taken[caller] -= mine
            if not self._taken[caller]:
                del self._taken[caller]

"""What a reader says while it works to the process that waits for it, of which it knows nothing.

In the process that reads files of others (``qa.ingest.worker``), steps are sent to the one that waits, which stops
waiting where there are none, and recognising has the memory that it needs. Elsewhere nobody listens.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass


@dataclass(slots=True)
class Listener:
    """Who is told: ``step`` at every step, and ``roomy`` to make room for the time of a block."""

    step: Callable[[], None] = lambda: None
    roomy: Callable[[], AbstractContextManager[None]] = nullcontext


LISTENER = Listener()
"""That of this process."""


def step() -> None:
    """Say that a part of the file is done: a page, a record passed over."""
    LISTENER.step()


@contextmanager
def recognising() -> Iterator[None]:
    """Say that text is recognised: of a picture whose size is bounded, but in more memory than files are read in."""
    with LISTENER.roomy():
        yield

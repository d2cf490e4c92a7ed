"""Bringing an index up to date: what is new and changed goes in, what is gone comes out, at once or not at all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from qa.store.changes import Changes, Removals
from qa.store.protocol import Draft, Entry, State
from qa.types import Progress


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """What an update did: numbers of documents, and of the passages that had to be encoded."""

    revision: int
    added: int
    replaced: int
    removed: int
    unchanged: int
    encoded: int


class OpenDraft(Draft, Protocol):
    """A draft that knows whether the current revision will do, and what it took."""

    @property
    def current(self) -> State | None:
        """What the current revision holds, if it can be left as it is."""

    @property
    def encoded(self) -> int:
        """How many texts had to be encoded."""


def updated(
    draft: OpenDraft,
    *,
    add: Iterable[Entry],
    remove: Removals,
    published: Callable[[], None],
    progress: Progress,
) -> UpdateReport:
    """Write what differs into a draft, and publish it; see ``qa.store.update``."""
    changes = Changes(draft.digests, add=add, remove=remove)
    gone, state = 0, draft.current if not changes else None
    if state is None:
        for prepared in changes:
            draft.put(prepared)
        gone = draft.drop(changes.gone)
        state = draft.publish(progress)
    published()
    counts = (changes.added, changes.replaced, gone, changes.unchanged)
    return UpdateReport(state.generation, *counts, draft.encoded)

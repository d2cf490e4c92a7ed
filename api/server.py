"""What the routes share while the application runs, and how a question makes its way through it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Annotated, Any, Final, TypeVar, cast

from cachetools import LRUCache
from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from api.drawing import Pictures
from api.guard import CALLER, Caller
from api.metrics import Metrics
from api.reloading import NotReadyError, ReloadableService
from api.service import Service
from api.sessions import Sessions
from api.settings import ServerSettings
from api.shared_sessions import SharedSessions
from api.workers import Workers
from qa.chat import Conversation, Turn, Understand
from qa.types import EVERYTHING, Answer, Filters, Hit

T = TypeVar("T")

MODEL_NAME: Final = "gazette"
"""Name under which the whole answers, as in ``/v1/models``."""
ALONE: Final = Conversation()
"""What a question that stands alone is asked in."""


@dataclass(frozen=True, slots=True)
class PendingQuestion:
    """A question on its way: how it was understood, how many passages were found, and the turn it makes, each to come.

    ``deadline`` is by the event loop's clock.
    """

    deadline: float
    turn: asyncio.Future[Turn]
    understood: asyncio.Future[str]
    retrieved: asyncio.Future[int]

    async def begun(self) -> None:
        """Return when passages have been found, or raise what ``result`` would: until then nothing need be sent."""
        waited: list[asyncio.Future[Any]] = [self.retrieved, self.turn]
        try:
            async with asyncio.timeout_at(self.deadline):
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            self.turn.cancel()
            raise
        if not self.retrieved.done():
            self.turn.result()

    async def result(self) -> Turn:
        """Return the turn; raises what the service raises, and ``TimeoutError`` after the deadline."""
        async with asyncio.timeout_at(self.deadline):
            return await self.turn


@dataclass(frozen=True, slots=True)
class Server:
    """One for each application; for the event loop alone."""

    settings: ServerSettings
    live: ReloadableService
    understand: Understand
    workers: Workers
    lookups: Workers
    sessions: Sessions | SharedSessions
    metrics: Metrics = field(default_factory=Metrics)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)
    suggested: LRUCache[tuple[object, ...], tuple[str, ...]] = field(default_factory=lambda: LRUCache(256))
    pictures: Pictures = field(default_factory=Pictures)

    def ask(
        self,
        question: str,
        *,
        conversation: Conversation | Callable[[], Conversation] = ALONE,
        id: str | None = None,  # noqa: A002
        top_k: int | None = None,
        filters: Filters = EVERYTHING,
    ) -> PendingQuestion:
        """Have a question answered, alone or in a conversation, which may be made out when it is the question's turn.

        When nobody waits for the turn any more, it is not begun, and one that has begun reads no passage. Raises
        ``NotReadyError`` or ``BusyError`` if it cannot begin now.
        """
        loop = asyncio.get_running_loop()
        understood: asyncio.Future[str] = loop.create_future()
        retrieved: asyncio.Future[int] = loop.create_future()

        abandoned = Event()

        def found_passages(hits: Sequence[Hit]) -> None:
            if abandoned.is_set():
                raise _AbandonedError
            loop.call_soon_threadsafe(_tell, retrieved, len(hits))

        def turn(service: Service) -> Turn:
            def answer(standalone: str, filters: Filters = filters) -> Answer:
                if abandoned.is_set():
                    raise _AbandonedError
                loop.call_soon_threadsafe(_tell, understood, standalone)
                return service.ask(standalone, id=id, top_k=top_k, filters=filters, retrieved=found_passages)

            earlier = conversation() if callable(conversation) else conversation
            # Articles of an answer before may not pass the filters of this one.
            within = None if filters else answer
            return replace(earlier.next_turn(question, answer, self.understand, within=within), filters=filters)

        deadline = loop.time() + self.settings.answer_timeout
        asked = self._submit(turn, self.workers)
        asked.add_done_callback(self._count)
        asked.add_done_callback(lambda done: abandoned.set() if done.cancelled() else None)
        return PendingQuestion(deadline, asked, understood, retrieved)

    async def kept(self, task: Callable[[Sessions | SharedSessions], T]) -> T:
        """Return what ``task`` makes of the conversations, in a thread where they are read from a file."""
        if isinstance(self.sessions, SharedSessions):
            return await run_in_threadpool(task, self.sessions)
        return task(self.sessions)

    async def run(self, task: Callable[[Service], T]) -> T:
        """Return what ``task`` makes of the service, in turn with the questions; raises what ``ask`` and it raise."""
        async with asyncio.timeout(self.settings.answer_timeout):
            return await self._submit(task, self.workers)

    async def look_up(self, task: Callable[[Service], T]) -> T:
        """Return what ``task``, which needs no model to read, makes of the service; raises what ``run`` raises.

        Such tasks have threads of their own, few, and every caller a share: the event loop waits for each thread that
        runs Python beside it.
        """
        async with asyncio.timeout(self.settings.answer_timeout):
            return await self._submit(task, self.lookups)

    def _submit(self, task: Callable[[Service], T], workers: Workers) -> asyncio.Future[T]:
        if not self.live.is_ready:
            raise NotReadyError(self.live.state)

        def leased() -> T:
            with self.live.lease() as service:
                return task(service)

        return workers.submit(leased, CALLER.get())

    def _count(self, asked: asyncio.Future[Turn]) -> None:
        if not asked.cancelled() and asked.exception() is None:
            self.metrics.answer(asked.result().answer)


def _tell(waiting: "asyncio.Future[T]", what: T) -> None:
    """Tell who waits, unless that was done: a turn may ask twice."""
    if not waiting.done():
        waiting.set_result(what)


class _AbandonedError(Exception):
    """Nobody waits for the answer; nobody is told."""


async def _provided(request: Request) -> Server:
    # A plain function would wait for a free worker thread, and with it every health check.
    return cast("Server", request.app.state.server)


async def _caller(request: Request) -> Caller:
    return cast("Caller", request.state.caller)


def note_question(request: Request, server: Server, question: str) -> None:
    """Have the request's line in the log say what was asked, where the settings let it."""
    if server.settings.log_questions:
        add_to_log(request, question=question)


def note_outcome(request: Request, answer: Answer) -> None:
    """Have the request's line in the log say whether it was answered."""
    add_to_log(request, outcome="answered" if answer.answered else "abstained")


def add_to_log(request: Request, **fields: object) -> None:
    """Add fields to the request's line in the log."""
    request.state.noted = {**getattr(request.state, "noted", {}), **fields}


Provided = Annotated[Server, Depends(_provided)]
CalledBy = Annotated[Caller, Depends(_caller)]

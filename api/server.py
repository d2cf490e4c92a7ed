"""What the routes share while the application runs, and how a question makes its way through it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Final, TypeVar, cast

from fastapi import Depends, Request

from api.guard import Caller
from api.live import Live, NotReadyError
from api.metrics import Metrics
from api.service import Service
from api.sessions import Sessions
from api.settings import ServerSettings
from api.workers import Workers
from qa.chat import Exchange, untold
from qa.retrieve import EVERYTHING
from qa.types import Answer, Filters, Hit

T = TypeVar("T")

MODEL_NAME: Final = "gazette"
"""Name under which the whole answers, as in ``/v1/models``."""

Understand = Callable[[str, Sequence[Exchange]], str]
"""Make a question, asked after some turns, one that stands on its own."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to the question as it was understood."""

    understood: str
    answer: Answer

    @property
    def outcome(self) -> str:
        """For the log."""
        return "answered" if self.answer.answered else "abstained"


@dataclass(frozen=True, slots=True)
class Asking:
    """A question on its way: how it was understood, how many passages were found, and the reply, each to come.

    ``deadline`` is by the event loop's clock.
    """

    deadline: float
    reply: asyncio.Future[Reply]
    understood: asyncio.Future[str]
    retrieved: asyncio.Future[int]

    async def begun(self) -> None:
        """Return when passages have been found, or raise what ``result`` would: until then nothing need be sent."""
        waited: list[asyncio.Future[Any]] = [self.retrieved, self.reply]
        try:
            async with asyncio.timeout_at(self.deadline):
                await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        except TimeoutError:
            self.reply.cancel()
            raise
        if not self.retrieved.done():
            self.reply.result()

    async def result(self) -> Reply:
        """Return the reply; raises what the service raises, and ``TimeoutError`` after the deadline."""
        async with asyncio.timeout_at(self.deadline):
            return await self.reply


@dataclass(frozen=True, slots=True)
class Server:
    """One for each application; for the event loop alone."""

    settings: ServerSettings
    live: Live
    understand: Understand
    workers: Workers
    sessions: Sessions
    metrics: Metrics = field(default_factory=Metrics)
    writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def ask(
        self,
        question: str,
        *,
        turns: Sequence[Exchange] = (),
        id: str | None = None,  # noqa: A002
        top_k: int | None = None,
        filters: Filters = EVERYTHING,
    ) -> Asking:
        """Have a question answered; ``NotReadyError`` or ``BusyError`` if that cannot begin now."""
        loop = asyncio.get_running_loop()
        understood: asyncio.Future[str] = loop.create_future()
        retrieved: asyncio.Future[int] = loop.create_future()

        def found_passages(hits: Sequence[Hit]) -> None:
            loop.call_soon_threadsafe(retrieved.set_result, len(hits))

        def answer(service: Service) -> Reply:
            standalone = self.understand(question, turns)
            loop.call_soon_threadsafe(understood.set_result, standalone)
            found = service.ask(
                standalone,
                id=id,
                top_k=top_k,
                filters=filters,
                retrieved=found_passages,
            )
            return Reply(standalone, untold(found, question, turns))

        deadline = loop.time() + self.settings.answer_timeout
        reply = self._submit(answer)
        reply.add_done_callback(self._count)
        return Asking(deadline, reply, understood, retrieved)

    async def run(self, task: Callable[[Service], T]) -> T:
        """Return what ``task`` makes of the service, in turn with the questions; raises what ``ask`` and it raise."""
        async with asyncio.timeout(self.settings.answer_timeout):
            return await self._submit(task)

    def _submit(self, task: Callable[[Service], T]) -> asyncio.Future[T]:
        if not self.live.is_ready:
            raise NotReadyError(self.live.state)

        def leased() -> T:
            with self.live.lease() as service:
                return task(service)

        return self.workers.submit(leased)

    def _count(self, reply: asyncio.Future[Reply]) -> None:
        if not reply.cancelled() and reply.exception() is None:
            self.metrics.answer(reply.result().answer)


async def _provided(request: Request) -> Server:
    # A plain function would wait for a free worker thread, and with it every health check.
    return cast("Server", request.app.state.server)


async def _caller(request: Request) -> Caller:
    return cast("Caller", request.state.caller)


def note(request: Request, **fields: object) -> None:
    """Have the request's line in the log say more."""
    request.state.noted = {**getattr(request.state, "noted", {}), **fields}


Provided = Annotated[Server, Depends(_provided)]
CalledBy = Annotated[Caller, Depends(_caller)]

"""What the HTTP side needs of the rest: one object that answers questions."""

from typing import Annotated, Protocol, cast

from fastapi import Depends, Request

from qa.types import Answer, Filters


class Service(Protocol):
    """An archive with its models in memory. ``ask`` is called from several threads at once."""

    @property
    def model(self) -> str:
        """Name of what answers, as ``/v1/models`` lists it."""

    @property
    def index(self) -> str:
        """The index directory that is asked."""

    def ask(
        self,
        question: str,
        *,
        id: str | None = None,  # noqa: A002
        top_k: int | None = None,
        filters: Filters = ...,
    ) -> Answer:
        """Answer from at most ``top_k`` passages; ``QuestionError`` for an empty or over-long question."""

    def close(self) -> None:
        """Let go of files and models."""


async def _provided(request: Request) -> Service:
    # A plain function would wait for a free worker thread, and with it every health check.
    return cast("Service", request.state.service)


Provided = Annotated[Service, Depends(_provided)]
"""The service that the lifespan of the application opened."""

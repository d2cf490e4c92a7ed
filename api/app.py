"""The HTTP application: ``/api`` for programs, ``/v1`` for OpenAI clients, ``/healthz`` for whoever runs it."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool

from api import errors, native, openai, ops
from api.service import Service

__all__ = ["Service", "create_app"]

DESCRIPTION = """Question answering over newspaper archives: the source's exact words, each cited, or an honest no.

Offsets are Unicode code points, half-open, into the decoded text of the cited file."""


def create_app(load: Callable[[], Service]) -> FastAPI:
    """Return the application; ``load`` is called once when it starts, and what it returns is closed when it stops."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, object]]:
        service = await run_in_threadpool(load)
        try:
            yield {"service": service, "started": int(time.time())}
        finally:
            await run_in_threadpool(service.close)

    # FastAPI's own documentation pages load their scripts from another server; the OpenAPI document is enough.
    app = FastAPI(
        title="gazette", version="1", description=DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None
    )
    for router in (native.router, openai.router, ops.router):
        app.include_router(router)
    errors.install(app)
    return app

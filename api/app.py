"""The HTTP application: ``/api`` for programs, ``/v1`` for OpenAI clients, and what whoever runs it needs."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware

from api import (
    articles,
    docs_page,
    documents,
    errors,
    native,
    openai,
    openai_completions,
    openai_embeddings,
    openai_responses,
    openapi,
    ops,
    page,
    pictures,
    suggestions,
)
from api.bodies import Bodies
from api.guard import Guard
from api.heads import Heads
from api.keys import Keys
from api.observe import Observe
from api.openapi import API_VERSION
from api.rates import rates_of
from api.reloading import ReloadableService
from api.server import Server
from api.service import Service
from api.sessions import Sessions
from api.settings import ServerSettings
from api.shared import SharedFile
from api.shared_sessions import SharedSessions
from api.workers import Workers
from qa.chat import Understand, understand

__all__ = ["Service", "create_app"]

LOOKUPS: Final = 2
"""Threads for what needs no model to read."""
DESCRIPTION = """Question answering over newspaper archives: the source's exact words, each cited, or an honest no.

Offsets are Unicode code points, half-open, into the decoded text of the cited file. Where an API key is needed, it is
sent as `Authorization: Bearer KEY`."""


def create_app(
    load: Callable[[], Service],
    settings: ServerSettings | None = None,
    *,
    understand: Understand = understand,
    failed: Callable[[Exception], None] = lambda error: None,
) -> FastAPI:
    """Return the application.

    ``load`` is called once, in the background, when it starts, and what it returns is closed when it stops; until then
    questions are answered 503. ``failed`` is told if it raises. ``understand`` makes follow-up questions stand on their
    own, and is called in a worker thread.
    """
    settings = settings or ServerSettings()
    keys = Keys(settings.keys)
    shared = SharedFile(settings.shared) if settings.shared else None
    rates = rates_of(settings.rate_storage, shared)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, object]]:
        server = _server(load, settings, shared, understand, failed)
        app.state.server = server
        server.live.start()
        try:
            yield {"started": int(time.time())}
        finally:
            for workers in (server.workers, server.lookups):
                workers.drop_waiting()
                await run_in_threadpool(workers.close)
            await server.live.stop()
            await rates.close()
            if shared:
                shared.close()

    app = FastAPI(
        title="gazette",
        version=API_VERSION,
        description=DESCRIPTION,
        lifespan=lifespan,
        # FastAPI's own documentation pages load their scripts from another server; ours has none.
        docs_url=None,
        redoc_url=None,
        # A redirection is to the host and scheme that a proxy asks for, and many clients send no body a second time.
        redirect_slashes=False,
    )
    routers = (
        native.router,
        articles.router,
        suggestions.router,
        pictures.router,
        documents.router,
        openai.router,
        openai_responses.router,
        openai_completions.router,
        openai_embeddings.router,
        openapi.router,
        ops.router,
    )
    for router in routers:
        app.include_router(router)
    openapi.describe_keys(app, settings)
    docs_page.mount(app)
    page.mount(app)
    errors.install(app, [route for router in routers for route in router.routes])
    # The last one added is the outermost.
    app.add_middleware(Heads)
    app.add_middleware(Bodies, settings=settings)
    app.add_middleware(Guard, settings=settings, keys=keys, rates=rates)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "DELETE"],
            allow_headers=["*"],  # OpenAI's own client tells of itself in a dozen
            expose_headers=["retry-after", "x-request-id"],
        )
    app.add_middleware(Observe)
    return app


def _server(
    load: Callable[[], Service],
    settings: ServerSettings,
    shared: SharedFile | None,
    understand: Understand,
    failed: Callable[[Exception], None],
) -> Server:
    patience = settings.answer_timeout
    workers = Workers(concurrency=settings.concurrency, queue=settings.queue, patience=patience)
    lookups = Workers(concurrency=LOOKUPS, queue=settings.queue, patience=patience)
    bounds = settings.sessions, settings.session_lifetime
    sessions = SharedSessions(shared, *bounds) if shared else Sessions(*bounds)
    server = Server(settings, ReloadableService(load, failed), understand, workers, lookups, sessions)
    gauge = server.metrics.gauge
    gauge("gazette_questions_running", "Questions being answered", lambda: workers.running)
    gauge("gazette_questions_waiting", "Questions waiting for a worker", lambda: workers.waiting)
    gauge("gazette_sessions", "Conversations kept", lambda: len(sessions))
    gauge("gazette_ready", "Whether questions can be answered", lambda: server.live.is_current)
    gauge("gazette_index_revision", "Revision of the index that is asked; 0 before it is open", server.live.revision)
    return server

"""A service whose every answer is the number of its process: ``python -m tests.worker_app SETTINGS``."""

import os
import socket
import sys
from dataclasses import dataclass, replace
from typing import Any

import uvicorn

from api.app import create_app
from api.settings import ServerSettings
from qa.cli.workers import WorkerError, serve_together
from qa.errors import InputError
from qa.types import Answer, Item
from tests.api_service import LI, PlainService


@dataclass
class NumberedService(PlainService):
    def ask(self, question: str, **options: Any) -> Answer:
        return replace(super().ask(question, **options), items=(Item(str(os.getpid()), 0.9, (LI,)),))


def serve(settings: ServerSettings, bound: socket.socket) -> None:
    """Serve as ``gazette serve`` does, without models."""
    app = create_app(NumberedService, settings, understand=lambda question, turns: question)
    config = uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=settings.drain)
    uvicorn.Server(config).run(sockets=[bound])


def refuse(settings: ServerSettings, bound: socket.socket) -> None:
    raise InputError("the index is not there")


def main() -> None:
    settings = ServerSettings.model_validate_json(sys.argv[1])
    with socket.create_server(("127.0.0.1", 0)) as bound:
        sys.stdout.write(f"{bound.getsockname()[1]}\n")
        sys.stdout.flush()
        try:
            serve_together(settings, bound, serve)
        except WorkerError as error:
            sys.exit(str(error))


if __name__ == "__main__":
    main()

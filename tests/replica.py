"""One replica over an index, with models that take no time: ``python -m tests.replica SETTINGS``; prints its port."""

import socket
import sys
from typing import cast

import uvicorn

from api.app import create_app
from api.settings import ServerSettings
from qa.read.model import Reader
from qa.service import Models, open_service
from tests.api_service import NameReader
from tests.fakes import FakeEncoder


def main() -> None:
    settings = ServerSettings.model_validate_json(sys.argv[1])
    models = Models(FakeEncoder(), cast("Reader", NameReader()))
    with socket.create_server(("127.0.0.1", 0)) as bound:
        sys.stdout.write(f"{bound.getsockname()[1]}\n")
        sys.stdout.flush()
        app = create_app(
            lambda: open_service(settings.archive, models), settings, understand=lambda question, turns: question
        )
        uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False)).run(sockets=[bound])


if __name__ == "__main__":
    main()

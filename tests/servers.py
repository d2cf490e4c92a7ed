"""The application on a port of this machine, as clients of other makes reach it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from api.service import Service
from api.settings import ServerSettings


@contextmanager
def listening(service: Service, settings: ServerSettings | None = None) -> Iterator[str]:
    """Serve in a thread, and yield the base URL."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(128)
        app = create_app(lambda: service, settings)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        try:
            while not (server.started and app.state.server.live.is_ready):
                time.sleep(0.01)
                if not thread.is_alive():
                    raise AssertionError("the server did not start")
            yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()

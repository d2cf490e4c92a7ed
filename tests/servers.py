"""The application on a port of this machine, as clients of other makes reach it."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI


@contextmanager
def listening(app: FastAPI, root_path: str = "") -> Iterator[str]:
    """Serve ``app`` in a thread, and yield the base URL once its models are loaded.

    ``root_path`` is the prefix that a proxy in front of it takes away.
    """
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        bound.listen(128)
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, root_path=root_path))
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

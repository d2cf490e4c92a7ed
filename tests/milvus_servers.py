"""Milvus servers for tests, as far as their packages are installed; each once a session, with data of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest

OLD_VARIABLE = "GAZETTE_TEST_MILVUS_SERVER"
"""The command ``milvus-server`` of the package ``milvus`` 2.3.5, which wants an environment of its own."""


def missing_lite() -> str | None:
    """Say why no lite server can be started; ``None`` if one can."""
    if find_spec("pymilvus") is None:
        return "pymilvus is not installed: pip install 'gazette-qa[milvus]'"
    return None if lite_command() else "milvus-lite is not installed: pip install milvus-lite"


def missing_old() -> str | None:
    """Say why no server 2.3.5 can be started; ``None`` if one can."""
    if find_spec("pymilvus") is None:
        return "pymilvus is not installed: pip install 'gazette-qa[milvus]'"
    if old_command():
        return None
    return f"no milvus-server: pip install milvus==2.3.5 in an environment of its own, its command in {OLD_VARIABLE}"


def lite_command() -> str | None:
    return shutil.which("milvus-lite", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")


def old_command() -> str | None:
    return shutil.which(os.environ.get(OLD_VARIABLE) or "milvus-server")


class LiteServer:
    """A ``milvus-lite server`` that can be killed and started again over the same data."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(lite_command()), "server", "--data-dir", str(self.folder), "--host", "127.0.0.1"]
        with (self.folder.with_suffix(".log")).open("ab") as log:
            self._process = subprocess.Popen([*command, "--port", str(self.port)], stdout=log, stderr=log)
        wait_for(self.port, self._process)

    def kill(self) -> None:
        """End it as ``kill -9`` does."""
        if self._process:
            self._process.kill()
            self._process.wait()


@contextmanager
def old_server(folder: Path) -> Iterator[int]:
    """Run the server of 2.3.5, and yield its port."""
    port = free_port()
    command = [str(old_command()), "--data", str(folder), "--proxy-port", str(port)]
    with (
        folder.with_suffix(".log").open("ab") as log,
        subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True) as process,
    ):
        try:
            wait_for(port, process)
            yield port
        finally:
            # The command starts the server as a process of its own, and would leave it behind.
            os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as bound:
        return int(bound.getsockname()[1])


def wait_for(port: int, process: "subprocess.Popen[bytes]", seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"the server did not listen within {seconds:.0f} s")

"""A running ``gazette serve``, which ``gazette ask`` may ask instead of loading the models itself.

The service announces itself in a file of the user's home, and holds a lock beside it for as long as it runs, which the
system drops when the process dies, however it dies. It does so only on an address of this machine that needs no key. It
is asked only if it would answer alike: the same program, reader and encoder over the same revision of the same index.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from hashlib import sha256
from http import HTTPStatus
from os import getpid
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout

import qa
from embeddings.home import cache_folder
from qa.addresses import Address
from qa.config import Settings, local_folder
from qa.read.released import released_identity

if TYPE_CHECKING:
    from http.client import HTTPConnection

PATIENCE: Final = 60.0
"""Seconds that a running service is waited for, longer than it takes to answer or to refuse."""
_MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Announcement:
    """Where a service listens, and what its answers depend on."""

    host: str
    port: int
    pid: int
    program: str
    encoder: str
    fingerprint: str
    reader: str


@dataclass(frozen=True, slots=True)
class Announcer:
    """Announces one service while it has the lock; does nothing without."""

    file: Path
    host: str
    port: int
    held: bool

    def announce(self, *, encoder: str, fingerprint: str, reader: str) -> None:
        """Say that questions are answered now, by the encoder of this name and fingerprint and this reader."""
        if not self.held:
            return
        said = Announcement(self.host, self.port, getpid(), _program(), encoder, fingerprint, reader)
        aside = self.file.with_suffix(".tmp")
        with suppress(OSError):
            aside.touch(mode=0o600)
            aside.write_text(json.dumps(asdict(said)), encoding="utf-8")
            aside.replace(self.file)


@contextmanager
def announcing(index: Address, host: str, port: int, *, wanted: bool) -> Iterator[Announcer]:
    """Hold the place of the service over ``index``, if that is ``wanted``, free and can be written; clear it after."""
    file = _file(index if isinstance(index, Path) else local_folder(index))
    lock = FileLock(file.with_suffix(".lock"), thread_local=False)
    held = False
    if wanted and isinstance(index, Path):  # a server's store is asked of the server
        with suppress(OSError, Timeout):
            file.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire(blocking=False)
            held = True
    try:
        yield Announcer(file, host, port, held)
    finally:
        if held:
            with suppress(OSError):
                file.unlink(missing_ok=True)
            lock.release()


def find_announced(settings: Settings) -> Announcement | None:
    """Return the service that runs now and answers as this process would; ``None`` if there is none."""
    if not isinstance(settings.index, Path):
        return None
    file = _file(settings.index)
    try:
        said = Announcement(**json.loads(file.read_text(encoding="utf-8")))
        manifest = json.loads((settings.index / _MANIFEST).read_text(encoding="utf-8"))
        made_with = manifest["encoder"]["fingerprint"]
        same = (said.program, said.encoder, said.fingerprint) == (_program(), settings.encoder, made_with)
        if not same or said.reader != released_identity() or not _is_held(file.with_suffix(".lock")):
            return None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None
    return said


def ask_announced(service: Announcement, index: Address, request: Mapping[str, object]) -> dict[str, Any] | None:
    """Return the JSON of the answer of a running service to the body of ``POST /api/ask``.

    ``None`` if it is over another revision than ``index`` now is, refuses, or cannot be reached: then there is nothing
    it said that the models would not say as well.
    """
    # Imported here: where no service runs, a question needs none of it.
    from http.client import HTTPConnection, HTTPException

    if not isinstance(index, Path):
        return None
    connection = HTTPConnection(service.host, service.port, timeout=PATIENCE)
    try:
        if _sent(connection, "GET", "/api/info")["index"]["revision"] != _revision(index):
            return None
        answer = _sent(connection, "POST", "/api/ask", request)
        return answer if _revision(index) == _sent(connection, "GET", "/api/info")["index"]["revision"] else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError, HTTPException):
        return None
    finally:
        connection.close()


def _sent(
    connection: "HTTPConnection", method: str, path: str, body: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """Return the JSON object of a reply; ``ValueError`` for any other and for an error."""
    content = None if body is None else json.dumps(body).encode()
    connection.request(method, path, content, {"content-type": "application/json"} if content else {})
    reply = connection.getresponse()
    found = json.loads(reply.read())
    if reply.status != HTTPStatus.OK or not isinstance(found, dict):
        raise ValueError(f"{path}: {reply.status}")
    return found


def _revision(index: Path) -> int:
    return int(json.loads((index / _MANIFEST).read_text(encoding="utf-8"))["revision"])


def _is_held(lock: Path) -> bool:
    if not lock.exists():
        return False
    try:
        with FileLock(lock, blocking=False):
            return False
    except Timeout:
        return True


def _file(index: Path) -> Path:
    name = sha256(str(index.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache_folder() / "serving" / f"{name}.json"


def _program() -> str:
    """Return which program this is: its version, and where it lies."""
    return f"{qa.__version__} {Path(qa.__file__).parent}"

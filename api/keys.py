"""API keys: given out once, kept as hashes, told apart by what they allow.

A key is 256 random bits, which no one can guess, so its plain SHA-256 is as safe at rest as a slow hash of a password.
"""

import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Final, Literal

from filelock import FileLock, Timeout

from qa.errors import InputError

_KEY = re.compile(r"gz_(?P<id>[0-9a-f]{8})_[A-Za-z0-9_-]{43}")
_LONGEST_NAME = 100
PATIENCE: Final = 10.0
"""Seconds to wait for another process that changes the keys: it needs milliseconds."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key, as it is kept; ``created`` is ISO 8601."""

    id: str
    name: str
    permission: Literal["read", "write"]
    created: str
    sha256: str


class Keys:
    """The keys in a file that nobody else can read. A change to the file counts from the next request on.

    Raises ``InputError`` for a file that is damaged: keys that cannot be checked must not pass.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._seen: tuple[int, int] | None = None
        self._keys: Mapping[str, Key] = {}

    def __len__(self) -> int:
        return len(self._current())

    def all(self) -> tuple[Key, ...]:
        """Return the keys, oldest first."""
        return tuple(sorted(self._current().values(), key=lambda key: key.created))

    def find(self, given: str) -> Key | None:
        """Return the key that ``given`` is, or ``None``."""
        form = _KEY.fullmatch(given)
        key = self._current().get(form["id"]) if form else None
        return key if key and hmac.compare_digest(key.sha256, _hash(given)) else None

    def create(self, name: str, permission: Literal["read", "write"]) -> str:
        """Add a key and return it; it is not kept, and cannot be shown again."""
        if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
            raise InputError(f"a key needs a name of at most {_LONGEST_NAME} characters, to know it by")
        with self._writing():
            identifier = secrets.token_hex(4)
            given = f"gz_{identifier}_{secrets.token_urlsafe(32)}"
            created = datetime.now(UTC).isoformat(timespec="seconds")
            self._write({**self._current(), identifier: Key(identifier, name, permission, created, _hash(given))})
        return given

    def revoke(self, identifier: str) -> None:
        """Remove the key of that id; ``InputError`` if there is none."""
        with self._writing():
            rest = dict(self._current())
            if rest.pop(identifier, None) is None:
                raise InputError(f"no key with the id {identifier!r}: gazette keys list shows those there are")
            self._write(rest)

    def _current(self) -> Mapping[str, Key]:
        with self._lock:
            try:
                status = self._path.stat()
                if not stat.S_ISREG(status.st_mode):
                    raise InputError(f"{self._path}: not a file of API keys; name another, with --keys or GAZETTE_KEYS")
                seen = status.st_mtime_ns, status.st_ino
                if seen != self._seen:
                    records = json.loads(self._path.read_text("utf-8"))
                    self._keys = {record["id"]: Key(**record) for record in records}
                    self._seen = seen
            except FileNotFoundError:
                self._keys, self._seen = {}, None
            except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
                raise InputError(
                    f"{self._path}: the file of API keys is damaged ({error}); create the keys again"
                ) from error
            return self._keys

    @contextmanager
    def _writing(self) -> Iterator[None]:
        lock = self._path.with_suffix(".lock")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # A file system such as /proc says that the folder of a new file is not there, and a lock then tries on.
            lock.touch(0o600)
            with FileLock(lock, timeout=PATIENCE):
                yield
        except Timeout as error:
            raise InputError(
                f"{self._path}: another process has held {lock.name} beside it for {PATIENCE:g} s; end that one, "
                "and try again"
            ) from error
        except OSError as error:
            raise InputError(
                f"{self._path}: the keys cannot be written there ({error.strerror or error}); choose another file, "
                "with --keys or GAZETTE_KEYS"
            ) from error

    def _write(self, keys: Mapping[str, Key]) -> None:
        aside = self._path.with_suffix(".tmp")
        aside.unlink(missing_ok=True)
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            json.dump([asdict(key) for key in keys.values()], file, ensure_ascii=False, indent=1)
        aside.replace(self._path)


def _hash(given: str) -> str:
    return sha256(given.encode()).hexdigest()

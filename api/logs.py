"""The server's log: one JSON object a line on standard error, each with the id of the request it belongs to."""

import logging
import re
import secrets
import sys
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Final

from pythonjsonlogger.json import JsonFormatter

REQUESTS: Final = logging.getLogger("api.requests")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
_request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def begin_request(given: str | None) -> str:
    """Return the id of the request that begins: the one its sender gave, or a new one."""
    chosen = given if given and _GIVEN.fullmatch(given) else secrets.token_hex(8)
    _request_id.set(chosen)
    return chosen


def configure() -> None:
    """Send every log of this process to standard error."""
    formatter = JsonFormatter(
        "{asctime}{levelname}{name}{message}{request_id}",
        style="{",
        rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
        json_ensure_ascii=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(_with_request_id)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def request(fields: Mapping[str, object]) -> None:
    """Log one request that has been answered."""
    REQUESTS.info("request", extra=dict(fields))


def _with_request_id(record: logging.LogRecord) -> bool:
    record.request_id = _request_id.get()
    return True

"""Who may do what, and how often: decided from the request's head alone, before any of its body is read."""

from contextvars import ContextVar
from dataclasses import dataclass, replace
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address
from typing import Final
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import error_response
from api.keys import Keys
from api.rates import Rates
from api.settings import Permission, ServerSettings

_OPEN: Final = frozenset({"/", "/docs", "/healthz", "/readyz", "/openapi.json", "/favicon.ico"})
_OPEN_FOLDER: Final = "/assets/"
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_WRITTEN: Final = "/api/documents"
RANKS: Final[dict[Permission, int]] = {"none": 0, "read": 1, "write": 2}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id of the key, if one was needed and given, the address, and what they may do."""

    key: str | None
    address: str
    permission: Permission = "none"


CALLER: Final[ContextVar[str]] = ContextVar("caller", default="")
"""Who has a share of the queue: a key, an address, or on a local service, where all have one address, a connection."""


class Guard:
    """ASGI middleware. Whatever it does not know needs the permission to read."""

    def __init__(self, app: ASGIApp, *, settings: ServerSettings, keys: Keys, rates: Rates) -> None:
        self._app = app
        self._settings = settings
        self._keys = keys
        self._rates = rates
        self._address_limit = _parsed(settings.address_limit)
        self._key_limit = _parsed(settings.key_rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer why not."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            scope["state"]["caller"] = caller = await self._admitted(scope)
            CALLER.set(self._share(scope, caller))
        except _RefusedError as refused:
            await error_response(scope, refused.status, refused.detail, code=refused.code, headers=refused.headers)(
                scope, receive, send
            )
            return
        await self._app(scope, receive, send)

    async def _admitted(self, scope: Scope) -> Caller:
        headers = Headers(scope=scope)
        address = scope["client"][0] if scope.get("client") else "unknown"
        scope["state"]["caller"] = caller = Caller(None, address)
        needed = needed_permission(scope["method"], scope["path"])
        self._check_host(headers)
        if needed == "none":
            return caller
        await self._count("address", _network(address), self._address_limit)
        given = _given_key(headers)
        key = self._keys.find(given) if given else None
        if key is not None:
            await self._count("key", key.id, self._key_limit)
            if RANKS[key.permission] < RANKS[needed]:
                raise _RefusedError(
                    HTTPStatus.FORBIDDEN, "this key may read, not write", code="insufficient_permissions"
                )
            return Caller(key.id, address, key.permission)
        if RANKS[self._settings.permission] >= RANKS[needed]:
            self._check_origin(headers, scope["method"])
            return replace(caller, permission=self._settings.permission)
        detail = "this API key is not known" if given else f"an API key is needed to {needed}"
        raise _RefusedError(
            HTTPStatus.UNAUTHORIZED,
            f"{detail}: send one that gazette keys create has made as Authorization: Bearer KEY",
            code="invalid_api_key",
            headers={"www-authenticate": 'Bearer realm="gazette"'},
        )

    def _share(self, scope: Scope, caller: Caller) -> str:
        if caller.key is not None:
            return f"key {caller.key}"
        if self._settings.is_local and scope.get("client"):
            return f"connection {scope['client'][1]}"
        return f"address {_network(caller.address)}"

    def _check_host(self, headers: Headers) -> None:
        names = self._settings.hosts
        host = headers.get("host", "").lower()
        if names and (host if host in names else host.rpartition(":")[0]) not in names:
            raise _RefusedError(
                HTTPStatus.MISDIRECTED_REQUEST, "the service is not known by this name: set GAZETTE_ALLOWED_HOSTS"
            )

    def _check_origin(self, headers: Headers, method: str) -> None:
        """Refuse another site's page, which a browser lets send what it may not read the answer of.

        With a GET it sends no ``Origin``; whoever follows a link, to a page of its own, is let in.
        """
        origin = headers.get("origin")
        if origin is None:
            follows = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")) == ("navigate", "document")
            own = headers.get("sec-fetch-site") != "cross-site" or (follows and method in _SAFE)
        else:
            host = headers.get("host", "").lower()
            own = origin in self._settings.cors_origins or urlsplit(origin).netloc.lower() == host
        if not own:
            raise _RefusedError(HTTPStatus.FORBIDDEN, "pages of other sites may not ask: set GAZETTE_CORS_ORIGINS")

    async def _count(self, kind: str, who: str, limit: RateLimitItem | None) -> None:
        wait = None if limit is None else await self._rates.hit(limit, kind, who)
        if wait is None:
            return
        raise _RefusedError(
            HTTPStatus.TOO_MANY_REQUESTS,
            f"more than {limit} from this {kind}",
            code="rate_limit_exceeded",
            headers={"retry-after": str(max(1, round(wait)))},
        )


class _RefusedError(Exception):
    def __init__(
        self, status: HTTPStatus, detail: str, *, code: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.code = code
        self.headers = headers or {}


def needed_permission(method: str, path: str) -> Permission:
    """Return what a caller must be allowed."""
    if path in _OPEN or path.startswith(_OPEN_FOLDER):
        return "none"
    written = method not in _SAFE and (path == _WRITTEN or path.startswith(f"{_WRITTEN}/"))
    return "write" if written else "read"


def _given_key(headers: Headers) -> str:
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    return credentials.strip() if scheme.lower() == "bearer" else ""


def _network(address: str) -> str:
    """Return what one party can be taken to own: an IPv4 address, or 64 bits of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or int(parsed) >> 64)
    return address


def _parsed(rate: str) -> RateLimitItem | None:
    return None if rate == "off" else parse(rate)

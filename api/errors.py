"""Every failure as its clients expect it: OpenAI's envelope under ``/v1``, problem+json (RFC 9457) elsewhere.

A client's mistake says what is wrong and where, and never repeats more of the input than a field's name. Anything
unexpected is a plain 500 without particulars; the server's log has them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final, cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Scope

from api.reloading import NotReadyError
from api.responses import JsonResponse, ProblemResponse
from api.workers import BusyError
from qa.errors import FilterError, InputError, StoreUnreachable

FAILED: Final = "the server failed to answer; its log says why"
_MOST_ERRORS = 10
_LONGEST_NAME = 60
_LOADING_TAKES = 3
"""Seconds after which a client may ask whether the models are loaded."""
_NO_OBJECT = "model_attributes_type"
_MISSING = "missing"
_TOO_LONG = "too_long"
"""Kinds of errors, as pydantic names them; the kind of a value that is of another type ends in ``_TYPE``."""
_TYPE = "_type"


class ParameterError(Exception):
    """A request that is well-formed and cannot be served because of the parameter ``param``."""

    def __init__(
        self, message: str, *, param: str, code: str | None = None, status: int = HTTPStatus.UNPROCESSABLE_ENTITY
    ) -> None:
        super().__init__(message)
        self.param = param
        self.code = code
        self.status = HTTPStatus(status)


@dataclass(frozen=True, slots=True)
class Failure:
    """What a client is told about an error: a status, a reason, and when to try again."""

    status: HTTPStatus
    detail: str
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class _Field:
    """What is wrong with the part of the body at ``path``."""

    path: tuple[str, ...]
    message: str

    @property
    def name(self) -> str:
        return ".".join(self.path)

    @property
    def pointer(self) -> str:
        """The JSON Pointer as a URI fragment, as RFC 9457 shows it."""
        return "#" + "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in self.path)


def install(app: FastAPI, routes: Sequence[BaseRoute]) -> None:
    """Let ``app``, which has ``routes``, answer failures as this module describes; the rest is for ``api.observe``."""

    async def refused(request: Request, error: Exception) -> Response:
        refusal = cast("HTTPException", error)
        headers = {name.lower(): value for name, value in (refusal.headers or {}).items()}
        status, detail = HTTPStatus(refusal.status_code), refusal.detail
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            methods = _methods(request.scope, routes) or set(headers["allow"].split(", "))  # Starlette's: of one route
            headers["allow"] = ", ".join(sorted(methods))
            detail = f"this address takes {headers['allow']}, not {request.method[:_LONGEST_NAME]}"
        elif status == HTTPStatus.NOT_FOUND and detail == status.phrase:
            under = request.scope.get("app_root_path", request.scope.get("root_path", ""))  # the first, inside a mount
            detail = f"there is nothing at this address: {under}/docs lists what there is"
            if _methods({**request.scope, "path": request.scope["path"].rstrip("/")}, routes):
                detail = "there is nothing at this address: leave out the slash at its end"
        elif isinstance(error.__cause__, UnicodeDecodeError):
            detail = "the body is not UTF-8"
        return error_response(request.scope, status, detail, headers=headers)

    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ParameterError, _unusable)
    app.add_exception_handler(InputError, _unusable)
    app.add_exception_handler(HTTPException, refused)
    for kind in (BusyError, NotReadyError, StoreUnreachable, TimeoutError):
        app.add_exception_handler(kind, _unavailable)


def failure_of(error: BaseException) -> Failure:
    """Return what to tell of ``error``, raised while a question was being answered."""
    match error:
        case BusyError():
            return Failure(HTTPStatus.SERVICE_UNAVAILABLE, str(error), error.retry_after)
        case NotReadyError() | StoreUnreachable():
            return Failure(HTTPStatus.SERVICE_UNAVAILABLE, str(error), _LOADING_TAKES)
        case TimeoutError():
            return Failure(HTTPStatus.GATEWAY_TIMEOUT, "there was no answer in time: try again later")
        case InputError() | ParameterError():
            return Failure(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        case _:
            return Failure(HTTPStatus.INTERNAL_SERVER_ERROR, FAILED)


def error_response(
    scope: Scope,
    status: HTTPStatus,
    detail: str,
    *,
    fields: Sequence[_Field] = (),
    code: str | None = None,
    headers: Mapping[str, str] | None = None,
    retry_after: int | None = None,
) -> Response:
    """Return the response that tells the sender of ``scope`` what is wrong, and in how many seconds to try again."""
    if retry_after is not None:
        headers = {**(headers or {}), "retry-after": str(retry_after)}
    if is_openai(scope):
        # OpenAI knows no 422: whatever is wrong with a body is a 400.
        status = HTTPStatus.BAD_REQUEST if status == HTTPStatus.UNPROCESSABLE_ENTITY else status
        error = openai_error(status, detail, param=fields[0].name if fields else None, code=code)
        return JsonResponse(error, status_code=status, headers=headers)
    found = [{"pointer": field.pointer, "detail": field.message} for field in fields]
    return ProblemResponse(problem(status, detail) | ({"errors": found} if fields else {}), status, headers=headers)


def problem(status: HTTPStatus, detail: str) -> dict[str, object]:
    """Return the members of a problem."""
    return {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail}


def openai_error(
    status: HTTPStatus, detail: str, *, param: str | None = None, code: str | None = None
) -> dict[str, object]:
    """Return OpenAI's envelope."""
    kind = {
        HTTPStatus.UNAUTHORIZED: "authentication_error",
        HTTPStatus.FORBIDDEN: "permission_error",
        HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
    }.get(status, "invalid_request_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error")
    return {"error": {"message": detail, "type": kind, "param": param or None, "code": code}}


def is_openai(scope: Scope) -> bool:
    """Whether a request is for OpenAI's API."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")).startswith("/v1/")


async def _invalid(request: Request, error: Exception) -> Response:
    invalid = cast("RequestValidationError", error)
    found = invalid.errors()
    if any(each["type"] == "json_invalid" for each in found):
        return error_response(request.scope, HTTPStatus.BAD_REQUEST, "the body is not valid JSON")
    if isinstance(invalid.body, bytes):  # FastAPI has left it as it came
        detail = "the body is read as JSON only when the header says so: send content-type: application/json"
        return error_response(request.scope, HTTPStatus.UNPROCESSABLE_ENTITY, detail, fields=[_Field((), detail)])
    fields = [
        _Field(tuple(str(part)[:_LONGEST_NAME] for part in place), message)
        for place, message in _places(found, invalid.body)[:_MOST_ERRORS]
    ]
    detail = "; ".join(f"{field.name or 'body'}: {field.message}" for field in fields)
    return error_response(request.scope, HTTPStatus.UNPROCESSABLE_ENTITY, detail, fields=fields)


def _places(found: Sequence[Mapping[str, Any]], body: Any) -> list[tuple[tuple[str | int, ...], str]]:
    """Return where in ``body`` each error is, and what is wrong there.

    Where a value may be of several types, pydantic tells what is wrong with it as each of them. Those are left out
    that it is not of, if it is of another: of a list, that it is no text.
    """
    placed = [(_place(each, body), each) for each in found]
    fitting = [place for place, each in placed if not each["type"].endswith(_TYPE)]
    inner = [place for place, _ in placed]

    def is_of_another_type(place: tuple[str | int, ...], kind: str) -> bool:
        deeper = any(len(other) > len(place) and other[: len(place)] == place for other in inner)
        return kind.endswith(_TYPE) and (deeper or place in fitting)

    return [(place, _message(each)) for place, each in placed if not is_of_another_type(place, each["type"])]


def _message(error: Mapping[str, Any]) -> str:
    """Return what pydantic says of an error, where it speaks of Python in words for those who send JSON."""
    if error["type"] == _NO_OBJECT:
        return "Input should be an object"
    if error["type"] == _TOO_LONG and isinstance(error["input"], str):
        return f"String should have at most {error['ctx']['max_length']} characters"
    return str(error["msg"])


def _place(error: Mapping[str, Any], body: Any) -> tuple[str | int, ...]:
    """Return the path to an error without the types that pydantic tried, which are no part of ``body``."""
    first, *rest = error["loc"] or ("",)
    if first != "body" or body is None:
        return tuple(part for part in error["loc"] if part != "body")
    place: list[str | int] = []
    for number, part in enumerate(rest, 1):
        if (isinstance(body, dict) and part in body) or (isinstance(body, list) and isinstance(part, int)):
            body = body[part]
        elif error["type"] != _MISSING or number < len(rest):
            continue
        place.append(part)
    return tuple(place)


async def _unusable(request: Request, error: Exception) -> Response:
    """Answer an error of the question itself or of its filters, the only input that reaches the service unchecked."""
    param, code = _asked_in(request.scope), None
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if isinstance(error, ParameterError):
        param, code, status = error.param, error.code, error.status
    elif isinstance(error, FilterError):
        param = error.field
    return error_response(request.scope, status, str(error), fields=[_Field((param,), str(error))], code=code)


def _asked_in(scope: Scope) -> str:
    """Return the field of the body that the question of a request stands in."""
    if not is_openai(scope):
        return "question" if scope["method"] == "POST" else "q"
    return {"completions": "prompt", "responses": "input"}.get(scope["path"].rpartition("/v1/")[2], "messages")


def _methods(scope: Scope, routes: Sequence[BaseRoute]) -> set[str]:
    """Return the methods that the resource of a request has."""
    named = [route for route in routes if isinstance(route, Route)]
    resource = next((route.path for route in named if route.matches(scope)[0] is not Match.NONE), None)
    methods = {method for route in named if route.path == resource for method in route.methods or ()}
    return methods | {"HEAD"} if "GET" in methods else methods


async def _unavailable(request: Request, error: Exception) -> Response:
    failure = failure_of(error)
    return error_response(request.scope, failure.status, failure.detail, retry_after=failure.retry_after)

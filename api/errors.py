"""Every failure as its clients expect it: OpenAI's envelope under ``/v1``, problem+json (RFC 9457) elsewhere.

A client's mistake says what is wrong and where, and never repeats more of the input than a field's name. Anything
unexpected is a plain 500 without particulars; the server's log has them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import cast

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from api.responses import JsonResponse, ProblemResponse
from qa.errors import FilterError, InputError

_MOST_ERRORS = 10
_LONGEST_NAME = 60


class ParameterError(Exception):
    """A request that is well-formed and cannot be served because of the parameter ``param``."""

    def __init__(self, message: str, *, param: str, code: str | None = None) -> None:
        super().__init__(message)
        self.param = param
        self.code = code


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


def install(app: FastAPI) -> None:
    """Let ``app`` answer failures as this module describes."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(ParameterError, _unusable)
    app.add_exception_handler(InputError, _unusable)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _broken)


async def _invalid(request: Request, error: Exception) -> Response:
    found = cast("RequestValidationError", error).errors()
    if any(each["type"] == "json_invalid" for each in found):
        return _reply(request, HTTPStatus.BAD_REQUEST, "the body is not valid JSON")
    fields = [
        _Field(tuple(str(part)[:_LONGEST_NAME] for part in each["loc"] if part != "body"), each["msg"])
        for each in found[:_MOST_ERRORS]
    ]
    detail = "; ".join(f"{field.name or 'body'}: {field.message}" for field in fields)
    return _reply(request, HTTPStatus.UNPROCESSABLE_ENTITY, detail, fields=fields)


async def _unusable(request: Request, error: Exception) -> Response:
    """Answer an error of the question itself or of its filters, the only input that reaches the service unchecked."""
    if isinstance(error, ParameterError):
        param = error.param
    elif isinstance(error, FilterError):
        param = error.field
    else:
        param = "messages" if _is_openai(request) else "question"
    code = error.code if isinstance(error, ParameterError) else None
    fields = [_Field((param,), str(error))]
    return _reply(request, HTTPStatus.UNPROCESSABLE_ENTITY, str(error), fields=fields, code=code)


async def _refused(request: Request, error: Exception) -> Response:
    refusal = cast("HTTPException", error)
    reply = _reply(request, HTTPStatus(refusal.status_code), refusal.detail)
    reply.headers.update(refusal.headers or {})
    return reply


async def _broken(request: Request, _: Exception) -> Response:
    return _reply(request, HTTPStatus.INTERNAL_SERVER_ERROR, "the server failed to answer; its log says why")


def _reply(
    request: Request, status: HTTPStatus, detail: str, *, fields: Sequence[_Field] = (), code: str | None = None
) -> Response:
    if _is_openai(request):
        # OpenAI knows no 422: whatever is wrong with a body is a 400.
        status = HTTPStatus.BAD_REQUEST if status == HTTPStatus.UNPROCESSABLE_ENTITY else status
        kind = "invalid_request_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
        param = fields[0].name if fields else None
        return JsonResponse(
            {"error": {"message": detail, "type": kind, "param": param or None, "code": code}}, status_code=status
        )
    problem: dict[str, object] = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
    }
    if fields:
        problem["errors"] = [{"pointer": field.pointer, "detail": field.message} for field in fields]
    return ProblemResponse(problem, status_code=status)


def _is_openai(request: Request) -> bool:
    path: str = request.scope["path"]
    return path.removeprefix(request.scope.get("root_path", "")).startswith("/v1/")

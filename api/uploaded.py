"""The file in the body of a request: JSON or a form. Neither is parsed on the event loop: a body may be large."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from fastapi import HTTPException
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.errors import ParameterError
from api.schemas import AddRequest

JSON: Final = "application/json"
FORM: Final = "multipart/form-data"
MOST_JSON: Final = 8 << 20
"""Bytes of a document that comes as JSON: it is parsed in a single call, and while that lasts nothing else runs."""
_PIECE: Final = 1 << 16


def media_type(headers: Headers) -> str:
    """Return what a body is said to be, without parameters."""
    return headers.get("content-type", "").partition(";")[0].strip().lower()


def check_media_type(headers: Headers) -> None:
    """Raise ``HTTPException`` for a body that is neither."""
    if media_type(headers) not in (JSON, FORM):
        raise HTTPException(415, f"send {JSON} or {FORM}")


def uploaded_file(headers: Headers, body: bytes) -> tuple[str, bytes]:
    """Return name and content of the file in a body; called in a thread without an event loop.

    Raises ``ParameterError``, ``RequestValidationError`` or ``HTTPException`` for a body in which there is none.
    """
    if media_type(headers) == FORM:
        return asyncio.run(_of_form(headers, body))
    try:
        added = AddRequest.model_validate_json(body)
    except ValidationError as error:
        raise RequestValidationError(error.errors()) from error
    return added.name, added.text.encode()


async def _of_form(headers: Headers, body: bytes) -> tuple[str, bytes]:
    async def pieces() -> AsyncGenerator[bytes, None]:
        for at in range(0, len(body), _PIECE):
            yield body[at : at + _PIECE]

    try:
        form = await MultiPartParser(headers, pieces(), max_files=1, max_fields=1).parse()
    except MultiPartException as error:
        raise HTTPException(400, error.message) from error
    try:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise ParameterError("send one file, with its name", param="file")
        return file.filename, await file.read()
    finally:
        await form.close()

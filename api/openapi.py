"""The OpenAPI document as it is served: with the keys that operations need, and the API's history."""

import json
from pathlib import Path
from typing import Any, Final, Literal

from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel, Field

from api.guard import RANKS, needed_permission
from api.responses import JsonResponse
from api.schemas import REFUSED_CALLER
from api.settings import ServerSettings

router = APIRouter(prefix="/api", tags=["operations"])

_SCHEME: Final = "key"
_METHODS: Final = frozenset({"get", "post", "put", "delete", "patch"})


class ApiChange(BaseModel):
    """What became of an operation."""

    kind: Literal["added", "changed", "deprecated", "removed"]
    operation: str = Field(description="Method and path.")
    description: str


class ApiVersion(BaseModel):
    """A version of the API; fields and operations are added in one, and removed or changed only as it says."""

    version: str
    changes: list[ApiChange]


class ApiChangelog(BaseModel):
    """The versions of the API, the newest first."""

    versions: list[ApiVersion]


CHANGELOG: Final[list[dict[str, Any]]] = json.loads(Path(__file__).with_name("changelog.json").read_text("utf-8"))
API_VERSION: Final[str] = CHANGELOG[0]["version"]


@router.get(
    "/changelog",
    summary="What has changed in the API",
    response_model=ApiChangelog,
    responses=REFUSED_CALLER,
)
async def changelog() -> Response:
    """List the versions of the API, the newest first, with what each added or changed."""
    return JsonResponse({"versions": CHANGELOG})


def describe_keys(app: FastAPI, settings: ServerSettings) -> None:
    """Have the OpenAPI document of ``app`` say which operations need a key, under these settings."""
    plain = app.openapi

    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = plain()
            schema["components"]["securitySchemes"] = {
                _SCHEME: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key that `gazette keys create NAME` has made; with `--write` to add and remove.",
                }
            }
            for path, operations in schema["paths"].items():
                for method in _METHODS & set(operations):
                    operations[method]["security"] = _security(method.upper(), path, settings)
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _security(method: str, path: str, settings: ServerSettings) -> list[dict[str, list[str]]]:
    needed = needed_permission(method, path)
    if needed == "none":
        return []
    free = [{}] if RANKS[settings.permission] >= RANKS[needed] else list[dict[str, list[str]]]()
    return [*free, {_SCHEME: []}]

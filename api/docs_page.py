"""``/docs``: the OpenAPI document for people, as one page that runs nothing and loads nothing from elsewhere."""

import json
from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any, Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from api.page import HEADERS

PATH: Final = "/docs"
_DEEPEST: Final = 4
"""Levels of fields that are listed; deeper ones are in the OpenAPI document."""


def mount(app: FastAPI) -> None:
    """Serve the page of ``app``."""

    async def docs(_: Request) -> Response:
        return HTMLResponse(docs_page(app.openapi()), headers=HEADERS)

    app.add_route(PATH, docs, include_in_schema=False)


def docs_page(schema: Mapping[str, Any]) -> str:
    """Return the page of an OpenAPI document; its links are relative, so that it works under any prefix."""
    operations = [
        (method, path, operation) for path, each in schema["paths"].items() for method, operation in each.items()
    ]
    tags = dict.fromkeys(tag for _, _, operation in operations for tag in operation["tags"])
    info = schema["info"]
    body = [
        f"<h1>{escape(info['title'])} <small>API {escape(info['version'])}</small></h1>",
        *(f"<p>{_prose(part)}</p>" for part in info["description"].split("\n\n")),
        '<p><a href="openapi.json">openapi.json</a> · <a href="api/changelog">changelog</a></p>',
        "<nav><ul>",
        *(f'<li><a href="#{_anchor(*each[:2])}"><code>{_head(*each[:2])}</code></a></li>' for each in operations),
        "</ul></nav>",
    ]
    for tag in tags:
        body.append(f"<h2>{escape(tag)}</h2>")
        for method, path, operation in operations:
            if tag in operation["tags"]:
                body += _operation(method, path, operation, schema)
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<title>gazette: the API</title><link rel="stylesheet" href="assets/docs.css"></head>\n<body><main>\n'
        + "\n".join(body)
        + "\n</main></body></html>\n"
    )


def _operation(method: str, path: str, operation: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    heading = f"<h3><code>{_head(method, path)}</code> {escape(operation['summary'])}</h3>"
    yield f'<section id="{_anchor(method, path)}">{heading}'
    yield from (f"<p>{_prose(part)}</p>" for part in operation.get("description", "").split("\n\n"))
    secured = operation.get("security", [])
    if secured and {} not in secured:
        yield "<p>Needs an API key.</p>"
    parameters = [
        (each["name"], each["in"], each.get("required", False), each["schema"], each.get("description", ""))
        for each in operation.get("parameters", [])
    ]
    if parameters:
        yield "<h4>Parameters</h4>"
        yield from _table((name, place, asked, _kind(kind), text) for name, place, asked, kind, text in parameters)
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"<h4>Body: {escape(kind)}</h4>"
        yield from _fields(content["schema"], schema)
    for status, response in operation["responses"].items():
        for kind, content in response.get("content", {}).items():
            if status.startswith("2") and kind == "application/json":
                yield f"<h4>Reply {escape(status)}</h4>"
                yield from _fields(content.get("schema", {}), schema)
    others = {status: each["description"] for status, each in operation["responses"].items() if status[0] in "345"}
    if others:
        yield "<h4>Errors</h4><ul>"
        yield from (f"<li><code>{escape(status)}</code> {_prose(text)}</li>" for status, text in others.items())
        yield "</ul>"
    yield "</section>"


def _fields(kind: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield a table of the fields of an object, those of objects in it as ``items.citations.quote``, and an example."""
    found = _resolved(kind, schema)
    rows = list(_rows(kind, schema, ""))
    if rows:
        yield from _table(rows)
    for example in found.get("examples", [])[:1]:
        yield f"<pre>{escape(json.dumps(example, ensure_ascii=False, indent=2))}</pre>"


def _rows(kind: Mapping[str, Any], schema: Mapping[str, Any], before: str) -> Iterator[tuple[str, str, bool, str, str]]:
    found = _resolved(kind, schema)
    for name, field in found.get("properties", {}).items():
        whole = f"{before}{name}"
        yield whole, "", name in found.get("required", []), _kind(field), field.get("description", "")
        if whole.count(".") + 1 < _DEEPEST:
            for inner in _inner(field):
                yield from _rows(inner, schema, f"{whole}.")


def _inner(field: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the objects that a field holds, alone, in a list, or as one of several kinds."""
    if "$ref" in field or "properties" in field:
        yield field
    for each in field.get("anyOf", []):
        yield from _inner(each)
    if isinstance(field.get("items"), Mapping):
        yield from _inner(field["items"])


def _resolved(kind: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = kind.get("$ref", "").rpartition("/")[2]
    found: Mapping[str, Any] = schema["components"]["schemas"][name] if name else kind
    return found


def _kind(field: Mapping[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(dict.fromkeys(map(_kind, field["anyOf"])))
    if "$ref" in field:
        return "object"
    if field.get("type") == "array":
        return f"list of {_kind(field.get('items', {}))}"
    if "const" in field or "enum" in field:
        return " | ".join(json.dumps(value) for value in field.get("enum", [field.get("const")]))
    return str(field.get("type", "any"))


def _table(rows: Iterable[tuple[str, str, bool, str, str]]) -> Iterator[str]:
    yield "<table><tbody>"
    for name, place, asked, kind, text in rows:
        marks = ", ".join(part for part in (kind, place, "required" if asked else "") if part)
        yield f"<tr><th><code>{escape(name)}</code></th><td>{escape(marks)}</td><td>{_prose(text)}</td></tr>"
    yield "</tbody></table>"


def _prose(text: str) -> str:
    """Return Markdown prose as HTML: only code spans are marked up."""
    parts = escape(text).split("`")
    return "".join(f"<code>{part}</code>" if number % 2 else part for number, part in enumerate(parts))


def _head(method: str, path: str) -> str:
    return f"{method.upper()} {escape(path)}"


def _anchor(method: str, path: str) -> str:
    return "".join(character if character.isalnum() else "-" for character in f"{method}{path}")

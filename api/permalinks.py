"""Addresses that lead to a quote on the page of this service, wherever they are opened; ``cite.js`` reads them."""

import re
from typing import Final
from urllib.parse import urlencode

from fastapi import Request

from api.settings import ServerSettings
from qa.types import Citation

_DIGEST: Final = 12
"""Characters of the file's SHA-256: enough to tell that a file is another one."""
_HOST = re.compile(r"[A-Za-z0-9._-]+(?::\d{1,5})?|\[[0-9A-Fa-f:.]+\](?::\d{1,5})?")


def public_address(request: Request, settings: ServerSettings) -> str:
    """Return the absolute address of the page, ending with a slash: the setting, or where the request was sent to."""
    if settings.public_url:
        return settings.public_url.rstrip("/") + "/"
    scope = request.scope
    host = request.headers.get("host", "")
    if not _HOST.fullmatch(host):
        host = f"localhost:{settings.port}"
    return f"{scope['scheme']}://{host}{scope.get('root_path', '').rstrip('/')}/"


def permalink(citation: Citation, base: str) -> str:
    """Return the address of a quote under ``base``: the document, where the words stand, and what the file was.

    The document's id and offsets come as ``d``, ``s``, ``e``, ``as`` and ``ae``, the file's hash as ``h``.
    """
    values = {
        "d": citation.document_id,
        "s": citation.start,
        "e": citation.end,
        "as": citation.answer_start,
        "ae": citation.answer_end,
        "h": citation.sha256[:_DIGEST],
    }
    return f"{base}#{urlencode(values, errors='surrogatepass')}"

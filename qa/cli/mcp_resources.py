"""The documents of the archive as resources of the Model Context Protocol, with the words that a reader sees."""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ResourceError
from mcp.server.mcpserver.resources.templates import ResourceSecurity
from mcp.types import Resource

from qa import __version__
from qa.cli.terminal import printed
from qa.errors import GazetteError, InputError
from qa.service import Service
from qa.types import Article, Document

MOST_RESOURCES: Final = 500
"""Documents that are listed; the others are read all the same, and the tool for documents lists them."""
_ADDRESS: Final = "gazette://documents/"
_NUMBER: Final = re.compile("[0-9]{1,9}")
# An id is no path: it may hold whatever the records of an archive are called.
_ANY_ID: Final = ResourceSecurity(exempt_params={"document_id"})


class ArchiveServer(MCPServer[None]):
    """The server, with a resource for each document and for each of its articles."""

    def __init__(self, service: Callable[[], Service], instructions: str) -> None:
        super().__init__(
            "gazette",
            title="Newspaper archive",
            instructions=instructions,
            version=__version__,
            log_level="WARNING",
        )
        self._service = service

        @self.resource(
            f"{_ADDRESS}{{document_id}}",
            name="document",
            description="The words of a document.",
            mime_type="text/plain",
            security=_ANY_ID,
        )
        def document(document_id: str) -> str:
            found, _ = _found(service(), document_id)
            return printed(found.view.text if found.view else found.text)

        @self.resource(
            f"{_ADDRESS}{{document_id}}/articles/{{number}}",
            name="article",
            description="The words of an article, by its number in the document, from 0.",
            mime_type="text/plain",
            security=_ANY_ID,
        )
        def article(document_id: str, number: str) -> str:
            found, articles = _found(service(), document_id)
            if not _NUMBER.fullmatch(number) or int(number) >= len(articles):
                raise ResourceError(f"no article {number[:20]}: {found.source} has {len(articles)}, counted from 0")
            chosen = articles[int(number)]
            if found.view is None:
                return printed(found.text[chosen.start : chosen.end])
            start, end = found.view.alignment.from_original(chosen.start, chosen.end)
            return printed(found.view.text[start:end])

    async def list_resources(self) -> list[Resource]:
        """List the first documents, by source."""
        return [
            Resource(
                uri=f"{_ADDRESS}{quote(each.id, safe='', errors='surrogatepass')}",
                name=each.source,
                title=each.title,
                description=f"{each.date or 'undated'}, articles: {each.articles}",
                mime_type="text/plain",
            )
            for each in self._service().opened.summaries(None, MOST_RESOURCES)
        ]


def _found(service: Service, document_id: str) -> tuple[Document, tuple[Article, ...]]:
    try:
        return service.opened.document(document_id), service.opened.articles(document_id)
    except InputError as error:
        raise ResourceError(f"no document of the id {document_id!r}") from error
    except GazetteError as error:
        raise ResourceError(str(error)) from error

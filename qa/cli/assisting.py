"""``gazette mcp``."""

from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import typer

from qa.cli.asking import EncoderOption, IndexOption, ready_service, require_index
from qa.cli.output import err
from qa.config import Settings
from qa.errors import InputError
from qa.extras import install_command


def mcp(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    http: Annotated[
        int | None,
        typer.Option("--http", metavar="PORT", help="Streamable HTTP on this machine, not stdio.", min=1, max=65535),
    ] = None,
) -> None:
    """Give assistants the archive as tools (ask, search, documents, show) and resources, by the Model Context Protocol.

    An assistant starts "gazette mcp" itself and speaks to it over stdin and stdout; with --http it is found at
    http://127.0.0.1:PORT/mcp. Every tool only reads. Needs the extra mcp.
    """
    try:
        from qa.cli.mcp_server import create_server
    except ModuleNotFoundError as error:
        if error.name and error.name.partition(".")[0] == "mcp":
            raise InputError(f"gazette mcp needs the extra mcp: {install_command('mcp')}") from error
        raise
    settings = Settings.from_environment(index=index, encoder=encoder)
    require_index(settings.index)
    with ThreadPoolExecutor(1) as loader:
        # Assistants wait only briefly for the first reply; the models load meanwhile.
        service = loader.submit(ready_service, settings)
        server = create_server(service.result)
        try:
            if http is None:
                server.run("stdio")
            else:
                err().print(f"gazette listens on http://127.0.0.1:{http}/mcp over the index {settings.index}")
                server.run("streamable-http", host="127.0.0.1", port=http)
        finally:
            service.result().close()

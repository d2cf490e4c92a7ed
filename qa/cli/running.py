"""``gazette serve``."""

import gc
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from qa.cli.asking import EncoderOption, IndexOption, ready_service, require_index
from qa.cli.output import err
from qa.errors import IndexDirectoryError, InputError

if TYPE_CHECKING:
    from api.settings import ServerSettings
    from qa.announced import Announcer
    from qa.service import Service

SWITCH_AFTER: Final = 0.0005
"""Seconds after which a thread lets another run; the event loop waits as long for each that runs Python, several times
for one request. Python's own 0.005 make a health check ten times as slow beside two of them."""


def serve(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    host: Annotated[
        str | None, typer.Option(help="Address to listen on; the default is this machine only.", show_default=False)
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on, by default 8000.", min=0, max=65535)] = None,
    config: Annotated[
        Path | None,
        typer.Option(help="TOML file of settings, each named as in GAZETTE_NAME.", envvar="GAZETTE_CONFIG"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(help="Processes that answer, by default 1; each loads the models.", min=1, max=64),
    ] = None,
) -> None:
    """Answer over HTTP: POST /api/ask, and POST /v1/chat/completions for OpenAI clients.

    Flags come before the environment (GAZETTE_PORT and so on), and that before the file. On an address that others
    can reach, an API key is needed: gazette keys create.
    """
    from api.settings import read_settings

    run_server(read_settings(config, index=index, encoder=encoder, host=host, port=port, workers=workers))


def run_server(settings: "ServerSettings") -> None:
    """Serve until a signal says to stop; raises what loading the models or opening the index raises."""
    from api import logs
    from api.keys import Keys

    keys = len(Keys(settings.keys))  # a file that is damaged is told now, not to each who asks
    if settings.permission == "none" and not keys:
        raise InputError(
            f"{settings.host} can be reached by others, and there is no API key yet: gazette keys create NAME, or set "
            "GAZETTE_ANONYMOUS=read"
        )
    require_index(settings.index)
    access = {"none": "an API key is needed", "read": "anyone may read", "write": "anyone may read and write"}
    with _bound(settings.host, settings.port) as bound:
        logs.configure()
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        together = f" with {settings.workers} processes" if settings.workers > 1 else ""
        err().print(
            f"gazette listens on http://{host}:{bound.getsockname()[1]} over the index {settings.index} "
            f"with the encoder {settings.encoder}{together}; {access[settings.permission]}; stop it with Ctrl-C"
        )
        if settings.workers == 1:
            serve_on(settings, bound)
        else:
            from qa.cli.workers import serve_together

            serve_together(settings, bound, serve_on)


def serve_on(settings: "ServerSettings", bound: socket.socket) -> None:
    """Serve on a socket, in this process, until a signal says to stop; raises what ``run_server`` raises."""
    import uvicorn

    from api import logs
    from api.app import create_app
    from api.connections import bounded_protocol, most_connections
    from qa.announced import announcing

    failures: list[Exception] = []

    def failed(error: Exception) -> None:
        failures.append(error)
        server.should_exit = True

    asked_here = settings.is_local and settings.permission != "none"
    logs.configure()
    with announcing(settings.index, settings.host, bound.getsockname()[1], wanted=asked_here) as announcer:
        server = uvicorn.Server(
            uvicorn.Config(
                create_app(lambda: _loaded(settings, announcer), settings, failed=failed),
                http=bounded_protocol(most=most_connections(settings.connections), head_timeout=settings.head_timeout),
                log_config=None,
                access_log=False,
                server_header=False,
                forwarded_allow_ips=settings.trusted_proxies,
                timeout_graceful_shutdown=settings.drain,
            )
        )
        sys.setswitchinterval(SWITCH_AFTER)
        server.run(sockets=[bound])
    if failures:
        raise failures[0]


def _loaded(settings: "ServerSettings", announcer: "Announcer") -> "Service":
    from qa.uploads import finish_interrupted

    service = ready_service(settings.archive)
    with suppress(IndexDirectoryError):  # who writes now does it
        finish_interrupted(settings.documents_folder, settings.index)
    models = service.models
    announcer.announce(encoder=settings.encoder, fingerprint=models.encoder.fingerprint, reader=models.reader.identity)
    # What is loaded stays: looking through all of it for garbage would stop everything for some 80 ms each time.
    gc.collect()
    gc.freeze()
    return service


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, UnicodeError) as error:  # of a host with two dots in a row, or longer than names may be
        reason = (error.strerror if isinstance(error, OSError) else None) or error
        raise InputError(f"cannot listen on {host}, port {port}: {reason}; choose with --host and --port") from error

"""``gazette serve`` and ``gazette train``."""

import os
import signal
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli.asking import EncoderOption, IndexOption, ready_service
from qa.cli.output import err, out, progress_bar
from qa.errors import InputError

if TYPE_CHECKING:
    from api.settings import ServerSettings

train = typer.Typer(help="Train the models. Needs the extra: pip install 'gazette[train]'.", no_args_is_help=True)
DataOption = Annotated[
    Path,
    typer.Option("--data", help="Folder with mrc/*.jsonl.gz.", envvar="GAZETTE_DATA", file_okay=False, exists=True),
]


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
) -> None:
    """Answer over HTTP: POST /api/ask, and POST /v1/chat/completions for OpenAI clients.

    Flags come before the environment (GAZETTE_PORT and so on), and that before the file. On an address that others
    can reach, an API key is needed: gazette keys create.
    """
    from api.settings import read_settings

    run_server(read_settings(config, index=index, encoder=encoder, host=host, port=port))


def run_server(settings: "ServerSettings") -> None:
    """Serve until a signal says to stop; raises what loading the models or opening the index raises."""
    import uvicorn

    from api import logs
    from api.app import create_app
    from api.keys import Keys

    if settings.permission == "none" and not len(Keys(settings.keys)):
        raise InputError(
            f"{settings.host} can be reached by others, and there is no API key yet: gazette keys create NAME, or set "
            "GAZETTE_ANONYMOUS=read"
        )
    failures: list[Exception] = []

    def failed(error: Exception) -> None:
        failures.append(error)
        server.should_exit = True

    app = create_app(lambda: ready_service(settings.archive), settings, failed=failed)
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=settings.trusted_proxies,
            timeout_graceful_shutdown=settings.drain,
        )
    )
    logs.configure()
    access = {"none": "an API key is needed", "read": "anyone may read", "write": "anyone may read and write"}
    with _bound(settings.host, settings.port) as bound:
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        err().print(
            f"gazette listens on http://{host}:{bound.getsockname()[1]} over the index {settings.index} "
            f"with the encoder {settings.encoder}; {access[settings.permission]}; stop it with Ctrl-C"
        )
        server.run(sockets=[bound])
    if failures:
        raise failures[0]


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        reason = error.strerror or error
        raise InputError(f"cannot listen on {host}, port {port}: {reason}; choose with --host and --port") from error


@train.command("reader")
def train_reader(
    data: DataOption,
    out_folder: Annotated[Path, typer.Option("--out", help="Folder for checkpoints, log and weights.")],
    epochs: Annotated[int, typer.Option(min=1)] = 1,
    examples: Annotated[int | None, typer.Option(help="Train on a sample of this size.", min=1)] = None,
    notices: Annotated[int, typer.Option(help="Synthetic notices to add.", min=0)] = 8000,
    batch_size: Annotated[int, typer.Option(min=1)] = 16,
    learning_rate: Annotated[float, typer.Option(min=0.0)] = 1e-4,
    seed: Annotated[int, typer.Option()] = 1,
    start: Annotated[
        Path | None,
        typer.Option(help="A reader.pt to begin with, not the encoder's body.", dir_okay=False, exists=True),
    ] = None,
    threads: Annotated[int, typer.Option(help="CPU threads.", min=1)] = os.cpu_count() or 1,
    dev_questions: Annotated[
        int, typer.Option(help="Questions of each dev set to score after each epoch, in log.jsonl.", min=0)
    ] = 100,
) -> None:
    """Train the reader; run it again with the same options to go on where it stopped."""
    import torch

    from embeddings.models import provision
    from qa.train.data import DEV_SETS, load_set, training_examples
    from qa.train.reader import TrainingSettings
    from qa.train.reader import train as run

    # What stops a job on a shared machine is a polite signal: take it as Ctrl-C, which saves what has been learned.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    torch.set_num_threads(threads)
    dev = [example for name in DEV_SETS for example in load_set(data, name)[:dev_questions]]
    settings = TrainingSettings(epochs=epochs, batch_size=batch_size, learning_rate=learning_rate, seed=seed)
    with progress_bar("passages") as progress:
        chosen = training_examples(data, notice_count=notices, seed=seed, limit=examples, progress=progress)
    with progress_bar("steps") as progress:
        weights = run(
            chosen,
            encoder=provision(),
            out=out_folder,
            settings=settings,
            start=start,
            dev=dev,
            progress=lambda step, steps, loss: progress(step, steps),
        )
    out().print(f"trained on {len(chosen)} examples: {weights}")


@train.command("queries")
def train_queries(
    data: DataOption,
    target: Annotated[Path, typer.Argument(help="Where to write the projection (.safetensors).")],
) -> None:
    """Learn to find Chinese passages for English questions, without touching the vectors of passages."""
    from qa.train.data import default_encoder, load_set
    from qa.train.queries import encoded, save_projection, train_projection

    encoder = default_encoder()
    questions, passages, own = encoded(load_set(data, "squad_enq_zhctx_train"), encoder)
    projection = train_projection(questions, passages, own, fingerprint=encoder.fingerprint)
    save_projection(projection, target)
    out().print(f"{target}: {target.stat().st_size:,} bytes, from {len(questions)} questions")


@train.command("release")
def release_reader(
    data: DataOption,
    weights: Annotated[Path, typer.Argument(help="The reader.pt of a training run.", dir_okay=False, exists=True)],
    target: Annotated[Path, typer.Argument(help="Where to write the released weights (.safetensors).")],
) -> None:
    """Store trained weights in 8 bits, calibrated on held-out questions, as the package carries them."""
    from embeddings.models import provision
    from qa.train.release import release

    calibration = release(weights, target, data=data, encoder=provision())
    out().print(f"{target}: {target.stat().st_size:,} bytes, {calibration}")

"""``gazette keys``: who may use the HTTP service."""

from pathlib import Path
from typing import Annotated

import typer

from qa.cli.asking import AsJson
from qa.cli.output import err, out
from qa.cli.terminal import printed
from qa.wire import to_line

keys = typer.Typer(help="API keys of the HTTP service.", no_args_is_help=True)
FileOption = Annotated[
    Path | None, typer.Option("--keys", help="File that keeps them, as hashes.", envvar="GAZETTE_KEYS")
]


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="Whom or what it is for.")],
    write: Annotated[bool, typer.Option("--write", help="Let it add and remove documents too.")] = False,
    file: FileOption = None,
) -> None:
    """Make a key and print it, once: only its hash is kept."""
    from api.keys import Keys
    from api.settings import read_settings

    key = Keys(read_settings(keys=file).keys).create(name, "write" if write else "read")
    err().print("keep this key: it cannot be shown again", style="dim")
    print(key)


@keys.command("list")
def list_keys(file: FileOption = None, as_json: AsJson = False) -> None:
    """List the keys by id, without the keys themselves."""
    from api.keys import Keys
    from api.settings import read_settings

    path = read_settings(keys=file).keys
    found = Keys(path).all()
    if not found:
        err().print(f"no keys in {printed(str(path))}: gazette keys create NAME makes one", style="dim")
    for key in found:
        if as_json:
            print(to_line({"id": key.id, "name": key.name, "permission": key.permission, "created": key.created}))
        else:
            out().print(f"{key.id}  {key.permission:5}  {key.created}  {printed(key.name)}")


@keys.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="As gazette keys list shows it.")], file: FileOption = None
) -> None:
    """Make a key invalid, in a running service too."""
    from api.keys import Keys
    from api.settings import read_settings

    Keys(read_settings(keys=file).keys).revoke(key)
    err().print(f"revoked {printed(key)}")

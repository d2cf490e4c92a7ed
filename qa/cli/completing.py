"""``gazette completion``: what makes a shell complete commands and options."""

from enum import StrEnum
from typing import Annotated, Final

import typer

PROGRAM: Final = "gazette"
COMPLETING: Final = "_GAZETTE_COMPLETE"
"""Set by a shell that wants to know how a line may go on."""


class Shell(StrEnum):
    """Shells that can be served."""

    bash = "bash"
    zsh = "zsh"
    fish = "fish"
    powershell = "powershell"


def prepare_completion() -> None:
    """Let the command line answer a shell that asks how a line may go on."""
    from typer.completion import completion_init  # type: ignore[attr-defined]

    completion_init()


def completion(shell: Annotated[Shell, typer.Argument(help="Which shell.")]) -> None:
    """Print what makes a shell complete commands and options.

    bash: add eval "$(gazette completion bash)" to ~/.bashrc, and likewise to ~/.zshrc for zsh
    · fish: gazette completion fish > ~/.config/fish/completions/gazette.fish
    """
    from typer.completion import get_completion_script  # type: ignore[attr-defined]

    print(get_completion_script(prog_name=PROGRAM, complete_var=COMPLETING, shell=shell.value))

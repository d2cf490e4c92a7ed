"""The ``gazette`` command: exit 0 answered or done, 1 the archive does not say, 2 an error.

A process imports the one command it runs, and that command what it needs: a question waits for no other.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Annotated, Final, TextIO

import typer

from embeddings.errors import EncoderError, VectorIndexError
from qa import __version__
from qa.cli.completing import COMPLETING, PROGRAM, prepare_completion
from qa.cli.output import FAILED, INTERRUPTED, err, system_said, unexpected
from qa.cli.terminal import printed
from qa.cli.variables import unknown_variables
from qa.errors import GazetteError

_COMMANDS: Final = {
    "ask": "asking:ask",
    "chat": "chatting:chat",
    "read": "asking:read",
    "ingest": "archives:ingest",
    "search": "asking:search",
    "documents": "holdings:documents",
    "show": "archives:show",
    "forget": "holdings:forget",
    "reencode": "reencoding:reencode",
    "verify": "archives:verify",
    "compare": "measuring:compare",
    "doctor": "measuring:doctor",
    "plan": "planning:plan",
    "serve": "running:serve",
    "mcp": "assisting:mcp",
    "eval": "measuring:evaluate_gold",
    "gold": "gold:gold",
    "keys": "keys:keys",
    "train": "training:train",
    "completion": "completing:completion",
}
"""Commands in the order of the help: the module of this package and the function or group in it."""


def application(arguments: Sequence[str]) -> typer.Typer:
    """Return the command line, with the command that ``arguments`` name alone, or with all where they name none."""
    app = typer.Typer(
        help="Ask newspaper archives, in Chinese or English: the source's exact words, every item cited, or an honest "
        "no.",
        epilog="Exit codes: 0 answered or done, 1 the archive does not say, 2 an error. "
        "GAZETTE_HOME moves models and the default index, GAZETTE_INDEX and GAZETTE_ENCODER replace the options.",
        no_args_is_help=True,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    if COMPLETING in os.environ:
        prepare_completion()
    for name in arguments[:1] if arguments[:1] and arguments[0] in _COMMANDS else _COMMANDS:
        module, _, attribute = _COMMANDS[name].partition(":")
        command = getattr(import_module(f"qa.cli.{module}"), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _show_version(asked: bool) -> None:
    if asked:
        print(f"{PROGRAM} {__version__}")
        raise typer.Exit


def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    # Typer takes an application of one command for that command, unless it has a callback, such as this.
    pass


def _warn() -> None:
    """Tell of variables that are named as ours are and are none, unless a shell asks how a line may go on."""
    for said in () if COMPLETING in os.environ else unknown_variables(os.environ):
        err().print(f"warning: {printed(said)}", style="yellow")


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; whatever is wrong becomes one line on standard error."""
    try:
        return _outcome(arguments)
    except OSError:  # of standard error: nobody can be told, and Python would exit with an honest no's 1
        _write_nowhere(sys.stderr)
        return FAILED


def _outcome(arguments: list[str]) -> int:
    _warn()
    try:
        code = int(application(arguments)(arguments, prog_name=PROGRAM, standalone_mode=False) or 0)
    except typer.TyperException as error:
        # Wrong usage: every one of these shows itself, with the command's usage line.
        error.show()  # type: ignore[attr-defined]
        return error.exit_code
    except (GazetteError, EncoderError, VectorIndexError) as error:
        err().print(f"error: {printed(str(error))}", style="red")
        return FAILED
    except (BrokenPipeError, SystemExit) as error:
        if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
            # A library wanted to end the process, which is none of its business.
            return _unforeseen(error) if error.code else 0
        # The reader of our output has gone (Typer leaves then): not an error. Later flushes must not complain either.
        with suppress(BrokenPipeError):
            sys.stdout.flush()
        _write_nowhere(sys.stdout)
        return 0
    except OSError as error:
        err().print(f"error: {printed(system_said(error))}", style="red")
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:
        return _unforeseen(error)
    if code == INTERRUPTED:  # Typer itself turns Ctrl-C into this code
        err().print("interrupted")
    return code


def _unforeseen(error: BaseException) -> int:
    """Say what nobody foresaw; Python would exit with 1, which says that the archive does not say."""
    if COMPLETING not in os.environ:  # into a line that is being typed, nothing is said
        err().print(f"error: {printed(unexpected(error))}", style="red")
    return FAILED


def _write_nowhere(stream: TextIO) -> None:
    """Have what a stream still holds go nowhere: Python would complain when it ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())

"""The ``gazette`` command: exit 0 answered or done, 1 the archive does not say, 2 an error."""

import os
import sys
import traceback
from typing import Final

import typer

from embeddings.errors import EncoderError, VectorIndexError
from qa.cli.archives import ingest, show, verify
from qa.cli.asking import ask, read, search
from qa.cli.assisting import mcp
from qa.cli.chatting import chat
from qa.cli.gold import gold
from qa.cli.keys import keys
from qa.cli.measuring import compare, doctor, evaluate_gold
from qa.cli.output import FAILED, INTERRUPTED, err
from qa.cli.running import serve
from qa.cli.terminal import printed
from qa.cli.training import train
from qa.errors import GazetteError

TRACEBACK: Final = "GAZETTE_TRACEBACK"
"""Set to anything, an unexpected error is shown with where it arose."""

app = typer.Typer(
    help="Ask newspaper archives, in Chinese or English: the source's exact words, every item cited, or an honest no.",
    epilog="Exit codes: 0 answered or done, 1 the archive does not say, 2 an error. "
    "GAZETTE_HOME moves models and the default index, GAZETTE_INDEX and GAZETTE_ENCODER replace the options.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
for command in (ask, chat, read, ingest, search, show, verify, compare, doctor, serve, mcp):
    app.command()(command)
app.command("eval")(evaluate_gold)
app.add_typer(gold, name="gold")
app.add_typer(keys, name="keys")
app.add_typer(train, name="train")


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code; whatever is wrong becomes one line on standard error."""
    try:
        code = int(app(arguments, standalone_mode=False) or 0)
    except typer.TyperException as error:
        # Wrong usage: every one of these shows itself, with the command's usage line.
        error.show()  # type: ignore[attr-defined]
        return error.exit_code
    except (GazetteError, EncoderError, VectorIndexError) as error:
        err().print(f"error: {printed(str(error))}", style="red")
        return FAILED
    except (BrokenPipeError, SystemExit):
        # The reader of our output has gone (Typer leaves then): not an error. Later flushes must not complain either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        err().print(f"error: {printed(str(error))}", style="red")
        return FAILED
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except Exception as error:
        # Python would exit with 1, which says that the archive does not say.
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        what = printed(f"{type(error).__name__}: {error}".strip().replace("\n", " "))
        err().print(f"error: unexpected {what}; {TRACEBACK}=1 shows where, for a report", style="red")
        return FAILED
    if code == INTERRUPTED:  # Typer itself turns Ctrl-C into this code
        err().print("interrupted")
    return code

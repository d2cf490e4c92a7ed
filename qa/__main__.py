"""The first moment of the ``gazette`` command: what it imports takes a while, and Ctrl-C must be silent from now on."""

import atexit
import codecs
import io
import os
import signal
import sys
from contextlib import suppress


def main() -> None:
    """Run the command line and exit with its code."""
    # Until the command line can say so itself, an interrupt ends the process, as the system does it: without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _open_closed()
    _write_anything()
    code: int | None = None

    def leave() -> None:
        # To free models that end with the process takes a tenth of a second (mypy leaves so too). What cannot be
        # written in the end is for Python to tell, as it always does.
        with suppress(OSError, ValueError):
            if code is not None:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)

    atexit.register(leave)  # before what is imported now, so that it is called after all that this asks for
    from qa.cli import run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # while it said what was wrong
        code = 128 + signal.SIGINT
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # what ends with the interpreter has nothing to say either
    sys.exit(code)


def _open_closed() -> None:
    """Put an empty file in place of each standard stream that is closed: ``gazette ask - --json <&-``."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, io.TextIOWrapper(io.FileIO(os.devnull, mode), "utf-8"))


def _write_anything() -> None:
    """Have what the encoding of a terminal lacks written as JSON escapes it, and what is typed otherwise replaced."""
    codecs.register_error("as JSON", _escaped)
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, "as JSON")):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass").hex(" ", 2).split()
    return "".join(f"\\u{unit}" for unit in units), error.end


if __name__ == "__main__":
    main()

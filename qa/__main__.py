"""The first moment of the ``gazette`` command: what it imports takes a while, and Ctrl-C must be silent from now on."""

import io
import os
import signal
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # Until the command line can say so itself, an interrupt ends the process, as the system does it: without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _open_closed()
    from qa.cli import run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = run(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # what ends with the interpreter has nothing to say either
    sys.exit(code)


def _open_closed() -> None:
    """Put an empty file in place of each standard stream that is closed: ``gazette ask - --json <&-``."""
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, io.TextIOWrapper(io.FileIO(os.devnull, mode), "utf-8"))


if __name__ == "__main__":
    main()

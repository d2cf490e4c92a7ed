"""The first moment of the ``gazette`` command: what it imports takes a while, and Ctrl-C must be silent from now on."""

import signal
import sys


def main() -> None:
    """Run the command line and exit with its code."""
    # Until the command line can say so itself, an interrupt ends the process, as the system does it: without a word.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from qa.cli import run

    signal.signal(signal.SIGINT, signal.default_int_handler)
    code = run(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # what ends with the interpreter has nothing to say either
    sys.exit(code)


if __name__ == "__main__":
    main()

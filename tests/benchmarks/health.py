"""How long ``/healthz`` takes, asked ten times a second: ``python -m tests.benchmarks.health HOST PORT``.

A program of its own, with a plain socket: in the process that makes the load, its own waiting would be measured. Each
request has a connection of its own, as a load balancer's. Prints the milliseconds of each, a line at once, ``inf`` for
one that was not answered with 200, until its standard input ends.
"""

import argparse
import select
import socket
import sys
import time

EVERY = 0.1
"""Seconds."""
PATIENCE = 30.0
"""Seconds."""


def ask(host: str, port: int) -> float:
    """Return the milliseconds that one answer took."""
    begun = time.perf_counter()
    try:
        with socket.create_connection((host, port), timeout=PATIENCE) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            answered = connection.recv(64).startswith(b"HTTP/1.1 200")
    except OSError:
        return float("inf")
    return (time.perf_counter() - begun) * 1000 if answered else float("inf")


def main() -> None:
    """Ask until nobody listens any more."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    chosen = parser.parse_args()
    while not select.select([sys.stdin], [], [], EVERY)[0]:
        print(ask(chosen.host, chosen.port), flush=True)


if __name__ == "__main__":
    main()

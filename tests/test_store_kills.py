"""A few kills of ``tests.benchmarks.kills``, in a process of its own, since it forks."""

import subprocess
import sys
from pathlib import Path


def test_a_killed_ingestion_loses_and_doubles_nothing() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.kills", "--kills", "3", "--files", "6"]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("3 kills, ")

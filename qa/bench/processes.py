"""What a question costs as a process of its own: time, memory, and the disk of the home."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from embeddings.home import cache_folder
from qa.announced import find_announced
from qa.config import Settings

PROCESSES: Final = 5
_PATIENCE: Final = 60.0
"""Seconds that a service has to begin."""
STATUS: Final = Path("/proc/self/status")
_RESIDENT: Final = f"""
import sys
from qa.cli import run
run(sys.argv[1:])
lines = dict(line.split(":", 1) for line in open("{STATUS}"))
print(*(int(lines[name].split()[0]) // 1024 for name in ("VmRSS", "VmHWM")), file=sys.stderr)
"""


def process_seconds(settings: Settings, question: str, *options: str) -> float:
    """Return the median seconds of ``gazette ask`` as a process."""
    command = [sys.executable, "-m", "qa", "ask", question, "--index", str(settings.index), *options]
    return _median(command, settings)


def python_seconds(settings: Settings) -> float:
    """Return the median seconds of a process of Python that does nothing."""
    return _median([sys.executable, "-c", ""], settings)


def resident(settings: Settings, question: str) -> tuple[int, int] | None:
    """Return the MB that a process holds after a question, and at most; ``None`` where the system does not say."""
    if not STATUS.exists():
        return None
    command = [sys.executable, "-c", _RESIDENT, "ask", question, "--index", str(settings.index), "--in-process"]
    said = subprocess.run(  # noqa: S603
        command, env=_environment(settings), capture_output=True, encoding="utf-8", check=False
    ).stderr
    held, most = said.split()[-2:]
    return int(held), int(most)


def cached_megabytes() -> float:
    """Return the size of what is kept of the models."""
    folders = (cache_folder() / name for name in ("models", "graphs", "compiled"))
    return sum(file.stat().st_size for folder in folders for file in folder.rglob("*") if file.is_file()) / 1e6


@contextmanager
def serving(settings: Settings) -> Iterator[bool]:
    """Run ``gazette serve`` over the index; yields whether it can be asked. One that runs already is left to run."""
    if find_announced(settings):
        yield True
        return
    command = [sys.executable, "-m", "qa", "serve", "--port", "0", "--index", str(settings.index)]
    process = subprocess.Popen(command, env=_environment(settings), stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        begun = perf_counter()
        while process.poll() is None and not find_announced(settings) and perf_counter() - begun < _PATIENCE:
            time.sleep(0.05)
        yield find_announced(settings) is not None
    finally:
        process.terminate()
        process.wait()


def _median(command: list[str], settings: Settings) -> float:
    return median(_seconds(command, settings) for _ in range(PROCESSES))


def _seconds(command: list[str], settings: Settings) -> float:
    begun = perf_counter()
    subprocess.run(command, env=_environment(settings), capture_output=True, check=False)  # noqa: S603
    return perf_counter() - begun


def _environment(settings: Settings) -> dict[str, str]:
    return {**os.environ, "GAZETTE_ENCODER": settings.encoder}

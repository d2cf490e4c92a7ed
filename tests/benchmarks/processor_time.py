"""How much of a processor this process and its children have used: what others do on the machine does not count."""

import resource
import time
from pathlib import Path

from qa.ingest import apart


def processor_seconds() -> float:
    """Return the seconds of this process, of the children that it has waited for, and of those at work (Linux)."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(_used, _children()))


def most_megabytes() -> int:
    """Return the most memory that this process or one of its children had; ends those that wait for files."""
    apart.close_all()
    return max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) >> 10


def _children() -> list[str]:
    return [child for path in Path("/proc/self/task").glob("*/children") for child in path.read_text("ascii").split()]


def _used(child: str) -> float:
    try:
        fields = Path(f"/proc/{child}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:  # it has just ended
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


TICKS = 100
"""Of the clock, a second: what Linux tells programs, whatever its own is."""

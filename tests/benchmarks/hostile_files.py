"""What small hostile files cost: ``python -m tests.benchmarks.hostile_files [--here]``.

Each is read as ``gazette ingest`` reads it, in the process apart, or with ``--here`` by its reader alone, as it was
before there was one; each in a program of its own, stopped after ``--most`` seconds. Prints JSON Lines with the
bytes of the file, the seconds, the most memory that a process had, and what came of it.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from qa.errors import SourceError
from qa.ingest import load, load_apart
from qa.ingest.apart import close_all
from tests import hostile

FILES = {
    "wide-cell.docx": hostile.wide_cell,
    "empty-paragraphs.docx": hostile.empty_paragraphs,
    "endless-page.pdf": hostile.endless_page,
    "vast-picture.png": hostile.vast_picture,
    "long-page.html": hostile.long_page,
}


def read(path: Path, *, here: bool) -> dict[str, object]:
    """Read one file and say what came of it and what it took."""
    errors = list[SourceError]()
    begun = time.monotonic()
    try:
        documents = list((load if here else load_apart)(path, errors.append))
        outcome = f"{len(documents)} documents"
    except (SourceError, MemoryError) as error:
        outcome = getattr(error, "reason", "MemoryError")
    seconds = time.monotonic() - begun
    close_all()
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    reasons = "; ".join([*(error.reason for error in errors), outcome])
    return {"seconds": round(seconds, 1), "most_mb": most >> 10, "outcome": reasons[:120]}


def main() -> None:
    """Read each file in a program of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--here", action="store_true", help="read without a process apart")
    parser.add_argument("--most", type=float, default=180, help="seconds for one file")
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.file:
        print(json.dumps(read(chosen.file, here=chosen.here), ensure_ascii=False))
        return
    with tempfile.TemporaryDirectory() as folder:
        for name, make in FILES.items():
            path = Path(folder) / name
            path.write_bytes(make())
            command = [sys.executable, "-m", __spec__.name, "--file", str(path), *(["--here"] if chosen.here else [])]
            try:
                done = subprocess.run(command, capture_output=True, text=True, timeout=chosen.most)
                found = json.loads(done.stdout) if done.stdout else {"outcome": f"exit code {done.returncode}"}
            except subprocess.TimeoutExpired:
                found = {"seconds": chosen.most, "outcome": "stopped from outside"}
            print(json.dumps({"file": name, "bytes": path.stat().st_size, **found}, ensure_ascii=False), flush=True)


if __name__ == "__main__":
    main()

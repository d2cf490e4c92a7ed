"""Broken files of every format: ``python -m tests.benchmarks.broken_files [NAME...] [--number 1000] [--seed 0]``.

A sound file of each is cut, has bits turned over, or has parts of itself or of another put before it, and is read as
``gazette ingest`` reads it, in the process apart, and divided into chunks. Prints a line of JSON for each format: how
many were read, with or without something reported, refused and stopped at a limit, the most seconds of a processor and
the most memory that one took, and what went wrong. Exit code 1 if anything did: an exception other than a refusal, a
reader that broke down, a file over ``MAX_SECONDS`` of a processor, or a process over ``MAX_MEGABYTES``.
"""

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

from qa.errors import SourceError
from qa.ingest import apart, load_apart, segment
from tests.benchmarks.mutations import is_fault
from tests.benchmarks.processor_time import most_megabytes, processor_seconds
from tests.benchmarks.sound_files import ALIKE, place_pages, sound_files

MAX_SECONDS = 10.0
MAX_WAIT = 1800.0
"""By the clock: on a busy machine a sound file may need more than the minute that it has otherwise."""
MAX_MEGABYTES = 1024
MOST_SHOWN = 5
LIMITS = ("more memory", "more than", "seconds", "not read within")


def broken(data: bytes, other: bytes, rng: random.Random) -> bytes:
    """Return a file with one to three kinds of damage."""
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(len(data) + 1)
        kind = rng.choice(("cut", "flip", "flip", "join", "lose", "double"))
        if kind == "cut":
            data = data[:at]
        elif kind == "flip" and data:
            flipped = bytearray(data)
            for _ in range(rng.choice((1, 1, 4, 32))):
                flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
            data = bytes(flipped)
        elif kind == "join":
            data = data[:at] + other[rng.randrange(len(other)) :]
        elif kind == "lose":
            data = data[:at] + data[at + rng.randint(1, 40) :]
        else:
            data = data[:at] + data
    return data


def break_files(name: str, number: int, seed: int, keep: Path | None) -> dict[str, object]:
    """Break a sound file so many times, read what comes of it, and return the report."""
    apart.MAX_SECONDS = MAX_WAIT
    sound, rng = sound_files(), random.Random(f"{seed} {name}")
    outcomes, wrong, slowest = Counter[str](), list[str](), 0.0
    with tempfile.TemporaryDirectory() as folder:
        place_pages(Path(folder))
        whole = Path(folder) / name
        whole.write_bytes(sound[name])
        if (outcome := _read(whole)) not in (
            "read",
            "reported",
        ):  # which also starts the process apart: that takes its time
            wrong.append(f"{name}: the sound file is {outcome}")
        for done in range(number):
            path = Path(folder) / f"{done}-{name}"
            data = broken(sound[name], sound[rng.choice(sorted(sound))], rng)
            path.write_bytes(data)
            begun, faults = processor_seconds(), len(wrong)
            try:
                outcome = _read(path)
            except Exception as error:
                outcome = "wrong"
                wrong.append(f"{path.name}: {type(error).__name__}: {error}"[:200])
            seconds = processor_seconds() - begun
            slowest = max(slowest, seconds)
            if seconds > MAX_SECONDS:
                wrong.append(f"{path.name}: {seconds:.1f} s")
            if keep is not None and len(wrong) > faults:
                (keep / path.name).write_bytes(data)
            outcomes[outcome] += 1
            path.unlink()
    most = most_megabytes()
    if most > MAX_MEGABYTES:
        wrong.append(f"{most} MB of memory")
    report = {"file": name, "files": number, **outcomes, "slowest_cpu_s": round(slowest, 2), "most_mb": most}
    return report | {"wrong": wrong[:MOST_SHOWN]}


def _read(path: Path) -> str:
    """Read a file and return what came of it; raise for what is a fault of the reader."""
    errors = list[SourceError]()
    try:
        documents = list(load_apart(path, errors.append))
    except SourceError as error:
        documents, outcome = [], "stopped" if any(words in error.reason for words in LIMITS) else "refused"
        errors.append(error)
    else:
        outcome = "reported" if errors else "read" if documents else "nothing"
    if fault := next((error.reason for error in errors if is_fault(error.reason)), None):
        raise ValueError(fault)
    for document in documents:
        for chunk in segment(document).chunks:
            places = [chunk.alignment.to_original(at, at + 1) for at in range(len(chunk.text))]
            if document.view is None and "".join(document.text[a:b] for a, b in places) != chunk.text:
                raise ValueError(f"offsets of {chunk.id} do not hold")
    return outcome


def main() -> int:
    """Break files and read them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="sound files to break, or ends of their names; all without any")
    parser.add_argument("--number", type=int, default=1000, help="broken files of each format")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="folder, which exists, for the files that go wrong")
    chosen = parser.parse_args()
    known = sorted(sound_files())
    names = [n for n in known if (n.endswith(tuple(chosen.names)) if chosen.names else not n.endswith(ALIKE))]
    one = partial(break_files, number=chosen.number, seed=chosen.seed, keep=chosen.keep)
    failed = False
    # Each format in a process of its own, so that its memory is its own too.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), max_tasks_per_child=1) as pool:
        for report in pool.map(one, names):
            failed = failed or bool(report["wrong"])
            print(json.dumps(report, ensure_ascii=False), flush=True)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())

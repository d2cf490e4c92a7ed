"""Damaged files of every format, as ``gazette ingest`` reads them: ``python -m tests.benchmarks.mutations``.

A sound file of a format has some of its bytes changed, in half of the packed ones those inside; what its reader gives
is cut into passages. A file may be read or refused, with a reason; one whose reader fails in a way that nobody foresaw,
dies, or needs more than ``MAX_SECONDS`` of a processor is a fault, told of at once. Prints JSON Lines, one a format,
with examples of faults, which are kept in ``--keep``; exits with 1 if there are any. ``--minutes`` ends it early.
"""

import argparse
import gzip
import io
import json
import math
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from qa.errors import SourceError
from qa.ingest import apart, load_apart, segment
from tests.benchmarks.processor_time import most_megabytes, processor_seconds
from tests.benchmarks.sound_files import PICTURES, place_pages, sound_files

MAX_SECONDS: Final = 10.0
MAX_WAIT: Final = 1800.0
"""By the clock: on a busy machine a sound file may need more than the minute that it has otherwise."""
FAULTS: Final = ("cannot be read: ", "its reader broke down", "not read within")
"""What ``load_apart`` says of what no reader foresaw; a reader's own words say what is wrong with the file."""
FORESEEN: Final = ("cannot be read: [Errno", "cannot be read: Permission", "cannot be read: not a")
TOKENS: Final = (
    *(b"<", b">", b"&", b"\0", b"\xff", b"\xfe\xff", b"]]>", b"<!--", b'"', b"{", b"[" * 40, b"\r", b"\n", b"\f"),
    *(b"-1", b"0", b"99999999999999999999", b"1e309", b"NaN", b"\xef\xbb\xbf", b"\\ud800", b"%PDF", b"PK\x03\x04"),
    *("\u2028".encode(), "責编：".encode(), b"<table>" * 30, b"1" * 300, b" " * 300),
)


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few changes: other ones, fewer, more, the same again, or an end."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(changed) + 1)
        until = min(len(changed), at + chance.choice((1, 1, 4, 30, 300)))
        match chance.randrange(6):
            case 0:
                changed[at:until] = bytes(chance.randrange(256) for _ in range(until - at))
            case 1:
                del changed[at:until]
            case 2:
                changed[at:at] = changed[at:until] * chance.choice((1, 2, 50))
            case 3:
                changed[at:at] = chance.choice(TOKENS)
            case 4 if until > at:
                changed[at] ^= 1 << chance.randrange(8)
            case 5 if chance.random() < 0.2:
                del changed[at:]
    return bytes(changed)


def damaged_inside(data: bytes, chance: random.Random) -> bytes:
    """Return a packed file whose parts are damaged and whose packing is sound."""
    if data[:2] == b"\x1f\x8b":
        return gzip.compress(damaged(gzip.decompress(data), chance))
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        chosen = chance.choice(names)
        for name in names:
            new.writestr(name, damaged(old.read(name), chance) if name == chosen else old.read(name))
    return whole.getvalue()


def outcome_of(path: Path) -> str:
    """Read a file and cut it into passages; return ``read``, ``refused``, or what is wrong with the reader."""
    refused = list[str]()
    try:
        for document in load_apart(path, lambda error: refused.append(error.reason)):
            segment(document)
    except SourceError as error:
        refused.append(error.reason)
    except Exception as error:  # what this looks for
        return f"{type(error).__name__}: {error}"
    return next(filter(is_fault, refused), "refused" if refused else "read")


def is_fault(reason: str) -> bool:
    """Whether what a file is refused with is what no reader foresaw."""
    return reason.startswith(FAULTS) and not reason.startswith(FORESEEN)


def names_in_turn(names: Iterable[str], chance: random.Random) -> Callable[[], str]:
    """Return what chooses the next sample; one in fifty is a picture, as recognition takes a second for each."""
    quick, slow = [n for n in names if not n.endswith(PICTURES)], [n for n in names if n.endswith(PICTURES)]
    return lambda: chance.choice(slow if not quick or (slow and chance.random() < 0.02) else quick)


def run(number: int, seed: int, only: str | None, keep: Path | None, minutes: float = math.inf) -> int:
    """Damage and read ``number`` files, or as many as can be begun in time; return how many faults there were."""
    apart.MAX_SECONDS = MAX_WAIT
    chance = random.Random(seed)
    sound: Mapping[str, bytes] = {n: d for n, d in sound_files().items() if only is None or n.endswith(only)}
    outcomes, examples, slowest = Counter[tuple[str, str]](), dict[str, list[str]](), Counter[str]()
    choose = names_in_turn(list(sound), chance)
    with tempfile.TemporaryDirectory() as folder:
        place_pages(Path(folder))
        until = time.monotonic() + 60 * minutes
        for done in range(number):
            if time.monotonic() > until:
                break
            name = choose()
            packed = sound[name][:2] in (b"PK", b"\x1f\x8b")
            data = (damaged_inside if packed and chance.random() < 0.5 else damaged)(sound[name], chance)
            path = Path(folder) / name
            path.write_bytes(data)
            begun = processor_seconds()
            outcome = outcome_of(path)
            seconds = processor_seconds() - begun
            slowest[name] = max(slowest[name], round(1000 * seconds))
            if seconds > MAX_SECONDS:
                outcome = f"{seconds:.1f} s"
            kind = outcome if outcome in ("read", "refused") else "fault"
            outcomes[name, kind] += 1
            if kind == "fault":
                examples.setdefault(name, []).append(outcome[:200])
                sys.stderr.write(f"{done}-{name}: {outcome[:200]}\n")
                if keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{done}-{name}").write_bytes(data)
    for name in sound:
        counts = {kind: outcomes[name, kind] for kind in ("read", "refused", "fault")}
        found = {"file": name, **counts, "slowest_cpu_ms": slowest[name], "faults": examples.get(name, [])[:5]}
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    faults = sum(map(len, examples.values()))
    whole = {
        "files": outcomes.total(),
        "faults": faults,
        "slowest_cpu_ms": max(slowest.values()),
        "most_mb": most_megabytes(),
    }
    sys.stdout.write(json.dumps(whole) + "\n")
    return faults


def main() -> None:
    """Run the fuzz."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="samples whose name ends so, such as .docx")
    parser.add_argument("--keep", type=Path, help="folder for the files that make faults")
    parser.add_argument("--minutes", type=float, default=math.inf, help="end after these, whatever is left")
    chosen = parser.parse_args()
    sys.exit(bool(run(chosen.files, chosen.seed, chosen.only, chosen.keep, chosen.minutes)))


if __name__ == "__main__":
    main()

"""Broken files of every format: ``python -m tests.benchmarks.broken_files [NAME...] [--number 1000] [--seed 0]``.

A sound file of each is cut, has bits turned over, or has parts of itself or of another put before it, and is read as
``gazette ingest`` reads it, in the process apart, and divided into chunks. Prints a line of JSON for each format: how
many were read, refused and stopped at a limit, the slowest, the most memory that a process had so far, and what went
wrong. Exit code 1 if anything did: an exception other than a refusal, a file over ``MAX_SECONDS``, or a process over
``MAX_MEGABYTES``.
"""

import argparse
import gzip
import io
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from qa.errors import SourceError
from qa.ingest import load_apart, segment
from qa.ingest.apart import close_all
from tests import hostile, print_shop
from tests.test_ingest_formats import SAMPLES, page

MAX_SECONDS = 10.0
MAX_MEGABYTES = 1024
MOST_SHOWN = 5
LIMITS = ("more memory", "more than", "seconds", "died")
WORDS = "本报讯（记者 张三）昨日，渡口复航，船票每张四元。\n\n品名 城北市场 万泉市场\n黄瓜 2.80 3.00\n青椒 3.10 3.40\n"
RECORD = json.dumps({"id": "a", "title": "渡口", "text": WORDS}, ensure_ascii=False).encode()


def samples() -> dict[str, bytes]:
    """Return a sound file of each format, by name."""
    picture = io.BytesIO()
    print_shop.picture([(20, 40, 14, "The ferry runs again.")], 400, 120).save(picture, "PNG")
    table = "<table><tr><th>品名<th>市场<tr><td rowspan=2>黄瓜<td>2.80</table><ul><li>甲<ul><li>乙</ul></ul>"
    return SAMPLES | {
        "a.txt": WORDS.encode(),
        "gb.txt": WORDS.encode("gb18030"),
        "a.md": f"---\ntitle: 渡口\n---\n# 渡口复航\n\n{WORDS}- 甲\n- 乙\n".encode(),
        "a.html": page("渡口", [WORDS, table]).replace(b"&lt;", b"<").replace(b"&gt;", b">"),
        "a.jsonl": RECORD + b"\n" + RECORD.replace(b'"a"', b'"b"'),
        "a.jsonl.gz": gzip.compress(RECORD, mtime=0),
        "a.docx": hostile.word(f"<w:p><w:r><w:t>{WORDS}</w:t></w:r></w:p>"),
        "a.pdf": print_shop.pdf([[(50, 60, 12, "The ferry runs again."), (50, 80, 12, "A ticket is four yuan.")]]),
        "a.png": picture.getvalue(),
    }


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


def main() -> int:
    """Break files and read them; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="sound files to break; all without any")
    parser.add_argument("--number", type=int, default=1000, help="broken files of each format")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    sound, failed = samples(), False
    with tempfile.TemporaryDirectory() as folder:
        for name in chosen.names or sorted(sound):
            rng = random.Random(f"{chosen.seed} {name}")
            outcomes, wrong, slowest = Counter[str](), list[str](), 0.0
            whole = Path(folder) / name
            whole.write_bytes(sound[name])
            if _read(whole) != "read":  # which also starts the process apart: that takes its time on a busy machine
                wrong.append(f"{name}: the sound file is not read")
            for number in range(chosen.number):
                path = Path(folder) / f"{number}-{name}"
                path.write_bytes(broken(sound[name], sound[rng.choice(sorted(sound))], rng))
                begun = time.monotonic()
                try:
                    outcome = _read(path)
                except Exception as error:
                    outcome = "wrong"
                    wrong.append(f"{path.name}: {type(error).__name__}: {error}"[:200])
                seconds = time.monotonic() - begun
                slowest = max(slowest, seconds)
                if seconds > MAX_SECONDS:
                    wrong.append(f"{path.name}: {seconds:.1f} s")
                outcomes[outcome] += 1
                path.unlink()
            close_all()
            most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
            failed = failed or bool(wrong) or most >> 10 > MAX_MEGABYTES
            report = {"file": name, **outcomes, "slowest_s": round(slowest, 2), "most_mb": most >> 10}
            print(json.dumps(report | {"wrong": wrong[:MOST_SHOWN]}, ensure_ascii=False), flush=True)
    return int(failed)


def _read(path: Path) -> str:
    """Read a file and return what came of it."""
    errors = list[SourceError]()
    try:
        documents = list(load_apart(path, errors.append))
    except SourceError as error:
        return "stopped" if any(words in error.reason for words in LIMITS) else "refused"
    for document in documents:
        for chunk in segment(document).chunks:
            places = [chunk.alignment.to_original(at, at + 1) for at in range(len(chunk.text))]
            if document.view is None and "".join(document.text[a:b] for a, b in places) != chunk.text:
                raise ValueError(f"offsets of {chunk.id} do not hold")
    return "read" if documents else "nothing"


if __name__ == "__main__":
    sys.exit(main())

"""Damaged files of every format, as ``gazette ingest`` reads them: ``python -m tests.benchmarks.mutations``.

A sound file of a format has some of its bytes changed, in half of the packed ones those inside; what its reader gives
is cut into passages. A file may be read or refused, with a reason; one whose reader fails in a way that nobody foresaw,
dies, or needs too much time is a fault. Prints JSON Lines, one a format, with examples of faults, which are kept in
``--keep``; exits with 1 if there are any.
"""

import argparse
import gzip
import io
import json
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

from PIL import Image

from qa.errors import SourceError
from qa.ingest import load_apart, segment
from qa.ingest.apart import close_all
from qa.ingest.sources import READERS
from tests import hostile
from tests.conftest import SEEDS
from tests.print_shop import pdf, picture
from tests.test_ingest_formats import FIRST, SAMPLES, SECOND

PICTURES: Final = (".jpeg", ".jpg", ".png", ".tif", ".tiff")
"""Text recognition takes a second for each that is still one: one in fifty files is."""
FAULTS: Final = ("cannot be read: ", "its reader broke down", "not read within")
"""What ``load_apart`` says of what no reader foresaw; a reader's own words say what is wrong with the file."""
FORESEEN: Final = ("cannot be read: [Errno", "cannot be read: Permission", "cannot be read: not a")
TOKENS: Final = (
    *(b"<", b">", b"&", b"\0", b"\xff", b"\xfe\xff", b"]]>", b"<!--", b'"', b"{", b"[" * 40, b"\r", b"\n", b"\f"),
    *(b"-1", b"0", b"99999999999999999999", b"1e309", b"NaN", b"\xef\xbb\xbf", b"\\ud800", b"%PDF", b"PK\x03\x04"),
    *("\u2028".encode(), "責编：".encode(), b"<table>" * 30, b"1" * 300, b" " * 300),
)


def samples() -> dict[str, bytes]:
    """Return sound files by name, one or more of every suffix that is read."""
    page = next(SEEDS.glob("*.txt")).read_text("utf-8")
    html = f"<html><head><title>a</title></head><body><h1>任免</h1><table><tr><td>{page[:900]}</table></body></html>"
    record = json.dumps({"id": "a", "title": "任免", "date": "2021-10-13", "text": page[:600]}, ensure_ascii=False)
    words = [(50.0, 80.0, 12.0, "The mayor said Monday"), (50.0, 100.0, 12.0, "that the new bridge opens.")]
    found: dict[str, bytes] = {
        "page.txt": page[4000:7000].encode(),
        "gbk.txt": page[4000:6000].encode("gb18030"),
        "page.md": f"---\ntitle: 任免\n---\n# 任免\n\n- **{page[5000:5600]}**\n".encode(),
        "records.jsonl": f"{record}\n{record}\n".encode(),
        "packed.jsonl.gz": gzip.compress(f"{record}\n{record}\n".encode(), mtime=0),
        "records.json": f"[{record}, {record}]".encode(),
        "packed.json.gz": gzip.compress(f"[{record}]".encode(), mtime=0),
        "page.htm": html.encode(),
        "page.html": html.encode("gb18030"),
        "page.xhtml": html.encode(),
        "page.docx": hostile.word(
            f"<w:p><w:r><w:t>{page[5000:5300]}</w:t></w:r></w:p><w:tbl><w:tr><w:tc/></w:tr></w:tbl>"
        ),
        "page.pdf": pdf([words, words]),
        "crawl.wacz": _zipped({"archive/data.warc.gz": SAMPLES["a.warc.gz"]}),
        "table.tsv": "title\tdate\ttext\n任免\t2021-10-13\t昨日任命张三为局长。\n".encode(),
        **{name: data if isinstance(data, bytes) else data.encode() for name, data in SAMPLES.items()},
    }
    image = picture(words, 400, 160)
    for suffix in PICTURES:
        data = io.BytesIO()
        Image.Image.save(image, data, {".png": "PNG", ".tif": "TIFF", ".tiff": "TIFF"}.get(suffix, "JPEG"))
        found[f"scan{suffix}"] = data.getvalue()
    return found


def _zipped(files: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return data.getvalue()


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
    faults = (reason for reason in refused if reason.startswith(FAULTS) and not reason.startswith(FORESEEN))
    return next(faults, "refused" if refused else "read")


def names_in_turn(names: Iterable[str], chance: random.Random) -> Callable[[], str]:
    """Return what chooses the next sample; few of them pictures."""
    quick, slow = [n for n in names if not n.endswith(PICTURES)], [n for n in names if n.endswith(PICTURES)]
    return lambda: chance.choice(slow if not quick or (slow and chance.random() < 0.02) else quick)


def run(number: int, seed: int, only: str | None, keep: Path | None) -> int:
    """Damage and read ``number`` files; print what came of them and return how many faults there were."""
    chance = random.Random(seed)
    sound: Mapping[str, bytes] = {n: d for n, d in samples().items() if only is None or n.endswith(only)}
    missing = [] if only else [suffix for suffix in READERS if not any(name.endswith(suffix) for name in sound)]
    assert not missing, f"no sample of {missing}"
    outcomes, examples, slowest = Counter[tuple[str, str]](), dict[str, list[str]](), Counter[str]()
    choose = names_in_turn(list(sound), chance)
    with tempfile.TemporaryDirectory() as folder:
        for page, text in (("a .xml", FIRST), ("b.xml", SECOND)):  # what the METS file names
            (Path(folder) / "alto").mkdir(exist_ok=True)
            (Path(folder) / "alto" / page).write_text(text, "utf-8")
        for done in range(number):
            name = choose()
            packed = sound[name][:2] in (b"PK", b"\x1f\x8b")
            data = (damaged_inside if packed and chance.random() < 0.5 else damaged)(sound[name], chance)
            path = Path(folder) / name
            path.write_bytes(data)
            begun = time.monotonic()
            outcome = outcome_of(path)
            slowest[name] = max(slowest[name], round(1000 * (time.monotonic() - begun)))
            kind = outcome if outcome in ("read", "refused") else "fault"
            outcomes[name, kind] += 1
            if kind == "fault":
                examples.setdefault(name, []).append(outcome[:200])
                if keep is not None:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / f"{done}-{name}").write_bytes(data)
    close_all()
    for name in sound:
        counts = {kind: outcomes[name, kind] for kind in ("read", "refused", "fault")}
        found = {"file": name, **counts, "slowest_ms": slowest[name], "faults": examples.get(name, [])[:5]}
        sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    faults = sum(map(len, examples.values()))
    sys.stdout.write(json.dumps({"files": number, "faults": faults, "slowest_ms": max(slowest.values())}) + "\n")
    return faults


def main() -> None:
    """Run the fuzz."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="samples whose name ends so, such as .docx")
    parser.add_argument("--keep", type=Path, help="folder for the files that make faults")
    chosen = parser.parse_args()
    sys.exit(bool(run(chosen.files, chosen.seed, chosen.only, chosen.keep)))


if __name__ == "__main__":
    main()

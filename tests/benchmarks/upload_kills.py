"""Kill uploads at random moments, and see whether file and index agree: ``python -m tests.benchmarks.upload_kills``.

Additions and removals are made by child processes that are killed somewhere on their way. After what the next one would
finish is finished, every file must be the one that the index has, with nothing else in the folder, the documents of
elsewhere untouched, and the index whole.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from qa import uploads
from qa.indexing import ingest
from qa.ingest.files import refuse
from qa.store import document_states, open_index
from tests.fakes import FakeEncoder

NAMES = ("a.txt", "b.txt", "c.txt")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many children were killed, how many ended first, and how often something had been left aside."""

    killed: int
    ended: int
    finished: int


def kill_at_random(folder: Path, *, kills: int, seed: int) -> Outcome:
    """Upload and remove until ``kills`` children were killed; ``AssertionError`` if file and index ever disagree."""
    chance = random.Random(seed)
    archive, index, kept = folder / "archive", folder / "index", folder / "kept"
    archive.mkdir()
    (archive / "elsewhere.txt").write_text("第1次会议由张某主持。", "utf-8")
    ingest([archive], directory=index, encoder=FakeEncoder())
    killed = ended = finished = 0
    while killed < kills:
        command = [sys.executable, "-m", "tests.benchmarks.upload_kills", "work", str(folder), str(chance.random())]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as child:
            assert child.stdout is not None
            for _ in range(chance.randrange(1, 8)):  # changes that are made before the one that is killed
                child.stdout.readline()
            time.sleep(chance.uniform(0, 0.12))
            child.send_signal(signal.SIGKILL)
            code = child.wait()
        assert code in (0, -signal.SIGKILL), f"the uploads failed by themselves: {code}"
        killed, ended = killed + (code != 0), ended + (code == 0)
        aside = kept / ".incoming"
        finished += aside.is_dir() and any(aside.iterdir())
        uploads.finish_interrupted(kept, index)
        assert agrees(index, kept)
    return Outcome(killed, ended, finished)


def agrees(index: Path, kept: Path) -> bool:
    """Whether the index is whole and has each file of the folder, once, as it is there, and others besides."""
    with open_index(index, FakeEncoder()) as opened:
        opened.check()
    states = [state for state in document_states(index).values() if Path(state.path).parent == kept.absolute()]
    files = {path.name: sha256(path.read_bytes()).hexdigest() for path in kept.iterdir() if path.is_file()}
    return (
        len(states) == len(files)
        and {Path(state.path).name: state.sha256 for state in states} == files
        and len(states) < len(document_states(index))
    )


def work(folder: Path, seed: str) -> None:
    """Add and remove without end, and say a line for each."""
    chance = random.Random(seed)
    index, kept = folder / "index", folder / "kept"
    while True:
        if chance.random() < 0.3:
            owned = [key for key, state in document_states(index).items() if Path(state.path).parent == kept.absolute()]
            if owned:
                uploads.remove(chance.choice(owned), folder=kept, directory=index, encoder=FakeEncoder())
        else:
            text = f"第{chance.randrange(10_000)}次会议由{chance.choice('张王李赵')}某主持。"
            uploads.add(
                chance.choice(NAMES), text.encode(), refuse, folder=kept, directory=index, encoder=FakeEncoder()
            )
        os.write(1, b"done\n")


def main(kills: Annotated[int, typer.Option(min=1)] = 200, seed: int = 1) -> None:
    """Kill uploads many times and check what is left after each."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_at_random(Path(folder), kills=kills, seed=seed)
    sys.stdout.write(
        f"{outcome.killed} kills, {outcome.finished} of them with a file aside: no file and no document lost, twice or "
        "different\n"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["work"]:
        work(Path(sys.argv[2]), sys.argv[3])
    else:
        typer.run(main)

"""Kill ``ingest`` at random moments, while files change, and see what is left: ``python -m tests.benchmarks.kills``.

After every kill the index must hold exactly what some ingestion was asked for: the files as they were when the last
one ended, or as they are now. In the end it must equal an index that was made in one go.
"""

import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from qa.errors import IndexMissing
from qa.indexing import ingest
from qa.store import document_states, open_index
from tests.fakes import FakeEncoder
from tests.finding import matching

Contents = dict[str, str]
"""SHA-256 of every file, by its path."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How often an ingestion was killed, how often it ended first, and how many revisions there were."""

    killed: int
    ended: int
    revisions: int


def kill_at_random(folder: Path, *, kills: int, files: int, seed: int) -> Outcome:
    """Ingest in child processes until ``kills`` of them were killed; ``AssertionError`` if anything is not as it was.

    ``folder`` is an empty folder for the archive and its index. Call it in a process without threads, since it forks.
    """
    chance = random.Random(seed)
    archive, index = folder / "archive", folder / "index"
    archive.mkdir()
    for number in range(files):
        _write(archive / f"{number}.txt", chance)
    began = time.monotonic()
    ingest([archive], directory=folder / "timed", encoder=FakeEncoder())
    whole = time.monotonic() - began
    killed = ended = 0
    complete: Contents = {}
    while killed < kills:
        current = contents(archive)
        child = os.fork()
        if child == 0:
            ingest([archive], directory=index, encoder=FakeEncoder())
            os._exit(0)
        time.sleep(chance.uniform(0, 1.2 * whole))
        os.kill(child, signal.SIGKILL)
        done = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert done in (0, -signal.SIGKILL), f"the ingestion failed by itself: {done}"
        held = indexed(index)
        assert held in (complete, current), _differences(held, complete, current)
        assert done != 0 or held == current
        killed, ended = killed + (done != 0), ended + (done == 0)
        complete = held
        if done == 0 or chance.random() < 0.3:
            _change(archive, chance, files)
    ingest([archive], directory=index, encoder=FakeEncoder())
    ingest([archive], directory=folder / "fresh", encoder=FakeEncoder())
    assert indexed(index) == indexed(folder / "fresh") == contents(archive)
    assert texts(index) == texts(folder / "fresh")
    with open_index(index, FakeEncoder()) as opened:
        return Outcome(killed, ended, opened.state.generation)


def contents(archive: Path) -> Contents:
    """Return what is in the folder."""
    return {path.as_posix(): sha256(path.read_bytes()).hexdigest() for path in archive.iterdir()}


def indexed(index: Path) -> Contents:
    """Return the files that the index holds; ``AssertionError`` if one is in it twice, or any part is not whole."""
    try:
        with open_index(index, FakeEncoder()) as opened:
            opened.check()
    except IndexMissing:
        return {}
    states = document_states(index).values()
    twice = [path for path, count in Counter(state.path for state in states).items() if count > 1]
    assert not twice, f"in the index twice: {twice}"
    return {state.path: state.sha256 for state in states}


def texts(index: Path) -> Counter[str]:
    """Return the passages that a word of every file finds."""
    with open_index(index, FakeEncoder()) as opened:
        return Counter(chunk.text for chunk, _ in matching(opened, "会议", 10_000))


def _write(path: Path, chance: random.Random) -> None:
    sentences = [f"第{chance.randrange(10_000)}次会议由{chance.choice('张王李赵')}某主持。" for _ in range(60)]
    path.write_text("## 会议召开\n\n" + "".join(sentences), "utf-8")


def _change(archive: Path, chance: random.Random, files: int) -> None:
    """Add a file, change one, move one, and remove as many as keep the number."""
    paths = sorted(archive.iterdir())
    chance.shuffle(paths)
    changed, moved, *others = paths
    _write(changed, chance)
    moved.rename(archive / f"moved-{chance.randrange(10**9)}.txt")
    _write(archive / f"new-{chance.randrange(10**9)}.txt", chance)
    for path in others[max(1, files - 3) :]:
        path.unlink()


def _differences(held: Contents, complete: Contents, current: Contents) -> str:
    counts = f"{len(held)} files in the index, {len(complete)} before, {len(current)} in the archive"
    return f"{counts}: {held.keys() ^ current.keys()}"


def main(
    kills: Annotated[int, typer.Option(min=1)] = 50,
    files: Annotated[int, typer.Option(help="Files in the archive.", min=4)] = 40,
    seed: int = 1,
) -> None:
    """Kill an ingestion many times and check what is left after each."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = kill_at_random(Path(folder), kills=kills, files=files, seed=seed)
    sys.stdout.write(
        f"{outcome.killed} kills, {outcome.ended} ingestions that ended first, {outcome.revisions} revisions: "
        "no document lost or twice, no index unusable\n"
    )


if __name__ == "__main__":
    typer.run(main)

"""An update that is killed at any of its file operations leaves the old revision, and the next one finishes it."""

import os
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest

from qa.store import database_writer, open_index, update
from tests.fakes import FakeEncoder, entry
from tests.finding import matching

OLD = [entry("kept", "文博会十月开幕"), entry("gone", "李新建为洛阳市人民政府副市长")]
NEW = [OLD[0], entry("new", "孙延文为洛阳市公安局局长", "张武清为洛阳市公安局政委")]
WATCHED = {"open", "os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "sqlite3.connect"}
KILLED = 9
EVERY = 5
"""Operations between two kills; 1 tries them all, in four times the time."""


def bring_to_new(directory: Path) -> None:
    update(directory, FakeEncoder(), {}, add=NEW, remove=["gone"])


def documents(directory: Path) -> set[str]:
    with open_index(directory, FakeEncoder()) as index:
        index.check()
        found = {document.id for document in index.documents()}
        assert {chunk.document_id for chunk, _ in matching(index, "洛阳市文博会", 9)} == found
    return found


def die_at(event: int) -> None:
    """End this process, without any cleaning up, at the n-th file operation from now."""
    counter = count(1)

    def hook(name: str, _: object) -> None:
        if name in WATCHED and next(counter) == event:
            os._exit(KILLED)

    sys.addaudithook(hook)


def die_everywhere(directory: Path, step: int) -> None:
    """Kill the update at its first operation, and each time ``step`` operations later, until it gets to its end."""
    for event in count(1, step):
        child = os.fork()
        if child == 0:
            die_at(event)
            bring_to_new(directory)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        assert status in (0, KILLED), status
        assert documents(directory) in ({"kept", "gone"}, {"kept", "new"})
        if status == 0:
            break
    assert documents(directory) == {"kept", "new"}
    sys.stdout.write(str(event))


@pytest.mark.parametrize("segments", ["one segment", "a segment for each update"])
def test_an_update_killed_anywhere_leaves_a_whole_revision_and_the_next_one_finishes(
    tmp_path: Path, segments: str
) -> None:
    update(tmp_path, FakeEncoder(), {}, add=OLD)
    command = [sys.executable, "-m", "tests.test_store_crash", str(tmp_path), str(EVERY), segments]
    done = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 50
    assert {path.name for path in tmp_path.iterdir()} >= {"manifest.json", "revision-000002"}


if __name__ == "__main__":
    if sys.argv[3] != "one segment":
        database_writer.staying = lambda segments: len(segments)
    die_everywhere(Path(sys.argv[1]), int(sys.argv[2]))

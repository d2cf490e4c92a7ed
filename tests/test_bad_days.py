"""The command line on a bad day: no room, no home, closed streams, names that no file can have, hostile JSON."""

import ast
import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from api.keys import Keys
from api.settings import read_settings
from embeddings.errors import EncoderError
from embeddings.home import cache_folder, users_folder
from qa.chat import Conversation, Turn
from qa.cli import run
from qa.cli.chatting import ChatLoop
from qa.cli.output import out
from qa.cli.running import _bound
from qa.cli.transcript import write_transcript
from qa.config import Settings, default_index
from qa.errors import InputError
from qa.ingest import origin_of
from qa.service import Service
from qa.types import Answer, Article, Document, Item
from qa.wire import dumps
from tests.api_service import citation

ROOT = Path(__file__).parents[1]
TEXT = "甲市日报\n\n任免名单\n会议决定任命李新建为副市长。\n"
DIGITS = '{"question":' + "1" * 5000 + "}"
BRACKETS = "[" * 100_000


def message(capfd: pytest.CaptureFixture[str], *arguments: str, code: int = 2) -> str:
    capfd.readouterr()
    assert run(list(arguments)) == code
    (line,) = capfd.readouterr().err.strip().splitlines()
    assert "unexpected" not in line
    return line


def gazette(
    *arguments: str, environment: dict[str, str] | None = None, **streams: Any
) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "qa", *arguments], env={**os.environ, **(environment or {})}, check=False, **streams
    )


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_nobody_can_be_told(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        assert gazette("documents", "--index", str(tmp_path), stderr=full).returncode == 2
        done = gazette("--version", stdout=full, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (2, b"error: No space left on device\n")


def test_a_terminal_that_lacks_characters(tmp_path: Path) -> None:
    """What it lacks is written as JSON writes it: JSON stays JSON, beyond the basic plane too."""
    name = "任免😀"
    told = gazette(
        "keys", "list", "--json", "--keys", str(kept(tmp_path, name)),
        environment={"PYTHONIOENCODING": "ascii"}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert told.returncode == 0
    assert told.stdout.isascii()
    assert json.loads(told.stdout)["name"] == name


def kept(folder: Path, name: str) -> Path:
    Keys(folder / "keys.json").create(name, "read")
    return folder / "keys.json"


def test_a_home_of_nobody_is_named(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("GAZETTE_INDEX", raising=False)
    monkeypatch.setenv("GAZETTE_HOME", "~nobody-here/x")
    line = message(capfd, "documents")
    assert line == "error: GAZETTE_HOME=~nobody-here/x: no home of that user is known; write the whole path"
    with pytest.raises(EncoderError, match="GAZETTE_HOME"):
        cache_folder()


def test_a_user_without_a_home_is_told_what_to_set() -> None:
    def none(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine the home directory for '~/.cache'")

    with pytest.raises(EncoderError, match="the user has no home folder: set GAZETTE_HOME to one"):
        users_folder(none)


def test_an_index_in_the_home_is_found_there(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A shell leaves the ``~`` of ``--index=~/news``, and of a variable that a unit sets, as it is."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GAZETTE_INDEX", "~/mine")
    assert Settings.from_environment().index == tmp_path / "mine"
    assert Settings.from_environment(index="~/other").index == tmp_path / "other"
    assert f"{tmp_path}/mine: no index there" in message(capfd, "documents")
    assert "~nobody-here/x: no home of that user is known" in message(capfd, "documents", "--index", "~nobody-here/x")
    monkeypatch.delenv("GAZETTE_INDEX")
    monkeypatch.setenv("GAZETTE_HOME", "~/home")
    assert default_index() == tmp_path / "home" / "index"


@pytest.mark.parametrize("name", ["a\0b.txt", "file:///a%00b.txt", "a\ud800.txt", "memory://a\0b", "memory://a\ud800"])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="no file can be called so") as refused:
        origin_of(name)
    assert "\0" not in str(refused.value)
    str(refused.value).encode()


def test_hostile_sources_of_saved_answers_cost_no_other(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "page.txt").write_text(TEXT, "utf-8")
    lines = []
    for source in ("a\0b.txt", "a\ud800.txt", "http://127.0.0.1:9/a.txt", str(tmp_path / "page.txt")):
        cited = replace(citation("李新建", "李新建", line=1, start=0), source=source)
        lines.append(dumps(Answer("谁?", (Item("李新建", 0.9, (cited,)),), 0.9, (), {})))
    saved = tmp_path / "answers.jsonl"
    saved.write_text("\n".join(lines), "utf-8", "surrogatepass")
    capfd.readouterr()
    assert run(["verify", str(saved)]) == 2
    streams = capfd.readouterr()
    assert "4 citations checked, 4 failed" in streams.out
    assert [line.partition(": ")[2] for line in streams.err.splitlines()] == [
        "a\\x00b.txt: no file can be called so",
        "a\\ud800.txt: no file can be called so",
        "http://127.0.0.1:9/a.txt: not on this machine: if you trust it, add --fetch",
        next(line for line in streams.err.splitlines() if "has changed since it was cited" in line).partition(": ")[2],
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("--passages", "9" * 400, "--rate", "100"),
        ("--passages", "1000", "--memory", "9" * 400, "--rate", "1"),
        ("--passages", "1000", "--rate", "1e-320"),
        ("--passages", "1000", "--rate", "nan"),
        ("--passages", "-5"),
    ],
)
def test_a_plan_has_numbers_that_can_be(arguments: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", *arguments]) == 2
    said = capfd.readouterr().err
    assert "unexpected" not in said
    assert "Invalid value for" in said or "--rate is between" in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("HEAD_TIMEOUT", "inf"), ("BODY_TIMEOUT", "1e400"), ("ANSWER_TIMEOUT", "nan"), ("DRAIN", "9" * 30)],
)
def test_nothing_waits_without_end(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's clocks raise an error for it, with each request."""
    monkeypatch.setenv(f"GAZETTE_{name}", value)
    with pytest.raises(InputError, match=rf"setting {name.lower()} \(GAZETTE_{name}\): Input should be"):
        read_settings()


def test_settings_and_thresholds_of_thousands_of_brackets(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("a=" + BRACKETS)
    assert f"{file}: " in message(capfd, "serve", "--config", str(file))
    assert f"{file}: not TOML" in message(capfd, "compare", str(file), str(file), "--thresholds", str(file))


def test_keys_that_are_damaged_are_told_before_anyone_asks(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys.json"
    file.write_text("{")
    monkeypatch.setenv("GAZETTE_KEYS", str(file))
    assert f"{file}: the file of API keys is damaged" in message(capfd, "serve", "--port", "0")


def test_a_line_that_is_being_typed_is_not_disturbed(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("_GAZETTE_COMPLETE", "complete_bash")
    monkeypatch.delenv("COMP_WORDS", raising=False)
    assert run(["ask"]) == 2
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("content", [DIGITS, BRACKETS], ids=["digits", "brackets"])
def test_json_that_python_does_not_take_is_named(
    content: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.json"
    file.write_text(content, "utf-8")
    assert f"{file}:1: not a saved answer" in message(capfd, "verify", str(file))
    assert f"{file}: the file of API keys is damaged" in message(capfd, "keys", "list", "--keys", str(file))
    assert f"{file}: not a report of gazette eval" in message(capfd, "compare", str(file), str(file))


def test_a_folder_or_a_device_holds_no_keys(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path, Path("/dev/zero")):
        assert f"{path}: not a file of API keys; name another" in message(capfd, "keys", "list", "--keys", str(path))


EXPECTED_BY_CALLERS = {
    ("qa/announced.py", "_revision"),
    ("qa/announced.py", "_sent"),
    ("qa/train/gpu/folder.py", "from_text"),
}
OURS = {
    ("qa/pages.py", "_unpacked"),
    ("qa/chat/completeness.py", "_weights"),
    ("qa/train/completeness.py", "examples"),
    ("qa/store/records.py", "document_from"),
    ("qa/store/records.py", "chunk_from"),
    ("embeddings/runtime.py", "body_sizes"),
    ("api/housekeeping.py", "_in_form"),
    ("api/openapi.py", ""),
    ("api/shared_sessions.py", "find"),
}
"""What these read we have written, and its hash is kept or it is in the package."""


def test_whoever_reads_json_expects_what_python_does_not_take() -> None:
    """A number of thousands of digits is a ValueError, thousands of brackets are a RecursionError."""
    found = set[tuple[str, str]]()
    for package in ("qa", "api", "embeddings"):
        for file in (ROOT / package).rglob("*.py"):
            name = file.relative_to(ROOT).as_posix()
            if "/milvus/" not in name:
                found |= {(name, function) for function in unguarded(ast.parse(file.read_text("utf-8")))}
    assert found == OURS | EXPECTED_BY_CALLERS


def unguarded(tree: ast.Module) -> set[str]:
    """Return the functions with a ``json.loads`` outside a ``try`` that expects both errors."""
    found = set[str]()

    def look(node: ast.AST, function: str, guarded: bool) -> None:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            function, guarded = node.name, False
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "json.loads" and not guarded:
            found.add(function)
        if isinstance(node, ast.Try):
            caught = " ".join(ast.unparse(each.type) for each in node.handlers if each.type)
            inside = guarded or ("ValueError" in caught and "RecursionError" in caught)
            for tried in node.body:
                look(tried, function, inside)
            for other in (*node.handlers, *node.orelse, *node.finalbody):
                look(other, function, guarded)
            return
        if isinstance(node, ast.With):
            guarded = guarded or "suppress(ValueError, RecursionError)" in ast.unparse(node.items[0])
        for child in ast.iter_child_nodes(node):
            look(child, function, guarded)

    look(tree, "", guarded=False)
    return found


def test_a_library_that_ends_the_process_is_no_success(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def ends(*_: object, **__: object) -> None:
        raise SystemExit("bye")

    monkeypatch.setattr("qa.store.read_state", ends)
    assert run(["show", "page"]) == 2
    assert capfd.readouterr().err.startswith("error: unexpected SystemExit: bye;")


@pytest.mark.parametrize("host", ["a..b", "x" * 300])
def test_a_host_that_cannot_be_one(host: str) -> None:
    with pytest.raises(InputError, match=r"cannot listen on .*; choose with --host and --port"):
        _bound(host, 0)
    ray = pytest.importorskip("qa.cluster.connection")
    with pytest.raises(InputError, match="no host can be called so"):
        ray._require_listening(f"{host}:6379")


def test_a_folder_that_is_gone_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    line = message(capfd, "ingest", "page.txt", "--index", str(tmp_path / "index"))
    assert line == "error: the folder that this is started in is no longer there: change to another"


class Archive:
    """One document, whose head is of no article, and a service that cannot answer."""

    def __init__(self, ask: Callable[..., Answer]) -> None:
        self.ask = ask
        self.settings = SimpleNamespace(index="index")
        self.opened = self

    def document(self, _: str) -> Document:
        return Document("d", "page.txt", "/page.txt", "ab" * 32, TEXT)

    def articles(self, _: str) -> tuple[Article, ...]:
        return (Article("d", 0, "任免名单", TEXT.index("任免名单"), len(TEXT)),)


def talk(*lines: str, ask: Callable[..., Answer] = lambda *_, **__: 1 / 0) -> int:  # type: ignore[assignment]
    turn = Turn(
        "谁?", "谁?", Answer("谁?", (Item("甲市", 0.9, (citation("甲市日报", "甲市", line=1, start=0),)),), 0.9, (), {})
    )
    session = ChatLoop(cast(Service, Archive(ask)), 5, out(), Conversation((turn,)))
    return session.run(iter(lines), stop_at_interrupt=True)


def test_what_a_page_says_above_its_articles_is_opened(capfd: pytest.CaptureFixture[str]) -> None:
    assert talk("/open 1") == 0
    assert "     1  【甲市】日报" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (f"/open {'9' * 5000}", "/open takes the number of a citation, 1 to 1"),
        ("/open ²", "/open takes the number of a citation"),
        ("/save ~nobody-here/talk.md", "~nobody-here/talk.md: no home of that user is known"),
        ("/save a\0b.md", "a\\x00b.md: no file can be called so"),
        ("谁?", "unexpected ZeroDivisionError"),
    ],
)
def test_a_conversation_outlives_a_line(line: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert talk(line, "/sources") == 2
    streams = capfd.readouterr()
    assert f"error: {said}" in streams.err
    assert "【甲市】日报" in streams.out


def test_a_transcript_without_room_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "talk.jsonl"
    file.write_text("before")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_transcript(file, [Turn("谁?", "谁?", Answer("谁?", (), 0.9, (), {}))])
    assert file.read_text() == "before"
    assert [each.name for each in tmp_path.iterdir()] == ["talk.jsonl"]

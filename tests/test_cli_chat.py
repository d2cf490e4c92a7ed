"""``gazette chat``: a real conversation through a pipe, its files, and the prompt's parts by value."""

import io
import json
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.history import InMemoryHistory
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from qa.chat import Turn
from qa.cli import run
from qa.cli.chatting import COMMANDS, ChatLoop
from qa.cli.output import out
from qa.cli.prompt import CommandCompleter, prompted_lines, question_history
from qa.cli.transcript import transcript
from qa.errors import InputError
from qa.types import Answer
from tests.conftest import SEEDS

PAGE = next(SEEDS.glob("*.txt")).read_bytes().decode("utf-8")


class Talk(NamedTuple):
    code: int
    out: str
    err: str
    folder: Path


def talk(lines: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, index: Path) -> Talk:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines.encode("utf-8", "surrogateescape")), "utf-8"))
    capfd.readouterr()
    code = run(["chat", "--index", str(index)])
    streams = capfd.readouterr()
    assert "Traceback" not in streams.err
    assert "\x1b" not in streams.out
    return Talk(code, streams.out, streams.err, index.parent)


def test_a_conversation_through_a_pipe(
    index: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        "谁被任命为洛阳市人民政府副市长?",
        "/sources",
        "/open 1",
        "那免去了谁?",
        f"/save {tmp_path / 'talk.jsonl'}",
        f"/save '{tmp_path / 'my talk.md'}'",
        f"/save {tmp_path / 'talk.json'}",
        "/new",
        "还有谁?",
        "/quit",
        "这一行不再读取",
    ]
    spoken = talk("\n".join(lines), capfd, monkeypatch, index)
    assert (spoken.code, spoken.err) == (0, "")
    assert "李新建、孙延文、张武清" in spoken.out
    assert "这一行" not in spoken.out
    # Opened: line numbers of the original, and the cited words marked in their line.
    line = PAGE.count("\n", 0, PAGE.index("李新建为洛阳市人民政府副市长;")) + 1
    assert f"{line:6}  【李新建】为洛阳市人民政府副市长;" in spoken.out
    assert f"{line + 1:6}  孙延文为洛阳市人民政府副市长;" in spoken.out
    # The follow-up is shown as it was understood; after /new it is not rewritten any more.
    understood = re.findall(r"^→ (.+)$", spoken.out, re.MULTILINE)
    assert understood == ["洛阳市谁被免去了职务?"]
    saved = json.loads((tmp_path / "talk.json").read_text("utf-8"))["turns"]
    assert [turn["question"] for turn in saved] == ["谁被任命为洛阳市人民政府副市长?", "那免去了谁?"]
    assert saved[1]["understood"] == understood[0]
    markdown = (tmp_path / "my talk.md").read_text("utf-8")
    assert markdown.startswith("## 谁被任命为洛阳市人民政府副市长?\n\n李新建 [1]、孙延文 [2]、张武清 [3]\n")
    assert "*→ 洛阳市谁被免去了职务?*" in markdown
    monkeypatch.chdir(SEEDS.parent)
    assert run(["verify", str(tmp_path / "talk.jsonl")]) == 0
    assert re.match(r"[1-9]\d* citations checked, 0 failed", capfd.readouterr().out)


def test_mistakes_are_said_and_the_conversation_goes_on(
    index: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there.md").write_text("mine")
    lines = ["/open 1", "/nonsense", "?!", "/save x.md", "市十五届人大常委会第二十八次会议由谁主持?"]
    lines += ["/open 9", "/open ²", "/open", f"/save {tmp_path / 'there.md'}", "/save talk.pdf", "/save", "/save 'a"]
    lines += [f"/save {tmp_path / 'no' / 'folder.md'}", "/help"]
    spoken = talk("\n".join(lines), capfd, monkeypatch, index)
    assert spoken.code == 2
    errors = spoken.err.splitlines()
    said = ["no answer", "/nonsense", "empty", "nothing to save"]
    said += [
        "1 to ",
        "1 to ",
        "1 to ",
        "there already",
        ".md, .json, .jsonl",
        "one file name",
        "one file name",
        "folder.md",
    ]
    assert len(errors) == len(said)
    for error, words in zip(errors, said, strict=True):
        assert words in error
    assert "吴中阳" in spoken.out
    assert (tmp_path / "there.md").read_text() == "mine"
    for command in COMMANDS:
        assert command in spoken.out


def test_a_line_that_is_not_utf8(
    index: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken = talk("/help\n\udcff\udcfe\n", capfd, monkeypatch, index)
    assert spoken.code == 2
    assert "line 2: not UTF-8" in spoken.err


def completions(typed: str) -> list[str]:
    found = CommandCompleter(COMMANDS).get_completions(Document(typed), CompleteEvent())
    return [typed[: len(typed) + each.start_position] + each.text for each in found]


def test_commands_are_completed(tmp_path: Path) -> None:
    assert completions("/s") == ["/sources", "/save"]
    assert completions("/open") == ["/open"]
    assert completions("谁") == completions("") == completions("see /s") == []
    (tmp_path / "talk.md").touch()
    assert completions(f"/save {tmp_path}/ta") == [f"/save {tmp_path}/talk.md"]


def test_ctrl_c_drops_a_line_and_ctrl_d_leaves(home: Path) -> None:
    with create_pipe_input() as keys, create_app_session(input=keys, output=DummyOutput()):
        keys.send_text("谁被任\x03  \n  Who else? \n\x04")
        assert list(prompted_lines(COMMANDS)) == ["Who else?"]
    history = home / "chat_history"
    assert "Who else?" in history.read_text("utf-8")
    assert "谁被任" not in history.read_text("utf-8")
    assert stat.S_IMODE(history.stat().st_mode) == 0o600


def test_without_a_place_for_it_history_stays_in_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert isinstance(question_history(tmp_path / "file" / "history"), InMemoryHistory)


class Interrupted:
    """A service that is stopped while it answers."""

    def ask(self, question: str, *, top_k: int) -> Answer:
        raise KeyboardInterrupt


def test_ctrl_c_stops_an_answer_but_not_a_prompt(capfd: pytest.CaptureFixture[str]) -> None:
    def lines() -> Iterator[str]:
        yield from ("谁?", "/help")

    session = ChatLoop(Interrupted(), 5, out())  # type: ignore[arg-type]
    assert session.run(lines(), stop_at_interrupt=False) == 0
    streams = capfd.readouterr()
    assert "interrupted" in streams.err
    assert "/sources" in streams.out
    with pytest.raises(KeyboardInterrupt):
        session.run(lines(), stop_at_interrupt=True)


def test_a_transcript_holds_whatever_was_typed() -> None:
    turn = Turn("# *谁* \ud800?", "# *谁* \ud800?", Answer("谁?", (), 0.9, (), {}))
    markdown = transcript([turn], ".md")
    assert markdown.startswith("## \\# \\*谁\\* ??\n")
    assert json.loads(transcript([turn], ".json"))["turns"][0]["question"] == "# *谁* \ud800?"
    with pytest.raises(InputError, match=r"talk\.txt: .*jsonl"):
        transcript([turn], ".txt", name="talk.txt")

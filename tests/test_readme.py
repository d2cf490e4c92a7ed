"""The README keeps its word: its commands exist, its example is true, its files are there."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from qa.cli import run
from tests.conftest import SEEDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
COMMANDS = sorted({match for _, block in BLOCKS for match in re.findall(r"\bgazette (\w+)", block)})


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_exists(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([command, "--help"]) == 0
    assert command in capsys.readouterr().out


def test_options_that_are_shown_exist(capsys: pytest.CaptureFixture[str]) -> None:
    for _, block in BLOCKS:
        for command, rest in re.findall(r"\bgazette (\w+)([^\n|<>]*)", block):
            within = [word for word in rest.split()[:1] if word.isalpha()]  # as check in: gazette gold check
            run([command, *within, "--help"])
            helped = capsys.readouterr().out
            for option in re.findall(r"(?<!\S)--[a-z-]+", rest):
                assert option in helped, f"gazette {command} {option}"


def test_the_example_is_what_the_command_prints(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = (block for _, block in BLOCKS if block.startswith("$ gazette ask"))
    question = re.match(r'\$ gazette ask "(.+?)"\n', example)
    assert question
    monkeypatch.chdir(ROOT)
    assert run(["ask", question[1], "--index", str(tmp_path / "index")]) == 0
    assert capfd.readouterr().out == example.split("\n", 1)[1]


def test_paths_that_are_named_exist() -> None:
    for name in re.findall(r"^\| `([a-z_./]+)`", README, re.MULTILINE):
        assert (ROOT / name).exists(), name


def test_dependencies_each_say_why() -> None:
    lines = (ROOT / "pyproject.toml").read_text("utf-8").split("\n")
    project = tomllib.loads("\n".join(lines))["project"]
    for dependency in project["dependencies"]:
        (line,) = (line for line in lines if line.strip().startswith(f'"{dependency}"'))
        assert "#" in line, dependency


def test_gold_answers_stand_on_the_page() -> None:
    page = re.sub(r"\s", "", next(SEEDS.glob("*.txt")).read_text("utf-8"))
    for line in (SEEDS / "gold.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        assert all(re.sub(r"\s", "", words) in page for words in record["evidence"]), record["id"]

"""The documents keep their word: their commands and files exist, every command is in them, the example is true."""

import importlib.util
import json
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.cli import run, settings_page
from qa.cli.settings_page import variables
from qa.extras import EXTRAS
from qa.ingest.sources import READERS
from tests.conftest import SEEDS
from tests.test_imports import ARROWS

ROOT = Path(__file__).parent.parent
DOCUMENTS = {
    file.relative_to(ROOT).as_posix(): file.read_text("utf-8")
    for file in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "ARCHITECTURE.md", *ROOT.glob(".github/*.md"))
}
README, ARCHITECTURE = DOCUMENTS["README.md"], DOCUMENTS["ARCHITECTURE.md"]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(README)
SPAN = re.compile(r"`([^`]+)`")
PROGRAMS = ("gazette", "python", "python3", "pip", "ruff", "mypy", "pytest", "pre-commit")
TOOLS = ("pip", "ruff", "mypy", "pytest")
OPTION = re.compile(r"--[a-z-]+")


def spans(text: str) -> list[str]:
    """Return what stands between backticks in running text and tables."""
    return [" ".join(span.split()) for span in SPAN.findall(BLOCK.sub("", text))]


def commands_of(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the simple commands of shell blocks, of examples after ``$``, and of running text, as words."""
    lines = [line for kind, block in BLOCK.findall(text) if kind == "sh" for line in block.splitlines()]
    lines += [
        line.removeprefix("$ ") for _, block in BLOCK.findall(text) for line in block.splitlines() if line[:2] == "$ "
    ]
    for line in (*lines, *spans(text)):
        for piece in re.split(r"&&|\||;| > ", line):
            words = piece.split()
            if len(words) < 2 or words[0].rpartition("/")[2] not in PROGRAMS:
                continue  # a message may have an apostrophe that no shell would take
            words = shlex.split(piece) if piece.count('"') % 2 == 0 else words
            yield (words[0].rpartition("/")[2], *words[1:])


COMMANDS = sorted({command for text in DOCUMENTS.values() for command in commands_of(text)})
GAZETTE = {name: {option for each in given for option in each.opts} for name, given in settings_page.commands()}
GROUPS = {name.split()[0] for name in GAZETTE if " " in name}


def named(words: tuple[str, ...]) -> str:
    """Return the command of ``gazette`` that words begin with: one, or two in a group; empty for a placeholder."""
    size = 2 if words[0] in GROUPS and words[1:] and words[1].isalpha() and words[1].islower() else 1
    return " ".join(words[:size]) if words[0].isalpha() and words[0].islower() else ""


ASKED = sorted({(named(command[1:]), command) for command in COMMANDS if command[0] == "gazette"})


@pytest.mark.parametrize("command", sorted({name for name, _ in ASKED if name}))
def test_every_command_exists(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command in GAZETTE or command in GROUPS
    assert run([*command.split(), "--help"]) == 0
    helped = capsys.readouterr().out
    assert f"gazette {command}" in helped or command in helped
    for name, words in ASKED:
        if name == command:
            assert [word for word in words if OPTION.fullmatch(word) and word not in helped] == []


def test_every_command_is_documented() -> None:
    documented = {name for name, _ in ASKED}
    assert sorted(set(GAZETTE) - documented) == []


MODULES = sorted({command[2] for command in COMMANDS if command[0].startswith("python") and command[1] == "-m"})


@pytest.mark.parametrize("module", MODULES)
def test_every_module_that_is_run_helps(
    module: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec(module)
    assert found, module
    if module.partition(".")[0] not in ("qa", "tests"):
        return
    assert found.origin
    monkeypatch.setattr(sys, "argv", [module, "--help"])
    with pytest.raises(SystemExit) as stopped:
        runpy.run_path(found.origin, run_name="__main__")
    assert not stopped.value.code
    helped = capsys.readouterr().out
    for words in COMMANDS:
        if words[1:3] == ("-m", module):
            assert [word for word in words if OPTION.fullmatch(word) and word not in helped] == []


@pytest.mark.parametrize("tool", sorted({words[:2] for words in COMMANDS if words[0] in TOOLS}))
def test_every_tool_that_is_run_helps(tool: tuple[str, str], tmp_path: Path) -> None:
    program, first = tool
    within = [first] if first.isalpha() and program in ("pip", "ruff") else []
    asked = [sys.executable, "-m", program, *within, "--help"]
    finished = subprocess.run(asked, cwd=tmp_path, capture_output=True, text=True, check=True)
    for words in COMMANDS:
        if words[:2] == tool:
            assert [word for word in words if OPTION.fullmatch(word) and word not in finished.stdout] == []


def test_one_command_checks_everything() -> None:
    whole = re.search(r"<!-- test command -->\n```sh\n(.*)\n```\n<!-- end -->", README)
    assert whole
    _, _, checks = whole[1].partition('".[test]" && ')
    assert checks.count("&&") == 3
    assert f"```sh\n{checks}\n```" in DOCUMENTS["CONTRIBUTING.md"]
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert re.findall(r"- repo: (.*)", hooks) == ["local"]
    for entry in re.findall(r"entry: (.*)", hooks):
        assert f".venv/bin/{entry}" in checks


def test_the_page_of_settings_is_what_the_classes_say() -> None:
    page = DOCUMENTS[settings_page.PAGE.as_posix()]
    assert page == settings_page.settings_page(), "run: python -m qa.cli.settings_page"
    assert [variable for variable in variables() if f"`{variable}`" not in page] == []


def test_every_setting_of_the_documents_exists() -> None:
    known = variables() | set(re.findall(r"`(GAZETTE_[A-Z_]+)`", DOCUMENTS[settings_page.PAGE.as_posix()]))
    for name, text in DOCUMENTS.items():
        assert set(re.findall(r"GAZETTE_[A-Z_]+", text)) - {"GAZETTE_NAME"} <= known, name


def test_the_example_is_what_the_command_prints(
    index: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = (block for _, block in BLOCKS if block.startswith("$ gazette ask"))
    question = re.match(r'\$ gazette ask "(.+?)"\n', example)
    assert question
    capfd.readouterr()
    assert run(["ask", question[1], "--index", str(index)]) == 0
    assert capfd.readouterr().out == example.split("\n", 1)[1]


def test_paths_that_are_named_exist() -> None:
    path = re.compile(r"(?:qa|api|embeddings|tests|seeds|\.ci|\.github)/[\w./-]*")
    written = {name for text in DOCUMENTS.values() for name in spans(text) if path.fullmatch(name)}
    drawn = {name for _, block in BLOCK.findall(ARCHITECTURE) for name in re.findall(r"[\w/]+\.py\b", block)}
    files = {file.name for part in ("qa", "api", "embeddings") for file in (ROOT / part).rglob("*.py")}
    missing = {
        name for name in written | drawn if not (ROOT / name).exists() and name not in files and "NAME" not in name
    }
    assert missing == set()


def test_links_lead_somewhere() -> None:
    for name, text in DOCUMENTS.items():
        for target in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / name).parent.joinpath(target).exists(), f"{name}: {target}"


def test_the_architecture_has_every_loader() -> None:
    (flow,) = re.findall(r"one loader a format(.*?)qa/ingest/segment\.py", ARCHITECTURE, re.DOTALL)
    modules = {reader.__module__.rpartition(".")[2] for reader in READERS.values()} - {"sources"}
    assert sorted(modules - set(re.findall(r"\w+", flow))) == []


def test_the_architecture_draws_the_arrows() -> None:
    (drawing,) = (block for _, block in BLOCK.findall(ARCHITECTURE) if block.startswith("qa.__main__ "))
    row_of = {name: row for row, line in enumerate(drawing.splitlines()) for name in line.split()}
    assert {part for part in ARROWS if part.count(".") < 2} - set(row_of) == {"qa", "qa.train"}
    for part, targets in ARROWS.items():
        for target in targets.split() if part in row_of else ():
            assert row_of[part] < row_of.get(target, len(row_of)), f"{part} → {target}"


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


def test_the_distribution_is_not_the_one_of_others() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == "gazette-qa"  # "gazette" on the package index is another project
    assert project["scripts"] == {"gazette": "qa.__main__:main"}
    extras = {name: wanted for name, wanted in project["optional-dependencies"].items() if name != "test"}
    assert {name: list(wanted) for name, wanted in EXTRAS.items()} == extras


def test_no_text_of_ours_tells_to_install_a_package_by_our_name() -> None:
    files = [
        *(ROOT / "qa").rglob("*.py"),
        *(ROOT / "api").rglob("*.py"),
        *ROOT.glob("*.md"),
        *ROOT.glob(".github/*.md"),
    ]
    fetched = re.compile(r"pip3? install(?: -[-\w]+)* ['\"]?gazette")
    assert fetched.search("pip install -U 'gazette[mcp]'")
    assert [file.name for file in files if fetched.search(file.read_text("utf-8"))] == []

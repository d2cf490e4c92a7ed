"""``.github/EXAMPLES.md``: every recipe is taken from the page and run, over the starter page."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.app import create_app
from api.settings import ServerSettings
from qa.cli.settings_page import commands
from qa.config import Settings
from qa.ingest.sources import load
from qa.service import Models, open_service
from tests.conftest import SEEDS
from tests.print_shop import pdf
from tests.servers import listening

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / ".github" / "EXAMPLES.md").read_text("utf-8")
NAMES = ("李新建", "孙延文", "张武清")


def recipe(name: str) -> str:
    """Return the block that comes first after the paragraph, in a section, that begins with the file's name."""
    _, found, rest = PAGE.partition(f"\n`{name}`")
    assert found, name
    block = re.search(r"^```\w*\n(.*?)^```", rest, re.MULTILINE | re.DOTALL)
    assert block
    return block[1]


@pytest.fixture
def work(index: Path, tmp_path: Path) -> Path:
    """Return a folder with the index, a folder of papers, and ``gazette`` in ``bin``."""
    shutil.copytree(index, tmp_path / "my-index")
    (tmp_path / "papers").mkdir()
    for page in SEEDS.glob("*.txt"):
        shutil.copy(page, tmp_path / "papers")
    command = tmp_path / "bin" / "gazette"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m qa "$@"\n', "utf-8")
    command.chmod(0o755)
    return tmp_path


def execute(work: Path, name: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Write a recipe into a file of its name and run that."""
    (work / name).write_text(recipe(name), "utf-8")
    program = "sh" if name.endswith(".sh") else sys.executable
    path = f"{work / 'bin'}{os.pathsep}{os.environ['PATH']}"
    settings = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(
        [program, name, *arguments], cwd=work, env=settings, capture_output=True, encoding="utf-8", check=False
    )


def test_a_folder_of_pdfs(work: Path) -> None:
    shutil.rmtree(work / "my-index")  # it cites a file by a path that does not lead there from this folder
    (work / "papers" / "bridge.pdf").write_bytes(
        pdf([[(50, 90, 12, "The harbour bridge was opened by Ruth Adeyemi.")]])
    )
    (work / "papers" / "damaged.pdf").write_bytes(b"%PDF-1.7")
    (work / "questions.jsonl").write_text(recipe("questions.jsonl"), "utf-8")
    done = execute(work, "pdfs.sh", "papers")
    assert done.returncode == 0, done.stderr
    assert "see report.json" in done.stderr
    skipped = json.loads((work / "report.json").read_text("utf-8"))["skipped"]
    assert [each["source"] for each in skipped] == ["papers/damaged.pdf"]
    answers = [json.loads(line) for line in (work / "answers.jsonl").read_text("utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["1", "2", "3"]
    assert [item["text"] for item in answers[0]["items"]] == [*NAMES]
    assert not answers[2]["answered"]
    assert done.stdout.splitlines()[-1].endswith(" 0 failed")


def test_answers_as_a_table(work: Path) -> None:
    (work / "questions.txt").write_text("谁被任命为洛阳市人民政府副市长?\n\n谁被任命为北京市市长?\n", "utf-8")
    done = execute(work, "answers.py")
    assert done.returncode == 0, done.stderr
    with (work / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["answer"] for row in found] == [*NAMES, ""]
    (page,) = SEEDS.glob("*.txt")
    text = page.read_text("utf-8")
    for row in found[:3]:
        assert text[int(row["start"]) : int(row["end"])] == row["answer"]
        assert text.splitlines()[int(row["line"]) - 1].startswith(row["quote"].strip())


@pytest.fixture(scope="module")
def address(index: Path, models: Models) -> Iterator[str]:
    app = create_app(lambda: open_service(Settings(index), models), ServerSettings(index=index))
    with listening(app) as base:
        yield base


def test_curl(work: Path, address: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl")
    done = execute(work, "ask.sh", BASE=address)
    assert done.returncode == 0, done.stderr
    chat, answer, found = map(json.loads, done.stdout.splitlines())
    assert all(name in chat["choices"][0]["message"]["content"] for name in NAMES)
    assert [item["text"] for item in answer["items"]] == [*NAMES]
    assert len(found["passages"]) == 3


def test_the_client_of_openai(work: Path, address: str) -> None:
    done = execute(work, "client.py", BASE=address)
    assert done.returncode == 0, done.stderr
    marked = [line.split("\t") for line in done.stdout.splitlines() if "\t" in line]
    assert [words for words, *_ in marked] == [*NAMES]
    assert all(title == "洛阳市人大常委会任免名单" and url.startswith(f"{address}/#") for _, title, url in marked)


def test_every_night(work: Path) -> None:
    done = execute(work, "nightly.sh", "papers", "my-index")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = execute(work, "nightly.sh", "nowhere", "my-index")
    assert done.returncode == 2
    assert "nowhere: no such file or folder" in done.stderr
    line = recipe("crontab -e").strip()
    assert re.fullmatch(r"(?:[0-9*]+ ){5}PATH=\S+ /\S+/nightly\.sh /\S+ /\S+", line)


def test_gold_questions_of_ones_own(work: Path) -> None:
    done = execute(work, "evaluate.sh")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (work / "before" / "report.html").is_file()
    asked = json.loads((work / "after" / "report.json").read_text("utf-8"))["questions"]
    assert [question["id"] for question in asked] == ["1", "2"]


def test_the_tool_of_an_assistant() -> None:
    block = re.search(r"```json\n(\{\n.*?)```", PAGE, re.DOTALL)
    assert block
    server = json.loads(block[1])["mcpServers"]["gazette"]
    name, *arguments = server["args"]
    options = {option for command, given in commands() if command == name for each in given for option in each.opts}
    assert {argument for argument in arguments if argument.startswith("--")} <= options


def test_an_export_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "records.csv").write_text(recipe("records.csv"), "utf-8")
    first, second = load(tmp_path / "records.csv")
    assert (first.title, first.date, first.metadata["page"]) == ("甲县任免名单", "2021-10-13", "4")
    assert second.text == "乙县教育会议昨日召开。"


def test_every_recipe_is_run() -> None:
    tested = Path(__file__).read_text("utf-8")
    scripts = re.findall(r"^`([\w-]+\.(?:sh|py))`", PAGE, re.MULTILINE)
    assert len(scripts) == 6
    assert [name for name in scripts if f'execute(work, "{name}"' not in tested] == []

"""The benchmark against peers, without the peers: what the worker writes, what is scored, what the table says."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import peers

TASKS = [
    peers.Task(
        "s", "1", "谁主持?", ("王某主持会议。天气晴。",), (0.0,), "王某主持会议。天气晴。", (("王某",),), "cmrc"
    ),
    peers.Task("s", "2", "哪些人?", ("甲、乙",), (0.0,), "", (("甲",), ("乙",)), "cmrc"),
    peers.Task("s", "3", "何时?", ("无",), (0.0,), "无", (), "cmrc"),
]


def lines(folder: Path) -> Path:
    file = folder / "tasks.jsonl"
    file.write_text("".join(f"{task.to_line()}\n" for task in TASKS), "utf-8")
    return file


def test_the_worker_answers_every_task_and_is_never_shown_the_gold(tmp_path: Path) -> None:
    tasks = lines(tmp_path)
    assert not any("gold" in json.loads(line) for line in tasks.read_text("utf-8").splitlines())
    outcome = peers.run("bm25", tmp_path, tasks, tmp_path)
    assert outcome.reason is None
    assert [answer["items"] for answer in outcome.answers.values()] == [["王某主持会议。"], [], ["无"]]
    assert outcome.figures["failures"] == 0
    assert outcome.figures["peak_mb"] > 1


def test_a_system_that_cannot_be_run_is_in_the_table_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # In this environment, where haystack is not installed.
    monkeypatch.setattr(peers, "environment_of", lambda system, work: Path(sys.executable))
    broken = peers.run("haystack", tmp_path, lines(tmp_path), tmp_path)
    assert broken.reason == "cannot be run: ModuleNotFoundError: No module named 'haystack'"
    table = "\n".join(peers.render_table(TASKS, {"haystack": broken}, None))
    assert "| s (3) | Haystack, extractive reader | cannot be run: ModuleNotFoundError" in table


def test_every_task_counts_and_a_failure_is_wrong() -> None:
    answers: dict[tuple[str, str], dict[str, Any]] = {
        ("s", "1"): {"items": ["王某"], "error": None, "ms": 10.0},
        ("s", "2"): {"items": ["乙", "甲", "丙"], "error": None, "ms": 30.0},
        ("s", "3"): {"items": [], "error": "ValueError: x", "ms": 60.0},  # not the right refusal that it looks like
    }
    figures = {"version": "1", "import_s": 0.5, "startup_s": 1.25, "peak_mb": 100.4, "failures": 1}
    table = list(peers.render_table(TASKS, {"txtai": peers.Outcome(figures, answers)}, 3))
    # EM 1, 0, 0; F1 and item F1 1, 2 * 2 / 5, 0; answered rightly 1, 1, 0; 3 passages in 0.1 s.
    assert "| s (3) | txtai, extractor | 0.333 | 0.600 | 0.600 | 0.667 | 30.0 | 30.0 |" in table
    assert "| txtai, extractor | 1 | 0.50 | 1.25 | 100 | 1 |" in table
    assert "3 questions of each set" in table[0]

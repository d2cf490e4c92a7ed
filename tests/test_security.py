"""SECURITY.md keeps its word: each promise names a test that exists; the one on import names is here."""

import ast
import os
import re
import subprocess
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROWS = [
    line
    for line in (ROOT / "SECURITY.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and "tests/" in line
]


def test_every_promise_names_its_tests() -> None:
    named = [re.findall(r"`(tests/\w+\.py)::(\w+)`", row.rsplit("|", 2)[1]) for row in ROWS]
    assert len(ROWS) > 20
    assert all(named)
    for file, name in {test for tests in named for test in tests}:
        tree = ast.parse((ROOT / file).read_text("utf-8"))
        found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert name in found, f"{file} has no {name}"


def test_modules_of_the_users_do_not_shadow_ours(tmp_path: Path) -> None:
    command = Path(sysconfig.get_path("scripts")) / "gazette"
    if not command.exists():
        pytest.skip("the command is not installed")
    for name in ("api", "qa", "embeddings", "typer"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(f"raise SystemExit('the {name} of the user')")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [command, "serve", "--config", "nowhere.toml"], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert "of the user" not in done.stderr + done.stdout
    assert (done.returncode, "nowhere.toml" in done.stderr) == (2, True)

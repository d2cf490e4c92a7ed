"""The arrows of the design: which part of the code may import which, read from the source with ``ast``.

An import counts wherever it stands: under ``TYPE_CHECKING``, inside a function, or relative to its package.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
# part → the parts that it may import, and with them what those may import in turn. A part is a module or a package;
# inside one, imports are free. A module belongs to the longest name that it starts with.
ARROWS = {
    "qa.__main__": "qa.cli",
    "qa.integrations": "qa.archive",
    "qa.archive": "qa.service",
    "qa.cli": "api qa.bench qa.evaluate qa.announced",
    "api": "qa.service qa.chat qa.wire",
    "qa.bench": "qa.service qa.announced",
    "qa.announced": "qa.config qa.read",
    "qa.service": "qa.answer qa.uploads qa.wire qa.filters",
    "qa.filters": "qa.types qa.errors qa.text",
    "qa.uploads": "qa.indexing",
    "qa.chat": "qa.answer",
    "qa.evaluate": "qa.service qa.wire qa.evaluate.metrics qa.evaluate.confidence",
    "qa.answer": "qa.question qa.read qa.answer.agreement qa.answer.citations",
    "qa.question": "qa.retrieve",
    "qa.cluster": "qa.indexing",
    "qa.indexing": "qa.ingest qa.store",
    "qa.retrieve": "qa.store",
    "qa.read": "qa.store",
    "qa.answer.citations": "qa.answer.days qa.types qa.errors qa.text",
    "qa.answer.agreement": "qa.types qa.text",
    "qa.answer.days": "qa.text",
    "qa.ingest": "qa qa.extras qa.types qa.errors qa.text",
    "qa.store": "qa.config qa.text embeddings",
    "qa.train": "qa.chat qa.read qa.retrieve qa.indexing qa.evaluate.metrics qa.evaluate.confidence",
    "qa.evaluate.metrics": "qa.text",
    "qa.evaluate.confidence": "",
    "qa.wire": "qa.types qa.errors",
    "qa.config": "qa qa.types qa.errors qa.addresses embeddings",
    "qa.addresses": "qa.types qa.errors qa.extras",
    "qa.types": "qa.pages",
    "qa.pages": "",
    "qa.extras": "",
    "qa.text": "",
    "qa.errors": "",
    "qa": "",
    "embeddings": "",
}
# Allowed inside a function only, so that the part stays unloaded until it is asked for.
LAZY_ARROWS = {"qa.cli": "qa.cluster qa.train", "qa": "qa.archive"}


class Import(NamedTuple):
    target: str
    line: int
    lazy: bool


def part_of(module: str) -> str | None:
    """Return the part a module belongs to, ``None`` outside this project."""
    names = [name for name in ARROWS if module == name or module.startswith(f"{name}.")]
    return max(names, key=len, default=None)


@cache
def reachable(part: str) -> frozenset[str]:
    """Return every part that the arrows lead to, the part itself among them."""
    return frozenset({part}).union(*(reachable(target) for target in ARROWS[part].split()))


def imports(source: str, module: str, *, is_package: bool) -> Iterator[Import]:
    """Yield every import of a source, as absolute names."""
    tree = ast.parse(source)
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    inside = {id(node) for function in functions for node in ast.walk(function)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            package = absolute(node.module or "", node.level, module, is_package=is_package)
            targets = [f"{package}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (Import(target, node.lineno, id(node) in inside) for target in targets)


def absolute(name: str, level: int, module: str, *, is_package: bool) -> str:
    """Resolve the module of a ``from`` import, as the interpreter does (PEP 328)."""
    if not level:
        return name
    parents = module.split(".")
    package = parents[: len(parents) - level + is_package]
    return ".".join([*package, name] if name else package)


def violations(source: str, module: str, *, is_package: bool = False) -> list[str]:
    """Return what a module imports against the arrows, one line each."""
    part = part_of(module)
    if part is None or (part == "qa" and module != "qa"):
        return [f"{module} is in no part of the table: add it there"]
    found = []
    for target, line, lazy in imports(source, module, is_package=is_package):
        other = part_of(target)
        allowed = reachable(part) | (set(LAZY_ARROWS.get(part, "").split()) if lazy else set())
        if other is not None and other not in allowed:
            found.append(f"{module}:{line} imports {target}, but {part} may not import {other}")
    return found


def module_name(path: Path) -> str:
    names = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(names[:-1] if names[-1] == "__init__" else names)


FILES = sorted(path for package in ("qa", "embeddings", "api") for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_every_import_follows_the_arrows(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert violations(source, module_name(path), is_package=path.name == "__init__.py") == []


@pytest.mark.parametrize(
    ("module", "source", "target"),
    [
        ("embeddings.index", "from qa.types import Chunk", "qa.types"),
        ("embeddings.index", "import api.app", "api"),
        ("qa.store.vectors", "from qa.retrieve import dense", "qa.retrieve"),
        ("qa.retrieve.dense", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import qa.read", "qa.read"),
        ("qa.read.decode", "from qa.answer.citations import cite", "qa.answer.citations"),
        ("qa.answer.citations", "from qa import ingest", "qa.ingest"),
        ("qa.answer.citations", "from qa.answer import ask", "qa.answer"),
        ("qa.retrieve", "from qa.question import Query", "qa.question"),
        ("qa.question.places", "from qa.answer.select import select", "qa.answer"),
        ("qa.ingest.clean", "from .. import read", "qa.read"),
        ("qa.ingest.clean", "from ..retrieve.dense import search", "qa.retrieve"),
        ("qa.ingest.clean", "def clean():\n    from qa.store import sqlite", "qa.store"),
        ("qa.read.runtime", "from qa.train.reader import Reader", "qa.train"),
        ("qa.train.reader", "from qa.evaluate.run import evaluate", "qa.evaluate"),
        ("qa.evaluate.run", "from qa.train import data", "qa.train"),
        ("qa.evaluate.metrics", "from qa.evaluate import run", "qa.evaluate"),
        ("qa.wire", "from qa.config import Settings", "qa.config"),
        ("qa.service", "from qa.evaluate import tasks", "qa.evaluate"),
        ("qa.evaluate.tasks", "from qa.cli.output import stages", "qa.cli"),
        ("api.native", "from qa.evaluate import gold", "qa.evaluate"),
        ("qa.answer.ask", "from qa.chat import turn", "qa.chat"),
        ("qa.types", "from qa.errors import GazetteError", "qa.errors"),
        ("qa.text.sentences", "from qa.ingest.lines import Line", "qa.ingest"),
        ("qa.cli", "from qa.train import reader", "qa.train"),
        ("api.app", "def create():\n    from qa.train import reader", "qa.train"),
        ("api.app", "from qa import cli", "qa.cli"),
    ],
)
def test_a_forbidden_import_is_found(module: str, source: str, target: str) -> None:
    (violation,) = violations(source, module)
    line = source.count("\n") + 1
    assert violation.startswith(f"{module}:{line} imports ")
    assert violation.endswith(f", but {part_of(module)} may not import {target}")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("qa.cli", "from api.app import create_app\nimport qa.evaluate.run\nfrom qa import uploads, wire, service"),
        ("qa.cli", "def train():\n    from qa.train import reader"),
        ("qa.service", "from embeddings.encoder import Encoder\nfrom qa.read.runtime import Reader"),
        ("qa.retrieve.dense", "from qa.store.vectors import open\nfrom qa.errors import IndexMissing\nimport qa.types"),
        ("qa.read.runtime", "from embeddings.models import home\nfrom .decode import spans\nfrom . import inputs"),
        ("qa.train.reader", "from qa.evaluate.metrics import cmrc_f1\nfrom qa.read import decode\nimport torch"),
        ("qa.evaluate", "from .metrics import cmrc_f1\nfrom . import gold"),
        ("qa.ingest.jsonl", "import qartez\nfrom apis import x\nfrom qa import __version__"),
    ],
)
def test_an_allowed_import_is_let_through(module: str, source: str) -> None:
    assert violations(source, module, is_package=module == "qa.evaluate") == []


def test_a_module_that_the_table_does_not_know_is_reported() -> None:
    assert violations("", "qa.magic") == ["qa.magic is in no part of the table: add it there"]


def test_the_table_says_what_the_design_says() -> None:
    peers = {"qa.ingest", "qa.retrieve", "qa.read", "qa.answer.citations"}
    assert all(reachable(part) & peers == {part} for part in peers)
    for part in ("qa.train", "qa.cluster"):
        assert [other for other in ARROWS if part in reachable(other)] == [part]
    assert reachable("embeddings") == {"embeddings"}
    assert reachable("qa.wire") == {"qa.wire", "qa.types", "qa.pages", "qa.errors"}
    assert reachable("qa.types") == {"qa.types", "qa.pages"}
    alone = {
        "embeddings",
        "qa",
        "qa.pages",
        "qa.extras",
        "qa.text",
        "qa.errors",
        "qa.answer.days",
        "qa.answer.agreement",
        "qa.evaluate.metrics",
        "qa.evaluate.confidence",
    }
    parts = set(ARROWS) - alone - {"qa.types"}
    assert all({"qa.types", "qa.errors"} <= reachable(part) for part in parts)
    assert not any(part in reachable(other) for part in ARROWS for other in reachable(part) - {part})

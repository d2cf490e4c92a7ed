"""What others wrote: the table has every direct dependency and its licence, locked versions fit and have hashes."""

import re
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import cast

import pytest
from packaging.requirements import Requirement

from qa.cli.dependencies import (
    CHOSEN_BY_THE_USER,
    LOCK,
    LOCKED,
    NOT_STATED,
    PAGE,
    closure,
    direct_dependencies,
    licence_of,
    licences_in,
    page,
    size_of,
)

ROOT = Path(__file__).parent.parent
DIRECT = direct_dependencies((ROOT / "pyproject.toml").read_text("utf-8"))
TEXT = (ROOT / PAGE).read_text("utf-8")
LOCKED_TEXT = (ROOT / LOCK).read_text("utf-8")
ENTRY = re.compile(r"^([a-z0-9-]+)==(\S+)(.*?)(?=^[a-z0-9]|\Z)", re.MULTILINE | re.DOTALL)
PINS = {name: (version, body.count("--hash=sha256:")) for name, version, body in ENTRY.findall(LOCKED_TEXT)}


def test_the_table_has_every_direct_dependency_with_its_licence() -> None:
    stated = licences_in(TEXT)
    assert list(stated)[2:] == list(dict.fromkeys(each.name for each in DIRECT))
    for each in DIRECT:
        try:
            installed = distribution(each.name)
        except PackageNotFoundError:
            continue
        assert stated[each.name] == licence_of(installed), "run: python -m qa.cli.dependencies"
    assert page(DIRECT, stated) == TEXT, "run: python -m qa.cli.dependencies"


def test_dependencies_are_read_with_what_they_are_for() -> None:
    found = {each.name: (each.extra, each.why) for each in DIRECT}
    assert found["numpy"] == ("", "arrays")
    assert found["mcp"] == ("mcp", "the archive as tools of an assistant")
    assert "gazette-qa" not in found


@pytest.mark.parametrize(
    ("fields", "licence"),
    [
        ({"License-Expression": "MIT", "License": "x"}, "MIT"),
        ({"License": "BSD-3-Clause"}, "BSD-3-Clause"),
        ({"License": "MIT License"}, "MIT"),
        ({"License": "", "Classifier": "License :: OSI Approved :: Apache Software License"}, "Apache-2.0"),
        ({"License": "Copyright\nall of it", "Classifier": "License :: OSI Approved :: BSD License"}, "BSD License"),
        ({"License": "x" * 500}, NOT_STATED),
        ({}, NOT_STATED),
    ],
)
def test_a_licence_is_what_the_package_says(fields: dict[str, str], licence: str) -> None:
    metadata = Message()
    for name, value in fields.items():
        metadata[name] = value
    assert licence_of(cast("Distribution", type("Installed", (), {"metadata": metadata}))) == licence


def test_what_is_needed_in_turn_is_found_with_its_size() -> None:
    found = dict(closure(["fastapi"]))
    assert {"fastapi", "starlette", "pydantic", "pydantic-core", "anyio"} <= set(found)
    assert "numpy" not in found
    assert size_of(found["fastapi"]) > 100_000


def test_what_a_service_needs_is_locked_with_hashes() -> None:
    assert len(PINS) > 80
    assert [name for name, (_, hashes) in PINS.items() if not hashes] == []
    for each in DIRECT:
        requirement = Requirement(each.requirement)
        if each.extra in ("", *LOCKED) and not each.name.startswith(CHOSEN_BY_THE_USER):
            version, _ = PINS[each.name]
            assert requirement.specifier.contains(version, prereleases=True), each.requirement


def test_the_locked_versions_name_no_place_and_no_build_for_one_machine() -> None:
    assert re.findall(r"://|^-|index-url|find-links", LOCKED_TEXT, re.MULTILINE) == []
    assert [name for name in PINS if name.startswith(CHOSEN_BY_THE_USER)] == []
    (torch,) = re.findall(r"^# .*torch==(\S+)$", LOCKED_TEXT, re.MULTILINE)
    (wanted,) = (each.requirement for each in DIRECT if each.name == "torch")
    assert Requirement(wanted).specifier.contains(torch)

"""What gazette is made of that others wrote: ``python -m qa.cli.dependencies`` in the root of a checkout.

Writes ``.github/DEPENDENCIES.md``, the direct dependencies with their licences, and prints all that are installed for
them with their sizes. With ``--lock`` it writes ``.deploy/requirements.txt`` anew: exact versions with the hashes of
their files, for every system, chosen by ``uv``, which has to be installed.
"""

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Final, cast

PAGE: Final = Path(".github/DEPENDENCIES.md")
LOCK: Final = Path(".deploy/requirements.txt")
LOCKED: Final = ("mcp", "ocr")
"""Extras that are locked: what a service needs."""
CHOSEN_BY_THE_USER: Final = ("torch", "triton", "cuda-", "nvidia-")
"""Not locked: which build of torch, and with it which libraries of a GPU's maker, depends on the machine."""
NOT_STATED: Final = "not stated"

_OURS: Final = "gazette-qa"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_PYPROJECT_LINE: Final = re.compile(r'\s*"(?P<requirement>[^"]+)",?\s*(?:#\s*(?P<why>.*))?$')
_LONGEST_LICENCE: Final = 60

_SPDX: Final = {
    "MIT License": "MIT",
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
}

_HEAD: Final = """# Dependencies

Generated from `pyproject.toml` and what the packages say of themselves by `python -m qa.cli.dependencies`, which also
prints all that is installed for them, with sizes. No line is legal advice; the licences themselves are in the packages.

`.deploy/requirements.txt` has exact versions with hashes of their files, for every system, and `--lock` writes it anew
with `uv`. It names no place to fetch from. torch is not in it, nor what its builds for GPUs bring: install the build
for your machine first, of the version that the file names, from where its makers offer it; then

```sh
pip install --no-deps --require-hashes -r .deploy/requirements.txt
pip install --no-deps .
```

The last command fetches `hatchling` to build the package; nothing of it is installed.

"""
_LOCK_HEAD: Final = """# Exact versions with hashes, of all that gazette needs with its extras mcp and ocr.
# Written by python -m qa.cli.dependencies --lock; .github/DEPENDENCIES.md says how to install from it.
# Not here, for its build depends on the machine: torch=={torch}
"""


@dataclass(frozen=True, slots=True)
class Dependency:
    """One requirement of ``pyproject.toml``; ``extra`` is empty for what is always needed."""

    requirement: str
    extra: str
    why: str

    @property
    def name(self) -> str:
        """The package's name."""
        found = _NAME.match(self.requirement)
        return found[0] if found else self.requirement


def direct_dependencies(pyproject: str) -> list[Dependency]:
    """Return the requirements of a ``pyproject.toml`` in its order, with the comments beside them."""
    found = (_PYPROJECT_LINE.match(line) for line in pyproject.splitlines())
    reasons = {line["requirement"]: (line["why"] or "").strip() for line in found if line}
    project = tomllib.loads(pyproject)["project"]
    groups: dict[str, list[str]] = {"": project["dependencies"], **project["optional-dependencies"]}
    return [
        Dependency(requirement, extra, reasons.get(requirement, ""))
        for extra, requirements in groups.items()
        for requirement in requirements
        if not requirement.startswith(_OURS)
    ]


def licence_of(installed: Distribution) -> str:
    """Return what a package says its licence is: an SPDX expression, its own words, or its classifiers.

    Common words for one licence become its SPDX name, so that nothing changes when a package spells it anew.
    """
    said = cast("Message", installed.metadata)
    words = (said.get("License-Expression") or said.get("License") or "").strip()
    if words and len(words) <= _LONGEST_LICENCE + 60 * words.count(" AND ") and "\n" not in words:
        return _SPDX.get(words, words)
    classified = [line.rpartition(" :: ")[2] for line in said.get_all("Classifier") or [] if line.startswith("License")]
    return ", ".join(dict.fromkeys(_SPDX.get(name, name) for name in classified)) or NOT_STATED


def page(dependencies: list[Dependency], before: Mapping[str, str]) -> str:
    """Return the page; what is not installed keeps the licence that ``before`` has for it."""
    rows = ["| package | for | licence | why |", "| --- | --- | --- | --- |"]
    for each in dependencies:
        installed = _installed(each.name)
        licence = before.get(each.name, NOT_STATED) if installed is None else licence_of(installed)
        rows.append(f"| {each.name} | {each.extra or 'always'} | {licence} | {each.why} |")
    return _HEAD + "\n".join(rows) + "\n"


def licences_in(text: str) -> dict[str, str]:
    """Return the licences in the rows of a page, by package."""
    rows = (line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| "))
    return {row[0]: row[2] for row in rows if len(row) > 2}


def closure(names: list[str]) -> Iterator[tuple[str, Distribution]]:
    """Yield the installed packages of these names and all that they need in turn, each once, by name."""
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        installed = None if name in found else _installed(name)
        if installed is not None:
            found[name] = installed
            needed = (line for line in installed.requires or () if "extra ==" not in line)
            waiting += [match[0] for line in needed if (match := _NAME.match(line))]
    yield from sorted(found.items())


def size_of(installed: Distribution) -> int:
    """Return the bytes of a package's files."""
    paths = (Path(str(installed.locate_file(file))) for file in installed.files or ())
    return sum(path.stat().st_size for path in paths if path.is_file())


def lock(pyproject: str) -> str:
    """Return exact versions with hashes, those that are installed where they fit; ``SystemExit`` without ``uv``."""
    project = [each.name for each in direct_dependencies(pyproject)]
    installed = dict(closure(project))
    constraints = "".join(f"{name}=={found.version.partition('+')[0]}\n" for name, found in installed.items())
    extras = [word for extra in LOCKED for word in ("--extra", extra)]
    options = ("--universal", "--python-version", "3.11", "--generate-hashes", "--no-header", "--no-annotate")
    command = ["uv", "pip", "compile", "pyproject.toml", *extras, *options, "-c", "-"]
    try:
        done = subprocess.run(command, input=constraints, capture_output=True, text=True, check=True)  # noqa: S603
    except FileNotFoundError:
        raise SystemExit("uv is not installed: pip install uv") from None
    except subprocess.CalledProcessError as error:
        raise SystemExit(f"uv found no versions that fit:\n{error.stderr}") from None
    entries = [entry for entry in re.split(r"^(?=[A-Za-z0-9])", done.stdout, flags=re.MULTILINE) if "==" in entry]
    versions = dict(entry.split()[0].split("==") for entry in entries)
    kept = [entry for entry in entries if not entry.startswith(CHOSEN_BY_THE_USER)]
    return _LOCK_HEAD.format(torch=versions["torch"]) + "".join(kept)


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def main() -> None:
    """Write the page, or with ``--lock`` the versions, and say what there is."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lock", action="store_true", help=f"write {LOCK} anew, with uv")
    chosen = parser.parse_args()
    pyproject = Path("pyproject.toml").read_text("utf-8")
    if chosen.lock:
        LOCK.write_text(lock(pyproject), "utf-8")
        return
    dependencies = direct_dependencies(pyproject)
    before = licences_in(PAGE.read_text("utf-8")) if PAGE.exists() else {}
    PAGE.write_text(page(dependencies, before), "utf-8")
    total = 0
    for name, installed in closure([each.name for each in dependencies]):
        size = size_of(installed)
        total += size
        sys.stdout.write(f"{size / 1e6:9.1f} MB  {name} {installed.version}  {licence_of(installed)}\n")
    sys.stdout.write(f"{total / 1e6:9.1f} MB  in all\n")


if __name__ == "__main__":
    main()

"""The list of every setting, from the classes that define them: ``python -m qa.cli.settings_page``.

It writes ``.github/SETTINGS.md`` of the checkout it is run in, which a test holds to what ``settings_page`` returns.
"""

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Final

import typer

from api.settings import ServerSettings
from embeddings.home import HOME_VARIABLE
from qa.cli import application
from qa.cli.variables import OTHERS, PREFIX
from qa.config import MAX_QUESTION, Settings, default_index

PAGE: Final = Path(".github", "SETTINGS.md")
SERVE: Final = "serve"

_HEAD: Final = """# Settings

Generated from `api/settings.py`, `qa/config.py` and the command line by `python -m qa.cli.settings_page`: change those.

An option comes before the environment, that before the file of `gazette serve --config FILE`, and that before the
default. The file is TOML, with each setting under its name: `port = 8080`. An unknown name or a value out of bounds is
an error that names the setting. Sizes are in bytes, times in seconds, rates as in `300/minute` (`off`: no limit); in
the environment, names of a list are separated by commas."""


def settings_page() -> str:
    """Return the page, as Markdown."""
    properties = ServerSettings.model_json_schema()["properties"]
    shared = [field.name for field in fields(Settings)]
    options = _options()
    lines = [
        _HEAD,
        "\n## Which archive, and how it is asked\n",
        *table(
            ("option", "variable", "commands", "meaning"),
            (
                (f"`{option}`", f"`{variable}`" if variable else "–", ", ".join(commands), _meaning(properties[name]))
                for name in shared
                for (option, variable), commands in options[name].items()
            ),
        ),
        f"\nA question has at most {MAX_QUESTION:,} characters. `gazette {SERVE}` has the same settings, as below.",
        "\n## The service\n",
        *table(
            ("setting", "variable", "option", "value", "default", "meaning"),
            (_row(name, described, options[name]) for name, described in properties.items()),
        ),
        "\n## Other variables\n",
        *table(("variable", "meaning"), ((f"`{name}`", meaning) for name, meaning in OTHERS.items())),
    ]
    return "\n".join(lines) + "\n"


def variables() -> frozenset[str]:
    """Return the environment variables that some option of a command takes its value from."""
    given = (variable for options in _options().values() for _, variable in options)
    return frozenset(variable for variable in given if variable)


def _options() -> Mapping[str, dict[tuple[str, str], list[str]]]:
    """Return the commands by their options, each with its variable, and these by the names of their parameters."""
    found: dict[str, dict[tuple[str, str], list[str]]] = defaultdict(dict)
    for command, parameters in commands():
        for parameter in parameters:
            if parameter.opts[0].startswith("--"):
                key = (parameter.opts[0], str(parameter.envvar or ""))
                found[str(parameter.name)].setdefault(key, []).append(f"`{command}`")
    return found


def commands() -> Iterator[tuple[str, list[Any]]]:
    """Yield every command of ``gazette`` with its parameters, those of a group as ``gold check``."""
    waiting: list[tuple[str, Any]] = [("", typer.main.get_command(application(())))]
    while waiting:
        name, command = waiting.pop(0)
        if below := getattr(command, "commands", None):
            waiting += [(f"{name} {own}".strip(), each) for own, each in below.items()]
        else:
            yield name, command.params


def _row(name: str, described: Mapping[str, Any], options: Mapping[tuple[str, str], list[str]]) -> tuple[str, ...]:
    flags = [option for (option, _), names in options.items() if f"`{SERVE}`" in names]
    flag = f"`{flags[0]}`" if flags else "–"
    return f"`{name}`", f"`{PREFIX}{name.upper()}`", flag, _value(described), _default(name), _meaning(described)


def _value(described: Mapping[str, Any]) -> str:
    """Return what a setting may be, from its JSON schema."""
    (kind,) = (each for each in described.get("anyOf", [described]) if each["type"] != "null")
    if "enum" in kind:
        return ", ".join(f"`{value}`" for value in kind["enum"])
    if kind["type"] in ("integer", "number"):
        noun = "whole number" if kind["type"] == "integer" else "number"
        above = "exclusiveMinimum" in kind
        least, most = kind["exclusiveMinimum" if above else "minimum"], kind.get("maximum")
        upto = "" if most is None else f", at most {most:.10g}" if above else f" to {most:.10g}"
        return f"{noun} {'above' if above else 'from'} {least:.10g}{upto}"
    if kind.get("format") == "path":
        return "path"
    return {"boolean": "`true`, `false`", "array": "names", "string": "text"}[kind["type"]]


def _default(name: str) -> str:
    value = ServerSettings.model_fields[name].get_default(call_default_factory=True)
    if isinstance(value, Path):
        return f"`${HOME_VARIABLE}/{value.relative_to(default_index().parent).as_posix()}`"
    if value is None or value == ():
        return "–"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _meaning(described: Mapping[str, Any]) -> str:
    return str(described["description"]).replace("``", "`").replace("\n", " ")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield the lines of a table in Markdown."""
    yield f"| {' | '.join(head)} |"
    yield "| --- " * len(head) + "|"
    yield from (f"| {' | '.join(cells)} |" for cells in rows)


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    PAGE.write_text(settings_page(), encoding="utf-8")

"""Where a command writes: data to standard output, progress and messages to standard error."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from qa.errors import InputError

ANSWERED: Final = 0
ABSTAINED: Final = 1
FAILED: Final = 2
INTERRUPTED: Final = 130


def out() -> Console:
    """Return the console for what was asked for. Lines are never folded: terminals do that, and files must not."""
    return Console(soft_wrap=True, highlight=False, emoji=False, markup=False)


def err() -> Console:
    """Return the console for everything else."""
    return Console(stderr=True, soft_wrap=True, highlight=False, emoji=False, markup=False)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on standard error, where that is a terminal, until the block ends; call it with done and total."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    console = err()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def input_lines() -> Iterator[tuple[int, bytes]]:
    """Yield the non-blank lines of standard input as they come, numbered from 1."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            yield number, line


def json_object(number: int, line: bytes, *fields: str) -> dict[str, str]:
    """Parse one line of JSON Lines; ``InputError`` unless it is an object with these fields, all strings.

    ``id`` may be left out, and then is not in the result; a number is taken as its digits.
    """
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise InputError(f"line {number}: not a JSON object in UTF-8 ({error})") from error
    if not isinstance(record, dict):
        raise InputError(f"line {number}: not a JSON object")
    for field in fields:
        if not isinstance(record.get(field), str):
            raise InputError(f'line {number}: field "{field}" is missing or not a string')
    found = {field: record[field] for field in fields}
    identifier = record.get("id")
    if isinstance(identifier, str | int):
        found["id"] = str(identifier)
    return found

"""Where a command writes: data to standard output, progress and messages to standard error."""

import json
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from qa.errors import InputError
from qa.text.surrogates import half_of_pair

ANSWERED: Final = 0
ABSTAINED: Final = 1
FAILED: Final = 2
INTERRUPTED: Final = 130
TRACEBACK: Final = "GAZETTE_TRACEBACK"
"""Set to anything, an unexpected error is shown with where it arose."""
SECONDS_BETWEEN_LINES: Final = 30.0


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


@contextmanager
def stages(*names: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show a bar for each of some stages, with rate and time left; call it with the stage's name, done and total.

    Where standard error is no terminal, write a line now and then.
    """
    console = err()
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        tasks = {name: bar.add_task(name, total=None, start=False) for name in names}

        def advance(name: str, done: int, total: int) -> None:
            bar.start_task(tasks[name])
            bar.update(tasks[name], completed=done, total=total)

        yield advance


class _Rate(ProgressColumn):
    """Steps a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{speed:,.0f}/s")


class _Lines:
    """One line every half minute for each stage that goes on, for logs."""

    def __init__(self, console: Console) -> None:
        self._console, self._began, self._last = console, dict[str, float](), dict[str, float]()

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = monotonic()
        began = self._began.setdefault(stage, now)
        if now - self._last.setdefault(stage, now) >= SECONDS_BETWEEN_LINES:
            self._last[stage] = now
            rate = done / (now - began)
            left = timedelta(seconds=round((total - done) / rate)) if rate else "unknown"
            self._console.print(f"{stage}: {done:,} of {total:,}, {rate:,.1f}/s, {left} left")


def system_said(error: OSError) -> str:
    """Return what the system says of a failure, after the file that it is about.

    >>> system_said(FileNotFoundError(2, "No such file or directory", "my answers.jsonl"))
    'my answers.jsonl: No such file or directory'
    """
    reason = error.strerror or str(error)
    if isinstance(error, FileNotFoundError) and error.filename is None and not _is_somewhere():
        return "the folder that this is started in is no longer there: change to another"
    return f"{os.fsdecode(error.filename)}: {reason}" if isinstance(error.filename, str | bytes) else reason


def _is_somewhere() -> bool:
    try:
        return bool(os.getcwd())  # noqa: PTH109 (as Path does)
    except FileNotFoundError:
        return False


def unexpected(error: BaseException) -> str:
    """Return what is said of an error that nobody foresaw; where it arose is shown if ``GAZETTE_TRACEBACK`` is set."""
    if os.environ.get(TRACEBACK):
        traceback.print_exception(error)
    what = f"{type(error).__name__}: {error}".strip().replace("\n", " ")
    return f"unexpected {what}; {TRACEBACK}=1 shows where, for a report"


def require_writable(*files: Path | None) -> None:
    """Raise ``InputError`` for a file that cannot be written; the folders that it is to be in are made.

    Asked before what takes long: its outcome must not be lost for a mistyped name.
    """
    for file in filter(None, files):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{file} cannot be written: {system_said(error)}") from error
        if file.is_dir() or not os.access(file if file.exists() else file.parent, os.W_OK):
            raise InputError(f"{file} cannot be written: choose another name, or allow writing")


def counted(number: int, noun: str) -> str:
    """Return a number with its noun in the right form.

    >>> counted(1, "document"), counted(2, "passage"), counted(12_000, "file"), counted(0, "article")
    ('1 document', '2 passages', '12,000 files', '0 articles')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def input_lines() -> Iterator[tuple[int, bytes]]:
    """Yield the non-blank lines of standard input as they come, numbered from 1."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        if line.strip():
            yield number, line


def json_object(number: int, line: bytes, *fields: str, optional: Sequence[str] = ()) -> dict[str, str]:
    """Parse one line of JSON Lines; ``InputError`` unless it is an object with these fields, all strings.

    ``optional`` ones may be left out or null.

    ``id`` may be left out, and then is not in the result; a number is taken as its digits.
    """
    try:
        record = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"line {number}: not a JSON object in UTF-8 ({error})") from error
    if not isinstance(record, dict):
        raise InputError(f"line {number}: not a JSON object")
    given = [field for field in optional if record.get(field) is not None]
    for field in (*fields, *given):
        if not isinstance(record.get(field), str):
            raise InputError(f'line {number}: field "{field}" is missing or not a string')
        if (at := half_of_pair(record[field])) is not None:
            raise InputError(f'line {number}: field "{field}" holds half of a surrogate pair at character {at + 1}')
    found = {field: record[field] for field in (*fields, *given)}
    identifier = record.get("id")
    if isinstance(identifier, str | int):
        found["id"] = str(identifier)
    return found


def identifier_of(line: bytes) -> str | None:
    """Return the ``id`` of a line of JSON Lines that has one, whatever else is wrong with it."""
    with suppress(ValueError, RecursionError):
        record = json.loads(line.decode("utf-8-sig"))
        identifier = record.get("id") if isinstance(record, dict) else None
        return str(identifier) if isinstance(identifier, str | int) else None
    return None

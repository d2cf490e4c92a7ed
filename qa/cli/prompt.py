"""Lines typed at a prompt, with history, completion of commands and editing."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from embeddings.home import cache_folder

_SAVE = "/save "


class CommandCompleter(Completer):
    """Completes commands at the start of a line, and the file after ``/save``."""

    def __init__(self, commands: Sequence[str]) -> None:
        self._commands = commands
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield the ways in which the line may be completed."""
        typed = document.text_before_cursor
        if typed.startswith(_SAVE):
            rest = Document(typed.removeprefix(_SAVE))
            yield from self._paths.get_completions(rest, complete_event)
        elif typed.startswith("/"):
            for command in self._commands:
                if command.startswith(typed):
                    yield Completion(command, start_position=-len(typed))


def prompted_lines(commands: Sequence[str]) -> Iterator[str]:
    """Yield the lines typed at a prompt until Ctrl-D; Ctrl-C drops the line. Colours follow ``NO_COLOR``."""
    session: PromptSession[str] = PromptSession(
        ANSI("\x1b[36m? \x1b[0m"),
        history=question_history(cache_folder() / "chat_history"),
        completer=CommandCompleter(commands),
        complete_while_typing=True,
    )
    while True:
        try:
            line = session.prompt().strip()
        except KeyboardInterrupt:
            continue
        except EOFError:
            return
        if line:
            yield line


def question_history(file: Path) -> History:
    """Return the history in ``file``, readable by its owner only; one in memory where it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        with file.open("a"):
            pass
    except OSError:
        return InMemoryHistory()
    return FileHistory(file)

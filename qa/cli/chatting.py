"""``gazette chat``: a conversation with the archive at a prompt, or line by line from a pipe."""

import re
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.text import Text

from qa.cli.asking import EncoderOption, IndexOption, TopK, excerpt, ready_service
from qa.cli.output import FAILED, counted, err, out, system_said, unexpected
from qa.cli.terminal import cited, place, print_answer, printed
from qa.config import Settings, expanded
from qa.errors import GazetteError, InputError
from qa.types import Citation, line_at
from qa.wire import shown_lines

if TYPE_CHECKING:
    from qa.chat import Conversation
    from qa.service import Service

AROUND: Final = 400
"""Characters of an article shown by ``/open`` on either side of a citation."""

_NUMBER: Final = re.compile("[0-9]{1,6}")
_HELP: Final = {
    "/sources": "all citations of the last answer, in full",
    "/open N": "the article around citation N, its words marked",
    "/save FILE": "the conversation: .md, .json, or .jsonl for gazette verify",
    "/new": "forget the conversation and start another",
    "/help": "this list",
    "/quit": "leave; Ctrl-D does too",
}
COMMANDS: Final = tuple(usage.split()[0] for usage in _HELP)


def chat(
    index: IndexOption = None,
    encoder: EncoderOption = None,
    top_k: TopK = 5,
) -> int:
    r"""Ask one question after another; follow-ups such as 那免去了谁? or "Who else?" are understood.

    A question that was understood from those before is shown as it was understood. Ctrl-C drops a line or stops an
    answer, Ctrl-D leaves. Without a terminal, questions and commands are read from standard input, one a line; the exit
    code is then 2 if one of them failed.

    Example: printf '谁被任命为副市长?\n那免去了谁?\n/save talk.md\n' | gazette chat
    """
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    with ready_service(Settings.from_environment(index=index, encoder=encoder)) as service:
        session = ChatLoop(service, top_k, out())
        if interactive:
            session.console.print(f"gazette · {printed(str(service.settings.index))} · /help", style="dim")
        lines = _prompted_lines() if interactive else _piped_lines(session.console)
        return session.run(lines, stop_at_interrupt=not interactive)


def _conversation() -> "Conversation":
    # Imported here, as below: other commands and the help should not wait for it.
    from qa.chat import Conversation

    return Conversation()


def _prompted_lines() -> Iterator[str]:
    from qa.cli.prompt import prompted_lines

    return prompted_lines(COMMANDS)


def _piped_lines(console: Console) -> Iterator[str]:
    """Yield the lines of standard input, and show each, so that what comes out reads as a conversation."""
    for number, line in enumerate(sys.stdin.buffer, 1):
        try:
            text = line.decode("utf-8-sig").strip()
        except UnicodeDecodeError as error:
            raise InputError(f"line {number}: not UTF-8 ({error})") from error
        if text:
            console.print(f"> {printed(text)}", style="dim")
            yield text


@dataclass(slots=True)
class ChatLoop:
    """A conversation and what is done with it."""

    service: "Service"
    top_k: int
    console: Console
    conversation: "Conversation" = field(default_factory=_conversation)
    saved: set[Path] = field(default_factory=set)

    def run(self, lines: Iterator[str], *, stop_at_interrupt: bool) -> int:
        """Take lines until they end or one is ``/quit``; return 0, or 2 if one of them failed."""
        status = 0
        for line in lines:
            try:
                if not self.take(line):
                    break
            except (GazetteError, OSError) as error:
                reason = system_said(error) if isinstance(error, OSError) else str(error)
                err().print(f"error: {printed(reason)}", style="red")
                status = FAILED
            except KeyboardInterrupt:
                if stop_at_interrupt:
                    raise
                err().print("interrupted", style="dim")
            except Exception as error:  # one question costs no conversation
                err().print(f"error: {printed(unexpected(error))}", style="red")
                status = FAILED
        # At a prompt, a mistake was seen and is over when one leaves.
        return status if stop_at_interrupt else 0

    def take(self, line: str) -> bool:
        """Answer a question or carry out a command; ``False`` if it ends the session.

        Raises ``InputError`` for a command that cannot be carried out, and what asking raises.
        """
        if not line.startswith("/"):
            self._ask(line)
            return True
        name, _, argument = line.partition(" ")
        if name in ("/quit", "/exit"):
            return False
        actions: dict[str, Callable[[str], None]] = {
            "/help": self._help,
            "/sources": self._sources,
            "/open": self._open,
            "/save": self._save,
            "/new": self._new,
        }
        if name not in actions:
            raise InputError(f"{name} is not a command: /help lists them")
        actions[name](argument.strip())
        return True

    def _ask(self, question: str) -> None:
        answer = partial(self.service.ask, top_k=self.top_k)
        asked = self.conversation.ask(question, answer, lambda typed, article: answer(typed, filters=article))
        self.conversation = asked
        turn = asked.turns[-1]
        if turn.rewritten:
            self.console.print(Text(f"→ {printed(turn.understood)}", style="italic dim"))
        excerpts = [excerpt(self.service, passage) for passage in turn.answer.passages[:3]]
        print_answer(self.console, turn.answer, excerpts)
        self.console.print()

    def _help(self, _: str) -> None:
        for usage, does in _HELP.items():
            self.console.print(Text.assemble((f"{usage:12}", "bold"), does))

    def _sources(self, _: str) -> None:
        for number, citation in enumerate(self._citations(), 1):
            about = " · ".join(part for part in (citation.byline, citation.date) if part)
            where = place(citation) + (f"-{citation.line_end}" if citation.line_end > citation.line_start else "")
            self.console.print(
                Text.assemble(
                    (f" [{number}] ", "cyan"), printed(where), (f"   {printed(about)}" if about else "", "dim")
                )
            )
            if citation.shown is None:
                self.console.print(_marked(citation.quote, citation.start, citation, self.console))
            else:
                self.console.print(Text(printed(citation.shown)))

    def _open(self, argument: str) -> None:
        citations = self._citations()
        if not _NUMBER.fullmatch(argument) or not 1 <= int(argument) <= len(citations):
            raise InputError(f"/open takes the number of a citation, 1 to {len(citations)}, for example /open 1")
        citation = citations[int(argument) - 1]
        document = self.service.opened.document(citation.document_id)
        text = document.text
        articles = self.service.opened.articles(citation.document_id)
        around = [each for each in articles if each.start < citation.end and citation.start < each.end]
        # What a page's head says is of no article.
        first = min((each.start for each in around), default=0)
        last = max((each.end for each in around), default=len(text))
        self.console.print(Text(printed(f"{citation.title} · {citation.source}"), style="bold"))
        start, end = _whole_lines(text, citation, min(first, citation.start), max(last, citation.end))
        if citation.shown is not None:
            for number, line in shown_lines(document, start, end):
                self.console.print(Text.assemble((f"{number:6}  ", "dim"), printed(line)))
            return
        number = line_at(text, start)
        for line in text[start:end].split("\n"):
            marked = _marked(line, start, citation, self.console)
            self.console.print(Text.assemble((f"{number:6}  ", "dim"), marked))
            start, number = start + len(line) + 1, number + 1

    def _save(self, argument: str) -> None:
        if not self.conversation.turns:
            raise InputError("there is nothing to save yet: ask something first")
        try:
            (name,) = shlex.split(argument)
        except ValueError as error:
            raise InputError("/save takes one file name, for example /save talk.md") from error
        path = expanded(Path(name))
        if path.exists() and path.resolve() not in self.saved:
            raise InputError(f"{path} is there already: choose another name")
        # Imported here: it brings a part of the HTTP service.
        from qa.cli.transcript import write_transcript

        write_transcript(path, self.conversation.turns)
        self.saved.add(path.resolve())
        self.console.print(f"{counted(len(self.conversation.turns), 'turn')} in {printed(str(path))}", style="dim")

    def _new(self, _: str) -> None:
        self.conversation = _conversation()
        self.console.print("a new conversation", style="dim")

    def _citations(self) -> list[Citation]:
        turns = self.conversation.turns
        if not turns or not turns[-1].answer.answered:
            raise InputError("the last question has no answer to cite: ask something first")
        return cited(turns[-1].answer)


def _whole_lines(text: str, citation: Citation, first: int, last: int) -> tuple[int, int]:
    """Return the limits of the lines around a citation, within ``[first, last)``."""
    start = text.rfind("\n", 0, max(first, citation.start - AROUND)) + 1
    end = text.find("\n", min(last, citation.end + AROUND))
    return max(start, first), min(end if end >= 0 else len(text), last)


def _marked(text: str, start: int, citation: Citation, console: Console) -> Text:
    """Return ``text``, which stands at ``start`` of the original, with the words of the citation's item marked.

    On a terminal by style; elsewhere by 【】, because a style does not survive a pipe.
    """
    at = min(max(citation.answer_start - start, 0), len(text))
    end = min(max(citation.answer_end - start, 0), len(text))
    before, answer, after = printed(text[:at]), printed(text[at:end]), printed(text[end:])
    if answer and not console.is_terminal:
        answer = f"【{answer}】"
    return Text.assemble(before, (answer, "bold reverse"), after)

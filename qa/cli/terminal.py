"""Answers as people read them in a terminal."""

import re
import unicodedata
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from qa.text.script import language
from qa.text.wording import CLOSEST, COUNTED, DECLINED, MORE, SUPERSEDED
from qa.types import Answer, Citation, Hit

_BLANKS = re.compile(r"\s+")


def print_answer(console: Console, answer: Answer, excerpts: Sequence[tuple[str, str]]) -> None:
    """Print the items and their citations, or that the archive does not say and what came nearest.

    ``excerpts`` are the nearest passages, each with its place, shown when there is no answer.
    """
    spoken = language(answer.question)
    if answer.answered:
        counted = "" if answer.count is None else COUNTED[spoken].format(count=answer.count)
        console.print(Text(counted + printed(answer.text or ""), style="bold"))
        for number, citation in enumerate(cited(answer), 1):
            line = Text.assemble(_quoted(citation), "   ", (printed(place(citation)), "dim"))
            _print_numbered(console, number, line)
        for old in answer.superseded:
            for citation in old.citations:
                what = Text.assemble((f" {SUPERSEDED[old.reason][spoken]} ", "yellow"), _quoted(citation))
                console.print(what.append("   ").append(printed(place(citation)), "dim"))
        if answer.more_passages:
            console.print(Text(f" {MORE[spoken].format(count=answer.more_passages)}", style="dim"))
        return
    console.print(Text(DECLINED[spoken], style="bold"))
    if answer.closest:
        (citation, *_) = answer.closest.citations
        nearest = Text.assemble("  ", (CLOSEST[spoken], "cyan"), _quoted(citation), "   ")
        console.print(nearest.append(printed(place(citation)), "dim"))
    for text, where in excerpts:
        console.print(Text.assemble("  · ", shortened(text, 60), "   ", (printed(where), "dim")))


def cited(answer: Answer) -> list[Citation]:
    """Return the citations of an answer in the order of their numbers, each once."""
    return list(dict.fromkeys(citation for item in answer.items for citation in item.citations))


def print_hits(console: Console, hits: Sequence[tuple[Hit, str]]) -> None:
    """Print passages with their places, best first."""
    for number, (hit, where) in enumerate(hits, 1):
        _print_numbered(console, number, Text.assemble(f"{hit.score:6.3f}  ", (printed(where), "dim")))
        _print_numbered(console, None, Text(shortened(hit.chunk.text, 160)))


def _print_numbered(console: Console, number: int | None, line: Text) -> None:
    """Print a line after its number; on a terminal what does not fit goes on below its beginning, not the number."""
    head = Text("     " if number is None else f" [{number}] ", style="cyan")
    if not console.is_terminal:
        console.print(Text.assemble(head, line))
        return
    grid = Table.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(head, line)
    console.print(grid)


def place(citation: Citation) -> str:
    """Return where a citation stands, for people: title, date where it is known, file and line.

    The day that the answer's words mean comes first, where they leave something to work out.
    """
    where = place_of(citation.title, citation.date, citation.where)
    return f"= {citation.day} · {where}" if citation.day else where


def place_of(title: str, date: str | None, where: str) -> str:
    """Return a place for people.

    >>> place_of("任免名单", "2021-10-13", "page.txt:134")
    '任免名单 · 2021-10-13 · page.txt:134'
    """
    return " · ".join(part for part in (title, date, where) if part)


def shortened(text: str, limit: int) -> str:
    """Return text on one line, cut after ``limit`` characters."""
    line = printed(_BLANKS.sub(" ", text).strip())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def printed(text: str) -> str:
    r"""Replace what could drive a terminal or hide in it (controls, direction marks, surrogates) by ``\ufffd``."""
    return "".join("\ufffd" if unicodedata.category(c) in ("Cc", "Cf", "Cs") and c not in "\n\t" else c for c in text)


def _quoted(citation: Citation) -> Text:
    if citation.shown is not None:
        return Text(shortened(citation.shown, 120))
    quote, at = citation.quote, citation.answer_start - citation.start
    end = citation.answer_end - citation.start
    before, answer, after = (_BLANKS.sub(" ", printed(part)) for part in (quote[:at], quote[at:end], quote[end:]))
    if len(before) > 60:
        before = "…" + before[-60:]
    if len(after) > 60:
        after = after[:60] + "…"
    return Text.assemble(before, (answer, "bold"), after)

"""``gazette gold``: checking gold files, and drafting new ones.

What they run is imported where it is used: the help must not wait for models, nor for scipy.
"""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qa.cli.asking import AsJson, EncoderOption, IndexOption, index_default, require_index
from qa.cli.output import counted, err, out, require_writable
from qa.cli.terminal import printed, shortened
from qa.config import Settings
from qa.errors import SourceError
from qa.wire import to_line

if TYPE_CHECKING:
    from qa.evaluate.draft import DraftQuestion
    from qa.evaluate.gold import GoldQuestion
    from qa.types import Document

FOUND = 1
"""Exit code of ``gold check`` when there is something to look at."""

gold = typer.Typer(help="Check gold questions, and draft new ones.", no_args_is_help=True, rich_markup_mode=None)


@gold.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="Gold files (.jsonl[.gz]); several are splits to hold apart.")],
    index: IndexOption = None,
    encoder: EncoderOption = None,
    as_json: AsJson = False,
) -> None:
    """Check gold files in themselves, against one another, and against the archive.

    Reports malformed lines, duplicates, questions or passages that two files share, evidence that the archive does not
    hold, answers that do not occur. Exits with 1 if there is anything.

    Example: gazette gold check seeds/gold.jsonl
    """
    from qa.evaluate.check import check_gold
    from qa.service import load_models
    from qa.store import is_index, open_unchecked

    settings = Settings.from_environment(index=index, encoder=encoder)
    if not _over_archive(files):
        findings = check_gold(files)
    else:
        require_index(settings.index)
        if not is_index(settings.index):
            index_default(settings, load_models(settings.encoder))
        with open_unchecked(settings.index) as opened:
            findings = check_gold(files, opened)
    for finding in findings:
        line = {"place": finding.place, "problem": finding.problem}
        print(to_line(line) if as_json else printed(f"{finding.place}: {finding.problem}"))
    if findings:
        raise typer.Exit(FOUND)
    if not as_json:
        out().print(f"{counted(len(files), 'file')}: nothing to find fault with")


@gold.command()
def new(
    document: Annotated[Path, typer.Argument(metavar="DOC", help="A document: .txt, .md, .jsonl, .jsonl.gz.")],
    results: Annotated[Path, typer.Option("--out", help="Gold file to add to.")],
) -> None:
    """Draft questions from a document, one at a time: accept, edit or drop each.

    The drafts are made by rules from numbers, dates, lists, rosters and bylines; their answers stand in the document
    word for word, and so must yours. What is accepted is saved at once.

    Example: gazette gold new page.txt --out my-questions.jsonl
    """
    from qa.evaluate.draft import draft_questions
    from qa.evaluate.gold import load_gold
    from qa.ingest import load_apart

    if not document.is_file():
        raise SourceError(str(document), "a folder: name one file" if document.is_dir() else "no such file")
    require_writable(results)
    # An empty file is one that nothing has been added to yet.
    known = load_gold(results) if results.exists() and results.stat().st_size else ()
    asked, taken, saved = {one.question for one in known}, {one.id for one in known}, 0
    for source in load_apart(document):
        for draft in draft_questions(source):
            if draft.question in asked:
                continue
            decided = _decide(draft, source)
            if isinstance(decided, str):
                err().print(f"{saved} added to {printed(str(results))}")
                return
            if decided is not None:
                identifier = _identifier(document, taken)
                taken.add(identifier)
                asked.add(decided.question)
                _append(results, decided.as_gold(identifier))
                saved += 1
    err().print(f"{saved} added to {printed(str(results))}; no more drafts")


def _over_archive(files: list[Path]) -> bool:
    """Whether any file holds questions over an archive; a file of unknown format is reported by the check itself."""
    from qa.evaluate.gold import gold_format

    for file in files:
        try:
            if gold_format(file) == "archive":
                return True
        except SourceError:
            continue
    return False


def _decide(draft: "DraftQuestion", document: "Document") -> "DraftQuestion | str | None":
    """Show a draft and return what is to be saved; ``None`` drops it, ``"quit"`` ends."""
    from qa.evaluate.draft import edit_draft

    while True:
        console = err()
        console.print(f"\n{printed(draft.article)}", style="dim")
        console.print(f"  {shortened('; '.join(draft.evidence), 200)}", style="dim")
        console.print(printed(draft.question), style="bold")
        console.print(f"  → {printed(' | '.join(draft.answers))}   ({draft.lang}, {draft.kind})")
        choice = _line("[a]ccept, [e]dit, [d]rop, [q]uit? ")
        if choice is None or choice.lower() in ("q", "quit"):
            return "quit"
        if choice.lower() in ("a", "accept"):
            return draft
        if choice.lower() in ("d", "drop"):
            return None
        if choice.lower() in ("e", "edit"):
            question = _line(f"question (empty keeps it): {printed(draft.question)} → ")
            answers = _line("answers, apart by | (empty keeps them): ")
            try:
                parts = answers.split("|") if answers else draft.answers
                draft = edit_draft(draft, question or draft.question, parts, document)
            except ValueError as error:
                console.print(f"not taken over: {printed(str(error))}", style="red")


def _line(prompt: str) -> str | None:
    """Ask on standard error and return the reply without blanks around it, ``None`` at the end of input."""
    err().print(prompt, end="")
    reply = sys.stdin.readline()
    return reply.strip() if reply else None


def _identifier(document: Path, taken: set[str]) -> str:
    stem, number = document.name.split(".")[0], 1
    while f"{stem}-{number:03d}" in taken:
        number += 1
    return f"{stem}-{number:03d}"


def _append(results: Path, question: "GoldQuestion") -> None:
    from dataclasses import asdict

    results.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(question), ensure_ascii=False)
    whole = results.exists() and results.stat().st_size and not results.read_bytes().endswith(b"\n")
    with results.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(("\n" if whole else "") + line + "\n")

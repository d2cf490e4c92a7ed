"""``gazette documents`` and ``forget``: what the index holds; and the summary that ``gazette ingest`` ends with."""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.text import Text

from qa.cli.asking import FILTER_OPTIONS, AsJson, EncoderOption, IndexOption
from qa.cli.output import counted, err, out
from qa.cli.terminal import printed
from qa.config import Settings
from qa.errors import InputError
from qa.filters import takes_filters
from qa.types import Filters
from qa.wire import to_line

if TYPE_CHECKING:
    from qa.store import Tally
    from qa.store.database import DocumentState
    from qa.store.states import States

_MOST: Final = 12
"""Formats, publications or years that a summary names."""
_FILTERS: Final = ("date_from", "date_to", "publication", "source", "title", "byline")


class CountedBy(StrEnum):
    """What documents and articles can be counted by."""

    year = "year"
    publication = "publication"
    suffix = "format"


@takes_filters({name: FILTER_OPTIONS[name] for name in _FILTERS})
def documents(
    index: IndexOption = None,
    *,
    filters: Filters,
    count: Annotated[CountedBy | None, typer.Option("--count", help="Count instead of listing.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the documents of the index, or count them; a document counts if one of its articles passes the filters.

    Examples: gazette documents --publication 日报 --from 2021
    · gazette documents --count year
    """
    from qa.store import list_documents, tallies

    directory = Settings.from_environment(index=index).index
    if count is not None:
        _print_counts(tallies(directory, filters), count, as_json=as_json)
        return
    found = list_documents(directory, filters)
    if not found:
        err().print("no documents" + (" that pass the filters" if filters else " in the index"), style="dim")
    for each in found:
        if as_json:
            print(to_line(each._asdict()))
            continue
        about = " · ".join(part for part in (each.publication, each.title) if part)
        line = Text.assemble((f"{each.date or '-':10}  ", "dim"), printed(each.source), f"  {printed(about)}")
        out().print(line.append(f"  ({counted(each.articles, 'article')})", "dim"))


def _print_counts(found: Sequence["Tally"], by: CountedBy, *, as_json: bool) -> None:
    groups = _grouped(found, by)
    if not groups:
        err().print("no documents", style="dim")
    for name, (documents, articles) in groups.items():
        if as_json:
            print(to_line({by.value: name, "documents": documents, "articles": articles}))
        else:
            said = f"{counted(documents, 'document')}, {counted(articles, 'article')}"
            out().print(f"{printed(name or _NAMELESS[by])}  {said}")


_NAMELESS: Final = {
    CountedBy.year: "undated",
    CountedBy.publication: "no publication",
    CountedBy.suffix: "no suffix",
}


def _grouped(found: Iterable["Tally"], by: CountedBy) -> dict[str | None, tuple[int, int]]:
    """Return how many documents and articles there are of each kind, in order, what has none last."""
    from qa.ingest.files import suffix

    documents, articles = Counter[str | None](), Counter[str | None]()
    seen = set[tuple[str | None, str]]()
    for each in found:
        name = suffix(Path(each.source)) or None if by is CountedBy.suffix else getattr(each, by.value)
        articles[name] += each.articles
        if (name, each.document_id) not in seen:
            seen.add((name, each.document_id))
            documents[name] += 1
    order = sorted(articles, key=lambda name: (name is None, name or ""))
    return {name: (documents[name], articles[name]) for name in order}


def summary_lines(found: Sequence["Tally"]) -> list[str]:
    """Return what an index holds by format, publication and year, in documents, a line each."""
    lines = []
    for by in (CountedBy.suffix, CountedBy.publication, CountedBy.year):
        groups = _grouped(found, by)
        parts = [f"{printed(name or _NAMELESS[by])} {documents:,}" for name, (documents, _) in groups.items()]
        if set(groups) - {None}:
            more = f", … and {len(parts) - _MOST} more" if len(parts) > _MOST else ""
            lines.append(f"documents by {by.value}: {', '.join(parts[:_MOST])}{more}")
    return lines


def summary_json(found: Sequence["Tally"]) -> dict[str, object]:
    """Return the same as JSON types; what has no name is counted under the empty one."""
    return {
        f"by_{by.value}": {name or "": documents for name, (documents, _) in _grouped(found, by).items()}
        for by in CountedBy
    }


def states_named(states: "States", name: str) -> "dict[str, DocumentState]":
    """Return the states of the documents that a name means, by id.

    It is an id or a source as the index knows it, or else the path of a file or folder from here.
    """
    from qa.ingest import is_uri, origin_of, path_of
    from qa.ingest.files import printable

    known = printable(name)
    found = states.named(known)
    if is_uri(known):  # as the index has it, what opens it need not be here
        found = found | states.of_file(known) | states.below(known)
    if not found:
        path = path_of(origin_of(name))
        found = states.of_file(path) | states.below(path)
    return found


def forget(
    names: Annotated[
        list[str], typer.Argument(metavar="DOC", help="Document ids, source paths, or folders of sources.")
    ],
    index: IndexOption = None,
    encoder: EncoderOption = None,
) -> None:
    """Take documents out of the index; their files stay, and come back when they are ingested again."""
    from qa.indexing import CHUNKING
    from qa.service import load_only_encoder
    from qa.store import open_states, read_state, update

    settings = Settings.from_environment(index=index, encoder=encoder)
    read_state(settings.index)
    wanted = set[str]()
    with open_states(settings.index) as states:
        for name in names:
            found = states_named(states, name)
            if not found:
                raise InputError(f"{settings.index}: no document with the id or source {name!r}; nothing is forgotten")
            wanted |= set(found)
    loaded = load_only_encoder(settings.encoder)
    report = update(settings.index, loaded, CHUNKING.as_dict(), remove=sorted(wanted))
    left = read_state(settings.index).documents
    out().print(f"{counted(report.removed, 'document')} forgotten, {left:,} left; revision {report.revision}")

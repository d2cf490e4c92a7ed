"""``gazette ingest``, ``show`` and ``verify``; what they run is imported where it is used."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from qa.addresses import Address
from qa.cli.asking import AsJson, EncoderOption, IndexOption
from qa.cli.holdings import states_named, summary_json, summary_lines
from qa.cli.output import FAILED, counted, err, out, require_writable, stages, system_said
from qa.cli.terminal import printed
from qa.config import Settings
from qa.errors import CitationError, InputError, SourceError, UnknownFormat
from qa.extras import install_command
from qa.types import Answer, Article, Document, lines_at
from qa.wire import (
    Continuation,
    ShownArticle,
    ShownDocument,
    answer_from_json,
    derive_record,
    shown_lines,
    to_json,
    to_line,
)

if TYPE_CHECKING:
    from embeddings.encoder import Encoder
    from qa.indexing import IngestReport, Reader, StageProgress


EncodingOption = Annotated[
    str | None,
    typer.Option(
        "--encoding",
        metavar="NAME",
        help="Read text, web pages and records as gb18030, big5, utf-16, …, not as what they look like.",
    ),
]


RayOption = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="ADDRESS",
        help="Have files read and encoded by a Ray cluster: auto, local, HOST:PORT or ray://HOST:PORT.",
    ),
]


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            help="Files and folders, or their URIs (s3://…): text, Markdown, HTML, JSON, CSV, PDF, Word, EPUB, ALTO, "
            "hOCR, TEI, WARC, scans."
        ),
    ],
    index: IndexOption = None,
    encoder: EncoderOption = None,
    report_file: Annotated[
        Path | None, typer.Option("--report", help="Also write the report to this file, as JSON.", dir_okay=False)
    ] = None,
    encoding: EncodingOption = None,
    ray: RayOption = None,
    as_json: AsJson = False,
) -> None:
    """Bring the index up to date with files and folders.

    New and changed files are indexed, removed ones forgotten, unchanged ones left alone. Files that cannot be read, or
    are of a type that is not read, are listed and the others indexed; the exit code is then 2. After an interruption
    the next run continues from there.
    """
    from qa.indexing import ingest as ingest_files
    from qa.ingest import origin_of
    from qa.service import load_only_encoder
    from qa.store import kept_passages, tallies

    settings = Settings.from_environment(index=index, encoder=encoder)
    require_writable(report_file)
    began = perf_counter()
    origins = list(map(origin_of, paths))
    try:
        with stages(*(["workers"] if ray else []), "files", "passages") as progress:
            loaded = load_only_encoder(settings.encoder)
            with _reader(ray, settings, loaded, progress) as reader:
                report = ingest_files(
                    origins,
                    directory=settings.index,
                    encoder=loaded,
                    progress=progress,
                    encoding=encoding,
                    reader=reader,
                )
    except KeyboardInterrupt:
        err().print(
            f"{kept_passages(settings.index):,} encoded passages are kept in {settings.index}, which still answers as "
            "before: run the same command again to continue"
        )
        raise
    held = tallies(settings.index)
    record = _report_json(report, settings.index, perf_counter() - began) | summary_json(held)
    for error in report.skipped:
        err().print(f"skipped {printed(str(error))}")
    if report_file:
        report_file.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    update = report.update
    if as_json:
        print(to_line(record))
    else:
        out().print(
            f"{counted(report.files, 'file')}, {len(report.skipped)} skipped{_of_unknown_types(report)}; documents: "
            f"{update.added} new ({report.moved} moved), "
            f"{update.replaced} changed, {update.removed} removed, {update.unchanged} unchanged; "
            f"{counted(update.encoded, 'passage')} encoded"
        )
        out().print(
            f"revision {update.revision} in {settings.index}: {counted(report.documents, 'document')}, "
            f"{counted(report.articles, 'article')}, {counted(report.chunks, 'passage')}; vectors {report.vectors}"
        )
        for line in summary_lines(held):
            out().print(line)
    if report.skipped:
        raise typer.Exit(FAILED)


@contextmanager
def _reader(
    address: str | None, settings: Settings, encoder: "Encoder", progress: "StageProgress"
) -> "Iterator[Reader | None]":
    """Connect to a Ray cluster, if there is to be one, and yield what reads files there."""
    if address is None:
        yield None
        return
    if find_spec("ray") is None:
        raise InputError(f"--ray needs the extra [ray]: {install_command('ray')}")
    from qa.cluster.connection import connected
    from qa.cluster.reading import ClusterReader
    from qa.service import load_only_encoder

    with connected(address):
        yield ClusterReader(settings.index, encoder, partial(load_only_encoder, settings.encoder), progress)


def _report_json(report: "IngestReport", index: Address, seconds: float) -> dict[str, object]:
    update = report.update
    return {
        "files": report.files,
        "documents": report.documents,
        "articles": report.articles,
        "chunks": report.chunks,
        "added": update.added,
        "moved": report.moved,
        "replaced": update.replaced,
        "removed": update.removed,
        "unchanged": update.unchanged,
        "encoded": update.encoded,
        "revision": update.revision,
        "index": str(index),
        "vector_index": report.vectors.kind,
        "vector_recall": report.vectors.recall,
        "seconds": round(seconds, 2),
        "unknown_types": _unknown_types(report),
        "skipped": [{"source": error.source, "reason": error.reason} for error in report.skipped],
    }


def _of_unknown_types(report: "IngestReport") -> str:
    types = _unknown_types(report)
    return f" (of a type that is not read: {', '.join(f'{n} {name}' for name, n in types.items())})" if types else ""


def _unknown_types(report: "IngestReport") -> dict[str, int]:
    """Return how many files there are of each type that is not read, the commonest first."""
    from qa.ingest.files import suffix

    names = (error.source for error in report.skipped if isinstance(error, UnknownFormat))
    return dict(Counter(printed(suffix(Path(name)) or Path(name).name) for name in names).most_common())


def show(
    document: Annotated[str, typer.Argument(metavar="DOC", help="Document id or source path.")],
    index: IndexOption = None,
    as_json: AsJson = False,
) -> None:
    """Print a document as it was indexed, with line numbers, after a list of its articles."""
    from qa.store import find_document, open_states, read_state

    settings = Settings.from_environment(index=index)
    read_state(settings.index)
    with open_states(settings.index) as states:
        named = sorted(states_named(states, document))
    if not named:
        raise InputError(
            f"{settings.index}: no document with the id or source {document!r}; gazette documents lists those there are"
        )
    if len(named) > 1:
        raise InputError(f"{settings.index}: {document} holds {len(named):,} documents; name one, such as {named[0]}")
    found, articles, further = find_document(settings.index, named[0])
    if as_json:
        shown = tuple(
            derive_record(ShownArticle, article, continues_in=_rest(further.get(article.number)))
            for article in articles
        )
        seen = found.view.text if found.view else None
        record = derive_record(ShownDocument, found, document_id=found.id, articles=shown, shown=seen)
        print(to_line(to_json(record)))
        return
    console = out()
    lines = lines_at(found.text, (article.start for article in articles))
    for line, article in zip(lines, articles, strict=True):
        about = " · ".join(part for part in (article.deck, article.byline, article.date) if part)
        console.print(f"{line:6}  {printed(article.title)}" + (f"   ({printed(about)})" if about else ""))
        if article.number in further:
            rest = further[article.number]
            console.print(f"{'':6}  → {printed(rest.title)}   ({printed(rest.document_id)})")
    console.print()
    for number, text in shown_lines(found):
        console.print(f"{number:6}  {printed(text)}")


def _rest(article: Article | None) -> Continuation | None:
    return Continuation(document_id=article.document_id, article=article.number) if article else None


def verify(
    file: Annotated[Path, typer.Argument(help="Answers saved from gazette ask --json: one JSON object a line.")],
    encoding: EncodingOption = None,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch sources of other file systems (s3://…) from where the answers say.")
    ] = False,
) -> None:
    """Check every citation of saved answers against the cited files, character by character.

    Sources are looked for from the current directory. Exits with 2 if any citation does not hold.
    """
    from qa.answer.citations import verify as verify_citation
    from qa.indexing import cited_document
    from qa.ingest import is_elsewhere

    checked = failed = 0
    documents: dict[tuple[str, str], Document] = {}
    for number, answer in _saved_answers(file):
        for item in answer.items:
            for citation in item.citations:
                checked += 1
                key = (citation.source, citation.document_id)
                try:
                    if is_elsewhere(citation.source) and not fetch:  # whoever wrote the answers chose where that is
                        raise SourceError(citation.source, "not on this machine: if you trust it, add --fetch")
                    if key not in documents:
                        documents[key] = cited_document(citation, encoding)
                    verify_citation(citation, documents[key], item.text)
                except (CitationError, InputError) as error:
                    failed += 1
                    err().print(f"{printed(str(file))}:{number}: {printed(str(error))}")
    out().print(f"{counted(checked, 'citation')} checked, {failed} failed")
    if failed:
        raise typer.Exit(FAILED)


def _saved_answers(file: Path) -> Iterator[tuple[int, Answer]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise InputError(system_said(error)) from error
    except UnicodeDecodeError as error:
        raise SourceError(str(file), f"cannot be read as UTF-8: {error}") from error
    if not text.strip():
        raise SourceError(str(file), "empty: save answers with gazette ask --json")
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, answer_from_json(json.loads(line))
        except (ValueError, RecursionError, InputError) as error:
            raise SourceError(f"{file}:{number}", f"not a saved answer: {error}") from error

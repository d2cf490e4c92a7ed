"""``gazette ask``, ``read`` and ``search``.

What they run is imported where it is used: the help needs no models, and a question no ingestion.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from qa.addresses import Address
from qa.cli.output import (
    ABSTAINED,
    ANSWERED,
    FAILED,
    err,
    identifier_of,
    input_lines,
    json_object,
    out,
    stages,
    unexpected,
)
from qa.cli.terminal import place_of, print_answer, print_hits, printed
from qa.config import Settings, default_index
from qa.errors import GazetteError, InputError, QuestionError
from qa.filters import FILTERS, SHORT, takes_filters
from qa.types import Document, Filters, Hit, Passage, place_of_offset
from qa.wire import answer_from_json, dumps, to_json, to_line

if TYPE_CHECKING:
    from qa.read.single import PassageAnswer
    from qa.service import Models, Service

IndexOption = Annotated[
    str | None,
    typer.Option(
        "--index", help="Index directory, or milvus://HOST:PORT/COLLECTION.", envvar="GAZETTE_INDEX", show_envvar=True
    ),
]
EncoderOption = Annotated[
    str | None,
    typer.Option("--encoder", help="Another sentence-transformers model, by name or folder.", envvar="GAZETTE_ENCODER"),
]
TopK = Annotated[int, typer.Option("--top-k", help="Passages to read, 1 to 50.", min=1, max=50)]
AsJson = Annotated[bool, typer.Option("--json", help="JSON, one object a line.")]

InProcess = Annotated[
    bool,
    typer.Option(
        "--in-process", envvar="GAZETTE_IN_PROCESS", help="Load the models here, also where gazette serve runs."
    ),
]
_METAVARS: Final = {"date_from": "DATE", "date_to": "DATE", "page": "PAGE"}
FILTER_OPTIONS: Final[Mapping[str, Any]] = {
    name: Annotated[
        str | None,
        typer.Option(f"--{SHORT.get(name, name)}", metavar=_METAVARS.get(name, "WORDS"), help=about),
    ]
    for name, about in FILTERS.items()
}


@takes_filters(FILTER_OPTIONS)
def ask(
    question: Annotated[str, typer.Argument(help='The question; "-" reads JSON Lines {"id","question"} from stdin.')],
    index: IndexOption = None,
    encoder: EncoderOption = None,
    top_k: TopK = 5,
    *,
    filters: Filters,
    as_json: AsJson = False,
    in_process: InProcess = False,
) -> None:
    """Answer a question from the archive, every item cited.

    The default index is made of the starter archive when it is not there. Where gazette serve runs on the same index,
    it is asked, which saves loading the models. Exits with 1 if the archive does not say.

    Examples: gazette ask "谁被任命为洛阳市人民政府副市长?"

    · gazette ask "Who was appointed vice mayor?" --json
    · gazette ask - --json < questions.jsonl > answers.jsonl
    """
    settings = Settings.from_environment(index=index, encoder=encoder)
    if question != "-" and not in_process:
        reply = _asked_of_service(settings, {"question": question, "top_k": top_k, **asdict(filters)})
        if reply is not None:
            raise typer.Exit(_show_reply(reply, settings.index, filters, as_json=as_json))
    if question != "-":
        from qa.question import check_question

        check_question(question)  # before anything is loaded, or built at first use
    with ready_service(settings, question) as service:
        if question == "-":
            raise typer.Exit(_ask_batch(service, top_k, filters))
        answer = service.ask(question, top_k=top_k, filters=filters)
        _say_if_nothing_passes(answer.passages, filters)
        if as_json:
            print(dumps(answer))
        else:
            print_answer(out(), answer, [excerpt(service, passage) for passage in answer.passages[:3]])
        raise typer.Exit(ANSWERED if answer.answered else ABSTAINED)


def _asked_of_service(settings: Settings, request: Mapping[str, object]) -> dict[str, Any] | None:
    """Return the reply of a ``gazette serve`` that answers as we would; ``None`` if there is none, or it will not."""
    from qa.announced import ask_announced, find_announced

    service = find_announced(settings)
    return ask_announced(service, settings.index, request) if service else None


def _show_reply(reply: Mapping[str, object], index: Address, filters: Filters, *, as_json: bool) -> int:
    answer = answer_from_json(reply)
    _say_if_nothing_passes(answer.passages, filters)
    if as_json:
        print(to_line(reply))
    else:
        print_answer(out(), answer, [] if answer.answered else _excerpts(index, answer.passages[:3]))
    return ANSWERED if answer.answered else ABSTAINED


def _excerpts(index: Address, passages: Iterable[Passage]) -> list[tuple[str, str]]:
    from qa.store import find_document

    return [_excerpt(find_document(index, passage.document_id)[0], passage) for passage in passages]


def _say_if_nothing_passes(found: Sequence[Hit | Passage], filters: Filters) -> None:
    """Say that there was nothing to search: no answer would otherwise look as if articles had been read."""
    if not found:
        err().print("no passage: the filters leave nothing to search" if filters else "no passage", style="dim")


def _ask_batch(service: "Service", top_k: int, filters: Filters) -> int:
    status = ANSWERED
    for number, line in input_lines():
        try:
            record = json_object(number, line, "question")
            answer = service.ask(record["question"], id=record.get("id"), top_k=top_k, filters=filters)
            print(dumps(answer), flush=True)
        except Exception as error:
            _say_of_line(number, line, error)
            status = FAILED
    return status


def _say_of_line(number: int, line: bytes, error: Exception) -> None:
    """Say what is wrong with a line of input, in a line of output and on standard error.

    A line in, a line out: whoever pairs them by position must not be put off by one bad line. What is wrong with the
    index, or with who reads our output, is raised: the next line would not fare better.
    """
    match error:
        case QuestionError():
            message = f"line {number}: {error}"
        case InputError():
            message = str(error)
        case GazetteError() | OSError():
            raise error
        case _:
            message = f"line {number}: {unexpected(error)}"
    print(to_line({"id": identifier_of(line), "error": message}), flush=True)
    err().print(f"error: {printed(message)}")


def read(
    source: Annotated[
        str, typer.Argument(help='"-": JSON Lines {"id","question","context"} from stdin, "title" too if there is one.')
    ],
    as_json: AsJson = False,
) -> None:
    """Read given passages: one JSON object a line in, one out, in order.

    Each reply is {"id","answer","start","end","items","score"}; offsets count characters of the context, and the answer
    is null when the context does not say. An article reads best with its title.
    """
    if source != "-" or not as_json:
        raise InputError("read takes JSON Lines from standard input: gazette read - --json < passages.jsonl")
    from qa.question import asked_number
    from qa.read.single import read_passage
    from qa.service import load_only_reader

    reader = load_only_reader()
    status = ANSWERED
    for number, line in input_lines():
        try:
            record = json_object(number, line, "question", "context", optional=("title",))
            question, most = record["question"], asked_number(record["question"])
            found = read_passage(reader, question, record["context"], title=record.get("title", ""), most=most)
            print(to_line(_passage_json(record.get("id"), record["context"], found)), flush=True)
        except Exception as error:
            _say_of_line(number, line, error)
            status = FAILED
    raise typer.Exit(status)


@takes_filters(FILTER_OPTIONS)
def search(
    query: Annotated[str, typer.Argument(help="Words or a question.")],
    index: IndexOption = None,
    encoder: EncoderOption = None,
    top_k: TopK = 5,
    *,
    filters: Filters,
    as_json: AsJson = False,
) -> None:
    """Show the passages nearest to a query, without reading them for an answer."""
    from qa.service import found_passages, load_models, open_service

    settings = Settings.from_environment(index=index, encoder=encoder)
    with open_service(settings, load_models(settings.encoder)) as service:
        hits = service.search(query, top_k=top_k, filters=filters)
        _say_if_nothing_passes(hits, filters)
        if not as_json:
            print_hits(out(), [(hit, _place(service, hit)) for hit in hits])
            return
        for passage in found_passages(hits, service.opened, printed=False):
            print(to_line(to_json(passage)))


def ready_service(settings: Settings, question: str = "") -> "Service":
    """Open the service; where the default index is not there yet, index the starter archive first.

    Where a ``question`` is given, what its words are found by is loaded at the same time as the models.
    ``IndexMissing`` if any other is not there: a mistyped name must not answer from the starter archive.
    """
    require_index(settings.index)
    from qa.service import load_models, open_service
    from qa.store import is_index
    from qa.store.tokens import tokens

    # Meanwhile the dictionary of Chinese words is read.
    models = load_models(settings.encoder, first_use, meanwhile=partial(tokens, question))
    if not is_index(settings.index):
        index_default(settings, models)
    return open_service(settings, models)


def first_use(what: str) -> None:
    """Say what takes a while because it is done for the first time."""
    err().print(f"first use: {what}", style="dim")


def require_index(address: Address) -> None:
    """Raise ``IndexMissing`` unless there is an index, or it is the default one, which is made when it is needed."""
    if not isinstance(address, Path) or address.absolute() != default_index().absolute():
        from qa.store import read_state

        read_state(address)


def index_default(settings: Settings, models: "Models") -> None:
    """Index the starter archive into the index directory of ``settings``."""
    from qa.indexing import ingest, starter_archive

    err().print(f"no index in {settings.index} yet: indexing the starter archive", style="dim")
    with stages("files", "passages") as progress:
        ingest([starter_archive()], directory=settings.index, encoder=models.encoder, progress=progress)


def excerpt(service: "Service", passage: Passage) -> tuple[str, str]:
    """Return the words of a passage, and where they stand."""
    return _excerpt(service.opened.document(passage.document_id), passage)


def _excerpt(document: Document, passage: Passage) -> tuple[str, str]:
    return document.visible(passage.start, passage.end), place_of_offset(document, passage.start)


def _place(service: "Service", hit: Hit) -> str:
    document = service.opened.document(hit.chunk.document_id)
    article = service.opened.article(hit.chunk.document_id, hit.chunk.article)
    return place_of(article.title, hit.date, place_of_offset(document, hit.chunk.start))


def _passage_json(identifier: str | None, context: str, found: "PassageAnswer") -> dict[str, object]:
    answer = found.answer
    return {
        "id": identifier,
        "answer": context[answer.start : answer.end] if answer else None,
        "start": answer.start if answer else None,
        "end": answer.end if answer else None,
        "items": [
            {
                "text": context[item.start : item.end],
                "start": item.start,
                "end": item.end,
                "score": round(item.score, 4),
            }
            for item in found.items
        ],
        "score": round(found.score, 4),
    }

"""Recall and reciprocal rank of dense, lexical and fused retrieval: ``python -m tests.benchmarks.retrieval --help``.

Four sets: the RGB news questions over their snippets; the CMRC 2018 dev questions over that set's passages; English
questions over the Chinese passages of ``squad_enq_zhctx_dev``, with the CMRC dev passages as distractors; every twelfth
English question of ``gazette_english`` over its passages, of which the map between languages has seen some. A hit is
relevant when it is of a relevant document (RGB) or of the question's own passage.

``--encoder`` measures another encoder: ``--encoder multilingual-e5-small`` the first of the default two alone.
"""

import gzip
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer

from embeddings.home import DEFAULT_ENCODER
from qa.indexing import CHUNKING
from qa.ingest import ChunkingParameters, segment
from qa.retrieve import FusionWeights, retrieve
from qa.service import load_only_encoder
from qa.store import Entry, Index, open_index, update
from qa.types import Document, Hit

DEPTH = 50
RANKINGS = {"dense": FusionWeights(1.0, 0.0), "lexical": FusionWeights(0.0, 1.0), "fused": FusionWeights()}


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the ids of the documents that answer it."""

    text: str
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Collection:
    """Documents by id, and questions over them."""

    texts: dict[str, str]
    questions: tuple[Question, ...]


def rgb(data: Path) -> Collection:
    """Return the RGB news questions over their snippets."""
    texts = {record["id"]: record["text"] for record in records(data / "news" / "rgb_docs.jsonl.gz")}
    questions = records(data / "news" / "rgb_questions.jsonl.gz")
    return Collection(texts, tuple(Question(each["question"], frozenset(each["relevant"])) for each in questions))


def cmrc(data: Path) -> Collection:
    """Return the CMRC dev questions over that set's passages."""
    return reading_set(data / "mrc" / "cmrc2018_dev_public.jsonl.gz")


def english(data: Path) -> Collection:
    """Return the English questions over their passages and those of CMRC."""
    own = reading_set(data / "mrc" / "squad_enq_zhctx_dev.jsonl.gz")
    return Collection(own.texts | cmrc(data).texts, own.questions)


def paired(data: Path) -> Collection:
    """Return every twelfth of the English questions that were written for passages of CMRC and DRCD, over all these."""
    own = reading_set(data / "mrc" / "gazette_english.jsonl.gz")
    return Collection(own.texts, own.questions[::12])


def reading_set(path: Path) -> Collection:
    """Return the questions of a reading-comprehension set that have an answer, over all its passages."""
    texts: dict[str, str] = {}
    questions = []
    for record in records(path):
        passage = sha256(record["context"].encode()).hexdigest()[:16]
        texts[passage] = record["context"]
        if record["answers"]:
            questions.append(Question(record["question"], frozenset({passage})))
    return Collection(texts, tuple(questions))


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a compressed JSON Lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def limited(collection: Collection, limit: int | None) -> Collection:
    """Return the first questions, over their relevant documents and as many others."""
    if limit is None:
        return collection
    questions = collection.questions[:limit]
    wanted = set[str]().union(*(question.relevant for question in questions))
    others = [name for name in collection.texts if name not in wanted][: 4 * limit]
    return Collection({name: collection.texts[name] for name in (*sorted(wanted), *others)}, questions)


def entries(texts: dict[str, str], chunking: ChunkingParameters) -> Iterator[Entry]:
    """Yield the documents as ingestion would make them of untitled records."""
    for name, text in texts.items():
        document = Document(name, name, f"/{name}", sha256(text.encode()).hexdigest(), text)
        made = segment(document, chunking)
        yield document, made.articles, made.chunks


def first_ranks(collection: Collection, search: Callable[[str], Sequence[str]]) -> list[int | None]:
    """Return the rank, from 1, of the first relevant document of each question; ``None`` if it is not found."""
    found = []
    for question in collection.questions:
        names = dict.fromkeys(search(question.text))
        found.append(next((rank for rank, name in enumerate(names, 1) if name in question.relevant), None))
    return found


def measures(ranks: Sequence[int | None]) -> str:
    """Return recall (at least one relevant document) and mean reciprocal rank as a row of a table.

    >>> measures([1, 3, None, 2])
    '0.250 | 0.750 | 0.750 | 0.458'
    """
    recalls = [sum(rank is not None and rank <= k for rank in ranks) / len(ranks) for k in (1, 5, 10)]
    reciprocal = sum(1 / rank for rank in ranks if rank) / len(ranks)
    return " | ".join(f"{value:.3f}" for value in (*recalls, reciprocal))


def main(
    data: Annotated[Path, typer.Argument(help="The folder with mrc/ and news/.", exists=True, file_okay=False)],
    limit: Annotated[int | None, typer.Option(help="Questions of each set.", min=1)] = None,
    only: Annotated[str | None, typer.Option(help="One set alone: RGB, CMRC, English or Paired.")] = None,
    target: Annotated[int, typer.Option(help="Characters that a chunk comes close to.", min=1)] = CHUNKING.target,
    encoder: Annotated[str, typer.Option(help="What encodes questions and passages.")] = DEFAULT_ENCODER,
) -> None:
    """Print a table with a row for each set and ranking."""
    chunking = ChunkingParameters(target, target * CHUNKING.limit // CHUNKING.target)
    loaded = load_only_encoder(encoder)
    write = sys.stdout.write
    columns = ("set", "documents", "questions", "ranking", "R@1", "R@5", "R@10", "MRR")
    write(f"{' | '.join(columns)}\n{' | '.join('---' for _ in columns)}\n")
    for name, load in (("RGB", rgb), ("CMRC", cmrc), ("English", english), ("Paired", paired)):
        if only not in (None, name):
            continue
        collection = limited(load(data), limit)
        with tempfile.TemporaryDirectory() as folder:
            update(Path(folder), loaded, chunking.as_dict(), add=entries(collection.texts, chunking))
            with open_index(Path(folder), loaded) as index:
                searches = {ranking: searching(index, loaded.encode, each) for ranking, each in RANKINGS.items()}
                for ranking, search in searches.items():
                    ranks = first_ranks(collection, search)
                    sizes = f"{len(collection.texts)} | {len(collection.questions)}"
                    write(f"{name} | {sizes} | {ranking} | {measures(ranks)}\n")
                    sys.stdout.flush()


def searching(index: Index, encode: Callable[..., Any], weights: FusionWeights) -> Callable[[str], list[str]]:
    """Return what gives the documents of the best chunks, best first."""

    def search(question: str) -> list[str]:
        return documents(retrieve(question, encode([question], "query")[0], index=index, k=DEPTH, weights=weights))

    return search


def documents(hits: Sequence[Hit]) -> list[str]:
    """Return the documents of hits, each with those of its near-duplicates."""
    return [chunk.document_id for hit in hits for chunk in (hit.chunk, *hit.twins)]


if __name__ == "__main__":
    typer.run(main)

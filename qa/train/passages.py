"""The project's own retriever over the passages of the training sets: what a question would be read over."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from embeddings.encoder import Encoder
from qa.indexing import ingest
from qa.retrieve import retrieve
from qa.store import open_index
from qa.store.manifest import FORMAT
from qa.types import Chunk, Progress

Search = Callable[[Sequence[str]], Iterator[list[Chunk]]]
"""From questions to the chunks that are read for each, best first."""

_QUESTIONS_AT_ONCE = 256


@contextmanager
def passage_search(
    passages: Sequence[str],
    *,
    encoder: Encoder,
    folder: Path,
    k: int = 8,
    progress: Progress = lambda done, total: None,
) -> Iterator[Search]:
    """Index ``passages`` in ``folder`` as ``gazette ingest`` does, and search them as ``gazette ask`` does.

    The folder keeps their vectors: encoding takes minutes, and the next call encodes only what is new. An index of
    another format is not reused: the format is part of the index folder's name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index_folder = folder / f"index-{FORMAT}"
    file = folder / "passages.jsonl"
    records = ({"id": hashlib.sha256(text.encode()).hexdigest(), "text": text} for text in dict.fromkeys(passages))
    file.write_text("".join(f"{json.dumps(record, ensure_ascii=False)}\n" for record in records), encoding="utf-8")
    ingest([file], directory=index_folder, encoder=encoder, progress=lambda what, done, total: progress(done, total))
    with open_index(index_folder, encoder) as index:

        def search(questions: Sequence[str]) -> Iterator[list[Chunk]]:
            for first in range(0, len(questions), _QUESTIONS_AT_ONCE):
                block = questions[first : first + _QUESTIONS_AT_ONCE]
                for question, vector in zip(block, encoder.encode(block, "query"), strict=True):
                    yield [hit.chunk for hit in retrieve(question, vector, index=index, k=k)]

        yield search

"""Files read, and passages encoded, by a cluster, some files ahead of the one that is being written.

What workers encode goes where an update that did not finish leaves what it has encoded, so that the draft finds it
there, and so does the next run if this one is interrupted. Nothing is encoded that the index has a vector of.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from embeddings.encoder import Encoder, Vectors
from embeddings.errors import EncoderError
from qa.addresses import Address
from qa.cluster.pool import Pool, Task
from qa.cluster.worker import LoadEncoder
from qa.config import local_folder
from qa.indexing import StageProgress, Wanted
from qa.ingest import Contents
from qa.ingest.contents import source_error
from qa.ingest.origins import shown_name
from qa.store import EncoderIdentity, open_vectors
from qa.store.manifest import ENCODED
from qa.store.passages import PassageVectors

AHEAD: Final = 4
"""Files for each worker that are read, or being read, and not written yet."""
BATCH: Final = 64
"""Passages that a worker encodes at a time."""


@dataclass(eq=False, slots=True)
class _File:
    """A file with what is in it, once that is known, and the digests of its passages that have no vector yet."""

    wanted: Wanted
    contents: Contents | None = None
    pending: set[bytes] = field(default_factory=set)

    @property
    def whole(self) -> bool:
        return self.contents is not None and not self.pending


class ClusterReader:
    """The ``Reader`` of a cluster that this process is connected to."""

    def __init__(
        self,
        index: Address,
        encoder: Encoder,
        load: LoadEncoder,
        progress: StageProgress = lambda what, done, total: None,
    ) -> None:
        """``load`` loads on each node the same as ``encoder``, which is only asked which it is."""
        self._index, self._encoder, self._load, self._progress = index, encoder, load, progress
        self.encoded = 0

    def __call__(self, files: Iterator[Wanted]) -> Iterator[tuple[Wanted, Contents]]:
        """Yield each file with what is in it, in order, when all of its passages have their vectors.

        Raises ``ClusterError`` if there are no workers, and ``EncoderError`` if they cannot encode.
        """
        folder = local_folder(self._index)
        folder.mkdir(parents=True, exist_ok=True)
        with (
            open_vectors(self._index) as known,
            PassageVectors(folder / ENCODED, self._encoder, known) as vectors,
            Pool(self._load, EncoderIdentity.of(self._encoder)) as pool,
        ):
            for file, contents in _Ahead(files, vectors, pool, self._progress):
                self.encoded = vectors.encoded
                yield file, contents


class _Ahead:
    def __init__(self, files: Iterator[Wanted], vectors: PassageVectors, pool: Pool, progress: StageProgress) -> None:
        self._files, self._vectors, self._pool, self._progress = files, vectors, pool, progress
        self._open = deque[_File]()
        self._reading = dict[Task, _File]()
        self._encoding = dict[Task, dict[bytes, str]]()
        self._told = (0, 0)

    def __iter__(self) -> Iterator[tuple[Wanted, Contents]]:
        while self._begun():
            first = self._open[0]
            self._take(0.0 if first.whole else 1.0)
            if first.contents is not None and first.whole:
                self._open.popleft()
                yield first.wanted, first.contents

    def _begun(self) -> bool:
        """Have as many files read as there should be; tell whether there is any that is not written."""
        while len(self._open) < AHEAD * max(1, self._pool.ready) and (wanted := next(self._files, None)) is not None:
            file, task = _File(wanted), Task("read", wanted)
            self._open.append(file)
            self._reading[task] = file
            self._pool.submit([task])
        return bool(self._open)

    def _take(self, seconds: float) -> None:
        """Take what the workers have done, and have them encode what they have read."""
        new = dict[bytes, str]()
        for task, result in self._pool.results(seconds):
            if task in self._reading:
                new |= self._read(self._reading.pop(task), result)
            else:
                self._encoded(self._encoding.pop(task), result)
        self._encode(new)
        workers = (self._pool.ready, self._pool.wanted)
        if workers != self._told:
            self._told = workers
            self._progress("workers", *workers)

    def _read(self, file: _File, result: Contents | Exception) -> dict[bytes, str]:
        """Take what is in a file; return the passages that have no vector and that nobody encodes."""
        if isinstance(result, Exception):
            result = Contents(refused=source_error(shown_name(file.wanted.file), result))
        file.contents = result
        entries = (part for part in result.parts if isinstance(part, tuple))
        missing = self._vectors.missing([chunk.embedded for _, _, chunks in entries for chunk in chunks])
        file.pending = set(missing)
        sent = {digest for batch in self._encoding.values() for digest in batch}
        return {digest: text for digest, text in missing.items() if digest not in sent}

    def _encode(self, new: dict[bytes, str]) -> None:
        texts = sorted(new.items(), key=lambda each: len(each[1]))  # of like length, they are padded least
        batches = [dict(texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        tasks = {Task("encode", list(batch.values())): batch for batch in batches}
        self._encoding |= tasks
        self._pool.submit(tasks, first=True)

    def _encoded(self, batch: dict[bytes, str], result: Vectors | Exception) -> None:
        if isinstance(result, Exception):
            raise EncoderError(f"workers cannot encode: {result}; run the same again to go on") from result
        self._vectors.keep(batch, result)
        for file in self._open:
            file.pending -= batch.keys()
        waiting = sum(map(len, self._encoding.values()))
        self._progress("passages", self._vectors.encoded, self._vectors.encoded + waiting)

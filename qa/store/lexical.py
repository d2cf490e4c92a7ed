"""BM25 over the tokens of chunks: a tantivy index, written for one revision and read from it."""

import tempfile
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray

from embeddings.index import Rows
from embeddings.mapped import watched
from qa.errors import IndexCorrupt
from qa.store.files import link_or_copy
from qa.store.protocol import Frequencies, Tokens
from qa.store.tokens import tokens

_HEAP = 64 << 20
_MOST_MAPPED = 256 << 20
"""Bytes of files that a process has in memory, its libraries' 120 MB included, before a search lets go of the index's.

Every search reads on in the lists of frequent tokens, so that in time a large index would be in memory as a whole. The
system still has what is let go of, and gives it back in 5 ms.
"""


class LexicalIndex:
    """The published index of one revision; threads may share it."""

    def __init__(self, folder: Path) -> None:
        """Open the folder; ``IndexCorrupt`` if it cannot be read."""
        try:
            (self._searcher, self._schema), self._mapped = watched(folder, lambda: _opened(folder))
        except ValueError:
            # Perhaps only because tantivy locks the folder it reads, and we may not write there.
            try:
                (self._searcher, self._schema), self._mapped = watched(folder, lambda: _opened_aside(folder))
            except ValueError as error:
                raise IndexCorrupt(f"{folder}: cannot be read: {error}") from error

    def __len__(self) -> int:
        return self._searcher.num_docs

    def search(self, wanted: Tokens, k: int, among: Rows | None = None) -> list[tuple[int, float]]:
        """Return row and score of the ``k`` best chunks that have one of the tokens, best first.

        ``among`` limits the search to some rows and changes no score. The score is BM25 (Robertson and Zaragoza
        2009) with k1 = 1.2 and b = 0.75, each token counting as much as it weighs, however often it is asked for.
        """
        terms = [(tantivy.Occur.Should, self._term(token, weight)) for token, weight in wanted.items()]
        query = tantivy.Query.boolean_query(terms)
        if among is not None:
            query = tantivy.Query.boolean_query([(tantivy.Occur.Must, query), (tantivy.Occur.Must, self._limit(among))])
        rows, scores = self._best(query, k)
        return [(int(row), score) for row, score in zip(rows, scores, strict=True) if row is not None]

    def search_all(self, wanted: Collection[str], among: Rows | None = None) -> tuple[Rows, NDArray[np.float32]]:
        """Return every chunk that has all of some tokens, the best first, with its score. *Shape:* ``(chunks,)`` both.

        There is none without tokens. ``among`` limits the search as it does in ``search``.
        """
        terms = [(tantivy.Occur.Must, self._term(token, 1.0)) for token in dict.fromkeys(wanted)]
        if not terms or not len(self):
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        if among is not None:
            terms.append((tantivy.Occur.Must, self._limit(among)))
        rows, scores = self._best(tantivy.Query.boolean_query(terms), len(self))
        return np.array(rows, np.int64), np.array(scores, np.float32)

    def _best(self, query: tantivy.Query, k: int) -> tuple[Sequence[Any], list[float]]:
        hits = self._searcher.search(query, k, count=False).hits
        rows = self._searcher.fast_field_values("row", [address for _, address in hits])
        self._mapped.release(_MOST_MAPPED)
        return rows, [float(score) for score, _ in hits]

    def _limit(self, among: Rows) -> tantivy.Query:
        allowed = tantivy.Query.term_set_query(self._schema, "row", among.tolist())
        return tantivy.Query.const_score_query(allowed, 0.0)

    def _term(self, token: str, weight: float) -> tantivy.Query:
        term = tantivy.Query.term_query(self._schema, "tokens", token, "freq")
        return term if weight == 1.0 else tantivy.Query.boost_query(term, weight)

    def frequencies(self, wanted: Iterable[str]) -> Frequencies:
        """Return how common tokens are.

        Chunks that were removed count for a token until tantivy merges their segment, but not among all.
        """
        return Frequencies(len(self), {token: self._searcher.doc_freq("tokens", token) for token in wanted})


def _opened(folder: Path) -> tuple[tantivy.Searcher, tantivy.Schema]:
    index = tantivy.Index.open(str(folder))
    index.config_reader(reload_policy="manual")
    return index.searcher(), index.schema


def _opened_aside(folder: Path) -> tuple[tantivy.Searcher, tantivy.Schema]:
    """Open through a folder of links, which can go once tantivy has mapped the files into memory."""
    # Its threads may still be letting go of their locks, so that now and then an empty file stays behind.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as links:
        for path in _files(folder):
            Path(links, path.name).symlink_to(path.absolute())
        return _opened(Path(links))


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix != ".lock"]


def write_lexical(
    folder: Path, previous: Path | None, *, remove: Collection[int], add: Iterable[tuple[int, str]]
) -> None:
    """Make ``folder``, with the previous index, less ``remove``, and the texts to ``add`` by row.

    The previous folder is not touched: tantivy never changes a file of a finished segment, so the two share them.
    ``OSError`` if it cannot be written.
    """
    try:
        _write(folder, previous, remove, add)
    except ValueError as error:
        raise OSError(f"lexical index: {error}") from error
    for path in folder.glob("*.lock"):
        path.unlink()
    for path in _files(folder):  # tantivy makes some for the owner alone
        path.chmod(folder.stat().st_mode & 0o666)


def _write(folder: Path, previous: Path | None, remove: Collection[int], add: Iterable[tuple[int, str]]) -> None:
    folder.mkdir()
    if previous:
        for path in _files(previous):
            link_or_copy(path, folder / path.name)
    index = tantivy.Index.open(str(folder)) if previous else tantivy.Index(_schema(), path=str(folder))
    writer = index.writer(_HEAP, num_threads=1)
    for row in remove:
        writer.delete_documents_by_term("row", row)
    for row, text in add:
        writer.add_document(tantivy.Document(row=row, tokens=" ".join(tokens(text))))
    writer.commit()
    writer.wait_merging_threads()


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("row", indexed=True, fast=True)
    builder.add_text_field("tokens", tokenizer_name="whitespace", index_option="freq")
    return builder.build()

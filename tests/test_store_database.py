"""Records go into SQLite and come back the same, and entries that do not belong together stay out."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.errors import IndexCorrupt
from qa.store import Entry
from qa.store.database import Counts, Database
from qa.store.database_writer import DatabaseWriter
from qa.store.records import digest_of, embedded_digest
from qa.types import Alignment, Article, Chunk, Document, Run, View
from tests.fakes import align, entry

texts = st.text(max_size=40)


def written(folder: Path) -> Database:
    """The database of one segment that was written to a folder."""
    return Database.opened([folder / "archive-000001.sqlite"])


optional = st.none() | texts


@st.composite
def views(draw: st.DrawFn) -> View:
    text = draw(texts)
    runs, end = [], 0
    for clean in range(len(text)):
        start = end + draw(st.integers(0, 2))
        runs.append(Run(clean, start, 1, draw(st.sampled_from([0, 0, 3]))))
        end = runs[-1].end
    added = draw(st.sampled_from([(), ((0, 1),), ((0, 1), (3, 5))]))
    return View(text, Alignment(tuple(runs)), added, draw(st.sampled_from([(), (1,), (2, 7)])))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    document = Document(
        "d", draw(texts), draw(texts), draw(texts), draw(texts), draw(optional), draw(optional),
        draw(st.dictionaries(texts, texts, max_size=3)), draw(st.none() | views()),
    )  # fmt: skip
    articles = [
        Article(
            "d",
            number,
            draw(texts),
            draw(st.integers(0, 9)),
            draw(st.integers(0, 9)),
            *draw(st.tuples(*[optional] * 4)),
        )
        for number in range(draw(st.integers(1, 3)))
    ]
    chunks = []
    for number in range(draw(st.integers(0, 4))):
        steps = draw(st.lists(st.integers(1, 3), min_size=1, max_size=30))
        text = draw(st.text(min_size=len(steps), max_size=len(steps)))
        article = draw(st.integers(0, len(articles) - 1))
        chunks.append(Chunk(f"c{number}", "d", article, draw(texts), text, align(np.cumsum(steps).tolist())))
    return document, tuple(articles), tuple(chunks)


@given(given_entry=entries())
def test_records_come_back_the_same(tmp_path_factory: pytest.TempPathFactory, given_entry: Entry) -> None:
    document, articles, chunks = given_entry
    folder = tmp_path_factory.mktemp("archive")
    with DatabaseWriter(folder, 1, None) as draft:
        draft.put(given_entry, digest_of(*given_entry))
    with closing(written(folder)) as archive:
        rows = archive.rows().tolist()
        assert archive.document("d") == document
        assert archive.articles("d") == articles
        assert archive.article("d", 0) == articles[0]
        assert archive.chunks(rows) == chunks
        assert archive.chunks(rows[::-1]) == chunks[::-1]
        assert rows == sorted(rows)
        assert archive.digests(["d", "e"]) == {"d": digest_of(*given_entry)}
        assert archive.counts() == Counts(1, len(articles), len(chunks), 0)


@given(one=entries(), other=entries())
def test_equal_digests_mean_equal_content(one: Entry, other: Entry) -> None:
    assert digest_of(*one) == digest_of(*one)
    assert (digest_of(*one) == digest_of(*other)) == (one == other)


def test_vectors_come_back_bit_by_bit(tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    with DatabaseWriter(tmp_path, 1, None) as draft:
        draft.put(entry("d", "甲", "乙", "丙"), b"")
        rows = draft.unencoded()
        draft.put_vectors(rows, vectors)
    with closing(written(tmp_path)) as archive:
        np.testing.assert_array_equal(archive.vectors(rows[::-1].tolist()), vectors[::-1])
        assert archive.encoded([embedded_digest("乙"), embedded_digest("丁")]) == {
            embedded_digest("乙"): vectors[1].tobytes()
        }
        with pytest.raises(IndexCorrupt, match="1 of 2 rows are not there, first 99"):
            archive.vectors([rows[0], 99])


def test_the_shortest_chunks_without_a_vector_come_first(tmp_path: Path) -> None:
    with DatabaseWriter(tmp_path, 1, None) as draft:
        draft.put(entry("d", "甲甲甲", "乙", "丙丙"), b"")
        rows = draft.unencoded()
        assert draft.embedded(rows) == ["乙", "丙丙", "甲甲甲"]
        draft.put_vectors(rows[:1], np.ones((1, 4), np.float32))
        assert draft.unencoded().tolist() == rows[1:].tolist()


def test_dropping_a_document_drops_all_that_is_of_it_and_never_reuses_a_row(tmp_path: Path) -> None:
    with DatabaseWriter(tmp_path, 1, None) as draft:
        draft.put(entry("a", "甲", "乙"), b"")
        first = draft.unencoded()
        draft.put_vectors(first, np.ones((2, 4), np.float32))
        draft.drop("a")
        draft.put(entry("a", "丙"), b"")
        second = draft.unencoded()
    with closing(written(tmp_path)) as archive:
        assert archive.counts() == Counts(1, 1, 1, 0)
        assert archive.rows().tolist() == second.tolist()
        assert not set(first.tolist()) & set(second.tolist())


def test_entries_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    document, articles, chunks = entry("a", "甲")
    stranger = entry("b", "乙")
    with DatabaseWriter(tmp_path, 1, None) as draft:
        with pytest.raises(ValueError, match="chunk b-0 is of article 0 of b, not of a"):
            draft.put((document, articles, stranger[2]), b"")
        with pytest.raises(ValueError, match="an article of another document, or a number twice"):
            draft.put((document, (*articles, *articles), chunks), b"")
        with pytest.raises(ValueError, match=r"its id or a chunk's is taken: UNIQUE.*chunks\.id"):
            draft.put((document, articles, (*chunks, *chunks)), b"")
        with pytest.raises(ValueError, match="surrogates not allowed"):
            draft.put(entry("c", "\ud800"), b"")

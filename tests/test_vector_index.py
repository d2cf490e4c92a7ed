"""The vector index against brute-force numpy, before and after saving, and against damaged files."""

from pathlib import Path

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from embeddings.encoder import Vectors
from embeddings.errors import VectorIndexError
from embeddings.index import NO_ROW, Rows, VectorIndex, sample_size


def unit_vectors(count: int, dimension: int = 8, *, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).normal(size=(count, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def filled(rows: list[int], vectors: Vectors) -> VectorIndex:
    index = VectorIndex(vectors.shape[1])
    index.add(rows, vectors)
    return index


def brute_force(rows: list[int], vectors: Vectors, queries: Vectors, k: int) -> tuple[Vectors, Rows]:
    scores = queries @ vectors.T
    order = np.argsort(-scores, axis=1)[:, :k]
    return np.take_along_axis(scores, order, axis=1), np.array(rows, np.int64)[order]


def test_search_equals_brute_force() -> None:
    rows, vectors, queries = list(range(1000, 1200)), unit_vectors(200), unit_vectors(30, seed=1)
    scores, found = filled(rows, vectors).search(queries, 10)
    expected_scores, expected_rows = brute_force(rows, vectors, queries, 10)
    np.testing.assert_array_equal(found, expected_rows)
    np.testing.assert_allclose(scores, expected_scores, atol=1e-6)


def test_one_query_worked_by_hand() -> None:
    index = filled([5, 3, 8], np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32))
    scores, rows = index.search(np.array([[0.8, 0.6]], np.float32), 3)
    assert rows.tolist() == [[8, 5, 3]]
    np.testing.assert_allclose(scores, [[0.96, 0.8, 0.6]], rtol=1e-6)


def test_among_limits_the_rows() -> None:
    rows, vectors, queries = list(range(100, 150)), unit_vectors(50), unit_vectors(4, seed=1)
    among = [101, 110, 149]
    scores, found = filled(rows, vectors).search(queries, 5, np.array([*among, 7]))
    expected_scores, expected_rows = brute_force(among, vectors[[1, 10, 49]], queries, 3)
    np.testing.assert_array_equal(found[:, :3], expected_rows)
    np.testing.assert_allclose(scores[:, :3], expected_scores, atol=1e-6)
    assert (found[:, 3:] == NO_ROW).all()
    assert (filled(rows, vectors).search(queries, 2, np.array([], np.int64))[1] == NO_ROW).all()


def test_results_are_padded_when_the_index_is_smaller_than_k() -> None:
    scores, rows = filled([4], unit_vectors(1)).search(unit_vectors(2), 3)
    assert rows.tolist() == [[4, NO_ROW, NO_ROW]] * 2
    assert scores[:, 1:].tolist() == [[-np.inf, -np.inf]] * 2
    assert np.isfinite(scores[:, 0]).all()


def test_an_empty_index_finds_nothing() -> None:
    scores, rows = VectorIndex(8).search(unit_vectors(1), 2)
    assert rows.tolist() == [[NO_ROW, NO_ROW]]
    assert scores.tolist() == [[-np.inf, -np.inf]]


def test_a_saved_index_answers_the_same(tmp_path: Path) -> None:
    index = filled(list(range(50)), unit_vectors(50))
    index.save(tmp_path / "vectors.faiss")
    loaded = VectorIndex.load(tmp_path / "vectors.faiss")
    assert (len(loaded), loaded.dimension) == (50, 8)
    for before, after in zip(
        index.search(unit_vectors(5, seed=2), 60), loaded.search(unit_vectors(5, seed=2), 60), strict=True
    ):
        np.testing.assert_array_equal(before, after)
    assert [path.name for path in tmp_path.iterdir()] == ["vectors.faiss"]


def approximate(rows: list[int], vectors: Vectors) -> VectorIndex:
    index = VectorIndex.trained(vectors[: sample_size(len(vectors))], len(vectors))
    index.add(rows, vectors)
    return index


def test_an_approximate_index_that_looks_everywhere_finds_what_is_nearest(tmp_path: Path) -> None:
    rows, vectors, queries = list(range(10, 1010)), unit_vectors(1000, 384), unit_vectors(20, 384, seed=1)
    index = approximate(rows, vectors)
    assert (index.exact, index.kind, len(index)) == (False, "IVF31,RaBitQfs nprobe=1", 1000)
    assert sorted(index.rows.tolist()) == rows
    few = np.isin(brute_force(rows, vectors, queries, 5)[1], index.search(queries, 10)[1]).mean()
    while index.probe_more():
        pass
    assert index.kind == "IVF31,RaBitQfs nprobe=31"
    index.save(tmp_path / "v.faiss")
    for searched in (
        index,
        VectorIndex.load(tmp_path / "v.faiss"),
        VectorIndex.load(tmp_path / "v.faiss", unhashed=True),
    ):
        scores, found = searched.search(queries, 200)
        _, nearest = brute_force(rows, vectors, queries, 5)
        assert np.mean([np.isin(wanted, got).mean() for wanted, got in zip(nearest, found, strict=True)]) > 0.9
        # A bit a component tells a score within a few hundredths; these vectors have no structure that would help.
        errors = scores - np.take_along_axis(queries @ vectors.T, found - 10, axis=1)
        assert np.abs(errors).mean() < 0.08
    assert few < 0.6


def test_an_approximate_index_adds_filters_and_leaves_out() -> None:
    rows, vectors = list(range(500)), unit_vectors(500, 32)
    index = approximate(rows, vectors)
    index.add([1000], vectors[:1])
    assert sorted(index.rows.tolist()) == [*rows, 1000]
    among = np.array([1000, 200, 300, 7000])
    _, found = index.search(vectors[:1], 5, among)  # one query, few rows: all cells are looked at
    assert found[0, 0] == 1000
    assert set(found[0].tolist()) == {1000, 200, 300, NO_ROW}
    _, found = index.search(vectors[:1], 600, without=np.array([0, *range(4, 500), 7000]))
    assert found[0, 0] == 1000
    assert set(found[0].tolist()) == {1000, 1, 2, 3, NO_ROW}


def test_which_index_suits_how_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.index.EXACT_UP_TO", 400)
    exact, trained = VectorIndex(8), approximate(list(range(500)), unit_vectors(500))
    assert [exact.suits(count) for count in (0, 400, 401)] == [True, True, False]
    assert [trained.suits(count) for count in (200, 201, 2000, 2200)] == [False, True, True, False]
    with pytest.raises(VectorIndexError, match="without vectors"):
        VectorIndex.trained(np.zeros((0, 8), np.float32), 9)


@given(
    kept=st.sets(st.integers(0, 60), max_size=12),
    removed=st.sets(st.integers(0, 60), max_size=12),
    query=arrays(np.float32, (1, 8), elements=st.floats(-1, 1, width=32)),
)
def test_rows_that_are_left_out_are_as_if_never_added(kept: set[int], removed: set[int], query: Vectors) -> None:
    vectors = unit_vectors(61)
    kept -= removed
    index = VectorIndex(8)
    index.add(sorted(kept | removed), vectors[sorted(kept | removed)])
    scores, rows = index.search(query, 30, without=np.array(sorted(removed), np.int64))
    found = [row for row in rows[0].tolist() if row != NO_ROW]
    assert set(found) == kept
    assert set(index.rows.tolist()) == kept | removed
    np.testing.assert_allclose(scores[0, : len(found)], vectors[found] @ query[0], atol=1e-5)
    assert (np.diff(scores[0, : len(found)]) <= 0).all()


def test_what_does_not_fit_is_named_with_both_numbers() -> None:
    index = filled([1, 2], unit_vectors(2))
    with pytest.raises(VectorIndexError, match="3 rows for 2 vectors"):
        index.add([3, 4, 5], unit_vectors(2))
    with pytest.raises(VectorIndexError, match=r"shape \(1, 5\).*dimension 8"):
        index.add([3], unit_vectors(1, 5))
    with pytest.raises(VectorIndexError, match=r"shape \(1, 5\).*dimension 8"):
        index.search(unit_vectors(1, 5), 1)
    with pytest.raises(VectorIndexError, match=r"shape \(8,\).*dimension 8"):
        index.search(unit_vectors(1)[0], 1)
    with pytest.raises(VectorIndexError, match="1 of 2 rows are in the index already, first 2"):
        index.add([2, 3], unit_vectors(2))
    with pytest.raises(VectorIndexError, match="repeat or are negative"):
        index.add([3, 3], unit_vectors(2))
    with pytest.raises(VectorIndexError, match="repeat or are negative"):
        index.add([-1], unit_vectors(1))
    with pytest.raises(VectorIndexError, match="k is 0"):
        index.search(unit_vectors(1), 0)
    with pytest.raises(VectorIndexError, match="not finite"):
        index.add([3], np.full((1, 8), np.nan, np.float32))
    with pytest.raises(VectorIndexError, match="not 0"):
        VectorIndex(0)
    assert sorted(index.rows.tolist()) == [1, 2]


def saved(tmp_path: Path) -> Path:
    path = tmp_path / "vectors.faiss"
    filled([1, 2, 3], unit_vectors(3)).save(path)
    return path


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    whole = path.read_bytes()
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(VectorIndexError, match=r"vectors\.faiss: truncated or altered"):
            VectorIndex.load(path)


def test_a_file_altered_anywhere_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path)
    whole = path.read_bytes()
    for place in range(len(whole)):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x80]) + whole[place + 1 :])
        with pytest.raises(VectorIndexError, match="truncated or altered"):
            VectorIndex.load(path)
    path.write_bytes(whole + b"more")
    with pytest.raises(VectorIndexError, match="truncated or altered"):
        VectorIndex.load(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(VectorIndexError, match="cannot be read"):
        VectorIndex.load(tmp_path / "none.faiss")
    with pytest.raises(VectorIndexError, match="cannot be read"):
        VectorIndex.load(tmp_path)


def test_an_index_of_another_kind_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index = VectorIndex(8)
    monkeypatch.setattr(index, "_index", faiss.IndexFlatIP(8))
    index.save(tmp_path / "flat.faiss")
    with pytest.raises(VectorIndexError, match="holds a IndexFlatIP, not vectors with row numbers"):
        VectorIndex.load(tmp_path / "flat.faiss")

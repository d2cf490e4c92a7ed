"""Tantivy through our tokens, against BM25 written out, and against queries that mean harm."""

import math
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.index import Rows
from qa.errors import IndexCorrupt
from qa.store import lexical
from qa.store.lexical import LexicalIndex, write_lexical
from qa.store.tokens import tokens
from tests.test_mapped import resident

TEXTS = {
    11: "李新建为洛阳市人民政府副市长",
    12: "孙延文为洛阳市人民政府副市长;张武清为洛阳市人民政府副市长,洛阳市公安局局长",
    13: "洛阳市第十二次党代会报告",
    14: "本届文博会10月13日开幕, opened on 13 October",
    15: "龙头企业15家以上,产业集群规模突破5000亿元",
    16: "市人民代表大会",
}
QUERIES = ["谁被任命为洛阳市人民政府副市长?", "洛阳市", "10月13日", "Who opened it in October?", "副市长 副市长 公安局"]


def written(folder: Path, texts: Mapping[int, str]) -> LexicalIndex:
    write_lexical(folder, None, remove=(), add=texts.items())
    return LexicalIndex(folder)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> LexicalIndex:
    return written(tmp_path_factory.mktemp("index") / "lexical", TEXTS)


def search(index: LexicalIndex, query: str, k: int, among: Rows | None = None) -> list[tuple[int, float]]:
    return index.search(dict.fromkeys(tokens(query), 1.0), k, among)


def bm25(texts: Mapping[int, str], query: str, *, k1: float = 1.2, b: float = 0.75) -> dict[int, float]:
    documents = {row: tokens(text) for row, text in texts.items()}
    average = sum(map(len, documents.values())) / len(documents)
    scores = dict.fromkeys(documents, 0.0)
    for token in set(tokens(query)):
        count = sum(token in found for found in documents.values())
        idf = math.log(1 + (len(documents) - count + 0.5) / (count + 0.5))
        for row, found in documents.items():
            frequency = found.count(token)
            scores[row] += idf * frequency * (k1 + 1) / (frequency + k1 * (1 - b + b * len(found) / average))
    return {row: score for row, score in scores.items() if score}


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_what_a_search_read_leaves_memory_where_there_is_too_much_of_it(
    index: LexicalIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = written(tmp_path / "lexical", TEXTS)
    monkeypatch.setattr(lexical, "_MOST_MAPPED", 0)
    for query in QUERIES:
        assert search(other, query, 10) == search(index, query, 10)
        assert resident(tmp_path) == 0
    assert other.search_all(["洛阳市"])[0].tolist() == index.search_all(["洛阳市"])[0].tolist()
    assert resident(tmp_path) == 0
    # However much the process of the tests itself has in memory.
    monkeypatch.setattr(lexical, "_MOST_MAPPED", 1 << 60)
    search(other, "洛阳市", 10)
    assert resident(tmp_path) > 0


@pytest.mark.parametrize("query", QUERIES)
def test_scores_are_bm25(index: LexicalIndex, query: str) -> None:
    found = search(index, query, 10)
    expected = bm25(TEXTS, query)
    assert dict(found) == pytest.approx(expected, rel=1e-4)
    assert [row for row, _ in found] == sorted(expected, key=lambda row: -expected[row])


def test_simplified_and_traditional_find_each_other(tmp_path: Path) -> None:
    index = written(tmp_path / "both", {1: "國慶節洛陽接待遊客", 2: "国庆节洛阳接待游客", 3: "别的"})
    for query in ("國慶遊客", "国庆游客"):
        assert {row for row, _ in search(index, query, 5)} == {1, 2}


def test_among_limits_the_rows_and_changes_no_score(index: LexicalIndex) -> None:
    scores = dict(search(index, "洛阳市", 10))
    assert dict(search(index, "洛阳市", 10, np.array([11, 13, 15, 99]))) == {row: scores[row] for row in (11, 13)}
    assert search(index, "洛阳市", 10, np.array([], np.int64)) == []


def test_k_limits_the_result(index: LexicalIndex) -> None:
    assert search(index, "洛阳市", 2) == search(index, "洛阳市", 10)[:2]
    assert len(search(index, "洛阳市", 10)) == 3


def test_rows_are_removed_and_added_without_touching_the_previous_index(tmp_path: Path) -> None:
    before = written(tmp_path / "one", TEXTS)
    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    write_lexical(tmp_path / "two", tmp_path / "one", remove=[11, 13], add=[(20, "洛阳市新设机构")])
    after = LexicalIndex(tmp_path / "two")
    assert {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()} == files
    assert {row for row, _ in search(before, "洛阳市", 10)} == {11, 12, 13}
    assert {row for row, _ in search(after, "洛阳市", 10)} == {12, 20}
    assert (len(before), len(after)) == (6, 5)


@pytest.mark.parametrize(
    "query", ["", "   ", "？！", "field:x AND (", "row:11", '"洛阳', "*", "洛阳~9", "(" * 999, "\x00", "+-[TO]^"]
)
def test_hostile_queries_are_only_words(index: LexicalIndex, query: str) -> None:
    found = search(index, query, 10)
    assert {row for row, _ in found} == set(bm25(TEXTS, query))


def test_a_very_long_query(index: LexicalIndex) -> None:
    long = "".join(chr(0x4E00 + place % 20000) for place in range(10_000)) + "洛阳市"
    assert {11, 12, 13} <= {row for row, _ in search(index, long, 10)}


@given(query=st.text())
def test_any_query_is_harmless(index: LexicalIndex, query: str) -> None:
    found = search(index, query, 10)
    assert dict(found) == pytest.approx(bm25(TEXTS, query), rel=1e-4)


def test_an_empty_index_knows_nothing(tmp_path: Path) -> None:
    index = written(tmp_path / "lexical", {})
    assert search(index, "洛阳", 5) == []
    assert index.frequencies(["洛阳"]) == (0, {"洛阳": 0})


def test_a_folder_we_cannot_lock_is_read_all_the_same(tmp_path: Path) -> None:
    written(tmp_path / "lexical", TEXTS)
    for lock in (tmp_path / "lexical").glob("*.lock"):
        lock.unlink()
    (tmp_path / "lexical" / ".tantivy-meta.lock").mkdir()
    assert {row for row, _ in search(LexicalIndex(tmp_path / "lexical"), "公安局", 5)} == {12}


def test_a_damaged_folder_is_refused(tmp_path: Path) -> None:
    written(tmp_path / "lexical", TEXTS)
    meta = tmp_path / "lexical" / "meta.json"
    meta.write_text(meta.read_text(encoding="utf-8")[:50], encoding="utf-8")
    with pytest.raises(IndexCorrupt, match="lexical: cannot be read"):
        LexicalIndex(tmp_path / "lexical")

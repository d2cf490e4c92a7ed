"""Retrieval over a small archive with a fake encoder, whose every score can be computed by hand."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from qa.errors import FilterError
from qa.filters import parse_filters
from qa.retrieve import FusionWeights, retrieve
from qa.retrieve.lexical import Words, own_words
from qa.store import Index, open_index, update
from qa.types import Filters, Hit
from tests.fakes import FakeEncoder, entry
from tests.finding import matching

LINES = [
    "李新建为洛阳市人民政府副市长",
    "孙延文为洛阳市人民政府副市长",
    "张书卿洛阳市人大常委会监察和司法工作委员会副主任职务",
    "文博会十月十三日开幕",
    "龙头企业15家以上,产业集群规模突破5000亿元",
    "市第十二次党代会报告指出",
    "洛阳格力空调基地迎来第300万台空调顺利下线",
    "2021年国庆假期全市接待游客",
]


@pytest.fixture(scope="module")
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, encoder: FakeEncoder) -> Iterator[Index]:
    directory = tmp_path_factory.mktemp("index")
    entries = [entry("page", *LINES), entry("twin", LINES[3]), entry("also", LINES[3])]
    update(directory, encoder, {}, add=entries)
    with open_index(directory, encoder) as opened:
        yield opened


def ask(question: str, index: Index, encoder: FakeEncoder, **options: int | FusionWeights) -> list[Hit]:
    return retrieve(question, encoder.encode([question], "query")[0], index=index, **options)  # type: ignore[arg-type]


def test_the_best_chunk_comes_first(index: Index, encoder: FakeEncoder) -> None:
    hits = ask("空调基地第几台空调下线?", index, encoder)
    assert hits[0].chunk.text == LINES[6]
    assert len(hits) == 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_every_score_is_the_formula(index: Index, encoder: FakeEncoder) -> None:
    question = "谁是洛阳市副市长"
    hits = ask(question, index, encoder, k=10)
    assert len(hits) == 10
    vector = encoder.encode([question], "query")[0]
    bm25 = {chunk.id: score for chunk, score in matching(index, question, 50)}
    dense = np.array([encoder.encode([hit.chunk.embedded], "passage")[0] @ vector for hit in hits], np.float64)
    lexical = np.array([bm25.get(hit.chunk.id, 0.0) for hit in hits])
    assert own_words(question, index).coverage == 1.0
    expected = 0.55 * (dense - dense.mean()) / dense.std() + 0.45 * (lexical - lexical.mean()) / lexical.std()
    np.testing.assert_allclose([hit.score for hit in hits], expected, atol=1e-5)
    np.testing.assert_allclose([hit.dense for hit in hits], dense, atol=1e-6)
    np.testing.assert_allclose([hit.lexical for hit in hits], lexical, atol=1e-6)


def test_equal_chunks_come_in_the_order_of_their_ids(index: Index, encoder: FakeEncoder) -> None:
    hits = ask("文博会哪天开幕", index, encoder, k=3)
    assert [hit.chunk.id for hit in hits] == ["also-0", "page-3", "twin-0"]
    assert len({hit.score for hit in hits}) == 1


def test_a_chunk_that_only_the_words_find_gets_its_exact_cosine(index: Index, encoder: FakeEncoder) -> None:
    question = "国庆"
    vector = encoder.encode(["完全别的内容"], "query")[0]
    hits = retrieve(question, vector, index=index, k=10, pool=1)
    assert len(hits) == 2
    hit = next(hit for hit in hits if hit.chunk.text == LINES[7])
    assert hit.dense == pytest.approx(float(encoder.encode([LINES[7]], "passage")[0] @ vector), abs=1e-6)
    assert hit.lexical > 0


def test_words_weigh_nothing_when_the_index_does_not_know_them(index: Index, encoder: FakeEncoder) -> None:
    question = "Who painted the giraffe?"
    assert own_words(question, index) == Words(dict.fromkeys(["who", "painted", "the", "giraffe"], 1.0), 0.0)
    assert matching(index, question, 50) == []
    with_words = ask(question, index, encoder, k=10)
    without = ask(question, index, encoder, k=10, weights=FusionWeights(dense=0.55, lexical=0.0))
    assert [(hit.chunk.id, hit.score) for hit in with_words] == [(hit.chunk.id, hit.score) for hit in without]


def test_a_number_in_a_foreign_question_does_not_outweigh_its_meaning(index: Index, encoder: FakeEncoder) -> None:
    # One chunk in ten has the number: standard scores alone would lift it by 0.45 × 3.
    question = "How many visitors came during the holiday of 2021?"
    assert len(matching(index, question, 50)) == 1
    assert own_words(question, index).coverage < 0.15


def test_what_the_words_did_not_find_has_nothing_unless_the_pool_is_full(index: Index, encoder: FakeEncoder) -> None:
    words, vector = own_words("洛阳市副市长", index).tokens, encoder.encode(["国庆假期"], "query")[0]
    scores = {chunk.id: score for chunk, score in matching(index, "洛阳市副市长", 50)}
    found = {each.chunk.id: each.lexical for each in index.candidates(vector, words, 50)}
    assert len(found) == 10 > len(scores)
    assert found == {identifier: scores.get(identifier, 0.0) for identifier in found}
    best = {chunk.id: score for chunk, score in matching(index, "洛阳市副市长", 2)}
    full = {each.chunk.id: each.lexical for each in index.candidates(vector, words, 2)}
    assert len(full) == 4
    assert full == {identifier: best.get(identifier, min(best.values())) for identifier in full}
    assert min(best.values()) > 0


@pytest.mark.parametrize("question", ["", "   ", "?", "field:x AND (", "谁" * 10_000])
def test_any_question_gets_hits(index: Index, encoder: FakeEncoder, question: str) -> None:
    hits = ask(question, index, encoder)
    assert len(hits) == 5
    assert all(np.isfinite([hit.score, hit.dense, hit.lexical]).all() for hit in hits)


DATED = [
    entry("old", "张一为甲市市长", source="甲报/2019.txt", date="2019-05-01", byline="本报记者 王五"),
    entry("new", "李二为甲市市长", source="甲报/2021.txt", date="2021-10-13", byline="本報記者 趙六"),
    entry("other", "王三为甲市市长", source="乙报/2021.txt", date="2021-11-02", byline=None),
    entry("undated", "赵四为甲市市长", source="乙报/x.txt", date=None, byline=None),
]
PRINTED: dict[str, dict[str, Any]] = {
    "old": {"publication": "甲城日报", "edition": "要闻", "page": "1"},
    "new": {"publication": "甲城日報", "edition": "社会·生活", "page": "A7"},
    "other": {"publication": "乙城晚报", "edition": None, "page": "1"},
}
DATED = [
    (document, tuple(replace(article, **PRINTED.get(document.id, {})) for article in articles), chunks)
    for document, articles, chunks in DATED
]


@pytest.fixture(scope="module")
def dated(tmp_path_factory: pytest.TempPathFactory, encoder: FakeEncoder) -> Iterator[Index]:
    directory = tmp_path_factory.mktemp("dated")
    update(directory, encoder, {}, add=DATED)
    with open_index(directory, encoder) as opened:
        yield opened


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(), {"old", "new", "other", "undated"}),
        (Filters(date_from="2021-10-13"), {"new", "other"}),
        (Filters(date_to="2021-10-13"), {"old", "new"}),
        (Filters(date_from="2021-10-14", date_to="2021-11-01"), set()),
        (Filters(source="乙报"), {"other", "undated"}),
        (Filters(source="乙報/X"), {"undated"}),
        (Filters(title="Title of NEW"), {"new"}),
        (Filters(byline="赵六"), {"new"}),
        (Filters(byline="記者", date_to="2020-12-31"), {"old"}),
        (Filters(publication="甲城日报"), {"old", "new"}),
        (Filters(edition="生活"), {"new"}),
        (Filters(page="1"), {"old", "other"}),
        (Filters(publication="甲城", page="A7"), {"new"}),
        (Filters(page="7"), set()),
        (Filters(source="%"), set()),
        (Filters(title="'; DROP TABLE chunks; --"), set()),
    ],
)
@pytest.mark.parametrize("question", ["谁是甲市市长?", "nothing in common"])
def test_what_filters_leave_out_is_not_ranked(
    dated: Index, encoder: FakeEncoder, filters: Filters, expected: set[str], question: str
) -> None:
    vector = encoder.encode([question], "query")[0]
    hits = retrieve(question, vector, index=dated, filters=filters, pool=len(expected) or 1)
    assert {hit.chunk.document_id for hit in hits} == expected
    assert {hit.chunk.document_id: hit.date for hit in hits}.items() <= {
        document.id: articles[0].date for document, articles, _ in DATED
    }.items()


def test_a_filter_changes_no_score_of_what_it_leaves(dated: Index) -> None:
    everything = matching(dated, "甲市市长李二", 10)
    later = matching(dated, "甲市市长李二", 10, Filters(date_from="2021"))
    assert later == [pair for pair in everything if pair[0].document_id in ("new", "other")]
    assert (len(everything), len(later)) == (4, 2)


def test_of_equal_scores_the_newest_comes_first(tmp_path: Path, encoder: FakeEncoder) -> None:
    same = [
        entry(name, "甲市市长是谁", date=date)
        for name, date in (("a", None), ("b", "2019-01-01"), ("d", "2021-01-01"), ("c", "2021-01-01"))
    ]
    update(tmp_path, encoder, {}, add=same)
    with open_index(tmp_path, encoder) as index:
        assert [hit.chunk.document_id for hit in ask("甲市市长是谁", index, encoder)] == ["c", "d", "b", "a"]


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2021-10-13", "2021-10-13", "2021-10-13"),
        ("2021-2", "2021-02-01", "2021-02-28"),
        (" 2024年2月 ", "2024-02-01", "2024-02-29"),
        ("2021年10月3日", "2021-10-03", "2021-10-03"),
        ("2021/10/3", "2021-10-03", "2021-10-03"),
        ("2021", "2021-01-01", "2021-12-31"),
        ("", None, None),
        ("  ", None, None),
        (None, None, None),
    ],
)
def test_dates_as_people_write_them(written: str | None, first: str | None, last: str | None) -> None:
    assert parse_filters(date_from=written, date_to=written) == Filters(date_from=first, date_to=last)


@pytest.mark.parametrize("written", ["yesterday", "2021-13", "2021-02-30", "13.10.2021", "0000", "2021-10-13x"])
def test_what_is_no_date_is_refused_with_the_way_out(written: str) -> None:
    for field in ("date_from", "date_to"):
        with pytest.raises(FilterError, match=r"is not a date.*: write 2021-10-13, 2021-10 or 2021") as caught:
            parse_filters(**{field: written})
        assert caught.value.field == field


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(FilterError, match="ends on 2021-10-31, before it begins on 2021-11-01"):
        parse_filters(date_from="2021-11", date_to="2021-10")


def test_an_empty_index_has_no_hits(tmp_path: Path, encoder: FakeEncoder) -> None:
    update(tmp_path, encoder, {})
    with open_index(tmp_path, encoder) as index:
        assert ask("谁?", index, encoder) == []

"""Near-duplicates: what is one story, what only looks like it, and what an update makes of both."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieve import retrieve
from qa.store import open_index, update
from qa.store.twins import BANDS, candidates, group_stories, same_sentences, sketch
from qa.types import Filters
from tests.fakes import FakeEncoder, entry

WIRE = (
    "新华社北京电 国务院昨日任命李某某为某某局局长。会议指出,改革进入关键阶段。会议强调,各地要抓好落实。"
    "与会代表一致认为,报告总结了五年来的工作。会议由张某某主持。"
)
OTHER = "本报讯 记者昨日从市气象局获悉,今明两天我市多云转晴。气温明显回升,最高可达二十五摄氏度。专家提醒市民注意防晒。"


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (WIRE, True),
        (WIRE.replace(",", "，").replace("会议", " 会议"), True),
        (WIRE.replace("国务院", "國務院"), True),
        ("甲报讯。" + WIRE, True),
        (WIRE.replace("会议强调,各地要抓好落实。", ""), True),
        (WIRE.replace("李某某", "王某某"), False),
        (WIRE.replace("五年", "三年"), False),
        (WIRE[:40], False),
        (OTHER, False),
        ("", False),
    ],
)
def test_what_prints_the_same_sentences(other: str, expected: bool) -> None:
    assert same_sentences(WIRE, other) is expected
    assert same_sentences(other, WIRE) is expected


def test_short_texts_have_no_sketch_and_equal_ones_have_equal_sketches() -> None:
    assert sketch("会议昨日召开。") is None
    one, same, other = sketch(WIRE), sketch(WIRE.replace(",", ", ")), sketch(OTHER)
    assert one is not None
    assert same is not None
    assert other is not None
    assert one.shape == (BANDS,)
    assert one.tolist() == same.tolist()
    assert not set(one.tolist()) & set(other.tolist())


def test_candidates_share_a_band_and_each_is_looked_at_once() -> None:
    rows = {7: [1, 2], 3: [2, 5], 4: []}
    assert candidates(np.array([7, 3, 4], np.int64), rows.__getitem__) == [1, 2, 5]
    assert candidates(np.array([4], np.int64), rows.__getitem__) == []


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)).filter(lambda pair: pair[0] != pair[1]), max_size=15))
def test_stories_are_the_connected_rows(pairs: Sequence[tuple[int, int]]) -> None:
    half = len(pairs) // 2
    found = group_stories(pairs[half:], group_stories(pairs[:half], {}))
    groups = {row: {row} for pair in pairs for row in pair}
    for one, other in pairs:  # the plain way: join the sets, each time
        joined = groups[one] | groups[other]
        groups |= dict.fromkeys(joined, joined)
    assert set(found) == set(groups)
    for row, group in groups.items():
        assert {other for other in found if found[other] == found[row]} == group


def test_one_story_in_three_papers_is_one_hit_with_twins(tmp_path: Path) -> None:
    encoder = FakeEncoder()
    papers = [
        entry("a", WIRE, date="2021-10-13", source="甲报.txt"),
        entry("b", "本报综合消息。" + WIRE, date="2021-10-15", source="乙报.txt"),
        entry("letter", WIRE.replace("李某某", "王某某"), date="2021-10-16"),
        entry("weather", OTHER),
    ]
    update(tmp_path, encoder, {}, add=papers)
    update(tmp_path, encoder, {}, add=[entry("c", WIRE, date="2021-10-14", source="丙报.txt")])
    question = "谁任命李某某为局长?"
    vector = encoder.encode([question], "query")[0]
    with open_index(tmp_path, encoder) as index:
        hits = retrieve(question, vector, index=index, k=3)
        assert sorted(hit.chunk.document_id for hit in hits[1:]) == ["letter", "weather"]
        story = [hits[0].chunk.document_id, *(twin.document_id for twin in hits[0].twins)]
        assert sorted(story) == ["a", "b", "c"]
        assert not any(hit.twins for hit in hits[1:])
        (only,) = retrieve(question, vector, index=index, filters=Filters(date_to="2021-10-13"))[:1]
        assert (only.chunk.document_id, only.twins) == ("a", ())
    update(tmp_path, encoder, {}, remove=["a", "b"])
    with open_index(tmp_path, encoder) as index:
        index.check()
        hits = retrieve(question, vector, index=index, k=3)
        assert {hit.chunk.document_id for hit in hits} == {"letter", "weather", "c"}
        assert not any(hit.twins for hit in hits)

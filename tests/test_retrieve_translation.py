"""English questions over Chinese text by the words they may stand for: by value, and only where it belongs."""

import gzip
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.retrieve import retrieve
from qa.retrieve.lexical import own_words
from qa.retrieve.translation import (
    RELEASED,
    TRUST,
    load_translations,
    plain_forms,
    translated,
    translated_words,
    weighted_tokens,
)
from qa.store import Index, open_index, update
from tests.fakes import FakeEncoder, entry
from tests.finding import matching, weighted

LINES = [
    "县医院新院长昨日到任",
    "市图书馆延长开放时间",
    "洪水冲毁三座桥梁",
    "法院判处被告两年",
    "2021年国庆假期全市接待游客",
]
TABLE = {
    "flood": {"洪水": 1.0, "水灾": 0.5},
    "bridge": {"桥梁": 0.9},
    "high court": {"高等法院": 1.0},
    "court": {"法院": 0.8},
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    directory, encoder = tmp_path_factory.mktemp("index"), FakeEncoder()
    update(directory, encoder, {}, add=[entry("page", *LINES)])
    with open_index(directory, encoder) as opened:
        yield opened


def test_a_table_survives_its_file(tmp_path: Path) -> None:
    (tmp_path / "t.gz").write_bytes(gzip.compress("flood\t洪水\t100\t水灾\t50\nrare\n".encode()))
    assert load_translations(tmp_path / "t.gz") == {"flood": {"洪水": 1.0, "水灾": 0.5}, "rare": {}}


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Did the floods destroy bridges?", {"洪水": 1.0, "水灾": 0.5, "桥梁": 0.9}),
        ("FLOODED: the high court", {"洪水": 1.0, "水灾": 0.5, "高等法院": 1.0}),
        ("Which court is high?", {"法院": 0.8}),
        ("洪水冲毁了什么？", {}),
    ],
)
def test_words_are_known_in_any_form_and_two_before_one(question: str, words: dict[str, float]) -> None:
    assert translated(question, TABLE) == words


def test_the_plain_form_is_among_the_forms() -> None:
    inflected = {
        "cities": "city",
        "buses": "bus",
        "votes": "vote",
        "planned": "plan",
        "moving": "move",
        "widely": "wide",
    }
    assert all(plain in plain_forms(word) for word, plain in inflected.items())


def test_numbers_and_latin_words_stay_whatever_is_translated() -> None:
    bag = weighted_tokens("WTO flood of 1998", TABLE)
    assert {token: bag[token] for token in ("wto", "1998", "洪水", "水灾")} == {
        "wto": 1.0, "1998": 1.0, "洪水": 0.5, "水灾": 0.25,
    }  # fmt: skip


def test_a_weight_multiplies_what_a_token_scores(index: Index) -> None:
    [(found, whole)] = weighted(index, {"洪水": 1.0}, 5)
    assert matching(index, "洪水", 5)[0][0] == found
    [(same, quarter)] = weighted(index, {"洪水": 0.25}, 5)
    assert same == found
    assert quarter == pytest.approx(whole / 4)
    both = {chunk.id: score for chunk, score in weighted(index, {"洪水": 0.5, "法院": 0.1}, 5)}
    assert both[found.id] == pytest.approx(whole / 2)
    assert len(both) == 2


@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("Which hospital has a new director?", 0),
        ("When is the library open?", 1),
        ("How many bridges did the flood destroy?", 2),
        ("What did the court sentence the defendant to?", 3),
    ],
)
def test_the_released_table_finds_what_an_english_question_is_about(index: Index, question: str, line: int) -> None:
    words = translated_words(question, index)
    chunk, score = weighted(index, dict(words.tokens), 5)[0]
    assert chunk.text == LINES[line]
    assert words.coverage == pytest.approx(TRUST)
    hits = retrieve(question, FakeEncoder().encode([question], "query")[0], index=index)
    assert {hit.chunk.text: hit.lexical for hit in hits}[LINES[line]] == pytest.approx(score)


def test_a_question_in_the_archives_language_is_not_translated(index: Index) -> None:
    question = "法院 flood 判处多少年"
    hits = retrieve(question, FakeEncoder().encode([question], "query")[0], index=index)
    own = {chunk.id: score for chunk, score in matching(index, question, 50)}
    assert {hit.chunk.id: hit.lexical for hit in hits} == pytest.approx(
        {f"page-{number}": own.get(f"page-{number}", 0.0) for number in range(len(LINES))}
    )


def test_a_translation_that_the_archive_does_not_have_counts_nothing(index: Index) -> None:
    assert translated_words("Who painted the giraffe?", index).coverage == 0.0


@pytest.mark.parametrize("question", ["谁画了长颈鹿 2021", "2021", "Qwxz 2021?", ""])
def test_without_a_translation_all_is_as_it_was(index: Index, question: str) -> None:
    assert translated_words(question, index) == own_words(question, index)


def test_the_released_table_has_weights_and_chinese_words_only() -> None:
    table = load_translations(RELEASED)
    assert len(table) > 10_000
    assert all(0 <= weight <= 1 for entry in table.values() for weight in entry.values())
    assert all(math.isclose(sum(w * w for w in entry.values()), 1.0, abs_tol=0.1) for entry in table.values())
    assert not {"the", "of", "what", "was", "how"} & table.keys()

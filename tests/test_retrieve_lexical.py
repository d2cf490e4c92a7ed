"""How far an archive speaks the language of a question."""

import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from qa.retrieve.lexical import own_words
from qa.store import Snapshot, open_index, update
from tests.fakes import FakeEncoder, entry
from tests.test_store_lexical import TEXTS


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    directory, encoder = tmp_path_factory.mktemp("index"), FakeEncoder()
    update(directory, encoder, {}, add=[entry("page", *TEXTS.values())])
    with open_index(directory, encoder) as opened:
        yield opened


def covered(question: str, index: Snapshot) -> float:
    return own_words(question, index).coverage


def test_coverage_of_words_is_the_known_share_of_their_idf(index: Snapshot) -> None:
    assert covered("Who came?", index) == 0.0
    assert covered("", index) == 0.0
    assert covered("opened on 13 October", index) == 1.0
    # 13 stands in one chunk of six, the other two tokens in none.
    once, never = math.log(1 + 5.5 / 1.5), math.log(1 + 6.5 / 0.5)
    assert covered("what happened 13", index) == pytest.approx(once / (once + 2 * never))


def test_one_known_chinese_token_is_full_coverage(index: Snapshot) -> None:
    assert covered("谁在洛阳唱歌跳舞", index) == 1.0
    assert covered("What position does Li Xinjian (李新建) hold?", index) == 1.0
    assert covered("谁会唱歌跳舞", index) == 0.0


def test_an_empty_archive_speaks_no_language(tmp_path: Path) -> None:
    update(tmp_path, FakeEncoder(), {})
    with open_index(tmp_path, FakeEncoder()) as index:
        assert covered("洛阳", index) == 0.0

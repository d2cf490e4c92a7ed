"""The table of translations: a dictionary turned round, and what pairs of sentences teach."""

from collections import Counter
from pathlib import Path

import pytest

from qa.retrieve.translation import load_translations
from qa.train.translation import meanings, mixed, save_translations, used_translations


def test_a_dictionary_is_turned_round_and_the_commoner_word_comes_first() -> None:
    lines = [
        "# CC-CEDICT",
        "法院 法院 [fa3 yuan4] /court of last resort/court/CL:家[jia1]/",
        "球場 球场 [qiu2 chang3] /(sports) court; field/",
        "選舉 选举 [xuan3 ju3] /to elect/election/see also 普選|普选[pu3 xuan3]/",
        "院 院 [yuan4] /court/",
    ]
    found = meanings(lines, Counter({"法院": 99, "球场": 3}))
    assert found.keys() == {"court", "field", "elect", "election"}
    assert found["court"] == {"法院": pytest.approx(99.3**0.5), "球场": pytest.approx(3.3**0.5)}
    assert found["elect"]["选举"] == pytest.approx(2 * found["election"]["选举"])


def test_pairs_tell_which_word_stands_for_which() -> None:
    said = [("the mayor spoke", "市长 讲话"), ("the mayor left", "市长 离开"), ("the judge spoke", "法官 讲话")] * 3
    pairs = [(frozenset(english.split()), frozenset(chinese.split())) for english, chinese in said]
    used = used_translations(pairs)
    best = {word: max(shares, key=lambda target: shares[target]) for word, shares in used.items()}
    assert {word: best[word] for word in ("mayor", "judge", "spoke", "left")} == {
        "mayor": "市长", "judge": "法官", "spoke": "讲话", "left": "离开",
    }  # fmt: skip


def test_what_was_seen_once_is_taken_for_chance() -> None:
    assert used_translations([(frozenset({"mayor"}), frozenset({"市长"}))]) == {}


def test_both_sources_count_where_both_know_a_word() -> None:
    assert mixed({"法院": 1.0}, {"法院": 0.4, "开庭": 0.1}) == {"法院": 0.94, "开庭": 0.33}
    assert mixed({}, {"开庭": 0.3}) == {"开庭": 1.0}


def test_a_saved_table_is_the_same_bytes_and_loads(tmp_path: Path) -> None:
    table = {"court": {"法院": 0.94, "开庭": 0.34}}
    for name in ("a", "b"):
        save_translations(table, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert load_translations(tmp_path / "a") == table

"""Measures of answers against hand-computed values, published definitions and slow independent computations."""

import itertools
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.evaluate.metrics import (
    ItemScore,
    cmrc_exact_match,
    cmrc_f1,
    cmrc_tokens,
    item_scores,
    list_scores,
    normalise_item,
    squad_exact_match,
    squad_f1,
)

UNTIMED = settings(deadline=None)  # a busy machine is no failure


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("1990-2000年", ["19902000", "年"]),  # a removed mark does not part what it stood between
        ("I Love 洛阳", ["i", "love", "洛", "阳"]),
        ("(Papal)——教宗", ["(", "papal", ")", "—", "—", "教", "宗"]),
        ("1,095亿, 46.5%。", ["1,095", "亿", ",", "46.5", "%"]),
        ("U.S.A.的 v2.0.", ["u.s.a", ".", "的", "v2.0", "."]),
        ("等等……", ["等", "等", "……"]),  # the script lists '……', which one character never equals: it stays
        ("‘甲’", ["‘", "甲"]),  # '’' is on the script's list, '‘' is not
        ("Lloyd's队", ["lloyd", "'s", "队"]),
        ("１９９９ ひらがな〇", ["１９９９", "ひらがな〇"]),  # outside U+4E00..9FA5: not characters of their own
        ("\u3000甲\u3000乙\n", ["甲", "乙"]),
        ("，。、", []),
    ],
)
def test_cmrc_tokens_follow_the_published_segmentation(text: str, tokens: list[str]) -> None:
    assert cmrc_tokens(text) == tokens


@pytest.mark.parametrize(
    ("prediction", "references", "exact", "f1"),
    [
        ("光荣和ω-force", ["光荣和ω-force"], 1, 1),
        ("《光荣》和Ω-FORCE。", ["光荣和ωforce"], 1, 1),
        ("光荣", ["光荣和ω-force"], 0, 2 * 2 / (2 + 4)),  # 2 tokens of 4
        ("1999年7月", ["1999年", "7月"], 0, 2 * 2 / (4 + 2)),
        ("村雨城", ["任天堂游戏谜之村雨城", "村雨城"], 1, 1),  # best over references
        ("甲乙丙丁", ["甲乙X丙丁"], 0, 2 * 2 / (4 + 5)),  # a substring, not a subsequence: 甲乙 or 丙丁
        ("甲甲甲", ["甲"], 0, 2 * 1 / (3 + 1)),
        ("forces", ["force"], 0, 0),  # Latin words are whole
        ("１９９９年", ["1999年"], 0, 2 * 1 / (2 + 2)),  # the script folds no full-width forms
        ("a b", ["ab"], 0, 0),
        ("洛 阳", ["洛阳"], 0, 1),  # white space inside stays for exact match, and parts no tokens for F1
        ("李", ["王"], 0, 0),
        ("", ["甲"], 0, 0),
        (None, ["甲"], 0, 0),
        ("。", ["甲"], 0, 0),
        (None, [], 1, 1),
        ("", [], 1, 1),
        ("甲", [], 0, 0),
    ],
)
def test_cmrc_scores(prediction: str | None, references: list[str], exact: float, f1: float) -> None:
    assert cmrc_exact_match(prediction, references) == exact
    assert cmrc_f1(prediction, references) == pytest.approx(f1)


@UNTIMED
@given(st.text("甲乙a1 ，", max_size=12), st.text("甲乙a1 ，", min_size=1, max_size=12))
def test_cmrc_f1_equals_a_search_of_all_substrings(prediction: str, reference: str) -> None:
    left, right = cmrc_tokens(prediction), cmrc_tokens(reference)
    runs = {tuple(left[i:j]) for i, j in itertools.combinations(range(len(left) + 1), 2)}
    others = {tuple(right[i:j]) for i, j in itertools.combinations(range(len(right) + 1), 2)}
    common = max(map(len, runs & others), default=0)
    expected = 0.0
    if common:
        precision, recall = common / len(left), common / len(right)
        expected = 2 * precision * recall / (precision + recall)
    assert cmrc_f1(prediction, [reference]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("prediction", "references", "exact", "f1"),
    [
        ("The Eiffel Tower", ["Eiffel tower."], 1, 1),
        ("an apple a day", ["apple day", "pear"], 1, 1),
        ("Wu Zhongyang, chairman", ["Chairman Wu"], 0, 2 * 2 / (3 + 2)),
        ("well-known", ["wellknown"], 1, 1),
        ("to be or not to be", ["to be"], 0, 2 * 2 / (6 + 2)),  # a bag: each word as often as both hold it
        ("theatre", ["atre"], 0, 0),  # an article is a word, not a prefix
        ("the", ["a"], 1, 1),  # a reference of articles only counts as no answer
        ("", ["mayor"], 0, 0),
        (None, ["mayor"], 0, 0),
        (None, [], 1, 1),
        ("mayor", [], 0, 0),
    ],
)
def test_squad_scores(prediction: str | None, references: list[str], exact: float, f1: float) -> None:
    assert squad_exact_match(prediction, references) == exact
    assert squad_f1(prediction, references) == pytest.approx(f1)


@UNTIMED
@given(st.text(string.ascii_letters + " .,", max_size=30))
def test_a_text_equals_itself_by_both_rules(text: str) -> None:
    assert squad_exact_match(text, [text]) == squad_f1(text, [text]) == 1
    assert cmrc_exact_match(text, [text]) == bool(text)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("《洛阳市水资源条例》", "洛阳市水资源条例"),
        ("洛阳市水资源\n条例；", "洛阳市水资源条例"),
        ("（１２日至　１３日）。", "12日至13日"),
        ("“三清两建”", "三清两建"),
        ("……Straße—", "strasse"),
        ("46.5%", "46.5%"),
        ("-5℃", "-5°c"),
        ("1,095亿元", "1,095亿元"),
        ("市委农办主任,局长", "市委农办主任,局长"),
        ("。《》", ""),
    ],
)
def test_normalise_item(text: str, normal: str) -> None:
    assert normalise_item(text) == normal


@pytest.mark.parametrize(
    ("predicted", "required", "score"),
    [
        (["李新建", "孙延文"], [["孙延文"], ["李新建"]], (1, 1, 1)),
        (["李新建", "李新建"], [["李新建"]], (1 / 2, 1, 2 / 3)),  # a second copy is one item too many
        (["李新建"], [["李新建"], ["李新建"]], (1, 1 / 2, 2 / 3)),  # a prediction is used once
        (["460", "460名"], [["460名", "460"]], (1 / 2, 1, 2 / 3)),
        (["《洛阳市水资源条例》"], [["洛阳市 水资源条例"]], (1, 1, 1)),
        (["a", "b"], [["a", "b"], ["a"]], (1, 1, 1)),  # a greedy matching would give "a" away
        (["甲"], [["乙"]], (0, 0, 0)),
        (["。"], [["《》", "甲"]], (0, 0, 0)),  # nothing left after normalisation matches nothing
        ([], [["甲"]], (0, 0, 0)),
        (["甲"], [], (0, 0, 0)),
        ([], [], (1, 1, 1)),
    ],
)
def test_item_scores(predicted: list[str], required: list[list[str]], score: tuple[float, float, float]) -> None:
    assert item_scores(predicted, required) == pytest.approx(ItemScore(*score))


@UNTIMED
@given(
    st.lists(st.sampled_from("甲乙丙丁"), min_size=1, max_size=4),
    st.lists(st.lists(st.sampled_from("甲乙丙丁"), min_size=1, max_size=3), min_size=1, max_size=4),
)
def test_the_matching_of_items_is_maximum(predicted: list[str], required: list[list[str]]) -> None:
    slots = [*predicted, *[""] * len(required)]  # a required item may stay without a partner
    best = max(
        sum(item in spellings for item, spellings in zip(order, required, strict=False))
        for order in set(itertools.permutations(slots, len(required)))
    )
    assert item_scores(predicted, required).recall == pytest.approx(best / len(required))
    assert item_scores(predicted, required).precision == pytest.approx(best / len(predicted))


@pytest.mark.parametrize(
    ("predicted", "required", "f1"),
    [
        (["孙延文同志", "李新建"], [["李新建"], ["孙延文"]], 2 * (1 + 6 / 8) / (2 + 2)),  # 2 * 3 / (5 + 3) for one
        (["李新建"], [["李某", "李新建"]], 1),  # the best spelling
        (["李新建", "李新建"], [["李新建"]], 2 / 3),  # a prediction too many earns nothing
        ([], [["李新建"]], 0),
        ([], [], 1),
    ],
)
def test_character_f1_of_a_list_is_over_the_best_matching(
    predicted: list[str], required: list[list[str]], f1: float
) -> None:
    assert list_scores(predicted, required, cmrc_f1).f1 == pytest.approx(f1)


@UNTIMED
@given(st.text("甲乙丙 a", max_size=6), st.lists(st.text("甲乙丙 a", min_size=1, max_size=6), min_size=1, max_size=3))
def test_a_list_of_one_scores_as_its_item(prediction: str, references: list[str]) -> None:
    expected = cmrc_f1(prediction, references)
    assert list_scores([prediction], [references], cmrc_f1) == pytest.approx(ItemScore(expected, expected, expected))

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from qa.store.tokens import is_unspaced, tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("，。！—— \u3000\n", []),
        ("李", ["李"]),
        ("洛陽國慶", ["洛阳", "阳国", "国庆", "=洛阳", "=国庆"]),
        ("乾隆皇后", ["乾隆", "隆皇", "皇后", "=乾隆", "=皇后"]),
        ("李新建", ["李新", "新建", "=新建"]),
        ("任命:李新建", ["任命", "=任命", "李新", "新建", "=新建"]),
        ("任命\u3000李", ["任命", "=任命", "李"]),
        ("2021年10月13日", ["2021", "年", "10", "月", "13", "日"]),
        ("２０２１年", ["2021", "年"]),
        ("ＧＤＰ增长３．５％", ["gdp", "增长", "=增长", "3.5"]),
        ("2021.10.13", ["2021", "10", "13"]),
        ("100,200人", ["100", "200", "人"]),
        ("C919大飞机", ["c919", "大飞", "飞机", "=飞机"]),
        ("Who was appointed?", ["who", "was", "appointed"]),
        ("state-of_the art", ["state", "of", "the", "art"]),
        ("二〇二一", ["二〇", "〇二", "二一", "=二一"]),
        ("人人々", ["人人", "人々", "=人人"]),
        ("カメラ", ["カメ", "メラ"]),
        ("서울시", ["서울", "울시"]),
        ("\U00020000\U00020001", ["\U00020000\U00020001", "=\U00020000\U00020001"]),
        ("field:x AND (", ["field", "x", "and"]),
        ("自己周末投票", ["自已", "已周", "周未", "未投", "投票", "=自已", "=周未", "=投票"]),
        ("巳 曰 3 末", ["已", "日", "3", "未"]),
    ],
)
def test_tokens(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


@given(st.text(), st.text())
@example("高 一", "0")  # a padded name's pair stands at the end of all
def test_nothing_crosses_punctuation(left: str, right: str) -> None:
    assert Counter(tokens(f"{left}。{right}")) == Counter(tokens(left)) + Counter(tokens(right))


@given(st.text())
def test_tokens_joined_by_spaces_split_into_the_same(text: str) -> None:
    assert " ".join(tokens(text)).split() == tokens(text)


@given(st.text(alphabet="aZ9.,。 中文字ＡÉ３"))
def test_a_token_is_a_marked_word_a_number_or_at_most_two_characters(text: str) -> None:
    for token in tokens(text):
        assert token == token.lower()
        assert token.removeprefix("=").isalnum() or token.replace(".", "", 1).isdigit()
        assert len(token) <= 2 or token.startswith("=") or not set(token) & set("中文字")


def test_scripts_without_spaces_are_known() -> None:
    assert [is_unspaced(token) for token in ("洛阳", "=洛阳", "李", "カメ", "mayor", "2021", "3.5", "c919")] == [
        True
    ] * 4 + [False] * 4

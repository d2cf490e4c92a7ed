"""Heads that are read with a passage are none of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings.models import provision
from embeddings.openvino_encoder import load_tokenizer
from qa.read.inputs import tokenise
from qa.read.told import Told, tokenise_told


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return load_tokenizer(provision())


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_tokens_stand_for_the_text_alone(tokenizer: Tokenizer, data: st.DataObject) -> None:
    text = data.draw(st.text("黄瓜2.80 城北市场,。\n|", min_size=1, max_size=40))
    offsets = data.draw(st.sets(st.integers(0, len(text) - 1), max_size=4))
    passage = Told(data.draw(st.sampled_from(["", "菜价"])), text, tuple((at, "万泉市场") for at in sorted(offsets)))
    words, places = passage.told()
    assert words.replace("万泉市场：", "") == (f"{passage.context}\n" if passage.context else "") + text
    assert len(places) == len(words) + 1
    printed, covered = Told(passage.context, text), set[int]()
    for start, end in tokenise_told(tokenizer, passage).offsets:
        covered |= set(range(start, end))
    assert covered >= {at for at, c in enumerate(printed.told()[0]) if c.isalnum()}


def test_a_token_of_heads_is_none_of_the_passage(tokenizer: Tokenizer) -> None:
    passage = Told("菜价", "黄瓜 2.80", ((3, "城北市场"),))
    tokens = tokenise_told(tokenizer, passage)
    assert tokens.ids == tokenise(tokenizer, "菜价\n黄瓜 城北市场：2.80").ids
    own = [span for span in tokens.offsets if span[1] > passage.begins]
    assert own[-1][1] == passage.begins + len(passage.text)
    assert sum(span == (0, 0) for span in tokens.offsets) >= 1

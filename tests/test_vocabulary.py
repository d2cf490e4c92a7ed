"""The cut vocabulary against the whole one: same pieces and offsets wherever all characters are kept ones."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings.models import PACKED_SHA256, packed_model, provision
from embeddings.openvino_encoder import load_tokenizer
from embeddings.packed import PackedModel, read_packed
from embeddings.tokenizer import BOS, EOS, MASK, PAD, UNK, build_tokenizer
from embeddings.vocabulary import is_kept, is_read
from tests.conftest import SEEDS
from tests.test_packed import packed_file

SPECIAL = {BOS, PAD, EOS, UNK, MASK}


@pytest.fixture(scope="module")
def whole() -> PackedModel:
    return read_packed(packed_file(), sha256=PACKED_SHA256)


@pytest.fixture(scope="module")
def whole_tokenizer(whole: PackedModel) -> Tokenizer:
    return build_tokenizer(whole.pieces)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return load_tokenizer(provision())


@pytest.fixture(scope="module")
def words(whole: PackedModel) -> list[str]:
    """Every twentieth kept piece, as it stands in a text."""
    kept = [text.replace("▁", " ") for text, _ in whole.pieces if text not in SPECIAL and is_kept(text)]
    return kept[::20]


KEPT = st.one_of(
    st.characters(max_codepoint=0x24F),
    st.characters(min_codepoint=0x2000, max_codepoint=0x33FF),
    st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF),
    st.characters(min_codepoint=0xF900, max_codepoint=0xFFEF, exclude_categories=["Cs"]),
    st.sampled_from("０Ａ～％ǖǚḿ〇々ー。,、《》“”—…①㎡℃€"),
)


@given(st.data())
def test_kept_scripts_are_cut_into_the_same_pieces(
    whole_tokenizer: Tokenizer, tokenizer: Tokenizer, words: list[str], data: st.DataObject
) -> None:
    pieces = data.draw(st.lists(st.one_of(KEPT, st.sampled_from(words)), max_size=30))
    text = "".join(character for character in "".join(pieces) if _read(tokenizer, character))
    expected, found = whole_tokenizer.encode(text), tokenizer.encode(text)
    assert found.tokens == expected.tokens
    assert found.offsets == expected.offsets


def _read(tokenizer: Tokenizer, character: str) -> bool:
    return all(map(is_read, tokenizer.normalizer.normalize_str(character)))


def test_the_starter_page_is_cut_into_the_same_pieces(whole_tokenizer: Tokenizer, tokenizer: Tokenizer) -> None:
    page = next(SEEDS.glob("*.txt")).read_text("utf-8")
    expected, found = whole_tokenizer.encode(page), tokenizer.encode(page)
    assert found.tokens == expected.tokens
    assert found.offsets == expected.offsets
    assert UNK not in found.tokens


def test_a_piece_has_the_same_score_and_embedding_as_before(whole: PackedModel) -> None:
    left = packed_model()
    assert left.architecture.vocabulary == len(left.pieces) == len(left.word_blocks)
    before = {text: number for number, (text, _) in enumerate(whole.pieces)}
    for number in random.Random(1).sample(range(len(left.pieces)), 500):
        text, score = left.pieces[number]
        assert score == whole.pieces[before[text]][1]
        assert np.array_equal(left.word_blocks[number], whole.word_blocks[before[text]])


def test_what_stays_is_what_the_product_reads(whole: PackedModel) -> None:
    left = [text for text, _ in packed_model().pieces]
    assert [text for text, _ in whole.pieces if is_kept(text)] == left
    assert left[:4] == [BOS, PAD, EOS, UNK]
    assert left[-1] == MASK
    assert len(left) == 121_496
    # Every character that had a piece still has one.
    assert {t for t, _ in whole.pieces if len(t) == 1} == {t for t in left if len(t) == 1}


@pytest.mark.parametrize("text", ["Москва", "서울특별시", "القاهرة", "Đà Nẵng"])
def test_other_scripts_fall_back_to_their_characters(
    whole_tokenizer: Tokenizer, tokenizer: Tokenizer, text: str
) -> None:
    found = tokenizer.encode(f"mayor of {text} met 市长")
    assert UNK not in found.tokens
    at = len("mayor of ")
    inside = [(start, end) for start, end in found.offsets if at <= start and end <= at + len(text) and start < end]
    assert inside[-1][1] == at + len(text)
    assert max(end - start for start, end in inside) <= 2  # the blank before a word goes with it
    expected = whole_tokenizer.encode(f"mayor of {text} met 市长").tokens
    assert found.tokens[:3] == expected[:3]
    assert found.tokens[-4:] == expected[-4:]

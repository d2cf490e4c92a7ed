"""The tokenizer of questions against the library's own, over the same vocabulary: same pieces, same offsets."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings.errors import EncoderError
from embeddings.models import ModelFolder, provision
from embeddings.openvino_encoder import load_tokenizer, load_unigram_tokenizer
from embeddings.tokenizer import SPECIAL, build_tokenizer
from embeddings.unigram import UnigramTokenizer, write_pieces
from tests.conftest import SEEDS

# Scores are such that 甲乙 beats 甲 and 乙, and 甲乙丙 ties with 甲乙 and 丙.
PIECES = [
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -2.0),
    ("甲", -4.0),
    ("乙", -4.0),
    ("丙", -3.0),
    ("甲乙", -5.0),
    ("甲乙丙", -8.0),
    ("▁甲", -4.5),
    ("<mask>", 0.0),
]


@pytest.fixture(scope="module")
def library() -> Tokenizer:
    return load_tokenizer(provision())


@pytest.fixture(scope="module")
def ours() -> UnigramTokenizer:
    return load_unigram_tokenizer(provision())


ANY = st.characters(exclude_categories=["Cs"])
READ = st.sampled_from("中华人民共和国副市长任命为洛阳。,“”０Ａ～％ 　abcdeEMayor of1234'́éṣ꧁\t\n")
TEXTS = st.lists(st.one_of(READ, READ, READ, ANY, st.sampled_from(SPECIAL)), max_size=40).map("".join)


@given(TEXTS, st.booleans())
@example("", True)
@example(" 甲<mask> 乙<unk>", False)
@example("＜unk＞꧁꧂꧁ \0\0x", True)
def test_any_text_is_cut_as_the_library_cuts_it(
    library: Tokenizer, ours: UnigramTokenizer, text: str, special: bool
) -> None:
    expected, found = library.encode(text, add_special_tokens=special), ours.encode(text, add_special_tokens=special)
    assert found.ids == expected.ids
    assert found.offsets == expected.offsets


def test_a_page_is_cut_as_the_library_cuts_it(library: Tokenizer, ours: UnigramTokenizer) -> None:
    page = next(SEEDS.glob("*.txt")).read_text("utf-8")
    expected, found = library.encode(page), ours.encode(page)
    assert len(expected.ids) > 2000
    assert found.ids == expected.ids
    assert found.offsets == expected.offsets


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("甲乙丙", [4, 9]),
        ("甲乙", [4, 8]),
        ("丙甲乙丙", [4, 7, 9]),
        ("丁戊甲", [4, 3, 5]),
        ("甲<mask>丁", [10, 11, 4, 3]),
    ],
)
def test_the_likeliest_pieces_are_found(tmp_path: Path, text: str, ids: list[int]) -> None:
    write_pieces(tmp_path, PIECES)
    found = UnigramTokenizer(tmp_path).encode(text, add_special_tokens=False)
    assert found.ids == ids
    assert found.ids == build_tokenizer(PIECES).encode(text, add_special_tokens=False).ids


@pytest.mark.parametrize("name", ["pieces.txt", "pieces.npy"])
@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a\tb\nc"])
def test_damaged_files_name_the_folder(tmp_path: Path, name: str, content: bytes) -> None:
    write_pieces(tmp_path, PIECES)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EncoderError, match=f"remove {tmp_path}, which is written again"):
        load_unigram_tokenizer(ModelFolder(tmp_path, "0" * 64))

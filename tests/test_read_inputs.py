import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from embeddings.models import provision
from embeddings.openvino_encoder import load_tokenizer
from qa.read.inputs import (
    EDGES,
    MAX_QUESTION,
    MOST_TRIMMED,
    Tokens,
    allowed_tokens,
    characters,
    ending_tokens,
    token_span,
    tokenise,
    trims,
    windows,
)

JOINED = re.compile(r"[月日年]起\Z")  # the only words of the texts below that join a date to its sentence
AFTER_DATE = re.compile(r"[0-9０][年月日]起\Z")
TEXT = st.text(alphabet="甲乙丙丁戊人民政府副市长,，。;； \n\u3000A1０abc", max_size=300)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return load_tokenizer(provision())


@settings(max_examples=60)
@given(text=TEXT, length=st.integers(40, 90), stride=st.integers(0, 12))
def test_windows_cover_every_token_in_order(tokenizer: Tokenizer, text: str, length: int, stride: int) -> None:
    question, passage = tokenise(tokenizer, "谁被任命为副市长?"), tokenise(tokenizer, text)
    parts = list(windows(tokenizer, question, passage, max_length=length, stride=stride))
    covered = {number for part in parts for number in range(part.first, part.first + part.count)}
    assert covered == set(range(len(passage.ids)))
    for part in parts:
        assert len(part.ids) <= length
        assert part.ids[part.at : part.at + part.count] == passage.ids[part.first : part.first + part.count]
        assert part.ids[part.at + part.count :] == (2,)
        assert part.ids[: part.at] == (0, *question.ids, 2, 2)


def test_a_long_question_leaves_room_for_the_passage(tokenizer: Tokenizer) -> None:
    question, passage = tokenise(tokenizer, "谁" * 1000), tokenise(tokenizer, "副市长李某")
    (window,) = windows(tokenizer, question, passage)
    assert window.at == MAX_QUESTION + 3
    assert window.count == len(passage.ids)


@settings(max_examples=60)
@given(text=TEXT.filter(lambda text: any(c.isalnum() for c in text)))
def test_token_spans_cover_the_characters_asked_for(tokenizer: Tokenizer, text: str) -> None:
    passage = tokenise(tokenizer, text)
    start = next(number for number, c in enumerate(text) if c.isalnum())
    found = token_span(passage, start, start + 1)
    assert found is not None
    assert passage.offsets[found[0]][0] <= start < passage.offsets[found[1]][1]


@settings(max_examples=100)
@given(text=TEXT.map(lambda text: f"2024年7月1日起施行{text}罚款5元的。"), data=st.data())
def test_trims_lead_from_tokens_back_to_the_characters(tokenizer: Tokenizer, text: str, data: st.DataObject) -> None:
    passage = tokenise(tokenizer, text)
    start = data.draw(st.integers(0, len(text) - 1).filter(lambda at: text[at] not in EDGES))
    end = data.draw(st.integers(start + 1, len(text)).filter(lambda at: text[at - 1] not in EDGES))
    span = token_span(passage, start, end)
    assert span is not None
    trimmed = trims(text, passage, span, start, end)
    assert max(trimmed) <= MOST_TRIMMED
    found = characters(text, passage, span, trimmed)
    assert found is not None
    if max(trimmed) < MOST_TRIMMED and not (
        _in_word(text, start) or _in_word(text, end)
    ):  # more is counted as that many
        after_date = bool(AFTER_DATE.search(text[start:end]))  # joined to it by a word that is none of it
        assert found == (start, end - after_date)
    assert not _in_word(text, found[0])
    assert not _in_word(text, found[1])
    whole = characters(text, passage, span, (0, 0))
    assert whole is not None
    covered = text[passage.offsets[span[0]][0] : passage.offsets[span[1]][1]].strip(EDGES)
    joiner = bool(JOINED.search(covered))  # one character of the first or the last token
    assert whole[0] <= start + joiner
    assert end - joiner <= whole[1]


def _in_word(text: str, place: int) -> bool:
    return re.search("[a-zA-Z]{2}|[0-9０]{2}", text[place - 1 : place + 1]) is not None if place else False


@pytest.mark.parametrize(
    ("text", "span", "trimmed", "words"),
    [
        ("loss of $36,700 in all", (9, 12), (0, 0), "$36,700"),
        ("at Ninth and Bell Streets.", (3, 25), (1, 1), "Ninth and Bell Streets"),
        ("涨幅为11.4%。", (3, 5), (0, 0), "11.4"),
        ("罚款￥1,200元", (3, 4), (0, 0), "￥1,200"),
        ("第3,4,5名", (1, 2), (0, 0), "3"),
        ("l'ope\u0301ra muet", (2, 5), (0, 0), "ope\u0301ra"),
        ("le maire adore\u0301", (3, 14), (0, 0), "maire adore\u0301"),
        ("首场今日开演", (2, 4), (0, 1), "今日"),
        ("後天放榜", (0, 2), (1, 0), "後天"),
    ],
)
def test_words_in_letters_and_numbers_stay_whole(
    text: str, span: tuple[int, int], trimmed: tuple[int, int], words: str
) -> None:
    found = characters(text, Tokens((1,), (span,)), (0, 0), trimmed)
    assert found is not None
    assert text[slice(*found)] == words


@pytest.mark.parametrize(
    ("text", "span", "words"),
    [
        ("自2024年7月1日起施行", (0, 11), "2024年7月1日"),
        ("十月廿八日在县里", (0, 6), "十月廿八日"),
        ("於卅五年元月", (0, 4), "卅五年"),
        ("他在3月出发", (1, 4), "3月"),
        ("自10人起", (0, 5), "自10人起"),
        ("当日起", (0, 3), "当日起"),
        ("在1日起", (0, 1), "在"),
        ("在1日起", (3, 4), "起"),
        ("在1日起", (2, 4), "日起"),
        ("出租的三十亩地", (2, 6), "三十亩"),
        ("最低的2.5元", (2, 7), "2.5元"),
        ("乘的士去", (1, 3), "的士"),
        ("on May 9. Bring", (3, 9), "May 9"),
        ("at 9.30. Bring", (3, 8), "9.30"),
        ("at 9 p.m. daily", (3, 9), "9 p.m."),
    ],
)
def test_dates_stand_alone(text: str, span: tuple[int, int], words: str) -> None:
    found = characters(text, Tokens((1,), (span,)), (0, 0), (0, 0))
    assert found is not None
    assert text[slice(*found)] == words


@pytest.mark.parametrize(
    ("text", "span", "words"),
    [
        ("获评“暖冬”牌取暖器。", (3, 7), "“暖冬”牌"),
        ("发表《春天的信》一文", (3, 8), "《春天的信》"),
        ("下降0.6个点(去年5.90)。", (9, 14), "年5.90"),
        ("由《（红）》", (2, 5), "（红）"),
        ("称「好", (1, 3), "好"),
        ("他说“好。”", (2, 5), "好"),
    ],
)
def test_marks_come_in_pairs_or_not_at_all(text: str, span: tuple[int, int], words: str) -> None:
    found = characters(text, Tokens((1,), (span,)), (0, 0), (0, 0))
    assert found is not None
    assert text[slice(*found)] == words


def test_no_item_reaches_over_the_end_of_a_sentence(tokenizer: Tokenizer) -> None:
    text = "甲等二十六人。特等是：郭兰"
    passage = tokenise(tokenizer, text)
    (window,) = windows(tokenizer, tokenise(tokenizer, "谁?"), passage)
    ending = ending_tokens(text, passage, window)
    ends = [window.first + position - window.at for position in ending.nonzero()[0]]
    assert [text[slice(*passage.offsets[each])] for each in ends] == ["。"]


def test_only_the_text_after_the_context_may_answer(tokenizer: Tokenizer) -> None:
    context, text = "市人大任免名单\n", "李某为副市长。"
    passage = tokenise(tokenizer, context + text)
    (window,) = windows(tokenizer, tokenise(tokenizer, "谁?"), passage)
    allowed = allowed_tokens(passage, window, start=len(context))
    said = [
        (context + text)[slice(*passage.offsets[window.first + position - window.at])]
        for position in range(len(window.ids))
        if allowed[position]
    ]
    assert "".join(said).lstrip("\n") == text

"""Where articles are cut."""

import pytest

from qa.ingest import ChunkingParameters, segment
from qa.text.sentences import sentences
from qa.types import Chunk, Document
from tests.ingest_oracle import document, verify


def chunks(text: str, target: int, limit: int) -> list[Chunk]:
    page, parameters = document(text), ChunkingParameters(target, limit)
    result = segment(page, parameters)
    verify(page, result, parameters)
    return list(result.chunks)


def cut(text: str, limit: int) -> list[str]:
    return [text[start:end] for start, end in sentences(text, 0, len(text), limit)]


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("甲。乙!丙?丁……戊", 99, ["甲。", "乙!", "丙?", "丁……", "戊"]),
        ("他说:“甲。乙。”张三表示。丙。", 99, ["他说:“甲。乙。”张三表示。", "丙。"]),
        ("“甲。乙。丙。", 99, ["“甲。", "乙。", "丙。"]),
        ("甲甲甲;乙乙乙,丙丙。", 6, ["甲甲甲;", "乙乙乙,", "丙丙。"]),
        ("甲《乙;丙》丁;戊戊。", 8, ["甲《乙;丙》丁;", "戊戊。"]),
        ("总额1,095亿,增长。", 9, ["总额1,095亿,", "增长。"]),
        ("甲、乙、丙、丁。", 4, ["甲、", "乙、", "丙、", "丁。"]),
        ("市" * 10, 4, ["市" * 4, "市" * 4, "市" * 2]),
        ("It rained. Mr. Smith left at 3.5 p.m. today.", 99, ["It rained. ", "Mr. Smith left at 3.5 p.m. today."]),
    ],
)
def test_sentences(text: str, limit: int, parts: list[str]) -> None:
    assert cut(text, limit) == parts


def test_words_and_numbers_are_cut_last() -> None:
    assert cut("abcdef 市市市市 12345678", 12) == ["abcdef ", "市市市市 ", "12345678"]
    assert cut("市市市市市1234567", 8) == ["市市市市市", "1234567"]
    assert cut("12345678", 3) == ["123", "456", "78"]


def test_chunks_come_close_to_the_target() -> None:
    sentence = "市" * 9 + "。"
    texts = [chunk.text for chunk in chunks(sentence * 10, 30, 50)]
    assert texts == [sentence * 3, sentence * 3, sentence * 4]


def test_an_article_within_the_limit_is_one_chunk() -> None:
    sentence = "市" * 9 + "。"
    assert [chunk.text for chunk in chunks(sentence * 5, 20, 50)] == [sentence * 5]


def test_a_topic_sentence_moves_on_with_its_paragraph() -> None:
    first, topic, second = "市" * 19 + "。", "题题题。", "县" * 19 + "。"
    texts = [chunk.text for chunk in chunks(f"{first}\n{topic}{second}", 24, 30)]
    assert texts == [first, topic + second]


def test_chunks_never_cross_articles() -> None:
    assert [chunk.text for chunk in chunks("## 甲\n\n晴。\n\n## 乙\n\n雨。", 300, 420)] == ["甲\n晴。", "乙\n雨。"]


def test_a_long_list_repeats_its_lead() -> None:
    items = [f"张{number}为某某局局长;" for number in range(10)]
    page = "## 任免\n\n经研究。会议决定任命:\n" + "".join(f"- {item}\n" for item in items)
    parts = chunks(page, 30, 40)
    assert parts[0].text.startswith("任免\n经研究。会议决定任命:\n张0为某某局局长;")
    assert parts[0].context == ""
    assert {chunk.context for chunk in parts[1:]} == {"任免\n会议决定任命:"}
    assert [line for chunk in parts for line in chunk.text.split("\n")][2:] == items


def test_a_list_that_fits_is_not_parted() -> None:
    page = "市" * 39 + "。\n任命:\n甲甲甲;\n乙乙乙。\n" + "县" * 39 + "。"
    texts = [chunk.text for chunk in chunks(page, 45, 50)]
    assert texts == ["市" * 39 + "。", "任命:\n甲甲甲;\n乙乙乙。", "县" * 39 + "。"]


def test_a_paragraph_after_a_list_is_no_item() -> None:
    page = "会议决定:\n\n- 甲甲;\n- 乙乙。\n\n" + "特此通知各单位。" * 6
    last = chunks(page, 20, 30)[-1]
    assert last.context == ""


def test_a_byline_stays_with_the_last_sentence() -> None:
    page = "市" * 29 + "。" + "县" * 25 + "。\n\n记者 张三"
    assert [chunk.text for chunk in chunks(page, 30, 40)] == ["市" * 29 + "。", "县" * 25 + "。\n记者 张三"]


def test_context_is_bounded() -> None:
    text = "正文一句。" * 30
    page = document(text, title="长" * 500)
    parts = segment(page, ChunkingParameters(30, 40)).chunks
    assert {len(chunk.context) for chunk in parts} == {120}


def test_parameters_name_themselves() -> None:
    one, other = ChunkingParameters(), ChunkingParameters(target=200)
    assert one.as_dict() == {"target": 300, "limit": 420, "latin": 2.0, "format": 8}
    assert one.fingerprint == ChunkingParameters(300, 420).fingerprint != other.fingerprint
    assert len(one.fingerprint) == 64


@pytest.mark.parametrize(("target", "limit"), [(0, 10), (11, 10), (-1, -1)])
def test_impossible_parameters(target: int, limit: int) -> None:
    with pytest.raises(ValueError, match="target"):
        ChunkingParameters(target, limit)


@pytest.mark.parametrize("word", ["1234567.25", "１２３,４５６", "café-bar9"[:4], "阿列克谢·达尼洛夫", "12:30:45"])
@pytest.mark.parametrize("shift", range(12))
def test_no_cut_inside_a_number_a_word_or_a_foreign_name(word: str, shift: int) -> None:
    text = "市" * (30 + shift) + word + "市" * 60
    parts = [text[a:b] for a, b in sentences(text, 0, len(text), 40)]
    assert "".join(parts) == text
    protected = word if "·" not in word else "谢·达"
    assert any(protected in part for part in parts)


def test_no_cut_inside_a_padded_name() -> None:
    names = " ".join(["吴\u3000琪", "李三旺", "汪\u3000源"] * 12)
    parts = [names[a:b] for a, b in sentences(names, 0, len(names), 40)]
    assert len(parts) > 3
    assert all(part.strip()[0] in "吴李汪" and part.strip()[-1] in "琪旺源" for part in parts)


def test_controls_that_count_as_blanks_do_not_show() -> None:
    text = "# 围棋赛\n\n本报讯 县围棋赛昨日结束，城南的\x0b步清秋夺冠，\x1c奖金\x0c五百元。vice\x0bmayor\n"
    (chunk,) = segment(Document("d", "d.txt", "/d.txt", "0" * 64, text)).chunks
    assert "城南的步清秋夺冠，奖金五百元。vice\x0bmayor" in chunk.text
    start = chunk.text.index("步清秋")
    assert text[slice(*chunk.alignment.to_original(start, start + 3))] == "步清秋"


def test_padded_names_are_whole_and_quoted_as_printed() -> None:
    names = "丁　力　　马兰花（女）　王　勉\n欧阳　恬　　石　磊　　阿依古丽·买买提"
    text = f"劳动模范名单\n\n{names}\n\n任命 张 三 为局长。金 银 铜\n"
    page = document(text)
    result = segment(page)
    verify(page, result)
    (chunk,) = result.chunks
    assert "丁力　马兰花（女）　王勉\n欧阳恬　石磊　阿依古丽·买买提\n任命 张三 为局长。金 银 铜" in chunk.text
    start = chunk.text.index("欧阳恬")
    assert text[slice(*chunk.alignment.to_original(start, start + 3))] == "欧阳　恬"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("市委书记张 三出席会议，市长李\u3000四主持。", "市委书记张三出席会议，市长李四主持。"),
        ("副市长王 五、赵 六，秘书长欧阳 恬等参加。", "副市长王五、赵六，秘书长欧阳恬等参加。"),
        ("决定任命：高 山为局长；任命江 河为处长。", "决定任命：高山为局长；任命江河为处长。"),
        ("本报讯（记者 李 四 通讯员 王 五）会员张 三 李 四 王 五出席。",
         "本报讯（记者 李四 通讯员 王五）会员张三 李四 王五出席。"),
        ("由處長蔣　超、廠長歐陽　恬及劉 平等出席。", "由處長蔣超、廠長歐陽恬及劉平等出席。"),
        ("由张 三同志主持，与柳 青参赛。", "由张三同志主持，与柳青参赛。"),
        ("今日多云 转晴，员工 资料，金 银 铜等，高 二万元，副 市长。",
         "今日多云 转晴，员工 资料，金 银 铜等，高 二万元，副 市长。"),
    ],
)  # fmt: skip
def test_names_padded_in_running_text_are_whole(text: str, read: str) -> None:
    page = document(text)
    result = segment(page)
    verify(page, result)
    assert [chunk.text for chunk in result.chunks] == [read]


def test_short_lines_among_letter_spaced_ones_lose_their_blanks_as_well() -> None:
    text = "县 政 府 任 免 通 知\n\n任 命 ：\n罗 素 为 林 业 局 局 长 ；\n免 去 ：\n凌 云 的 林 业 局 局 长 职 务 。\n"
    page = document(text)
    result = segment(page)
    verify(page, result)
    (chunk,) = result.chunks
    assert chunk.text.split("\n")[1:] == ["任命：", "罗素为林业局局长；", "免去：", "凌云的林业局局长职务。"]
    (chunk,) = segment(document("价目\n\n铜 铁\n\n以上为昨日价。\n")).chunks
    assert "铜 铁" in chunk.text


def test_a_dateline_without_marks_goes_on_below() -> None:
    page = document("棋赛结束\n\n本报讯 县职工象棋赛昨晚在文化\n宫结束，糖厂工人步青夺得第一名。\n")
    (chunk,) = segment(page).chunks
    assert chunk.text.endswith("本报讯 县职工象棋赛昨晚在文化宫结束，糖厂工人步青夺得第一名。")


def test_a_number_that_a_column_cut_at_its_point_is_whole() -> None:
    page = document("渡口复航\n\n本报讯 渡口昨日复航，首日票款43.\n5万元，旅客1\n268人次。\n\n编号3.\n\n5人")
    text = "\n".join(chunk.text for chunk in segment(page).chunks)
    assert "首日票款43.5万元，旅客1268人次。\n" in text
    assert "3.\n5人" in text

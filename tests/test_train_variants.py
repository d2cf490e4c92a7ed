"""Examples put otherwise: every answer still stands where it says."""

import random
from dataclasses import replace

import pytest

from qa.train.data import Example
from qa.train.features import told
from qa.train.recipe import Variants
from qa.train.stages import draw, varied
from qa.train.variants import chunked, headed, over_another_chunk, simplified, split_items

PARAGRAPHS = ["".join(f"第{part}段的第{n}句话讲到城东的桥梁工程。" for n in range(14)) for part in "甲乙丙"]
ARTICLE = "\n".join([*PARAGRAPHS[:2], "施工由南江公司负责。", PARAGRAPHS[2], "监理由北山公司负责。"])


def asked(*answers: str, question: str = "谁负责?") -> Example:
    return Example("1", "gazette", "桥梁", ARTICLE, question, tuple((text, ARTICLE.index(text)) for text in answers))


def test_an_enumeration_that_a_list_question_asks_for_becomes_items() -> None:
    context = "聚焦纺织、钢铁和造纸。"
    asked = Example("1", "made", "", context, "聚焦哪些产业?", (("纺织、钢铁和造纸", 2),))
    assert split_items(asked).answers == (("纺织", 2), ("钢铁", 5), ("造纸", 8))
    one = Example("2", "made", "", context, "聚焦什么?", (("纺织、钢铁和造纸", 2),))
    assert split_items(one).answers == one.answers


@pytest.mark.parametrize(
    ("answer", "items"),
    [("三沙、二连等地", ["三沙、二连等地"]), ("张一、李二等2人", ["张一", "李二"]), ("张一、李二", ["张一", "李二"])],
)
def test_an_enumeration_that_says_it_is_not_whole_stays_one(answer: str, items: list[str]) -> None:
    asked = Example("1", "made", "", f"去了{answer}。", "有哪些?", ((answer, 2),))
    assert [text for text, _ in split_items(asked).answers] == items
    cut = Example("1", "made", "", "去了北京、上海等地。", "有哪些?", (("北京、上海", 2),))
    assert split_items(cut).answers == cut.answers


def test_simplified_copies_keep_every_offset() -> None:
    e = Example("1", "made", "題", "歐洲語言學的發展,貢獻不少。", "貢獻?", (("語言學", 2),))
    copy = simplified(e)
    assert copy.context == "欧洲语言学的发展,贡献不少。"
    assert copy.answers == (("语言学", 2),)


def test_a_question_goes_to_the_chunk_that_answers_it() -> None:
    for text in ("南江公司", "北山公司"):
        cut = chunked(asked(text))
        assert len(cut.context) <= 420
        ((said, at),) = cut.answers
        assert said == text == cut.context[at : at + len(text)]
        assert cut.title == "桥梁"


TABLE = "昨日市場價格如下：\n\n品名 城北市場 萬泉市場\n黃瓜 2.80 3.00\n青椒 3.10 3.40"
PRICE = Example("1", "gazette", "菜價", TABLE, "萬泉市場青椒什麼價錢?", (("3.40", TABLE.index("3.40")),))


def test_cells_are_told_with_their_heads_in_every_variant() -> None:
    whole = headed(PRICE)
    assert whole == replace(PRICE, heads=whole.heads)
    found = {TABLE[at:].split()[0]: words for at, words in whole.heads}
    assert found == {"2.80": "黃瓜城北市場", "3.00": "黃瓜萬泉市場", "3.10": "青椒城北市場", "3.40": "青椒萬泉市場"}
    assert "青椒萬泉市場：3.40" in told(chunked(PRICE)).told()[0]
    assert "青椒万泉市场：3.40" in told(simplified(whole)).told()[0]
    assert headed(simplified(PRICE)) == simplified(whole)


def test_answers_that_no_chunk_holds_together_are_read_over_the_whole() -> None:
    both = asked("南江公司", "北山公司")
    assert chunked(both) == both


def test_a_silent_question_always_goes_to_the_same_chunk() -> None:
    cut = chunked(asked())
    assert cut == chunked(asked())
    assert cut.context in ARTICLE
    assert cut.context != ARTICLE


def test_another_part_of_the_article_is_silent() -> None:
    found = over_another_chunk(asked("南江公司"), random.Random(1))
    assert found is not None
    assert found.answers == ()
    assert "南江公司" not in found.context
    assert found.context in ARTICLE
    short = Example("1", "gazette", "", "南江公司负责。", "谁负责?", (("南江公司", 0),))
    assert over_another_chunk(short, random.Random(1)) is None
    assert over_another_chunk(asked(), random.Random(1)) is None


def test_every_example_is_drawn_as_often_as_any_other() -> None:
    examples = [Example(str(n), "s", "", "c", "q", ()) for n in range(7)]
    drawn = [e.id for e in draw(examples, 17, random.Random(3))]
    assert len(drawn) == 17
    assert {drawn.count(e.id) for e in examples} == {2, 3}
    twins = [Example(str(n), "s", "", "c", "q", (), twin="问") for n in range(7)]
    assert len(list(draw(twins, 12, random.Random(3)))) == 6


def test_variants_have_their_shares() -> None:
    rng, e = random.Random(4), asked("南江公司", question="工程是哪家公司负责的？")
    many = [varied(e, Variants(chunked=0.25, titled=0.5), rng) for _ in range(800)]
    whole = [v for v in many if v.context == ARTICLE]
    assert len(whole) / len(many) == pytest.approx(0.75, abs=0.05)
    assert sum(bool(v.title) for v in whole) / len(whole) == pytest.approx(0.5, abs=0.06)

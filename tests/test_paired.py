"""Values by their place in an order: those after 分别, and the times of a programme; and parts beside each other."""

import numpy as np
import pytest

from qa.answer.paired import ORDER_WORTH, paired
from qa.answer.select import Candidate, candidates
from qa.answer.together import Given, revised
from qa.read.calibration import Calibration
from qa.read.model import CharSpan, Reading, TokenScores
from qa.types import Chunk, Hit
from tests.fakes import align

FARES = "望江号票价成人、学生和儿童分别为24元、16.5元和12元，比去年依次上涨2元、1元和1元。"
INCOME = "该厂1991年至1993年产量分别达到3.1万吨、3.4万吨和4万吨，同期利润分别为210万元、260万元和305万元。"
OFFICES = "会议任命周强、吴敏、郑义三人分别为市财政局局长、副局长和总会计师。"
RACE = "林小凤、陈光、何秀英分获冠、亚、季军，成绩依次为12秒9、13秒2和13秒5。"
RELAY = "一运公司的耿春生、化工厂的樊海、师专的贺燕分获前三名，成绩分别是1小时41分、1小时43分和1小时46分。"
LEADERS = "平川、榆湾、石口、永安四市分别由局长段成、钟秀、武青、卜林带队。"
PRIZES = "林小凤、陈光、何秀英分别获得一等奖、二等奖和三等奖。"
FILMS = "和平影院 电话2214\n10:00 春蚕\n13:30 渡口人家\n15:20 归来\n19:00 黄河谣（宽银幕）"

FERRY = "Fares rise on April 1. Adults, seniors and children will then pay $5.25, $2.60 and $2, respectively."
POLL = "Mr. Ames and Ms. Nair received 41 percent and 37 percent respectively, the clerk said."
TONIGHT = (
    "6:30 Evening News\n7:00 Coast Kitchen\n7:30 The Lamplighters, part 4\n9:00 Film: The Long Harbour\n11:00 Late News"
)


def reading(text: str, words: str) -> Reading:
    start = text.index(words)
    ends = np.array([[at, at + 1] for at in range(len(text))])
    start_scores, end_scores = (np.full(len(text), -3.0, np.float32) for _ in range(2))
    best = CharSpan(start, start + len(words), 0.5)
    return Reading(best, (best,), -5.0, (TokenScores(ends, start_scores, end_scores),))


@pytest.mark.parametrize(
    ("text", "question", "read", "right"),
    [
        (FARES, "学生票多少钱？", "24元", "16.5元"),
        (FARES, "儿童票價多少？", "24元、16.5元和12元", "12元"),
        (INCOME, "1992年产量是多少？", "3.1万吨", "3.4万吨"),
        (INCOME, "1993年利润多少？", "210万元、260万元和305万元", "305万元"),
        (OFFICES, "吴敏任什么职务？", "市财政局局长、副局长和总会计师", "副局长"),
        (OFFICES, "周强担任什么职务？", "总会计师", "市财政局局长"),
        (OFFICES, "谁任总会计师？", "周强", "郑义"),
        (OFFICES, "市财政局局长是谁？", "吴敏", "周强"),
        (RACE, "陈光的成绩是多少？", "12秒9", "13秒2"),
        (RACE, "谁得了亚军？", "林小凤", "陈光"),
        (PRIZES, "何秀英得了几等奖？", "一等奖", "三等奖"),
        (PRIZES, "谁获得二等奖？", "林小凤、陈光、何秀英", "陈光"),
        (RELAY, "樊海的成绩是多少？", "1小时41分", "1小时43分"),
        (RELAY, "贺燕的成绩呢？", "1小时43分", "1小时46分"),
        (RELAY, "谁得了第三名？", "耿春生", "贺燕"),
        (LEADERS, "石口市由谁带队？", "段成", "武青"),
        (FILMS, "《归来》几点放映？", "19:00", "15:20"),
        (FILMS, "渡口人家什么时候放？", "15:20", "13:30"),
        (FERRY, "What do children pay?", "$2.60", "$2"),
        (FERRY, "How much do seniors pay?", "$5.25", "$2.60"),
        (FERRY, "What will adults pay?", "$5.25, $2.60 and $2", "$5.25"),
        (POLL, "What share did Ms. Nair receive?", "41 percent", "37 percent"),
        ("It came second and third in 1990 and 1994, respectively.", "When was it third?", "1990", "1994"),
        (TONIGHT, "When is The Long Harbour on?", "11:00", "9:00"),
        (TONIGHT, "What time is the late news?", "6:30", "11:00"),
    ],
)
def test_the_value_in_the_place_that_the_question_names_is_meant(
    text: str, question: str, read: str, right: str
) -> None:
    found = paired(question, text, reading(text, read))
    assert text[found.best.start : found.best.end] == right
    assert found.best in found.spans
    assert all(one.end <= other.start for one, other in zip(found.spans, found.spans[1:], strict=False))


def test_the_reader_knows_where_the_name_of_the_last_ends() -> None:
    before = reading(LEADERS, "段成")
    (window,) = before.windows
    first = LEADERS.index("卜林")
    window.start[first], window.end[first + 1] = 1.0, 1.0
    found = paired("永安市由谁带队？", LEADERS, before)
    assert LEADERS[found.best.start : found.best.end] == "卜林"


@pytest.mark.parametrize(
    ("text", "question", "read"),
    [
        (FARES, "老人票多少钱？", "24元"),  # named by nothing
        (FARES, "学生和儿童的票价各是多少？", "24元"),  # two are named
        (FARES, "学生票几时开始卖？", "望江号"),  # none of the values was read
        (INCOME, "1996年产量是多少？", "4万吨"),
        (RACE, "林小凤得了什么名次？", "冠"),  # 冠 alone is printed
        (FILMS, "《春汛》几点放映？", "19:00"),
        (FILMS, "19:00放什么？", "黄河谣"),
        (FERRY, "What do dogs pay?", "$5.25"),
        (FERRY, "When do fares rise?", "April 1"),
        (TONIGHT, "When is the weather forecast on?", "9:00"),
        (TONIGHT, "What time is the news?", "11:00"),  # of two
        ("甲乡和乙乡分别有3所、4所、5所学校。", "乙乡有几所？", "3所"),  # not as many as names
        ("代表们分别来自5个省和3个市。", "有几个省？", "5个省"),
        ("农业银行和建设银行的利率分别为3.1%和3.3%。", "中国银行的利率是多少？", "3.1%"),  # 银行 is both of them
    ],
)
def test_what_no_place_tells_is_left_as_it_was_read(text: str, question: str, read: str) -> None:
    before = reading(text, read)
    assert paired(question, text, before) is before


def test_a_place_in_an_order_settles_the_doubt_over_the_values() -> None:
    before = reading(FARES, "16.5元")
    found = paired("学生票多少钱？", FARES, before)
    assert found.best == CharSpan(before.best.start, before.best.end, before.best.score + ORDER_WORTH)
    assert found.whole == pytest.approx(before.whole + ORDER_WORTH, abs=1e-4)


VERDICT = "甲家索赔三十万元，法院判赔十六万元。"
EVEN = Calibration(slope=1.0, offset=0.0, threshold=0.8, item_threshold=0.2, passage_best=0.0, passage_whole=1.0)


def of_verdict(**scores: float) -> Candidate:
    """The verdict as it was read: each word with the score that its first and last characters have together."""
    start, end = (np.full(len(VERDICT), -20.0, np.float32) for _ in range(2))
    for word, score in scores.items():
        start[VERDICT.index(word)] = end[VERDICT.index(word) + len(word) - 1] = score / 2
    ends = np.array([[at, at + 1] for at in range(len(VERDICT))])
    best = max(scores, key=lambda word: scores[word])
    span = CharSpan(VERDICT.index(best), VERDICT.index(best) + len(best), scores[best])
    hit = Hit(Chunk("c", "d", 0, "", VERDICT, align(range(len(VERDICT)))), 1.0, 0.0, 0.0)
    return candidates([hit], [Reading(span, (span,), -5.0, (TokenScores(ends, start, end),))], EVEN)[0]


def test_of_two_parts_with_the_same_words_the_less_sure_one_has_what_is_left() -> None:
    award, claim = of_verdict(十六万元=4), of_verdict(十六万元=1, 三十万元=-3)
    given = [Given(claim.best, 0.6, [claim]), Given(award.best, 0.9, [award])]
    first, second = revised(given, EVEN)
    assert first
    assert first[0].text == "三十万元"
    assert first[1] == pytest.approx(0.6, abs=0.01)
    assert second is None
    # Several things as likely as each other are none of them the answer.
    claim = of_verdict(十六万元=1, 三十万元=-3, 法院=-2.9, 甲家=-2.8)
    assert revised([Given(claim.best, 0.6, [claim]), given[1]], EVEN) == [None, None]
    # Other words are left as they are.
    assert revised([Given(of_verdict(三十万元=1).best, 0.6, [claim]), given[1]], EVEN) == [None, None]


def test_a_part_without_an_answer_has_that_of_the_article_that_answers_another() -> None:
    award, claim = of_verdict(十六万元=4), of_verdict(三十万元=0.5)
    assert claim.answers < EVEN.threshold
    first, _ = revised([Given(None, 0.0, [claim]), Given(award.best, 0.9, [award])], EVEN)
    assert first
    assert first[0].text == "三十万元"
    assert first[1] == pytest.approx(EVEN.probability(0.5))
    assert revised([Given(None, 0.0, [claim]), Given(award.best, 0.4, [award])], EVEN)[0] is None
    assert revised([Given(None, 0.0, [of_verdict(三十万元=-2)]), Given(award.best, 0.9, [award])], EVEN)[0] is None
    # The words of the other part are no answer to this one.
    assert revised([Given(None, 0.0, [of_verdict(十六万元=0.5)]), Given(award.best, 0.9, [award])], EVEN)[0] is None

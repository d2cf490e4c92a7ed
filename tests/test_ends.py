"""Which end of a range a question wants."""

import pytest

from qa.answer.ends import wanted_end
from qa.read.model import CharSpan, Reading


@pytest.mark.parametrize(
    ("question", "range_", "wanted"),
    [
        ("图书馆几点关门？", "上午9时至下午5时半", "下午5时半"),
        ("圖書館幾點開門？", "上午9时至下午5时半", "上午9时"),
        ("报名什么时候截止？", "自5月6日至10日", "10日"),
        ("报名从几号开始？", "自5月6日至10日", "5月6日"),
        ("停水到几点？", "22时到次日6时", "次日6时"),
        ("When does the library close?", "9 a.m. to 5:30 p.m.", "5:30 p.m."),
        ("What day does the fair open?", "from May 3 until May 12", "May 3"),
        # Both ends are wanted, or neither.
        ("图书馆的开放时间是？", "上午9时至下午5时半", "上午9时至下午5时半"),
        ("展览从几号开始，到几号结束？", "5月6日至10日", "5月6日至10日"),
        ("停水多长时间，几点结束？", "22时到次日6时", "22时到次日6时"),
        # The first has no unit of its own.
        ("报名从几号开始？", "5-10日", "5-10日"),
        ("When does the season end?", "2012-13", "2012-13"),
        # No time is wanted.
        ("How did the match end?", "2-1", "2-1"),
        ("工程结束时修了多少米？", "50至60米", "50至60米"),
        ("几点开始？", "上午9时", "上午9时"),
        ("几点到站开始检票？", "到站前一刻", "到站前一刻"),
    ],
)
def test_the_end_that_is_asked_for_answers(question: str, range_: str, wanted: str) -> None:
    text = f"本报讯 {range_}，特此通知。"
    best = CharSpan(4, 4 + len(range_), 1.5)
    other = CharSpan(len(text) - 5, len(text) - 1, 0.5)
    found = wanted_end(question, text, Reading(best, (best, other), -3.0))
    assert text[found.best.start : found.best.end] == wanted
    assert found.best.score == best.score
    assert found.spans == (found.best, other)

"""What a correction or a later change does to an answer, on texts of this test and in ``corrections/notices.jsonl``."""

import json
from pathlib import Path

import pytest

from qa.answer.corrections import Correction, corrections, replacement

SAID = [
    ("将“宋小满”误作“宋小蛮”。", [("宋小蛮", "宋小满")]),
    ("文中“二等奖五名”应为“二等奖六名”，特此更正。", [("二等奖五名", "二等奖六名")]),
    ("把站长冯立误写成冯利，谨致歉意。", [("冯利", "站长冯立")]),
    ("“1,250万元”系“1,520万元”之误。", [("1,250万元", "1,520万元")]),
    ("参赛人数误为18人，应为81人。", [("18人", "81人")]),
    ("票价应为15元，而不是50元。", [("50元", "15元")]),
    ("原定于5月8日举行的龙舟赛改在5月15日举行。", [("5月8日", "5月15日")]),
    ("集合地点由北门改为东门。", [("北门", "东门")]),
    ("The sum should have read 3.4 million yuan, not 4.3 million yuan.", [("4.3 million yuan", "3.4 million yuan")]),
    ("The fair, originally scheduled for May 3, has been moved to May 10.", [("May 3", "May 10")]),
    ("The fair, which was to open on May 3, has been postponed to May 10.", [("May 3", "May 10")]),
    ("The match was to be played on July 2 but has been moved to July 9.", [("July 2", "July 9")]),
    ("他应为此事负责。", []),
    ("天气转晴，农民抓紧收割。", []),
    ("原定7月2日举行的诗会取消。", [("7月2日", "取消")]),
    ("由市教育局取消考试。", []),
    ("产量由去年50万吨增加到65万吨。", []),
    ("学校将招生人数增至300人。", []),
    ("她把稿子压在砚台下面。", []),
]


@pytest.mark.parametrize(("text", "expected"), SAID)
def test_old_and_new_values_are_found(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(text[c.old_start : c.old_end], text[c.new_start : c.new_end]) for c in corrections(text)] == expected


def test_notices_as_papers_print_them_are_understood() -> None:
    wanted = right = unwanted = 0
    for line in (Path(__file__).parent / "corrections" / "notices.jsonl").read_text(encoding="utf-8").splitlines():
        notice = json.loads(line)
        text, replaced = notice["text"], [tuple(pair) for pair in notice["replaced"]]
        found = [(text[c.old_start : c.old_end], text[c.new_start : c.new_end]) for c in corrections(text)]
        wanted += len(replaced)
        right += sum(pair in found for pair in replaced)
        unwanted += max(0, len(found) - len(replaced))
    assert wanted == 83
    assert right >= 75  # that many measured; the others are people who follow each other, and two titles of office
    assert unwanted <= 1


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("“跳高冠军孙大勇”应为“跳高冠军孙大永”。", "孙大勇", "孙大永"),
        ("“跳高冠军孙大勇”应为“跳高冠军孙大永”。", "跳高冠军孙大勇", "跳高冠军孙大永"),
        ("“跳高冠军孙大勇”应为“跳高冠军孙大永”。", "孙大永", None),
        ("把站长冯立误写成冯利。", "冯利", "冯立"),
        ("“18人”应为“81人”。", "118人", None),
        ("开放时间应为19时，文中误为9时。", "9时", "19时"),
        ("将副市长误写为市长。", "市长", "副市长"),
        ("「陳錫康」應作「陳錫庚」。", "陈锡康", "陳錫庚"),
        ('"团体票8.5元"应为"8.05元"。', "8.5元", "8.05元"),
        ("“鲁一鸣饰演樵夫”应为“鲁一铭饰演樵夫”。", "鲁一鸣", "鲁一铭"),
        ("“鲁一鸣饰演樵夫”应为“鲁一铭饰演樵夫”。", "樵夫", None),
        ("“全长3.2公里，设站5座”应为“全长3.6公里，设站6座”。", "3.2公里", "3.6公里"),
        ("“全长3.2公里，设站5座”应为“全长3.6公里，设站6座”。", "5座", "6座"),
        ("“冠军孙勇、亚军鲁明”应为“冠军孙勇、亚军鲁铭”。", "鲁明", "鲁铭"),
        ("“冠军孙勇、亚军鲁明”应为“冠军孙勇、亚军鲁铭”。", "孙勇", None),
        ("“站长冯立”应为“副站长冯利”。", "冯立", "冯利"),
    ],
)
def test_only_the_words_asked_about_are_replaced(text: str, words: str, expected: str | None) -> None:
    (only,) = corrections(text)
    assert isinstance(only, Correction)
    found = replacement(text, only, words)
    assert (found and text[found[0] : found[1]]) == expected

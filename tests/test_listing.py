"""Items of a list that a reader took for one, cut at the mark between the others; lists and counts whole."""

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa import Archive
from qa.answer.listing import AS_ALONE, apart, probability_in_list
from qa.read.model import CharSpan
from qa.text.folding import letters
from tests.test_corrections import archive_of

KINDS = Path(__file__).parent / "answer_kinds"


@given(st.floats(0, 1), st.floats(0, 1))
def test_what_a_list_makes_of_probabilities_keeps_their_order_and_which_are_sure(one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert 0 < probability_in_list(less) <= probability_in_list(more) < 1
    assert (probability_in_list(one) > AS_ALONE + 1e-9) <= (one > AS_ALONE)
    assert probability_in_list(AS_ALONE) == pytest.approx(AS_ALONE)


def test_items_of_a_list_are_as_sure_as_it_makes_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = "# 平川日报\n\n2012年5月4日\n\n## 三人获奖\n\n县里表彰先进，李大勇、王秀英、陈国强获先进工作者称号。\n"
    asked = "哪三人获先进工作者称号？"
    with archive_of({"平川日报.md": page}, tmp_path) as archive:
        listed = [item.confidence for item in archive.ask(asked).items]
        monkeypatch.setattr("qa.answer.ask.probability_in_list", lambda probability: probability)
        alone = [item.confidence for item in archive.ask(asked).items]
    assert len(listed) == 3
    assert listed == [probability_in_list(each) for each in alone]


@pytest.mark.parametrize(
    ("text", "items", "cut"),
    [
        ("修缮三处：南塔，旧渡口，以及古井。", ["南塔，旧渡口", "古井"], ["南塔", "旧渡口", "古井"]),
        ("获奖的有松江厂、平原厂、红光厂。", ["松江厂", "平原厂、红光厂"], ["松江厂", "平原厂", "红光厂"]),
        # The mark between the items is another one.
        ("任命吴敏为局长、书记；周强为处长。", ["吴敏为局长、书记", "周强为处长"], ["吴敏为局长、书记", "周强为处长"]),
        # What is quoted is one thing.
        ("展出《山、水、人》、《渡口》。", ["《山、水、人》", "《渡口》"], ["《山、水、人》", "《渡口》"]),
        ("一是缺水，据介绍二是缺电。", ["缺水", "缺电"], ["缺水", "缺电"]),
        # Their number tells where the last ends.
        ("东岭、石桥、柳家店三个街道停水。", ["东岭", "石桥", "柳家"], ["东岭", "石桥", "柳家店"]),
        ("东岭、柳家店两个街道和南塔停水。", ["东岭", "柳家", "南塔"], ["东岭", "柳家店", "南塔"]),
        ("东岭和柳家店两個街道停水。", ["东岭", "柳家"], ["东岭", "柳家店"]),
        ("东岭、石桥、柳家店三个街道停水。", ["石桥", "柳家"], ["石桥", "柳家"]),
        ("东岭、石桥、柳家等三个街道停水。", ["东岭", "石桥", "柳家"], ["东岭", "石桥", "柳家"]),
        ("东岭、石桥、柳家三个街道停水。", ["东岭", "石桥", "柳家"], ["东岭", "石桥", "柳家"]),
        ("只有松江厂、平原厂。", ["松江厂、平原厂"], ["松江厂、平原厂"]),
    ],
)
def test_what_stands_between_items_stands_in_none(text: str, items: list[str], cut: list[str]) -> None:
    spans = [CharSpan(text.index(item), text.index(item) + len(item), float(at)) for at, item in enumerate(items)]
    found = apart(text, spans)
    assert [text[one.start : one.end] for one in found] == cut
    assert {one.score for one in found} == {one.score for one in spans}


def test_lists_counts_and_questions_in_two_parts_are_answered_whole(tmp_path: Path) -> None:
    lines = (KINDS / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    right = Counter[str]()
    with Archive(tmp_path / "index") as archive:
        archive.ingest(*sorted(KINDS.glob("*.md")))
        for question in map(json.loads, lines):
            if question["kind"] not in ("count", "two-part", "list-over-articles"):
                continue
            answer = archive.ask(question["question"])
            said = [letters(item.text) for item in answer.items]
            gold = [[letters(one) for one in item] for item in question["answers"]]
            whole = len(said) == len(gold) and all(any(one in item for one in said) for item in gold)
            right[question["kind"]] += whole
            if question["kind"] == "count":
                assert answer.count in (None, len(gold))
    assert right["list-over-articles"] >= 3  # of 6
    assert right["count"] >= 7  # of 8
    assert right["two-part"] >= 9  # of 12; measured: 10


def test_a_count_is_that_of_things_of_which_no_more_are_hinted_at(tmp_path: Path) -> None:
    museum = "# 博物馆添新藏品\n\n本报讯 收藏家钟离越昨日向玉津博物馆捐出明代铜炉、清代砚台和民国邮票册{rest}。"
    for rest, count in (("", 3), ("等一批旧物", None)):
        folder = tmp_path / str(count)
        folder.mkdir()
        with archive_of({"a.md": museum.format(rest=rest)}, folder) as archive:
            assert archive.ask("钟离越捐了几件藏品？").count == count

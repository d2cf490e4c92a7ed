"""Corrections and later changes through the whole path, on invented papers: a development set of our own.

``gazette ingest tests/corrections/*.md --index DIR`` and ``gazette eval --gold tests/corrections/questions.jsonl
--index DIR`` measure all of it, and likewise ``tests/answer_kinds``: yes/no, why, how, two parts, counts, lists.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from opencc import OpenCC

from qa import Archive
from qa.answer.corrections import corrections
from qa.text.folding import simplified

HERE = Path(__file__).parent / "corrections"


@contextmanager
def archive_of(pages: Mapping[str, str], folder: Path) -> Iterator[Archive]:
    """Open an archive of pages, by their files' names."""
    for name, text in pages.items():
        (folder / name).write_text(text, "utf-8")
    with Archive(folder / "index") as archive:
        archive.ingest(*(folder / name for name in pages))
        yield archive


def test_what_was_corrected_is_answered_as_it_is_now(tmp_path: Path) -> None:
    lines = (HERE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    corrected = [question for question in map(json.loads, lines) if question["kind"] == "corrected"]
    right = told = 0
    with Archive(tmp_path / "index") as archive:
        archive.ingest(*sorted(HERE.glob("*.md")))
        for question in corrected:
            answer = archive.ask(question["question"])
            right += [item.text for item in answer.items] in [[text] for text in question["answers"][0]]
            told += any(old.text in question["superseded"][0] for old in answer.superseded)
            assert all(item.citations for item in answer.items)
    assert right >= 6  # of 9; measured: 7, and 8 with the reader before, which did not cut 18时至零时 short
    assert told >= 7  # measured: 8


@pytest.mark.parametrize(
    ("text", "old", "new"),
    [
        ("The cost was put at $4,100. It should have been $41,000.", "$4,100", "$41,000"),
        (
            "The host was identified as Paul Reed. He should have been identified as Peter Reed.",
            "Paul Reed",
            "Peter Reed",
        ),
        ("本报5月3日三版报道称，棋赛冠军为钟小曼。应为钟小缦。", "钟小曼", "钟小缦"),
        ("上期启事中截稿日期写作6月3日。应为6月30日。", "6月3日", "6月30日"),
        ("Mr. Hay was named as director. It should have been a happy day.", "", ""),
        ("本报讯 新任经理称，厂名为红星。应为企业减负。", "", ""),
    ],
)
def test_a_sentence_corrects_the_one_before_it(text: str, old: str, new: str) -> None:
    found = [(text[one.old_start : one.old_end], text[one.new_start : one.new_end]) for one in corrections(text)]
    assert found == [(old, new)] * bool(old)


def test_what_the_sentence_before_a_correction_says_is_no_answer(tmp_path: Path) -> None:
    page = (
        "# THE ALDER COURIER\n\nThursday, June 2, 1955\n\n## CORRECTION\n\nIn last week's Courier the winner of the "
        "spelling contest was given as Joan Petersen. It should have been Jean Pedersen, of Oslo school.\n"
    )
    with archive_of({"courier-1955-06-02.md": page}, tmp_path) as archive:
        (item,) = archive.ask("Who won the spelling contest?").items
    assert "Jean Pedersen" in item.text
    assert "Joan Petersen" not in item.text


def test_a_thing_that_is_replaced_on_a_day_has_no_successor(tmp_path: Path) -> None:
    page = (
        "# THE HOLM ADVERTISER\n\nAugust 30, 1931\n\n## LIGHTHOUSE NOTES\n\nThe keeper at Skerry Point reports that "
        "the bell had been replaced on July 19 by one of bronze, cast at Holm.\n\n## HARBOUR BOARD\n\nAlan Greig has "
        "been harbour pilot of Holm for thirty years. Alan Greig resigned on Monday and is succeeded by Thomas "
        "Isbister.\n"
    )
    with archive_of({"holm-1931-08-30.md": page}, tmp_path) as archive:
        day = archive.ask("When did Skerry Point get its new bell?")
        pilot = archive.ask("Who is the harbour pilot of Holm?")
    assert day.text == "July 19"
    assert pilot.text == "Thomas Isbister"


def test_who_gives_up_one_office_keeps_the_other(tmp_path: Path) -> None:
    page = (
        "# 莲塘周报\n\n1986年9月4日 第2版\n\n## 果农协会开会\n\n本报讯 果农协会9月1日在县供销社开会，代表六十余人"
        "参加。会上议定，协会秘书处主任由"
        "原来的副会长程水生兼任改为专人，聘魏小燕任之，月薪六十元。\n\n"
        + "会议还听取了春管、剪枝、防霜和果品外运的情况，与会代表参观了三处果园。" * 12
        + "\n\n果农协会有会员九十户。协会副会长两名，一名程水生，一名是果园村支书蓝玉梅。\n"
    )
    with archive_of({"liantang-1986-09-04.md": page}, tmp_path) as archive:
        answer = archive.ask("果农协会的两名副会长")
    assert answer.items[0].text == "程水生"
    assert answer.superseded == ()


def test_a_correction_outside_the_filters_is_not_looked_at(tmp_path: Path) -> None:
    with Archive(tmp_path / "index") as archive:
        archive.ingest(*sorted(HERE.glob("maizhu*.md")))
        asked = "薛听鹂画展哪天开幕？"
        assert archive.ask(asked).items[0].text == "3月19日"
        limited = archive.ask(asked, date_to="2022-03-04")
    (only,) = limited.items
    assert "3月12日" in only.text
    assert limited.superseded == ()


def as_printed(text: str) -> str:
    return text


def in_traditional(text: str) -> str:
    return str(OpenCC("s2tw").convert(text))


@pytest.mark.parametrize("printed", [as_printed, in_traditional])
def test_what_holds_now_is_answered_and_what_it_replaces_is_shown(
    tmp_path: Path, printed: Callable[[str], str]
) -> None:
    """Corrections of corrections, successors, cancellations, other papers' and other years' events, what once was."""
    folder, right, told = Path(__file__).parent / "superseded", [], []
    pages = {page.name: printed(page.read_text("utf-8")) for page in sorted(folder.glob("*.md"))}
    with archive_of(pages, tmp_path) as archive:
        for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            answer = archive.ask(printed(question["question"]))
            old = [simplified(each.text) for each in answer.superseded]
            if [simplified(item.text) in question["answers"][0] for item in answer.items] == [True]:
                right.append(question["id"])
            if len(old) == len(question["superseded"]) and all(set(old) & set(one) for one in question["superseded"]):
                told.append(question["id"])
            assert all(each.citations and each.by in {item.text for item in answer.items} for each in answer.superseded)
    assert len(right) >= 30, right  # of 34; measured: 31, what is missing the reader does not find
    assert len(told) >= 30, told  # measured: 31, and 33 with the reader before


def test_what_a_correction_says_to_be_wrong_updates_no_other_paper(tmp_path: Path) -> None:
    """The correction is the newest, and the reader finds the wrong value in it, beside the word of change."""
    pages = {
        "石塘日报-2018-04-02.md": "# 石塘日报\n\n2018年4月2日 第1版\n\n## 石塘隧道贯通\n\n4月1日，石塘隧道贯通。县长"
        "高立群宣布隧道贯通。隧道全长2740米，总投资3.1亿元。\n",
        "石塘晚报-2018-04-02.md": "# 石塘晚报\n\n2018年4月2日 第2版\n\n## 石塘隧道昨日贯通\n\n昨日，石塘隧道贯通。"
        "隧道全长2470米，双向四车道，总投资3.1亿元。\n",
        "石塘日报-2018-04-03.md": "# 石塘日报\n\n2018年4月3日 第2版\n\n## 更正\n\n本报4月2日第1版《石塘隧道贯通》一文"
        "中，“隧道全长2740米”应为“隧道全长2470米”，特此更正。\n",
    }
    with archive_of(pages, tmp_path) as archive:
        answer = archive.ask("石塘隧道全长多少米？")
    assert answer.text == "2470米"
    assert "2470米" not in [old.text for old in answer.superseded]


def test_another_towns_event_in_another_paper_supersedes_nothing(tmp_path: Path) -> None:
    """Its fair was to be on the same day; the question's own is put off by a paper that names it."""
    pages = {
        "柳堤报-1988-03-02.md": "# 柳堤报\n\n1988年3月2日 第1版\n\n## 柳堤苗木展销会3月12日开幕\n\n本报讯 "
        "柳堤县苗木展销会定于3月12日在县体育场开幕，会期五天。门票每张一角。\n\n"
        "## 柳堤灯会3月20日举行\n\n本报讯 柳堤灯会将于3月20日晚举行。\n",
        "盐坪镇报-1988-03-05.md": "# 盐坪镇报\n\n1988年3月5日 第1版\n\n## 苗木展销会推迟\n\n本报讯 "
        "盐坪镇苗木展销会原定3月12日开幕，因场地积水推迟到3月19日。\n\n"
        "## 柳堤灯会改期\n\n本报讯 原定3月20日举行的柳堤灯会改在3月27日举行。\n",
        "alder-1994-03-08.md": "# The Alderwick Courier\n\nMarch 8, 1994 Page 1\n\n## Seed fair set for March 19\n\n"
        "The Alderwick seed fair will be held on March 19 in the Corn Hall. Admission is $2.\n",
        "brunt-1994-03-12.md": "# The Brunton Echo\n\nMarch 12, 1994 Page 2\n\n## Brunton seed fair moved\n\n"
        "The Brunton seed fair has been moved from March 19 to March 26. It will be held in the Drill Hall.\n",
    }
    with archive_of(pages, tmp_path) as archive:
        for question, expected, old in (
            ("柳堤苗木展销会哪天开幕？", "3月12日", []),
            ("柳堤灯会哪天举行？", "3月27日", ["3月20日"]),
            ("When will the Alderwick seed fair be held?", "March 19", []),
        ):
            answer = archive.ask(question)
            assert (answer.text, [each.text for each in answer.superseded]) == (expected, old)

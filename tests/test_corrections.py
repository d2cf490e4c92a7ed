"""Corrections and later changes through the whole path, on invented papers: a development set of our own.

``gazette ingest tests/corrections/*.md --index DIR`` and ``gazette eval --gold tests/corrections/questions.jsonl
--index DIR`` measure all of it, and likewise ``tests/answer_kinds``: yes/no, why, how, two parts, counts, lists.
"""

import json
from pathlib import Path

from qa import Archive

HERE = Path(__file__).parent / "corrections"


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


def test_a_correction_outside_the_filters_is_not_looked_at(tmp_path: Path) -> None:
    with Archive(tmp_path / "index") as archive:
        archive.ingest(*sorted(HERE.glob("maizhu*.md")))
        asked = "薛听鹂画展哪天开幕？"
        assert archive.ask(asked).items[0].text == "3月19日"
        limited = archive.ask(asked, date_to="2022-03-04")
    (only,) = limited.items
    assert "3月12日" in only.text
    assert limited.superseded == ()


def test_what_holds_now_is_answered_and_what_it_replaces_is_shown(tmp_path: Path) -> None:
    """Corrections of corrections, successors, cancellations, other papers' and other years' events, what once was."""
    archive_of, right, told = Path(__file__).parent / "superseded", [], []
    with Archive(tmp_path / "index") as archive:
        archive.ingest(*sorted(archive_of.glob("*.md")))
        for line in (archive_of / "questions.jsonl").read_text(encoding="utf-8").splitlines():
            question = json.loads(line)
            answer = archive.ask(question["question"])
            old = [each.text for each in answer.superseded]
            if [item.text in question["answers"][0] for item in answer.items] == [True]:
                right.append(question["id"])
            if len(old) == len(question["superseded"]) and all(set(old) & set(one) for one in question["superseded"]):
                told.append(question["id"])
            assert all(each.citations and each.by in {item.text for item in answer.items} for each in answer.superseded)
    assert len(right) >= 30, right  # of 34; measured: 31, what is missing the reader does not find
    assert len(told) >= 30, told  # measured: 31, and 33 with the reader before

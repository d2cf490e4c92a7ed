"""Drafts of gold questions: each rule on a made-up page, and that every answer can be cited."""

from pathlib import Path

import pytest

from qa.evaluate.draft import DraftQuestion, draft_questions, edit_draft, is_citable
from qa.ingest import load, segment
from qa.types import Document
from tests.conftest import SEEDS

PAGE = """## 全市工业大会召开

本报讯(记者 李某某)5月12日,全市工业大会在会展中心召开。去年全市工业总产值达3200亿元,同比增长8.5%。会上,甲公司、乙公
司和丙公司3家企业作了发言。第100家门店开业。

## 市政府任免名单

任命:
张某为市工业局局长;
李某某(女)为市工业局副局长;
王某某为市工业局副局长。

## Mayor opens library

By Jane Smith

“The library belongs to every child in this city and always will,” said Ann Lee at the opening.
"""


def document(text: str, tmp_path: Path) -> Document:
    file = tmp_path / "page.md"
    file.write_text(text, "utf-8")
    return next(load(file))


def test_each_rule_asks_for_what_has_its_form(tmp_path: Path) -> None:
    found = {draft.question: (draft.kind, draft.answers) for draft in draft_questions(document(PAGE, tmp_path))}
    assert found["去年全市工业总产值达多少元？"] == (
        "number",
        ("3200亿元",),
    )
    assert found["谁被任命为市工业局副局长？"] == ("list", ("李某某", "王某某"))
    assert found["谁被任命为市工业局局长？"] == ("person", ("张某",))
    assert found["《全市工业大会召开》一文的记者是谁？"] == ("person", ("李某某",))
    assert found["Who wrote “Mayor opens library”?"] == ("person", ("Jane Smith",))
    lists = [answers for kind, answers in found.values() if kind == "list" and "甲公司" in answers]
    assert lists == [("甲公司", "乙公司", "丙公司")]  # whole again, though a column break cut the second
    assert ("date", ("5月12日",)) in found.values()
    assert ("number", ("8.5%",)) in found.values()
    assert ("person", ("Ann Lee",)) in found.values()
    assert not any("100家" in answer for _, answers in found.values() for answer in answers)  # 第100家 is no quantity


NOTICES = """## 更正

5月12日本报二版《全市工业大会召开》一文，去年全市工业总产值应为3200亿元。

## 读者来函

“与会者三十二人”误作“与会者二十三人”，系5月13日本报三版排印之误。5月14日县气象局发布了大风预报。

## Corrections

Ann Lee opened the library on Monday, not Tuesday, as an article said.
"""


def test_what_corrects_another_article_is_not_asked_for(tmp_path: Path) -> None:
    found = list(draft_questions(document(NOTICES, tmp_path)))
    assert [(draft.question, draft.answers) for draft in found] == [("什么时候县气象局发布了大风预报？", ("5月14日",))]


def test_every_draft_of_the_seed_page_can_be_cited() -> None:
    page = next(load(next(SEEDS.glob("*.txt"))))
    chunks = segment(page).chunks
    found = list(draft_questions(page))
    assert len(found) >= 20
    assert all(is_citable(answer, chunks, page) for draft in found for answer in draft.answers)
    bare = "".join(page.text.split())
    assert all("".join(words.split()) in bare for draft in found for words in draft.evidence)
    assert len({draft.question for draft in found}) == len(found)


def test_a_page_without_any_form_gives_no_drafts(tmp_path: Path) -> None:
    assert list(draft_questions(document("天气晴好。\n", tmp_path))) == []


def test_an_edit_must_stand_in_the_document(tmp_path: Path) -> None:
    page = document(PAGE, tmp_path)
    draft = DraftQuestion("谁?", "zh", "person", ("张某",), ("张某为市工业局局长",), "市政府任免名单")
    changed = edit_draft(draft, " 局长是谁? ", ["张某 ", ""], page)
    assert (changed.question, changed.answers, changed.evidence) == ("局长是谁?", ("张某",), draft.evidence)
    with pytest.raises(ValueError, match='does not hold "赵某" word for word'):
        edit_draft(draft, "谁?", ["张某", "赵某"], page)
    with pytest.raises(ValueError, match="a question and at least one answer are needed"):
        edit_draft(draft, "谁?", [" "], page)

"""What gold check finds, each with its line, and that it finds nothing in the seed page's questions."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from qa.evaluate.check import check_gold
from qa.ingest import load, segment
from qa.types import Article, Document
from tests.conftest import SEEDS

READING = {"context": "会议由王某主持。", "question": "谁主持?", "answers": [{"text": "王某", "start": 3}]}


class Folder:
    """The documents of the starter archive, without an index."""

    def __init__(self) -> None:
        page = next(SEEDS.glob("*.txt"))
        self._documents = {document.id: document for document in load(page)}
        self._articles = {name: segment(document).articles for name, document in self._documents.items()}

    def document(self, document_id: str) -> Document:
        return self._documents[document_id]

    def documents(self) -> Iterator[Document]:
        return iter(self._documents.values())

    def articles(self, document_id: str) -> tuple[Article, ...]:
        return self._articles[document_id]


@pytest.fixture(scope="module")
def archive() -> Folder:
    return Folder()


def write(path: Path, *records: Mapping[str, object] | str) -> Path:
    lines = [record if isinstance(record, str) else json.dumps(record, ensure_ascii=False) for record in records]
    path.write_text("\n".join(lines), "utf-8")
    return path


def asked(name: str, **changes: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": name,
        "question": f"{name}: 谁主持会议?",
        "lang": "zh",
        "kind": "person",
        "answerable": True,
        "answers": [["吴中阳"]],
        "evidence": ["市人大常委会主任吴中阳主持会议"],
        "article": "市十五届人大常委会第二十八次会议召开",
    }
    return fields | changes


def problems(*files: Path, archive: Folder | None = None) -> list[tuple[str, str]]:
    return [(finding.place.rsplit("/", 1)[-1], finding.problem) for finding in check_gold(files, archive)]


def test_the_seed_questions_are_in_order(archive: Folder) -> None:
    assert problems(SEEDS / "gold.jsonl", archive=archive) == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"evidence": ["吴中阳缺席"]},
            'the evidence "吴中阳缺席" is not in the archive: copy it from the source',
        ),
        (
            {"article": "洛阳市人大常委会任免名单"},
            (
                'the evidence "市人大常委会主任吴中阳主持会议" stands under "市十五届人大常委会第二十八次会议召开",'
                ' not under "洛阳市人大常委会任免名单"'
            ),
        ),
        (
            {"answers": [["吴中阳"], ["周瑞文", "周经理"]]},  # on the page, but in another article
            'the answer "周瑞文" does not occur in an article of its evidence, however spelled',
        ),
        ({"evidence": []}, "is answerable but names no evidence: retrieval and citations cannot be judged by it"),
    ],
)
def test_what_the_archive_does_not_bear_out(
    archive: Folder, tmp_path: Path, changes: dict[str, object], problem: str
) -> None:
    gold = write(tmp_path / "gold.jsonl", asked("good"), asked("bad", **changes))
    assert problems(gold, archive=archive) == [("gold.jsonl:2", problem)]
    assert problems(gold) == []  # without an archive there is nothing to look it up in


def test_one_spelling_that_occurs_is_enough_and_the_unanswerable_need_none(archive: Folder, tmp_path: Path) -> None:
    nothing = asked("none", answerable=False, answers=[], evidence=[], article=None)
    gold = write(tmp_path / "gold.jsonl", asked("good", answers=[["吴主任", "吴中阳"]]), nothing)
    assert problems(gold, archive=archive) == []


def test_every_malformed_line_is_told_and_the_others_are_still_checked(archive: Folder, tmp_path: Path) -> None:
    gold = write(tmp_path / "g.jsonl", asked("a"), "{", asked("b", lang=3), "", asked("c", evidence=["无此句"]))
    found = problems(gold, archive=archive)
    assert [place for place, _ in found] == ["g.jsonl:2", "g.jsonl:3", "g.jsonl:5"]
    assert found[0][1].startswith("not JSON")
    assert found[1][1] == 'field "lang" must be text in quotes, not 3'


def test_ids_and_questions_given_twice(tmp_path: Path) -> None:
    same = asked("other", question=" A:谁主持会议？")  # full width, blanks, case
    gold = write(tmp_path / "g.jsonl", asked("a"), asked("a", question="另一问?"), same)
    place = f"{gold}:1"
    assert problems(gold) == [
        ("g.jsonl:2", f'the id "a" stands already at {place}: give each its own'),
        ("g.jsonl:3", f"asks what {place} asks: drop one"),
    ]


def test_a_reading_set_may_ask_the_same_of_another_passage(tmp_path: Path) -> None:
    other = {**READING, "id": "b", "context": "大会由王某主持。"}
    gold = write(tmp_path / "g.jsonl", {**READING, "id": "a"}, other, {**READING, "id": "c"})
    assert problems(gold) == [("g.jsonl:3", f"asks what {gold}:1 asks: drop one")]


def test_splits_share_neither_passages_nor_questions(tmp_path: Path) -> None:
    train = write(tmp_path / "train.jsonl", {**READING, "id": "1"})
    same_passage = {**READING, "id": "2", "context": "会议由 王某主持。", "question": "什么?", "answers": []}
    same_question = {**READING, "id": "3", "context": "李某主持。", "answers": []}
    dev = write(tmp_path / "dev.jsonl", same_passage, same_question, {**same_question, "id": "4", "question": "何时?"})
    assert problems(train, dev) == [
        ("dev.jsonl:1", f"leaks: its passage or evidence is that of {train}:1, in another split"),
        ("dev.jsonl:2", f"leaks: asks what {train}:1 asks, in another split"),
    ]


def test_a_file_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    ((place, problem),) = problems(tmp_path / "missing.jsonl")
    assert place == "missing.jsonl"
    assert "cannot be read" in problem

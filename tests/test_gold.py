"""Gold files: what loads, and what each mistake in one says."""

import gzip
import json
from pathlib import Path

import pytest

from qa.errors import SourceError
from qa.evaluate.gold import GoldQuestion, ReadingExample, gold_format, load_gold, load_reading

SEED_GOLD = Path(__file__).parent.parent / "seeds" / "gold.jsonl"
QUESTION: dict[str, object] = {
    "id": "q1",
    "question": "谁?",
    "lang": "zh",
    "kind": "person",
    "answerable": True,
    "answers": [["李新建", "李"]],
    "evidence": ["李新建为"],
}
READING: dict[str, object] = {
    "id": "r1",
    "context": "𠮷田在洛阳。",
    "question": "在哪?",
    "answers": [{"text": "洛阳", "start": 3}],
}


def write(folder: Path, *lines: object) -> Path:
    """Write lines, JSON unless they are bytes already."""
    raw = [line if isinstance(line, bytes) else json.dumps(line, ensure_ascii=False).encode() for line in lines]
    path = folder / "gold.jsonl"
    path.write_bytes(b"\n".join(raw))
    return path


def without(record: dict[str, object], field: str) -> dict[str, object]:
    return {name: value for name, value in record.items() if name != field}


def test_the_seed_page_has_forty_questions_six_of_them_unanswerable() -> None:
    questions = load_gold(SEED_GOLD)
    assert gold_format(SEED_GOLD) == "archive"
    assert len(questions) == 40
    assert [question.id for question in questions if not question.answerable] == [f"d0{n}" for n in range(35, 41)]
    assert all(question.evidence and question.article for question in questions if question.answerable)


def test_a_question_loads_field_by_field(tmp_path: Path) -> None:
    path = write(tmp_path, b"\xef\xbb\xbf" + json.dumps(QUESTION).encode(), b"", b" \r", {**QUESTION, "id": "q2"})
    first, second = load_gold(path)
    assert first == GoldQuestion("q1", "谁?", "zh", "person", True, (("李新建", "李"),), ("李新建为",), None)
    assert second.id == "q2"


def test_only_a_line_feed_ends_a_line(tmp_path: Path) -> None:
    path = write(tmp_path, {**QUESTION, "question": "甲\u2028乙\x85丙", "article": "题"})
    (question,) = load_gold(path)
    assert (question.question, question.article) == ("甲\u2028乙\x85丙", "题")


def test_reading_examples_load_plain_and_compressed(tmp_path: Path) -> None:
    unanswerable = {**READING, "id": "r2", "answers": [], "title": "题"}
    path = write(tmp_path, READING, unanswerable)
    packed = tmp_path / "gold.jsonl.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    expected = (
        ReadingExample("r1", "𠮷田在洛阳。", "在哪?", (("洛阳", 3),)),
        ReadingExample("r2", "𠮷田在洛阳。", "在哪?", (), "题"),
    )
    assert load_reading(path) == load_reading(packed) == expected
    assert gold_format(path) == gold_format(packed) == "reading"


@pytest.mark.parametrize("field", ["id", "question", "lang", "kind", "answerable", "answers", "evidence"])
def test_a_missing_field_is_named_with_its_line(tmp_path: Path, field: str) -> None:
    path = write(tmp_path, {**QUESTION, "id": "q0"}, without(QUESTION, field))
    with pytest.raises(SourceError) as caught:
        load_gold(path)
    assert str(caught.value).startswith(f'{path}:2: field "{field}" is missing: add it (the line has ')


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"id": 7}, 'field "id" must be text in quotes, not 7'),
        ({"question": " \u3000"}, 'field "question" is empty: fill it in, or delete the line'),
        ({"answerable": "true"}, 'field "answerable" must be true or false, without quotes'),
        ({"answers": "李新建"}, 'field "answers" must be a list in [ ], not "李新建"'),
        ({"answers": ["李新建"]}, 'field "answers" must be a list of items, each a list of spellings'),
        ({"answers": [[]]}, 'field "answers" must be a list of items, each a list of spellings'),
        ({"answers": [["李新建", "《》"]]}, 'field "answers" has the spelling "《》", which is blank or punctuation'),
        ({"answers": []}, 'field "answers" is empty though "answerable" is true'),
        ({"answerable": False}, 'field "answers" must be empty where "answerable" is false'),
        ({"evidence": [""]}, 'field "evidence" has an empty string, which every passage would hold'),
        ({"article": 3}, 'field "article" must be text in quotes, not 3'),
    ],
)
def test_a_wrong_field_of_a_question(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = write(tmp_path, {**QUESTION, **change})
    with pytest.raises(SourceError) as caught:
        load_gold(path)
    assert str(caught.value).startswith(f"{path}:1: {message}")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"context": ""}, 'field "context" is empty'),
        ({"answers": ["洛阳"]}, 'field "answers" must be a list of {"text": "...", "start":'),
        ({"answers": [{"text": "", "start": 0}]}, 'field "answers" must be a list of {"text": "...", "start":'),
        ({"answers": [{"text": "洛阳", "start": 4}]}, 'field "answers" has "洛阳" at 4, but it stands at 3'),
        ({"answers": [{"text": "阳。", "start": -2}]}, 'field "answers" has "阳。" at -2, but it stands at 4'),
        (
            {"answers": [{"text": "郑州", "start": 3}]},
            'field "answers" has "郑州" at 3, but the context does not hold it',
        ),
    ],
)
def test_a_wrong_field_of_a_reading_example(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = write(tmp_path, {**READING, **change})
    with pytest.raises(SourceError) as caught:
        load_reading(path)
    assert str(caught.value).startswith(f"{path}:1: {message}")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{'id': 1}", "not JSON (Expecting property name"),
        (b"[1]", "not a JSON object but list: give one JSON object a line"),
        ('{"id": "洛阳"}'.encode("gb18030"), "not UTF-8 (byte 9 of the line): save the file as UTF-8"),
        (b"\xff\xfe{\x00", "not UTF-8 (byte 1 of the line): save the file as UTF-8"),
    ],
)
def test_a_line_that_cannot_be_parsed(tmp_path: Path, line: bytes, message: str) -> None:
    path = write(tmp_path, QUESTION, line)
    with pytest.raises(SourceError) as caught:
        load_gold(path)
    assert str(caught.value).startswith(f"{path}:2: {message}")


def test_an_id_given_twice_names_both_lines(tmp_path: Path) -> None:
    path = write(tmp_path, READING, b"", READING)
    with pytest.raises(SourceError) as caught:
        load_reading(path)
    assert str(caught.value) == f'{path}:3: field "id" "r1" stands already at {path}:1: give each its own'


@pytest.mark.parametrize("content", [b"", b"\n \n"])
def test_an_empty_file(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, content)
    for load in (load_gold, load_reading, gold_format):
        with pytest.raises(SourceError, match="the file is empty: give one JSON object a line"):
            load(path)


def test_a_file_that_is_not_there_or_not_whole(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="No such file or directory"):
        load_gold(tmp_path / "missing.jsonl")
    packed = tmp_path / "cut.jsonl.gz"
    packed.write_bytes(gzip.compress(json.dumps(READING).encode())[:-12])
    with pytest.raises(SourceError, match="check the path, and that the file is whole"):
        load_reading(packed)
    packed.write_bytes(b"plain text")
    with pytest.raises(SourceError, match="Not a gzipped file"):
        load_reading(packed)


def test_a_file_of_neither_format(tmp_path: Path) -> None:
    path = write(tmp_path, {"id": "x", "text": "an archive record"})
    with pytest.raises(SourceError, match=r'gold\.jsonl:1: neither "context"'):
        gold_format(path)
